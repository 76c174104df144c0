// What the gallery asks of the server. Pages are kept by cursor; changes are written into the pages that are here, so that a
// list of thousands is not fetched again.
import {
  infiniteQueryOptions,
  queryOptions,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { components } from "@/api/schema";
import type { Answer } from "@/api/types";
import type { GalleryFilter } from "./filter";

type Schemas = components["schemas"];
export type Item = Answer<Schemas["GalleryAnswer"]>;
export type Board = Answer<Schemas["Board"]>;
export type Page = Answer<Schemas["GalleryList"]>;

const PAGE = 100;
const NEWS_MILLISECONDS = 15_000;
/** The server takes so many ids at once. */
export const MOST_AT_ONCE = 200;

export function galleryQuery(filter: GalleryFilter) {
  return infiniteQueryOptions({
    queryKey: ["gallery", "list", filter],
    queryFn: ({ signal, pageParam }) => page(filter, pageParam, PAGE, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    // Asked for again from the top when something new is there (see `newestQuery`), never page after page.
    staleTime: Infinity,
  });
}

/** The newest asset alone: whether there is something that is not shown yet. */
export function newestQuery(filter: GalleryFilter) {
  return queryOptions({
    queryKey: ["gallery", "newest", filter],
    queryFn: async ({ signal }) => (await page(filter, null, 1, signal)).items[0]?.asset.id ?? null,
    staleTime: NEWS_MILLISECONDS,
    refetchInterval: NEWS_MILLISECONDS,
  });
}

function page(
  filter: GalleryFilter,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<Page> {
  const given = Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== null && value !== ""),
  );
  const query = { ...given, limit, ...(cursor !== null && { cursor }) };
  return ask(api.GET("/api/v1/gallery", { params: { query }, signal }));
}

export const facetsQuery = queryOptions({
  queryKey: ["gallery", "facets"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/gallery/facets", { signal })),
  staleTime: 60_000,
});

export const boardsQuery = queryOptions({
  queryKey: ["boards"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/boards", { signal })),
  select: (answer) => answer.boards,
});

export function starAssets(ids: readonly string[], starred: boolean): Promise<void> {
  return inBites(ids, (asset_ids) => ask(api.POST("/api/v1/gallery/star", { body: { asset_ids, starred } })));
}

export function trashAssets(ids: readonly string[]): Promise<void> {
  return inBites(ids, (asset_ids) => ask(api.POST("/api/v1/gallery/trash", { body: { asset_ids } })));
}

export function restoreAssets(ids: readonly string[]): Promise<void> {
  return inBites(ids, (asset_ids) => ask(api.POST("/api/v1/gallery/restore", { body: { asset_ids } })));
}

export function addToBoard(board: string, ids: readonly string[]): Promise<void> {
  const params = { path: { board_id: board } };
  return inBites(ids, (asset_ids) =>
    ask(api.POST("/api/v1/boards/{board_id}/assets", { params, body: { asset_ids } })),
  );
}

export function takeOffBoard(board: string, ids: readonly string[]): Promise<void> {
  const params = { path: { board_id: board } };
  return inBites(ids, (asset_ids) =>
    ask(api.POST("/api/v1/boards/{board_id}/assets/remove", { params, body: { asset_ids } })),
  );
}

export function createBoard(name: string): Promise<Board> {
  return ask(api.POST("/api/v1/boards", { body: { name } }));
}

export function renameBoard(board: string, name: string): Promise<Board> {
  return ask(
    api.PATCH("/api/v1/boards/{board_id}", { params: { path: { board_id: board } }, body: { name } }),
  );
}

export async function removeBoard(board: string): Promise<void> {
  await ask(api.DELETE("/api/v1/boards/{board_id}", { params: { path: { board_id: board } } }));
}

async function inBites(ids: readonly string[], act: (bite: string[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < ids.length; at += MOST_AT_ONCE) await act(ids.slice(at, at + MOST_AT_ONCE));
}

/** Change items in every list that is kept; null takes them out of it. */
export function changeItems(
  queries: QueryClient,
  ids: readonly string[],
  change: (item: Item) => Item | null,
): void {
  const wanted = new Set(ids);
  queries.setQueriesData<InfiniteData<Page, string | null>>({ queryKey: ["gallery", "list"] }, (data) => {
    if (data === undefined) return undefined;
    const pages = data.pages.map((each) =>
      each.items.some((item) => wanted.has(item.asset.id))
        ? {
            ...each,
            items: each.items.flatMap((item) => (wanted.has(item.asset.id) ? (change(item) ?? []) : [item])),
          }
        : each,
    );
    return { ...data, pages };
  });
}

/** Lists other than the one shown are asked for anew when they are opened. */
export function forgetOtherLists(queries: QueryClient): void {
  queries.removeQueries({ queryKey: ["gallery", "list"], type: "inactive" });
  void queries.invalidateQueries({ queryKey: ["boards"] });
}
