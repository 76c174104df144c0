import { describe, expect, it } from "vitest";
import type { RateRow, RequestRow, SpendRow } from "@/api/insights";
import { daysUntil, figures, requestSeries, spendSeries } from "./series";

const spend = (day: string, model: string | null, spent: number): SpendRow => ({
  day,
  model_id: model,
  owner: null,
  charges: 1,
  spent,
});
const request = (counts: Partial<RequestRow>): RequestRow => ({
  day: "2026-11-21",
  jobs: 0,
  succeeded: 0,
  rejected: 0,
  failed: 0,
  cancelled: 0,
  open: 0,
  stuck: 0,
  refused: 0,
  ...counts,
});

describe("days", () => {
  it("end today, in UTC, and cross months", () => {
    expect(daysUntil(Date.UTC(2026, 2, 1, 0, 30), 3)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
  });
});

describe("what was spent", () => {
  const days = ["2026-11-20", "2026-11-21"];

  it("is a series for each model with a value for every day", () => {
    const rows = [spend("2026-11-21", "a", 4), spend("2026-11-20", "b", 1), spend("2026-11-21", "a", 3)];
    expect(spendSeries(rows, days, "?")).toEqual([
      { name: "a", values: [0, 7] },
      { name: "b", values: [1, 0] },
    ]);
  });

  it("leaves out days that are not shown, and keeps what has no model", () => {
    expect(spendSeries([spend("2026-11-01", "a", 4), spend("2026-11-20", null, 2)], days, "?")).toEqual([
      { name: "?", values: [2, 0] },
    ]);
  });
});

describe("requests", () => {
  it("show only outcomes that there were", () => {
    const rows = [request({ succeeded: 2 }), request({ refused: 1 })];
    expect(requestSeries(rows)).toEqual([
      { name: "succeeded", values: [2, 0] },
      { name: "refused", values: [0, 1] },
    ]);
  });
});

describe("the figures", () => {
  it("claim no share where nothing ended", () => {
    expect(figures([request({ jobs: 2, open: 2 })], [], [])).toEqual({
      jobs: 2,
      spent: 0,
      succeeded: null,
      cacheHits: null,
    });
  });

  it("count a job that was cancelled neither as good nor as bad", () => {
    const rate = { jobs: 4, cache_hits: 1 } as RateRow;
    const found = figures([request({ jobs: 4, succeeded: 2, failed: 1, cancelled: 1 })], [], [rate]);
    expect(found.succeeded).toBeCloseTo(2 / 3);
    expect(found.cacheHits).toBe(0.25);
  });
});
