// Server state shared by pages: one key and one way to ask for each thing. What only one page needs stands there.
import { QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client";
import { ApiProblem } from "./problem";
import { isFinal, type FeedbackBody, type SubmitBody } from "./types";

/** Asked again only when the server could not be reached or says that it helps; a wrong request stays wrong. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        // A session ends while a page is open: who asks is asked again, and the answer brings the form to log in.
        if (error instanceof ApiProblem && error.status === 401 && queryKey[0] !== "session")
          void client.invalidateQueries({ queryKey: ["session"] });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiProblem && error.problem.retryable,
      },
    },
  });
  return client;
}

/** Who asks, and how; its 401 means that somebody has to log in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/session", { signal })),
  staleTime: 60_000,
});

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/preferences", { signal })),
  staleTime: 300_000,
});

export const workflowsQuery = queryOptions({
  queryKey: ["workflows"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/workflows", { signal })),
  select: (answer) => answer.workflows,
  staleTime: 60_000,
});

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/models", { signal })),
  select: (answer) => answer.models,
  staleTime: 60_000,
});

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => ask(api.GET("/health", { signal })),
  staleTime: 30_000,
});

export const recentJobsQuery = queryOptions({
  queryKey: ["jobs", "recent"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/jobs", { params: { query: { limit: 12 } }, signal })),
  select: (answer) => answer.jobs,
  // Somebody else's browser, or the command line, may have asked for work.
  refetchInterval: (query) => (query.state.data?.jobs.some((job) => !isFinal(job.state)) ? 2_000 : 20_000),
});

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["jobs", id],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });
}

export function assetQuery(id: string) {
  return queryOptions({
    queryKey: ["assets", id],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/assets/{asset_id}", { params: { path: { asset_id: id } }, signal })),
    // An id is the hash of the content: what it names never changes.
    staleTime: Infinity,
  });
}

export function feedbackQuery(jobId: string) {
  return queryOptions({
    queryKey: ["feedback", jobId],
    queryFn: async ({ signal }) => {
      try {
        return await ask(
          api.GET("/api/v1/feedback/{job_id}", { params: { path: { job_id: jobId } }, signal }),
        );
      } catch (error) {
        // Nothing was said of it yet.
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** `key` makes it one job, however often the request is sent: a lost answer may be asked for again. */
export function submitJob(body: SubmitBody, key: string) {
  return ask(api.POST("/api/v1/jobs", { body, params: { header: { "idempotency-key": key } } }));
}

export function planRequest(body: SubmitBody, signal?: AbortSignal) {
  return ask(api.POST("/api/v1/plan", { body, ...(signal && { signal }) }));
}

export function cancelJob(id: string) {
  return ask(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } }));
}

export function retryJob(id: string) {
  return ask(api.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id } } }));
}

export function giveFeedback(body: FeedbackBody) {
  return ask(api.POST("/api/v1/feedback", { body }));
}
