// The API's values by short names. The server's answers hold every field; the OpenAPI document marks those with a
// default as optional, hence `Answer`.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** A value of an answer: the same with every field there, all the way down. */
export type Answer<T> = T extends (infer Item)[]
  ? Answer<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Answer<Exclude<T[Key], undefined>> }
    : T;

export type Asset = Answer<Schemas["AssetAnswer"]>;
export type Attempt = Answer<Schemas["Attempt"]>;
export type Candidate = Answer<Schemas["Candidate"]>;
export type Feedback = Answer<Schemas["Feedback"]>;
export type FeedbackBody = Schemas["FeedbackBody"];
export type Health = Schemas["Health"];
export type Intent = Answer<Schemas["Intent"]>;
export type Job = Answer<Schemas["JobAnswer"]>;
export type JobState = Schemas["JobState"];
export type Measure = Answer<Schemas["Measure"]>;
export type Model = Answer<Schemas["ModelAnswer"]>;
export type Plan = Answer<Schemas["PlanAnswer"]>;
export type Preference = Schemas["Preference"];
export type Price = Answer<Schemas["Price"]>;
export type Problem = Schemas["Problem"];
export type Reference = Answer<Schemas["ReferenceAnswer"]>;
export type Role = Schemas["Role"];
export type RuledOut = Answer<Schemas["RuledOut"]>;
export type SubmitBody = Schemas["SubmitBody"];
export type Verdict = Answer<Schemas["Verdict"]>;
export type Workflow = Answer<Schemas["WorkflowAnswer"]>;

export const ROLES: readonly Role[] = ["working", "person", "garment", "reference", "mask", "clip"];
export const PREFERENCES: readonly Preference[] = ["speed", "balanced", "quality"];

const FINAL: ReadonlySet<JobState> = new Set<JobState>([
  "succeeded",
  "rejected",
  "failed",
  "cancelled",
  "quarantined",
  "unknown",
]);

export function isFinal(state: JobState): boolean {
  return FINAL.has(state);
}
