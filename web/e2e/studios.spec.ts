import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { drawings } from "./support/drawings";
import { picture } from "./support/pictures";
import { isDone, pastePicture } from "./support/requests";
import { expect, isReady, test } from "./support/test";

/** Press the studio's run button once its price is there, and wait for the files. */
async function runHere(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Run · / }).click();
  await expect(page.getByRole("link", { name: "The whole job" })).toBeVisible();
  await expect(downloads(page).first()).toBeVisible({ timeout: 100_000 });
}

function downloads(page: Page) {
  return page.getByRole("main").getByRole("link", { name: /^Download / });
}

async function downloadFirst(page: Page): Promise<Buffer> {
  const download = page.waitForEvent("download");
  await downloads(page).first().click();
  return readFile(await (await download).path());
}

for (const [path, seed] of [
  ["/enhance", 101],
  ["/laser", 102],
] as const) {
  test(`${path}: from a pasted picture to a downloaded file`, async ({ page }) => {
    await page.goto(path);
    await pastePicture(page, picture(seed));
    await runHere(page);
    expect((await downloadFirst(page)).length).toBeGreaterThan(100);
  });
}

test("/laser: what is engraved without a picture is made first, which is said", async ({ page, serve }) => {
  // A key that no provider knows: the picture is planned with it, and nothing is ever sent.
  const { url } = await serve({ settings: { BOTTEGA_OPENAI_API_KEY: "sk-not-a-key" }, runsJobs: false });
  await page.goto(`${url}/laser`);
  await isReady(page);
  await page.getByRole("tab", { name: "Sentence" }).click();
  await page.getByRole("textbox", { name: "What to make" }).fill("Engrave a fox on cork, 60 mm wide");
  await expect(page.getByRole("button", { name: /^Run · / })).toBeEnabled();
  await expect(page.getByText("The picture is made first")).toBeVisible();
});

test("/enhance: a style, and the result is still there after a reload", async ({ page }) => {
  await page.goto("/enhance");
  await isReady(page);
  await page.getByRole("tab", { name: "Style" }).click();
  await pastePicture(page, picture(103));
  await runHere(page);
  await page.reload();
  await expect(downloads(page).first()).toBeVisible();
});

test("/enhance: a clip with more pictures a second, its beginning first, beside what it was", async ({
  page,
}) => {
  test.setTimeout(300_000);
  const { clip } = await drawings();
  await page.goto("/enhance");
  await isReady(page);
  await page.getByRole("tab", { name: "Clip" }).click();
  await page.getByLabel("Choose: Clip", { exact: true }).last().setInputFiles(clip);
  await page.getByRole("spinbutton", { name: /^Fps/ }).fill("30");
  await expect(page.getByRole("button", { name: /^Run · / })).toBeEnabled();
  await page.getByRole("button", { name: "Preview of 2 seconds" }).click();
  const beginning = page.locator("section", { hasText: "The first 2 seconds" }).last();
  await expect(beginning.getByText("After: 160 × 120 · 30 pictures a second")).toBeVisible({
    timeout: 200_000,
  });
  await page.getByRole("button", { name: /^Run · / }).click();
  const result = page.locator("section", { has: page.getByRole("heading", { name: "Result" }) });
  await expect(result.getByText("Before: 160 × 120 · 15 pictures a second")).toBeVisible({
    timeout: 200_000,
  });

  // Both run together: the place of one is the place of the other.
  await result.getByRole("slider", { name: "Place in the clip" }).fill("1");
  const places = () =>
    result.locator("video").evaluateAll((all) => all.map((one) => (one as HTMLVideoElement).currentTime));
  await expect.poll(async () => (await places()).every((at) => Math.abs(at - 1) < 0.1)).toBe(true);
  await result.getByRole("button", { name: "Play both" }).click();
  await expect.poll(async () => Math.min(...(await places()))).toBeGreaterThan(1.3);
  expect((await downloadFirst(page)).subarray(4, 8).toString()).toBe("ftyp");
});

test("a batch that its budget does not cover says so before it starts, and pauses at its budget", async ({
  page,
  serve,
}) => {
  // A key that no provider knows: prices are planned with it, and nothing is ever sent.
  const server = await serve({ settings: { BOTTEGA_OPENAI_API_KEY: "sk-not-a-key" }, runsJobs: false });
  await page.goto(`${server.url}/batch`);
  await isReady(page);
  const table = Buffer.from("prompt\nA picture of a lighthouse at dusk\nA picture of a harbour at dawn\n");
  await page
    .getByLabel("Choose files or a table (CSV)")
    .last()
    .setInputFiles({ name: "wishes.csv", mimeType: "text/csv", buffer: table });
  const budget = page.getByRole("textbox", { name: "At most, in dollars" });
  await budget.fill("much");
  await expect(page.getByText("An amount such as 2.50")).toBeVisible();
  await expect(page.getByRole("button", { name: "Show the price" })).toBeDisabled();
  await budget.fill("0.000001");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Two pictures");
  await page.getByRole("button", { name: "Show the price" }).click();
  await expect(page.getByText("The budget does not cover all of it")).toBeVisible();
  await page.getByRole("button", { name: /^Run · / }).click();
  const batch = page.getByRole("region", { name: "Two pictures" });
  await expect(batch).toBeVisible();
  await server.startWorker();
  await expect(batch.getByText("The batch's budget does not cover the next item")).toBeVisible({
    timeout: 60_000,
  });
  await expect(batch.getByText("Paused")).toBeVisible();
  await expect(batch.getByRole("textbox", { name: "New budget, in dollars" })).toBeVisible();
});

test("/enhance: a job is stopped from the studio's own page", async ({ page, serve }) => {
  const server = await serve({ runsJobs: false });
  await page.goto(`${server.url}/enhance`);
  await pastePicture(page, picture(104));
  await page.getByRole("button", { name: /^Run · / }).click();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByText("This job was stopped.")).toBeVisible();
});

test("twenty pictures with one wish: the price first, then all done, and a ZIP of them", async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto("/batch");
  await isReady(page);
  const files = Array.from({ length: 20 }, (_, at) => picture(200 + at, { side: 48 }));
  await page.getByLabel("Choose files or a table (CSV)").last().setInputFiles(files);
  await expect(page.getByText("20 files")).toBeVisible();
  await page.getByRole("textbox", { name: "What to do with each" }).fill("Sharpen this");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Twenty scenes");
  await page.getByRole("button", { name: "Show the price" }).click();
  await expect(page.getByText("20 items.")).toBeVisible();
  await page.getByRole("button", { name: /^Run · / }).click();
  const batch = page.getByRole("region", { name: "Twenty scenes" });
  await expect(batch.getByRole("status")).toContainText("20 of 20 done", { timeout: 240_000 });
  await batch.getByText("20 items").click();
  await expect(batch.getByRole("listitem").filter({ hasText: "Done" })).toHaveCount(20);
  const download = page.waitForEvent("download");
  await batch.getByRole("link", { name: "Everything as ZIP" }).click();
  const archive = await readFile(await (await download).path());
  expect(archive.subarray(0, 2).toString()).toBe("PK");
  await batch.getByRole("link", { name: "scene-200.png" }).click();
  await isDone(page);
});

test("/fashion opens, and says what is missing before it asks for a run", async ({ page }) => {
  await page.goto("/fashion");
  await isReady(page);
  await expect(page.getByRole("button", { name: /^Run$/ }).first()).toBeDisabled();
});
