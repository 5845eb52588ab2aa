// What people do about payments, transfers and names that raised a hand.
import type { BrowserContext, Page } from "@playwright/test";
import { tryOut } from "./guard_bank";
import { actAs, askAs, expect, settled, test } from "./people";

type Judged = { action: string; deadline?: string };
type PaymentView = { case?: string; payment: { settled_as?: string }; reasons: { en: string }[] };
type Queue = { alerts: { case: string; expected_loss_minor: number; kind: string }[] };

async function judgeHeld(context: BrowserContext, customer: string, amount: number): Promise<string> {
  const said: Judged[] = [];
  const key = await tryOut(async (payment) => said.push(await actAs<Judged>(context, "/v1/fraud/judge", payment)), customer, amount);
  expect(said.at(-1)!.action).toBe("hold");
  return key;
}

const judgeMore = (context: BrowserContext, customer: string, amount: number, round: number) =>
  actAs<Judged>(context, "/v1/fraud/judge", { scheme: "card_payment", key: `${customer}-large-${round}`, fields: { customer, amount_minor: amount, channel: "online" } });

const paymentOf = (context: BrowserContext, key: string) => askAs<PaymentView>(context, `/v1/fraud/payment?scheme=card_payment&key=${key}`);
const queueOf = (context: BrowserContext) => askAs<Queue>(context, "/v1/case/queue?capacity=1000");
const rowOf = (page: Page, id: string) => page.getByRole("region", { name: "Queue" }).getByRole("row").filter({ has: page.locator(`a[href="/console/cases/${id}"]`) });

async function openQueue(page: Page): Promise<void> {
  await page.goto("/console/cases");
  await settled(page);
  await page.getByLabel("Alerts that people can look at").fill("1000");
  await page.keyboard.press("Enter");
}

async function why(page: Page, words: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /Why/ }).fill(words);
  await dialog.getByRole("button", { name: "Do it" }).click();
  await expect(dialog).toHaveCount(0);
}

test("a held payment stands in the queue by what it may cost, is looked at and let go", async ({ desk }) => {
  const { context: till } = await desk("mei");
  const key = await judgeHeld(till, "c-kept", 60_000);
  const { page, context } = await desk("anna");
  const view = await paymentOf(context, key);
  const id = view.case!;
  await openQueue(page);
  const row = rowOf(page, id);
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("queue of fraud");
  await expect(row.locator("time")).toHaveCount(2); // its deadline, and when it was raised
  const losses = (await queueOf(context)).alerts.map((one) => one.expected_loss_minor);
  expect(losses).toEqual([...losses].sort((a, b) => b - a));

  await row.getByRole("link").first().click();
  await settled(page);
  await expect(page.getByText(view.reasons[0]!.en, { exact: false }).first()).toBeVisible();
  await page.getByText("What was known at that moment").first().click();
  await expect(page.getByRole("region", { name: "What was known at that moment" }).first()).toContainText("customer_small_1h");
  const network = page.getByRole("figure").filter({ hasText: "Who is tied to whom" }).first();
  await expect(network.locator("svg path").first()).toBeVisible();
  await network.getByRole("button", { name: "Show as a table" }).click();
  await expect(network.getByRole("table")).toContainText("shop-c-kept");
  await expect(network.getByRole("table")).toContainText("phone-of-c-kept");

  await page.getByRole("button", { name: "Let it go" }).first().click();
  await why(page, "The customer answered the call and knew every payment.");
  await expect(page.getByRole("button", { name: "Let it go" })).toHaveCount(0);
  expect((await paymentOf(context, key)).payment.settled_as).toBe("approve");
  await openQueue(page);
  await expect(page.getByText("Above the line")).toBeVisible();
  await expect(row).toHaveCount(0);
});

