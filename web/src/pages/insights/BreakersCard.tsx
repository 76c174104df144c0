import { useQuery } from "@tanstack/react-query";
import { breakersQuery, csvUrl } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { formatMoment } from "@/lib/format";
import { Badge, type Tone } from "@/ui/Surface";
import { ChartCard } from "./ChartCard";
import { words } from "./words";

const TONES: Record<string, Tone> = { closed: "good", half_open: "warn", open: "bad" };

/** Which vendors' models are left alone for a while, and until when. */
export function BreakersCard() {
  const t = useWords(words);
  const language = useLanguage();
  const query = useQuery({ ...breakersQuery, refetchInterval: 15_000 });
  return (
    <ChartCard
      title={t("breakers")}
      lead={t("breakers.lead")}
      query={query}
      csv={csvUrl("breakers")}
      columns={[
        { name: t("col.engine"), value: (row) => row.engine },
        { name: t("col.model"), value: (row) => row.model },
        { name: t("col.state"), value: (row) => t(`breaker.${row.state}` as "breaker.open") },
        { name: t("col.failures"), value: (row) => row.failures, figure: true },
        { name: t("col.successes"), value: (row) => row.successes, figure: true },
        {
          name: t("col.opens"),
          value: (row) => (row.opens_again_at === null ? "–" : formatMoment(row.opens_again_at, language)),
        },
        { name: t("col.reason"), value: (row) => row.reason },
      ]}
    >
      {(rows) => (
        <ul className="flex flex-col divide-y divide-line">
          {rows.map((row) => (
            <li
              key={`${row.engine}.${row.model}`}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm"
            >
              <Badge tone={TONES[row.state] ?? "plain"}>{t(`breaker.${row.state}` as "breaker.open")}</Badge>
              <span className="font-medium break-all">{row.model || row.engine}</span>
              {row.state !== "closed" && <span className="text-muted">{row.reason}</span>}
            </li>
          ))}
        </ul>
      )}
    </ChartCard>
  );
}
