import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { alertsQuery, budgetUseQuery, csvUrl, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { formatMoment, formatUsd, formatWhen } from "@/lib/format";
import { Meter } from "@/ui/Meter";
import { ChartCard } from "./ChartCard";
import { words } from "./words";

/** Spent and held against caps, and the warnings that there were. */
export function BudgetsCard({ whose, span }: { whose: Span["whose"]; span: Span }) {
  const t = useWords(words);
  const language = useLanguage();
  const query = useQuery(budgetUseQuery(whose));
  const alerts = useQuery(alertsQuery(span)).data ?? [];
  const usd = (amount: number): string => formatUsd(amount, language);
  return (
    <ChartCard
      title={t("budgets")}
      lead={t("budgets.lead")}
      query={query}
      csv={csvUrl("budgets", { whose })}
      columns={[
        { name: t("col.scope"), value: (row) => row.scope },
        { name: t("col.subject"), value: (row) => row.subject },
        { name: t("col.period"), value: (row) => row.period },
        { name: t("col.cap"), value: (row) => usd(row.cap), figure: true },
        { name: t("col.spent"), value: (row) => usd(row.spent), figure: true },
        { name: t("col.held"), value: (row) => usd(row.held), figure: true },
        { name: t("col.left"), value: (row) => usd(row.left), figure: true },
        {
          name: t("col.ends"),
          value: (row) => (row.ends_at === null ? "–" : formatMoment(row.ends_at, language)),
        },
      ]}
    >
      {(rows) => (
        <ul className="flex flex-col gap-3">
          {rows.map((row) => {
            const name = `${t(`scope.${row.scope}` as "scope.user")} ${row.subject} · ${t(`period.${row.period}` as "period.day")}`;
            return (
              <li key={`${row.budget_id}.${row.subject}`}>
                <p className="mb-1 flex flex-wrap justify-between gap-x-4 text-sm">
                  <span>{name}</span>
                  <span className="text-muted tabular-nums">
                    {t("budgets.of", { used: usd(row.spent + row.held), cap: usd(row.cap) })}
                  </span>
                </p>
                <Meter label={name} spent={row.spent} held={row.held} cap={row.cap} language={language} />
              </li>
            );
          })}
          {alerts.slice(0, 5).map((alert) => (
            <li key={`${alert.at}.${alert.budget_id}.${alert.level}`} className="text-sm text-warn">
              {formatWhen(alert.at, language)}: {alert.message}
            </li>
          ))}
          <li className="text-sm">
            <Link to="/settings?tab=budgets" className="text-accent underline">
              {t("budgets.change")}
            </Link>
          </li>
        </ul>
      )}
    </ChartCard>
  );
}
