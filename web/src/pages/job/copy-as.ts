// A job's request as a command or a program: the same work from a terminal.
import { bodyOfRequest, dollars } from "@/api/body-of-request";
import type { Job, Role } from "@/api/types";

type Request = Job["request"];

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The body without what is the server's default. */
function shortBody(request: Request): Record<string, unknown> {
  const { preference, ...rest } = bodyOfRequest(request);
  const given = Object.entries(rest).filter(
    ([, value]) =>
      value !== null &&
      value !== "" &&
      value !== false &&
      JSON.stringify(value) !== "{}" &&
      JSON.stringify(value) !== "[]",
  );
  return { ...Object.fromEntries(given), ...(preference !== "balanced" && { preference }) };
}

export function asCurl(request: Request, origin: string): string {
  const body = JSON.stringify(shortBody(request));
  return [
    `curl ${shellWord(`${origin}/api/v1/jobs`)}`,
    "-H 'Content-Type: application/json'",
    `-d ${shellWord(body)}`,
  ].join(" \\\n  ");
}

const FLAGS: Partial<Record<Role, string>> = {
  person: "--person",
  garment: "--garment",
  reference: "--reference",
  mask: "--mask",
};

/** For the command line, whose pictures are files: each by the name of its role. */
export function asCommand(request: Request): string {
  const words = ["bottega run", shellWord(request.prompt)];
  fileNames(request).forEach(({ role, name }) => {
    const flag = FLAGS[role];
    words.push(flag === undefined ? name : `${flag} ${name}`);
  });
  if (request.workflow !== null) words.push(`--workflow ${shellWord(request.workflow)}`);
  if (request.model !== null) words.push(`--model ${shellWord(request.model)}`);
  for (const [name, value] of Object.entries(request.options)) {
    if (value === null) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    words.push(`--option ${shellWord(`${name}=${text}`)}`);
  }
  if (request.preference !== "balanced") words.push(`--preference ${request.preference}`);
  if (request.stay_local) words.push("--stay-local");
  if (request.max_cost !== null) words.push(`--max-cost ${dollars(request.max_cost)}`);
  return words.join(" ");
}

export function asPython(request: Request): string {
  const files = fileNames(request);
  const asFile = ({ role, name }: { role: Role; name: string }): string =>
    role === "working" || role === "clip"
      ? literal(name)
      : `InputFile(Path(${literal(name)}), Role.${role.toUpperCase()})`;
  const roles = files.some(({ role }) => role !== "working" && role !== "clip");
  const options = Object.entries(request.options).filter(([, value]) => value !== null);
  const lines = [
    `        done = await bottega.run(`,
    `            ${literal(request.prompt)},`,
    files.length > 0 && `            images=[${files.map(asFile).join(", ")}],`,
    request.workflow !== null && `            workflow=${literal(request.workflow)},`,
    request.model !== null && `            model=${literal(request.model)},`,
    options.length > 0 && `            options=${literal(Object.fromEntries(options))},`,
    request.preference !== "balanced" && `            preference=${literal(request.preference)},`,
    request.stay_local && `            stay_local=True,`,
    request.max_cost !== null && `            max_cost_usd=${literal(dollars(request.max_cost))},`,
    `        )`,
  ].filter((line) => line !== false);
  return [
    "import asyncio",
    ...(roles ? ["from pathlib import Path"] : []),
    "",
    "from bottega import Bottega",
    ...(roles ? ["from bottega.app import InputFile", "from bottega.domain.request import Role"] : []),
    "",
    "",
    "async def main() -> None:",
    "    async with Bottega() as bottega:",
    ...lines,
    `        await bottega.save(done, "results")`,
    "",
    "",
    "asyncio.run(main())",
    "",
  ].join("\n");
}

/** A JSON value as a Python literal. JSON's strings are Python's, save for characters beyond the basic plane, which
 * JSON leaves as they are. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${literal(inner)}`);
    return `{${pairs.join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** Files by role, numbered where there are several: `working.png`, `garment-2.png`. */
function fileNames(request: Request): { role: Role; name: string }[] {
  const seen = new Map<Role, number>();
  return request.inputs.map(({ role }) => {
    const count = (seen.get(role) ?? 0) + 1;
    seen.set(role, count);
    const ending = role === "clip" ? "mp4" : "png";
    return { role, name: `${role}${count > 1 ? `-${count}` : ""}.${ending}` };
  });
}
