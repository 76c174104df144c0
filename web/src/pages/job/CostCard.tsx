import type { Job } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatPrice, formatSeconds, formatUsd } from "@/lib/format";
import { priceOf } from "@/lib/plan-steps";
import { Card } from "@/ui/Surface";
import { words } from "./words";

/** What it really cost and took, beside what was planned. */
export function CostCard({ job }: { job: Job }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const { result } = job;
  const planned = priceOf(job.plan);
  return (
    <Card title={t("money")}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        {result && (
          <>
            <dt className="text-muted">{t("money.cost")}</dt>
            <dd className="font-semibold">
              {result.cost === 0 ? c("free") : formatUsd(result.cost, language)}
            </dd>
          </>
        )}
        {planned && (
          <>
            <dt className="text-muted">{t("money.planned")}</dt>
            <dd>{formatPrice(planned, language, c("free"))}</dd>
          </>
        )}
        {result && (
          <>
            <dt className="text-muted">{t("money.seconds")}</dt>
            <dd>{formatSeconds(result.seconds, language)}</dd>
            <dt className="text-muted">{t("money.model")}</dt>
            <dd className="min-w-0 font-mono text-xs leading-5 break-words">{result.model_id}</dd>
          </>
        )}
      </dl>
      {result?.cached === true && <p className="mt-2 text-sm text-good">{t("money.cached")}</p>}
    </Card>
  );
}