test("a case is closed by two people, and the verdict is the payment's label", async ({ desk }) => {
  const { page: anna, context } = await desk("anna");
  const { context: till } = await desk("mei");
  const key = await judgeHeld(till, "c-proved", 70_000);
  const id = (await paymentOf(context, key)).case!;
  await anna.goto(`/console/cases/${id}`);
  await settled(anna);
  const propose = anna.getByRole("region", { name: "Propose a verdict" });
  await propose.locator(".ant-select").click();
  await anna.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-content", { hasText: /^confirmed$/ }).click();
  await propose.getByRole("textbox").fill("The shop confirms that the card was copied.");
  await propose.getByRole("button", { name: "Propose a verdict" }).click();
  const confirm = anna.getByRole("region", { name: "Confirm the verdict" });
  await expect(confirm).toContainText("Somebody else confirms it.");
  await expect(confirm.getByRole("button")).toHaveCount(0);
  const { csrf } = (await (await context.request.get("/session")).json()) as { csrf: string };
  const alone = await context.request.post("/v1/case/confirm", { data: { id }, headers: { Origin: new URL(anna.url()).origin, "X-Puhui-Csrf": csrf } });
  expect(alone.status()).toBe(403);

  const { page: bo } = await desk("bo");
  await bo.goto(`/console/cases/${id}`);
  await settled(bo);
  await bo.getByRole("button", { name: "Confirm the verdict" }).click();
  await bo.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
  await expect(bo.getByRole("region", { name: "What happened" })).toContainText("closed");
  await expect(bo.getByRole("region", { name: "What happened" })).not.toContainText("queue:fraud");
  await anna.goto(`/console/payments/card_payment/${key}`);
  await settled(anna);
  await expect(anna.getByRole("region", { name: "What became of it" })).toContainText("fraud");
});

test("what is snoozed stays out of the queue, is counted, and wakes", async ({ desk }) => {
  const { page, context } = await desk("anna");
  const { context: till } = await desk("mei");
  const key = await judgeHeld(till, "c-known", 40_000);
  const id = (await paymentOf(context, key)).case!;
  const waiting = async () => (await queueOf(context)).alerts.filter((one) => one.case === id).length;
  await page.goto(`/console/cases/${id}`);
  await settled(page);
  const snooze = page.getByRole("region", { name: "Snooze this kind here" });
  await snooze.getByRole("spinbutton").fill("5");
  await snooze.getByRole("textbox", { name: /Why/ }).fill("A tester of shop tills, agreed with the customer.");
  await snooze.getByRole("button", { name: "Snooze this kind here" }).click();
  await expect(page.getByText("Done").or(snooze.getByRole("textbox", { name: /Why/ })).first()).toBeVisible();
  const before = await waiting();
  expect((await judgeMore(till, "c-known", 41_000, 2)).action).toBe("hold");
  expect(await waiting()).toBe(before);

  await page.goto("/console/cases?tab=snoozes");
  await settled(page);
  const asleep = page.getByRole("row").filter({ hasText: "c-known" });
  await expect(asleep).toContainText("A tester of shop tills");
  await asleep.getByRole("button", { name: "Wake" }).click();
  await expect(asleep).toHaveCount(0);
  expect((await judgeMore(till, "c-known", 42_000, 3)).action).toBe("hold");
  expect(await waiting()).toBe(before + 1);
});

