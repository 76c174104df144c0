import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Thumbnail } from "./Thumbnail";

describe("a small picture", () => {
  it("is asked for in the smallest size that will do", () => {
    render(<Thumbnail id="aa" alt="A boat" className="size-6" />);
    expect(screen.getByRole("img", { name: "A boat" }).getAttribute("src")).toBe(
      "/api/v1/assets/aa/thumbnail?side=128",
    );
  });

  it("gives way to a quiet field when it is gone, and comes back with another asset", () => {
    const { container, rerender } = render(<Thumbnail id="aa" alt="A boat" className="size-6" />);
    fireEvent.error(screen.getByRole("img", { name: "A boat" }));
    expect(container.querySelector("img")).toBeNull();
    expect(screen.getByRole("img", { name: "A boat" })).toBeDefined();
    rerender(<Thumbnail id="bb" alt="A boat" className="size-6" />);
    expect(container.querySelector("img")?.getAttribute("src")).toContain("/bb/");
  });

  it("is not asked for when it is known to be gone", () => {
    const { container } = render(<Thumbnail id={null} className="size-6" />);
    expect(container.querySelector("img")).toBeNull();
    expect(screen.queryByRole("img")).toBeNull();
  });
});
