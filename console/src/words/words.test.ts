import { describe, expect, it } from "vitest";
import { say, type Said } from "./said";

// Every dictionary of the console: those here and the words.ts of each page.
const modules = import.meta.glob<Record<string, unknown>>(["./*.ts", "../pages/**/words.ts", "!./*.test.ts"], { eager: true });
const chinese = /[\u4e00-\u9fff]/;
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

function* pairs(): Generator<[string, Said]> {
  for (const [file, exported] of Object.entries(modules)) {
    for (const dictionary of Object.values(exported)) {
      if (typeof dictionary !== "object" || dictionary === null) continue;
      for (const [key, said] of Object.entries(dictionary)) {
        if (Array.isArray(said) && said.length === 2) yield [`${file} ${key}`, said as unknown as Said];
      }
    }
  }
}

describe("words", () => {
  const all = [...pairs()];
  it("stand in many dictionaries", () => expect(all.length).toBeGreaterThan(100));

  it("are said in both languages, with the same slots", () => {
    const wrong = all.filter(
      ([, [en, zh]]) =>
        en.trim() === "" || zh.trim() === "" || slots(en).join() !== slots(zh).join() || (!chinese.test(en + zh) && /[a-z]{3}/.test(en.replace(/\{\w+\}/g, "")) && en !== zh),
    );
    expect(wrong).toEqual([]);
  });

  it("fill their slots and leave unknown ones visible", () => {
    expect(say("en", ["{count} found of {all}", ""], { count: 3 })).toBe("3 found of {all}");
  });
});
