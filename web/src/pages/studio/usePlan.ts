import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { planRequest } from "@/api/queries";
import { ApiProblem } from "@/api/problem";
import type { Plan } from "@/api/types";
import { bodyOf, canPlan, type Draft } from "@/lib/draft";
import { useDebounced } from "@/lib/hooks";

const SETTLED_MILLISECONDS = 450;

export interface WrittenPlan {
  query: UseQueryResult<Plan>;
  /** Whether it is the plan of what is written now: only then is its price one to run at. */
  isCurrent: boolean;
}

/** The plan of what is written, asked for when the writing pauses; not while a name is `choosing`, half of which nobody
 * knows. */
export function usePlan(draft: Draft, choosing: boolean): WrittenPlan {
  const written = canPlan(draft) ? JSON.stringify(bodyOf(draft)) : null;
  const body = useDebounced(written, SETTLED_MILLISECONDS, choosing);
  const query = useQuery<Plan>({
    queryKey: ["plan", body],
    queryFn: ({ signal }) => planRequest(JSON.parse(body ?? "{}") as ReturnType<typeof bodyOf>, signal),
    enabled: body !== null,
    ...(body !== null && { placeholderData: keepPreviousData }),
    staleTime: 30_000,
    // Too many plans in a minute: the server says when to come back, and the next pause in writing asks again.
    retry: (failures, error) => failures < 1 && error instanceof ApiProblem && error.code === "unreachable",
  });
  return { query, isCurrent: written === body && query.isSuccess && !query.isPlaceholderData };
}
