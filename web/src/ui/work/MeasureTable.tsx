import type { Verdict } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { work as words } from "@/i18n/work";
import { humanise } from "@/lib/format";
import { Icon } from "../Icon";

const SIGNS = { at_least: "≥", at_most: "≤" } as const;

/** Every measure of the check with its limit. */
export function MeasureTable({ verdict }: { verdict: Verdict }) {
  const t = useWords(words);
  const language = useLanguage();
  const figure = (value: number): string =>
    new Intl.NumberFormat(language, { maximumSignificantDigits: 4 }).format(value);
  if (verdict.measures.length === 0) return null;
  return (
    <table className="w-full text-sm">
      <caption className="pb-1 text-left font-medium">{t("measures")}</caption>
      <thead className="text-left text-xs text-muted">
        <tr>
          <th scope="col" className="py-1 font-medium">
            {t("measures.name")}
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            {t("measures.value")}
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            {t("measures.limit")}
          </th>
        </tr>
      </thead>
      <tbody>
        {verdict.measures.map((measure) => (
          <tr key={`${measure.name}.${measure.rule}`} className="border-t border-line align-top">
            <th scope="row" className="py-1.5 pr-2 text-left font-normal">
              <span className="flex items-start gap-1.5">
                <Icon
                  name={measure.passed ? "check" : "close"}
                  className={`mt-0.5 size-4 ${measure.passed ? "text-good" : "text-bad"}`}
                />
                <span className="sr-only">{t(measure.passed ? "measures.met" : "measures.missed")}: </span>
                {humanise(measure.name.replace(/^report\./, ""))}
              </span>
              {!measure.passed && <span className="block text-bad">{measure.why}</span>}
            </th>
            <td className="py-1.5 text-right tabular-nums">{figure(measure.value)}</td>
            <td className="py-1.5 pl-2 text-right text-muted tabular-nums">
              {SIGNS[measure.rule]} {figure(measure.threshold)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
