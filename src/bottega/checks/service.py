"""Checks of a workshop whose database is open; they cost nothing and ask nobody outside."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bottega.app import Bottega
from bottega.checks.finding import Finding, broken, note, ok
from bottega.models import Catalogue, endings
from bottega.store.migrate import HEAD

GIB = 2**30
LITTLE_SPACE, TOO_LITTLE_SPACE = 2 * GIB, GIB // 8


def disk(home: Path) -> Finding:
    """The space left where `home`, which exists, lies. Raises OSError."""
    free = shutil.disk_usage(home).free
    words = f"{free / GIB:.1f} GiB free"
    if free < TOO_LITTLE_SPACE:
        return broken("disk", f"{words}.", "Make room, or move BOTTEGA_HOME.")
    return note("disk", words) if free < LITTLE_SPACE else ok("disk", words)


def database(health: Mapping[str, Any]) -> Finding:
    """`health`: what `Bottega.health` said, which it cannot when the database does not answer."""
    found = health["database"]
    return ok("database", f"{found['kind']}, schema {HEAD}, answers in {found['answer_ms']} ms")


def jobs(counts: Mapping[str, int], *, served: bool) -> Finding:
    """Jobs by state; that some wait is worth knowing only where nobody works them off (`served`)."""
    waiting = _counted(counts, "queued", "running")
    stuck = _counted(counts, "quarantined", "unknown")
    words = ", ".join([*waiting, *stuck])
    if stuck:
        return note("jobs", f"{words}.", "See `bottega jobs list --state STATE`, then `bottega jobs retry`.")
    if waiting and not served:
        return note("jobs", f"{words}.", "`bottega serve` or `bottega worker` works them off.")
    return ok("jobs", words or "none is unfinished")


def _counted(counts: Mapping[str, int], *states: str) -> list[str]:
    return [f"{counts[state]} {state}" for state in states if counts.get(state)]


async def books(bottega: Bottega) -> Finding:
    differences = await bottega.ledger.audit()
    if differences:
        return broken("books", f"{len(differences)} records of money disagree.", "See `bottega audit`.")
    return ok("books", "budgets, holds and ledger agree")


def models(catalogue: Catalogue) -> Finding:
    soon = endings(list(catalogue), datetime.now(UTC).date())
    words = f"{len(catalogue)} models in the catalogue"
    if not soon:
        return ok("models", f"{words}; none ends soon")
    return ok("models", f"{words}; {len(soon)} have ended or end soon.", "See `bottega models check`.")


def engines(bottega: Bottega) -> list[Finding]:
    """A finding for each engine, in the order of their registry."""
    findings: list[Finding] = []
    for name, engine in bottega.engines.items():
        found, title = engine.availability(), f"engine {name}"
        where = "on this machine" if engine.local else "elsewhere"
        findings.append(
            ok(title, f"ready, {where}") if found.usable else note(title, f"{found.reason}.", found.hint)
        )
    return findings
