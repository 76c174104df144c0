"""`spend`: whether the books are right, what nobody knows the outcome of, and budgets that are nearly used up."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from bottega.spend import Difference, Recomputed, UnknownHold

group = typer.Typer(name="spend", help="The books: audit them, settle what is unknown.", no_args_is_help=True)


@group.command()
def audit(as_json: JsonOption = False) -> None:
    """Check windows, holds and ledger against each other and compute every charge again from its evidence; exit code
    1 when something disagrees."""
    reply = Reply(as_json, differences=[], unknown=[], checked=0, unchecked=0, unreadable=[])

    async def work() -> int:
        async with opened() as bottega:
            differences = await bottega.ledger.audit()
            recomputed = await bottega.ledger.recompute()
            unknown = await bottega.ledger.unknown()
        return _show_audit(reply, (*differences, *recomputed.differences), recomputed, unknown)

    carry_out(reply, work)


@group.command("unknown")
def unknown_(as_json: JsonOption = False) -> None:
    """Holds of calls whose answer was lost, and what to do about each."""
    reply = Reply(as_json, unknown=[])

    async def work() -> int:
        async with opened() as bottega:
            unknown = await bottega.ledger.unknown()
        reply.document["unknown"] = _documents(unknown)
        _show_unknown(reply, unknown)
        if not unknown:
            reply.show("The outcome of every call is known.")
        return 0

    carry_out(reply, work)


@group.command()
def settle(
    hold_id: Annotated[str, typer.Argument(help="The hold's id, from `spend unknown`.", show_default=False)],
    why: Annotated[str, typer.Option(help="What you found; it stays in the ledger.", show_default=False)],
    charge: Annotated[
        str | None,
        typer.Option(metavar="DOLLARS", help="What the provider billed for it.", show_default=False),
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="The provider billed nothing.")] = False,
    by: Annotated[str | None, typer.Option(help="Who says so; otherwise your user name.")] = None,
    as_json: JsonOption = False,
) -> None:
    """End a hold of unknown outcome by hand, after the provider's own list was looked at."""
    from bottega.cli.asking import check_amount

    if release == (charge is not None):
        raise typer.BadParameter(
            "Say either --charge DOLLARS or --release.", param_hint="--charge / --release"
        )
    if charge is not None:
        check_amount(charge, "--charge")
    reply = Reply(as_json, settlement=None)

    async def work() -> int:
        import getpass

        from bottega.cli.show import money
        from bottega.domain.money import micro_usd

        charged = None if charge is None else micro_usd(charge)
        async with opened() as bottega:
            done = await bottega.ledger.settle(hold_id, charged=charged, by=by or getpass.getuser(), why=why)
        reply.document["settlement"] = done.model_dump(mode="json")
        beyond = f", {money(done.overrun)} above the hold" if done.overrun else ""
        reply.show(
            f"The hold {hold_id} is settled: {money(done.charged)} charged{beyond}, {money(done.released)} released."
        )
        return 0

    carry_out(reply, work)


@group.command()
def alerts(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Budgets that reached 50, 80 or 100 %, newest first."""
    reply = Reply(as_json, alerts=[])

    async def work() -> int:
        from rich.text import Text

        from bottega.cli.show import moment, plain_table

        async with opened() as bottega:
            given = await bottega.ledger.alerts(limit=limit)
        reply.document["alerts"] = _documents(given)
        table = plain_table("when", "what", whole=("when",))
        for alert in given:
            table.add_row(moment(alert.at), Text(alert.message))
        reply.show(table if given else "No budget has reached half of its cap.")
        return 0

    carry_out(reply, work)


def _show_audit(
    reply: Reply,
    differences: "tuple[Difference, ...]",
    recomputed: "Recomputed",
    unknown: "tuple[UnknownHold, ...]",
) -> int:
    from rich.text import Text

    from bottega.cli.show import plain_table

    reply.document |= {
        "differences": _documents(differences),
        "unknown": _documents(unknown),
        **recomputed.model_dump(mode="json", exclude={"differences"}),
    }
    if unknown:
        reply.show("[yellow]Of these calls nobody knows the outcome; their money stays on hold:[/yellow]")
        _show_unknown(reply, unknown)
    if recomputed.unreadable:
        reply.show(Text(f"The evidence of these charges cannot be read: {', '.join(recomputed.unreadable)}."))
    if differences:
        table = plain_table("record", "where", "field", "recorded", "recomputed")
        for item in differences:
            table.add_row(item.record, Text(item.where), item.field, str(item.recorded), str(item.recomputed))
        reply.show("[red]The books disagree:[/red]", table)
    if differences or recomputed.unreadable:
        return 1
    counted = f"{recomputed.checked} charge{'s' * (recomputed.checked != 1)} computed again"
    if recomputed.unchecked:
        counted += f", {recomputed.unchecked} without figures to compute from"
    reply.show(f"The books agree; {counted}.")
    return 0


def _show_unknown(reply: Reply, unknown: "tuple[UnknownHold, ...]") -> None:
    """A paragraph for each hold; its lines are never folded, so that the command can be copied."""
    from rich.text import Text

    from bottega.cli.show import moment, money

    for hold in () if reply.as_json else unknown:
        since = f"{moment(hold.created_at)}  {money(hold.amount)} held for {hold.model_id}, {hold.job_id}"
        for line in (since, f"  {hold.reason}", f"  {hold.what_to_do}", ""):
            reply.console.print(Text(line), soft_wrap=True)


def _documents(values: Any) -> list[dict[str, Any]]:
    return [value.model_dump(mode="json") for value in values]
