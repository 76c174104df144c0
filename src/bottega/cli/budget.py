"""`budget` and `ledger`: what may be spent, and what was."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bottega.cli import spend
from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from rich.table import Table

    from bottega.spend import BudgetUse, LedgerEntry

group = typer.Typer(name="budget", help="Set, list and remove caps on spending.", no_args_is_help=True)

User = Annotated[
    str | None, typer.Option(help="An owner, or '*' for every owner by itself.", show_default=False)
]


def add_to(application: typer.Typer) -> None:
    application.command()(ledger)
    application.command()(spend.audit)
    application.add_typer(spend.group)


@group.command("set")
def set_(
    cap: Annotated[
        str, typer.Option(metavar="DOLLARS", help="US dollars, such as 12.50.", show_default=False)
    ],
    period: Annotated[
        Literal["hour", "day", "month", "total"],
        typer.Option(help="Calendar time in UTC that the cap is for."),
    ] = "month",
    total: Annotated[bool, typer.Option("--total", help="For all owners together.")] = False,
    user: User = None,
    provider: Annotated[
        str | None,
        typer.Option(help="A provider, such as openai, or '*' for each by itself.", show_default=False),
    ] = None,
    project: Annotated[
        str | None, typer.Option(help="A project, or '*' for each by itself.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Set a cap, or change the one in its place."""
    from bottega.cli.asking import check_amount

    named = {"user": user, "provider": provider, "project": project}
    whose = [(scope, subject) for scope, subject in named.items() if subject is not None]
    if len(whose) + total != 1:
        raise typer.BadParameter(
            "Say one of --total, --user NAME, --provider NAME and --project NAME.",
            param_hint="--user / --total",
        )
    scope, subject = whose[0] if whose else ("total", "")
    check_amount(cap, "--cap")
    reply = Reply(as_json, budget=None)

    async def work() -> int:
        from bottega.cli.show import money
        from bottega.domain.money import micro_usd
        from bottega.spend import BudgetScope, Period

        async with opened() as bottega:
            made = await bottega.ledger.set_budget(
                scope=BudgetScope(scope),
                subject=subject,
                period=Period(period),
                cap=micro_usd(cap),
            )
        reply.document["budget"] = made.model_dump(mode="json")
        reply.show(f"The budget {made.id} is {money(made.cap)}.")
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(user: User = None, as_json: JsonOption = False) -> None:
    """Every cap with what is spent, held and left of it now."""
    reply = Reply(as_json, budgets=[])

    async def work() -> int:
        async with opened() as bottega:
            uses = await bottega.ledger.list_budgets(user)
        reply.document["budgets"] = [use.model_dump(mode="json") for use in uses]
        reply.show(_budgets_table(uses) if uses else "Nothing caps spending.")
        return 0

    carry_out(reply, work)


@group.command()
def remove(
    budget_id: Annotated[str, typer.Argument(help="The budget's id, from the list.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Take a cap away; the ledger stays."""
    reply = Reply(as_json, removed=None)

    async def work() -> int:
        async with opened() as bottega:
            await bottega.ledger.remove_budget(budget_id)
        reply.document["removed"] = budget_id
        reply.show(f"The budget {budget_id} is removed.")
        return 0

    carry_out(reply, work)


def ledger(
    user: Annotated[str | None, typer.Option(help="Only what this owner spent.")] = None,
    job: Annotated[str | None, typer.Option(help="Only what this job spent.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many lines at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """What was held, charged and given back, newest first."""
    reply = Reply(as_json, entries=[])

    async def work() -> int:
        async with opened() as bottega:
            entries = await bottega.ledger.entries(user, job_id=job, limit=limit)
        reply.document["entries"] = [entry.model_dump(mode="json") for entry in entries]
        reply.show(_ledger_table(entries) if entries else "Nothing was spent or held.")
        return 0

    carry_out(reply, work)


def _budgets_table(uses: "tuple[BudgetUse, ...]") -> "Table":
    from bottega.cli.show import moment, money, plain_table

    table = plain_table(
        "budget",
        "for",
        "cap",
        "spent",
        "held",
        "left",
        "until",
        right=("cap", "spent", "held", "left"),
        whole=("budget", "until"),
    )
    for use in uses:
        table.add_row(
            use.budget.id,
            _for_whom(use),
            *(money(amount) for amount in (use.budget.cap, use.spent, use.held, use.left)),
            moment(use.ends_at) if use.ends_at else "without end",
        )
    return table


def _for_whom(use: "BudgetUse") -> str:
    if not use.subject:
        return "everybody together"
    kind = "owner" if use.budget.scope == "user" else str(use.budget.scope)
    return (
        f"each {kind}" if use.subject == "*" else use.subject if kind == "owner" else f"{kind} {use.subject}"
    )


def _ledger_table(entries: "tuple[LedgerEntry, ...]") -> "Table":
    from bottega.cli.show import moment, money, plain_table

    table = plain_table(
        "when", "owner", "what", "amount", "model", "job", right=("amount",), whole=("when", "job")
    )
    for entry in entries:
        table.add_row(
            moment(entry.at), entry.owner, str(entry.kind), money(entry.amount), entry.model_id, entry.job_id
        )
    return table
