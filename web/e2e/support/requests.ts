// What people do in the studio to get something made, as steps that several tests share.
import type { Page } from "@playwright/test";
import { picture, type Upload } from "./pictures";
import { expect, isReady } from "./test";

/** Put a picture into the clipboard and press Ctrl+V, as after copying it elsewhere. */
export async function pastePicture(page: Page, file: Upload): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await isReady(page);
  await page.bringToFront();
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const item = new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) });
    await navigator.clipboard.write([item]);
  }, file.buffer.toString("base64"));
  await page.keyboard.press("ControlOrMeta+v");
}

/** Choose a file for the picture that is worked on. */
export async function pickPicture(page: Page, file: Upload): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Pick: Working picture" }).click();
  await (await chooser).setFiles(file);
  await expect(page.getByRole("img", { name: file.name })).toBeVisible();
}

/** Run what is written once its price is there, and come to its job's page. */
export async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Run · / }).click();
  await page.waitForURL(/\/jobs\//);
}

/** From the home page to a job that is taken in. The draft of an earlier request is still there: it begins anew. */
export async function submit(page: Page, prompt: string, seed: number, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("button", { name: "Start over" }).click();
  await pickPicture(page, picture(seed));
  await page.getByRole("textbox", { name: "What is wanted" }).fill(prompt);
  await run(page);
}

/** The job has ended with a result; its first file can be downloaded. */
export async function isDone(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Again" })).toBeVisible({ timeout: 100_000 });
  await expect(page.getByRole("main").getByRole("link", { name: "Download", exact: true })).toBeVisible();
}
