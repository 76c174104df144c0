import { render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { preferencesStore } from "@/lib/preferences";
import { LanguageProvider, type Language } from "../index";
import { help as french } from "./fr";
import { help as russian } from "./ru";
import { useHelp } from "./index";

function Probe({ text }: { text: string }) {
  return <p>{useHelp()(text)}</p>;
}

function show(language: Language, text: string): void {
  preferencesStore.set((now) => ({ ...now, language }));
  render(
    <LanguageProvider>
      <Probe text={text} />
    </LanguageProvider>,
  );
}

describe("help of the server", () => {
  afterEach(() => preferencesStore.set((now) => ({ ...now, language: null })));

  it("is shown in the language of the page", async () => {
    show("fr", "Keep the sound.");
    expect(await screen.findByText("Garder le son.")).toBeTruthy();
  });

  it("is the server's own where it is not translated, and in English", () => {
    show("ru", "Something new.");
    show("en", "Keep the sound.");
    expect(screen.getByText("Something new.")).toBeTruthy();
    expect(screen.getByText("Keep the sound.")).toBeTruthy();
  });

  it("says the same things in every language", () => {
    expect(Object.keys(russian).sort()).toEqual(Object.keys(french).sort());
  });
});
