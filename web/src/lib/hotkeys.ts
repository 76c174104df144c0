// The keyboard map: what keys do, wherever they are declared, is listed under `?`.
import { useEffect, useEffectEvent, useId } from "react";
import { createStore, useStore } from "./store";

export interface Hotkey {
  /** `?`, `g s` (one after the other), `mod+Enter` (Ctrl, or Cmd on a Mac). */
  keys: string;
  label: string;
}

const declared = createStore<ReadonlyMap<string, Hotkey>>(new Map());
const SEQUENCE_MILLISECONDS = 1200;

/** All keys of what is shown now. */
export function useHotkeyMap(): Hotkey[] {
  return [...useStore(declared)[0].values()];
}

/** Do `act` when the keys are pressed. Single letters are left alone while somebody types. */
export function useHotkey(keys: string, label: string, act: () => void, enabled = true): void {
  const id = useId();
  const latest = useEffectEvent(act);
  useEffect(() => {
    if (!enabled) return;
    declared.set((now) => new Map(now).set(id, { keys, label }));
    const listen = listener(keys, () => latest());
    addEventListener("keydown", listen);
    return () => {
      removeEventListener("keydown", listen);
      declared.set((now) => new Map([...now].filter(([each]) => each !== id)));
    };
  }, [id, keys, label, enabled]);
}

/** Follows the keys of a sequence; a wrong one, or a long pause, begins it anew. */
function listener(keys: string, act: () => void): (event: KeyboardEvent) => void {
  const wanted = keys.split(" ");
  let done = 0;
  let last = 0;
  return (event) => {
    if (event.defaultPrevented || event.repeat) return;
    if (event.timeStamp - last > SEQUENCE_MILLISECONDS) done = 0;
    last = event.timeStamp;
    if (matches(wanted[done] ?? "", event)) done += 1;
    else done = matches(wanted[0] ?? "", event) ? 1 : 0;
    if (done < wanted.length) return;
    done = 0;
    event.preventDefault();
    act();
  };
}

/** Whether a key press is the one named. */
export function matches(wanted: string, event: KeyboardEvent): boolean {
  const withMod = wanted.startsWith("mod+");
  const key = withMod ? wanted.slice(4) : wanted;
  const mod = event.ctrlKey || event.metaKey;
  if (withMod !== mod || event.altKey) return false;
  if (!withMod && isTyping(event.target)) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)
  );
}
