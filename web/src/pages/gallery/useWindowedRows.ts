import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { layoutOf, rowsShown, GAP, type Layout, type Rows } from "./windowing";

const SPARE_ROWS = 3;

/** A grid that scrolls with the page: its layout, and the rows that have to be drawn. They change when a row comes into
 * sight, not with every pixel. `onEnd` is called while the end is less than two windows away. */
export function useWindowedRows(
  count: number,
  smallest: number,
  onEnd: () => void,
): { grid: RefObject<HTMLDivElement | null>; layout: Layout; rows: Rows; row: number } {
  const grid = useRef<HTMLDivElement>(null);
  const [layout, setLayout] = useState<Layout>(() => layoutOf(Math.min(innerWidth, 1200), smallest));
  const row = layout.side + GAP;
  // None until the grid's place is known: a picture that is drawn is asked for, in sight or not.
  const [rows, setRows] = useState<Rows>({ first: 0, end: 0 });
  const look = useEffectEvent(() => {
    const element = grid.current;
    if (element === null) return;
    const above = -element.getBoundingClientRect().top;
    const rowsInAll = Math.ceil(count / layout.columns);
    const next = rowsShown(above, innerHeight, row, rowsInAll, SPARE_ROWS);
    setRows((now) => (now.first === next.first && now.end === next.end ? now : next));
    if (rowsInAll * row - (above + innerHeight) < 2 * innerHeight) onEnd();
  });
  const measure = useEffectEvent(() => {
    const width = grid.current?.clientWidth ?? 0;
    if (width === 0) return;
    const next = layoutOf(width, smallest);
    setLayout((now) => (now.columns === next.columns && now.side === next.side ? now : next));
  });
  const begin = useEffectEvent(() => {
    measure();
    const { width, top } = grid.current?.getBoundingClientRect() ?? new DOMRect();
    const first = width === 0 ? layout : layoutOf(width, smallest);
    setRows(rowsShown(-top, innerHeight, first.side + GAP, Math.ceil(count / first.columns), 0));
  });
  // The first layout was made from the window's width, without the page's margins: it is put right before anyone sees it,
  // with the rows in sight alone, so that their pictures are asked for before those of the spare rows.
  useLayoutEffect(() => begin(), []);
  useEffect(() => {
    let asked = 0;
    const later = (): void => {
      if (asked === 0)
        asked = requestAnimationFrame(() => {
          asked = 0;
          look();
        });
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(() => measure());
    if (grid.current !== null) observer?.observe(grid.current);
    return () => {
      cancelAnimationFrame(asked);
      removeEventListener("scroll", later);
      removeEventListener("resize", later);
      observer?.disconnect();
    };
  }, []);
  // A longer list, or another layout, shows other rows although nothing was scrolled. With the next picture: what is in
  // sight is drawn, and its pictures are asked for, before the spare rows.
  useEffect(() => {
    const asked = requestAnimationFrame(() => look());
    return () => cancelAnimationFrame(asked);
  }, [count, layout, onEnd]);
  return { grid, layout, rows, row };
}
