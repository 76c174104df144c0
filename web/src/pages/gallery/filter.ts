// What is looked for, as the address of the page holds it: a view can be shared, and Back returns to it.

export interface GalleryFilter {
  q: string;
  workflow: string;
  model: string;
  kind: "upload" | "result" | null;
  media: "picture" | "clip" | "document" | null;
  /** Seconds since the Unix epoch; `since` is included, `until` is not. */
  since: number | null;
  until: number | null;
  starred: true | null;
  board: string | null;
  deleted: true | null;
}

const KINDS = ["upload", "result"] as const;
export const MEDIA = ["picture", "clip", "document"] as const;
/** Names in the address that are part of the filter. */
export const NAMES = [
  "q",
  "workflow",
  "model",
  "kind",
  "media",
  "from",
  "to",
  "starred",
  "board",
  "trash",
] as const;
export type Name = (typeof NAMES)[number];

export function filterOf(search: URLSearchParams): GalleryFilter {
  const text = (name: Name): string => search.get(name) ?? "";
  return {
    q: text("q"),
    workflow: text("workflow"),
    model: text("model"),
    kind: KINDS.find((each) => each === text("kind")) ?? null,
    media: MEDIA.find((each) => each === text("media")) ?? null,
    since: startOf(text("from"), 0),
    until: startOf(text("to"), 1),
    starred: text("starred") === "1" ? true : null,
    board: text("board") || null,
    deleted: text("trash") === "1" ? true : null,
  };
}

/** The beginning of a day such as `2026-11-21` in the browser's time zone, `later` days after it; null for no day. */
function startOf(day: string, later: number): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (parts === null) return null;
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
  return new Date(year, month - 1, date + later).getTime() / 1000;
}

/** Whether something besides the place (board, trash) narrows the list. */
export function isNarrowed(filter: GalleryFilter): boolean {
  const { q, workflow, model, kind, media, since, until, starred } = filter;
  return (
    q !== "" ||
    workflow !== "" ||
    model !== "" ||
    [kind, media, since, until, starred].some((v) => v !== null)
  );
}
