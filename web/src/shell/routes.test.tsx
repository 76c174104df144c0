import { render, screen } from "@testing-library/react";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { App, makeRouter } from "./App";
import { preloadPage } from "./routes";

describe("a page that was loaded before anything is shown", () => {
  // No server: what a page asks for never comes.
  beforeAll(() => vi.stubGlobal("fetch", () => new Promise(() => undefined)));
  afterAll(() => {
    history.replaceState(null, "", "/");
    vi.unstubAllGlobals();
  });

  it("stands there at once, without a fallback before it", async () => {
    await preloadPage("/settings");
    history.replaceState(null, "", "/settings");
    render(<App router={makeRouter()} />);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Settings");
  });

  it("is found by the pattern of its address; one that is nowhere is no failure", async () => {
    await expect(preloadPage("/jobs/job_1")).resolves.toBeUndefined();
    await expect(preloadPage("/nowhere")).resolves.toBeUndefined();
  });
});
