import { useQuery } from "@tanstack/react-query";
import { csvUrl, refusalsQuery, type Span } from "@/api/insights";
import { useWords } from "@/i18n";
import { humanise } from "@/lib/format";
import { ChartCard } from "./ChartCard";
import { Bars } from "./charts/Bars";
import { OUTCOME_COLOURS } from "./charts/colours";
import { words } from "./words";

/** What the content policy refused. */
export function RefusalsCard({ span }: { span: Span }) {
  const t = useWords(words);
  const query = useQuery(refusalsQuery(span));
  return (
    <ChartCard
      title={t("refusals")}
      lead={t("refusals.lead")}
      query={query}
      csv={csvUrl("refusals", { ...span })}
      columns={[
        { name: t("col.category"), value: (row) => humanise(row.category) },
        { name: t("col.refusals"), value: (row) => row.refusals, figure: true },
      ]}
    >
      {(rows) => (
        <Bars
          title={t("refusals")}
          summary={t("refusals.lead")}
          bars={rows.map((row) => ({
            label: humanise(row.category),
            text: String(row.refusals),
            parts: [{ name: t("col.refusals"), colour: OUTCOME_COLOURS.warn, value: row.refusals }],
          }))}
        />
      )}
    </ChartCard>
  );
}
