// A real server with a home of its own, on a free port of this machine; and a worker beside it, when a test says so.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = process.env.BOTTEGA_PROGRAM ?? path.join(ROOT, ".venv", "bin", "bottega");
const START_MILLISECONDS = 120_000;
const STOP_MILLISECONDS = 15_000;

export interface ServerOptions {
  /** Whether the server runs jobs itself; where it does not, they wait until `startWorker`. */
  runsJobs?: boolean;
  /** More settings, `BOTTEGA_…`. */
  settings?: Record<string, string>;
}

export interface Server {
  url: string;
  startWorker: () => Promise<void>;
  /** Make an administrator's API key on this server. */
  makeKey: () => Promise<string>;
  stop: () => Promise<void>;
}

/** Start a server and wait until it answers. Raises with what it printed when it does not. */
export async function startServer({ runsJobs = true, settings = {} }: ServerOptions = {}): Promise<Server> {
  const home = await mkdtemp(path.join(tmpdir(), "bottega-browser-"));
  const environment = {
    ...withoutSettings(process.env),
    ...settings,
    BOTTEGA_HOME: home,
    OMP_NUM_THREADS: "1",
  };
  const running: ChildProcess[] = [];
  const start = async (args: string[], ready: RegExp): Promise<RegExpExecArray> => {
    // In its own home, so that no `.env` of the working folder is read.
    const child = spawn(PROGRAM, args, { cwd: home, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    running.push(child);
    return printed(child, ready);
  };
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(end));
    await rm(home, { recursive: true, force: true });
  };
  try {
    const args = ["serve", "--port", "0", runsJobs ? "--jobs" : "--no-jobs"];
    const [, url] = await start(args, /answers on (http:\/\/127\.0\.0\.1:\d+)/);
    if (url === undefined) throw new Error("the server did not say its address");
    const run = promisify(execFile);
    return {
      url,
      stop,
      startWorker: async () => void (await start(["worker"], /Running jobs of/)),
      makeKey: async () => {
        const made = await run(PROGRAM, ["keys", "create", "browser", "--admin"], {
          cwd: home,
          env: environment,
        });
        const [key] = /btg_\S+/.exec(made.stdout + made.stderr) ?? [];
        if (key === undefined) throw new Error("no key was printed");
        return key;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** No key or setting of the person who runs the tests reaches a server. */
function withoutSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "LANG", "TMPDIR", "BOTTEGA_WEB_DIR"]) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** What a process prints, until it matches. */
function printed(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = "";
    const fail = (why: string): void => reject(new Error(`bottega ${why}:\n${text}`));
    const timer = setTimeout(() => fail("did not start in time"), START_MILLISECONDS);
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = ready.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("exit", (code) => fail(`ended with ${code ?? "a signal"}`));
  });
}

/** Ask a process of ours to end; insist when it does not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const over = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
  await over;
  clearTimeout(timer);
}
