// The test function of all browser tests: a server for each worker process, and pages whose faults fail the test.
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";
import { startServer, type Server, type ServerOptions } from "./server";

interface Own {
  /** Start another server for this test alone; it ends with the test. */
  serve: (options: ServerOptions) => Promise<Server>;
  /** Addresses whose failing the test is about. */
  expectedFailures: RegExp[];
}

export const test = base.extend<Own, { server: Server }>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 150_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  // eslint-disable-next-line no-empty-pattern
  serve: async ({}, use) => {
    const started: Server[] = [];
    await use(async (options) => {
      const server = await startServer(options);
      started.push(server);
      return server;
    });
    await Promise.all(started.map((server) => server.stop()));
  },
  // eslint-disable-next-line no-empty-pattern
  expectedFailures: async ({}, use) => use([]),
  context: async ({ context, expectedFailures, serve }, use) => {
    // Named so that its servers end after the pages: one that is still open would ask a server that is gone.
    void serve;
    const faults = watch(context, expectedFailures);
    await use(context);
    // In the message, so that it is read wherever only messages are.
    if (faults.length > 0) throw new Error(`the page had faults:\n${faults.join("\n")}`);
  },
});

// Nobody has said anything about a job yet: the API says so by 404, which browsers report whatever the page does with it.
const NO_FEEDBACK_YET = /\/api\/v1\/feedback\/job_/;

/** Everything that a browser reports as wrong, as it comes: exceptions, breaches of the policy, failed requests. */
function watch(context: BrowserContext, expected: readonly RegExp[]): string[] {
  const faults: string[] = [];
  const note = (page: Page | null, fault: string): void => {
    faults.push(page === null ? fault : `${fault}, on ${new URL(page.url()).pathname}`);
  };
  context.on("weberror", (error) => note(error.page(), `exception: ${error.error().message}`));
  context.on("console", (message) => {
    const where = message.location().url;
    if (message.type() === "error" && ![NO_FEEDBACK_YET, ...expected].some((address) => address.test(where)))
      note(message.page(), `console: ${message.text()} (${where})`);
  });
  return faults;
}

/** The page's heading is there, and nothing is being loaded. */
export async function isReady(page: Page): Promise<void> {
  await expect(page.locator("main h1")).toBeVisible();
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
}

export { expect } from "@playwright/test";
