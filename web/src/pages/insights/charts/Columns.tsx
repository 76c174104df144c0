import { useId } from "react";
import { axisFor, labelStride } from "./scale";
import { useWidth } from "./useWidth";

export interface ColumnSeries {
  name: string;
  colour: string;
  values: readonly number[];
}

const HEIGHT = 220;
const LEFT = 64;
const BOTTOM = 26;
const TOP = 8;

/** Stacked columns, one for each label. The table beside it has the same figures. */
export function Columns({
  title,
  summary,
  labels,
  series,
  format,
}: {
  title: string;
  summary: string;
  labels: readonly string[];
  series: readonly ColumnSeries[];
  format: (value: number) => string;
}) {
  const id = useId();
  const [frame, width] = useWidth<HTMLDivElement>();
  const totals = labels.map((_, at) => series.reduce((sum, each) => sum + (each.values[at] ?? 0), 0));
  const axis = axisFor(Math.max(0, ...totals));
  const plot = Math.max(1, width - LEFT);
  const step = plot / Math.max(1, labels.length);
  const bar = Math.max(1, Math.min(48, step * 0.72));
  const y = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / axis.top);
  const stride = labelStride(labels.length, plot);
  return (
    <div ref={frame} className="min-w-0">
      <Legend series={series} />
      <svg
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        className="block max-w-full text-xs text-muted"
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{summary}</desc>
        {axis.ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
            <text x={LEFT - 8} y={y(tick)} dy="0.32em" textAnchor="end" fill="currentColor">
              {format(tick)}
            </text>
          </g>
        ))}
        {labels.map((label, at) => {
          const x = LEFT + step * at + (step - bar) / 2;
          return (
            <g key={label}>
              <title>{tip(label, series, at, format)}</title>
              <rect
                x={LEFT + step * at}
                y={TOP}
                width={step}
                height={HEIGHT - TOP - BOTTOM}
                fill="transparent"
              />
              {stacked(series, at).map(({ name, colour, from, to }) => (
                <rect
                  key={name}
                  x={x}
                  y={y(to)}
                  width={bar}
                  height={Math.max(0, y(from) - y(to))}
                  style={{ fill: colour }}
                />
              ))}
              {at % stride === 0 && (
                <text x={x + bar / 2} y={HEIGHT - 8} textAnchor="middle" fill="currentColor">
                  {label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function stacked(
  series: readonly ColumnSeries[],
  at: number,
): { name: string; colour: string; from: number; to: number }[] {
  let from = 0;
  return series.flatMap(({ name, colour, values }) => {
    const value = values[at] ?? 0;
    const piece = { name, colour, from, to: from + value };
    from += value;
    return value > 0 ? [piece] : [];
  });
}

function tip(
  label: string,
  series: readonly ColumnSeries[],
  at: number,
  format: (value: number) => string,
): string {
  const lines = series
    .filter((each) => (each.values[at] ?? 0) > 0)
    .map((each) => `${each.name}: ${format(each.values[at] ?? 0)}`);
  return [label, ...(lines.length > 0 ? lines : [format(0)])].join("\n");
}

/** What the colours mean; nothing where there is one. */
export function Legend({ series }: { series: readonly { name: string; colour: string }[] }) {
  if (series.length < 2) return null;
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {series.map(({ name, colour }) => (
        <li key={name} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="size-3 rounded-sm" style={{ background: colour }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
