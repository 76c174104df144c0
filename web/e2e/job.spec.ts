import { isDone, submit } from "./support/requests";
import { expect, isReady, test } from "./support/test";

test("a job is followed through a reload and in a second tab, and both show its end", async ({
  page,
  context,
  serve,
}) => {
  const server = await serve({ runsJobs: false });
  await submit(page, "Sharpen this and double its size", 21, server.url);
  const cancel = page.getByRole("button", { name: "Cancel this job" });
  await expect(cancel).toBeVisible();

  await page.reload();
  await expect(cancel).toBeVisible();
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(second.getByRole("button", { name: "Cancel this job" })).toBeVisible();

  await server.startWorker();
  for (const tab of [page, second]) {
    await isDone(tab);
    await expect(tab.getByRole("heading", { name: "Result" })).toBeVisible();
  }
  await expect(page.getByRole("button", { name: "Cancel this job" })).toHaveCount(0);
});

test("a job that waits can be cancelled: it ends, and nothing was paid", async ({ page, serve }) => {
  const server = await serve({ runsJobs: false });
  await submit(page, "Turn this photo into a pencil drawing", 22, server.url);
  await page.getByRole("button", { name: "Cancel this job" }).click();
  await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel this job" })).toHaveCount(0);

  // A worker that comes later leaves it alone.
  await server.startWorker();
  await submit(page, "Sharpen this and double its size", 23, server.url);
  await isDone(page);
  await page.goto(server.url);
  await expect(page.getByRole("link", { name: /pencil drawing/ })).toContainText("Cancelled");
});

test("a job can be run again, and edited", async ({ page, server }) => {
  await submit(page, "Sharpen this and double its size", 24, server.url);
  await isDone(page);
  const first = page.url();
  await page.getByRole("button", { name: "Again" }).click();
  await page.getByRole("menuitem", { name: "As it was" }).click();
  await page.waitForURL((address) => address.href !== first);
  await isDone(page);

  await page.getByRole("button", { name: "Again" }).click();
  await page.getByRole("menuitem", { name: "Edit the request" }).click();
  await expect(page.getByRole("textbox", { name: "What is wanted" })).toHaveValue(
    "Sharpen this and double its size",
  );
});

test("what people thought of a result is kept", async ({ page, server }) => {
  await submit(page, "Sharpen this and double its size", 25, server.url);
  await isDone(page);
  await page.getByRole("button", { name: "Good", exact: true }).click();
  await expect(page.getByText("Thank you, kept.")).toBeVisible();
});

test("a job's page begins at its top, however far down its request was sent from", async ({
  page,
  server,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await submit(page, "Sharpen this and double its size", 28, server.url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sharpen this and double its size");
  await expect(page.locator("main")).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test("a job's whole report is read on a phone without sideways scrolling", async ({ page, server }) => {
  await submit(page, "Sharpen this and double its size", 27, server.url);
  await isDone(page);
  await expect(page.getByRole("heading", { name: "Report" })).toBeVisible();
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    // Neither the page nor a card of it: what hangs over a card is read over its neighbour.
    const overhang = await page.evaluate(() => {
      const cards = [...document.querySelectorAll("main section")];
      const over = cards.map((card) => card.scrollWidth - card.clientWidth);
      return Math.max(document.documentElement.scrollWidth - innerWidth, ...over);
    });
    expect(overhang, `${width} pixels`).toBeLessThanOrEqual(0);
  }
});

test("a job that does not exist is said to be missing", async ({ page, expectedFailures }) => {
  expectedFailures.push(/\/api\/v1\/jobs\//);
  await page.goto("/jobs/job_that_never_was");
  await isReady(page);
  await expect(page.getByRole("alert")).toBeVisible();
});

test("a job's page without scripts shows its result", async ({ page, browser, server }) => {
  await submit(page, "Sharpen this and double its size", 26, server.url);
  await isDone(page);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(page.url().replace("/jobs/", "/j/"));
  await expect(plain.getByRole("heading", { level: 1 })).toHaveText("Sharpen this and double its size");
  await expect(plain.getByRole("link", { name: /^Download/ }).first()).toBeVisible();
  await context.close();
});
