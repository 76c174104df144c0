"""Checks of the machine, the settings and what is installed; some of them write and remove a small file."""

import importlib.util
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bottega.app import Bottega
from bottega.checks import service
from bottega.checks.finding import Finding, broken, note, ok
from bottega.errors import BottegaError
from bottega.imaging.decode import inspect
from bottega.imaging.limits import Limits
from bottega.models import Catalogue, has_ended, load_catalogue, use_instead

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


def home(folder: Path) -> Finding:
    """Whether files can be made in the home folder, which is made where it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError as error:
        return broken("home", f"{folder}: {error.strerror}.", "Set BOTTEGA_HOME to a folder of yours.")
    return ok("home", f"{folder} can be written to")


async def database(bottega: Bottega) -> Finding:
    """Opens the database, bringing its schema up to date as every start does."""
    try:
        await bottega.start(run_jobs=False)
        return service.database(await bottega.health())
    except BottegaError as error:
        return broken("database", error.message, error.hint)
    except (SQLAlchemyError, OSError) as error:
        kind = bottega.database.url.get_backend_name()
        return broken("database", f"{kind}: {error}", "Check BOTTEGA_DATABASE_URL and BOTTEGA_HOME.")


async def computing(bottega: Bottega) -> Finding:
    """Whether a child process reads a picture, and how long its start takes."""
    started = time.monotonic()
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(_ONE_PIXEL)
        file.flush()
        try:
            media = await bottega.compute.call_with(inspect, (Path(file.name), Limits()), timeout_s=60.0)
        except BottegaError as error:
            return broken("computing", error.message, error.hint)
    took = time.monotonic() - started
    most = bottega.settings.compute_processes
    return ok(
        "computing",
        f"a child process read a picture ({media.media_type}) in {took:.1f} s; up to {most} at once",
    )


async def detectors(bottega: Bottega) -> Finding:
    """Whether faces can be found: OpenCV's classic detectors, which later versions come without."""
    from bottega.fashion.person.faces import self_test

    try:
        await bottega.compute.call(self_test)
    except BottegaError as error:
        return note("face detection", error.message, error.hint)
    return ok("face detection", "the detectors load")


def own_models(catalogue: Catalogue) -> list[Finding]:
    """What is to be known of the models that the user's own file names."""
    built_in, today = load_catalogue(), datetime.now(UTC).date()
    findings: list[Finding] = []
    for model in catalogue:
        if built_in.get(model.id) == model:
            continue
        name = f"model {model.id}"
        if model.price is None or not model.price.is_known:
            findings.append(
                note(name, "has no price, so it is not used.", "Give its price in the catalogue.")
            )
        elif has_ended(model, today):
            words = f"has ended{f' on {model.ends}' if model.ends else ''}."
            findings.append(note(name, words, use_instead(model.replacement)))
    return findings


def extras() -> list[Finding]:
    """Which optional extras are installed."""
    return [
        ok(f"extra {name}", "installed")
        if _is_installed(module)
        else note(f"extra {name}", "not installed.", f"If you need it: pip install 'bottega[{name}]'")
        for name, module in EXTRAS.items()
    ]


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False
