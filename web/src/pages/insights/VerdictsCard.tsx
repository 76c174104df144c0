import { useQuery } from "@tanstack/react-query";
import { csvUrl, verdictsQuery, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { useOptionNames } from "@/i18n/options";
import { formatUsd } from "@/lib/format";
import { ChartCard } from "./ChartCard";
import { Bars } from "./charts/Bars";
import { OUTCOME_COLOURS } from "./charts/colours";
import { percent } from "./percent";
import { words } from "./words";

const VERDICTS = {
  accepted: OUTCOME_COLOURS.good,
  rejected: OUTCOME_COLOURS.warn,
  failed: OUTCOME_COLOURS.bad,
  not_judged: OUTCOME_COLOURS.quiet,
} as const;

/** How attempts ended, by model. */
export function VerdictsCard({ span }: { span: Span }) {
  const t = useWords(words);
  const work = useOptionNames();
  const language = useLanguage();
  const query = useQuery(verdictsQuery(span));
  const names = Object.keys(VERDICTS) as (keyof typeof VERDICTS)[];
  return (
    <ChartCard
      title={t("verdicts")}
      lead={t("verdicts.lead")}
      query={query}
      csv={csvUrl("verdicts", { ...span })}
      columns={[
        { name: t("col.workflow"), value: (row) => work.workflow(row.workflow) },
        { name: t("col.model"), value: (row) => row.model_id },
        { name: t("col.attempts"), value: (row) => row.attempts, figure: true },
        ...names.map((name) => ({
          name: t(`verdict.${name}`),
          value: (row: Record<keyof typeof VERDICTS, number>) => row[name],
          figure: true,
        })),
        { name: t("col.acceptance"), value: (row) => percent(row.acceptance, language), figure: true },
        { name: t("col.spent"), value: (row) => formatUsd(row.cost, language), figure: true },
      ]}
    >
      {(rows) => (
        <Bars
          title={t("verdicts")}
          summary={t("verdicts.lead")}
          bars={rows
            .toSorted((a, b) => b.attempts - a.attempts)
            .slice(0, 10)
            .map((row) => ({
              label: `${row.model_id} · ${work.workflow(row.workflow)}`,
              text: t("verdicts.accepted", { share: percent(row.acceptance, language) }),
              parts: names.map((name) => ({
                name: t(`verdict.${name}`),
                colour: VERDICTS[name],
                value: row[name],
              })),
            }))}
        />
      )}
    </ChartCard>
  );
}
