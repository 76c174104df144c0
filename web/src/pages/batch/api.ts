import { api, ask } from "@/api/client";
import type { Answer } from "@/api/types";
import type { components } from "@/api/schema";

export type Batch = Answer<components["schemas"]["BatchAnswer"]>;

/** Whether it is an amount of dollars as the server takes it. */
export function isAmount(text: string): boolean {
  return /^\d{1,10}(\.\d{1,6})?$/.test(text.trim());
}

export interface BatchWish {
  files: readonly File[];
  table: File | null;
  prompt: string;
  name: string;
  budget: string;
}

/** The form of a batch: each picture or clip is an item, or the table's lines are. Null while there is nothing to do. */
export function formOf({ files, table, prompt, name, budget }: BatchWish): FormData | null {
  if (table === null && (files.length === 0 || prompt.trim() === "")) return null;
  const form = new FormData();
  form.append("prompt", prompt.trim());
  form.append("name", name.trim());
  if (isAmount(budget)) form.append("budget_usd", budget.trim());
  if (table !== null) form.append("csv", table, table.name);
  for (const file of files) form.append(file.type.startsWith("video/") ? "clip" : "image", file, file.name);
  return form;
}

/** Pictures and clips of what was dropped or chosen, and the last table among them. */
export function sorted(files: readonly File[]): { media: File[]; table: File | null } {
  const isTable = (file: File): boolean => /\.csv$/i.test(file.name) || file.type === "text/csv";
  const isMedia = (file: File): boolean => /^(image|video)\//.test(file.type);
  return { media: files.filter(isMedia), table: files.findLast(isTable) ?? null };
}

const asForm = (form: FormData) => ({
  body: form as unknown as Record<string, never>,
  bodySerializer: () => form,
});

export function planBatch(form: FormData) {
  return ask(api.POST("/api/v1/batches/plan", asForm(form)));
}

export function createBatch(form: FormData, key: string) {
  return ask(
    api.POST("/api/v1/batches", {
      ...asForm(form),
      params: { header: { "idempotency-key": key } },
    }),
  );
}

export type Order = "pause" | "resume" | "cancel" | "retry-failed";

/** `budget`: what the whole may cost from now on, in dollars; for `resume`. */
export function order(id: string, what: Order, budget = "") {
  const params = { params: { path: { batch_id: id } } };
  if (what === "pause") return ask(api.POST("/api/v1/batches/{batch_id}/pause", params));
  if (what === "resume")
    return ask(
      api.POST("/api/v1/batches/{batch_id}/resume", {
        ...params,
        body: budget === "" ? {} : { budget_usd: budget },
      }),
    );
  if (what === "cancel") return ask(api.POST("/api/v1/batches/{batch_id}/cancel", params));
  return ask(api.POST("/api/v1/batches/{batch_id}/retry-failed", params));
}
