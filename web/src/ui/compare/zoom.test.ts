import { describe, expect, it } from "vitest";
import { FIT, moved, zoomed } from "./zoom";

describe("zoom", () => {
  it("keeps the point under the pointer where it is", () => {
    const view = zoomed(FIT, 4, 100, -50);
    // The picture's point that was at (100, -50) when it fitted.
    expect([view.x + 100 * view.scale, view.y - 50 * view.scale]).toEqual([100, -50]);
  });

  it("never moves the picture out of its frame", () => {
    const view = moved({ scale: 2, x: 0, y: 0 }, 1e6, -1e6, 400, 300);
    expect(view).toEqual({ scale: 2, x: 200, y: -150 });
  });

  it("fits again when it is small enough", () => {
    expect(zoomed({ scale: 1.2, x: 9, y: 9 }, 0.5)).toEqual(FIT);
  });
});
