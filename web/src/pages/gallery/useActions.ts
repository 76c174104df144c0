import { useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useWords } from "@/i18n";
import { addPictures, draftStore, startFrom } from "@/lib/draft";
import { showToast } from "@/lib/toasts";
import { pictureOf, roleFor } from "@/lib/uploads";
import {
  addToBoard,
  changeItems,
  forgetOtherLists,
  galleryQuery,
  restoreAssets,
  starAssets,
  takeOffBoard,
  trashAssets,
  type Board,
  type Item,
  type Page,
} from "./api";
import type { GalleryFilter } from "./filter";
import { words } from "./words";

export interface Actions {
  star: (items: readonly Item[], starred: boolean) => void;
  trash: (items: readonly Item[]) => void;
  restore: (items: readonly Item[]) => void;
  addTo: (board: Board, items: readonly Item[]) => void;
  takeOff: (board: Board, items: readonly Item[]) => void;
  use: (items: readonly Item[]) => void;
  /** What went wrong last; what was shown in advance has been taken back. */
  error: unknown;
  forget: () => void;
}

/** What can be done with assets. It is shown at once; when the server refuses, the list becomes what it was. */
export function useActions(filter: GalleryFilter): Actions {
  const t = useWords(words);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const key = galleryQuery(filter).queryKey;
  const idsOf = (items: readonly Item[]): string[] => items.map((item) => item.asset.id);

  const shown = async (
    items: readonly Item[],
    change: (item: Item) => Item | null,
    act: () => Promise<void>,
  ): Promise<(() => void) | null> => {
    const before = queries.getQueryData<InfiniteData<Page, string | null>>(key);
    const back = (): void => void queries.setQueryData(key, before);
    setError(null);
    changeItems(queries, idsOf(items), change);
    try {
      await act();
      forgetOtherLists(queries);
      void queries.invalidateQueries({ queryKey: ["gallery", "newest"] });
      return back;
    } catch (problem) {
      back();
      setError(problem);
      return null;
    }
  };

  const restore = async (items: readonly Item[], back?: () => void): Promise<void> => {
    const done = await shown(items, back ? (item) => item : () => null, () => restoreAssets(idsOf(items)));
    if (done === null) return;
    back?.();
    showToast(t("restored", { count: items.length }), { tone: "good" });
  };

  const trash = async (items: readonly Item[]): Promise<void> => {
    const back = await shown(
      items,
      () => null,
      () => trashAssets(idsOf(items)),
    );
    if (back === null) return;
    showToast(t("trashed", { count: items.length }), {
      action: { label: t("undo"), act: () => void restore(items, back) },
    });
  };

  const onBoard = async (board: Board, items: readonly Item[], on: boolean): Promise<void> => {
    const leaves = !on && filter.board === board.id;
    const done = await shown(
      items,
      (item) => (leaves ? null : item),
      () => (on ? addToBoard : takeOffBoard)(board.id, idsOf(items)),
    );
    if (done === null) return;
    showToast(t(on ? "board.added" : "board.takenOff", { count: items.length, board: board.name }), {
      tone: "good",
    });
  };

  return {
    star: (items, starred) =>
      void shown(
        items,
        (item) => (filter.starred && !starred ? null : { ...item, starred }),
        () => starAssets(idsOf(items), starred),
      ),
    trash: (items) => void trash(items),
    restore: (items) => void restore(items),
    addTo: (board, items) => void onBoard(board, items, true),
    takeOff: (board, items) => void onBoard(board, items, false),
    use: (items) => {
      const usable = items.filter((item) => item.media !== "document");
      const [first, ...others] = usable;
      if (first === undefined) return;
      startFrom(pictureOf(first.asset, roleFor(first.asset.media.media_type, [])));
      for (const { asset } of others) {
        addPictures([pictureOf(asset, roleFor(asset.media.media_type, draftStore.get().pictures))]);
      }
      showToast(t("use.done", { count: usable.length }), { tone: "good" });
      void navigate("/");
    },
    error,
    forget: () => setError(null),
  };
}
