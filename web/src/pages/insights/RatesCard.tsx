import { useQuery } from "@tanstack/react-query";
import { csvUrl, ratesQuery, type RateRow, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { useOptionNames } from "@/i18n/options";
import { ChartCard } from "./ChartCard";
import { Bars } from "./charts/Bars";
import { OUTCOME_COLOURS } from "./charts/colours";
import { percent } from "./percent";
import { words } from "./words";

const RATES = {
  cache: { colour: OUTCOME_COLOURS.good, value: (row: RateRow) => row.cache_hit_rate },
  fallback: { colour: OUTCOME_COLOURS.warn, value: (row: RateRow) => row.fallback_rate },
  error: { colour: OUTCOME_COLOURS.bad, value: (row: RateRow) => row.error_rate },
} as const;

/** Which share of the jobs came from the cache, by a fallback, or failed; one little chart for each. */
export function RatesCard({ span }: { span: Span }) {
  const t = useWords(words);
  const work = useOptionNames();
  const language = useLanguage();
  const query = useQuery(ratesQuery(span));
  const names = Object.keys(RATES) as (keyof typeof RATES)[];
  return (
    <ChartCard
      title={t("rates")}
      lead={t("rates.lead")}
      query={query}
      csv={csvUrl("rates", { ...span })}
      columns={[
        { name: t("col.workflow"), value: (row) => work.workflow(row.workflow) },
        { name: t("col.jobs"), value: (row) => row.jobs, figure: true },
        ...names.map((name) => ({
          name: t(`rate.${name}`),
          value: (row: RateRow) => percent(RATES[name].value(row), language),
          figure: true,
        })),
      ]}
    >
      {(rows) => (
        <div className="grid grid-cols-[repeat(auto-fit,minmax(min(15rem,100%),1fr))] gap-x-6 gap-y-4">
          {names.map((name) => (
            <div key={name}>
              <h3 className="mb-1 text-sm font-semibold">{t(`rate.${name}`)}</h3>
              <Bars
                title={t(`rate.${name}`)}
                summary={t("rates.lead")}
                most={1}
                bars={rows.map((row) => ({
                  label: work.workflow(row.workflow),
                  text: percent(RATES[name].value(row), language),
                  parts: [
                    { name: t(`rate.${name}`), colour: RATES[name].colour, value: RATES[name].value(row) },
                  ],
                }))}
              />
            </div>
          ))}
        </div>
      )}
    </ChartCard>
  );
}
