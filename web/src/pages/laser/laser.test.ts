import { describe, expect, it } from "vitest";
import { whyNot } from "./api";
import { bodyOf, EMPTY, readSettings } from "./settings";
import { orderedMoves, partOf, readToolpath, type Toolpath } from "./toolpath";
import { heightFor } from "./sizes";

const FILE = { id: "a".repeat(64), name: "p.png", mediaType: "image/png", width: 400, height: 300 };
const WAY: Toolpath = {
  width_mm: 20,
  height_mm: 10,
  start: [0, 10],
  kept_every: 1,
  paths: [
    {
      operation: "score",
      closed: false,
      points: [
        [0, 0],
        [10, 0],
      ],
    },
    {
      operation: "cut",
      closed: true,
      points: [
        [12, 0],
        [15, 0],
        [15, 4],
      ],
    },
  ],
  travels: [
    [0, 10, 0, 0],
    [10, 0, 12, 0],
  ],
};

describe("why a machine cannot work on a material", () => {
  const reasons = { diode: "Glass lets a diode beam through." };

  it("is said by the kind of laser, with which the machine's id begins", () => {
    expect(whyNot(reasons, "diode-10w")).toBe("Glass lets a diode beam through.");
    expect(whyNot(reasons, "co2-40w")).toBeUndefined();
    expect(whyNot({}, "diode-10w")).toBeUndefined();
  });
});

describe("the request of the laser page", () => {
  it("is none while what it needs is missing", () => {
    expect(bodyOf(EMPTY)).toBeNull();
    expect(bodyOf({ ...EMPTY, way: "sentence" })).toBeNull();
    expect(bodyOf({ ...EMPTY, way: "text", options: { text: "  " } })).toBeNull();
  });

  it("leaves the options of other ways out", () => {
    const options = {
      text: "Anna",
      process: "cut",
      dither: "bayer",
      x_mm: 50,
      width_mm: 60,
      material: "cork",
    };
    expect(bodyOf({ ...EMPTY, way: "text", file: FILE, options })).toEqual({
      prompt: "",
      workflow: "laser",
      inputs: [],
      options: { text: "Anna", width_mm: 60, material: "cork", process: "text" },
    });
    expect(bodyOf({ ...EMPTY, file: FILE, options })?.options).toEqual({
      process: "cut",
      dither: "bayer",
      width_mm: 60,
      material: "cork",
    });
  });

  it("lets the picture decide where no process was chosen", () => {
    expect(bodyOf({ ...EMPTY, file: FILE })?.options).toEqual({ process: "auto" });
  });

  it("gives a sentence no options: it says them", () => {
    const said = {
      ...EMPTY,
      way: "sentence" as const,
      sentence: " engrave on cork ",
      options: { width_mm: 9 },
    };
    expect(bodyOf(said)).toEqual({ prompt: "engrave on cork", workflow: "laser", inputs: [] });
  });

  it("is read back as it was kept, and nothing else is", () => {
    const kept = { way: "box" as const, file: FILE, sentence: "x", options: { x_mm: 5 } };
    expect(readSettings(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
    expect(readSettings({ way: "torch", file: { id: "../etc" }, options: [1] })).toEqual(EMPTY);
  });
});

describe("the way of the head", () => {
  it("goes burns and travels in the machine's order, and closes what is closed", () => {
    const moves = orderedMoves(WAY);
    expect(moves.map(({ operation }) => operation)).toEqual(["travel", "score", "travel", "cut"]);
    expect(moves.at(-1)?.points.at(-1)).toEqual([12, 0]);
    expect(moves.map(({ to }) => to)).toEqual([10, 20, 22, 34]);
  });

  it("is cut where the head is", () => {
    const [, score] = orderedMoves(WAY);
    expect(partOf(score!, 14)).toEqual([
      [0, 0],
      [4, 0],
    ]);
    expect(partOf(score!, 99)).toEqual([
      [0, 0],
      [10, 0],
    ]);
  });

  it("is none of other data", () => {
    expect(readToolpath({})).toBeNull();
    expect(readToolpath({ width_mm: 1, height_mm: 1, paths: [], travels: [] })?.start).toEqual([0, 1]);
  });
});

describe("a locked size", () => {
  it("keeps the picture's proportions to a hundredth of a millimetre", () => {
    expect(heightFor(100, FILE)).toBe(75);
    expect(heightFor(33.3, { ...FILE, width: 300, height: 301 })).toBe(33.41);
  });
});