async function screen(page: Page, name: string): Promise<void> {
  await page.goto("/console/screening");
  await settled(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Screen a name" }).click();
}

test("a name with a wrong letter and one in Chinese are found, with what matched marked", async ({ desk }) => {
  const { page } = await desk("anna");
  await screen(page, "Viktor Semyonovich Orlanof");
  const outcome = page.getByRole("region", { name: "Outcome" });
  await expect(outcome).toContainText("refer to a person");
  await expect(outcome.locator("mark.alike", { hasText: /^Orlanof$/i })).toHaveCount(1);
  await expect(outcome.locator("mark.same", { hasText: /^Viktor$/i }).first()).toBeVisible();
  await screen(page, "欧阳靖远");
  await expect(outcome).toContainText("F-102");
  await expect(outcome.locator("mark").first()).toContainText(/[欧阳靖远]/);
  await screen(page, "Amelia Thornbury");
  await expect(outcome).toContainText("No entry is like this name.");
});

test("a possible match is dismissed once and remembered", async ({ desk }) => {
  const { page } = await desk("anna");
  await screen(page, "Teodora Vasquez Imbrolio");
  const outcome = page.getByRole("region", { name: "Outcome" });
  await outcome.getByRole("link", { name: "Possible match" }).first().click();
  await settled(page);
  await page.getByRole("button", { name: "Somebody else" }).click();
  await why(page, "Another year of birth: seen in the passport.");
  await expect(page.getByText("Another year of birth: seen in the passport.")).toBeVisible();
  await screen(page, "Teodora Vasquez Imbrolio");
  await expect(outcome).toContainText("Dismissed before by anna: Another year of birth");
});

test("a finding is drawn, reported with citations, and the report approved by another person", async ({ desk }) => {
  const { page: anna, context } = await desk("anna");
  const found = await askAs<{ findings: { in_case?: string; transfers: number }[] }>(context, "/v1/aml/findings?outcome=alert&limit=50");
  const id = found.findings.find((one) => one.in_case)!.in_case!;
  await anna.goto(`/console/cases/${id}`);
  await settled(anna);
  await expect(anna.getByRole("figure").filter({ hasText: "Who is tied to whom" }).locator("svg path").first()).toBeVisible();
  expect(await anna.getByRole("region", { name: "Transfers" }).first().getByRole("row").count()).toBeGreaterThan(2);
  const report = anna.getByRole("region", { name: "Suspicious-transaction report" });
  await report.getByRole("button", { name: "Draft" }).click();
  await expect(report.getByRole("article")).toContainText("This report concerns the account");
  await expect(report.getByText(/\[.*transfer \d+.*\]/).first()).toBeVisible();
  await report.getByRole("button", { name: "Submit" }).click();
  await anna.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
  await expect(report).toContainText("submitted by anna");

  const { page: bo } = await desk("bo");
  await bo.goto(`/console/cases/${id}`);
  await settled(bo);
  const his = bo.getByRole("region", { name: "Suspicious-transaction report" });
  await his.getByRole("button", { name: "Approve" }).click();
  await bo.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
  await expect(his).toContainText("approved by bo");
  await expect(his).toContainText("As it stands in the evidence");
});

test("the shadow is compared with what decides, payment by payment", async ({ desk }) => {
  const { page, context } = await desk("anna");
  const { context: till } = await desk("mei");
  const key = await judgeHeld(till, "c-shadow", 45_000); // held; the stranger would have asked the customer
  await actAs(context, "/v1/fraud/label", { scheme: "card_payment", key, fraud: true });
  await page.goto("/console/shadow?scheme=card_payment");
  await settled(page);
  await expect(page.getByRole("region", { name: "What one did where the other did" }).first()).toBeVisible();
  const row = page.getByRole("region", { name: "Payments they disagree on" }).last().getByRole("row").filter({ hasText: key });
  await expect(row).toContainText("hold");
  await expect(row).toContainText("challenge");
  await expect(row.getByRole("cell", { name: "yes", exact: true })).toHaveCount(1);
  await row.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/payments/card_payment/${key}$`));
});

test("a name that is none is refused at its field, and one with a script is only a name", async ({ desk }) => {
  const { page } = await desk("anna");
  const field = page.locator(".ant-form-item").filter({ has: page.getByLabel("Name", { exact: true }) });
  await screen(page, "?!…—");
  await expect(field).toContainText("expected a name with a letter or a digit");
  await screen(page, "a".repeat(600));
  await expect(field).toContainText(/512/);
  await screen(page, `<img src=x onerror="window.__ran = 1"><script>window.__ran = 1</script>`);
  await expect(page.getByRole("region", { name: "Outcome" })).toContainText("No entry is like this name.");
  expect(await page.evaluate(() => (window as { __ran?: number }).__ran)).toBeUndefined();
});
