import { useLanguage, useWords } from "@/i18n";
import type { SizeAnswer } from "./api";
import { words } from "./words";

/** A size with its names elsewhere, how likely it and its neighbours are, and why. */
export function SizeAdvice({ found }: { found: SizeAnswer }) {
  const t = useWords(words);
  const language = useLanguage();
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  return (
    <>
      <p className="font-display text-4xl">
        {found.system} {found.size}
      </p>
      <p className="text-sm text-muted">
        {Object.entries(found.labels)
          .map(([system, label]) => `${system} ${label}`)
          .join(" · ")}
      </p>
      <ul className="my-3 flex flex-col gap-1 text-sm">
        {found.alternatives.map(({ size, probability }) => (
          <li key={size} className="flex items-center gap-2">
            <span className="w-10">{size}</span>
            <progress aria-label={size} max={1} value={probability} className="h-2 flex-1 accent-accent" />
            <span className="w-14 text-right tabular-nums">{percent.format(probability)}</span>
          </li>
        ))}
      </ul>
      <ul className="list-disc pl-5 text-sm">
        {found.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {found.missing.length > 0 && (
        <p className="mt-2 text-sm text-warn">{t("size.missing", { names: found.missing.join(", ") })}</p>
      )}
      <p className="mt-2 text-sm text-muted">
        {found.chart}. {found.source}
      </p>
    </>
  );
}
