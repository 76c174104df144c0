// A body's measurements and how clothes are to sit. They stay in this browser; a question for a size carries them.
import { createKeptStore } from "@/lib/store";

export const MEASURES = ["bust", "waist", "hips", "height", "foot_length"] as const;
export const MADE_FOR = ["women", "men", "unisex"] as const;
export const FITS = ["fitted", "regular", "loose"] as const;

export interface Measures {
  /** Centimetres, as written. */
  lengths: Partial<Record<(typeof MEASURES)[number], string>>;
  madeFor: (typeof MADE_FOR)[number];
  fit: (typeof FITS)[number];
  usual: string;
}

export function readMeasures(found: unknown): Measures {
  const fields = isFields(found) ? found : {};
  const lengths = isFields(fields.lengths) ? fields.lengths : {};
  return {
    lengths: Object.fromEntries(
      MEASURES.flatMap((name) => (typeof lengths[name] === "string" ? [[name, lengths[name]]] : [])),
    ),
    madeFor: MADE_FOR.find((each) => each === fields.madeFor) ?? "women",
    fit: FITS.find((each) => each === fields.fit) ?? "regular",
    usual: typeof fields.usual === "string" ? fields.usual : "",
  };
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const measuresStore = createKeptStore("bottega.measures", readMeasures);

/** What goes with a question for a size. */
export function sizeQuestion({ lengths, madeFor, fit, usual }: Measures) {
  return {
    measurements: Object.fromEntries(Object.entries(lengths).filter(([, text]) => text.trim() !== "")),
    unit: "cm" as const,
    made_for: madeFor,
    fit,
    ...(usual.trim() !== "" && { usual_size: usual.trim() }),
  };
}
