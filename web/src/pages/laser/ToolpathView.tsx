import { useEffect, useMemo, useRef, useState } from "react";
import { useLanguage, useWords } from "@/i18n";
import { formatSeconds } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Field";
import { orderedMoves, partOf, type Move, type Toolpath } from "./toolpath";
import { words } from "./words";

const PLAY_SECONDS = 8;
const PIXELS = 900;
/** Paper is white in both themes: a drawing is compared with the sheet. */
const COLOURS: Readonly<Record<string, string>> = { cut: "#c81e1e", score: "#1d4ed8", travel: "#8d8069" };
const BURN = "#221d17";

/** The way of the head, drawn as far as a slider says, or played. */
export function ToolpathView({ way, seconds }: { way: Toolpath; seconds: number | null }) {
  const t = useWords(words);
  const language = useLanguage();
  const moves = useMemo(() => orderedMoves(way), [way]);
  const [share, setShare] = useState(1);
  const [travels, setTravels] = useState(true);
  const [playing, setPlaying] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, way, moves, share, travels);
  }, [way, moves, share, travels]);
  useEffect(() => {
    if (!playing) return;
    let [frame, before] = [0, performance.now()];
    const step = (now: number): void => {
      const more = (now - before) / 1000 / PLAY_SECONDS;
      before = now;
      setShare((old) => Math.min(1, old + more));
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing]);
  const running = playing && share < 1;
  const play = (): void => {
    if (share >= 1) setShare(0);
    setPlaying(!running);
  };
  const percent = new Intl.NumberFormat(language, { style: "percent" }).format(share);
  const at = seconds === null ? percent : `${percent} · ${formatSeconds(share * seconds, language)}`;
  const burns = moves.filter((move) => move.burns).length;
  return (
    <div className="flex flex-col gap-3">
      <div role="img" aria-label={t("way.alt", { burns, travels: moves.length - burns })}>
        <canvas
          ref={canvas}
          className="mx-auto max-h-[60vh] max-w-full rounded-lg border border-line bg-white"
        />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={play}>{running ? t("way.pause") : t("way.play")}</Button>
        <input
          type="range"
          min={0}
          max={1000}
          value={Math.round(share * 1000)}
          aria-label={t("way.slide")}
          aria-valuetext={at}
          className="min-w-40 flex-1 accent-accent"
          onChange={({ target }) => {
            setPlaying(false);
            setShare(target.valueAsNumber / 1000);
          }}
        />
        <span aria-hidden="true" className="w-28 text-right text-sm text-muted tabular-nums">
          {at}
        </span>
        <Checkbox
          label={t("way.travels")}
          checked={travels}
          onChange={({ target }) => setTravels(target.checked)}
        />
      </div>
      {way.kept_every > 1 && <p className="text-sm text-muted">{t("way.kept", { every: way.kept_every })}</p>}
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  way: Toolpath,
  moves: readonly Move[],
  share: number,
  travels: boolean,
): void {
  const scale = PIXELS / Math.max(way.width_mm, way.height_mm);
  canvas.width = Math.round(way.width_mm * scale);
  canvas.height = Math.round(way.height_mm * scale);
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const reached = share * (moves.at(-1)?.to ?? 0);
  const byColour = new Map<string, Path2D>();
  let head = way.start;
  for (const move of moves) {
    if (move.from > reached) break;
    const points = partOf(move, reached);
    head = points.at(-1) ?? head;
    if (!move.burns && !travels) continue;
    const colour = move.burns ? (COLOURS[move.operation] ?? BURN) : "travel";
    const path = byColour.get(colour) ?? new Path2D();
    byColour.set(colour, path);
    points.forEach(([x, y], at) =>
      at === 0 ? path.moveTo(x * scale, y * scale) : path.lineTo(x * scale, y * scale),
    );
  }
  for (const [colour, path] of byColour) {
    const idle = colour === "travel";
    pen.strokeStyle = idle ? (COLOURS.travel ?? BURN) : colour;
    pen.lineWidth = idle ? 0.6 : 1.6;
    pen.setLineDash(idle ? [4, 4] : []);
    pen.stroke(path);
  }
  if (share >= 1) return;
  pen.fillStyle = COLOURS.cut ?? BURN;
  pen.beginPath();
  pen.arc(head[0] * scale, head[1] * scale, 6, 0, 2 * Math.PI);
  pen.fill();
}
