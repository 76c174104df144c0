import { render } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { useWindowedRows } from "./useWindowedRows";
import { GAP } from "./windowing";

const sides: number[] = [];

function Probe() {
  const { grid, layout } = useWindowedRows(4, 108, () => undefined);
  sides.push(layout.columns * (layout.side + GAP) - GAP);
  return <div ref={grid} />;
}

describe("a grid narrower than the window", () => {
  afterEach(() => vi.restoreAllMocks());

  it("has its own width from the first picture on, without waiting to be told of a change", () => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(288);
    vi.stubGlobal("innerWidth", 320);
    render(<Probe />);
    expect(sides.at(-1)).toBeCloseTo(288);
    vi.unstubAllGlobals();
  });
});
