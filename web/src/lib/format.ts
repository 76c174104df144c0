// Amounts, times and sizes as people read them.
import type { Price } from "@/api/types";

const MICRO = 1_000_000;

/** Micro-dollars as dollars: at least two decimals, all that are needed, never rounded. */
export function formatUsd(amount: number, language = "en"): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  }).format(amount / MICRO);
}

/** `free`, or one amount, or a range. */
export function formatPrice(price: Pick<Price, "low" | "high">, language: string, free: string): string {
  if (price.high === 0) return free;
  if (price.low === price.high) return formatUsd(price.high, language);
  return `${formatUsd(price.low, language)} – ${formatUsd(price.high, language)}`;
}

export function formatSeconds(seconds: number, language = "en"): string {
  const unit = (value: number, name: string, digits: number): string =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    }).format(value);
  if (seconds < 1) return unit(seconds, "second", 2);
  if (seconds < 90) return unit(seconds, "second", 1);
  if (seconds < 5400) return unit(seconds / 60, "minute", 0);
  return unit(seconds / 3600, "hour", 1);
}

export function formatBytes(bytes: number, language = "en"): string {
  const names = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(names.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: names[step] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}

/** Of seconds since the Unix epoch: `5 minutes ago`, beyond a week the date. */
export function formatWhen(at: number, language = "en", now = Date.now() / 1000): string {
  const ago = Math.max(0, now - at);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (ago < 45) return relative.format(0, "second");
  if (ago < 3570) return relative.format(-Math.max(1, Math.round(ago / 60)), "minute");
  if (ago < 79_200) return relative.format(-Math.max(1, Math.round(ago / 3600)), "hour");
  if (ago < 604_800) return relative.format(-Math.max(1, Math.round(ago / 86_400)), "day");
  return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(at * 1000);
}

/** Of seconds since the Unix epoch: date and time in full. */
export function formatMoment(at: number, language = "en"): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(at * 1000);
}

/** `width_mm` and `image_to_video` as words. */
export function humanise(name: string): string {
  const words = name.replace(/[_/.-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const UNITS: Readonly<Record<string, string>> = {
  mm: "mm",
  mm_min: "mm/min",
  j_mm2: "J/mm²",
  percent: "%",
  s: "s",
  usd: "$",
  c: "°C",
};

/** A name of an option or a figure without its unit, and the unit: `bed_width_mm` -> `bed_width`, `mm`. */
export function stemOf(name: string): { stem: string; unit: string | undefined } {
  const match = /^(.+?)_(mm_min|j_mm2|mm|percent|s|usd|c)$/.exec(name);
  return { stem: match?.[1] ?? name, unit: UNITS[match?.[2] ?? ""] };
}

/** The name of an option or a figure as people write it: `bed_width_mm` -> `Bed width (mm)`. */
export function fieldTitle(name: string): string {
  const { stem, unit } = stemOf(name);
  return humanise(stem) + (unit === undefined ? "" : ` (${unit})`);
}
