"""The page for a server without the built web studio, and the OpenAPI document."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bottega import __version__
from bottega.api.security import is_open

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bottega {version}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }}
  h1 {{ margin-bottom: 0; }}
  pre {{ padding: .75rem 1rem; border: 1px solid; border-radius: .4rem; overflow-x: auto; }}
  code {{ font-family: ui-monospace, monospace; font-size: .9em; }}
</style>
<h1>Bottega</h1>
<p>A sentence and some pictures in; finished, checked media out, at a known price.</p>
<p>Version {version} of the HTTP API runs here. The web studio has not been built on this server
(<code>make web</code> in a checkout does): use the API, the <code>bottega</code> command or the Python library.</p>
<ul>
  <li><a href="/openapi.json">/openapi.json</a>: every address, its parameters and answers</li>
  <li><a href="/api/v1/workflows">/api/v1/workflows</a>: what can be asked for</li>
  <li><a href="/health">/health</a>: whether everything works</li>
</ul>
<p>What would it cost? Nothing is run and nothing bought:</p>
<pre><code>curl {key}{base}/api/v1/plan \\
  -F prompt='Sharpen this and double its size' -F image=@photo.jpg</code></pre>
<p>Do it:</p>
<pre><code>curl {key}{base}/api/v1/jobs \\
  -F prompt='Sharpen this and double its size' -F image=@photo.jpg</code></pre>
<p>Watch it; at the end, the job's <code>links.outputs</code> say where the result is:</p>
<pre><code>curl -N {key}{base}/api/v1/jobs/JOB_ID/events</code></pre>
</html>
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def no_studio(request: Request) -> HTMLResponse:
    key = "" if is_open(request.app.state.bottega.settings) else "-H 'X-API-Key: btg_...' "
    base = f"{request.url.scheme}://{request.url.netloc}"
    page = _PAGE.format(version=escape(__version__), base=escape(base), key=escape(key))
    return HTMLResponse(page, headers=_HEADERS)


@router.get("/openapi.json")
def openapi_document(request: Request) -> dict[str, Any]:
    return request.app.openapi()
