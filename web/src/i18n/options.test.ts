import { describe, expect, it } from "vitest";
import { choiceTitle, NAMES, optionTitle, workflowTitle } from "./options";

describe("names of options", () => {
  it("are of the page's language, the unit behind them", () => {
    expect(optionTitle("width_mm", "ru")).toBe("Ширина (мм)");
    expect(optionTitle("width", "ru")).toBe("Ширина");
    expect(optionTitle("speed_mm_min", "fr")).toBe("Vitesse (mm/min)");
    expect(optionTitle("width_mm", "en")).toBe("Width (mm)");
  });

  it("are the server's own where nobody has translated them", () => {
    expect(optionTitle("brand_new_mm", "ru")).toBe("Brand new (mm)");
    expect(choiceTitle("brand_new", "very_odd", "fr")).toBe("Very odd");
    expect(workflowTitle("brand_new", "Something new", "ru")).toBe("Something new");
    expect(workflowTitle("brand_new", undefined, "fr")).toBe("Brand new");
  });

  it("tell apart what one word means in different options", () => {
    expect([choiceTitle("length", "short", "ru"), choiceTitle("beard", "short", "ru")]).toEqual([
      "Короткие",
      "Короткая",
    ]);
  });

  it("are the same ones in every language", () => {
    const [fr, ru] = [NAMES.fr, NAMES.ru];
    expect(Object.keys(ru?.options ?? {}).sort()).toEqual(Object.keys(fr?.options ?? {}).sort());
    expect(Object.keys(ru?.workflows ?? {}).sort()).toEqual(Object.keys(fr?.workflows ?? {}).sort());
  });
});
