import { useQuery } from "@tanstack/react-query";
import { csvUrl, requestsQuery, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { ChartCard } from "./ChartCard";
import { OUTCOME_COLOURS } from "./charts/colours";
import { Columns } from "./charts/Columns";
import { shortDay } from "./percent";
import { OUTCOMES, requestSeries, type Outcome } from "./series";
import { words } from "./words";

const COLOURS: Record<Outcome, string> = {
  succeeded: OUTCOME_COLOURS.good,
  rejected: OUTCOME_COLOURS.warn,
  failed: OUTCOME_COLOURS.bad,
  cancelled: OUTCOME_COLOURS.quiet,
  open: OUTCOME_COLOURS.other,
  stuck: "light-dark(#6d4a7e, #c3a0d4)",
  refused: "light-dark(#5a2317, #c98a75)",
};

/** Jobs of each day by how they stand now, and what was refused. */
export function RequestsCard({ span }: { span: Span }) {
  const t = useWords(words);
  const language = useLanguage();
  const query = useQuery(requestsQuery(span));
  const number = new Intl.NumberFormat(language);
  return (
    <ChartCard
      title={t("requests")}
      lead={t("requests.lead")}
      query={query}
      csv={csvUrl("requests", { ...span })}
      columns={[
        { name: t("col.day"), value: (row) => row.day },
        { name: t("col.jobs"), value: (row) => row.jobs, figure: true },
        ...OUTCOMES.map((outcome) => ({
          name: t(`outcome.${outcome}`),
          value: (row: Record<Outcome, number>) => row[outcome],
          figure: true,
        })),
      ]}
    >
      {(rows) => (
        <Columns
          title={t("requests")}
          summary={t("requests.summary", {
            count: rows.reduce((sum, row) => sum + row.jobs, 0),
            days: span.days,
          })}
          labels={rows.map((row) => shortDay(row.day, language))}
          series={requestSeries(rows).map(({ name, values }) => ({
            name: t(`outcome.${name}`),
            colour: COLOURS[name],
            values,
          }))}
          format={(value) => number.format(value)}
        />
      )}
    </ChartCard>
  );
}
