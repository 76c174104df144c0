import { describe, expect, it } from "vitest";
import { LANGUAGES, phrase, preferredLanguage, type Dictionary, type Language } from "./index";

const dictionaries = import.meta.glob<Record<string, unknown>>(
  ["./common.ts", "./work.ts", "../pages/*/words.ts", "../ui/*/words.ts"],
  {
    eager: true,
  },
);
const isDictionaries = (value: unknown): value is Record<Language, Dictionary> =>
  typeof value === "object" && value !== null && "en" in value && "fr" in value && "ru" in value;
const all = Object.entries(dictionaries).flatMap(([file, module]) =>
  Object.values(module)
    .filter(isDictionaries)
    .map((words) => ({ file, words })),
);
const variables = (text: unknown): string[] =>
  [...new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].sort();

describe("dictionaries", () => {
  it("are found", () => {
    expect(all.length).toBeGreaterThanOrEqual(3);
  });

  it.each(all)("of $file have the same keys and variables in every language", ({ words }) => {
    for (const language of Object.keys(LANGUAGES) as Language[]) {
      expect(Object.keys(words[language]).sort()).toEqual(Object.keys(words.en).sort());
      for (const [key, text] of Object.entries(words[language])) {
        expect([key, variables(text)]).toEqual([key, variables(words.en[key])]);
      }
    }
  });

  it.each(all)("of $file have every plural form that Russian needs", ({ words }) => {
    for (const [key, text] of Object.entries(words.ru)) {
      if (typeof text !== "string")
        expect([key, Object.keys(text).sort()]).toEqual([key, ["few", "many", "one", "other"]]);
    }
  });
});

describe("a phrase", () => {
  it("chooses the form by the language's rules", () => {
    const files = {
      one: "{count} файл",
      few: "{count} файла",
      many: "{count} файлов",
      other: "{count} файла",
    };
    const said = [1, 3, 5, 21].map((count) => phrase(files, "ru", { count }));
    expect(said).toEqual(["1 файл", "3 файла", "5 файлов", "21 файл"]);
  });

  it("leaves what looks like a variable in a user's text alone", () => {
    expect(phrase("Remove {name}", "en", { name: "{count}.png" })).toBe("Remove {count}.png");
  });
});

describe("the language", () => {
  it("is the first of the browser's that there is", () => {
    expect(preferredLanguage(["de-DE", "ru-RU", "en"])).toBe("ru");
    expect(preferredLanguage(["ja"])).toBe("en");
  });
});
