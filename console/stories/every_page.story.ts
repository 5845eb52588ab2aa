// Every page, light and dark, in both languages: it comes, the browser complains of nothing, and axe-core finds nothing
// serious. With PUHUI_PICTURES the pages are drawn for docs/console on the way.
import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { everyPage, pagesOfOne, type Seen } from "./every_page";
import { expect, settled, test, type Appearance, type Language } from "./people";

const pictures = process.env.PUHUI_PICTURES;

// Not ours to mend: the DMN editor's own canvas and grid. Whoever does not draw reads and edits the same under "Source".
const foreign = ".dmn-host";

for (const appearance of ["light", "dark"] as const) {
  for (const language of ["en", "zh"] as const) {
    test(`no page has a serious fault: ${appearance}, ${language}`, async ({ desk }) => {
      test.setTimeout(480_000);
      const { context: looking } = await desk("anna", { language, appearance });
      const seen = [...everyPage(), ...(await pagesOfOne(looking))];
      const faults: string[] = [];
      for (const by of new Set(seen.map((one) => one.by))) {
        const { page } = await desk(by, { language, appearance });
        for (const one of seen.filter((of) => of.by === by)) {
          await page.goto(`/console${one.path}`);
          await settled(page);
          if (one.name === "policy") await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
          await draw(page, one, appearance, language);
          const { violations } = await new AxeBuilder({ page }).exclude(foreign).analyze();
          for (const fault of violations.filter((found) => found.impact === "serious" || found.impact === "critical")) {
            faults.push(`${one.path}: ${fault.id} (${fault.impact}): ${fault.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`);
          }
        }
      }
      expect(faults).toEqual([]);
    });
  }
}

async function draw(page: import("@playwright/test").Page, one: Seen, appearance: Appearance, language: Language): Promise<void> {
  if (!pictures || appearance !== "light" || language !== "en") return;
  mkdirSync(pictures, { recursive: true });
  await page.waitForTimeout(600); // charts draw after their numbers came
  await page.screenshot({ path: join(pictures, `${one.name.replaceAll("/", "_")}.png`) });
}
