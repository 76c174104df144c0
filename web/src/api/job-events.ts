// A story as it goes: a job's, or a batch's (server-sent events): followed from any place, resumed by the browser after a lost
// connection with the number of the last event seen.
import { useEffect, useReducer } from "react";

export interface JobEvent {
  seq: number;
  kind: string;
  data: Record<string, unknown>;
}

/** Kinds that the server sends; an EventSource hears only the kinds it listens for. */
const KINDS = [
  "queued",
  "started",
  "recovered",
  "released",
  "handed_over",
  "waiting",
  "attempt",
  "progress",
  "step",
  "hold",
  "charge",
  "release",
  "cached",
  "verdict",
  "left",
  "cancel_requested",
  "finished",
] as const;

export type Connection = "connecting" | "open" | "lost" | "ended";

export interface Story {
  events: readonly JobEvent[];
  connection: Connection;
}

type Action =
  { type: "event"; event: JobEvent } | { type: "connection"; connection: Connection } | { type: "reset" };

const EMPTY: Story = { events: [], connection: "connecting" };

/** Events in order of `seq`, each once: after a lost connection some may be told again. */
export function tell(story: Story, action: Action): Story {
  if (action.type === "reset") return EMPTY;
  if (action.type === "connection") return { ...story, connection: action.connection };
  const last = story.events.at(-1)?.seq ?? 0;
  if (action.event.seq <= last) return story;
  return { ...story, events: [...story.events, action.event] };
}

const FIRST_WAIT_MILLISECONDS = 1_000;
const LONGEST_WAIT_MILLISECONDS = 20_000;

/** A job's story, each event once, until its end; returns how to stop. */
export function followJob(
  jobId: string,
  onEvent: (event: JobEvent) => void,
  onConnection: (connection: Connection) => void,
): () => void {
  return followEvents(`/api/v1/jobs/${encodeURIComponent(jobId)}/events`, KINDS, onEvent, onConnection);
}

/** Call `onEvent` for each event of `kinds` at `address` until the story ends with `finished`; returns how to stop. A
 * browser comes back by itself after a lost connection, but gives up at an answer such as a proxy's 502: then it is done
 * here, behind the last event seen. */
export function followEvents(
  address: string,
  kinds: readonly string[],
  onEvent: (event: JobEvent) => void,
  onConnection: (connection: Connection) => void = () => undefined,
): () => void {
  let seen = 0;
  let wait = FIRST_WAIT_MILLISECONDS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source = open();

  function open(): EventSource {
    const opened = new EventSource(`${address}?after=${seen}`);
    for (const kind of [...kinds, "message"]) opened.addEventListener(kind, heard as EventListener);
    opened.onopen = () => {
      wait = FIRST_WAIT_MILLISECONDS;
      onConnection("open");
    };
    opened.onerror = () => {
      onConnection("lost");
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => (source = open()), wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MILLISECONDS);
    };
    return opened;
  }

  function heard(message: MessageEvent<string>): void {
    const event = parseEvent(message);
    seen = Math.max(seen, event.seq);
    onEvent(event);
    if (event.kind !== "finished") return;
    // The server would end the stream and the browser come back for nothing.
    source.close();
    onConnection("ended");
  }

  return () => {
    clearTimeout(timer);
    source.close();
  };
}

export function parseEvent(message: Pick<MessageEvent<string>, "lastEventId" | "type" | "data">): JobEvent {
  const data: unknown = JSON.parse(message.data);
  const fields = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  return { seq: Number(message.lastEventId), kind: message.type, data: fields };
}

/** The story of a job, live; `enabled` false leaves the server alone. */
export function useJobStory(jobId: string, enabled = true): Story {
  const [story, dispatch] = useReducer(tell, EMPTY);
  useEffect(() => {
    dispatch({ type: "reset" });
    if (!enabled) return;
    return followJob(
      jobId,
      (event) => dispatch({ type: "event", event }),
      (connection) => dispatch({ type: "connection", connection }),
    );
  }, [jobId, enabled]);
  return story;
}
