// What is set on the laser page, kept in this browser, and the request that it makes.
import type { SubmitBody } from "@/api/types";
import { createKeptStore } from "@/lib/store";
import { readSlotFile, type SlotFile } from "@/ui/work/Slot";

export const WAYS = ["picture", "sentence", "text", "box", "testgrid"] as const;
export type Way = (typeof WAYS)[number];
export const PROCESSES = ["auto", "engrave", "score", "cut", "engrave_and_cut"] as const;

export interface LaserSettings {
  way: Way;
  file: SlotFile | null;
  sentence: string;
  /** Options of the workflow, without `process` where the way says it. */
  options: Record<string, unknown>;
}

export const EMPTY: LaserSettings = { way: "picture", file: null, sentence: "", options: {} };

export function readSettings(found: unknown): LaserSettings {
  if (typeof found !== "object" || found === null) return EMPTY;
  const { way, file, sentence, options } = found as Record<string, unknown>;
  return {
    way: WAYS.find((each) => each === way) ?? "picture",
    file: readSlotFile(file),
    sentence: typeof sentence === "string" ? sentence.slice(0, 2000) : "",
    options:
      typeof options === "object" && options !== null && !Array.isArray(options)
        ? (options as Record<string, unknown>)
        : {},
  };
}

export const settingsStore = createKeptStore("bottega.laser", readSettings);

/** Options that only one way has: those of another are not sent. */
const OF_WAY: Readonly<Record<"text" | "box" | "testgrid", readonly string[]>> = {
  text: ["text", "lettering", "text_height_mm"],
  box: [
    "design",
    "x_mm",
    "y_mm",
    "z_mm",
    "outer",
    "thickness_mm",
    "finger_mm",
    "play_mm",
    "columns",
    "rows",
    "count",
  ],
  testgrid: ["grid", "powers", "speeds", "intervals"],
};
const OF_PICTURE = ["process", "dither", "contrast", "invert", "centerline", "levels", "margin_mm"];
const OF_SIZE = ["width_mm", "height_mm"];

export function isForWay(name: string, way: Way): boolean {
  if (way === "sentence") return false;
  if (way === "picture") return !Object.values(OF_WAY).some((names) => names.includes(name));
  if (OF_PICTURE.includes(name)) return false;
  if (OF_SIZE.includes(name) && way !== "text") return false;
  return !Object.entries(OF_WAY).some(([other, names]) => other !== way && names.includes(name));
}

/** The request; null while something is missing that it cannot be without. */
export function bodyOf({ way, file, sentence, options }: LaserSettings): SubmitBody | null {
  const inputs = file === null ? [] : [{ role: "working" as const, asset_id: file.id }];
  if (way === "sentence") {
    return sentence.trim() === "" ? null : { prompt: sentence.trim(), workflow: "laser", inputs };
  }
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => isForWay(name, way)));
  if (way === "picture") {
    return file === null
      ? null
      : { prompt: "", workflow: "laser", inputs, options: { process: "auto", ...own } };
  }
  if (way === "text" && (typeof own.text !== "string" || own.text.trim() === "")) return null;
  // What a box shows on its lid is chosen there; letters and grids take no picture.
  return {
    prompt: "",
    workflow: "laser",
    inputs: way === "box" ? inputs : [],
    options: { ...own, process: way },
  };
}
