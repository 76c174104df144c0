// Selecting many, as file managers do it. Pure: places are positions in the list, what is selected are ids.

export interface Selection {
  ids: ReadonlySet<string>;
  /** Where the keyboard is. */
  active: number;
  /** Where a range begins. */
  anchor: number;
}

export const NOTHING: Selection = { ids: new Set(), active: 0, anchor: 0 };

export function toggled(now: Selection, all: readonly string[], at: number): Selection {
  const id = all[at];
  if (id === undefined) return now;
  const ids = new Set(now.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, active: at, anchor: at };
}

/** From the anchor to `at`; what was selected elsewhere stays. */
export function extended(now: Selection, all: readonly string[], at: number): Selection {
  const [from, to] = [Math.min(now.anchor, at), Math.max(now.anchor, at)];
  return { ids: new Set([...now.ids, ...all.slice(from, to + 1)]), active: at, anchor: now.anchor };
}

export function everything(now: Selection, all: readonly string[]): Selection {
  return { ...now, ids: new Set(all) };
}

/** Where a key leads in a grid of `columns`; null for a key that leads nowhere. */
export function placeAfter(
  key: string,
  at: number,
  { columns, count, rowsShown }: { columns: number; count: number; rowsShown: number },
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    PageUp: at - columns * rowsShown,
    PageDown: at + columns * rowsShown,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  if (to === undefined || count === 0) return null;
  // Above the first row and below the last one there is nothing: single steps stay where they are.
  if (to < 0 || to >= count) {
    if (key.startsWith("Arrow")) return at;
    return Math.max(0, Math.min(count - 1, to));
  }
  return to;
}
