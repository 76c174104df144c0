import { formatUsd } from "@/lib/format";

/** What of a cap is spent and held, as a bar; the figures stand beside it in words. Micro-dollars. */
export function Meter({
  label,
  spent,
  held,
  cap,
  language,
}: {
  label: string;
  spent: number;
  held: number;
  cap: number;
  language: string;
}) {
  const share = (amount: number): number => (cap === 0 ? 100 : Math.min(100, (100 * amount) / cap));
  const used = share(spent + held);
  const tone = used >= 100 ? "bg-bad" : used >= 80 ? "bg-warn" : "bg-accent";
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(used)}
      aria-valuetext={`${formatUsd(spent + held, language)} / ${formatUsd(cap, language)}`}
      className="flex h-2.5 w-full overflow-hidden rounded-full bg-sunk ring-1 ring-line"
    >
      <span className={tone} style={{ width: `${share(spent)}%` }} />
      <span className={`${tone} opacity-50`} style={{ width: `${used - share(spent)}%` }} />
    </div>
  );
}
