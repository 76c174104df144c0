import { useId } from "react";
import { Legend } from "./Columns";
import { useWidth } from "./useWidth";

export interface BarPart {
  name: string;
  colour: string;
  value: number;
}

export interface Bar {
  label: string;
  /** What stands at the end of the bar. */
  text: string;
  parts: readonly BarPart[];
  /** A thin mark at this value, a percentile for instance. */
  mark?: number;
}

const ROW = 46;
const THICK = 14;
/** Pixels of a letter of a label at its mean: Cyrillic in a wide system font. */
const WIDEST_LETTER = 8.8;

/** Horizontal bars with their names above them; parts of a bar stand one after the other. `most`: the value of a full
 * width, by default the longest bar. */
export function Bars({
  title,
  summary,
  bars,
  most,
}: {
  title: string;
  summary: string;
  bars: readonly Bar[];
  most?: number;
}) {
  const id = useId();
  const [frame, width] = useWidth<HTMLDivElement>();
  const length = (bar: Bar): number => bar.parts.reduce((sum, part) => sum + part.value, 0);
  const full = most ?? Math.max(0, ...bars.map((bar) => Math.max(length(bar), bar.mark ?? 0)));
  const x = (value: number): number => (full > 0 ? (value / full) * width : 0);
  const names = [...new Map(bars.flatMap((bar) => bar.parts).map((part) => [part.name, part])).values()];
  return (
    <div ref={frame} className="min-w-0">
      <Legend series={names} />
      <svg
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        width={width}
        height={bars.length * ROW}
        viewBox={`0 0 ${width} ${bars.length * ROW}`}
        className="block max-w-full text-sm"
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{summary}</desc>
        {bars.map((bar, at) => (
          <g key={bar.label} transform={`translate(0 ${at * ROW})`}>
            <title>{[bar.label, ...bar.parts.map((part) => `${part.name}: ${part.value}`)].join("\n")}</title>
            <text x={0} y={16} fill="var(--ink)">
              {shortened(bar.label, width - WIDEST_LETTER * (bar.text.length + 1))}
            </text>
            <text x={width} y={16} textAnchor="end" fill="var(--muted)" className="tabular-nums">
              {bar.text}
            </text>
            <rect x={0} y={23} width={width} height={THICK} rx={3} fill="var(--sunk)" />
            <Parts parts={bar.parts} x={x} />
            {bar.mark !== undefined && (
              <rect
                x={Math.max(0, x(bar.mark) - 2)}
                y={20}
                width={2.5}
                height={THICK + 6}
                fill="var(--ink)"
              />
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}

function Parts({ parts, x }: { parts: readonly BarPart[]; x: (value: number) => number }) {
  const starts = parts.map((_, at) => parts.slice(0, at).reduce((sum, part) => sum + part.value, 0));
  return parts.map((part, at) => (
    <rect
      key={part.name}
      x={x(starts[at] ?? 0)}
      y={23}
      width={x(part.value)}
      height={THICK}
      rx={parts.length === 1 ? 3 : 0}
      style={{ fill: part.colour }}
    />
  ));
}

/** Text of an SVG does not wrap: names too long lose their middle; vendor and version stand at the ends. */
function shortened(text: string, room: number): string {
  const most = Math.max(8, Math.floor(room / WIDEST_LETTER));
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(text.length - half)}`;
}
