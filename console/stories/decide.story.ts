// What people ask of decisions: why a person was refused, whether it comes out the same again, what an application gets.
import { askAs, expect, settled, test } from "./people";

type Found = { decisions: { id: string; outcome: string }[] };

test("customer service finds why a person was refused and reads it out", async ({ desk }) => {
  const { page, context } = await desk("mei");
  const found = await askAs<Found>(context, "/v1/decision/find?outcome=refuse&limit=1");
  const id = found.decisions[0]!.id;
  await page.goto("/console/decisions");
  await settled(page);
  await page.getByLabel("Open by its id").fill(id);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await settled(page);
  const readOut = page.getByRole("region", { name: "To read out" });
  await expect(readOut.getByRole("listitem").first()).toBeVisible();
  expect((await readOut.innerText()).length).toBeGreaterThan(40);
  await expect(page.getByRole("region", { name: "The way through the policy" })).toBeVisible();
});

test("the same reasons are there in Chinese", async ({ desk }) => {
  const { page, context } = await desk("mei", { language: "zh" });
  const found = await askAs<Found>(context, "/v1/decision/find?outcome=refuse&limit=1");
  await page.goto(`/console/decisions/${found.decisions[0]!.id}`);
  await settled(page);
  await expect(page.getByRole("region", { name: "可向客户宣读" })).toContainText(/[\u4e00-\u9fff]{6,}/);
});

test("a risk officer takes a decision again and it gives the same bytes", async ({ desk }) => {
  const { page, context } = await desk("anna");
  const found = await askAs<Found>(context, "/v1/decision/find?limit=1");
  await page.goto(`/console/decisions/${found.decisions[0]!.id}`);
  await settled(page);
  await page.getByRole("button", { name: "Take it again" }).click();
  await expect(page.getByText("Identical: taken again it gave the same bytes.")).toBeVisible();
});

test("an application made in the console is decided, and its reasons stand beside it", async ({ desk }) => {
  const { page } = await desk("mei");
  await page.goto("/console/apply?product=person_revolving");
  await settled(page);
  await page.getByLabel(/Borrower/).fill("story-borrower-1");
  await page.getByRole("button", { name: "Decide" }).click();
  await expect(page.getByText(/required|expected/i).first()).toBeVisible(); // facts that must be there are all named
  const yes = async (name: string, value: "yes" | "no") => {
    await page.getByLabel(name, { exact: true }).click();
    await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").getByText(value, { exact: true }).click();
  };
  await page.getByLabel("applied_on", { exact: true }).fill("2026-06-01");
  for (const [name, value] of [["channel", "app"], ["applied_hour", "10"], ["purpose", "business"], ["requested_amount_minor", "1000000"], ["term_months", "12"], ["employment", "farmer"], ["income_month_minor", "600000"]] as const) {
    await page.getByLabel(name, { exact: true }).fill(value);
  }
  for (const [name, value] of [["of_legal_age", "yes"], ["identity_verified", "yes"], ["on_watch_list", "yes"], ["enforcement_record", "no"], ["has_credit_record", "no"]] as const) await yes(name, value);
  await page.getByRole("button", { name: "Decide" }).click();
  const outcome = page.getByRole("region", { name: "Outcome" });
  await expect(outcome).toContainText("refused");
  await expect(outcome.getByText("on_watch_list")).toBeVisible();
  await outcome.getByRole("link", { name: /The decision/ }).click();
  await settled(page);
  await expect(page.getByRole("region", { name: "To read out" })).toBeVisible();
});
