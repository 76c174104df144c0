import { useQuery } from "@tanstack/react-query";
import { csvUrl, spendQuery, type SpendRow, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { formatUsd } from "@/lib/format";
import { ChartCard, type Column } from "./ChartCard";
import { Bars } from "./charts/Bars";
import { colourOf, SERIES_COLOURS } from "./charts/colours";
import { Columns } from "./charts/Columns";
import { withRest } from "./charts/scale";
import { shortDay } from "./percent";
import { daysUntil, spendSeries } from "./series";
import { words } from "./words";

/** What was spent each day, by model. */
export function SpendCard({ span }: { span: Span }) {
  const t = useWords(words);
  const language = useLanguage();
  const query = useQuery(spendQuery(span, ["day", "model"]));
  const usd = (amount: number): string => formatUsd(amount, language);
  const columns: Column<SpendRow>[] = [
    { name: t("col.day"), value: (row) => row.day },
    { name: t("col.model"), value: (row) => row.model_id },
    { name: t("col.charges"), value: (row) => row.charges, figure: true },
    { name: t("col.spent"), value: (row) => usd(row.spent), figure: true },
  ];
  return (
    <ChartCard
      title={t("spend")}
      lead={t("spend.lead")}
      query={query}
      csv={csvUrl("spend", { ...span, by: ["day", "model"] })}
      columns={columns}
    >
      {(rows) => {
        const days = daysUntil(query.dataUpdatedAt, span.days);
        const series = withRest(spendSeries(rows, days, t("unnamed")), SERIES_COLOURS.length, t("others"));
        const sum = rows.reduce((total, row) => total + row.spent, 0);
        return (
          <Columns
            title={t("spend")}
            summary={t("spend.summary", { amount: usd(sum), count: span.days })}
            labels={days.map((day) => shortDay(day, language))}
            series={series.map((each, at) => ({ ...each, colour: colourOf(at) }))}
            format={usd}
          />
        );
      }}
    </ChartCard>
  );
}

/** What was spent in all, by model or by user, the most first. */
export function SpendByCard({ span, by }: { span: Span; by: "model" | "user" }) {
  const t = useWords(words);
  const language = useLanguage();
  const query = useQuery(spendQuery(span, [by]));
  const nameOf = (row: SpendRow): string => (by === "model" ? row.model_id : row.owner) ?? t("unnamed");
  return (
    <ChartCard
      title={t(`spendBy.${by}`)}
      lead={t(`spendBy.${by}.lead`)}
      query={query}
      csv={csvUrl("spend", { ...span, by: [by] })}
      columns={[
        { name: t(`col.${by}`), value: nameOf },
        { name: t("col.charges"), value: (row) => row.charges, figure: true },
        { name: t("col.spent"), value: (row) => formatUsd(row.spent, language), figure: true },
      ]}
    >
      {(rows) => (
        <Bars
          title={t(`spendBy.${by}`)}
          summary={t(`spendBy.${by}.lead`)}
          bars={rows
            .toSorted((a, b) => b.spent - a.spent)
            .slice(0, 10)
            .map((row) => ({
              label: nameOf(row),
              text: formatUsd(row.spent, language),
              parts: [{ name: t("col.spent"), colour: colourOf(0), value: row.spent }],
            }))}
        />
      )}
    </ChartCard>
  );
}
