// What this installation has measured of each model, from the rows of the analytics. Pure.
import type { LatencyRow, VerdictRow } from "@/api/insights";
import type { Model } from "@/api/types";

export interface Measured {
  attempts: number;
  /** The accepted share of the judged attempts; null when none was judged. */
  acceptance: number | null;
  /** Mean micro-dollars of an attempt. */
  cost: number | null;
  /** Mean seconds of an attempt that came to a result. */
  seconds: number | null;
}

interface Sums {
  attempts: number;
  judged: number;
  accepted: number;
  cost: number;
  runs: number;
  seconds: number;
}

/** By model id; a model that was never tried is not there. */
export function measuredOf(
  verdicts: readonly VerdictRow[],
  latency: readonly LatencyRow[],
): ReadonlyMap<string, Measured> {
  const sums = new Map<string, Sums>();
  const of = (model: string): Sums => {
    const found = sums.get(model) ?? { attempts: 0, judged: 0, accepted: 0, cost: 0, runs: 0, seconds: 0 };
    sums.set(model, found);
    return found;
  };
  for (const row of verdicts) {
    const sum = of(row.model_id);
    sum.attempts += row.attempts;
    sum.judged += row.accepted + row.rejected;
    sum.accepted += row.accepted;
    sum.cost += row.cost;
  }
  for (const row of latency) {
    const sum = of(row.model_id);
    sum.runs += row.runs;
    sum.seconds += row.runs * row.mean;
  }
  return new Map(
    [...sums].map(([model, sum]) => [
      model,
      {
        attempts: sum.attempts,
        acceptance: sum.judged === 0 ? null : sum.accepted / sum.judged,
        cost: sum.attempts === 0 ? null : sum.cost / sum.attempts,
        seconds: sum.runs === 0 ? null : sum.seconds / sum.runs,
      },
    ]),
  );
}

export interface ModelFilter {
  words: string;
  operation: string;
  engine: string;
  /** Can be used at this moment. */
  usable: boolean;
  /** Sends nothing to somebody else. */
  local: boolean;
}

export function isWanted(model: Model, wanted: ModelFilter): boolean {
  const text = [model.id, model.title, model.engine, model.licence, ...model.operations]
    .join(" ")
    .toLowerCase();
  return (
    (!wanted.usable || model.usable) &&
    (!wanted.local || !model.leaves_machine) &&
    (wanted.operation === "" || model.operations.includes(wanted.operation)) &&
    (wanted.engine === "" || model.engine === wanted.engine) &&
    wanted.words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}

export const ORDERS = ["title", "quality", "time", "cost", "ends"] as const;
export type Order = (typeof ORDERS)[number];

/** Sorted; what is not known stands last, and equal ones by title. */
export function sortedBy(
  order: Order,
  models: readonly Model[],
  measured: ReadonlyMap<string, Measured>,
): Model[] {
  const value = (model: Model): number | string => {
    const found = measured.get(model.id);
    if (order === "quality") return -model.quality;
    if (order === "time") return found?.seconds ?? Infinity;
    if (order === "cost") return found?.cost ?? Infinity;
    if (order === "ends") return model.ends ?? "9999";
    return model.title.toLowerCase();
  };
  return models.toSorted((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first !== second) return first < second ? -1 : 1;
    return a.title.localeCompare(b.title);
  });
}

export type Life = "active" | "ending" | "ended";

/** Whether a model is there, ends on a known day, or has ended; `today` as `2026-11-21`. */
export function lifeOf(model: Pick<Model, "ends" | "status">, today: string): Life {
  if (model.status === "retired" || (model.ends !== null && model.ends < today)) return "ended";
  return model.ends === null ? "active" : "ending";
}
