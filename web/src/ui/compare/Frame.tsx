import {
  useEffect,
  useEffectEvent,
  useRef,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from "react";
import { contentUrl } from "@/api/assets";
import type { Asset } from "@/api/types";
import { useWords } from "@/i18n";
import { words } from "./words";
import { FIT, moved, zoomed, type View } from "./zoom";

const STEP = 1.5;
const KEY_PIXELS = 60;

/** A window on pictures, in the proportions of `asset`: dragged with a pointer or moved with keys, zoomed with the wheel. */
export function Frame({
  asset,
  view,
  onView,
  onDrag,
  caption,
  children,
}: {
  asset: Asset;
  view: View;
  onView: (view: View) => void;
  /** Where a pointer is dragged over a picture that fits: 0 at the left edge, 1 at the right. */
  onDrag?: (fraction: number) => void;
  caption?: string;
  children: ReactNode;
}) {
  const t = useWords(words);
  const frame = useRef<HTMLDivElement>(null);
  const size = (): { width: number; height: number } => ({
    width: frame.current?.clientWidth ?? 1,
    height: frame.current?.clientHeight ?? 1,
  });
  const move = (dx: number, dy: number): void => {
    const { width, height } = size();
    onView(moved(view, dx, dy, width, height));
  };
  const turn = useEffectEvent((event: WheelEvent) => {
    // The page scrolls unless somebody zooms: with Ctrl (a pinch), or once zoomed in.
    if (!event.ctrlKey && view.scale === 1) return;
    event.preventDefault();
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return;
    const [px, py] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    onView(moved(zoomed(view, Math.exp(-event.deltaY / 300), px, py), 0, 0, box.width, box.height));
  });
  useEffect(() => {
    const element = frame.current;
    const listener = (event: WheelEvent): void => turn(event);
    // React's own listener is passive and could not keep the page from scrolling.
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, []);
  const press = (event: KeyboardEvent): void => {
    const act = {
      ArrowLeft: () => move(KEY_PIXELS, 0),
      ArrowRight: () => move(-KEY_PIXELS, 0),
      ArrowUp: () => move(0, KEY_PIXELS),
      ArrowDown: () => move(0, -KEY_PIXELS),
      "+": () => onView(zoomed(view, STEP)),
      "=": () => onView(zoomed(view, STEP)),
      "-": () => onView(zoomed(view, 1 / STEP)),
      "0": () => onView(FIT),
    }[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  const drag = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    if (view.scale > 1) {
      frame.current?.setPointerCapture(event.pointerId);
      move(event.movementX, event.movementY);
    } else if (onDrag !== undefined) {
      const box = frame.current?.getBoundingClientRect();
      if (box !== undefined) onDrag(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    }
  };
  return (
    <figure className="min-w-0">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys do what pointers do */}
      <div
        ref={frame}
        role="group"
        aria-label={t("view.area")}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={press}
        onPointerDown={drag}
        onPointerMove={drag}
        onDoubleClick={() => onView(view.scale === 1 ? zoomed(view, 3) : FIT)}
        className={`squares relative mx-auto max-h-[72vh] w-full overflow-hidden rounded-lg border border-line select-none ${
          view.scale > 1
            ? "cursor-grab touch-none active:cursor-grabbing"
            : onDrag
              ? "cursor-col-resize touch-pan-y"
              : ""
        }`}
        style={{ aspectRatio: `${asset.media.width ?? 4} / ${asset.media.height ?? 3}` }}
      >
        {children}
      </div>
      {caption !== undefined && (
        <figcaption className="mt-1 text-center text-sm text-muted">{caption}</figcaption>
      )}
    </figure>
  );
}

/** A picture by its id; `address` where it is not, or no longer, at the server. */
export interface Shown {
  id: string;
  address?: string;
}

/** One picture of a frame, as the view has it. */
export function Layer({ picture, alt, view }: { picture: Shown; alt: string; view: View }) {
  return (
    <img
      src={picture.address ?? contentUrl(picture.id)}
      alt={alt}
      draggable={false}
      className={`absolute inset-0 size-full object-contain ${view.scale > 4 ? "[image-rendering:pixelated]" : ""}`}
      style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
    />
  );
}
