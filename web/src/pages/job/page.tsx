import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useParams } from "react-router";
import { useJobStory } from "@/api/job-events";
import { problemOfJob, ApiProblem } from "@/api/problem";
import { jobQuery } from "@/api/queries";
import { isFinal, type Job } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatWhen } from "@/lib/format";
import { useTitle } from "@/lib/hooks";
import { ButtonLink } from "@/ui/Button";
import { JobBadge } from "@/ui/JobBadge";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, Loading, PageHead } from "@/ui/Surface";
import { AttemptList } from "./AttemptList";
import { CostCard } from "./CostCard";
import { FeedbackCard } from "./FeedbackCard";
import { JobActions } from "./JobActions";
import { JobProgress } from "./JobProgress";
import { ReportTable } from "./ReportTable";
import { RequestCard } from "./RequestCard";
import { ResultCard } from "./ResultCard";
import { StoryCard } from "./StoryCard";
import { VerdictCard } from "./VerdictCard";
import { words } from "./words";

const ASK_MILLISECONDS = 5_000;
/** Events after which the job itself has changed. */
const CHANGING = new Set(["started", "recovered", "released", "cancel_requested", "finished"]);

/** One job: followed live, then shown with everything that is known of it. */
export default function JobPage() {
  const { id = "" } = useParams();
  const c = useWords(common);
  const t = useWords(words);
  const job = useQuery({
    ...jobQuery(id),
    // The events tell it sooner; where they do not come through, the job is asked for.
    refetchInterval: (query) =>
      query.state.data && isFinal(query.state.data.state) ? false : ASK_MILLISECONDS,
  });
  useTitle(job.data?.request.prompt.slice(0, 60) ?? t("title"));
  if (job.isPending) return <Loading label={c("loading")} />;
  if (job.data === undefined) {
    return (
      <>
        <PageHead title={t("title")} />
        <ProblemNote error={job.error} onRetry={() => void job.refetch()} />
        <p className="mt-4">
          <ButtonLink to="/">{c("shell.toStudio")}</ButtonLink>
        </p>
      </>
    );
  }
  return <JobView key={id} job={job.data} />;
}

function JobView({ job }: { job: Job }) {
  const t = useWords(words);
  const language = useLanguage();
  const queries = useQueryClient();
  const story = useJobStory(job.id);
  const changes = story.events.filter((event) => CHANGING.has(event.kind)).length;
  useEffect(() => {
    if (changes === 0) return;
    void queries.invalidateQueries({ queryKey: ["jobs", job.id] });
    void queries.invalidateQueries({ queryKey: ["jobs", "recent"] });
  }, [changes, job.id, queries]);
  const final = isFinal(job.state);
  const problem = problemOfJob(job.error, job.links.self);
  const report = job.result?.report ?? {};
  return (
    <>
      <PageHead title={job.request.prompt || t("untitled")} action={<JobActions job={job} />}>
        <p className="flex items-center gap-2 text-sm">
          <JobBadge state={job.state} />
          {formatWhen(job.created_at, language)}
        </p>
      </PageHead>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="flex min-w-0 flex-col gap-5">
          {!final && <JobProgress job={job} story={story} />}
          {problem !== null && <ProblemNote error={new ApiProblem(problem)} />}
          {(final || job.result !== null) && <ResultCard job={job} />}
          {Object.keys(report).length > 0 && (
            <Card title={t("report")}>
              <ReportTable value={report} />
            </Card>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          {job.result && <VerdictCard verdict={job.result.verdict} />}
          {final && <CostCard job={job} />}
          {job.result && job.result.attempts.length > 0 && <AttemptList attempts={job.result.attempts} />}
          {final && <FeedbackCard jobId={job.id} />}
          <RequestCard job={job} />
          <StoryCard events={story.events} />
        </div>
      </div>
    </>
  );
}
