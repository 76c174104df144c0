// What the page of references asks of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { Reference } from "@/api/types";

export const KINDS = ["person", "garment", "place", "style", "other"] as const;
export type Kind = (typeof KINDS)[number];

export const referencesQuery = queryOptions({
  queryKey: ["references"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/references", { signal })),
  select: (answer) => answer.references,
});

/** A name for an asset, or for the picture at a public address; `replace` gives it a name that another has. */
export interface NewReference {
  name: string;
  kind: Kind;
  replace: boolean;
  asset_id?: string;
  url?: string;
}

export function saveReference(body: NewReference): Promise<Reference> {
  return ask(api.POST("/api/v1/references", { body }));
}

export function changeReference(name: string, body: { name?: string; kind?: Kind }): Promise<Reference> {
  return ask(api.PATCH("/api/v1/references/{name}", { params: { path: { name } }, body }));
}

export async function removeReference(name: string): Promise<void> {
  await ask(api.DELETE("/api/v1/references/{name}", { params: { path: { name } } }));
}

/** Pictures of the web, where the server is set up to look for them. The words go to the search service. */
export function webSearchQuery(words: string) {
  return queryOptions({
    queryKey: ["references", "web", words],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/references/search", { params: { query: { q: words, limit: 12 } }, signal })),
    select: (answer) => answer.results,
    staleTime: 60_000,
  });
}
