// Axes: round steps, and which labels have room. Plain numbers; drawing is left to the charts.

export interface Axis {
  /** The highest value on the axis, at least the highest of the data. */
  top: number;
  /** From 0 to `top`, evenly. */
  ticks: number[];
}

const ROUND = [1, 2, 2.5, 5, 10];

/** An axis from 0 in about `count` round steps (1, 2, 2.5, 5 times a power of ten). */
export function axisFor(highest: number, count = 4): Axis {
  if (!(highest > 0)) return { top: 1, ticks: [0, 1] };
  const rough = highest / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (ROUND.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
  return { top: ticks[steps] ?? step, ticks };
}

/** Every how many labels one is written, so that each has `room` pixels. */
export function labelStride(count: number, width: number, room = 56): number {
  return Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / room))));
}

/** The largest `most` series; the others become one, `rest`. Series are kept in the order of their sums. */
export function withRest(
  series: readonly { name: string; values: readonly number[] }[],
  most: number,
  rest: string,
): { name: string; values: readonly number[] }[] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const sorted = series.toSorted((a, b) => sum(b.values) - sum(a.values));
  if (sorted.length <= most) return sorted;
  const others = sorted.slice(most - 1);
  const length = others[0]?.values.length ?? 0;
  const values = Array.from({ length }, (_, at) => sum(others.map((each) => each.values[at] ?? 0)));
  return [...sorted.slice(0, most - 1), { name: rest, values }];
}
