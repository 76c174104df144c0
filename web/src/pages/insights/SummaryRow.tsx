import { useQuery } from "@tanstack/react-query";
import { ratesQuery, requestsQuery, spendQuery, type Span } from "@/api/insights";
import { useLanguage, useWords } from "@/i18n";
import { formatUsd } from "@/lib/format";
import { figures } from "./series";
import { percent } from "./percent";
import { words } from "./words";

/** The figures that one looks for first. */
export function SummaryRow({ span }: { span: Span }) {
  const t = useWords(words);
  const language = useLanguage();
  const requests = useQuery(requestsQuery(span)).data;
  const spend = useQuery(spendQuery(span, ["day"])).data;
  const rates = useQuery(ratesQuery(span)).data;
  // Nothing is shown of what is not known yet; its card tells what is wrong.
  if (requests === undefined || spend === undefined || rates === undefined) return null;
  const { jobs, spent, succeeded, cacheHits } = figures(requests, spend, rates);
  const facts = [
    [t("sum.spent"), formatUsd(spent, language)],
    [t("sum.jobs"), new Intl.NumberFormat(language).format(jobs)],
    [t("sum.succeeded"), percent(succeeded, language)],
    [t("sum.cache"), percent(cacheHits, language)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line shadow-card md:grid-cols-4">
      {facts.map(([name, value]) => (
        <div key={name} className="bg-surface px-4 py-3">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="font-display text-2xl tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
