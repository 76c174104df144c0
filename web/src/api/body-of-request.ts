import type { Job, SubmitBody } from "./types";

/** A job's request as it would be sent again. */
export function bodyOfRequest(request: Job["request"], change: Partial<SubmitBody> = {}): SubmitBody {
  return {
    prompt: request.prompt,
    inputs: request.inputs.map(({ role, asset_id }) => ({ role, asset_id })),
    workflow: request.workflow,
    model: request.model,
    options: request.options,
    preference: request.preference,
    stay_local: request.stay_local,
    max_cost_usd: request.max_cost === null ? null : dollars(request.max_cost),
    ...change,
  };
}

/** Micro-dollars as the text that the API takes, without the rounding of a float. */
export function dollars(micro: number): string {
  const cents = String(micro).padStart(7, "0");
  return `${cents.slice(0, -6)}.${cents.slice(-6)}`.replace(/0+$/, "").replace(/\.$/, "");
}
