import type { Page } from "@playwright/test";
import { pastePicture, isDone } from "./support/requests";
import { picture } from "./support/pictures";
import { expect, isReady, test } from "./support/test";

/** Press Tab until the element that has the focus is the named one. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element instanceof HTMLTextAreaElement ? element.labels[0]?.textContent : null;
      return element?.getAttribute("aria-label") ?? label ?? element?.textContent ?? "";
    });
    if (name.test(focused.trim())) return;
    seen.push(focused.trim().slice(0, 40));
  }
  throw new Error(`Tab never came to ${String(name)}; it came to: ${seen.join(" | ")}`);
}

test("from nothing to a downloaded file with the keyboard alone", async ({ page, expectedFailures }) => {
  // The sentence is planned before its picture is there, and the plan says that one is missing.
  expectedFailures.push(/\/api\/v1\/plan$/);
  await page.goto("/");
  await isReady(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, /^What is wanted/);
  await page.keyboard.type("Sharpen this and double its size");
  await pastePicture(page, picture(61));
  await expect(page.getByRole("button", { name: /^Run · / })).toBeEnabled();
  await page.keyboard.press("ControlOrMeta+Enter");
  await page.waitForURL(/\/jobs\//);
  await isDone(page);
  const download = page.waitForEvent("download");
  await tabTo(page, /^Download$/);
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
});

test("two keys go to a page, and ? lists all keys", async ({ page }) => {
  await page.goto("/");
  await isReady(page);
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "What keys do" });
  await expect(list).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await expect(page).toHaveURL(/\/models$/);
  await expect(page.getByRole("main")).toBeFocused();
});

test("a letter that is typed into a field is text, not a key", async ({ page, expectedFailures }) => {
  // No workflow is meant by it, which its plan says where the machine is quick enough to ask for one.
  expectedFailures.push(/\/api\/v1\/plan$/);
  await page.goto("/");
  await page.getByRole("textbox", { name: "What is wanted" }).pressSequentially("gm? g");
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("textbox", { name: "What is wanted" })).toHaveValue("gm? g");
});
