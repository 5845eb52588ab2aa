// What people do about jobs that several houses run: know the partner, sign as maker and checker, say no, read what happened.
import type { BrowserContext, Page } from "@playwright/test";
import { askAs, bank, expect, settled, test } from "./people";

type Jobs = { jobs: { hash: string; name: string; state: string }[] };
type JobShown = { job: { state: string; why: string; approvals: { person: string; role: string }[] }; in_words: { english: string; chinese: string }[]; leakage: { english: string; amount: number }[] };
type Partners = { partners: { name: string; fingerprint: string; leakage: { english: string; chinese: string; amount: number }[] }[] };

const passphrase = "a kite over the harbour wall";

async function hashOf(context: BrowserContext, name: string): Promise<string> {
  const { jobs } = await askAs<Jobs>(context, "/v1/federation/jobs?limit=100");
  return jobs.find((one) => one.name === name)!.hash;
}
const jobOf = (context: BrowserContext, hash: string) => askAs<JobShown>(context, `/v1/federation/job?hash=${hash}`);

async function makeKey(page: Page): Promise<void> {
  await page.goto("/console/account");
  await settled(page);
  await page.getByLabel("Passphrase of your key").fill(passphrase);
  await page.getByLabel("The passphrase again").fill(passphrase);
  await page.getByRole("button", { name: "Make a key" }).last().click();
  await expect(page.getByText("Make a key")).toHaveCount(0, { timeout: 30_000 });
}

