import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from "react";
import { useWords } from "@/i18n";
import type { Item } from "./api";
import { everything, extended, placeAfter, toggled, NOTHING, type Selection } from "./selection";
import { Tile } from "./Tile";
import { useWindowedRows } from "./useWindowedRows";
import { words } from "./words";
import { GAP } from "./windowing";

const SMALLEST_TILE = 164;
const SMALLEST_ON_PHONE = 108;

/** All items as a grid of tiles, of which only those in sight are in the document. Keys: arrows move, Space selects, with
 * Shift a range, Ctrl or Cmd + A all, Enter opens. */
export function Grid({
  items,
  ids,
  selection,
  onSelection,
  onOpen,
  onStar,
  onEnd,
}: {
  items: readonly Item[];
  ids: readonly string[];
  selection: Selection;
  onSelection: (selection: Selection) => void;
  onOpen: (id: string) => void;
  onStar: (item: Item) => void;
  onEnd: () => void;
}) {
  const t = useWords(words);
  const smallest = innerWidth < 640 ? SMALLEST_ON_PHONE : SMALLEST_TILE;
  const { grid, layout, rows, row } = useWindowedRows(items.length, smallest, onEnd);
  const { columns, side } = layout;
  const rowsInAll = Math.ceil(items.length / columns);
  const active = Math.min(selection.active, Math.max(0, items.length - 1));
  const byKey = useRef(false);
  useEffect(() => {
    if (!byKey.current) return;
    byKey.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-at="${active}"] [data-open]`)?.focus();
  }, [active, grid]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const mod = event.ctrlKey || event.metaKey;
    if (event.altKey) return;
    const rowsInSight = Math.max(1, Math.floor(innerHeight / row) - 1);
    const to = placeAfter(event.key, active, { columns, count: items.length, rowsShown: rowsInSight });
    if (to !== null && !mod) {
      byKey.current = true;
      onSelection(event.shiftKey ? extended(selection, ids, to) : { ...selection, active: to, anchor: to });
    } else if (event.key === " ") {
      onSelection(event.shiftKey ? extended(selection, ids, active) : toggled(selection, ids, active));
    } else if (mod && event.key.toLowerCase() === "a") {
      onSelection(everything(selection, ids));
    } else if (event.key === "Escape" && selection.ids.size > 0) {
      onSelection({ ...NOTHING, active, anchor: active });
    } else return;
    event.preventDefault();
  };

  // One handler for all tiles: a tile is drawn again only when it changes itself.
  const onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const at = Number(target.closest<HTMLElement>("[data-at]")?.dataset.at ?? -1);
    const item = items[at];
    if (item === undefined) return;
    if (event.shiftKey) onSelection(extended(selection, ids, at));
    else if (event.ctrlKey || event.metaKey || target.closest("[data-select]"))
      onSelection(toggled(selection, ids, at));
    else if (target.closest("[data-star]")) onStar(item);
    else {
      onSelection({ ...selection, active: at, anchor: at });
      onOpen(item.asset.id);
    }
  };

  const drawn = rowsToDraw(rows.first, Math.min(rows.end, rowsInAll), Math.floor(active / columns));
  return (
    // What can be focused are the tiles: the tab order has one of them.
    <div
      ref={grid}
      role="grid"
      tabIndex={-1}
      aria-label={t("grid")}
      aria-multiselectable="true"
      aria-rowcount={rowsInAll}
      aria-colcount={columns}
      onKeyDown={onKeyDown}
      onClick={onClick}
      className="relative outline-none"
      style={{ height: Math.max(0, rowsInAll * row - GAP) }}
    >
      {drawn.map((number) => (
        <div
          key={number}
          role="row"
          aria-rowindex={number + 1}
          className="absolute inset-x-0 top-0 flex"
          style={{ transform: `translateY(${number * row}px)`, gap: GAP }}
        >
          {items.slice(number * columns, (number + 1) * columns).map((item, column) => {
            const at = number * columns + column;
            return (
              <Tile
                key={item.asset.id}
                item={item}
                at={at}
                column={column}
                side={side}
                selected={selection.ids.has(item.asset.id)}
                active={at === active}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

/** The rows in sight, and the one where the keyboard is, so that focus is never lost by scrolling. */
function rowsToDraw(first: number, end: number, active: number): number[] {
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  return rows.includes(active) ? rows : [...rows, active];
}
