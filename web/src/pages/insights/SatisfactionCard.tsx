import { useQuery } from "@tanstack/react-query";
import { csvUrl, satisfactionQuery, type SatisfactionRow, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { useOptionNames } from "@/i18n/options";

import { ChartCard } from "./ChartCard";
import { Bars } from "./charts/Bars";
import { colourOf } from "./charts/colours";
import { percent } from "./percent";
import { words } from "./words";

/** What people say of results. */
export function SatisfactionCard({ span }: { span: Span }) {
  const t = useWords(words);
  const work = useOptionNames();
  const language = useLanguage();
  const query = useQuery(satisfactionQuery(span));
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const stars = (row: SatisfactionRow): string =>
    row.mean_stars === null ? "–" : number.format(row.mean_stars);
  return (
    <ChartCard
      title={t("satisfaction")}
      lead={t("satisfaction.lead")}
      query={query}
      csv={csvUrl("satisfaction", { ...span })}
      columns={[
        { name: t("col.workflow"), value: (row) => work.workflow(row.workflow ?? "") },
        { name: t("col.model"), value: (row) => row.model_id },
        { name: t("col.ratings"), value: (row) => row.ratings, figure: true },
        { name: t("col.stars"), value: stars, figure: true },
        { name: t("col.likes"), value: (row) => row.likes, figure: true },
        { name: t("col.dislikes"), value: (row) => row.dislikes, figure: true },
        { name: t("col.satisfied"), value: (row) => percent(row.satisfaction, language), figure: true },
      ]}
    >
      {(rows) => (
        <Bars
          title={t("satisfaction")}
          summary={t("satisfaction.lead")}
          most={1}
          bars={rows.map((row) => ({
            label: `${row.model_id ?? ""} · ${work.workflow(row.workflow ?? "")}`,
            text: percent(row.satisfaction, language),
            parts: [{ name: t("col.satisfied"), colour: colourOf(2), value: row.satisfaction ?? 0 }],
          }))}
        />
      )}
    </ChartCard>
  );
}
