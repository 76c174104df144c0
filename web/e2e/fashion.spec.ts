// The fitting room, from pictures that are brought to pictures that are taken home; all of it on this machine.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { drawings } from "./support/drawings";
import type { Upload } from "./support/pictures";
import { expect, isReady, test } from "./support/test";

async function put(page: Page, slot: string, file: Upload): Promise<void> {
  await page.getByLabel(`Choose: ${slot}`, { exact: true }).last().setInputFiles(file);
  await expect(page.getByRole("img", { name: file.name })).toBeVisible();
}

async function openRoom(page: Page, url: string, room: string): Promise<void> {
  await page.goto(`${url}/fashion`);
  await isReady(page);
  await page.getByRole("tab", { name: room, exact: true }).click();
}

const run = (page: Page) => page.getByRole("button", { name: /^Run · free/ });

test("a garment is tried on: both pictures checked, a result to compare, its fit, its files", async ({
  page,
  server,
  expectedFailures,
}) => {
  test.setTimeout(300_000);
  // The person's picture is asked for until the server has removed it.
  expectedFailures.push(/\/api\/v1\/assets\/[0-9a-f]{64}$/);
  const { person, tshirt } = await drawings();
  await openRoom(page, server.url, "Try on");
  await put(page, "Person", person);
  await put(page, "Garment", tshirt);
  await expect(page.getByText("Good enough")).toHaveCount(2);
  await run(page).click();
  await expect(page.getByRole("link", { name: "Download tryon.png" })).toBeVisible({ timeout: 150_000 });
  // Side by side, with the person's picture that the server no longer has.
  await page.getByText("Side by side", { exact: true }).click();
  for (const name of [/^Result/, /^The picture it was made from/]) {
    const shown = page.getByRole("img", { name });
    await expect(shown).toBeVisible();
    expect(await shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(768);
  }
  await expect(page.getByRole("table", { name: "Measures" })).toContainText("Tryon identity");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download tryon.png" }).click();
  expect((await readFile(await (await download).path())).subarray(1, 4).toString()).toBe("PNG");

  const fit = page.getByRole("region", { name: "Fit report" });
  await fit.getByText("Measurements, for a size").click();
  await fit.getByRole("textbox", { name: "Bust or chest (cm)" }).fill("92");
  await fit.getByRole("textbox", { name: "Waist (cm)" }).fill("74");
  await fit.getByRole("button", { name: "How does it fit?" }).click();
  await expect(fit).toContainText("EU 40", { timeout: 90_000 });
  // A verdict, or why there is none.
  await expect(fit).toContainText(/Sits (excellently|well|fairly|poorly)|cannot tell: /);

  // The promise is kept, and said; using the picture again is for the person to say.
  const slot = page.getByRole("region", { name: "Person", exact: true });
  await expect(slot).toContainText("The server removed it after the work.");
  await expect(page.getByRole("button", { name: /^Run$/ })).toBeDisabled();
  await slot.getByRole("button", { name: "Use it again" }).click();
  await expect(run(page)).toBeEnabled();
});

test("a pair that cannot be tried on is refused in words, with the reason's code, and nothing was paid", async ({
  page,
  server,
  expectedFailures,
}) => {
  test.setTimeout(300_000);
  expectedFailures.push(/\/api\/v1\/assets\/[0-9a-f]{64}$/);
  const drawn = await drawings();
  await openRoom(page, server.url, "Try on");
  await put(page, "Person", drawn["crossed-arms"]);
  await put(page, "Garment", drawn.tshirt);
  await expect(
    page.getByRole("region", { name: "Person", exact: true }).getByText("Arms or hands cover the clothes."),
  ).toBeVisible();
  await run(page).click();
  const told = page.getByRole("alert").filter({ hasText: "arms_crossed" });
  await expect(told).toContainText("Let the arms hang beside the body", { timeout: 150_000 });
  await expect(told).toContainText("nothing was spent");

  // Nor is the person's picture, which the server has removed, asked for where the job is listed.
  await page.goto(server.url);
  const listed = page.getByRole("link", { name: /Failed/ }).first();
  await expect(listed).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(listed.locator("img")).toHaveJSProperty("complete", true);
});

test("colours that suit a person, and the palette as a picture", async ({
  page,
  server,
  expectedFailures,
}) => {
  test.setTimeout(300_000);
  expectedFailures.push(/\/api\/v1\/assets\/[0-9a-f]{64}$/);
  const { person } = await drawings();
  await openRoom(page, server.url, "Style");
  await put(page, "Person", person);
  await expect(page.getByRole("heading", { name: "These suit" })).toBeVisible({ timeout: 90_000 });
  await run(page).click();
  await expect(page.getByRole("img", { name: "Palette" })).toBeVisible({ timeout: 150_000 });
  await expect(page.getByRole("link", { name: "Download style.json" })).toBeVisible();
});

test("a wardrobe becomes looks, and looks become boards", async ({ page, server }) => {
  test.setTimeout(300_000);
  const { tshirt } = await drawings();
  await openRoom(page, server.url, "Wardrobe");
  for (const [name, file] of [
    ["White shirt", tshirt],
    ["Navy trousers", null],
    ["Brown leather shoes", null],
  ] as const) {
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    if (file !== null) await put(page, "Garment", file);
    await page.getByRole("button", { name: "Add to the wardrobe" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: name })).toBeVisible();
  }
  await page.getByRole("tab", { name: "Outfits", exact: true }).click();
  await page.getByRole("textbox", { name: "Occasion" }).fill("office");
  await page.getByRole("button", { name: "Compose", exact: true }).click();
  await expect(page.getByText("Navy trousers").first()).toBeVisible();
  await run(page).click();
  const board = page.getByRole("img", { name: "Look 1" });
  await expect(board).toBeVisible({ timeout: 150_000 });
  expect(await board.evaluate((img: HTMLImageElement) => img.naturalHeight)).toBe(1500);
  await expect(page.getByRole("link", { name: "Download look-1.png" })).toBeVisible();
});
