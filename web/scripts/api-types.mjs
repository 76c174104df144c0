// Writes src/api/schema.d.ts from the server's OpenAPI document; with --check, says whether it is current.
// The document comes from the application itself, made by the project's Python; no server has to run.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));
const venv = `${root}/.venv/bin/python`;
const python = process.env.BOTTEGA_PYTHON ?? (existsSync(venv) ? venv : "python3");
const program = "import json; from bottega.api import create_app; print(json.dumps(create_app().openapi()))";
const document = JSON.parse(
  execFileSync(python, ["-c", program], { cwd: root, encoding: "utf8", maxBuffer: 64 * 2 ** 20 }),
);
const head =
  "// Written by scripts/api-types.mjs from the OpenAPI document. Change the API, then run `npm run types`.\n\n";
const types = head + astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));

if (!process.argv.includes("--check")) {
  writeFileSync(target, types);
} else if (!existsSync(target) || readFileSync(target, "utf8") !== types) {
  console.error("src/api/schema.d.ts is not what the API is now; run `npm run types`.");
  process.exit(1);
}
