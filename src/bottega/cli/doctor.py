"""`doctor`: whether this installation works, and what would make it work better."""

import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from bottega.cli.checks import Check
from bottega.cli.doctor_vendors import vendor_checks
from bottega.cli.session import JsonOption, Reply, carry_out, load_settings

if TYPE_CHECKING:
    from bottega.app import Bottega
    from bottega.settings import Settings

GIB = 2**30
LITTLE_SPACE, TOO_LITTLE_SPACE = 2 * GIB, GIB // 8
EXTRAS = {
    "postgres": "psycopg",
    "redis": "redis",
    "demo": "skimage",
    "mcp": "mcp",
    "openai": "openai",
    "gemini": "google.genai",
    "anthropic": "anthropic",
    "video": "av",
    "laser": "shapely",
    "fast": "numba",
}
"""Optional extras and the module that each brings."""

# A PNG of one pixel: enough to prove that a child process starts, decodes and answers.
_ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def add_to(application: typer.Typer) -> None:
    application.command()(doctor)


def doctor(as_json: JsonOption = False) -> None:
    """Check this installation; exit code 1 when something essential is broken."""
    reply = Reply(as_json, checks=[], healthy=True)

    async def work() -> int:
        from rich.text import Text

        from bottega.cli.show import plain_table

        table = plain_table("", "check", "finding")
        marks = {"ok": ("ok", "green"), "note": ("note", "yellow"), "broken": ("broken", "bold red")}
        broken = False
        async for check in examine():
            broken = broken or check.state == "broken"
            reply.document["checks"].append(asdict(check))
            words = Text(check.detail)
            if check.hint:
                words.append(f" {check.hint}", style="dim")
            table.add_row(Text(*marks[check.state]), check.name, words)
        reply.document["healthy"] = not broken
        verdict = "[bold red]Something essential is broken." if broken else "[green]This installation works."
        reply.show(table, "", verdict)
        return 1 if broken else 0

    carry_out(reply, work)


async def examine() -> AsyncGenerator[Check]:
    """Every check in turn; a broken one does not hide those after it unless they need what it found missing."""
    from bottega.app import Bottega
    from bottega.errors import BottegaError

    try:
        settings = load_settings()
        bottega = Bottega(settings)
    except BottegaError as error:
        yield Check("settings", "broken", error.message, error.hint)
        return
    yield Check("settings", "ok", f"home {settings.home_dir}, {len(bottega.catalogue)} models")
    home = _home(settings)
    yield home
    if home.state == "ok":
        yield _space(settings)
    try:
        async for check in _inside(bottega):
            yield check
    finally:
        await bottega.close()
    for name, module in EXTRAS.items():
        there = _is_installed(module)
        hint = "" if there else f"If you need it: pip install 'bottega[{name}]'"
        yield Check(
            f"extra {name}", "ok" if there else "note", "installed" if there else "not installed.", hint
        )


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False


async def _inside(bottega: "Bottega") -> AsyncGenerator[Check]:
    database = await _database(bottega)
    yield database
    yield await _compute(bottega)
    for name, engine in bottega.engines.items():
        found = engine.availability()
        where = "on this machine" if engine.local else "elsewhere"
        yield (
            Check(f"engine {name}", "ok", f"ready, {where}")
            if found.usable
            else Check(f"engine {name}", "note", f"{found.reason}.", found.hint)
        )
    async for check in vendor_checks(bottega):
        yield check
    for check in _own_models(bottega):
        yield check
    yield _models(bottega)
    if database.state == "ok":
        yield await _unfinished(bottega)
        yield await _books(bottega)


# --- single checks -------------------------------------------------------------------------------------------


def _home(settings: "Settings") -> Check:
    home = settings.home_dir
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"1")
    except OSError as error:
        return Check("home", "broken", f"{home}: {error.strerror}.", "Set BOTTEGA_HOME to a folder of yours.")
    return Check("home", "ok", f"{home} can be written to")


