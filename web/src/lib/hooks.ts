// Small hooks that several pages use.
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";

/** `value`, once it has stayed the same for `milliseconds`; what it was before as long as it is `held`. */
export function useDebounced<T>(value: T, milliseconds: number, held = false): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds, held]);
  return settled;
}

function followConnection(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Whether the browser has a network. */
export function useOnline(): boolean {
  return useSyncExternalStore(followConnection, () => navigator.onLine);
}

/** The pages' titles in the browser's tab and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Bottega" : `${title} · Bottega`;
  }, [title]);
}

/** An address for a file or blob, given back when it is no longer shown; null without one. */
export function useObjectUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (blob === null) return;
    const made = URL.createObjectURL(blob);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the address is a resource with a lifetime
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [blob]);
  return url;
}

/** Call `act` on an event of the window, as long as the component is shown. */
export function useWindowEvent<Name extends keyof WindowEventMap>(
  name: Name,
  act: (event: WindowEventMap[Name]) => void,
): void {
  const latest = useEffectEvent(act);
  useEffect(() => {
    const listener = (event: WindowEventMap[Name]): void => latest(event);
    addEventListener(name, listener);
    return () => removeEventListener(name, listener);
  }, [name]);
}
