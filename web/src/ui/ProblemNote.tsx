import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { ApiProblem } from "@/api/problem";
import type { Problem, RuledOut } from "@/api/types";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { Details } from "./Surface";

/** An error in full: what happened, what it means for money, what to do next. Shown where the work is, not in a toast. */
export function ProblemNote({
  error,
  onRetry,
  announce = true,
}: {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** False where the surroundings are a live region already, or where it changes with every word typed. */
  announce?: boolean;
}) {
  const t = useWords(common);
  const problem = asProblem(error);
  const lost = problem.code === "unreachable";
  const hint = lost ? t("problem.unreachable.hint") : problem.hint;
  const ruledOut = (problem.details.ruled_out ?? []) as RuledOut[];
  return (
    <div role={announce ? "alert" : undefined} className="rounded-card border border-bad bg-surface p-4">
      <p className="flex items-start gap-2 font-semibold text-bad">
        <Icon name="warning" className="mt-0.5 size-5" />
        {lost ? t("problem.unreachable") : problem.title}
      </p>
      <div className="mt-1 flex flex-col gap-1 text-sm">
        <p>{lost ? t("problem.unreachable.detail") : problem.detail}</p>
        {(problem.errors ?? []).length > 0 && (
          <ul aria-label={t("problem.fields")} className="list-disc pl-5">
            {(problem.errors ?? []).map((each) => (
              <li key={`${each.location}.${each.field}`}>
                <code className="font-mono">{each.field || each.location}</code>: {each.message}
              </li>
            ))}
          </ul>
        )}
        {problem.money !== "" && <p>{t("problem.money", { money: problem.money })}</p>}
        {hint !== "" && <p className="text-muted">{t("problem.todo", { hint })}</p>}
        {ruledOut.length > 0 && (
          <Details summary={`${t("problem.ruledOut")} (${ruledOut.length})`}>
            <RuledOutList entries={ruledOut} />
          </Details>
        )}
      </div>
      {onRetry && (problem.retryable || problem.status >= 500) && (
        <Button className="mt-3" onClick={onRetry}>
          {t("again")}
        </Button>
      )}
    </div>
  );
}

/** Models that cannot do it, each with its reason. */
export function RuledOutList({ entries }: { entries: readonly RuledOut[] }) {
  return (
    <ul className="flex max-h-72 flex-col gap-1.5 overflow-y-auto text-sm">
      {entries.map((entry) => (
        <li key={`${entry.model_id}.${entry.reason}`}>
          <code className="font-mono text-xs">{entry.model_id}</code>
          <span className="text-muted">
            {" "}
            {entry.reason}
            {entry.hint !== "" && `. ${entry.hint}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function asProblem(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  // A fault of the page itself is a fault: it goes to the error boundary.
  throw error;
}
