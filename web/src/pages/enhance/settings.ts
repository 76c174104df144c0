// What is set on the page, kept in this browser, and the request that it makes.
import type { SubmitBody } from "@/api/types";
import { createKeptStore } from "@/lib/store";
import { readSlotFile, type SlotFile } from "@/ui/work/Slot";

export const KINDS = ["picture", "style", "clip"] as const;
export type Kind = (typeof KINDS)[number];
export type Options = Record<string, unknown>;

/** The workflow of a kind, and those of its options that are shown first. */
export const WORKFLOWS: Readonly<Record<Kind, { name: string; shown: readonly string[] }>> = {
  picture: {
    name: "image_enhancement",
    shown: ["scale", "long_side", "sharpen", "denoise", "auto_exposure", "restore", "format"],
  },
  style: { name: "style_transfer", shown: ["style", "strength"] },
  clip: { name: "video_enhancement", shown: ["scale", "fps", "slow", "style", "restore", "sharpen"] },
};

/** Ways to improve a picture for a purpose, as options. */
export const PURPOSES: Readonly<Record<"print" | "web" | "archive", Options>> = {
  // A4 at 300 dpi is 3508 pixels high.
  print: { long_side: 3508, sharpen: 0.5, auto_exposure: true, format: "jpeg" },
  web: { long_side: 1920, sharpen: 0.3, auto_exposure: true, format: "webp" },
  // Nothing is sharpened that is to be kept: noise goes, what was seen stays.
  archive: { scale: 1, sharpen: 0, denoise: 0.3, format: "png" },
};
export type Purpose = keyof typeof PURPOSES;

export interface EnhanceSettings {
  kind: Kind;
  picture: SlotFile | null;
  clip: SlotFile | null;
  /** Whose colours or texture a style takes over. */
  reference: SlotFile | null;
  options: Readonly<Record<Kind, Options>>;
}

export const EMPTY: EnhanceSettings = {
  kind: "picture",
  picture: null,
  clip: null,
  reference: null,
  options: { picture: {}, style: {}, clip: {} },
};

export function readSettings(found: unknown): EnhanceSettings {
  const fields = isFields(found) ? found : {};
  const options = isFields(fields.options) ? fields.options : {};
  const of = (kind: Kind): Options => (isFields(options[kind]) ? options[kind] : {});
  return {
    kind: KINDS.find((each) => each === fields.kind) ?? "picture",
    picture: readSlotFile(fields.picture),
    clip: readSlotFile(fields.clip),
    reference: readSlotFile(fields.reference),
    options: { picture: of("picture"), style: of("style"), clip: of("clip") },
  };
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const settingsStore = createKeptStore("bottega.enhance", readSettings);

export function fileOf({ kind, picture, clip }: EnhanceSettings): SlotFile | null {
  return kind === "clip" ? clip : picture;
}

const STYLES_AFTER_A_PICTURE: readonly unknown[] = ["colour_transfer", "texture"];

/** Whether the style that is chosen takes after another picture. */
export function takesReference({ kind, options }: EnhanceSettings): boolean {
  return kind !== "picture" && STYLES_AFTER_A_PICTURE.includes(options[kind].style);
}

/** The request; null without a file. */
export function bodyOf(settings: EnhanceSettings): SubmitBody | null {
  const file = fileOf(settings);
  if (file === null) return null;
  const like = takesReference(settings) ? settings.reference : null;
  return {
    prompt: "",
    workflow: WORKFLOWS[settings.kind].name,
    inputs: [
      { role: settings.kind === "clip" ? "clip" : "working", asset_id: file.id },
      ...(like === null ? [] : [{ role: "reference" as const, asset_id: like.id }]),
    ],
    options: settings.options[settings.kind],
  };
}

export const PREVIEW_SECONDS = 2;

/** The same for the first seconds of a clip. */
export function previewOf(body: SubmitBody): SubmitBody {
  return { ...body, options: { ...body.options, preview: `${PREVIEW_SECONDS}s` } };
}

/** The purpose whose options these are; null for any others. */
export function purposeOf(options: Options): Purpose | null {
  const same = (wanted: Options): boolean =>
    Object.keys(wanted).length === Object.keys(options).length &&
    Object.entries(wanted).every(([name, value]) => options[name] === value);
  return (Object.keys(PURPOSES) as Purpose[]).find((purpose) => same(PURPOSES[purpose])) ?? null;
}
