import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { chooseTheme, pathsOfNavigation, SIZES } from "./support/pages";
import { picture } from "./support/pictures";
import { isDone, pickPicture, submit } from "./support/requests";
import { expect, isReady, test } from "./support/test";

/** What axe finds against WCAG 2.2 A and AA and its own best practices, each with the elements meant. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => node.html).join("\n")}`,
  );
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of ["Light", "Dark"] as const) {
    test(`axe finds nothing on any page (${theme}, ${size})`, async ({ page }) => {
      test.setTimeout(300_000);
      await page.setViewportSize(SIZES.desk);
      const paths = await pathsOfNavigation(page);
      expect(paths.length).toBeGreaterThanOrEqual(6);
      await chooseTheme(page, theme);
      await page.setViewportSize(viewport);
      for (const path of paths) {
        await page.goto(path);
        await isReady(page);
        expect.soft(await findings(page), path).toEqual([]);
      }
    });
  }
}

test("axe finds nothing on the states of a job, from waiting to done", async ({ page, serve }) => {
  const server = await serve({ runsJobs: false });
  await page.goto(server.url);
  await pickPicture(page, picture(51));
  await page.getByRole("textbox", { name: "What is wanted" }).fill("Sharpen this and double its size");
  await expect(page.getByRole("button", { name: /^Run · / })).toBeEnabled();
  expect.soft(await findings(page), "a draft with its plan").toEqual([]);
  await page.getByRole("button", { name: /^Run · / }).click();
  await expect(page.getByRole("button", { name: "Cancel this job" })).toBeVisible();
  expect.soft(await findings(page), "waiting").toEqual([]);
  await server.startWorker();
  await isDone(page);
  expect.soft(await findings(page), "done").toEqual([]);
  await chooseTheme(page, "Dark");
  expect.soft(await findings(page), "done, dark").toEqual([]);
  await page.setViewportSize(SIZES.phone);
  expect.soft(await findings(page), "done, dark, phone").toEqual([]);
  await page.getByRole("button", { name: "Again" }).click();
  expect.soft(await findings(page), "with an open menu").toEqual([]);
});

test("axe finds nothing on dialogs and a gallery with files", async ({ page, server }) => {
  await submit(page, "Turn this photo into a pencil drawing", 52, server.url);
  await isDone(page);
  await page.goto("/gallery");
  await isReady(page);
  await expect(page.getByRole("button", { name: /^Open: / }).first()).toBeVisible();
  expect.soft(await findings(page), "gallery").toEqual([]);
  await page
    .getByRole("button", { name: /^Open: / })
    .first()
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect.soft(await findings(page), "one file, large").toEqual([]);
  await page.goto("/references");
  await page.getByRole("button", { name: "New reference" }).click();
  expect.soft(await findings(page), "new reference").toEqual([]);
});

for (const path of ["/", "/gallery", "/settings", "/models"]) {
  test(`${path} needs no sideways scrolling on a phone or at 320 pixels`, async ({ page }) => {
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(path);
      await isReady(page);
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect.soft(overhang, `${width} pixels wide`).toBeLessThanOrEqual(0);
    }
  });
}

for (const locale of ["fr-FR", "ru-RU"]) {
  test.describe(locale, () => {
    test.use({ locale });

    test(`no page needs sideways scrolling in ${locale}`, async ({ page }) => {
      test.setTimeout(300_000);
      const paths = await pathsOfNavigation(page);
      await expect(page.locator("html")).toHaveAttribute("lang", locale.slice(0, 2));
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        for (const path of paths) {
          await page.goto(path);
          await isReady(page);
          const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect.soft(overhang, `${path}, ${size}`).toBeLessThanOrEqual(0);
        }
      }
    });
  });
}
