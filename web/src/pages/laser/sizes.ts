// Sizes of what is burnt: one side decides the other, by the picture's proportions.
import type { SlotFile } from "@/ui/work/Slot";

/** In mm, to a hundredth; null without the picture's proportions. */
export function heightFor(width: number, file: Pick<SlotFile, "width" | "height">): number | null {
  if (file.width === null || file.height === null || file.width === 0) return null;
  return Math.round((100 * width * file.height) / file.width) / 100;
}

export function widthFor(height: number, file: Pick<SlotFile, "width" | "height">): number | null {
  return heightFor(height, { width: file.height, height: file.width });
}
