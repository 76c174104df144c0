import type { Candidate } from "@/api/types";
import { useLanguage, useWords, type Translate } from "@/i18n";
import { common } from "@/i18n/common";
import { changeDraft } from "@/lib/draft";
import { formatPrice, formatSeconds, humanise } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Badge } from "@/ui/Surface";
import { words } from "./words";

function useFigures(): (candidate: Candidate) => { price: string; time: string } {
  const t: Translate<"plan.time.unknown" | "plan.time.prior"> = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  return ({ price, time }) => {
    const seconds = time.seconds === null ? null : formatSeconds(time.seconds, language);
    return {
      price: formatPrice(price, language, c("free")),
      time:
        seconds === null
          ? t("plan.time.unknown")
          : time.basis === "measured"
            ? seconds
            : t("plan.time.prior", { time: seconds }),
    };
  };
}

/** Who would do it, and why; what leaves the machine, also when a fallback is needed. */
export function FirstCandidate({
  candidate,
  others,
  seenBy = [],
}: {
  candidate: Candidate;
  others: readonly Candidate[];
  /** Vendors of vision models that judge the result. */
  seenBy?: readonly string[] | undefined;
}) {
  const t = useWords(words);
  const figures = useFigures()(candidate);
  // Who makes it has the pictures anyway.
  const judges = seenBy.filter((vendor) => !(candidate.leaves_machine && vendor === candidate.engine));
  const later = [
    ...new Set(others.filter((each) => each.leaves_machine).map((each) => humanise(each.engine))),
  ];
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">{t("plan.by")}</dt>
        <dd className="min-w-0 font-mono text-xs leading-5 break-words">{candidate.model_id}</dd>
        <dt className="text-muted">{t("plan.price")}</dt>
        <dd className="font-semibold">{figures.price}</dd>
        <dt className="text-muted">{t("plan.time")}</dt>
        <dd>{figures.time}</dd>
      </dl>
      <p className="text-sm text-muted">{candidate.reasons.join(", ")}.</p>
      <p className="flex flex-wrap gap-2">
        {candidate.leaves_machine && (
          <Badge tone="warn" icon="cloud">
            {t("plan.leaves", { engine: humanise(candidate.engine) })}
          </Badge>
        )}
        {judges.length > 0 && (
          <Badge tone="warn" icon="cloud" wraps>
            {t("plan.shown", { vendors: judges.map(humanise).join(", ") })}
          </Badge>
        )}
        {!candidate.leaves_machine && judges.length === 0 && (
          <Badge tone="good" icon="local">
            {t("plan.local")}
          </Badge>
        )}
      </p>
      {!candidate.leaves_machine && later.length > 0 && (
        <p className="text-sm text-warn">{t("plan.mayLeave", { engines: later.join(", ") })}</p>
      )}
    </div>
  );
}

/** The others in their order, each to be taken with one click. */
export function CandidateList({ candidates }: { candidates: readonly Candidate[] }) {
  const t = useWords(words);
  const figures = useFigures();
  return (
    <ul className="flex flex-col divide-y divide-line">
      {candidates.map((candidate) => {
        const { price, time } = figures(candidate);
        return (
          <li key={candidate.model_id} className="flex items-center justify-between gap-3 py-2">
            <div className="min-w-0 text-sm">
              <p className="font-mono text-xs break-words">{candidate.model_id}</p>
              <p>
                {price} · {time}
              </p>
              <p className="text-muted">{candidate.reasons.join(", ")}</p>
            </div>
            <Button onClick={() => changeDraft({ model: candidate.model_id })}>{t("plan.use")}</Button>
          </li>
        );
      })}
    </ul>
  );
}
