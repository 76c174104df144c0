import { describe, expect, it } from "vitest";
import { filterOf, isNarrowed } from "./filter";
import { everything, extended, NOTHING, placeAfter, toggled } from "./selection";
import { layoutOf, rowsShown } from "./windowing";

const ALL = ["a", "b", "c", "d", "e"];

describe("selecting", () => {
  it("adds and takes away one", () => {
    const one = toggled(NOTHING, ALL, 2);
    expect([...one.ids]).toEqual(["c"]);
    expect([...toggled(one, ALL, 2).ids]).toEqual([]);
  });

  it("extends from where it began, in both directions, and keeps the rest", () => {
    const begun = toggled(toggled(NOTHING, ALL, 0), ALL, 3);
    expect([...extended(begun, ALL, 4).ids]).toEqual(["a", "d", "e"]);
    expect([...extended(begun, ALL, 2).ids].sort()).toEqual(["a", "c", "d"]);
    expect(extended(begun, ALL, 2).anchor).toBe(3);
  });

  it("takes everything that is there", () => {
    expect(everything(NOTHING, ALL).ids.size).toBe(5);
  });

  it("ignores a place that is not there", () => {
    expect(toggled(NOTHING, ALL, 9)).toBe(NOTHING);
  });
});

describe("keys", () => {
  const grid = { columns: 2, count: 5, rowsShown: 2 };

  it("move by a tile and by a row, and stay where there is nothing further", () => {
    expect(placeAfter("ArrowDown", 1, grid)).toBe(3);
    expect(placeAfter("ArrowDown", 3, grid)).toBe(3);
    expect(placeAfter("ArrowLeft", 0, grid)).toBe(0);
    expect(placeAfter("ArrowRight", 4, grid)).toBe(4);
  });

  it("move by a page to the end at most", () => {
    expect(placeAfter("PageDown", 0, grid)).toBe(4);
    expect(placeAfter("PageUp", 3, grid)).toBe(0);
    expect(placeAfter("End", 0, grid)).toBe(4);
  });

  it("that lead nowhere are left to others", () => {
    expect(placeAfter("x", 0, grid)).toBeNull();
    expect(placeAfter("Home", 0, { ...grid, count: 0 })).toBeNull();
  });
});

describe("the window", () => {
  it("has columns that fill the width", () => {
    for (const width of [300, 351, 777, 1232]) {
      const { columns, side } = layoutOf(width, 160);
      expect(columns * side + (columns - 1) * 8).toBeCloseTo(width);
      expect(columns).toBeGreaterThanOrEqual(2);
    }
  });

  it("draws what is in sight and a little more, whatever the length of the list", () => {
    expect(rowsShown(100_000, 800, 200, 5_000, 2)).toEqual({ first: 498, end: 506 });
    expect(rowsShown(-300, 800, 200, 5_000, 2)).toEqual({ first: 0, end: 5 });
    expect(rowsShown(5_000, 800, 200, 3, 2)).toEqual({ first: 3, end: 3 });
  });
});

describe("the filter in the address", () => {
  it("is the same for the same address, and takes nothing that it does not know", () => {
    const filter = filterOf(new URLSearchParams("q=sea&kind=odd&starred=1&from=2026-11-20&to=2026-11-21"));
    expect(filter).toMatchObject({ q: "sea", kind: null, starred: true, deleted: null });
    expect((filter.until ?? 0) - (filter.since ?? 0)).toBe(2 * 86_400);
  });

  it("is not narrowed by where one is", () => {
    expect(isNarrowed(filterOf(new URLSearchParams("board=x&trash=1")))).toBe(false);
    expect(isNarrowed(filterOf(new URLSearchParams("q=x")))).toBe(true);
  });
});
