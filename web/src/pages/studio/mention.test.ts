import { describe, expect, it } from "vitest";
import { mentionAt } from "./mention";

describe("a mention", () => {
  it("is found where the caret is, in any script", () => {
    expect(mentionAt("put @Ан on", 7)).toEqual({ start: 4, end: 7, query: "Ан" });
    expect(mentionAt("@", 1)).toEqual({ start: 0, end: 1, query: "" });
  });

  it("is not an e-mail address, and ends with the word", () => {
    expect(mentionAt("write to a@b", 12)).toBeNull();
    expect(mentionAt("@anna and", 9)).toBeNull();
  });
});
