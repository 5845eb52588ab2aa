// Who acts in the stories, and how a story sits down at their desk.
import { test as base, expect, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { Federation } from "./federation_bank";

export type Kept = { url: string; oneTime: Record<string, string>; federation: Federation };
export type Language = "en" | "zh";
export type Appearance = "light" | "dark";

export const users = [
  { name: "root", shown: "Office of access", roles: ["admin"], password: "keys hang behind the door" }, // the first: lets in all others
  { name: "anna", shown: "Anna Berg", roles: ["risk_officer"], password: "a quiet walk by the lake" },
  { name: "bo", shown: "Bo Chen 陈博", roles: ["manager"], password: "seven green paper boats" },
  { name: "tao", shown: "Tao Li 李涛", roles: ["manager"], password: "a ladder leaning on the pear tree" },
  { name: "wei", shown: "Wei Lin 林伟", roles: ["policy_writer"], password: "rain on a tin roof at six" },
  { name: "min", shown: "Min Zhao 赵敏", roles: ["model_builder"], password: "the old clock strikes nine" },
  { name: "mei", shown: "Mei Wu 吴梅", roles: ["service"], password: "tea with two slices of lemon" },
  { name: "adi", shown: "Adi Rao", roles: ["auditor"], password: "chalk dust and a long table" },
  { name: "nora", shown: "Nora New", roles: ["service"], password: "", fresh: true }, // still with a one-time password
  { name: "otto", shown: "Otto Often", roles: ["service"], password: "mistyped more often than not" }, // types it wrong
] as readonly { name: string; shown: string; roles: readonly string[]; password: string; fresh?: boolean }[];

export function bank(): Kept {
  const file = process.env.PUHUI_STORY_BANK;
  if (!file) throw new Error("expected a bank: the stories are run by `npm run stories`");
  return JSON.parse(readFileSync(file, "utf8")) as Kept;
}

export function passwordOf(name: string): string {
  const user = users.find((one) => one.name === name);
  if (!user) throw new Error(`there is no ${name} in the stories`);
  return user.password;
}

type Desk = { language?: Language; appearance?: Appearance; width?: number; height?: number };

// A browser of one's own, signed in through the door that the sign-in form uses.
export async function deskOf(browser: Browser, name: string | undefined, desk: Desk = {}): Promise<{ page: Page; context: BrowserContext }> {
  const { language = "en", appearance = "light", width = 1280, height = 800 } = desk;
  const { url } = bank();
  const context = await browser.newContext({ baseURL: url, viewport: { width, height }, reducedMotion: "reduce" });
  await context.addInitScript(([l, a]) => {
    localStorage.setItem("puhui.language", l!);
    localStorage.setItem("puhui.appearance", a!);
  }, [language, appearance]);
  if (name) {
    const answer = await context.request.post("/session", { data: { name, password: passwordOf(name) }, headers: { Origin: url } });
    expect(answer.ok(), `${name} signs in: ${await answer.text()}`).toBeTruthy();
  }
  return { page: await context.newPage(), context };
}

// A question over the same session, for what a story needs to know beforehand.
export async function askAs<T>(context: BrowserContext, path: string): Promise<T> {
  const answer = await context.request.get(path);
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy();
  return (await answer.json()) as T;
}

// An act over the same session, for what happened before a story begins.
export async function actAs<T>(context: BrowserContext, path: string, input: unknown): Promise<T> {
  const session = await context.request.get("/session");
  const { csrf } = (await session.json()) as { csrf: string };
  const answer = await context.request.post(path, { data: input, headers: { Origin: bank().url, "X-Puhui-Csrf": csrf } });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBeTruthy();
  return (await answer.json()) as T;
}

// Everything that was asked for has come.
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("#content h1").first()).toBeVisible();
  await expect(page.locator("#content .ant-skeleton, #content .ant-spin-spinning, #content .page-wait")).toHaveCount(0, { timeout: 20_000 });
}

// Stories fail on anything the browser complains of: a refused script, an exception, a resource that is not there.
export const test = base.extend<{ desk: (name: string | undefined, desk?: Desk) => Promise<{ page: Page; context: BrowserContext; complaints: string[] }> }>({
  desk: async ({ browser }, use) => {
    const opened: { context: BrowserContext; complaints: string[] }[] = [];
    await use(async (name, desk) => {
      const { page, context } = await deskOf(browser, name, desk);
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error" && /Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
      });
      opened.push({ context, complaints });
      return { page, context, complaints };
    });
    for (const { context, complaints } of opened) {
      await context.close();
      expect(complaints).toEqual([]);
    }
  },
});
export { expect };
