// Open batches are followed by their events, so that the list is asked for when something happened and not before.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { followEvents } from "@/api/job-events";
import type { Batch } from "./api";

const KINDS = ["created", "item", "paused", "resumed", "cancel_requested", "retried", "finished"] as const;
/** A browser keeps six connections to a server of HTTP/1.1; some are left for the page itself. */
const MOST_FOLLOWED = 3;
const TOGETHER_MILLISECONDS = 250;

export function useBatchStories(batches: readonly Batch[]): void {
  const queries = useQueryClient();
  const open = batches.filter(({ state }) => state === "running" || state === "paused");
  const addresses = open
    .slice(0, MOST_FOLLOWED)
    .map(({ links }) => links.events)
    .join(" ");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Many items may change at once: they are one reason to look.
    const look = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["batches"] });
      }, TOGETHER_MILLISECONDS);
    };
    const stops = addresses
      .split(" ")
      .filter(Boolean)
      .map((address) => followEvents(address, KINDS, look));
    return () => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    };
  }, [addresses, queries]);
}
