import type { Measure, Verdict } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { humanise } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import { Badge, Card, type Tone } from "@/ui/Surface";
import { words } from "./words";

const TONES: Record<Verdict["state"], Tone> = { accepted: "good", rejected: "bad", "not judged": "warn" };

/** What the check found: every measure with its limit. */
export function VerdictCard({ verdict }: { verdict: Verdict }) {
  const t = useWords(words);
  const met = verdict.measures.filter((measure) => measure.passed).length;
  return (
    <Card
      title={t("verdict")}
      action={<Badge tone={TONES[verdict.state]}>{t(`verdict.${verdict.state}`)}</Badge>}
    >
      {verdict.reason !== "" && <p className="mb-2 text-sm">{verdict.reason}</p>}
      {verdict.measures.length > 0 && (
        <>
          <p className="mb-2 text-sm text-muted">{t("verdict.met", { met, all: verdict.measures.length })}</p>
          <MeasureTable measures={verdict.measures} />
        </>
      )}
    </Card>
  );
}

function MeasureTable({ measures }: { measures: readonly Measure[] }) {
  const t = useWords(words);
  const language = useLanguage();
  const figure = (value: number): string =>
    new Intl.NumberFormat(language, { maximumSignificantDigits: 4 }).format(value);
  return (
    <table className="w-full text-sm">
      <thead className="text-left text-xs text-muted">
        <tr>
          <th className="py-1 font-medium">{t("verdict.measure")}</th>
          <th className="py-1 text-right font-medium">{t("verdict.value")}</th>
          <th className="py-1 text-right font-medium">{t("verdict.limit")}</th>
        </tr>
      </thead>
      <tbody>
        {measures.map((measure) => (
          <tr key={`${measure.name}.${measure.rule}`} className="border-t border-line align-top">
            <td className="py-1.5 pr-2">
              <span className="flex items-start gap-1.5">
                <Icon
                  name={measure.passed ? "check" : "close"}
                  className={`mt-0.5 size-4 ${measure.passed ? "text-good" : "text-bad"}`}
                />
                <span className="sr-only">{t(measure.passed ? "verdict.passed" : "verdict.missed")}: </span>
                {humanise(measure.name.replace(/^report\./, ""))}
              </span>
              {!measure.passed && <span className="block text-bad">{measure.why}</span>}
            </td>
            <td className="py-1.5 text-right tabular-nums">{figure(measure.value)}</td>
            <td className="py-1.5 pl-2 text-right text-muted tabular-nums">
              {t(`verdict.${measure.rule}`, { value: figure(measure.threshold) })}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
