import { render } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { useWindowedRows } from "./useWindowedRows";
import { GAP } from "./windowing";

const sides: number[] = [];
const drawn: number[] = [];

function Probe({ count = 4 }: { count?: number }) {
  const { grid, layout, rows } = useWindowedRows(count, 108, () => undefined);
  sides.push(layout.columns * (layout.side + GAP) - GAP);
  drawn.push(rows.end - rows.first);
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

describe("a grid below the head of a page", () => {
  afterEach(() => vi.restoreAllMocks());

  it("first draws the rows in sight alone, then some spare ones, never all of a long list", async () => {
    drawn.length = 0;
    // Two columns of 146 pixels: three rows of them fit below 300 of 700 pixels.
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(300);
    vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 300, 300, 0));
    vi.stubGlobal("innerHeight", 700);
    render(<Probe count={20_000} />);
    const [none, first] = drawn;
    expect([none, first]).toEqual([0, 3]);
    await vi.waitFor(() => expect(drawn.at(-1)).toBe(6));
    expect(Math.max(...drawn)).toBe(6);
    vi.unstubAllGlobals();
  });
});
