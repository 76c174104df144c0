import { describe, expect, it } from "vitest";
import { bodyOf, EMPTY_DRAFT, readDraft } from "./draft";
import { fieldTitle, formatPrice, formatUsd } from "./format";
import { diffWords } from "./word-diff";
import { dollars } from "@/api/body-of-request";

describe("a kept draft", () => {
  it("survives whatever is found in the storage", () => {
    for (const found of [undefined, null, 3, [], { prompt: 1, pictures: [{}, null], preference: "x" }]) {
      expect(readDraft(found)).toEqual(EMPTY_DRAFT);
    }
  });

  it("comes back as it was", () => {
    const draft = { ...EMPTY_DRAFT, prompt: "sharpen", stayLocal: true, maxCostUsd: "0.25" };
    expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
  });

  it("asks for the chosen workflow's options in classic mode only", () => {
    const draft = { ...EMPTY_DRAFT, classicWorkflow: "laser", options: { passes: 2 } };
    expect(bodyOf(draft)).toMatchObject({ workflow: null, options: {} });
    expect(bodyOf({ ...draft, mode: "classic" })).toMatchObject({
      workflow: "laser",
      options: { passes: 2 },
    });
  });

  it("sends no limit that is no amount", () => {
    expect(bodyOf({ ...EMPTY_DRAFT, maxCostUsd: "1e3" }).max_cost_usd).toBeNull();
  });
});

describe("money", () => {
  it("is shown to the micro-dollar, never rounded", () => {
    expect(formatUsd(1_234_500)).toBe("$1.2345");
    expect(formatUsd(1)).toBe("$0.000001");
    expect(formatPrice({ low: 0, high: 0 }, "en", "free")).toBe("free");
  });

  it("is sent as text without a float in between", () => {
    expect([1, 40_000, 1_000_000, 12_345_678].map(dollars)).toEqual(["0.000001", "0.04", "1", "12.345678"]);
  });
});

describe("field titles", () => {
  it("name the unit", () => {
    expect(fieldTitle("speed_mm_min")).toBe("Speed (mm/min)");
    expect(fieldTitle("passes")).toBe("Passes");
  });
});

describe("the difference of two sentences", () => {
  it("keeps what is in both", () => {
    expect(diffWords("a red cat", "a big red fox")).toEqual([
      { kind: "same", text: "a " },
      { kind: "added", text: "big " },
      { kind: "same", text: "red " },
      { kind: "removed", text: "cat" },
      { kind: "added", text: "fox" },
    ]);
  });

  it("gives both sentences back", () => {
    const [before, after] = ["make it warm, and crop", "crop it; make it warmer"];
    const pieces = diffWords(before, after);
    const without = (kind: string): string =>
      pieces
        .filter((piece) => piece.kind !== kind)
        .map(({ text }) => text)
        .join("");
    expect([without("added"), without("removed")]).toEqual([before, after]);
  });
});
