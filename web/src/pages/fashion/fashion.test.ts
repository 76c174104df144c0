import { describe, expect, it } from "vitest";
import { colourOf, tryOnBody } from "./api";

const FILE = { id: "c".repeat(64), name: "p.png", mediaType: "image/png", width: 40, height: 30 };

describe("a try-on", () => {
  it("needs both pictures, and each goes in its role", () => {
    expect(tryOnBody(FILE, null, {})).toBeNull();
    expect(tryOnBody(null, FILE, {})).toBeNull();
    const body = tryOnBody(FILE, { ...FILE, id: "d".repeat(64) }, { fit: "loose" });
    expect(body?.inputs.map(({ role }) => role)).toEqual(["person", "garment"]);
    expect(body?.options).toEqual({ fit: "loose" });
  });
});

describe("a colour of an answer", () => {
  it("is a hex alone or with its name, and nothing else", () => {
    expect(colourOf("#8b5b36")).toEqual({ hex: "#8b5b36", name: "#8b5b36" });
    expect(colourOf({ hex: "#8b5b36", name: "brown" })?.name).toBe("brown");
    expect(colourOf("url(evil)")).toBeNull();
    expect(colourOf(null)).toBeNull();
  });
});
