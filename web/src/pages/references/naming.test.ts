import { describe, expect, it } from "vitest";
import { bareName, isName, nameOfFile, withMention } from "./naming";

describe("a name for a file", () => {
  it("is always one that the server takes, or empty", () => {
    const files = ["Ma robe d'été.jpg", "IMG 0001 (2).JPG", "Анна.png", "---.png", ".png", "x".repeat(90)];
    for (const file of files) {
      const name = nameOfFile(file);
      expect([file, name === "" || isName(name)]).toEqual([file, true]);
    }
    expect(nameOfFile("Ma robe d'été.jpg")).toBe("Ma-robe-d-été");
    expect(nameOfFile("---.png")).toBe("");
  });
});

describe("a name", () => {
  it("may be typed with its @", () => {
    expect(bareName(" @anna ")).toBe("anna");
  });

  it("has no blanks and at most 40 characters", () => {
    expect([isName("a b"), isName(""), isName("a".repeat(41)), isName("a".repeat(40))]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});

describe("a mention", () => {
  it("goes to the end of the sentence, once", () => {
    expect(withMention("", "@anna")).toBe("@anna ");
    expect(withMention("dress", "@anna")).toBe("dress @anna ");
    expect(withMention("dress @anna, please", "@anna")).toBe("dress @anna, please");
    expect(withMention("dress @annabel", "@anna")).toBe("dress @annabel @anna ");
  });
});
