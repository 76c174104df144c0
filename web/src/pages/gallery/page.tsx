import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useTitle } from "@/lib/hooks";
import { useHotkey } from "@/lib/hotkeys";
import { Button, ButtonLink } from "@/ui/Button";
import { ProblemNote } from "@/ui/ProblemNote";
import { EmptyState, Loading, PageHead } from "@/ui/Surface";
import { boardsQuery, type Board, type Item } from "./api";
import { BoardDialog, type BoardTask } from "./BoardDialog";
import { filterOf, isNarrowed, type GalleryFilter, type Name } from "./filter";
import { Filters } from "./Filters";
import { Grid } from "./Grid";
import { Lightbox } from "./Lightbox";
import { Places } from "./Places";
import { NOTHING, type Selection } from "./selection";
import { SelectionBar } from "./SelectionBar";
import { useActions } from "./useActions";
import { useGallery } from "./useGallery";
import { words } from "./words";

/** Uploads and results: found, looked at, sorted onto boards, used again. The address holds what is looked for. */
export default function GalleryPage() {
  const [search] = useSearchParams();
  // Another place is another list: selection and keyboard begin anew.
  const place = `${search.get("board") ?? ""} ${search.get("trash") ?? ""}`;
  return <GalleryView key={place} />;
}

function GalleryView() {
  const t = useWords(words);
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const filter = useMemo(() => filterOf(new URLSearchParams(text)), [text]);
  const boards = useQuery(boardsQuery).data ?? [];
  const board = boards.find((each) => each.id === filter.board);
  const [task, setTask] = useState<BoardTask | null>(null);
  const title = filter.deleted ? t("place.trash") : (board?.name ?? t("title"));
  useTitle(title);
  const set = (name: Name | "show", value: string | null, replace = false): void =>
    setSearch(
      (now) => {
        if (value === null || value === "") now.delete(name);
        else now.set(name, value);
        return now;
      },
      { replace, preventScrollReset: true },
    );
  return (
    <>
      <PageHead title={title} action={board !== undefined && <BoardButtons board={board} onTask={setTask} />}>
        {filter.deleted ? t("trash.lead") : t("lead")}
      </PageHead>
      <div className="grid gap-5 lg:grid-cols-[13rem_minmax(0,1fr)]">
        <Places filter={filter} boards={boards} onNewBoard={() => setTask({ what: "new" })} />
        <div className="min-w-0">
          <Filters search={search} onChange={(name, value) => set(name, value, true)} />
          <Listed
            filter={filter}
            boards={boards}
            board={board}
            shown={search.get("show")}
            onShow={(id) => set("show", id, search.has("show"))}
            onNewBoard={() => setTask({ what: "new" })}
          />
        </div>
      </div>
      <BoardDialog
        task={task}
        onClose={() => setTask(null)}
        onDone={() => {
          setTask(null);
          if (task?.what === "remove") set("board", null);
        }}
      />
    </>
  );
}

function BoardButtons({ board, onTask }: { board: Board; onTask: (task: BoardTask) => void }) {
  const t = useWords(words);
  return (
    <div className="flex gap-2">
      <Button onClick={() => onTask({ what: "rename", board })}>{t("board.rename")}</Button>
      <Button look="danger" onClick={() => onTask({ what: "remove", board })}>
        {t("board.remove")}
      </Button>
    </div>
  );
}

function Listed({
  filter,
  boards,
  board,
  shown,
  onShow,
  onNewBoard,
}: {
  filter: GalleryFilter;
  boards: readonly Board[];
  board: Board | undefined;
  shown: string | null;
  onShow: (id: string | null) => void;
  onNewBoard: () => void;
}) {
  const t = useWords(words);
  const c = useWords(common);
  const list = useGallery(filter);
  const actions = useActions(filter);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const chosen = useMemo(
    () => list.items.filter((item) => selection.ids.has(item.asset.id)),
    [list.items, selection.ids],
  );
  const active = list.items[selection.active];
  const meant: readonly Item[] = chosen.length > 0 ? chosen : active === undefined ? [] : [active];
  const clear = (): void => setSelection((now) => ({ ...NOTHING, active: now.active, anchor: now.active }));
  const free = shown === null && meant.length > 0 && !filter.deleted;
  useHotkey("*", t("keys.star"), () => actions.star(meant, !meant.every((item) => item.starred)), free);
  useHotkey("u", t("keys.use"), () => actions.use(meant), free);
  const trash = (): void => {
    actions.trash(meant);
    clear();
  };
  useHotkey("Delete", t("keys.trash"), trash, free);
  if (list.isPending) return <Loading label={c("loading")} />;
  if (list.error !== null) return <ProblemNote error={list.error} onRetry={list.again} />;
  return (
    <>
      <SelectionBar
        items={chosen}
        boards={boards}
        board={board}
        inTrash={filter.deleted === true}
        actions={actions}
        onNewBoard={onNewBoard}
        onClear={clear}
      />
      {actions.error !== null && (
        <div className="mb-3">
          <ProblemNote error={actions.error} />
        </div>
      )}
      <p role="status" className="mb-2 flex min-h-6 flex-wrap items-center gap-3 text-sm text-muted">
        {list.isOld ? c("loading") : t("count", { count: list.items.length, more: list.hasMore ? "+" : "" })}
        {list.hasNews && (
          <Button look="quiet" onClick={list.showNews}>
            {t("news")}
          </Button>
        )}
      </p>
      {list.items.length === 0 && !list.hasMore ? (
        <Nothing filter={filter} />
      ) : (
        <Grid
          items={list.items}
          ids={list.ids}
          selection={selection}
          onSelection={setSelection}
          onOpen={onShow}
          onStar={(item) => actions.star([item], !item.starred)}
          onEnd={list.more}
        />
      )}
      <div className="min-h-10 pt-3 text-center text-sm text-muted">
        {list.isFetchingMore && c("loading")}
        {list.moreFailed && <Button onClick={list.more}>{t("more.failed")}</Button>}
      </div>
      <Lightbox
        id={shown}
        items={list.items}
        hasMore={list.hasMore}
        actions={actions}
        onShow={onShow}
        onEnd={list.more}
        onClose={() => onShow(null)}
      />
    </>
  );
}

function Nothing({ filter }: { filter: GalleryFilter }) {
  const t = useWords(words);
  if (isNarrowed(filter)) {
    return (
      <EmptyState title={t("none.found")} icon="zoom">
        {t("none.found.hint")}
      </EmptyState>
    );
  }
  if (filter.deleted) return <EmptyState title={t("none.trash")} icon="check" />;
  if (filter.board !== null) {
    return (
      <EmptyState title={t("none.board")} icon="add">
        {t("none.board.hint")}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t("none")} icon="gallery">
      <p className="mb-3">{t("none.hint")}</p>
      <ButtonLink to="/" look="primary">
        {t("none.go")}
      </ButtonLink>
    </EmptyState>
  );
}
