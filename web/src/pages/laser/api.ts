import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Plan } from "@/api/types";

export const materialsQuery = queryOptions({
  queryKey: ["laser", "materials"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/laser/materials", { signal })),
  staleTime: Infinity,
});

/** Why a machine cannot work on a material. The server gives reasons by the kind of laser, with which a machine's id begins:
 * `diode` for `diode-10w`. */
export function whyNot(reasons: Readonly<Record<string, string>>, machine: string): string | undefined {
  return Object.entries(reasons).find(([kind]) => machine === kind || machine.startsWith(`${kind}-`))?.[1];
}

/** What the planned job would burn; computed with the options of the plan, which are complete. */
export function usePreview(plan: Plan | undefined) {
  const wanted =
    plan === undefined
      ? null
      : JSON.stringify({
          prompt: plan.request.prompt,
          asset_id: plan.request.inputs[0]?.asset_id ?? null,
          options: plan.plan.options,
        });
  return useQuery({
    queryKey: ["laser", "preview", wanted],
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/v1/laser/preview", {
          body: JSON.parse(wanted ?? "{}") as { prompt: string },
          signal,
        }),
      ),
    enabled: wanted !== null,
    ...(wanted !== null && { placeholderData: keepPreviousData }),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: (failures, error) => failures < 1 && error instanceof ApiProblem && error.code === "unreachable",
  });
}

export type Preview = NonNullable<ReturnType<typeof usePreview>["data"]>;
