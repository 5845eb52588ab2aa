// What the console says, in both languages side by side. A dictionary is an object of pairs, so a key without one of
// the languages does not compile:
//   const words = dictionary({ found: ["{count} found", "找到 {count} 条"] });
//   const t = useWords(words);  t("found", { count: 3 })
import { createContext, useCallback, useContext } from "react";

export type Language = "en" | "zh";
export type Said = readonly [en: string, zh: string];
export type Dictionary = Readonly<Record<string, Said>>;

export function dictionary<Key extends string>(words: Record<Key, Said>): Readonly<Record<Key, Said>> {
  return words;
}

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function say(language: Language, said: Said, values: Record<string, string | number> = {}): string {
  const text = language === "zh" ? said[1] : said[0];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export type Translate<Key extends string> = (key: Key, values?: Record<string, string | number>) => string;

export function useWords<Key extends string>(words: Readonly<Record<Key, Said>>): Translate<Key> {
  const language = useLanguage();
  return useCallback((key, values) => say(language, words[key], values), [language, words]);
}

// What the server says in both languages: a reason's {en, zh}.
export function useSaid(): (said: { en?: string; zh?: string } | undefined | null) => string {
  const language = useLanguage();
  return useCallback(
    (said) => (said ? (language === "zh" ? said.zh || said.en : said.en || said.zh) || "" : ""),
    [language],
  );
}

export const languageKey = "puhui.language";

export function firstLanguage(): Language {
  const kept = localStorage.getItem(languageKey);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