async function sign(page: Page, label: string): Promise<void> {
  await page.getByRole("button", { name: label }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Passphrase of your key").fill(passphrase);
  await dialog.getByRole("button", { name: "Sign" }).click();
  await expect(dialog).toHaveCount(0, { timeout: 30_000 });
}

test("a partner stands with its fingerprint in groups and with what it learned, in sentences with amounts", async ({ desk }) => {
  for (const language of ["en", "zh"] as const) {
    const { page, context } = await desk("adi", { language });
    const { partners } = await askAs<Partners>(context, "/v1/federation/partners");
    const registry = partners.find((one) => one.name === "registry")!;
    await page.goto("/console/partners");
    await settled(page);
    const card = page.getByRole("region", { name: "registry", exact: true });
    const groups = await card.locator(".fingerprint span").allInnerTexts();
    expect(groups).toHaveLength(16);
    expect(groups.join("")).toBe(registry.fingerprint);
    expect(registry.leakage.length).toBeGreaterThan(0);
    for (const told of registry.leakage) {
      const row = card.getByRole("row").filter({ hasText: language === "zh" ? told.chinese : told.english });
      await expect(row).toContainText(told.amount.toLocaleString("en-GB"));
    }
    await expect(card.getByRole("button", { name: /Speak no more|停止往来/ })).toHaveCount(0); // an auditor looks
  }
});

test("a job signed by its maker is approved in the browser by a second person, beside its parameters", async ({ desk }) => {
  test.setTimeout(240_000);
  const { page, context } = await desk("tao");
  await makeKey(page);
  const hash = await hashOf(context, "second_look");
  await page.goto("/console/federation");
  await settled(page);
  await page.getByRole("region", { name: "Jobs" }).getByRole("link", { name: "second_look" }).click();
  await settled(page);
  const beside = page.getByRole("region", { name: "What it does, in words" });
  for (const { english } of (await jobOf(context, hash)).in_words) await expect(beside).toContainText(english);
  await expect(beside.getByRole("region", { name: "The file that is signed" })).toContainText('"trees": 3');
  await expect(page.getByText(/maker: paula/)).toBeVisible();

  await page.getByRole("button", { name: "Approve and sign as its checker" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Passphrase of your key").fill("not that one, but long enough");
  await dialog.getByRole("button", { name: "Sign" }).click();
  await expect(dialog.getByText("The key does not open with this passphrase.")).toBeVisible({ timeout: 30_000 });
  expect((await jobOf(context, hash)).job.state).toBe("proposed");
  await dialog.getByLabel("Passphrase of your key").fill(passphrase);
  await dialog.getByRole("button", { name: "Sign" }).click();
  await expect(dialog).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByText("Maker and checker signed: it may run here.")).toBeVisible();
  await expect(page.getByText(`puhui federation run --job ${hash.slice(0, 16)}`)).toBeVisible();
  const { job } = await jobOf(context, hash);
  expect(job.state).toBe("approved");
  expect(job.approvals.map(({ person, role }) => `${person} ${role}`)).toEqual(["paula maker", "tao checker"]);
});

test("a job is proposed and signed in the browser by its maker, who cannot be its checker too", async ({ desk }) => {
  test.setTimeout(180_000);
  const { page, context } = await desk("min");
  await makeKey(page);
  await page.goto("/console/federation?tab=propose");
  await settled(page);
  await page.getByRole("button", { name: "Propose a job" }).click();
  await expect(page.getByText("Paste the file or read one first.")).toBeVisible();
  await page.getByLabel("The job's file").fill("{}");
  await page.getByRole("button", { name: "Propose a job" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /parties/ })).toBeVisible();
  await page.getByLabel("The job's file").fill(bank().federation.toPropose);
  await page.getByRole("button", { name: "Propose a job" }).click();
  await expect(page.getByRole("heading", { name: "Job: by_hand" })).toBeVisible();
  await expect(page.getByText("Nobody of this house signed it yet.")).toBeVisible();
  await sign(page, "Sign as its maker");
  await expect(page.getByText("You signed it. A second person of this house signs next.")).toBeVisible();
  await expect(page.getByRole("button", { name: /sign as its/i })).toHaveCount(0);
  const { job } = await jobOf(context, await hashOf(context, "by_hand"));
  expect(job.approvals.map(({ person, role }) => `${person} ${role}`)).toEqual(["min maker"]);
});

test("a job is rejected with a reason that everybody reads, and can be signed no more", async ({ desk }) => {
  const { page, context } = await desk("bo");
  const hash = await hashOf(context, "curiosity");
  await page.goto(`/console/federation/${hash}`);
  await settled(page);
  await page.getByRole("button", { name: "Reject" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /Why/ }).fill("Nobody needs these columns for this question.");
  await dialog.getByRole("button", { name: "Do it" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("Rejected: Nobody needs these columns for this question.")).toBeVisible();
  await expect(page.getByRole("button", { name: /sign as its|Reject/ })).toHaveCount(0);
  expect((await jobOf(context, hash)).job).toMatchObject({ state: "rejected", why: "Nobody needs these columns for this question." });
});

test("a job is begun from its page, says whom it waits for, and is stopped", async ({ desk }) => {
  test.setTimeout(180_000);
  const { page, context } = await desk("min");
  const hash = await hashOf(context, "begun_here");
  await page.goto(`/console/federation/${hash}`);
  await settled(page);
  await page.getByRole("button", { name: "Go on" }).click();
  const runs = page.getByRole("region", { name: "Runs", exact: true });
  await expect(runs.getByText(/waits for registry at 127\.0\.0\.1:\d+/)).toBeVisible({ timeout: 40_000 });
  const { page: looking } = await desk("adi");
  await looking.goto("/console/federation");
  await settled(looking);
  const row = looking.getByRole("region", { name: "Under way" }).getByRole("row").filter({ hasText: "begun_here" });
  await expect(row).toContainText("running");
  await expect(row).toContainText("stage 1 of 2");

  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(/^Stopped: /)).toBeVisible({ timeout: 60_000 });
  await expect(row).toContainText("stopped", { timeout: 30_000 }); // by itself
});

test("a finished job shows its runs, bytes, leakage, model and measures, and its transcript verifies", async ({ desk }) => {
  const { page, context } = await desk("adi");
  const hash = await hashOf(context, "invoices");
  await page.goto(`/console/federation/${hash}`);
  await settled(page);
  const { leakage } = await jobOf(context, hash);
  await expect(page.getByRole("region", { name: "Runs", exact: true })).toContainText("stage 2 of 2");
  await expect(page.getByRole("region", { name: /^Bytes by partner/ })).toContainText("registry");
  const told = page.getByRole("region", { name: "What this house told beyond the result" });
  for (const one of leakage) await expect(told).toContainText(one.english);
  const model = page.getByRole("region", { name: "Model", exact: true });
  await expect(model).toContainText(/auc/);
  await expect(model).toContainText(/0\.\d{3,}/);

  await page.getByRole("link", { name: "To the transcript" }).click();
  await settled(page);
  await expect(page.getByText("Parameters in force")).toBeVisible();
  await expect(page.getByText("done at all parties, 4 signatures")).toBeVisible();
  await page.getByText("All of it").first().click();
  await expect(page.getByText(`"job": "${hash}"`).first()).toBeVisible();
  await page.getByRole("button", { name: "Verify chain and signatures" }).click();
  await expect(page.getByText(/The chain of \d+ entries is whole, and all 4 signatures hold\./)).toBeVisible();
  await page.goto(`/console/federation/${hash}/transcript?after=4`);
  await settled(page);
  await expect(page.getByText(/Entries 5 to \d+/)).toBeVisible();
  await page.getByRole("button", { name: "Earlier entries" }).click();
  await expect(page.getByText(/Entries 1 to \d+/)).toBeVisible();
});

test("on a phone the pages of federation do not run off the side", async ({ desk }) => {
  const { page, context } = await desk("adi", { width: 390, height: 844 });
  const hash = await hashOf(context, "invoices");
  for (const path of ["/partners", "/federation", "/federation?tab=models", `/federation/${hash}`, `/federation/${hash}/transcript`]) {
    await page.goto(`/console${path}`);
    await settled(page);
    const over = await page.evaluate(() => document.querySelector("#content")!.scrollWidth - document.querySelector("#content")!.clientWidth);
    expect(over, `${path} is ${over} px too wide`).toBeLessThanOrEqual(1);
  }
});
