// The pages of the studio, as the navigation of the running studio names them.
import type { Page } from "@playwright/test";
import { isReady } from "./test";

export const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** Paths of all pages in the navigation, the home page first. */
export async function pathsOfNavigation(page: Page): Promise<string[]> {
  await page.goto("/");
  await isReady(page);
  const links = page.locator("header nav a, nav[aria-label=Main] a");
  const hrefs = await links.evaluateAll((all) =>
    all.map((link) => new URL((link as HTMLAnchorElement).href).pathname),
  );
  return [...new Set(["/", ...hrefs])];
}

/** Choose the theme as the studio keeps it: by its own dialog. */
export async function chooseTheme(page: Page, theme: "Light" | "Dark"): Promise<void> {
  await page.getByRole("button", { name: "Look and language" }).click();
  const dialog = page.getByRole("dialog", { name: "Look and language" });
  await dialog.getByText(theme, { exact: true }).click();
  await dialog.getByRole("button", { name: "Close" }).click();
}
