// What those do who answer for it: read the heat map, stop a model and lift it as two people, download an evidence pack.
import { askAs, expect, settled, test } from "./people";

test("a manager reads the heat map and goes from a block down to its decisions", async ({ desk }) => {
  const { page } = await desk("bo");
  await page.goto("/console/");
  await settled(page);
  const cell = page.getByRole("link", { name: /3A/ }).or(page.getByRole("button", { name: /3A/ })).or(page.getByRole("gridcell", { name: /3A/ })).first();
  await expect(cell).toBeVisible();
  await cell.click();
  await expect(page).toHaveURL(/3A/);
  await settled(page);
  await expect(page.getByText("lending.approval").first()).toBeVisible();
});

test("a model is stopped by one person and lifted by two", async ({ desk }) => {
  test.setTimeout(180_000);
  const { page: anna, context } = await desk("anna");
  const base = await askAs<{ artefacts: { name: string; digest: string }[] }>(context, "/v1/draft/base?use_case=lending.approval/person_revolving");
  const model = base.artefacts.find((one) => one.name === "model:pd")!.digest;
  await anna.goto("/console/switches");
  await settled(anna);
  await anna.getByRole("button", { name: "Stop …" }).click();
  const dialog = anna.getByRole("dialog");
  await dialog.locator(".ant-select").first().click();
  await anna.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-content", { hasText: /^model$/ }).click();
  await dialog.getByRole("textbox", { name: /SHA-256|Name/ }).first().fill(model);
  await dialog.getByRole("textbox", { name: /Why/ }).fill("A story: its scores look wrong since noon.");
  await dialog.getByRole("button", { name: "Do it" }).click();
  const stopped = anna.getByRole("region", { name: "Stopped now" });
  await expect(stopped).toContainText("scores look wrong");

  await stopped.getByRole("button", { name: "Lift" }).click();
  await anna.getByRole("dialog").getByRole("textbox", { name: /Why/ }).fill("Looked into: the scores are right.");
  await anna.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
  await expect(stopped).toContainText("anna asked to lift it");
  await expect(stopped.getByRole("button", { name: "Confirm the lift" })).toHaveCount(0); // not by the same person

  const { page: bo } = await desk("bo");
  await bo.goto("/console/switches");
  await settled(bo);
  await bo.getByRole("button", { name: "Confirm the lift" }).click();
  await bo.getByRole("dialog").getByRole("textbox", { name: /Why/ }).fill("I looked too: the scores are right.");
  await bo.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
  await expect(bo.getByRole("region", { name: "Lifted before" }).first()).toContainText("anna, bo");
});
