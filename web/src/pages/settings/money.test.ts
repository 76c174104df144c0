import { describe, expect, it } from "vitest";
import { dollarsOf, fieldOf } from "./money";

describe("an amount that is typed", () => {
  it("may have a comma or a dollar sign", () => {
    expect(["1,50", "$1.5", " 2 $", "0.000001"].map(dollarsOf)).toEqual(["1.50", "1.5", "2", "0.000001"]);
  });

  it("is no amount otherwise", () => {
    expect(["", "-1", "1e3", "1,000.00", "1.0000001", "abc"].map(dollarsOf)).toEqual(Array(6).fill(null));
  });
});

describe("an amount in a field", () => {
  it("is exact, and comes back as it was", () => {
    expect([1_500_000, 1, 0, 20_000_000, 1_234_567].map(fieldOf)).toEqual([
      "1.50",
      "0.000001",
      "0.00",
      "20.00",
      "1.234567",
    ]);
    for (let amount = 0; amount < 3_000_000; amount += 7919) {
      const [whole = "", rest = ""] = (dollarsOf(fieldOf(amount)) ?? "").split(".");
      expect(Number(whole) * 1_000_000 + Number(rest.padEnd(6, "0"))).toBe(amount);
    }
  });
});
