"""What a browser finds at `/`, and a job's page without scripts at `/j/<id>`: for links in mails, and for readers that run none."""

import base64
import hashlib
import time
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bottega.api.routes.root import no_studio
from bottega.api.security import Shop, asking
from bottega.api.static_files import StaticFiles
from bottega.app import Bottega
from bottega.domain.asset import Asset
from bottega.domain.job import Job
from bottega.domain.money import format_usd
from bottega.domain.principal import Principal
from bottega.errors import BottegaError, NotAuthenticated, NotFound

router = APIRouter(include_in_schema=False)

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; border-radius: .4rem; }
dt { font-weight: 600; } dd { margin: 0 0 .6rem; overflow-wrap: anywhere; }
a { overflow-wrap: anywhere; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; img-src 'self'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STATES = {
    "queued": "It waits for its turn.",
    "running": "It is being worked on.",
    "succeeded": "It is done, and the result was accepted.",
    "rejected": "It is done; the result is below the quality threshold.",
    "failed": "It failed.",
    "cancelled": "It was cancelled.",
    "quarantined": "It was set aside, because the program died while working on it.",
    "unknown": "The provider's answer was lost; the money is on hold until the provider has been asked.",
}


@router.get("/")
async def index(request: Request) -> Response:
    """The studio; where it is not built, a page that says so."""
    files: StaticFiles | None = request.app.state.web_files
    return no_studio(request) if files is None else await files.page(request.headers)


@router.get("/j/{job_id}")
async def show_job(job_id: str, request: Request, shop: Shop) -> HTMLResponse:
    """A job for people, with the same rights as everywhere. It asks the browser to look again while the job is not over."""
    try:
        who = await asking(request)
        job = await shop.job(job_id, who)
        assets = await _assets(shop, job, who)
    except NotAuthenticated:
        # A link in a mail comes without the cookie (SameSite=Strict); one on a page of ours comes with it.
        again = escape(f"/j/{job_id}")
        return _page(
            "Please log in",
            f'<p>This job is shown to its owner. <a href="{again}">Show it</a>, if you are logged in here; '
            'otherwise <a href="/">log in</a> first.</p>',
            status=401,
        )
    except NotFound as error:
        return _page("There is no such job", f"<p>{escape(error.message)}</p>", status=error.http_status)
    except BottegaError as error:
        return _page(
            error.title, f"<p>{escape(error.message)} {escape(error.hint)}</p>", status=error.http_status
        )
    refresh = "" if job.state.is_final else '<meta http-equiv="refresh" content="5">'
    return _page(_title(job), _body(job, assets), head=refresh)


async def _assets(shop: Bottega, job: Job, who: Principal) -> list[Asset]:
    made: list[Asset] = []
    for asset_id in job.result.outputs if job.result is not None else ():
        try:
            made.append(await shop.asset(asset_id, who))
        except NotFound:  # removed since: the rest of the page is still true
            continue
    return made


def _title(job: Job) -> str:
    return job.request.prompt.strip()[:200] or job.plan.workflow


def _body(job: Job, assets: list[Asset]) -> str:
    facts = [("State", _STATES[job.state.value]), ("Workflow", job.plan.workflow)]
    if job.result is not None:
        facts += [("Model", job.result.model_id), ("Cost", format_usd(job.result.cost))]
        facts += [("Verdict", job.result.verdict.reason)] if job.result.verdict.reason else []
    if job.error is not None:
        facts += [("Why", _words(job.error, "message")), ("What to do", _words(job.error, "hint"))]
        facts += [("Money", _words(job.error, "money"))]
    facts += [("Made", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(job.created_at)))]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    files = "".join(_file(asset, job) for asset in assets)
    link = f'<p><a href="/jobs/{escape(job.id)}">Open it in the studio</a></p>'
    return f"{files}<dl>{rows}</dl>{link}"


def _file(asset: Asset, job: Job) -> str:
    here = f"/api/v1/assets/{escape(asset.id)}"
    label = escape(asset.label or asset.name)
    picture = ""
    if asset.media.is_picture or asset.media.is_clip:
        picture = f'<p><img src="{here}/thumbnail?side=512" alt="{label}: {escape(_title(job))}"></p>'
    return f'{picture}<p><a href="{here}/content?download=true">Download {escape(asset.name)}</a></p>'


def _words(error: dict[str, Any], name: str) -> str:
    return str(error.get(name, ""))


def _page(title: str, body: str, *, head: str = "", status: int = 200) -> HTMLResponse:
    page = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml">\n'
        f"{head}\n<title>{escape(title)} - Bottega</title>\n<style>{_STYLE}</style>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</html>\n"
    )
    return HTMLResponse(page, status, headers=_HEADERS)
