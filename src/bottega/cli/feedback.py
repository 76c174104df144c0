"""`feedback`: what one says of a job's result."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bottega.analytics.feedback import Feedback

group = typer.Typer(
    name="feedback", help="Rate results; routing and experiments learn from it.", no_args_is_help=True
)

JobId = Annotated[str, typer.Argument(help="The job's id.", show_default=False)]


@group.command()
def give(
    job_id: JobId,
    stars: Annotated[int | None, typer.Option(min=1, max=5, help="From 1 to 5.", show_default=False)] = None,
    thumb: Annotated[Literal["up", "down"] | None, typer.Option(show_default=False)] = None,
    comment: Annotated[str | None, typer.Option(help="A few words.", show_default=False)] = None,
    feature: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=STARS", help="Stars for one aspect; repeat it.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rate a finished job, or change what was said of it."""
    reply = Reply(as_json, feedback=None)

    async def work() -> int:
        from pydantic import ValidationError

        from bottega.analytics.feedback import Said
        from bottega.errors import InputError

        given: dict[str, Any] = {"stars": stars, "thumb": thumb, "comment": comment}
        given = {name: value for name, value in given.items() if value is not None}
        if feature:
            given["features"] = dict(_feature(text) for text in feature)
        try:
            said = Said.model_validate(given)
        except ValidationError as error:
            raise InputError(f"This cannot be kept: {error.errors()[0]['msg']}.") from None
        async with opened() as bottega:
            kept = await bottega.rate(job_id, said)
        reply.document["feedback"] = kept.model_dump(mode="json")
        reply.show("Thank you, it is kept.")
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """What was said so far, newest first."""
    reply = Reply(as_json, feedback=[])

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            found = await bottega.feedback.list(LOCAL.owner, limit=limit)
        reply.document["feedback"] = [each.model_dump(mode="json") for each in found]
        reply.show(_table(found) if found else "Nothing was said yet.")
        return 0

    carry_out(reply, work)


@group.command()
def remove(job_id: JobId, as_json: JsonOption = False) -> None:
    """Take back what was said of a job."""
    reply = Reply(as_json, removed=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            await bottega.feedback.take_back(job_id, LOCAL.owner)
        reply.document["removed"] = job_id
        reply.show("It is taken back.")
        return 0

    carry_out(reply, work)


def _feature(text: str) -> tuple[str, int]:
    from bottega.errors import InputError

    name, _, stars = text.rpartition("=")
    if not name.strip() or not stars.strip().isdecimal():
        raise InputError(f"The rating {text!r} cannot be read.", hint="Write it as colours=4.")
    return name.strip(), int(stars)


def _table(found: "Sequence[Feedback]") -> "Table":
    from rich.text import Text

    from bottega.cli.show import moment, plain_table

    table = plain_table("job", "when", "stars", "thumb", "words", "model", whole=("job", "when"))
    for each in found:
        words = (
            each.job_id,
            moment(each.at),
            str(each.stars or ""),
            each.thumb or "",
            each.comment,
            each.model_id,
        )
        table.add_row(*(Text(cell) for cell in words))
    return table
