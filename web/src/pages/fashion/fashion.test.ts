import { describe, expect, it } from "vitest";
import { colourOf, tryOnBody } from "./api";
import { isPrice, writtenQuestion } from "./product-question";

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

describe("a question to the shops", () => {
  const nothing = { text: "", category: "", colour: "", most: "" } as const;

  it("is asked as soon as one field says something, and not before", () => {
    expect(writtenQuestion(nothing)).toBeNull();
    expect(writtenQuestion({ ...nothing, text: "  " })).toBeNull();
    expect(writtenQuestion({ ...nothing, colour: "red" })).toBe('{"q":"","colour":"red"}');
    expect(writtenQuestion({ ...nothing, text: "shirt", category: "top" })).toBe(
      '{"q":"shirt","category":"top"}',
    );
  });

  it("takes a price with a comma, and leaves out what is none", () => {
    expect(writtenQuestion({ ...nothing, most: "49,90" })).toBe('{"q":"","most_price":"49.90"}');
    expect(writtenQuestion({ ...nothing, most: "cheap" })).toBeNull();
    expect([isPrice(""), isPrice("20"), isPrice("49,90"), isPrice("cheap"), isPrice("1.2.3")]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
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
