import { useQueries } from "@tanstack/react-query";
import { assetQuery } from "@/api/queries";
import type { Asset } from "@/api/types";

/** Assets by their ids, in that order, as far as they are known by now; `error` is the first that there was. */
export function useAssets(ids: readonly string[]): { assets: Asset[]; error: Error | null } {
  return useQueries({
    queries: ids.map(assetQuery),
    combine: (found) => ({
      assets: found.flatMap(({ data }) => (data === undefined ? [] : [data])),
      error: found.find((each) => each.error !== null)?.error ?? null,
    }),
  });
}
