import { useWords } from "@/i18n";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import type { Board, Item } from "./api";
import type { Actions } from "./useActions";
import { words } from "./words";

/** What can be done with what is selected. It stands at the top of the window as long as something is. */
export function SelectionBar({
  items,
  boards,
  board,
  inTrash,
  actions,
  onNewBoard,
  onClear,
}: {
  items: readonly Item[];
  boards: readonly Board[];
  board: Board | undefined;
  inTrash: boolean;
  actions: Actions;
  onNewBoard: () => void;
  onClear: () => void;
}) {
  const t = useWords(words);
  const done = (act: () => void) => () => {
    act();
    onClear();
  };
  return (
    <>
      <p role="status" className="sr-only">
        {items.length > 0 ? t("selected", { count: items.length }) : ""}
      </p>
      {items.length > 0 && (
        <section
          aria-label={t("selection")}
          className="sticky top-16 z-20 mb-3 flex flex-wrap items-center gap-2 rounded-card border border-accent bg-surface p-2 shadow-card"
        >
          <strong className="px-2 text-sm">{t("selected", { count: items.length })}</strong>
          {inTrash ? (
            <Button onClick={done(() => actions.restore(items))}>
              <Icon name="retry" className="size-4" />
              {t("restore")}
            </Button>
          ) : (
            <>
              <Button onClick={() => actions.use(items)}>
                <Icon name="studio" className="size-4" />
                {t("use")}
              </Button>
              <Button onClick={() => actions.star(items, !items.every((item) => item.starred))}>
                <Icon name="star" className="size-4" />
                {t(items.every((item) => item.starred) ? "unstar" : "star")}
              </Button>
              <Menu
                items={[
                  ...boards.map((each) => ({
                    label: each.name,
                    act: done(() => actions.addTo(each, items)),
                  })),
                  { label: t("board.new"), act: onNewBoard },
                ]}
              >
                <Icon name="add" className="size-4" />
                {t("board.add")}
              </Menu>
              {board !== undefined && (
                <Button onClick={done(() => actions.takeOff(board, items))}>{t("board.takeOff")}</Button>
              )}
              <Button look="danger" onClick={done(() => actions.trash(items))}>
                {t("trash.do")}
              </Button>
            </>
          )}
          <Button look="quiet" className="ml-auto" onClick={onClear}>
            {t("clear")}
          </Button>
        </section>
      )}
    </>
  );
}
