import type { Attempt } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatSeconds, formatUsd } from "@/lib/format";
import { Card } from "@/ui/Surface";
import { knownKey, words } from "./words";

/** Who was tried, and why who was left. */
export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  return (
    <Card title={t("tried")}>
      <ol className="flex flex-col divide-y divide-line text-sm">
        {attempts.map((attempt, index) => {
          const key = knownKey("tried.", attempt.outcome);
          const cost = attempt.cost === 0 ? c("free") : formatUsd(attempt.cost, language);
          return (
            <li key={`${index}.${attempt.model_id}`} className="py-2 first:pt-0 last:pb-0">
              <p className="font-mono text-xs break-words">{attempt.model_id}</p>
              <p>
                {key === null ? attempt.outcome : t(key)} · {cost} ·{" "}
                {formatSeconds(attempt.seconds, language)}
              </p>
              {attempt.reason !== "" && <p className="text-muted">{attempt.reason}</p>}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
