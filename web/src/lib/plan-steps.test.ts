import { describe, expect, it } from "vitest";
import type { Plan } from "@/api/types";
import { doersOf, leavesTo, makesItsPicture, priceOf, shownTo, stepsOf } from "./plan-steps";

type Step = Plan["plan"];

function step(model: string, low: number, high: number, before?: Step | null): Step {
  const candidate = { model_id: model, price: { low, likely: low, high, basis: "fixed" } };
  return {
    workflow: model,
    candidates: [candidate],
    ...(before !== undefined && { before }),
  } as unknown as Step;
}

describe("the steps of a plan", () => {
  it("are one where nothing is said of steps before", () => {
    for (const plan of [step("engrave", 0, 0), step("engrave", 0, 0, null)]) {
      expect(stepsOf(plan).map(({ workflow }) => workflow)).toEqual(["engrave"]);
    }
  });

  it("come in the order of the work, and their prices are added", () => {
    const plan = step("engrave", 1, 2, step("draw", 40, 60));
    expect(doersOf(plan).map(({ model_id }) => model_id)).toEqual(["draw", "engrave"]);
    expect(priceOf(plan)).toEqual({ low: 41, high: 62 });
  });

  it("make the picture where none is given and a step comes before", () => {
    const drawn = step("engrave", 1, 2, step("draw", 40, 60));
    const asked = (plan: Step, inputs: unknown[]) =>
      makesItsPicture({ plan, request: { inputs } } as unknown as Parameters<typeof makesItsPicture>[0]);
    expect(asked(drawn, [])).toBe(true);
    expect(asked(drawn, [{ role: "working", asset_id: "aa" }])).toBe(false);
    expect(asked(step("engrave", 1, 2), [])).toBe(false);
  });

  it("have the looks of a vision model in their price, and say who is shown the pictures", () => {
    const look = (before: number, each: number) => ({
      models: ["vendor/judge"],
      sent_to: ["vendor"],
      before: { low: 0, likely: 0, high: before, basis: "metered" },
      each: { low: 0, likely: 0, high: each, basis: "metered" },
    });
    const judged = { ...step("try on", 0, 0, step("draw", 40, 60)), looks: look(5, 7) } as Step;
    expect(priceOf(judged)).toEqual({ low: 40, high: 72 });
    expect(shownTo(judged)).toEqual(["vendor"]);
    expect(shownTo(step("enlarge", 0, 0))).toEqual([]);
  });

  it("say every engine away from this machine, once", () => {
    const away = (plan: Step, engine: string): Step => ({
      ...plan,
      candidates: plan.candidates.map((each) => ({ ...each, engine, leaves_machine: true })),
    });
    const drawn = away(step("draw", 40, 60), "gemini");
    expect(leavesTo(away(step("edit", 1, 2, drawn), "openai"))).toEqual(["gemini", "openai"]);
    expect(leavesTo(away(step("edit", 1, 2, drawn), "gemini"))).toEqual(["gemini"]);
    expect(leavesTo(step("engrave", 1, 2, drawn))).toEqual(["gemini"]);
    expect(leavesTo(step("engrave", 1, 2))).toEqual([]);
  });

  it("have no price while nobody can do one of them", () => {
    expect(priceOf(step("engrave", 1, 2, { ...step("draw", 1, 1), candidates: [] }))).toBeNull();
  });
});
