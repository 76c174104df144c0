// Help that comes from the server in English, in the language of the page. A language's table is loaded when it is first
// needed; until then, and for what is not in it, the server's own text stands.
import { useEffect, useReducer } from "react";
import { useLanguage, type Language } from "../index";

type Table = Readonly<Record<string, string>>;

const TABLES: Partial<Record<Language, () => Promise<{ help: Table }>>> = {
  fr: () => import("./fr"),
  ru: () => import("./ru"),
};
const loaded = new Map<Language, Table>();

/** `const help = useHelp(); help(option.description)` */
export function useHelp(): (text: string) => string {
  const language = useLanguage();
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const load = TABLES[language];
    if (load === undefined || loaded.has(language)) return undefined;
    let isShown = true;
    load().then(
      (table) => {
        loaded.set(language, table.help);
        if (isShown) redraw();
      },
      // The file could not be had: English helps too, and the next page asks again.
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [language]);
  return (text) => loaded.get(language)?.[text] ?? text;
}
