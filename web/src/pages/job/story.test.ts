import { describe, expect, it } from "vitest";
import type { JobEvent } from "@/api/job-events";
import { howFar } from "./story";

const event = (seq: number, kind: string, data: Record<string, unknown> = {}): JobEvent => ({
  seq,
  kind,
  data,
});

describe("how far a job is", () => {
  it("is what the running attempt said last", () => {
    const events = [event(1, "attempt"), event(2, "progress", { fraction: 0.4, message: "Sharpening" })];
    expect(howFar(events)).toEqual({ fraction: 0.4, message: "Sharpening" });
  });

  it("is unknown again when the next attempt begins", () => {
    const events = [
      event(1, "attempt"),
      event(2, "progress", { fraction: 0.9 }),
      event(3, "left"),
      event(4, "attempt"),
    ];
    expect(howFar(events).fraction).toBeUndefined();
  });
});
