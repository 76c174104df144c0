// A request of a studio: its plan while it is being set, and its job once it runs. The job's id is kept in the browser,
// so that a reload or a look at another page loses nothing.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useJobStory, type Story } from "@/api/job-events";
import { ApiProblem } from "@/api/problem";
import { jobQuery, planRequest } from "@/api/queries";
import { isFinal, type Job, type Plan, type SubmitBody } from "@/api/types";
import { useDebounced } from "@/lib/hooks";
import { createKeptStore, useStore } from "@/lib/store";
import { useSubmit } from "./useSubmit";

const SETTLED_MILLISECONDS = 450;
const ASK_MILLISECONDS = 3_000;

/** By studio, the last job that was started there. */
const lastJobs = createKeptStore<Readonly<Record<string, string>>>("bottega.studio-jobs", (found) =>
  typeof found === "object" && found !== null
    ? Object.fromEntries(Object.entries(found).filter(([, id]) => /^job_[0-9a-f]+$/.test(String(id))))
    : {},
);

export interface PlanOfBody {
  plan: Plan | undefined;
  error: unknown;
  reading: boolean;
  /** It is the plan of what is set now: only then is its price one to run at. */
  isCurrent: boolean;
  again: () => void;
}

/** The plan of `body`, asked for when it has stayed the same for a while; null asks for nothing. */
export function useBodyPlan(body: SubmitBody | null): PlanOfBody {
  const written = body === null ? null : JSON.stringify(body);
  const settled = useDebounced(written, SETTLED_MILLISECONDS);
  const query = useQuery<Plan>({
    queryKey: ["plan", settled],
    queryFn: ({ signal }) => planRequest(JSON.parse(settled ?? "{}") as SubmitBody, signal),
    enabled: settled !== null,
    ...(settled !== null && { placeholderData: keepPreviousData }),
    staleTime: 30_000,
    retry: (failures, error) => failures < 1 && error instanceof ApiProblem && error.code === "unreachable",
  });
  const isCurrent = written !== null && written === settled && query.isSuccess && !query.isPlaceholderData;
  return {
    plan: settled === null ? undefined : query.data,
    error: settled === null ? null : query.error,
    reading: query.isFetching,
    isCurrent,
    again: () => void query.refetch(),
  };
}

export interface Work {
  job: Job | undefined;
  story: Story;
  sending: boolean;
  /** Why it was not taken. */
  error: Error | null;
  run: (body: SubmitBody) => void;
  forget: () => void;
}

/** The job of a studio: `run` submits it, and it is followed until its end. */
export function useWork(studio: string): Work {
  const queries = useQueryClient();
  const [jobs, setJobs] = useStore(lastJobs);
  const id = jobs[studio] ?? "";
  const job = useQuery({
    ...jobQuery(id),
    enabled: id !== "",
    // The events tell it sooner; where they do not come through, the job is asked for.
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.state) ? false : ASK_MILLISECONDS),
  });
  const running = job.data !== undefined && !isFinal(job.data.state);
  const story = useJobStory(id, running);
  const submit = useSubmit((made) => setJobs((now) => ({ ...now, [studio]: made.id })));
  const changes = story.events.filter(({ kind }) => kind === "started" || kind === "finished").length;
  useEffect(() => {
    if (changes > 0) void queries.invalidateQueries({ queryKey: ["jobs", id] });
  }, [changes, id, queries]);
  const forget = (): void =>
    setJobs((now) => Object.fromEntries(Object.entries(now).filter(([name]) => name !== studio)));
  const lost = job.error instanceof ApiProblem && job.error.status === 404;
  return {
    job: id === "" || lost ? undefined : job.data,
    story,
    sending: submit.isPending,
    error: submit.error,
    run: (body) => submit.mutate(body),
    forget,
  };
}
