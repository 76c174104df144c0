// What somebody chose about the studio itself, remembered in this browser.
import { createKeptStore, useStore } from "./store";

export type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  /** null: the browser's. */
  language: "en" | "fr" | "ru" | null;
  /** Whether the server has ever been asked: from then on what it says counts. */
  synced: boolean;
  /** Chosen here, and the server has not said yet that it keeps it: until then the choice counts. */
  unsent: boolean;
}

/** What is the same on every device. */
export type Look = Pick<Preferences, "theme" | "language">;

const THEMES: readonly unknown[] = ["system", "light", "dark"];
const CHOSEN_LANGUAGES: readonly unknown[] = ["en", "fr", "ru"];

function read(found: unknown): Preferences {
  const fields = typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  return {
    theme: THEMES.includes(fields.theme) ? (fields.theme as Theme) : "system",
    language: CHOSEN_LANGUAGES.includes(fields.language)
      ? (fields.language as Preferences["language"])
      : null,
    synced: fields.synced === true,
    unsent: fields.unsent === true,
  };
}

/** What the server keeps; languages that the studio does not speak are the browser's choice. */
export function ofServer(found: { theme?: string; language?: string }): Look {
  const { theme, language } = read(found);
  return { theme, language };
}

export function isSame(one: Look, other: Look): boolean {
  return one.theme === other.theme && one.language === other.language;
}

/** The key is read by public/theme.js too. */
export const preferencesStore = createKeptStore("bottega.preferences", read);

export function usePreferences(): [Preferences, (choice: Partial<Look>) => void] {
  const [preferences, set] = useStore(preferencesStore);
  return [preferences, (choice) => set((now) => ({ ...now, ...choice, unsent: true }))];
}

/** The theme is an attribute of the document, which the style sheet follows; `system` is its absence. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