def _space(settings: "Settings") -> Check:
    free = shutil.disk_usage(settings.home_dir).free
    words = f"{free / GIB:.1f} GiB free"
    if free < TOO_LITTLE_SPACE:
        return Check("disk", "broken", f"{words}.", "Make room, or move BOTTEGA_HOME.")
    return Check("disk", "note" if free < LITTLE_SPACE else "ok", words)


async def _database(bottega: "Bottega") -> Check:
    from sqlalchemy.exc import SQLAlchemyError

    from bottega.errors import BottegaError
    from bottega.store.migrate import HEAD

    kind = bottega.database.url.get_backend_name()
    try:
        await bottega.start(run_jobs=False)
        health = await bottega.health()
    except BottegaError as error:
        return Check("database", "broken", error.message, error.hint)
    except (SQLAlchemyError, OSError) as error:
        return Check("database", "broken", f"{kind}: {error}", "Check BOTTEGA_DATABASE_URL and BOTTEGA_HOME.")
    return Check("database", "ok", f"{kind}, schema {HEAD}, answers in {health['database']['answer_ms']} ms")


async def _compute(bottega: "Bottega") -> Check:
    from bottega.errors import BottegaError
    from bottega.imaging.decode import inspect
    from bottega.imaging.limits import Limits

    handle, name = tempfile.mkstemp(suffix=".png")
    started = time.monotonic()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_ONE_PIXEL)
        from pathlib import Path

        media = await bottega.compute.call_with(inspect, (Path(name), Limits()), timeout_s=60.0)
    except BottegaError as error:
        return Check("computing", "broken", error.message, error.hint)
    finally:
        os.unlink(name)
    took = time.monotonic() - started
    processes = bottega.settings.compute_processes
    return Check(
        "computing",
        "ok",
        f"a child process read a picture ({media.media_type}) in {took:.1f} s; up to {processes} at once",
    )


def _own_models(bottega: "Bottega") -> list[Check]:
    """What is to be known of the models that the user's own file names."""
    from datetime import UTC, datetime

    from bottega.models import has_ended, load_catalogue

    built_in, checks = load_catalogue(), list[Check]()
    for model in bottega.catalogue:
        if built_in.get(model.id) == model:
            continue
        if model.price is None or not model.price.is_known:
            words, hint = "has no price, so it is not used.", "Give its price in the catalogue."
        elif has_ended(model, datetime.now(UTC).date()):
            words = f"has ended{f' on {model.ends}' if model.ends else ''}."
            hint = f"Use {model.replacement} instead." if model.replacement else ""
        else:
            continue
        checks.append(Check(f"model {model.id}", "note", words, hint))
    return checks


def _models(bottega: "Bottega") -> Check:
    from datetime import UTC, datetime

    from bottega.models import endings

    soon = endings(list(bottega.catalogue), datetime.now(UTC).date())
    words = f"{len(bottega.catalogue)} models in the catalogue"
    if not soon:
        return Check("models", "ok", f"{words}; none ends soon")
    return Check(
        "models", "ok", f"{words}; {len(soon)} have ended or end soon.", "See `bottega models check`."
    )


async def _unfinished(bottega: "Bottega") -> Check:
    jobs = (await bottega.health())["jobs"]
    waiting = {state: jobs[state] for state in ("queued", "running") if jobs.get(state)}
    stuck = {state: jobs[state] for state in ("quarantined", "unknown") if jobs.get(state)}
    words = ", ".join(f"{count} {state}" for state, count in (waiting | stuck).items())
    if stuck:
        return Check(
            "jobs", "note", f"{words}.", "See `bottega jobs list --state STATE`, then `bottega jobs retry`."
        )
    if waiting:
        return Check("jobs", "note", f"{words}.", "`bottega serve` or `bottega worker` works them off.")
    return Check("jobs", "ok", "none is unfinished")


async def _books(bottega: "Bottega") -> Check:
    differences = await bottega.ledger.audit()
    if differences:
        return Check(
            "books", "broken", f"{len(differences)} records of money disagree.", "See `bottega audit`."
        )
    return Check("books", "ok", "budgets, holds and ledger agree")
