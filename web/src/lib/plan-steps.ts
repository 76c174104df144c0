// A plan of several steps: what makes the picture that the next one works on stands in its `before`.
import type { Candidate, Plan } from "@/api/types";

type Step = Plan["plan"];

/** The steps in the order of the work. */
export function stepsOf(plan: Step): Step[] {
  // Servers of before two-step plans leave it out.
  const before = plan.before as Step | null | undefined;
  return before ? [...stepsOf(before), plan] : [plan];
}

/** Whether the picture that is worked on is made by a step before: none was given. */
export function makesItsPicture({ plan, request }: Pick<Plan, "plan" | "request">): boolean {
  return stepsOf(plan).length > 1 && request.inputs.length === 0;
}

/** Who does each step, as far as somebody can. */
export function doersOf(plan: Step): Candidate[] {
  return stepsOf(plan).flatMap(({ candidates }) => candidates.slice(0, 1));
}

/** The engines away from this machine that do a step. */
export function leavesTo(plan: Step): string[] {
  return [...new Set(doersOf(plan).flatMap((doer) => (doer.leaves_machine ? [doer.engine] : [])))];
}

/** The vendors whose vision models are shown the pictures, to judge them. */
export function shownTo(plan: Step): string[] {
  return [...new Set(looksOf(plan).flatMap(({ sent_to }) => sent_to))];
}

function looksOf(plan: Step): NonNullable<Step["looks"]>[] {
  // Servers of before judged prices leave it out.
  return stepsOf(plan).flatMap(({ looks }) => (looks ? [looks] : []));
}

/** What all steps cost together with the first candidate of each and a look at its result; null when one has none. */
export function priceOf(plan: Step): { low: number; high: number } | null {
  const doers = doersOf(plan);
  if (doers.length < stepsOf(plan).length) return null;
  const seen = looksOf(plan).flatMap(({ before, each }) => [before, each]);
  const prices = [...doers.map(({ price }) => price), ...seen];
  return {
    low: prices.reduce((sum, { low }) => sum + low, 0),
    high: prices.reduce((sum, { high }) => sum + high, 0),
  };
}
