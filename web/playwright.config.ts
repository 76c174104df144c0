// Browser tests: the built studio, in a real Chromium, through real servers that the tests start themselves.
import { defineConfig, devices } from "@playwright/test";

const chromium = process.env.BOTTEGA_CHROMIUM ?? "/usr/bin/chromium";
// Chromium's own sandbox does not work for root, which containers often run as.
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "e2e",
  outputDir: process.env.BOTTEGA_BROWSER_OUTPUT ?? "test-results",
  forbidOnly: process.env.CI !== undefined,
  fullyParallel: false,
  workers: Number(process.env.BOTTEGA_BROWSER_WORKERS ?? "1"),
  // One that fails twice fails; one that fails once is called flaky, with its error, at the end of the output.
  retries: process.env.CI === undefined ? 0 : 1,
  // Limits for a machine that is busy with other things: nothing waits for them to pass.
  timeout: 120_000,
  expect: { timeout: 45_000 },
  reporter: [["list"], ["./e2e/support/last-words.ts"]],
  use: {
    ...devices["Desktop Chrome"],
    channel: undefined,
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    trace: "retain-on-failure",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath: chromium, args: isRoot ? ["--no-sandbox"] : [] },
  },
  projects: [
    { name: "flows", testMatch: "**/*.spec.ts", testIgnore: "**/screenshots.spec.ts" },
    { name: "screenshots", testMatch: "**/screenshots.spec.ts" },
  ],
});
