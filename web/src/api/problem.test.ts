import { describe, expect, it } from "vitest";
import { api, ask } from "./client";
import { ApiProblem, problemOfJob } from "./problem";

const PROBLEM = {
  type: "urn:bottega:problem:missing-input",
  title: "A picture is missing",
  status: 422,
  detail: "Editing needs a picture.",
  instance: "/api/v1/jobs",
  code: "missing-input",
  category: "input",
  severity: "low",
  hint: "Add one.",
  money: "nothing was spent",
  retryable: false,
  details: {},
};

function answerWith(status: number, body: string, kind: string): void {
  globalThis.fetch = () => Promise.resolve(new Response(body, { status, headers: { "content-type": kind } }));
}

async function failure(): Promise<ApiProblem> {
  const error: unknown = await ask(api.GET("/api/v1/jobs")).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiProblem);
  return error as ApiProblem;
}

describe("what goes wrong with a request", () => {
  it("is the server's problem document", async () => {
    answerWith(422, JSON.stringify(PROBLEM), "application/problem+json");
    const { problem } = await failure();
    expect(problem).toMatchObject({ code: "missing-input", money: "nothing was spent", hint: "Add one." });
  });

  it("is 'unreachable' when the answer is a proxy's page, which is not shown", async () => {
    answerWith(502, "<h1>Bad gateway</h1>", "text/html");
    const { problem } = await failure();
    expect(problem).toMatchObject({ code: "unreachable", status: 502, detail: "" });
  });

  it("is 'unreachable' when there is no connection", async () => {
    globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    expect((await failure()).problem).toMatchObject({ code: "unreachable", status: 0, retryable: true });
  });

  it("does not swallow an aborted call", async () => {
    globalThis.fetch = () => Promise.reject(new DOMException("aborted", "AbortError"));
    await expect(ask(api.GET("/api/v1/jobs"))).rejects.toMatchObject({ name: "AbortError" });
  });

  it("sends the token against cross-site requests with what writes, and only then", async () => {
    document.cookie = "bottega_csrf=a%2Bb";
    const seen: (string | null)[] = [];
    globalThis.fetch = (request) => {
      seen.push((request as Request).headers.get("X-CSRF-Token"));
      return Promise.resolve(new Response("{}", { headers: { "content-type": "application/json" } }));
    };
    await ask(api.GET("/api/v1/jobs"));
    await ask(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: "job_1" } } }));
    expect(seen).toEqual([null, "a+b"]);
  });
});

describe("a job's recorded error", () => {
  it("reads as a problem document", () => {
    const found = problemOfJob(
      { code: "timeout", title: "Too slow", message: "It took 60 s.", money: "x" },
      "/j",
    );
    expect(found).toMatchObject({ code: "timeout", detail: "It took 60 s.", money: "x", retryable: false });
  });

  it("is none where there is none", () => {
    expect(problemOfJob(null, "/j")).toBeNull();
  });
});
