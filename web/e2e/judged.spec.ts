// Work that is done on this machine, and whose result a vendor's vision model judges: the pictures are shown to somebody.
import type { Page } from "@playwright/test";
import { picture } from "./support/pictures";
import { pastePicture, pickPicture } from "./support/requests";
import { expect, isReady, test } from "./support/test";

// A key that no vendor knows: everything is planned with it, and nothing is ever sent.
const JUDGED = {
  BOTTEGA_JUDGE_MODEL: "openai/gpt-6-luna",
  BOTTEGA_OPENAI_API_KEY: "sk-not-a-key",
};

async function runIsPriced(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: /^Run · / })).toBeEnabled();
}

test("a plan says who is shown the pictures to judge the result", async ({ page, serve }) => {
  const { url } = await serve({ settings: JUDGED, runsJobs: false });
  await page.goto(url);
  await isReady(page);
  await pickPicture(page, picture(31));
  await page.getByRole("textbox", { name: "What is wanted" }).fill("Sharpen this and double its size");
  await runIsPriced(page);
  await expect(page.getByText("Words and pictures are shown to Openai, to judge the result")).toBeVisible();
  await expect(page.getByText("Stays on this machine")).toHaveCount(0);

  // A phone has room for the whole sentence.
  await page.setViewportSize({ width: 320, height: 844 });
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overhang).toBeLessThanOrEqual(0);

  await page.goto(`${url}/enhance`);
  await isReady(page);
  await pastePicture(page, picture(32));
  await runIsPriced(page);
  await expect(page.getByText("shown to openai, to judge it")).toBeVisible();
  await expect(page.getByText("stays on this machine")).toHaveCount(0);
});

test("where nobody judges, a plan says that nothing leaves", async ({ page, server }) => {
  await page.goto(server.url);
  await isReady(page);
  await pickPicture(page, picture(33));
  await page.getByRole("textbox", { name: "What is wanted" }).fill("Sharpen this and double its size");
  await runIsPriced(page);
  await expect(page.getByText("Stays on this machine")).toBeVisible();
  await expect(page.getByText(/are shown to/)).toHaveCount(0);
});
