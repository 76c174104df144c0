import { useRef, useState } from "react";
import { contentUrl } from "@/api/assets";
import type { Asset } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { Button } from "@/ui/Button";
import { isApart, originalTime } from "./clip-time";
import { ShareSlider, Ways } from "./Ways";
import { words } from "./words";

const WAYS = ["slider", "side", "result"] as const;
type Way = (typeof WAYS)[number];

/** A clip beside what it was made from: both run together, under one slider or side by side. `slow`: how many times the
 * result is slower. The sound is the result's. */
export function ClipCompare({
  after,
  before,
  slow = 1,
}: {
  after: Asset;
  before: Asset | null;
  slow?: number;
}) {
  const t = useWords(words);
  const language = useLanguage();
  const [chosen, setWay] = useState<Way | null>(null);
  const way = before === null ? "result" : (chosen ?? "slider");
  const [share, setShare] = useState(50);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(after.media.seconds ?? 0);
  const result = useRef<HTMLVideoElement>(null);
  const source = useRef<HTMLVideoElement>(null);

  const follow = (): void => {
    const [lead, behind] = [result.current, source.current];
    if (lead === null) return;
    setAt(lead.currentTime);
    if (behind === null) return;
    const there = originalTime(lead.currentTime, slow);
    if (isApart(behind.currentTime, there)) behind.currentTime = there;
  };
  const toggle = (): void => {
    const lead = result.current;
    if (lead === null) return;
    if (!lead.paused) {
      lead.pause();
      return;
    }
    follow();
    // A browser may refuse to play, for instance without a decoder: then the button stays as it is.
    void lead.play().catch(() => setPlaying(false));
  };
  const start = (): void => {
    setPlaying(true);
    if (source.current === null) return;
    source.current.playbackRate = 1 / slow;
    void source.current.play().catch(() => undefined);
  };
  const stop = (): void => {
    setPlaying(false);
    source.current?.pause();
    follow();
  };
  const seek = (seconds: number): void => {
    if (result.current !== null) result.current.currentTime = seconds;
    setAt(seconds);
  };
  const figure = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const rate = (asset: Asset): string =>
    asset.media.frame_rate === null
      ? ""
      : ` · ${t("clip.rate", { rate: Math.round(asset.media.frame_rate * 100) / 100 })}`;
  const size = ({ media }: Asset): string => `${media.width ?? "?"} × ${media.height ?? "?"}`;
  const lead = (
    // Clips that people bring have no captions of ours.
    // eslint-disable-next-line jsx-a11y/media-has-caption
    <video
      ref={result}
      src={contentUrl(after.id)}
      playsInline
      preload="auto"
      aria-label={t("clip.after")}
      className="absolute inset-0 size-full object-contain"
      onPlay={start}
      onPause={stop}
      onTimeUpdate={follow}
      onSeeked={follow}
      onLoadedMetadata={({ currentTarget }) => setLength(currentTarget.duration)}
    />
  );
  const behind = before !== null && (
    <video
      ref={source}
      src={contentUrl(before.id)}
      muted
      playsInline
      preload="auto"
      aria-label={t("clip.before")}
      className="absolute inset-0 size-full object-contain"
    />
  );
  const proportions = { aspectRatio: `${after.media.width ?? 16} / ${after.media.height ?? 9}` };
  const frame = "relative mx-auto max-h-[72vh] w-full overflow-hidden rounded-lg bg-black";
  return (
    <div className="flex flex-col gap-3">
      {before !== null && <Ways ways={WAYS} value={way} onChange={setWay} />}
      {/* One order of elements for all ways, so that switching does not load the clips again. */}
      <div className={way === "side" ? "grid gap-2 sm:grid-cols-2" : "grid"}>
        <div
          className={`${frame} ${way === "side" ? "" : "col-start-1 row-start-1"} ${way === "result" ? "invisible" : ""}`}
          style={proportions}
        >
          {behind}
        </div>
        <div
          className={`${frame} ${way === "side" ? "" : "col-start-1 row-start-1"} ${way === "slider" ? "bg-transparent" : ""}`}
          style={{
            ...proportions,
            ...(way === "slider" && { clipPath: `inset(0 0 0 ${100 - share}%)` }),
          }}
        >
          {lead}
        </div>
      </div>
      <p className="flex flex-wrap justify-between gap-x-4 text-sm text-muted">
        {before !== null && way !== "result" && (
          <span>
            {t("view.before")}: {size(before)}
            {rate(before)}
          </span>
        )}
        <span>
          {t("view.after")}: {size(after)}
          {rate(after)}
        </span>
      </p>
      {way === "slider" && <ShareSlider share={share} onShare={setShare} />}
      <div className="flex items-center gap-3">
        <Button onClick={toggle}>{t(playing ? "clip.pause" : "clip.play")}</Button>
        <input
          type="range"
          min={0}
          max={length}
          step={0.01}
          value={Math.min(at, length)}
          aria-label={t("clip.time")}
          aria-valuetext={t("clip.at", { at: figure.format(at), length: figure.format(length) })}
          className="min-w-32 flex-1 accent-accent"
          onChange={({ target }) => seek(target.valueAsNumber)}
        />
        <span aria-hidden="true" className="text-sm text-muted tabular-nums">
          {figure.format(at)} / {figure.format(length)} s
        </span>
      </div>
    </div>
  );
}
