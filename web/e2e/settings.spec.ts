// Who one is, what the server keeps of one, and whether it works.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { picture } from "./support/pictures";
import { pickPicture } from "./support/requests";
import { expect, isReady, test } from "./support/test";

/** What the server keeps of a page's choices. */
function keptBy(page: Page): Promise<{ theme: string; language: string }> {
  return page.evaluate(
    async () =>
      (await (await fetch("/api/v1/preferences")).json()) as unknown as { theme: string; language: string },
  );
}

test("a server with keys asks for one, and a session speaks from then on, until one logs out", async ({
  page,
  serve,
  expectedFailures,
}) => {
  expectedFailures.push(/\/api\/v1\//);
  const server = await serve({ settings: { BOTTEGA_AUTH: "required" }, runsJobs: false });
  const key = await server.makeKey();
  await page.goto(`${server.url}/models`);
  await expect(page.getByRole("heading", { level: 1, name: "Log in" })).toBeVisible();
  const field = page.getByLabel("API key");
  await field.fill("btg_wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toContainText("This API key is not valid.");
  await field.fill(key);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  // No script can read what speaks for the session.
  expect(await page.evaluate(() => document.cookie)).not.toContain("bottega_session");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();

  // What changes something is taken from this page.
  await page.goto(`${server.url}/settings?tab=look`);
  await page.getByText("Dark", { exact: true }).click();
  await expect.poll(async () => (await keptBy(page)).theme).toBe("dark");
  await page.goto(`${server.url}/settings?tab=privacy`);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Log in" })).toBeVisible();
});

test("theme and language are the same in another browser", async ({ page, browser, serve }) => {
  const { url } = await serve({ runsJobs: false });
  await page.goto(`${url}/settings?tab=look`);
  await isReady(page);
  await page.getByText("Dark", { exact: true }).click();
  await page.getByLabel("Language", { exact: true }).selectOption("Français");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Réglages");
  await expect.poll(async () => (await keptBy(page)).language).toBe("fr");
  const other = await browser.newContext({ locale: "en-GB" });
  const second = await other.newPage();
  await second.goto(`${url}/settings`);
  await expect(second.getByRole("heading", { level: 1 })).toHaveText("Réglages");
  await expect(second.locator("html")).toHaveAttribute("data-theme", "dark");
  await other.close();
});

test("the doctor says whether the installation works, and how its switches stand", async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/settings?tab=doctor`);
  await expect(page.getByRole("heading", { name: "This installation works." })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Books" })).toContainText("in order");
  await expect(page.getByText("Learning")).toBeVisible();
});

test("everything can be taken along, and everything can be erased", async ({ page, serve }) => {
  const { url } = await serve({ runsJobs: false });
  await page.goto(url);
  await pickPicture(page, picture(301));
  await page.goto(`${url}/settings?tab=privacy`);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  const archive = await readFile(await (await download).path());
  expect(archive.subarray(0, 2).toString()).toBe("PK");
  expect(archive.includes("scene-301.png")).toBe(true);

  await page.getByRole("button", { name: "Delete everything" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete everything" });
  const send = dialog.getByRole("button", { name: "Delete everything" });
  await expect(send).toBeDisabled();
  await dialog.getByRole("textbox", { name: /to go on$/ }).fill("local");
  await send.click();
  await expect(dialog).toContainText("1 file is gone for good.");
  await page.goto(`${url}/gallery`);
  await isReady(page);
  await expect(page.getByRole("button", { name: /^Open: / })).toHaveCount(0);
});
