"""`doctor`: whether this installation works, and what would make it work better."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, load_settings

if TYPE_CHECKING:
    from bottega.app import Bottega
    from bottega.checks import Finding


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
        async for found in examine():
            broken = broken or found.state == "broken"
            reply.document["checks"].append(found.model_dump())
            words = Text(found.detail)
            if found.hint:
                words.append(f" {found.hint}", style="dim")
            table.add_row(Text(*marks[found.state]), found.name, words)
        reply.document["healthy"] = not broken
        verdict = "[bold red]Something essential is broken." if broken else "[green]This installation works."
        reply.show(table, "", verdict)
        return 1 if broken else 0

    carry_out(reply, work)


async def examine() -> "AsyncGenerator[Finding]":
    """Every check in turn; a broken one does not hide those after it unless they need what it found missing."""
    from bottega.app import Bottega
    from bottega.checks import broken, installation, ok, service
    from bottega.errors import BottegaError

    try:
        settings = load_settings()
        bottega = Bottega(settings)
    except BottegaError as error:
        yield broken("settings", error.message, error.hint)
        return
    yield ok("settings", f"home {settings.home_dir}, {len(bottega.catalogue)} models")
    home = installation.home(settings.home_dir)
    yield home
    if home.state == "ok":
        yield service.disk(settings.home_dir)
    try:
        async for found in _inside(bottega):
            yield found
    finally:
        await bottega.close()
    for found in installation.extras():
        yield found


async def _inside(bottega: "Bottega") -> "AsyncGenerator[Finding]":
    from bottega.checks import installation, service
    from bottega.checks.vendors import vendors

    database = await installation.database(bottega)
    yield database
    yield await installation.computing(bottega)
    yield await installation.detectors(bottega)
    for found in service.engines(bottega):
        yield found
    async for found in vendors(bottega):
        yield found
    for found in installation.own_models(bottega.catalogue):
        yield found
    yield service.models(bottega.catalogue)
    if database.state == "ok":
        yield service.jobs((await bottega.health())["jobs"], served=False)
        yield await service.books(bottega)
