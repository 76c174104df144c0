// Which rows of a long grid are in the document: those in the window, and some above and below. Pure.

export interface Layout {
  columns: number;
  /** Side of a tile, pixels. */
  side: number;
}

export const GAP = 8;

/** As many columns of at least `smallest` pixels as fit, at least `fewest`; tiles are square. */
export function layoutOf(width: number, smallest: number, fewest = 2): Layout {
  const columns = Math.max(fewest, Math.floor((width + GAP) / (smallest + GAP)));
  return { columns, side: Math.max(1, (width - GAP * (columns - 1)) / columns) };
}

export interface Rows {
  first: number;
  /** Not included. */
  end: number;
}

/** Rows to draw, given how far the top of the grid is above the top of the window. */
export function rowsShown(above: number, height: number, row: number, count: number, spare: number): Rows {
  const first = Math.floor(above / row) - spare;
  const end = Math.ceil((above + height) / row) + spare;
  return { first: clamped(first, count), end: clamped(end, count) };
}

function clamped(row: number, count: number): number {
  return Math.max(0, Math.min(count, row));
}
