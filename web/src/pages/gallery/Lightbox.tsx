import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, ask } from "@/api/client";
import { contentUrl } from "@/api/assets";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useHotkey } from "@/lib/hotkeys";
import { Dialog } from "@/ui/Dialog";
import { IconButton } from "@/ui/Button";
import { ProblemNote } from "@/ui/ProblemNote";
import { Loading } from "@/ui/Surface";
import type { Item } from "./api";
import { ItemData } from "./ItemData";
import { nameOf } from "./name";
import type { Actions } from "./useActions";
import { words } from "./words";

/** One asset, large, with everything known of it; arrow keys go to its neighbours in the list. */
export function Lightbox({
  id,
  items,
  hasMore,
  actions,
  onShow,
  onEnd,
  onClose,
}: {
  id: string | null;
  items: readonly Item[];
  hasMore: boolean;
  actions: Actions;
  onShow: (id: string) => void;
  onEnd: () => void;
  onClose: () => void;
}) {
  const t = useWords(words);
  const c = useWords(common);
  const at = items.findIndex((item) => item.asset.id === id);
  // An address that somebody sent may name what is not in the list (yet).
  const alone = useQuery({
    queryKey: ["gallery", "item", id],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/gallery/{asset_id}", { params: { path: { asset_id: id ?? "" } }, signal })),
    enabled: id !== null && at < 0,
  });
  const item = items[at] ?? alone.data;
  const next = at < 0 ? undefined : items[at + 1];
  const previous = at < 0 ? undefined : items[at - 1];
  useHotkey("ArrowRight", t("keys.next"), () => next && onShow(next.asset.id), id !== null);
  useHotkey("ArrowLeft", t("keys.previous"), () => previous && onShow(previous.asset.id), id !== null);
  const nearEnd = at >= 0 && at >= items.length - 3 && hasMore;
  useEffect(() => {
    if (nearEnd) onEnd();
  }, [nearEnd, onEnd]);
  const title = item === undefined ? t("loading") : nameOf(item) || t("untitled");
  return (
    <Dialog
      open={id !== null}
      title={title.length > 120 ? `${title.slice(0, 119)}…` : title}
      closeLabel={c("close")}
      onClose={onClose}
      wide
    >
      {alone.isError && at < 0 && <ProblemNote error={alone.error} />}
      {item === undefined && alone.isPending && <Loading label={c("loading")} />}
      {item !== undefined && (
        <>
          <div className="relative">
            <Media item={item} />
            <div className="mt-2 flex items-center justify-between">
              <IconButton
                label={t("keys.previous")}
                disabled={previous === undefined}
                onClick={() => previous && onShow(previous.asset.id)}
              >
                ←
              </IconButton>
              <span className="text-sm text-muted" role="status">
                {at >= 0 && t("place", { at: at + 1, count: items.length, more: hasMore ? "+" : "" })}
              </span>
              <IconButton
                label={t("keys.next")}
                disabled={next === undefined}
                onClick={() => next && onShow(next.asset.id)}
              >
                →
              </IconButton>
            </div>
          </div>
          <ItemData
            item={item}
            actions={actions}
            onGone={() => {
              const neighbour = next ?? previous;
              if (neighbour === undefined) onClose();
              else onShow(neighbour.asset.id);
            }}
          />
        </>
      )}
    </Dialog>
  );
}

function Media({ item }: { item: Item }) {
  const t = useWords(words);
  const { asset, media } = item;
  if (media === "clip") {
    return (
      // Made clips have no captions to give.
      // eslint-disable-next-line jsx-a11y/media-has-caption
      <video
        key={asset.id}
        controls
        playsInline
        preload="metadata"
        src={contentUrl(asset.id)}
        className="max-h-[60dvh] w-full rounded-lg bg-black"
      />
    );
  }
  if (media === "document" && asset.media.media_type !== "image/svg+xml") {
    return <p className="rounded-lg bg-sunk p-8 text-center text-muted">{t("noPreview")}</p>;
  }
  return (
    <img
      key={asset.id}
      src={contentUrl(asset.id)}
      alt={nameOf(item)}
      width={asset.media.width ?? undefined}
      height={asset.media.height ?? undefined}
      className="squares mx-auto h-auto max-h-[60dvh] w-auto max-w-full rounded-lg object-contain"
    />
  );
}
