// How it goes, as rows: one query for each question, and the address of the same rows as CSV.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client";
import { unreachable } from "./problem";
import type { components } from "./schema";
import type { Answer } from "./types";

type Schemas = components["schemas"];
export type AlertRow = Answer<Schemas["AlertRow"]>;
export type BreakerRow = Answer<Schemas["BreakerRow"]>;
export type BudgetRow = Answer<Schemas["BudgetRow"]>;
export type LatencyRow = Answer<Schemas["LatencyRow"]>;
export type RateRow = Answer<Schemas["RateRow"]>;
export type RefusalRow = Answer<Schemas["RefusalRow"]>;
export type RequestRow = Answer<Schemas["RequestRow"]>;
export type SatisfactionRow = Answer<Schemas["SatisfactionRow"]>;
export type SpendRow = Answer<Schemas["SpendRow"]>;
export type VerdictRow = Answer<Schemas["VerdictRow"]>;
export type SpendBy = Schemas["SpendBy"];

/** Calendar days in UTC, today the last; whose figures. */
export interface Span {
  days: number;
  whose: "own" | "all";
}

interface Outcome<T> {
  data?: T | string;
  error?: unknown;
  response: Response;
}

/** The rows of an answer; the text of a CSV file is not what was asked for. */
async function rowsOf<T extends { rows: unknown[] }>(call: Promise<Outcome<T>>): Promise<Answer<T>["rows"]> {
  const answer = await ask(call);
  if (typeof answer === "string") throw unreachable("");
  return (answer as { rows: Answer<T>["rows"] }).rows;
}

const STALE = { staleTime: 30_000 };

export function spendQuery(span: Span, by: SpendBy[]) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "spend", span, by],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/spend", { params: { query: { ...span, by } }, signal })),
  });
}

export function requestsQuery(span: Span) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "requests", span],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/requests", { params: { query: span }, signal })),
  });
}

export function latencyQuery(span: Span, of: "attempts" | "jobs" = "attempts") {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "latency", span, of],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/latency", { params: { query: { ...span, of } }, signal })),
  });
}

export function verdictsQuery(span: Span) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "verdicts", span],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/verdicts", { params: { query: span }, signal })),
  });
}

export function ratesQuery(span: Span) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "rates", span],
    queryFn: ({ signal }) => rowsOf(api.GET("/api/v1/analytics/rates", { params: { query: span }, signal })),
  });
}

export function satisfactionQuery(span: Span) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "satisfaction", span],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/satisfaction", { params: { query: span }, signal })),
  });
}

export function refusalsQuery(span: Span) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "refusals", span],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/refusals", { params: { query: span }, signal })),
  });
}

export function alertsQuery(span: Span) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "alerts", span],
    queryFn: ({ signal }) => rowsOf(api.GET("/api/v1/analytics/alerts", { params: { query: span }, signal })),
  });
}

export function budgetUseQuery(whose: Span["whose"]) {
  return queryOptions({
    ...STALE,
    queryKey: ["insights", "budgets", whose],
    queryFn: ({ signal }) =>
      rowsOf(api.GET("/api/v1/analytics/budgets", { params: { query: { whose } }, signal })),
  });
}

export const breakersQuery = queryOptions({
  ...STALE,
  queryKey: ["insights", "breakers"],
  queryFn: ({ signal }) => rowsOf(api.GET("/api/v1/analytics/breakers", { signal })),
});

/** Experiments, the newest first; for administrators. */
export const experimentsQuery = queryOptions({
  ...STALE,
  queryKey: ["experiments"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/experiments", { signal })),
  select: (answer) => answer.experiments,
});

export function experimentResultsQuery(name: string) {
  return queryOptions({
    ...STALE,
    queryKey: ["experiments", name, "results"],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/experiments/{name}/results", { params: { path: { name } }, signal })),
  });
}

/** The same rows for a spreadsheet: `csvUrl("spend", { days: 30, by: ["day"] })`. */
export function csvUrl(
  question: string,
  query: Record<string, string | number | readonly string[]> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each));
  }
  search.set("format", "csv");
  return `/api/v1/analytics/${question}?${search.toString()}`;
}
