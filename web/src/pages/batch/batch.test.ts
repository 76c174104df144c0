import { describe, expect, it } from "vitest";
import { formOf, sorted } from "./api";

const picture = new File(["p"], "a.png", { type: "image/png" });
const clip = new File(["c"], "b.mp4", { type: "video/mp4" });
const table = new File(["prompt\nx"], "wishes.csv", { type: "" });
const EMPTY = { files: [], table: null, prompt: "", name: "", budget: "" };

describe("the form of a batch", () => {
  it("is none without a wish for its files, unless a table says them", () => {
    expect(formOf(EMPTY)).toBeNull();
    expect(formOf({ ...EMPTY, files: [picture] })).toBeNull();
    expect(formOf({ ...EMPTY, table })?.get("csv")).toBeTruthy();
  });

  it("has each file in its field, and a budget only when it is an amount", () => {
    const form = formOf({ ...EMPTY, files: [picture, clip], prompt: " sharpen ", budget: "1.50" });
    expect([form?.getAll("image").length, form?.getAll("clip").length]).toEqual([1, 1]);
    expect([form?.get("prompt"), form?.get("budget_usd")]).toEqual(["sharpen", "1.50"]);
    expect(formOf({ ...EMPTY, files: [picture], prompt: "x", budget: "lots" })?.has("budget_usd")).toBe(
      false,
    );
  });
});

describe("what was dropped", () => {
  it("is pictures, clips and a table; other files are left", () => {
    const other = new File(["x"], ".DS_Store");
    expect(sorted([other, picture, table, clip])).toEqual({ media: [picture, clip], table });
  });
});
