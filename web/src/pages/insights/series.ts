// Rows of the server as the series that charts draw. Pure.
import type { RateRow, RequestRow, SpendRow } from "@/api/insights";

export interface Series {
  name: string;
  values: number[];
}

/** The last `days` calendar days in UTC, today the last, as `2026-11-21`. */
export function daysUntil(now: number, days: number): string[] {
  return Array.from({ length: days }, (_, at) =>
    new Date(now - (days - 1 - at) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** Spent by model, a value for each day; models without a name are kept under `unnamed`. */
export function spendSeries(rows: readonly SpendRow[], days: readonly string[], unnamed: string): Series[] {
  const place = new Map(days.map((day, at) => [day, at]));
  const series = new Map<string, number[]>();
  for (const { day, model_id: model, spent } of rows) {
    const at = day === null ? undefined : place.get(day);
    if (at === undefined || spent === 0) continue;
    const name = model ?? unnamed;
    const values = series.get(name) ?? days.map(() => 0);
    values[at] = (values[at] ?? 0) + spent;
    series.set(name, values);
  }
  return [...series].map(([name, values]) => ({ name, values }));
}

export const OUTCOMES = ["succeeded", "rejected", "failed", "cancelled", "open", "stuck", "refused"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How requests of each day stand, without outcomes that never were. */
export function requestSeries(rows: readonly RequestRow[]): { name: Outcome; values: number[] }[] {
  return OUTCOMES.map((name) => ({ name, values: rows.map((row) => row[name]) })).filter(({ values }) =>
    values.some((value) => value > 0),
  );
}

export interface Figures {
  jobs: number;
  spent: number;
  /** Of finished jobs, those that came to a good end; null without one. */
  succeeded: number | null;
  cacheHits: number | null;
}

export function figures(
  requests: readonly RequestRow[],
  spend: readonly SpendRow[],
  rates: readonly RateRow[],
): Figures {
  const sum = <Row>(rows: readonly Row[], value: (row: Row) => number): number =>
    rows.reduce((total, row) => total + value(row), 0);
  const good = sum(requests, (row) => row.succeeded);
  const ended = good + sum(requests, (row) => row.rejected + row.failed);
  const jobs = sum(rates, (row) => row.jobs);
  return {
    jobs: sum(requests, (row) => row.jobs),
    spent: sum(spend, (row) => row.spent),
    succeeded: ended === 0 ? null : good / ended,
    cacheHits: jobs === 0 ? null : sum(rates, (row) => row.cache_hits) / jobs,
  };
}
