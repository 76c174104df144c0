// The request that is being written: kept in this browser, so that a reload or another page loses nothing. Pictures
// are stored at the server as soon as they are chosen, hence a draft holds only their ids.
import { PREFERENCES, ROLES, type Preference, type Role, type SubmitBody } from "@/api/types";
import { createKeptStore, createStore } from "./store";

export interface DraftPicture {
  assetId: string;
  role: Role;
  name: string;
  /** `image/png`, `video/mp4`, ... */
  mediaType: string;
}

export interface Draft {
  /** `ai`: the sentence decides; `classic`: the user chooses the workflow and its options. */
  mode: "ai" | "classic";
  prompt: string;
  pictures: DraftPicture[];
  /** In `ai` mode: what the user chose over what was read. */
  workflow: string | null;
  classicWorkflow: string | null;
  /** Options of `classicWorkflow`. */
  options: Record<string, unknown>;
  model: string | null;
  preference: Preference;
  stayLocal: boolean;
  maxCostUsd: string;
}

const MOST_PICTURES = 16;
const MOST_PROMPTS = 30;
export const LONGEST_PROMPT = 2000;

export const EMPTY_DRAFT: Draft = {
  mode: "ai",
  prompt: "",
  pictures: [],
  workflow: null,
  classicWorkflow: null,
  options: {},
  model: null,
  preference: "balanced",
  stayLocal: false,
  maxCostUsd: "",
};

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A valid draft of whatever was kept. */
export function readDraft(found: unknown): Draft {
  if (!isFields(found)) return EMPTY_DRAFT;
  const textOr = <T>(name: string, other: T): string | T =>
    typeof found[name] === "string" ? found[name] : other;
  const preference = PREFERENCES.find((each) => each === found.preference);
  return {
    mode: found.mode === "classic" ? "classic" : "ai",
    prompt: textOr("prompt", "").slice(0, LONGEST_PROMPT),
    pictures: Array.isArray(found.pictures) ? found.pictures.filter(isPicture).slice(0, MOST_PICTURES) : [],
    workflow: textOr("workflow", null),
    classicWorkflow: textOr("classicWorkflow", null),
    options: isFields(found.options) ? found.options : {},
    model: textOr("model", null),
    preference: preference ?? "balanced",
    stayLocal: found.stayLocal === true,
    maxCostUsd: textOr("maxCostUsd", ""),
  };
}

function isPicture(value: unknown): value is DraftPicture {
  return (
    isFields(value) &&
    typeof value.assetId === "string" &&
    typeof value.name === "string" &&
    typeof value.mediaType === "string" &&
    ROLES.some((role) => role === value.role)
  );
}

export const draftStore = createKeptStore("bottega.draft", readDraft);

/** Sentences that were run, the latest last. */
export const promptHistory = createKeptStore<string[]>("bottega.prompts", (found) =>
  Array.isArray(found) ? found.filter((each) => typeof each === "string").slice(-MOST_PROMPTS) : [],
);

/** Pictures on their way to the server: how many. */
export const uploadsStore = createStore(0);

export function changeDraft(change: Partial<Draft>): void {
  draftStore.set((now) => ({ ...now, ...change }));
}

/** A picture that is already there in the same role is not added twice; the first ones stay when there are too many. */
export function addPictures(pictures: readonly DraftPicture[]): void {
  draftStore.set((now) => {
    const isNew = (picture: DraftPicture): boolean =>
      !now.pictures.some((each) => each.assetId === picture.assetId && each.role === picture.role);
    return { ...now, pictures: [...now.pictures, ...pictures.filter(isNew)].slice(0, MOST_PICTURES) };
  });
}

/** Begin anew with this picture; what was chosen about quality and privacy stays. */
export function startFrom(picture: DraftPicture): void {
  draftStore.set((now) => ({
    ...now,
    prompt: "",
    workflow: null,
    model: null,
    options: {},
    pictures: [picture],
  }));
}

export function rememberPrompt(prompt: string): void {
  if (prompt.trim() === "") return;
  promptHistory.set((now) => [...now.filter((each) => each !== prompt), prompt].slice(-MOST_PROMPTS));
}

/** What is asked of the server. */
export function bodyOf(draft: Draft): SubmitBody {
  const classic = draft.mode === "classic";
  return {
    prompt: draft.prompt.trim(),
    inputs: draft.pictures.map(({ role, assetId }) => ({ role, asset_id: assetId })),
    workflow: classic ? draft.classicWorkflow : draft.workflow,
    model: draft.model,
    options: classic ? draft.options : {},
    preference: draft.preference,
    stay_local: draft.stayLocal,
    max_cost_usd: /^\d{1,10}(\.\d{1,6})?$/.test(draft.maxCostUsd.trim()) ? draft.maxCostUsd.trim() : null,
  };
}

/** Whether there is enough for the server to say something. */
export function canPlan(draft: Draft): boolean {
  return draft.mode === "classic"
    ? draft.classicWorkflow !== null
    : draft.prompt.trim() !== "" || draft.workflow !== null;
}
