import { memo } from "react";
import { thumbnailUrl } from "@/api/assets";
import { useWords } from "@/i18n";
import { Icon, type IconName } from "@/ui/Icon";
import type { Item } from "./api";
import { nameOf } from "./name";
import { words } from "./words";

const CORNER =
  "absolute flex size-10 items-center justify-center rounded-lg opacity-0 group-hover:opacity-100 " +
  "group-focus-within:opacity-100 aria-pressed:opacity-100 pointer-coarse:opacity-100";
const DISC = "flex size-6 items-center justify-center rounded-full border";
const PLAIN = "border-edge bg-paper/90 text-muted";

/** One asset: opened by a click, selected and starred by its corners. Clicks are handled by the grid. */
export const Tile = memo(function Tile({
  item,
  at,
  column,
  side,
  selected,
  active,
}: {
  item: Item;
  at: number;
  column: number;
  side: number;
  selected: boolean;
  active: boolean;
}) {
  const t = useWords(words);
  const { asset, media, starred } = item;
  const name = nameOf(item) || t("untitled");
  return (
    <div
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={selected}
      data-at={at}
      className={`group relative shrink-0 rounded-lg ${selected ? "ring-3 ring-accent" : "ring-1 ring-line"}`}
      style={{ width: side, height: side }}
    >
      <button
        type="button"
        data-open=""
        tabIndex={active ? 0 : -1}
        aria-label={t("open", { name })}
        className="squares block size-full scroll-mt-32 overflow-hidden rounded-lg"
      >
        {asset.links.thumbnail === null ? (
          <span className="flex size-full flex-col items-center justify-center gap-2 bg-surface p-2 text-center text-xs text-muted">
            <Icon name="copy" className="size-8" />
            <span className="line-clamp-3 break-all">{asset.name}</span>
          </span>
        ) : (
          <img
            src={thumbnailUrl(asset.id, 256)}
            srcSet={`${thumbnailUrl(asset.id, 256)} 1x, ${thumbnailUrl(asset.id, 512)} 2x`}
            alt=""
            decoding="async"
            draggable={false}
            className="size-full object-cover"
          />
        )}
      </button>
      {media === "clip" && (
        <span className="pointer-events-none absolute bottom-1.5 left-1.5 rounded bg-paper/90 px-1.5 text-xs">
          {t("media.clip")}
        </span>
      )}
      <Corner
        data-select=""
        icon="check"
        label={t("select", { name })}
        pressed={selected}
        place="left-0"
        look={selected ? "border-accent bg-accent text-on-accent" : PLAIN}
      />
      <Corner
        data-star=""
        icon="star"
        label={t("star.one", { name })}
        pressed={starred}
        place="right-0"
        look={starred ? "border-edge bg-paper/90 text-warn [&_path]:fill-current" : PLAIN}
      />
    </div>
  );
});

/** A small switch in a corner of a tile; the grid knows what it is by its data attribute. */
function Corner({
  icon,
  label,
  pressed,
  place,
  look,
  ...mark
}: {
  icon: IconName;
  label: string;
  pressed: boolean;
  place: string;
  look: string;
  "data-select"?: "";
  "data-star"?: "";
}) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-pressed={pressed}
      aria-label={label}
      className={`${CORNER} top-0 ${place}`}
      {...mark}
    >
      <span className={`${DISC} ${look}`}>
        <Icon name={icon} className="size-4" />
      </span>
    </button>
  );
}
