// How fast the gallery opens and scrolls with many assets: a server of its own in a temporary folder is filled through its
// API, then a real browser measures. Build the studio first (`npm run build`).
//
//   node bench/gallery.mjs [--quick] [--json] [--assets 20000]
//
// BOTTEGA: the program (by default the project's .venv). CHROMIUM: the browser (by default /usr/bin/chromium).
// Exit code 1 when an aim is missed.
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { picture } from "./png.mjs";

const AIMS = { first_tiles_ms: 1000, frame_p95_ms: 50, long_task_ms_per_s: 100 };
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"].concat([
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]);
const FILES_AT_ONCE = 16;
const SCROLL_MILLISECONDS = 10_000;
const WORDS = ["harbour", "atelier", "velvet", "lantern", "orchard", "marble", "letter", "mirror"];

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, json: { type: "boolean" }, assets: { type: "string" } },
});
const root = fileURLToPath(new URL("../..", import.meta.url));
const wanted = Number(options.assets ?? (options.quick ? 1_000 : 20_000));

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A server of its own; `stop` ends it and removes its files. */
async function serve() {
  const home = mkdtempSync(join(tmpdir(), "bottega-gallery-"));
  const port = await freePort();
  const program = process.env.BOTTEGA ?? join(root, ".venv/bin/bottega");
  const env = { ...process.env, BOTTEGA_HOME: home, BOTTEGA_HOST: "127.0.0.1" };
  const child = spawn(program, ["serve", "--port", String(port)], { cwd: home, env, stdio: "ignore" });
  const ended = once(child, "exit");
  const base = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await answers(base, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { base, stop };
}

async function answers(base, child) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`bottega serve ended with ${child.exitCode}`);
    try {
      if ((await fetch(`${base}/health`)).ok) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("bottega serve did not answer within two minutes");
}

async function fill(base, count) {
  const started = performance.now();
  for (let at = 0; at < count; at += FILES_AT_ONCE) {
    const form = new FormData();
    for (let number = at; number < Math.min(count, at + FILES_AT_ONCE); number += 1) {
      const name = `${WORDS[number % WORDS.length]} ${number}.png`;
      form.append("file", new Blob([picture(number)], { type: "image/png" }), name);
    }
    const response = await fetch(`${base}/api/v1/assets`, { method: "POST", body: form });
    if (!response.ok) throw new Error(`upload: ${response.status} ${await response.text()}`);
    if (!options.json && process.stderr.isTTY)
      process.stderr.write(`\rfilled ${at + FILES_AT_ONCE} of ${count}`);
  }
  return (performance.now() - started) / 1000;
}

/** Milliseconds from the request of the page until the first window of tiles is painted. */
async function firstTiles(page, base) {
  await page.goto(`${base}/gallery`, { waitUntil: "commit" });
  const handle = await page.waitForFunction(
    () => {
      const inSight = [...document.querySelectorAll('[role="gridcell"] img')].filter(
        (image) => image.getBoundingClientRect().top < innerHeight,
      );
      return inSight.length > 0 && inSight.every((image) => image.complete && image.naturalWidth > 0)
        ? performance.now()
        : false;
    },
    undefined,
    { polling: "raf", timeout: 60_000 },
  );
  return handle.jsonValue();
}

/** Scroll as with a wheel, a bit with every frame; how long frames took, and tasks over 50 ms. */
async function scroll(page) {
  return page.evaluate(async (milliseconds) => {
    const tasks = [];
    const observer = new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => tasks.push(entry.duration)),
    );
    observer.observe({ type: "longtask" });
    const frames = [];
    let most = 0;
    const end = performance.now() + milliseconds;
    let last = performance.now();
    while (performance.now() < end) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      frames.push(now - last);
      last = now;
      scrollBy({ top: 60, behavior: "instant" });
      most = Math.max(most, document.querySelectorAll('[role="gridcell"]').length);
    }
    observer.disconnect();
    frames.sort((a, b) => a - b);
    return {
      frames: frames.length,
      frame_p50_ms: frames[Math.floor(frames.length * 0.5)],
      frame_p95_ms: frames[Math.floor(frames.length * 0.95)],
      long_tasks: tasks.length,
      long_task_ms_per_s: tasks.reduce((sum, each) => sum + each, 0) / (milliseconds / 1000),
      longest_task_ms: Math.max(0, ...tasks),
      most_tiles_in_document: most,
      scrolled_px: scrollY,
    };
  }, SCROLL_MILLISECONDS);
}

/** Milliseconds from typing a word until the list is of it; the pause after typing (250 ms) is part of it. */
async function search(page, word) {
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  const started = performance.now();
  await page.fill("input[type=search]", word);
  await page.waitForFunction(
    (found) => {
      const tiles = [...document.querySelectorAll("[data-open]")];
      return tiles.length > 0 && tiles.every((tile) => tile.getAttribute("aria-label")?.includes(found));
    },
    word,
    { polling: "raf", timeout: 30_000 },
  );
  return performance.now() - started;
}

async function measure(base) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    // Thumbnails are made when they are first asked for: the first visit makes them, the second (a browser with an empty
    // cache) is measured, the third has them in the cache.
    const first = await firstTiles(page, base);
    const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const again = await firstTiles(other, base);
    const warm = await firstTiles(other, base);
    const scrolled = await scroll(page);
    const searched = await search(page, "lantern");
    return {
      first_visit_ms: first,
      first_tiles_ms: again,
      returning_ms: warm,
      ...scrolled,
      search_ms: searched,
    };
  } finally {
    await browser.close();
  }
}

const server = await serve();
let found;
try {
  const seconds = await fill(server.base, wanted);
  found = { assets: wanted, fill_s: seconds, ...(await measure(server.base)) };
} finally {
  await server.stop();
}
const missed = Object.entries(AIMS).filter(([name, aim]) => !(found[name] <= aim));
if (options.json) {
  console.log(JSON.stringify({ ...found, aims: AIMS, missed: missed.map(([name]) => name) }));
} else {
  for (const [name, value] of Object.entries(found)) {
    const aim = name in AIMS ? `  aim ${AIMS[name]}` : "";
    console.log(`${name.padEnd(24)}${Math.round(value * 10) / 10}${aim}`);
  }
}
process.exitCode = missed.length > 0 ? 1 : 0;
