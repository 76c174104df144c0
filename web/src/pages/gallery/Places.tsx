import { Link } from "react-router";
import { useWords } from "@/i18n";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Thumbnail } from "@/ui/Thumbnail";
import type { Board } from "./api";
import type { GalleryFilter } from "./filter";
import { words } from "./words";

const LINK =
  "flex min-h-10 w-full items-center gap-2 rounded-md px-2 text-sm whitespace-nowrap text-ink no-underline hover:bg-sunk " +
  "aria-[current=page]:bg-sunk aria-[current=page]:font-semibold aria-[current=page]:text-accent";

/** Where one may be: everything, the starred ones, a board, the trash. A column; on a phone a row that scrolls. */
export function Places({
  filter,
  boards,
  onNewBoard,
}: {
  filter: GalleryFilter;
  boards: readonly Board[];
  onNewBoard: () => void;
}) {
  const t = useWords(words);
  const at = (here: boolean): { "aria-current"?: "page" } => (here ? { "aria-current": "page" } : {});
  const inAll = filter.board === null && !filter.deleted;
  return (
    <nav aria-label={t("places")} className="min-w-0 lg:sticky lg:top-20 lg:self-start">
      <ul className="flex gap-1 overflow-x-auto lg:max-h-[calc(100dvh-7rem)] lg:flex-col lg:overflow-y-auto">
        <li>
          <Link to="/gallery" className={LINK} {...at(inAll && !filter.starred)}>
            <Icon name="gallery" className="size-4" />
            {t("place.all")}
          </Link>
        </li>
        <li>
          <Link to="/gallery?starred=1" className={LINK} {...at(inAll && filter.starred === true)}>
            <Icon name="star" className="size-4" />
            {t("place.starred")}
          </Link>
        </li>
        {boards.map((board) => (
          <li key={board.id} className="shrink-0">
            <Link to={`/gallery?board=${board.id}`} className={LINK} {...at(filter.board === board.id)}>
              <Thumbnail id={board.cover} className="size-6 shrink-0 rounded" />
              <span className="max-w-40 flex-1 truncate">{board.name}</span>
              <span className="text-xs font-normal text-muted tabular-nums">{board.assets}</span>
            </Link>
          </li>
        ))}
        <li>
          <Button look="quiet" className="w-full !justify-start !px-2 whitespace-nowrap" onClick={onNewBoard}>
            <Icon name="add" className="size-4" />
            {t("board.new")}
          </Button>
        </li>
        <li>
          <Link to="/gallery?trash=1" className={LINK} {...at(filter.deleted === true)}>
            <Icon name="close" className="size-4" />
            {t("place.trash")}
          </Link>
        </li>
      </ul>
    </nav>
  );
}
