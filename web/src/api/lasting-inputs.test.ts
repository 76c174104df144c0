import { describe, expect, it } from "vitest";
import { lastingInputs } from "./lasting-inputs";
import type { Job } from "./types";

function job(roles: Job["request"]["inputs"][number]["role"][], options: Record<string, unknown>) {
  const inputs = roles.map((role) => ({ role, asset_id: `of-${role}` }));
  return { request: { inputs }, plan: { options } } as unknown as Pick<Job, "plan" | "request">;
}

const rolesOf = (given: Pick<Job, "plan" | "request">): string[] =>
  lastingInputs(given).map(({ role }) => role);

describe("inputs that outlive their job", () => {
  it("are all of them where nothing is said of keeping", () => {
    expect(rolesOf(job(["working", "mask"], { scale: 2 }))).toEqual(["working", "mask"]);
  });

  it("are not the person's picture, unless it is kept", () => {
    expect(rolesOf(job(["person", "garment"], { keep: false }))).toEqual(["garment"]);
    expect(rolesOf(job(["person", "garment"], { keep: true }))).toEqual(["person", "garment"]);
  });

  it("are not the working picture where it shows the person", () => {
    expect(rolesOf(job(["working", "reference"], { keep: false }))).toEqual(["reference"]);
  });
});
