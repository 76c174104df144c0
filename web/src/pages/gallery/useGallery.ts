import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { galleryQuery, newestQuery, type Item } from "./api";
import type { GalleryFilter } from "./filter";

export interface GalleryList {
  items: readonly Item[];
  ids: readonly string[];
  isPending: boolean;
  /** The list shown is still that of the filter before. */
  isOld: boolean;
  error: unknown;
  hasMore: boolean;
  isFetchingMore: boolean;
  /** The page after the last one could not be had. */
  moreFailed: boolean;
  more: () => void;
  again: () => void;
  /** Something newer is there than what is shown. */
  hasNews: boolean;
  showNews: () => void;
}

/** The list of a filter, page by page, and whether there is something new at its top. */
export function useGallery(filter: GalleryFilter): GalleryList {
  const queries = useQueryClient();
  const list = useInfiniteQuery({ ...galleryQuery(filter), placeholderData: keepPreviousData });
  const top = list.data?.pages[0]?.items[0]?.asset.id ?? null;
  const newest = useQuery({
    ...newestQuery(filter),
    enabled: list.isSuccess,
    // What the list has just said is not asked for again while its pictures load.
    ...(list.isSuccess &&
      !list.isPlaceholderData && { initialData: top, initialDataUpdatedAt: list.dataUpdatedAt }),
  });
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const ids = useMemo(() => items.map((item) => item.asset.id), [items]);
  const known = useMemo(() => new Set(ids), [ids]);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const id = newest.data ?? null;
  return {
    items,
    ids,
    isPending: list.isPending,
    isOld: list.isPlaceholderData,
    error: list.data === undefined ? list.error : null,
    hasMore: hasNextPage,
    isFetchingMore: isFetchingNextPage,
    moreFailed: isFetchNextPageError,
    more,
    again: () => void list.refetch(),
    hasNews: id !== null && !newest.isFetching && !list.isFetching && !known.has(id),
    showNews: () => {
      scrollTo({ top: 0 });
      void queries.resetQueries({ queryKey: galleryQuery(filter).queryKey });
    },
  };
}
