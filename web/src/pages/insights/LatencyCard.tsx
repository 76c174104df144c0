import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { csvUrl, latencyQuery, type LatencyRow, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { useOptionNames } from "@/i18n/options";
import { formatSeconds } from "@/lib/format";
import { Segmented } from "@/ui/Field";
import { ChartCard } from "./ChartCard";
import { Bars } from "./charts/Bars";
import { colourOf } from "./charts/colours";
import { words } from "./words";

const SHOWN = 10;

/** How long it takes: the bar is the median, the mark the 95th percentile. */
export function LatencyCard({ span }: { span: Span }) {
  const t = useWords(words);
  const work = useOptionNames();
  const language = useLanguage();
  const [of, setOf] = useState<"attempts" | "jobs">("attempts");
  const query = useQuery(latencyQuery(span, of));
  const seconds = (value: number): string => formatSeconds(value, language);
  const figure = (name: string, value: (row: LatencyRow) => number) => ({
    name,
    value: (row: LatencyRow) => seconds(value(row)),
    figure: true,
  });
  return (
    <ChartCard
      title={t("latency")}
      lead={t("latency.lead")}
      query={query}
      csv={csvUrl("latency", { ...span, of })}
      controls={
        <Segmented
          label={t("latency.of")}
          hideLabel
          value={of}
          choices={[
            { value: "attempts", label: t("latency.attempts") },
            { value: "jobs", label: t("latency.jobs") },
          ]}
          onChange={setOf}
        />
      }
      columns={[
        { name: t("col.workflow"), value: (row) => work.workflow(row.workflow) },
        { name: t("col.model"), value: (row) => row.model_id },
        { name: t("col.runs"), value: (row) => row.runs, figure: true },
        figure(t("col.mean"), (row) => row.mean),
        figure("p50", (row) => row.p50),
        figure("p95", (row) => row.p95),
        figure("p99", (row) => row.p99),
        figure(t("col.slowest"), (row) => row.slowest),
      ]}
    >
      {(rows) => (
        <Bars
          title={t("latency")}
          summary={t("latency.lead")}
          bars={rows
            .toSorted((a, b) => b.runs - a.runs)
            .slice(0, SHOWN)
            .map((row) => ({
              label: `${row.model_id} · ${work.workflow(row.workflow)}`,
              text: `${seconds(row.p50)} – ${seconds(row.p95)}`,
              parts: [{ name: "p50", colour: colourOf(1), value: row.p50 }],
              mark: row.p95,
            }))}
        />
      )}
    </ChartCard>
  );
}
