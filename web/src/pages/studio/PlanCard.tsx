import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { workflowsQuery } from "@/api/queries";
import type { Plan } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { changeDraft, type Draft } from "@/lib/draft";
import { common } from "@/i18n/common";
import { useOptionNames } from "@/i18n/options";
import { formatPrice } from "@/lib/format";
import { priceOf, stepsOf } from "@/lib/plan-steps";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ProblemNote, RuledOutList } from "@/ui/ProblemNote";
import { Card, Details } from "@/ui/Surface";
import { CandidateList, FirstCandidate } from "./Candidates";
import { PromptSuggestion } from "./PromptSuggestion";
import { words } from "./words";

/** Before anything is run: what was understood, who would do it, at what price, what leaves the machine. */
export function PlanCard({ draft, plan }: { draft: Draft; plan: UseQueryResult<Plan> }) {
  const t = useWords(words);
  const title = (
    <span className="flex items-center gap-2">
      {t("plan")}
      {plan.isFetching && (
        <span className="font-sans text-xs font-normal text-muted">{t("plan.reading")}</span>
      )}
    </span>
  );
  return (
    <Card title={title}>
      <div aria-live="polite" aria-busy={plan.isFetching}>
        {plan.isError ? (
          <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} announce={false} />
        ) : plan.data === undefined ? (
          <p className="text-sm text-muted">
            {t(plan.fetchStatus === "paused" ? "plan.paused" : "plan.empty")}
          </p>
        ) : (
          <PlanBody draft={draft} plan={plan.data} />
        )}
      </div>
    </Card>
  );
}

function PlanBody({ draft, plan }: { draft: Draft; plan: Plan }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const [first, ...others] = plan.plan.candidates;
  const earlier = stepsOf(plan.plan).slice(0, -1);
  const total = priceOf(plan.plan);
  if (first === undefined) return null;
  return (
    <div className="flex flex-col gap-4">
      <Reading draft={draft} plan={plan} />
      {plan.intent.needs_clarification !== null && (
        <p className="flex gap-2 rounded-lg bg-tint p-3 text-sm">
          <Icon name="info" />
          {plan.intent.needs_clarification}
        </p>
      )}
      {plan.intent.enhancement_needed && <PromptSuggestion draft={draft} />}
      {earlier.map((step, index) => (
        <EarlierStep key={index} number={index + 1} step={step} />
      ))}
      {earlier.length > 0 && <StepHead number={earlier.length + 1} workflow={plan.plan.workflow} />}
      <FirstCandidate candidate={first} others={others} seenBy={plan.plan.looks?.sent_to} />
      {(earlier.length > 0 || plan.plan.looks) && total && (
        <p className="border-t border-line pt-2 text-sm">
          {t("step.total")} <strong>{formatPrice(total, language, c("free"))}</strong>
        </p>
      )}
      {draft.model !== null && (
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {t("plan.only", { model: draft.model })}
          <Button onClick={() => changeDraft({ model: null })}>{t("plan.anyModel")}</Button>
        </p>
      )}
      {plan.notes.length > 0 && (
        <ul aria-label={t("plan.notes")} className="list-disc pl-5 text-sm">
          {plan.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className="flex flex-col gap-1">
        <ReadOptions plan={plan} />
        {others.length > 0 && (
          <Details summary={t("plan.others", { count: others.length })}>
            <CandidateList candidates={others} />
          </Details>
        )}
        {plan.plan.ruled_out.length > 0 && (
          <Details summary={t("plan.ruledOut", { count: plan.plan.ruled_out.length })}>
            <RuledOutList entries={plan.plan.ruled_out} />
          </Details>
        )}
      </div>
    </div>
  );
}

/** A workflow's title by its name. */
function useTitles(): (name: string) => string {
  const names = useOptionNames();
  const workflows = useQuery(workflowsQuery).data ?? [];
  return (name) => names.workflow(name, workflows.find((each) => each.name === name)?.title);
}

function StepHead({ number, workflow }: { number: number; workflow: string }) {
  const t = useWords(words);
  return <h3 className="font-medium">{t("step", { number, workflow: useTitles()(workflow) })}</h3>;
}

/** A step that makes what the next one works on: who does it, at what price, and from which words. */
function EarlierStep({ number, step }: { number: number; step: Plan["plan"] }) {
  const t = useWords(words);
  const [first, ...others] = step.candidates;
  if (first === undefined) return null;
  return (
    <section className="flex flex-col gap-2 border-b border-line pb-4">
      <StepHead number={number} workflow={step.workflow} />
      {step.prompt !== "" && (
        <p className="text-sm text-muted">{t("step.prompt", { prompt: step.prompt })}</p>
      )}
      <FirstCandidate candidate={first} others={others} seenBy={step.looks?.sent_to} />
    </section>
  );
}

/** From here on the second reading of a sentence is worth a button. */
const IN_DOUBT = 0.05;

/** What the sentence was taken for, and the way to say otherwise. */
function Reading({ draft, plan }: { draft: Draft; plan: Plan }) {
  const t = useWords(words);
  const language = useLanguage();
  const titleOf = useTitles();
  const { intent } = plan;
  const chosen = intent.classifier === "user";
  const second = chosen || draft.mode === "classic" ? null : intent.runner_up;
  const runnerUp = second !== null && second.confidence >= IN_DOUBT ? second : null;
  const percent = new Intl.NumberFormat(language, { style: "percent" }).format(intent.confidence);
  return (
    <div>
      <p className="text-sm text-muted">{chosen ? t("plan.chosen") : t("plan.asRead")}</p>
      <p className="font-display text-xl font-semibold">{titleOf(plan.plan.workflow)}</p>
      {!chosen && (
        <p className="mt-1 text-sm text-muted">
          {t("plan.confidence", { percent })}. {intent.reasoning}
        </p>
      )}
      <div className="mt-2 flex flex-wrap gap-2 empty:hidden">
        {runnerUp && (
          <Button onClick={() => changeDraft({ workflow: runnerUp.workflow, model: null })}>
            {t("plan.runnerUp", { workflow: titleOf(runnerUp.workflow) })}
          </Button>
        )}
        {draft.mode === "ai" && draft.workflow !== null && (
          <Button onClick={() => changeDraft({ workflow: null, model: null })}>{t("plan.undo")}</Button>
        )}
      </div>
    </div>
  );
}

/** What the sentence said about the options, as it was understood. */
function ReadOptions({ plan }: { plan: Plan }) {
  const t = useWords(words);
  const names = useOptionNames();
  const read = plan.plan.options_read;
  if (read.length === 0) return null;
  return (
    <p className="text-sm text-muted">
      {t("plan.options")}:{" "}
      {read.map((name) => `${names.option(name)} ${JSON.stringify(plan.plan.options[name])}`).join(", ")}
    </p>
  );
}
