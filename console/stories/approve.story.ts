// A policy goes from a draft to what decides, by three people: one writes, two others sign with their own keys.
import { expect, settled, test } from "./people";

const passphrase = "only my own two hands know this";

test("a policy is written, tried, submitted by one person and signed by two others, and then decides", async ({ desk }) => {
  test.setTimeout(300_000);
  const { page: wei } = await desk("wei");
  await wei.goto("/console/policies");
  await settled(wei);
  const lent = wei.locator("section", { hasText: "lending.approval/person_revolving" });
  await lent.getByRole("button", { name: "Begin a draft" }).first().click();
  await expect(wei.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });

  // The text of one rule is changed under "Source": whoever was late once is refused.
  await wei.getByRole("tab", { name: "Source" }).click();
  const source = wei.getByRole("textbox", { name: "Source" });
  const text = await source.inputValue();
  expect(text).toContain("&gt;= 6</text>");
  await source.fill(text.replace("&gt;= 6</text>", "&gt;= 1</text>"));
  await wei.getByRole("button", { name: "Apply" }).click();
  await wei.getByLabel("Name", { exact: true }).fill("Late payers not at all");

  await wei.getByRole("tab", { name: "Check" }).click();
  await wei.getByRole("button", { name: "Check the policy" }).click();
  await expect(wei.getByText(/No faults/)).toBeVisible();

  await wei.getByRole("tab", { name: "Difference" }).click();
  await expect(wei.getByRole("list", { name: "Difference" })).toContainText(">= 1");

  await wei.getByRole("tab", { name: /Back-test/ }).click();
  await wei.getByRole("button", { name: "Run", exact: true }).click();
  await expect(wei.getByRole("img", { name: /Who is swapped in and out: .*Swapped out/ })).toBeVisible({ timeout: 60_000 });

  await wei.getByRole("button", { name: /Save$/ }).click();
  await expect(wei.getByText("Revision 1, saved by wei")).toBeVisible();
  await wei.getByRole("tab", { name: "Submit" }).click();
  await wei.getByLabel(/Conditions/).fill("Reviewed after one quarter.");
  await wei.getByRole("button", { name: "Submit for signatures" }).first().click();
  await wei.getByRole("dialog").getByRole("button", { name: "Submit for signatures" }).click();
  await expect(wei.getByText("Submitted. Now two other people sign it.")).toBeVisible({ timeout: 30_000 });
  await wei.getByRole("link", { name: /To the proposal/ }).click();
  await expect(wei.getByText("You wrote it: others sign it.")).toBeVisible();
  const proposal = new URL(wei.url()).pathname; // with /console

  for (const name of ["anna", "bo"]) {
    const { page } = await desk(name);
    await page.goto("/console/account");
    await settled(page);
    await page.getByLabel("Passphrase of your key").fill(passphrase);
    await page.getByLabel("The passphrase again").fill(passphrase);
    await page.getByRole("button", { name: "Make a key" }).last().click();
    await expect(page.getByText("Make a key")).toHaveCount(0, { timeout: 30_000 });

    await page.goto(proposal);
    await settled(page);
    await expect(page.getByRole("region", { name: "What it changes" })).toContainText(">= 1");
    await page.getByRole("button", { name: "Approve and sign" }).click();
    await page.getByRole("dialog").getByLabel("Passphrase of your key").fill("not that one, but long enough");
    await page.getByRole("dialog").getByRole("button", { name: "Sign" }).click();
    await expect(page.getByText("The key does not open with this passphrase.")).toBeVisible({ timeout: 30_000 });
    await page.getByRole("dialog").getByLabel("Passphrase of your key").fill(passphrase);
    await page.getByRole("dialog").getByRole("button", { name: "Sign" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0, { timeout: 30_000 });
  }
  await wei.goto("/console/policies");
  await settled(wei);
  await expect(wei.getByRole("region", { name: "lending.approval/person_revolving" })).toContainText("wei");
});
