import { describe, expect, it } from "vitest";
import { axisFor, labelStride, withRest } from "./scale";

describe("an axis", () => {
  it("has round steps and holds the highest value", () => {
    expect(axisFor(7)).toEqual({ top: 8, ticks: [0, 2, 4, 6, 8] });
    expect(axisFor(1_234_567).top).toBe(1_500_000);
    expect(axisFor(0.3).ticks).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it("always rises from 0 to at least the highest value in even steps", () => {
    for (let at = 1; at <= 400; at += 1) {
      const highest = at ** 3 / 997;
      const { top, ticks } = axisFor(highest);
      expect(top).toBeGreaterThanOrEqual(highest * (1 - 1e-9));
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks[0]).toBe(0);
    }
  });

  it("is there without data", () => {
    expect(axisFor(0)).toEqual({ top: 1, ticks: [0, 1] });
    expect(axisFor(Number.NaN).top).toBe(1);
  });
});

describe("labels", () => {
  it("are left out where there is no room", () => {
    expect(labelStride(7, 700)).toBe(1);
    expect(labelStride(90, 320)).toBe(18);
  });
});

describe("many series", () => {
  it("are the largest ones and the sum of the rest", () => {
    const series = [
      { name: "a", values: [1, 0] },
      { name: "b", values: [5, 5] },
      { name: "c", values: [0, 2] },
    ];
    expect(withRest(series, 2, "other")).toEqual([
      { name: "b", values: [5, 5] },
      { name: "other", values: [1, 2] },
    ]);
    expect(withRest(series, 3, "other").map((each) => each.name)).toEqual(["b", "c", "a"]);
  });
});
