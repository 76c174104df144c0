// The last lines of a run: each test that did not pass at its first try, with what was wrong. Where only the end of a
// log is kept, that is what has to stand there.
import type { FullConfig, Reporter, Suite, TestCase, TestError } from "@playwright/test/reporter";

const MOST_LINES = 12;
// eslint-disable-next-line no-control-regex -- the colours of a terminal begin with this character
const COLOURS = /\u001b\[[0-9;]*m/g;

export default class LastWords implements Reporter {
  private tests: readonly TestCase[] = [];
  /** Errors outside of tests, such as a server that did not start. */
  private readonly errors: TestError[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.tests = suite.allTests();
  }

  onError(error: TestError): void {
    this.errors.push(error);
  }

  onEnd(): void {
    for (const error of this.errors) print(`ERROR ${wordsOf(error)}`);
    for (const test of this.tests) {
      const outcome = test.outcome();
      if (outcome !== "unexpected" && outcome !== "flaky") continue;
      const errors = test.results.flatMap((result) => result.errors);
      const name = `${test.location.file.split("/").at(-1) ?? ""} › ${test.title}`;
      const verdict = outcome === "flaky" ? "FLAKY (passed at the second try)" : "FAILED";
      // Tries that ended alike are told once.
      print([`${verdict} ${name}`, ...new Set(errors.map(wordsOf))].join("\n"));
    }
  }

  printsToStdio(): boolean {
    return true;
  }
}

function wordsOf(error: TestError): string {
  const lines = (error.message ?? error.value ?? "no message").replace(COLOURS, "").split("\n");
  return lines
    .filter((line) => line.trim() !== "")
    .slice(0, MOST_LINES)
    .map((line) => `    ${line}`)
    .join("\n");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
