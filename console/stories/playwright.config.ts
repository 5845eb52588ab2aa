// Stories: what people do with the console, in Debian's Chromium, against a real `puhui serve` on a store of its own.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: /.*\.story\.ts$/,
  outputDir: "../../build/console-stories",
  globalSetup: "./bank.ts",
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    actionTimeout: 20_000,
    locale: "en-GB",
    timezoneId: "Asia/Shanghai",
    launchOptions: { executablePath: process.env.PUHUI_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
  },
});
