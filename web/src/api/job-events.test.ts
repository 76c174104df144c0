import { describe, expect, it } from "vitest";
import { parseEvent, tell, type JobEvent, type Story } from "./job-events";

const event = (seq: number, kind = "progress", data: Record<string, unknown> = {}): JobEvent => ({
  seq,
  kind,
  data,
});
const storyOf = (...events: JobEvent[]): Story =>
  events.reduce<Story>((story, each) => tell(story, { type: "event", event: each }), {
    events: [],
    connection: "open",
  });

describe("a job's story", () => {
  it("holds each event once, also when a resumed stream tells some again", () => {
    expect(storyOf(event(1), event(2), event(1), event(2), event(3)).events.map(({ seq }) => seq)).toEqual([
      1, 2, 3,
    ]);
  });

  it("reads number, kind and data of a message", () => {
    expect(parseEvent({ lastEventId: "7", type: "hold", data: '{"amount":40000}' })).toEqual(
      event(7, "hold", { amount: 40000 }),
    );
  });

  it("takes data that is no object as none", () => {
    expect(parseEvent({ lastEventId: "1", type: "x", data: "[1]" }).data).toEqual([1]);
    expect(parseEvent({ lastEventId: "1", type: "x", data: "3" }).data).toEqual({});
  });
});
