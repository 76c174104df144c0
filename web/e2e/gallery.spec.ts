import { picture } from "./support/pictures";
import { expect, isReady, test } from "./support/test";

test("a file is found by its name, starred, thrown away and brought back", async ({ page, server }) => {
  const name = "rare-heron.png";
  const stored = await page.request.post(`${server.url}/api/v1/assets`, {
    multipart: { file: picture(71, { name }) },
  });
  expect(stored.ok()).toBe(true);
  await page.goto("/gallery");
  await isReady(page);
  await page.getByRole("searchbox", { name: "Search by words" }).fill("heron");
  const tile = page.getByRole("button", { name: `Open: ${name}` });
  await expect(page.getByRole("button", { name: /^Open: / })).toHaveCount(1);
  await expect(tile).toBeVisible();

  await tile.hover();
  await page.getByRole("button", { name: `Star: ${name}` }).click();
  await expect(page.getByRole("button", { name: `Star: ${name}` })).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(page.getByRole("button", { name: `Star: ${name}` })).toHaveAttribute("aria-pressed", "true");

  await tile.focus();
  await page.keyboard.press("Delete");
  await expect(tile).toHaveCount(0);
  await page.getByRole("log").getByRole("button", { name: "Undo" }).click();
  await expect(tile).toBeVisible();
});

test("a file of the gallery becomes the input of the next request", async ({ page, server }) => {
  const name = "start-here.png";
  await page.request.post(`${server.url}/api/v1/assets`, { multipart: { file: picture(72, { name }) } });
  await page.goto("/gallery");
  await page.getByRole("button", { name: `Open: ${name}` }).focus();
  await page.keyboard.press("u");
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("img", { name })).toBeVisible();
});

test("models say what they cost, where they run and whether they can be used", async ({ page }) => {
  await page.goto("/models");
  await isReady(page);
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await page.getByRole("row").nth(1).getByRole("button").first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("the language of the studio changes at once, and stays", async ({ page, serve }) => {
  // A server of its own: it keeps the language for all who come after.
  const { url } = await serve({ runsJobs: false });
  await page.goto(`${url}/settings`);
  await isReady(page);
  await page.getByRole("combobox", { name: "Language" }).first().selectOption("fr");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  // The page is left in the same instant, and another browser opens it.
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Que faut-il faire ?");
  await expect
    .poll(async () => (await (await page.request.get(`${url}/api/v1/preferences`)).json()) as unknown)
    .toMatchObject({ language: "fr" });
});
