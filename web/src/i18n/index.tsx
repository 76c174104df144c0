// Words in three languages. Each page has a dictionary of its own (`words.ts`), so that pages are added side by side
// and loaded with their page; a missing or misspelt key is a type error.
import { createContext, use, useEffect, useMemo, type ReactNode } from "react";
import { usePreferences } from "@/lib/preferences";

export const LANGUAGES = { en: "English", fr: "Français", ru: "Русский" } as const;
export type Language = keyof typeof LANGUAGES;

/** A phrase; one that counts has forms by plural category (CLDR), chosen by the variable `count`. */
export type Phrase = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });
export type Dictionary = Record<string, Phrase>;
export type Words<Key extends string> = Record<Language, Record<Key, Phrase>>;
export type Variables = Record<string, string | number>;
export type Translate<Key extends string> = (key: Key, variables?: Variables) => string;

/** A dictionary whose languages all have the keys of the English one. */
export function defineWords<English extends Dictionary>(words: {
  en: English;
  fr: Record<keyof English, Phrase>;
  ru: Record<keyof English, Phrase>;
}): Words<Extract<keyof English, string>> {
  return words;
}

/** The phrase with `{name}` replaced by the variables; numbers are written as the language writes them. */
export function phrase(text: Phrase, language: Language, variables: Variables = {}): string {
  const chosen = typeof text === "string" ? text : plural(text, language, variables.count);
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = variables[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : value;
  });
}

function plural(
  forms: Exclude<Phrase, string>,
  language: Language,
  count: string | number | undefined,
): string {
  return forms[new Intl.PluralRules(language).select(Number(count ?? 0))] ?? forms.other;
}

/** The language that the browser asks for, among those there are; English without one. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0] ?? "";
    if (base in LANGUAGES) return base as Language;
  }
  return "en";
}

const LanguageContext = createContext<Language>("en");

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [preferences] = usePreferences();
  const language = preferences.language ?? preferredLanguage(navigator.languages);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export function useLanguage(): Language {
  return use(LanguageContext);
}

/** `const t = useWords(words); t("key", { count: 3 })` */
export function useWords<Key extends string>(words: Words<Key>): Translate<Key> {
  const language = useLanguage();
  return useMemo(
    () => (key, variables) => {
      // Keys may be made of what the server says, which may be newer than this page: then its own word is shown.
      const text = (words[language] as Partial<Record<string, Phrase>>)[key];
      return text === undefined ? key.slice(key.lastIndexOf(".") + 1) : phrase(text, language, variables);
    },
    [words, language],
  );
}
