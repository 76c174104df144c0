import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Job } from "@/api/types";
import { asCommand, asCurl, asPython, literal, shellWord } from "./copy-as";

const REQUEST: Job["request"] = {
  prompt: `it's "warm" $HOME \\ 🎨`,
  inputs: [
    { role: "person", asset_id: "a".repeat(64) },
    { role: "garment", asset_id: "b".repeat(64) },
  ],
  workflow: "laser",
  preference: "balanced",
  options: { passes: 2, invert: true, seed: null, formats: ["svg"] },
  stay_local: true,
  max_cost: 40_000,
  model: null,
  fresh: false,
};
const shell = (command: string): string => execFileSync("sh", ["-c", command], { encoding: "utf8" });

describe("a request copied to a terminal", () => {
  it("reaches the program as it was, whatever the sentence holds", () => {
    expect(shell(`printf %s ${shellWord(REQUEST.prompt)}`)).toBe(REQUEST.prompt);
  });

  it("is a curl command whose body is the request", () => {
    const body = shell(
      asCurl(REQUEST, "http://127.0.0.1:8600").replace(/^curl/, 'curl() { printf %s "$5"; }; curl'),
    );
    expect(JSON.parse(body)).toMatchObject({
      prompt: REQUEST.prompt,
      stay_local: true,
      max_cost_usd: "0.04",
    });
  });

  it("names the files of the command line by their roles", () => {
    const command = asCommand(REQUEST);
    expect(command).toContain("--person person.png --garment garment.png --workflow laser --option passes=2");
    expect(command).toContain("--option invert=true");
    expect(command).not.toContain("seed");
  });

  it("is a Python program that can be read by Python", () => {
    const program = asPython(REQUEST);
    execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: program });
    expect(program).toContain('InputFile(Path("garment.png"), Role.GARMENT)');
  });

  it("writes JSON values as Python's", () => {
    const value = { a: [true, null, 1.5], b: REQUEST.prompt };
    const printed = execFileSync("python3", ["-c", `import json; print(json.dumps(${literal(value)}))`], {
      encoding: "utf8",
    });
    expect(JSON.parse(printed)).toEqual(value);
  });
});
