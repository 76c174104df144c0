// Errors as the server tells them (RFC 9457 problem documents), and those of the network in the same form.
import type { Problem } from "./types";

/** What went wrong with a request: what happened, what it means for money, what to do next. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiProblem";
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The server could not be reached, or its answer was none of ours (a proxy's page, for instance). `status` is 0 when
 * there was no answer at all. */
export function unreachable(instance: string, status = 0): ApiProblem {
  return new ApiProblem({
    type: "urn:bottega:problem:unreachable",
    title: "unreachable",
    status,
    detail: "",
    instance,
    code: "unreachable",
    category: "resource",
    severity: "medium",
    hint: "",
    money: "",
    retryable: true,
    details: {},
    errors: [],
  });
}

/** The answer's problem document as an error; whatever else the body is, it is not shown. */
export async function problemOf(response: Response, instance: string): Promise<ApiProblem> {
  const kind = response.headers.get("content-type") ?? "";
  if (!kind.includes("json")) return unreachable(instance, response.status);
  try {
    const body: unknown = await response.clone().json();
    return isProblem(body) ? new ApiProblem(body) : unreachable(instance, response.status);
  } catch {
    // Cut off on its way: the same as no answer of ours.
    return unreachable(instance, response.status);
  }
}

export function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    typeof fields.code === "string" && typeof fields.title === "string" && typeof fields.status === "number"
  );
}

/** A job's recorded error in the same form as a problem document; null when the job has none. */
export function problemOfJob(error: Record<string, unknown> | null, instance: string): Problem | null {
  if (error === null) return null;
  const text = (name: string): string => (typeof error[name] === "string" ? error[name] : "");
  return {
    ...unreachable(instance).problem,
    type: `urn:bottega:problem:${text("code")}`,
    code: text("code"),
    title: text("title"),
    detail: text("message"),
    hint: text("hint"),
    money: text("money"),
    retryable: error.retryable === true,
    details: (error.details ?? {}) as Record<string, unknown>,
  };
}
