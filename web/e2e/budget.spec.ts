import { picture } from "./support/pictures";
import { pickPicture } from "./support/requests";
import { expect, test } from "./support/test";

// A key that no provider knows: prices are planned with it, and the tests see that nothing is ever sent.
const SETTINGS = { BOTTEGA_OPENAI_API_KEY: "sk-not-a-key" };

test("work that costs more than the budget leaves is refused before anything is bought, in plain words", async ({
  page,
  serve,
  expectedFailures,
}) => {
  expectedFailures.push(/\/api\/v1\//);
  const server = await serve({ settings: SETTINGS, runsJobs: false });
  await page.goto(`${server.url}/settings?tab=budgets`);
  await page.getByRole("tab", { name: "Budgets" }).click();
  await page.getByRole("button", { name: "New budget" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Cap in US dollars" }).fill("0.0001");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();

  await page.goto(server.url);
  await page
    .getByRole("textbox", { name: "What is wanted" })
    .fill("Create a picture of a lighthouse at dusk");
  const plan = page.getByRole("region", { name: "Plan" });
  await expect(plan).toContainText("budget");
  await expect(plan).toContainText("Your money:");
  await expect(page.getByRole("button", { name: /^Run/ })).toBeDisabled();
});

test("a limit for one job that is no amount is told at its field", async ({ page }) => {
  await page.goto("/");
  await pickPicture(page, picture(31));
  await page.getByRole("textbox", { name: "At most, in dollars" }).fill("a lot");
  await expect(page.getByText("An amount such as 0.25")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "At most, in dollars" })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
});
