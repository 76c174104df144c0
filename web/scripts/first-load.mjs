// Says how many bytes of script (gzip) the first page loads: the entry, what it imports statically, and what the
// home page adds. Fails above the limit.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const LIMIT = 250_000;
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const size = (name) => gzipSync(readFileSync(`${dist}/assets/${name}`)).length;
const imports = (name) => {
  const text = readFileSync(`${dist}/assets/${name}`, "utf8");
  return [...text.matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g)].map((match) => match[1]);
};
const html = readFileSync(`${dist}/index.html`, "utf8");
const entry = html.match(/assets\/([^"]+\.js)"/)[1];
const home = readdirSync(`${dist}/assets`).filter((name) => /^page-studio-.*\.js$/.test(name));
const seen = new Set();
const visit = (name) => {
  if (seen.has(name)) return;
  seen.add(name);
  imports(name).forEach(visit);
};
[entry, ...home].forEach(visit);
const total = [...seen].reduce((sum, name) => sum + size(name), 0);
console.log(
  `first load: ${(total / 1000).toFixed(1)} kB of script in ${seen.size} files (limit ${LIMIT / 1000} kB)`,
);
if (total > LIMIT) process.exit(1);
