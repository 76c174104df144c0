// Screenshots of the pages for README and docs: both themes, and a phone. Written to docs/images by
// `scripts/browser-tests --pictures`; what is seen is what the tests' server made from the tests' pictures.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { chooseTheme, pathsOfNavigation, SIZES } from "./support/pages";
import { picture } from "./support/pictures";
import { isDone, pickPicture, submit } from "./support/requests";
import { expect, isReady, test } from "./support/test";

const FOLDER = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const MOST_BYTES = 200_000;

test("screenshots of every page", async ({ page, server }) => {
  test.setTimeout(540_000);
  await page.setViewportSize(SIZES.desk);
  for (const [seed, prompt] of [
    "Sharpen this and double its size",
    "Turn this photo into a pencil drawing",
    "Engrave this photo on plywood, 60 mm wide",
  ].entries()) {
    await submit(page, prompt, 80 + seed, server.url);
    await isDone(page);
    await page.goto("/");
    await page.getByRole("button", { name: "Start over" }).click();
  }
  const paths = await pathsOfNavigation(page);
  await pickPicture(page, picture(90, { side: 240 }));
  await page.getByRole("textbox", { name: "What is wanted" }).fill("Sharpen this and double its size");
  await expect(page.getByRole("button", { name: /^Run · / })).toBeEnabled();
  const job = await page
    .getByRole("link", { name: /Turn this photo into a pencil drawing/ })
    .first()
    .getAttribute("href");
  if (job === null) throw new Error("the job is not among the recent ones");

  for (const theme of ["Light", "Dark"] as const) {
    await page.setViewportSize(SIZES.desk);
    await chooseTheme(page, theme);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const address of [...paths, job]) {
        const name = address === job ? "job" : address.slice(1) || "studio";
        await shoot(page, address, `${name}-${theme.toLowerCase()}${size === "phone" ? "-phone" : ""}.webp`);
      }
    }
  }
});

async function shoot(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await isReady(page);
  await page.waitForLoadState("networkidle");
  // The browser's own protocol: Playwright writes no WebP, and PNG is three times as large.
  const browser = await page.context().newCDPSession(page);
  const { data } = await browser.send("Page.captureScreenshot", { format: "webp", quality: 90 });
  const taken = Buffer.from(data, "base64");
  expect.soft(taken.length, name).toBeLessThan(MOST_BYTES);
  await writeFile(path.join(FOLDER, name), taken);
}
