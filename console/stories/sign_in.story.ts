// Who gets in and who does not, and what a session's end leaves of what was typed.
import { bank, expect, passwordOf, settled, test } from "./people";

test("a person signs in, and out again", async ({ desk }) => {
  const { page } = await desk(undefined);
  await page.goto("/console/");
  await page.getByLabel("Name").fill("adi");
  await page.getByLabel("Password").fill(passwordOf("adi"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await settled(page);
  await page.getByRole("button", { name: "You: adi" }).click();
  await page.getByText("Sign out").click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("a one-time password lets a person do nothing but change it", async ({ desk }) => {
  const { page } = await desk(undefined);
  await page.goto("/console/");
  await page.getByLabel("Name").fill("nora");
  await page.getByLabel("Password").fill(bank().oneTime.nora!);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Change your password before you go on.")).toBeVisible();
});

test("a wrong password is refused plainly, and too many are slowed down", async ({ desk }) => {
  const { page } = await desk(undefined);
  await page.goto("/console/");
  await page.getByLabel("Name").fill("otto");
  for (let i = 0; i < 3; ++i) {
    await page.getByLabel("Password").fill(`wrong guess number ${i}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  }
  await expect(page.getByRole("alert")).not.toContainText("otto is"); // nothing about whether there is an otto
});

test("an ended session asks to sign in again over the page, and what was typed is still there", async ({ desk }) => {
  const { page, context } = await desk("mei");
  await page.goto("/console/loans");
  await settled(page);
  await page.getByLabel(/Borrower/).fill("P0000000042");
  await context.clearCookies();
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByText("Your session has ended.", { exact: false })).toBeVisible();
  await page.getByRole("dialog").getByLabel("Password").fill(passwordOf("mei"));
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(/Your session has ended/)).toHaveCount(0);
  await expect(page.getByLabel(/Borrower/)).toHaveValue("P0000000042");
  await expect(page.getByRole("heading", { name: /P0000000042/ })).toBeVisible();
});

test("a page that the role may not see is neither in the menu nor behind its address", async ({ desk }) => {
  const { page, context } = await desk("mei");
  await page.goto("/console/");
  await settled(page);
  const menu = page.getByRole("navigation", { name: "Main menu" });
  await expect(menu.getByRole("link", { name: "Decisions" })).toBeVisible();
  await expect(menu.getByRole("link", { name: "Policies" })).toHaveCount(0);
  await page.goto("/console/policies");
  await expect(page.getByText(/no such page, or your role may not see it/)).toBeVisible();
  const refused = await context.request.get("/v1/draft/list");
  expect(refused.status()).toBe(403);
});
