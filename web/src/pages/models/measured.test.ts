import { describe, expect, it } from "vitest";
import type { LatencyRow, VerdictRow } from "@/api/insights";
import type { Model } from "@/api/types";
import { isWanted, lifeOf, measuredOf, sortedBy } from "./measured";

const model = (change: Partial<Model>): Model => ({
  id: "local:sharp",
  title: "Sharp",
  engine: "local",
  operations: ["upscale"],
  features: [],
  quality: 0.5,
  price: "free",
  price_source: "",
  price_as_of: null,
  status: "active",
  ends: null,
  replacement: null,
  licence: "MIT",
  leaves_machine: false,
  usable: true,
  reason: "",
  hint: "",
  ...change,
});
const ANY = { words: "", operation: "", engine: "", usable: false, local: false };

describe("what was measured of a model", () => {
  const verdict = (workflow: string, change: Partial<VerdictRow>): VerdictRow =>
    ({ workflow, model_id: "m", attempts: 0, accepted: 0, rejected: 0, cost: 0, ...change }) as VerdictRow;
  const latency = (runs: number, mean: number): LatencyRow => ({ model_id: "m", runs, mean }) as LatencyRow;

  it("is taken over all workflows, each attempt counting once", () => {
    const found = measuredOf(
      [
        verdict("a", { attempts: 8, accepted: 6, rejected: 2, cost: 800 }),
        verdict("b", { attempts: 2, accepted: 0, rejected: 2, cost: 0 }),
      ],
      [latency(9, 1), latency(1, 11)],
    );
    expect(found.get("m")).toEqual({ attempts: 10, acceptance: 0.6, cost: 80, seconds: 2 });
  });

  it("claims no share where nothing was judged", () => {
    expect(measuredOf([verdict("a", { attempts: 3 })], []).get("m")).toMatchObject({
      acceptance: null,
      seconds: null,
    });
  });
});

describe("the filter", () => {
  it("wants every word, wherever it stands", () => {
    expect(isWanted(model({}), { ...ANY, words: "mit  UPSC" })).toBe(true);
    expect(isWanted(model({}), { ...ANY, words: "mit other" })).toBe(false);
  });

  it("keeps what leaves the machine out where that is wanted", () => {
    expect(isWanted(model({ leaves_machine: true }), { ...ANY, local: true })).toBe(false);
  });
});

describe("the order", () => {
  it("puts what was never measured last", () => {
    const measured = new Map([["b", { attempts: 1, acceptance: 1, cost: 5, seconds: 2 }]]);
    const found = sortedBy("time", [model({ id: "a" }), model({ id: "b", title: "Z" })], measured);
    expect(found.map((each) => each.id)).toEqual(["b", "a"]);
  });
});

describe("the life of a model", () => {
  it("ends after its last day", () => {
    expect(lifeOf({ ends: "2026-11-21", status: "active" }, "2026-11-21")).toBe("ending");
    expect(lifeOf({ ends: "2026-11-20", status: "active" }, "2026-11-21")).toBe("ended");
    expect(lifeOf({ ends: null, status: "active" }, "2026-11-21")).toBe("active");
  });
});
