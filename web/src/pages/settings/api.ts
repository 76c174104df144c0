// What the settings ask of the server. Experiments and vendors' states are shared queries of src/api.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { components } from "@/api/schema";
import type { Answer } from "@/api/types";

type Schemas = components["schemas"];
export type ApiKey = Answer<Schemas["ApiKey"]>;
export type BudgetUse = Answer<Schemas["BudgetUse"]>;
export type BudgetBody = Schemas["BudgetBody"];
export type NewKey = Answer<Schemas["NewKeyAnswer"]>;
export type KeyBody = Schemas["KeyBody"];
export type ExperimentBody = Schemas["ExperimentBody"];

export const termsQuery = queryOptions({
  queryKey: ["privacy"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/privacy", { signal })),
  staleTime: 300_000,
});

export const doctorQuery = queryOptions({
  queryKey: ["doctor"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/doctor", { signal })),
});

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/keys", { signal })),
  select: (answer) => answer.keys,
});

export function createKey(body: KeyBody): Promise<NewKey> {
  return ask(api.POST("/api/v1/keys", { body }));
}

export async function revokeKey(id: string): Promise<void> {
  await ask(api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id: id } } }));
}

/** The budgets that apply to oneself, or all there are. */
export function budgetsQuery(whose: "own" | "all") {
  return queryOptions({
    queryKey: ["budgets", whose],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/budgets", { params: { query: { whose } }, signal })),
    refetchInterval: 15_000,
  });
}

export function setBudget(body: BudgetBody) {
  return ask(api.PUT("/api/v1/budgets", { body }));
}

export async function removeBudget(id: string): Promise<void> {
  await ask(api.DELETE("/api/v1/budgets/{budget_id}", { params: { path: { budget_id: id } } }));
}

export function startExperiment(body: ExperimentBody) {
  return ask(api.POST("/api/v1/experiments", { body }));
}

export function endExperiment(name: string) {
  return ask(api.DELETE("/api/v1/experiments/{name}", { params: { path: { name } } }));
}
