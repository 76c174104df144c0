// A value outside of React that components follow, and one that is kept in the browser's storage.
import { useSyncExternalStore } from "react";

export interface Store<T> {
  get: () => T;
  set: (next: T | ((now: T) => T)) => void;
  subscribe: (listener: () => void) => () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      value = typeof next === "function" ? (next as (now: T) => T)(value) : next;
      listeners.forEach((listener) => listener());
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Kept in localStorage under `key`; `read` makes a valid value of whatever is found there (older versions, other
 * programs, nothing). Other tabs' changes are followed. Without storage it lasts as long as the page. */
export function createKeptStore<T>(key: string, read: (found: unknown) => T): Store<T> {
  const store = createStore(read(load(key)));
  addEventListener("storage", (event) => {
    if (event.key === key) store.set(read(parse(event.newValue)));
  });
  return {
    ...store,
    set: (next) => {
      store.set(next);
      save(key, store.get());
    },
  };
}

export function useStore<T>(store: Store<T>): [T, Store<T>["set"]] {
  return [useSyncExternalStore(store.subscribe, store.get), store.set];
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    // Not ours, or cut off: `read` decides what stands in its place.
    return undefined;
  }
}

function load(key: string): unknown {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    // Storage is switched off.
    return undefined;
  }
}

function save(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: the value lasts as long as the page.
  }
}
