import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";
import { submitJob } from "@/api/queries";
import type { Job, SubmitBody } from "@/api/types";
import { uniqueKey } from "@/lib/unique-key";

/** Submit a request. The same request keeps its key until it was taken: when an answer is lost on the way, sending it
 * again finds the job that there is and buys nothing twice. */
export function useSubmit(onMade: (job: Job) => void): UseMutationResult<Job, Error, SubmitBody> {
  const queries = useQueryClient();
  const open = useRef<{ body: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (body: SubmitBody) => {
      const text = JSON.stringify(body);
      if (open.current?.body !== text) open.current = { body: text, key: uniqueKey() };
      return submitJob(body, open.current.key);
    },
    onSuccess: (job) => {
      open.current = null;
      queries.setQueryData(["jobs", job.id], job);
      void queries.invalidateQueries({ queryKey: ["jobs", "recent"] });
      onMade(job);
    },
  });
}
