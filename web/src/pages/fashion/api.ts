import { queryOptions } from "@tanstack/react-query";
import { contentUrl } from "@/api/assets";
import { api, ask } from "@/api/client";
import { problemOf } from "@/api/problem";
import type { SlotFile } from "@/ui/work/Slot";

export interface Finding {
  code: string;
  grave: string;
  message: string;
  fix: string;
}
export interface CheckOf {
  usable: boolean;
  findings: Finding[];
}

/** These addresses take the file itself, which is stored at the server already. */
async function formOf(field: string, file: SlotFile, signal: AbortSignal): Promise<FormData> {
  const response = await fetch(contentUrl(file.id), { signal });
  if (!response.ok) throw await problemOf(response, contentUrl(file.id));
  const form = new FormData();
  form.append(field, await response.blob(), file.name || "picture");
  return form;
}

const asForm = (form: FormData) => ({
  body: form as unknown as { person: string },
  bodySerializer: (body: unknown) => body as FormData,
});

/** What a picture of a person or a garment is good for. */
export async function checkOf(
  role: "person" | "garment",
  file: SlotFile,
  signal: AbortSignal,
): Promise<CheckOf> {
  const form = await formOf(role, file, signal);
  const answer = await ask(api.POST("/api/v1/fashion/check", { ...asForm(form), signal }));
  return answer[role] as unknown as CheckOf;
}

export interface StyleAnswer {
  color_analysis: {
    best_colors: unknown[];
    colors_to_avoid: unknown[];
    season_title: string;
    reason: string;
  };
  body_analysis: { body_type: string; reason: string; best_silhouettes: unknown[] };
  style_profile: {
    current_style: string;
    recommended_styles: string[];
    worn: { piece: string; hexes: string[] }[];
  };
  fashion_recommendations: Record<string, { text: string; reason: string }[]>;
  notes: string[];
}

export async function styleOf(file: SlotFile, signal: AbortSignal): Promise<StyleAnswer> {
  const form = await formOf("person", file, signal);
  return (await ask(
    api.POST("/api/v1/fashion/style", { ...asForm(form), signal }),
  )) as unknown as StyleAnswer;
}

export interface SizeAnswer {
  size: string;
  system: string;
  labels: Record<string, string>;
  alternatives: { size: string; probability: number }[];
  reasons: string[];
  missing: string[];
  chart: string;
  source: string;
}

export interface FitAnswer {
  verdict: "excellent" | "good" | "fair" | "poor" | null;
  issues: { code: string; message: string; advice: string }[];
  style_compatibility: string;
  reason: string;
  size: SizeAnswer | null;
}

export const wardrobeQuery = queryOptions({
  queryKey: ["wardrobe"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/wardrobe", { signal })),
  select: (answer) => answer.items,
});

export interface Piece {
  id: string;
  title: string;
  category: string;
  price: string;
  owned: boolean;
}
export interface Look {
  id: string;
  pieces: Piece[];
  score: number;
  reasons: string[];
  tip: string;
  total: { text: string } | null;
}

/** A colour of an answer, however it is told: a hex, or a value with a hex and a name. */
export function colourOf(found: unknown): { hex: string; name: string } | null {
  const fields =
    typeof found === "object" && found !== null ? (found as Record<string, unknown>) : { hex: found };
  const hex = typeof fields.hex === "string" && /^#[0-9a-f]{6}$/i.test(fields.hex) ? fields.hex : null;
  return hex === null ? null : { hex, name: typeof fields.name === "string" ? fields.name : hex };
}

const TRIED = "reference_styling/virtual_tryon";

/** The try-on that is set; null while a picture is missing. */
export function tryOnBody(
  person: SlotFile | null,
  garment: SlotFile | null,
  options: Record<string, unknown>,
) {
  if (person === null || garment === null) return null;
  return {
    prompt: "",
    workflow: TRIED,
    inputs: [
      { role: "person" as const, asset_id: person.id },
      { role: "garment" as const, asset_id: garment.id },
    ],
    options,
  };
}
