import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { lastingInputs } from "@/api/lasting-inputs";
import { recentJobsQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { formatWhen } from "@/lib/format";
import { JobBadge } from "@/ui/JobBadge";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card } from "@/ui/Surface";
import { Thumbnail } from "@/ui/Thumbnail";
import { words } from "./words";

/** One's own latest jobs, live. */
export function RecentJobs() {
  const t = useWords(words);
  const jobs = useQuery(recentJobsQuery);
  return (
    <Card title={t("recent")}>
      {jobs.isError && <ProblemNote error={jobs.error} announce={false} />}
      {jobs.data?.length === 0 && <p className="text-sm text-muted">{t("recent.empty")}</p>}
      <ul className="-mx-2 flex flex-col">
        {jobs.data?.map((job) => (
          <li key={job.id}>
            <RecentJob job={job} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RecentJob({ job }: { job: Job }) {
  const t = useWords(words);
  const language = useLanguage();
  const picture = job.result?.outputs[0] ?? lastingInputs(job)[0]?.asset_id ?? null;
  return (
    <Link
      to={`/jobs/${job.id}`}
      className="flex items-center gap-3 rounded-lg p-2 text-ink no-underline hover:bg-sunk"
    >
      <Thumbnail id={picture} loading="lazy" className="size-12 shrink-0 rounded" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm">{job.request.prompt || t("recent.untitled")}</span>
        <span className="mt-0.5 flex items-center gap-2 text-xs text-muted">
          <JobBadge state={job.state} />
          {formatWhen(job.created_at, language)}
        </span>
      </span>
    </Link>
  );
}
