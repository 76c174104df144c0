// Zoom and pan of pictures that are looked at together.

export interface View {
  /** 1: the picture fits. */
  scale: number;
  /** Of the picture's middle from that of its frame, in CSS pixels. */
  x: number;
  y: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };
const MOST = 32;

/** Zoom by `factor` so that the point (`px`, `py`), from the middle of the frame, stays where it is. */
export function zoomed(view: View, factor: number, px = 0, py = 0): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  if (scale === 1) return FIT;
  const grown = scale / view.scale;
  return { scale, x: px - (px - view.x) * grown, y: py - (py - view.y) * grown };
}

/** Moved, but never so far that the picture leaves a frame of this size. */
export function moved(view: View, dx: number, dy: number, width: number, height: number): View {
  const [mostX, mostY] = [((view.scale - 1) * width) / 2, ((view.scale - 1) * height) / 2];
  return {
    scale: view.scale,
    x: Math.min(mostX, Math.max(-mostX, view.x + dx)),
    y: Math.min(mostY, Math.max(-mostY, view.y + dy)),
  };
}
