// The way of the head as the server tells it (`toolpath.json`), put into the order in which the machine goes it.

export type Point = readonly [number, number];

export interface Toolpath {
  width_mm: number;
  height_mm: number;
  start: Point;
  /** Of long jobs only every so many rows are there. */
  kept_every: number;
  paths: { operation: string; closed: boolean; points: Point[] }[];
  travels: readonly (readonly [number, number, number, number])[];
}

export interface Move {
  points: readonly Point[];
  burns: boolean;
  operation: string;
  /** mm gone before this move, and at its end. */
  from: number;
  to: number;
}

export function readToolpath(found: Record<string, unknown>): Toolpath | null {
  const { width_mm, height_mm, paths, travels } = found;
  if (typeof width_mm !== "number" || typeof height_mm !== "number") return null;
  if (!Array.isArray(paths) || !Array.isArray(travels)) return null;
  return {
    width_mm,
    height_mm,
    start: (found.start ?? [0, height_mm]) as Point,
    kept_every: typeof found.kept_every === "number" ? found.kept_every : 1,
    paths: paths as Toolpath["paths"],
    travels: travels as Toolpath["travels"],
  };
}

/** Burns and travels are each in order; which comes next is the one that begins where the head is. */
export function orderedMoves(way: Toolpath): Move[] {
  const moves: Move[] = [];
  let [head, gone, burn, travel] = [way.start, 0, 0, 0];
  while (burn < way.paths.length || travel < way.travels.length) {
    const path = way.paths[burn];
    const hop = way.travels[travel];
    const burns =
      hop === undefined ||
      (path !== undefined && distance(head, first(path)) < distance(head, [hop[0], hop[1]]));
    const points: Point[] =
      burns && path !== undefined
        ? lineOf(path)
        : hop === undefined
          ? []
          : [
              [hop[0], hop[1]],
              [hop[2], hop[3]],
            ];
    const to = gone + lengthOf(points);
    moves.push({ points, burns, operation: burns ? (path?.operation ?? "") : "travel", from: gone, to });
    head = points.at(-1) ?? head;
    gone = to;
    if (burns) burn += 1;
    else travel += 1;
  }
  return moves;
}

/** The points of a move as far as `reached` mm of the whole way. */
export function partOf(move: Move, reached: number): Point[] {
  if (reached >= move.to) return [...move.points];
  let left = reached - move.from;
  const part: Point[] = [];
  for (const point of move.points) {
    const last = part.at(-1);
    const step = last === undefined ? 0 : distance(last, point);
    if (last !== undefined && step > left) {
      const share = step === 0 ? 0 : Math.max(0, left) / step;
      part.push([last[0] + (point[0] - last[0]) * share, last[1] + (point[1] - last[1]) * share]);
      return part;
    }
    left -= step;
    part.push(point);
  }
  return part;
}

function first(path: Toolpath["paths"][number]): Point {
  return path.points[0] ?? [0, 0];
}

function lineOf({ points, closed }: Toolpath["paths"][number]): Point[] {
  const [start] = points;
  return closed && start !== undefined ? [...points, start] : [...points];
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce((sum, point, at) => sum + distance(points[at - 1] ?? point, point), 0);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
