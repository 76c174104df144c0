"""`privacy`: everything that is kept about a user, taken along as a ZIP or erased."""

from pathlib import Path
from typing import Annotated

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

group = typer.Typer(
    name="privacy", help="Take along, or erase, everything about a user.", no_args_is_help=True
)

Owner = Annotated[str, typer.Option(help="Whose data; the local user's when left out.", show_default=False)]


def register(application: typer.Typer) -> None:
    application.add_typer(group)


@group.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT.ZIP", help="Where to write it.", show_default=False)],
    owner: Owner = "",
    as_json: JsonOption = False,
) -> None:
    """Write a ZIP of everything about a user: files, jobs, feedback, references, wardrobe, preferences, ledger."""
    reply = Reply(as_json, export=None)

    async def work() -> int:
        from bottega.cli.laser_files import check_targets
        from bottega.domain.principal import LOCAL_OWNER

        check_targets([out])
        async with opened() as bottega:
            told = await bottega.privacy.export(owner or LOCAL_OWNER, out)
        reply.document["export"] = told.model_dump(mode="json")
        reply.show(f"{told.files} files and {sum(told.records.values())} records are in {out}.")
        if told.missing:
            reply.show(f"{len(told.missing)} files are not there any more.")
        return 0

    carry_out(reply, work)


@group.command()
def erase(
    owner: Owner = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete everything about a user, keys included. Sums of money stay under another name."""
    reply = Reply(as_json, erased=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL_OWNER

        whose = owner or LOCAL_OWNER
        if not yes:
            typer.confirm(f"Everything about {whose!r} will be gone for good. Go on?", abort=True, err=True)
        async with opened() as bottega:
            told = await bottega.privacy.erase(whose)
        reply.document["erased"] = told.model_dump(mode="json")
        reply.show(
            f"{sum(told.records.values())} records and {told.files} files are gone; "
            f"{sum(told.anonymised.values())} rows of money stay under {told.alias}."
        )
        return 0

    carry_out(reply, work)
