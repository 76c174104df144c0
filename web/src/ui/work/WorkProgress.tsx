import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, problemOfJob } from "@/api/problem";
import { cancelJob } from "@/api/queries";
import { isFinal } from "@/api/types";
import { useWords } from "@/i18n";
import { work as words } from "@/i18n/work";
import { Button, ButtonLink } from "../Button";
import { JobBadge } from "../JobBadge";
import { ProblemNote } from "../ProblemNote";
import { Progress } from "../Surface";
import type { Work } from "./useWork";

/** How far the job is, how to stop it, and why it came to no good end. Nothing without a job. */
export function WorkProgress({ work }: { work: Work }) {
  const t = useWords(words);
  const queries = useQueryClient();
  const stop = useMutation({
    mutationFn: cancelJob,
    onSuccess: (answer) => queries.setQueryData(["jobs", answer.id], answer),
  });
  const { job } = work;
  if (job === undefined) return null;
  const final = isFinal(job.state);
  const told = work.story.events.findLast(({ kind }) => kind === "progress")?.data;
  const fraction = typeof told?.fraction === "number" ? told.fraction : undefined;
  const message = typeof told?.message === "string" ? told.message : "";
  const problem = problemOfJob(job.error, job.links.self);
  const asked = job.cancel_requested || stop.isPending;
  const reason = job.state === "rejected" ? job.result?.verdict.reason : undefined;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <JobBadge state={job.state} />
        <span role="status" className="min-w-0 flex-1 text-sm text-muted">
          {final ? (job.state === "cancelled" ? t("cancelled") : "") : message}
        </span>
        <ButtonLink look="quiet" to={`/jobs/${job.id}`}>
          {t("result.open")}
        </ButtonLink>
      </div>
      {!final && (
        <>
          <Progress label={t("progress")} fraction={fraction} />
          <div className="flex flex-wrap items-center gap-3">
            <Button look="danger" disabled={asked} onClick={() => stop.mutate(job.id)}>
              {asked ? t("stopping") : t("stop")}
            </Button>
            <p className="text-sm text-muted">{t("stop.hint")}</p>
          </div>
        </>
      )}
      {stop.isError && <ProblemNote error={stop.error} />}
      {reason !== undefined && <p className="text-sm text-warn">{t("result.rejected", { reason })}</p>}
      {problem !== null && <ProblemNote error={new ApiProblem(problem)} />}
    </div>
  );
}
