// Pictures of persons leave the server with their work; everything else that was brought for it stays.
import type { Job } from "./types";

type Input = Job["request"]["inputs"][number];

/** The inputs of a job that can be asked for whatever its state. A workflow whose option `keep` is off has its picture of
 * a person removed at its end: the one in that role or, where there is none, the working picture. */
export function lastingInputs(job: Pick<Job, "plan" | "request">): readonly Input[] {
  const { inputs } = job.request;
  if (job.plan.options.keep !== false) return inputs;
  const passing = inputs.some(({ role }) => role === "person") ? "person" : "working";
  return inputs.filter(({ role }) => role !== passing);
}
