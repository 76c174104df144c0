// The one place that talks to the server. Everything else calls `api` (typed by the OpenAPI document) and `ask`.
import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, problemOf, unreachable } from "./problem";
import type { paths } from "./schema";
import type { Answer } from "./types";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);
const CSRF_COOKIE = "bottega_csrf";
const CSRF_HEADER = "X-CSRF-Token";

/** The value of a cookie that scripts may read; null without it. */
function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found === undefined ? null : decodeURIComponent(found.slice(name.length + 1));
}

const crossSiteGuard: Middleware = {
  onRequest({ request }) {
    const token = READING.has(request.method) ? null : cookie(CSRF_COOKIE);
    if (token !== null) request.headers.set(CSRF_HEADER, token);
    return request;
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests can put a server of their own in its place.
  fetch: (request) => globalThis.fetch(request),
});
api.use(crossSiteGuard);

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of a call such as `api.GET("/api/v1/jobs")`. Raises ApiProblem, for lost connections too; an aborted
 * call raises what the browser raises. */
export async function ask<T>(call: Promise<Outcome<T>>): Promise<Answer<T>> {
  const { data, error, response } = await settled(call);
  if (!response.ok) throw isBody(error) ? new ApiProblem(error) : await problemOf(response, response.url);
  return data as Answer<T>;
}

async function settled<T>(call: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable("");
  }
}

function isBody(error: unknown): error is ApiProblem["problem"] {
  return (
    typeof error === "object" && error !== null && "code" in error && "title" in error && "status" in error
  );
}
