import type { SubmitBody } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { work as words } from "@/i18n/work";
import { formatPrice } from "@/lib/format";
import { doersOf, leavesTo, priceOf, shownTo } from "@/lib/plan-steps";
import { useHotkey } from "@/lib/hotkeys";
import { Button } from "../Button";
import { ProblemNote } from "../ProblemNote";
import { Badge } from "../Surface";
import type { PlanOfBody, Work } from "./useWork";

/** What it costs, who does it, what leaves the machine; and the button that starts it at that price. */
export function RunBar({ body, plan, work }: { body: SubmitBody | null; plan: PlanOfBody; work: Work }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const [first, ...others] = plan.plan?.plan.candidates ?? [];
  const ready = body !== null && plan.isCurrent && !work.sending;
  const run = (): void => {
    if (ready) work.run(body);
  };
  useHotkey("mod+Enter", t("run.key"), run);
  const doers = plan.plan ? doersOf(plan.plan.plan) : [];
  const leaving = plan.plan ? leavesTo(plan.plan.plan) : [];
  const seeing = plan.plan ? shownTo(plan.plan.plan).filter((vendor) => !leaving.includes(vendor)) : [];
  const price = plan.plan && plan.isCurrent ? priceOf(plan.plan.plan) : null;
  const label =
    price !== null ? t("run.price", { price: formatPrice(price, language, c("free")) }) : t("run");
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" disabled={!ready} onClick={run} className="min-h-11 px-6 text-base">
          {work.sending ? t("run.sending") : label}
        </Button>
        <p role="status" className="flex flex-wrap items-center gap-2 text-sm text-muted">
          {body === null && t("plan.waits")}
          {plan.reading && body !== null && t("plan.reading")}
          {body !== null && !plan.reading && first && (
            <>
              {t("plan.by", { model: doers.map(({ model_id }) => model_id).join(" → ") })}
              {leaving.length > 0 && (
                <Badge tone="warn" icon="cloud">
                  {t("plan.leaves", { engine: leaving.join(", ") })}
                </Badge>
              )}
              {seeing.length > 0 && (
                <Badge tone="warn" icon="cloud" wraps>
                  {t("plan.shown", { vendor: seeing.join(", ") })}
                </Badge>
              )}
              {leaving.length + seeing.length === 0 && (
                <Badge tone="good" icon="local">
                  {t("plan.local")}
                </Badge>
              )}
              {others.length > 0 && t("plan.others", { count: others.length })}
            </>
          )}
        </p>
      </div>
      {plan.error !== null && <ProblemNote error={plan.error} onRetry={plan.again} announce={false} />}
      {work.error !== null && <ProblemNote error={work.error} onRetry={run} />}
    </div>
  );
}
