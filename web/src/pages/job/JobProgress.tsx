import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Story } from "@/api/job-events";
import { api, ask } from "@/api/client";
import { cancelJob } from "@/api/queries";
import type { Job } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, Progress } from "@/ui/Surface";
import { howFar, lineOf } from "./story";
import { words } from "./words";

/** A job that is waiting or running: its steps as they come, how far it is, and how to stop it. */
export function JobProgress({ job, story }: { job: Job; story: Story }) {
  const t = useWords(words);
  const c = useWords(common);
  const language = useLanguage();
  const { message, fraction } = howFar(story.events);
  const stateName = (state: string): string => c(`state.${state as Job["state"]}`);
  const lines = story.events.flatMap((event) => {
    const text = lineOf(event, t, language, stateName);
    return text === null ? [] : [{ seq: event.seq, text }];
  });
  const percent =
    fraction === undefined ? "" : new Intl.NumberFormat(language, { style: "percent" }).format(fraction);
  return (
    <Card title={t("progress")}>
      <ol className="mb-3 flex flex-col gap-1.5 text-sm">
        {lines.map((line, index) => (
          <li key={line.seq} className="flex items-start gap-2">
            {index === lines.length - 1 ? (
              <span
                aria-hidden="true"
                className="mt-0.5 size-4 shrink-0 animate-spin rounded-full border-2 border-line border-t-accent"
              />
            ) : (
              <Icon name="check" className="mt-0.5 size-4 text-good" />
            )}
            {line.text}
          </li>
        ))}
      </ol>
      {job.state === "queued" && <QueuePlace job={job} />}
      <Progress label={t("progress")} fraction={fraction} />
      {/* The figure changes many times a second: only the step is read out. */}
      <p className="mt-1 flex justify-between gap-3 text-sm text-muted">
        <span role="status">{story.connection === "lost" ? t("progress.lost") : message}</span>
        <span aria-hidden="true">{percent}</span>
      </p>
      <CancelButton job={job} />
    </Card>
  );
}

function QueuePlace({ job }: { job: Job }) {
  const t = useWords(words);
  const place = useQuery({
    queryKey: ["queue", job.id],
    queryFn: async ({ signal }) => {
      const [queue, mine] = await Promise.all([
        ask(api.GET("/api/v1/ai/queue", { signal })),
        ask(api.GET("/api/v1/jobs", { params: { query: { state: "queued", limit: 100 } }, signal })),
      ]);
      return {
        waiting: queue.waiting,
        before: mine.jobs.filter((other) => other.created_at < job.created_at).length,
      };
    },
    refetchInterval: 2_000,
  }).data;
  if (place === undefined) return null;
  return (
    <p className="mb-2 text-sm text-muted">
      {t("queue.place", { count: place.before, waiting: place.waiting })}
    </p>
  );
}

function CancelButton({ job }: { job: Job }) {
  const t = useWords(words);
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: (answer) => queries.setQueryData(["jobs", job.id], answer),
  });
  const asked = job.cancel_requested || cancel.isPending;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3">
      <Button look="danger" disabled={asked} onClick={() => cancel.mutate()}>
        {asked ? t("cancel.asked") : t("cancel.do")}
      </Button>
      <p className="flex-1 basis-60 text-sm text-muted">{t("cancel.hint")}</p>
      {cancel.isError && <ProblemNote error={cancel.error} />}
    </div>
  );
}
