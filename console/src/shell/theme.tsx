// Light, dark, or as the system is: kept per browser.
import { theme as antTheme, type ThemeConfig } from "antd";
import { createContext, useContext, useEffect, useState } from "react";

export type Appearance = "system" | "light" | "dark";
const appearanceKey = "puhui.appearance";

export const DarkContext = createContext(false);
export const useDark = (): boolean => useContext(DarkContext);

export function useAppearance(): { appearance: Appearance; dark: boolean; choose: (next: Appearance) => void } {
  const [appearance, setAppearance] = useState<Appearance>(() => {
    const kept = localStorage.getItem(appearanceKey);
    return kept === "light" || kept === "dark" ? kept : "system";
  });
  const [systemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => setSystemDark(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  const dark = appearance === "dark" || (appearance === "system" && systemDark);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
  const choose = (next: Appearance) => {
    localStorage.setItem(appearanceKey, next);
    setAppearance(next);
  };
  return { appearance, dark, choose };
}

// Text of at least 4.5 : 1 on its ground in both appearances.
export function themeOf(dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: dark ? "#2bb596" : "#0b6b57",
      colorInfo: dark ? "#5aa9e6" : "#1f6fb2",
      colorLink: dark ? "#4cc9ab" : "#0b6b57",
      colorTextDescription: dark ? "rgba(255,255,255,0.68)" : "rgba(0,0,0,0.66)",
      colorTextSecondary: dark ? "rgba(255,255,255,0.72)" : "rgba(0,0,0,0.68)",
      colorTextTertiary: dark ? "rgba(255,255,255,0.66)" : "rgba(0,0,0,0.64)",
      colorTextPlaceholder: dark ? "rgba(255,255,255,0.62)" : "rgba(0,0,0,0.62)",
      colorError: dark ? "#ff7875" : "#b3261e",
      colorWarning: dark ? "#d8a33a" : "#8a5a00",
      colorSuccess: dark ? "#6abe39" : "#237804",
      borderRadius: 5,
      fontFamily:
        '-apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
      motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    },
    components: {
      // Dark letters on the light accents of the dark appearance.
      Button: dark ? { primaryColor: "#06231c", dangerColor: "#2a0705" } : {},
    },
  };
}
