import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LanguageProvider } from "@/i18n";
import { preferencesStore, usePreferences, type Look } from "@/lib/preferences";
import { useToasts } from "@/lib/toasts";
import { usePreferenceSync } from "./usePreferenceSync";

interface Kept {
  theme: string;
  language: string;
}

/** A server that keeps preferences; each answer waits for `answer()` while `isSlow`. */
class Server {
  isSlow = false;
  readonly requests: Request[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(public kept: Kept) {}

  readonly fetch = async (request: Request): Promise<Response> => {
    this.requests.push(request);
    if (request.method === "PATCH") this.kept = { ...this.kept, ...((await request.json()) as Kept) };
    const body = JSON.stringify(this.kept);
    if (this.isSlow) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return new Response(body, { headers: { "content-type": "application/json" } });
  };

  answer(): void {
    this.waiting.splice(0).forEach((go) => go());
  }

  sent(): number {
    return this.requests.filter(({ method }) => method === "PATCH").length;
  }
}

function open(server: Server): { choose: (choice: Partial<Look>) => void; leave: () => void } {
  vi.stubGlobal("fetch", server.fetch);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const page = renderHook(
    () => {
      usePreferenceSync();
      return usePreferences()[1];
    },
    {
      wrapper: ({ children }: { children: ReactNode }) => (
        <QueryClientProvider client={client}>
          <LanguageProvider>{children}</LanguageProvider>
        </QueryClientProvider>
      ),
    },
  );
  return { choose: (choice) => page.result.current(choice), leave: page.unmount };
}

beforeEach(() => preferencesStore.set({ theme: "system", language: null, synced: false, unsent: false }));
afterEach(() => vi.unstubAllGlobals());

describe("theme and language", () => {
  it("are what the server says", async () => {
    open(new Server({ theme: "dark", language: "fr" }));
    await waitFor(() => expect(preferencesStore.get()).toMatchObject({ theme: "dark", language: "fr" }));
  });

  it("are sent when they are chosen, in a way that outlives the page", async () => {
    const server = new Server({ theme: "system", language: "" });
    const page = open(server);
    await waitFor(() => expect(preferencesStore.get().synced).toBe(true));
    page.choose({ theme: "dark" });
    await waitFor(() => expect(server.kept.theme).toBe("dark"));
    expect(server.requests.at(-1)?.keepalive).toBe(true);
    await waitFor(() => expect(preferencesStore.get().unsent).toBe(false));
    expect(server.sent()).toBe(1);
  });

  it("are not lost when the page is left before the server has said anything", async () => {
    const server = new Server({ theme: "light", language: "" });
    server.isSlow = true;
    const first = open(server);
    first.choose({ language: "ru" });
    first.leave();
    server.isSlow = false;
    open(server);
    await waitFor(() => expect(server.kept.language).toBe("ru"));
    await waitFor(() => expect(preferencesStore.get()).toMatchObject({ language: "ru", unsent: false }));
  });

  it("are those of the last choice, whatever answer comes late", async () => {
    const server = new Server({ theme: "system", language: "" });
    const page = open(server);
    await waitFor(() => expect(preferencesStore.get().synced).toBe(true));
    server.isSlow = true;
    page.choose({ theme: "dark" });
    await waitFor(() => expect(server.sent()).toBe(1));
    page.choose({ theme: "light" });
    server.isSlow = false;
    server.answer();
    await waitFor(() => expect(server.kept.theme).toBe("light"));
    await waitFor(() => expect(preferencesStore.get()).toMatchObject({ theme: "light", unsent: false }));
  });

  it("stay here, each choice sent once and told, when the server does not keep them", async () => {
    const server = new Server({ theme: "system", language: "" });
    const page = open(server);
    await waitFor(() => expect(preferencesStore.get().synced).toBe(true));
    const toasts = renderHook(useToasts).result;
    const told = (): number => toasts.current.length;
    const refused = vi.fn(() => Promise.reject(new TypeError("Failed to fetch")));
    vi.stubGlobal("fetch", refused);
    page.choose({ theme: "dark" });
    await waitFor(() => expect(told()).toBe(1));
    page.choose({ theme: "light" });
    await waitFor(() => expect(told()).toBe(2));
    expect(refused).toHaveBeenCalledTimes(2);
    expect(preferencesStore.get()).toMatchObject({ theme: "light", unsent: true });
  });
});
