// What goes wrong around people: a stale page, a text that looks like a program, a phone, a keyboard alone.
import { expect, settled, test } from "./people";

const script = `<img src=x onerror="window.__ran = 1"><script>window.__ran = 1</script>`;

test("a stale page does not save over a newer revision and hears whose it is", async ({ desk }) => {
  test.setTimeout(180_000);
  const { page: wei } = await desk("wei");
  await wei.goto("/console/policies/of/lending.approval/person_revolving?draft=1");
  await expect(wei.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
  await wei.getByLabel("Name", { exact: true }).fill("Seen by two");
  await wei.getByRole("button", { name: /Save$/ }).click();
  await expect(wei.getByText("Revision 1, saved by wei")).toBeVisible();

  const { page: min } = await desk("min");
  await min.goto(new URL(wei.url()).pathname);
  await settled(min);
  await min.getByLabel("Name", { exact: true }).fill("Seen by two, changed by Min");
  await min.getByRole("button", { name: /Save$/ }).click();
  await expect(min.getByText("Revision 2, saved by min")).toBeVisible();

  await wei.getByLabel("Name", { exact: true }).fill("Seen by two, changed by Wei");
  await wei.getByRole("button", { name: /Save$/ }).click();
  await expect(wei.getByText(/saved by min at .* as revision 2/)).toBeVisible();
  await expect(wei.getByText("Nothing of theirs was overwritten.", { exact: false })).toBeVisible();
});

test("a script in a text field is shown as text", async ({ desk }) => {
  test.setTimeout(180_000);
  const { page } = await desk("wei");
  await page.goto("/console/policies/of/lending.approval/person_revolving?draft=1");
  await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
  await page.getByLabel("Name", { exact: true }).fill(script);
  await page.getByRole("button", { name: /Save$/ }).click();
  await expect(page.getByText("Revision 1, saved by wei")).toBeVisible();
  await page.goto("/console/policies");
  await settled(page);
  await expect(page.getByText(script)).toBeVisible();
  expect(await page.evaluate(() => (window as { __ran?: number }).__ran)).toBeUndefined();
});

test("on a phone a decision and a draft can be read, and nothing runs off the side", async ({ desk }) => {
  const { page } = await desk("anna", { width: 390, height: 844 });
  for (const path of ["/", "/decisions", "/policies", "/policies/of/lending.approval/person_revolving", "/models", "/products", "/loans"]) {
    await page.goto(`/console${path}`);
    await settled(page);
    const over = await page.evaluate(() => document.querySelector("#content")!.scrollWidth - document.querySelector("#content")!.clientWidth);
    expect(over, `${path} is ${over} px too wide`).toBeLessThanOrEqual(1);
  }
});

test("a decision is found and opened with the keyboard alone", async ({ desk }) => {
  const { page } = await desk("anna");
  await page.goto("/console/");
  await settled(page);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(/\/decisions/);
  await settled(page);
  await expect(page.locator("tbody tr a").first()).toBeVisible();
  for (let presses = 0; presses < 120; ++presses) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.matches("#content tbody a") ?? false)) break;
  }
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/decisions\/[0-9a-f-]{8,}/);
  await settled(page);
});
