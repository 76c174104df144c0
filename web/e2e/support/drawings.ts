// Pictures of persons and garments and a small clip, drawn by the Python tests' own drawers.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Upload } from "./pictures";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PYTHON = process.env.BOTTEGA_PYTHON ?? path.join(HERE, "..", "..", "..", ".venv", "bin", "python");
const PICTURES = ["person", "crossed-arms", "tshirt", "trousers"] as const;

export type Drawings = Record<(typeof PICTURES)[number] | "clip", Upload>;

let drawn: Promise<Drawings> | null = null;

/** Drawn once for all tests of a process. */
export function drawings(): Promise<Drawings> {
  drawn ??= draw();
  return drawn;
}

async function draw(): Promise<Drawings> {
  const folder = await mkdtemp(path.join(tmpdir(), "bottega-drawings-"));
  try {
    await promisify(execFile)(PYTHON, [path.join(HERE, "drawings.py"), folder], {
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    });
    const read = async (name: string, mimeType: string): Promise<Upload> => ({
      name,
      mimeType,
      buffer: await readFile(path.join(folder, name)),
    });
    const [person, crossed, tshirt, trousers] = await Promise.all(
      PICTURES.map((name) => read(`${name}.png`, "image/png")),
    );
    const clip = await read("disc.mp4", "video/mp4");
    return { person, "crossed-arms": crossed, tshirt, trousers, clip } as Drawings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
