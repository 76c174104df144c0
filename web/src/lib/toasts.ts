// Short messages that pass. Never the only place of a fact: what matters is shown on the page too.
import { createStore, useStore } from "./store";

export interface Toast {
  id: number;
  text: string;
  tone: "info" | "good" | "bad";
  action?: { label: string; act: () => void };
}

const toasts = createStore<readonly Toast[]>([]);
const MOST = 4;
let lastId = 0;

export function showToast(
  text: string,
  { tone = "info", action }: { tone?: Toast["tone"]; action?: Toast["action"] } = {},
): number {
  lastId += 1;
  const toast: Toast = { id: lastId, text, tone, ...(action && { action }) };
  toasts.set((now) => [...now, toast].slice(-MOST));
  return toast.id;
}

export function dismissToast(id: number): void {
  toasts.set((now) => now.filter((toast) => toast.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useStore(toasts)[0];
}
