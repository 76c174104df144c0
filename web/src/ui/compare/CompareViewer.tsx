import { useState } from "react";
import type { Asset } from "@/api/types";
import { useWords } from "@/i18n";
import { useHotkey } from "@/lib/hotkeys";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Frame, Layer, type Shown } from "./Frame";
import { ShareSlider, Ways } from "./Ways";
import { words } from "./words";
import { FIT, zoomed, type View } from "./zoom";

const WAYS = ["slider", "side", "flip", "difference", "result"] as const;
type Way = (typeof WAYS)[number];
const STEP = 1.5;

/** A result beside what it was made from, in five ways, all with the same zoom and pan. */
export function CompareViewer({ after, before }: { after: Asset; before: Shown | null }) {
  const t = useWords(words);
  const [chosen, setWay] = useState<Way | null>(null);
  // What it was made from may be known later than the result.
  const way = chosen ?? (before === null ? "result" : "slider");
  const [view, setView] = useState(FIT);
  const [flipped, setFlipped] = useState(false);
  const [share, setShare] = useState(50);
  useHotkey("f", t("view.flip.do"), () => setFlipped((now) => !now), way === "flip");
  return (
    <div className="flex flex-col gap-3">
      {before !== null && <Ways ways={WAYS} value={way} onChange={setWay} />}
      <Compared
        after={after}
        before={before}
        way={way}
        view={view}
        onView={setView}
        share={share}
        onShare={setShare}
        flipped={flipped}
      />
      <div className="flex flex-wrap items-center gap-2">
        {way === "slider" && <ShareSlider share={share} onShare={setShare} />}
        {way === "flip" && (
          <Button aria-pressed={flipped} onClick={() => setFlipped(!flipped)}>
            {t("view.flip.do")}: {flipped ? t("view.before") : t("view.after")}
          </Button>
        )}
        {way === "difference" && <p className="text-sm text-muted">{t("view.difference.hint")}</p>}
        <ZoomButtons view={view} onView={setView} />
      </div>
    </div>
  );
}

function ZoomButtons({ view, onView }: { view: View; onView: (view: View) => void }) {
  const t = useWords(words);
  return (
    <div className="ml-auto flex items-center gap-1">
      <IconButton
        label={t("zoom.out")}
        disabled={view.scale === 1}
        onClick={() => onView(zoomed(view, 1 / STEP))}
      >
        −
      </IconButton>
      <span className="w-12 text-center text-sm text-muted tabular-nums">
        {Math.round(view.scale * 100)} %
      </span>
      <IconButton label={t("zoom.in")} onClick={() => onView(zoomed(view, STEP))}>
        <Icon name="add" className="size-4" />
      </IconButton>
      <Button look="quiet" disabled={view.scale === 1} onClick={() => onView(FIT)}>
        {t("zoom.fit")}
      </Button>
    </div>
  );
}

function Compared({
  after,
  before,
  way,
  view,
  onView,
  share,
  onShare,
  flipped,
}: {
  after: Asset;
  before: Shown | null;
  way: Way;
  view: View;
  onView: (view: View) => void;
  share: number;
  onShare: (share: number) => void;
  flipped: boolean;
}) {
  const t = useWords(words);
  const result = (
    <Layer picture={after} alt={t("alt.result", { name: after.label || after.name })} view={view} />
  );
  if (before === null || way === "result") {
    return (
      <Frame asset={after} view={view} onView={onView}>
        {result}
      </Frame>
    );
  }
  const source = <Layer picture={before} alt={t("alt.source")} view={view} />;
  if (way === "side") {
    return (
      <div className="grid gap-2 sm:grid-cols-2">
        <Frame asset={after} view={view} onView={onView} caption={t("view.before")}>
          {source}
        </Frame>
        <Frame asset={after} view={view} onView={onView} caption={t("view.after")}>
          {result}
        </Frame>
      </div>
    );
  }
  if (way === "flip") {
    return (
      <Frame asset={after} view={view} onView={onView} caption={flipped ? t("view.before") : t("view.after")}>
        {flipped ? source : result}
      </Frame>
    );
  }
  if (way === "difference") {
    return (
      <Frame asset={after} view={view} onView={onView}>
        <div className="absolute inset-0 isolate bg-black brightness-200 grayscale">
          {source}
          <div className="absolute inset-0 mix-blend-difference">{result}</div>
        </div>
      </Frame>
    );
  }
  return (
    <Frame asset={after} view={view} onView={onView} onDrag={(at) => onShare(Math.round(100 - 100 * at))}>
      {source}
      <div className="squares absolute inset-0" style={{ clipPath: `inset(0 0 0 ${100 - share}%)` }}>
        {result}
      </div>
      <div
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 bg-accent"
        style={{ left: `${100 - share}%` }}
      />
      <span className="pointer-events-none absolute top-2 left-2 rounded bg-paper/85 px-1.5 text-xs">
        {t("view.before")}
      </span>
      <span className="pointer-events-none absolute top-2 right-2 rounded bg-paper/85 px-1.5 text-xs">
        {t("view.after")}
      </span>
    </Frame>
  );
}
