// A job's events in words, and how far it is.
import type { JobEvent } from "@/api/job-events";
import type { Language, Translate } from "@/i18n";
import { formatSeconds, formatUsd, humanise } from "@/lib/format";
import { knownKey, type words } from "./words";

type Tell = Translate<keyof (typeof words)["en"]>;

/** What an event means to a person; null for those that only mark progress. */
export function lineOf(
  event: JobEvent,
  t: Tell,
  language: Language,
  stateName: (state: string) => string,
): string | null {
  const { kind, data } = event;
  const text = (name: string): string => {
    const value = data[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  if (kind === "progress" || kind === "step") return null;
  if (kind === "verdict") {
    const key = knownKey("event.verdict.", text("state"));
    return key === null ? text("state") : t(key);
  }
  const key = knownKey("event.", kind);
  if (key === null) return humanise(kind);
  return t(key, {
    number: text("number"),
    model: text("model_id"),
    price: text("price"),
    reason: text("reason"),
    amount: formatUsd(Number(data.amount ?? 0), language),
    time: formatSeconds(Number(data.seconds ?? 0), language),
    state: text("state") === "" ? "" : stateName(text("state")),
  });
}

export interface HowFar {
  message: string;
  /** 0 to 1; undefined while nobody knows. */
  fraction: number | undefined;
}

/** Of the running attempt: an attempt that is left takes its progress with it. */
export function howFar(events: readonly JobEvent[]): HowFar {
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event === undefined || ["attempt", "left", "started", "queued", "recovered"].includes(event.kind))
      break;
    if (event.kind === "progress") {
      const { fraction, message } = event.data;
      return {
        message: typeof message === "string" ? message : "",
        fraction: typeof fraction === "number" ? Math.min(1, Math.max(0, fraction)) : undefined,
      };
    }
  }
  return { message: "", fraction: undefined };
}
