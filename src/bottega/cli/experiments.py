"""`experiments`: two or more ways of doing the work, each for a share of the users, and what they show."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from bottega.analytics.experiment_store import StoredExperiment
    from bottega.analytics.experiments import Difference, Evaluation, Interval

group = typer.Typer(
    name="experiments",
    help="Try two ways of doing the work and compare what comes of them.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="The experiment's name.", show_default=False)]


@group.command()
def start(
    name: Name,
    arm: Annotated[
        list[str],
        typer.Option(
            "--arm",
            metavar="NAME[:WEIGHT][=JSON]",
            help='Repeat it; the first is the control. The JSON says what is changed: {"preference": "quality"}; also '
            "classifier, options, model, learning.",
            show_default=False,
        ),
    ],
    workflow: Annotated[str | None, typer.Option(help="Only this workflow.", show_default=False)] = None,
    unit: Annotated[
        Literal["user", "request"],
        typer.Option(help="What keeps its arm: a user, or each request by itself."),
    ] = "user",
    as_json: JsonOption = False,
) -> None:
    """Begin an experiment; one at a time on a workflow."""
    reply = Reply(as_json, experiment=None)

    async def work() -> int:
        from pydantic import ValidationError

        from bottega.analytics.experiment_store import StoredExperiment
        from bottega.errors import InputError

        try:
            wanted = StoredExperiment.model_validate(
                {"name": name, "workflow": workflow, "unit": unit, "arms": [_arm(text) for text in arm]}
            )
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InputError(f"The experiment cannot be used: {where} {first['msg']}".strip() + ".") from None
        async with opened() as bottega:
            made = await bottega.experiments.start(wanted)
        reply.document["experiment"] = made.model_dump(mode="json")
        reply.show(_sentence(f"The experiment {made.name} runs, with {len(made.arms)} arms."))
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(as_json: JsonOption = False) -> None:
    """All experiments, the newest first."""
    reply = Reply(as_json, experiments=[])

    async def work() -> int:
        async with opened() as bottega:
            found = await bottega.experiments.list()
        reply.document["experiments"] = [each.model_dump(mode="json") for each in found]
        reply.show(_list_table(found) if found else "There are no experiments.")
        return 0

    carry_out(reply, work)


@group.command()
def results(
    name: Name,
    matters: Annotated[
        float, typer.Option(help="The smallest difference in acceptance that would decide anything.")
    ] = 0.05,
    as_json: JsonOption = False,
) -> None:
    """What the arms show by now, and whether that is enough to say something."""
    reply = Reply(as_json, results=None)

    async def work() -> int:
        async with opened() as bottega:
            found = await bottega.experiments.results(name, matters=matters)
        reply.document["results"] = found.model_dump(mode="json")
        reply.show(*_results_view(found))
        return 0

    carry_out(reply, work)


@group.command()
def end(name: Name, as_json: JsonOption = False) -> None:
    """Let nobody take part any more; the results stay."""
    reply = Reply(as_json, experiment=None)

    async def work() -> int:
        async with opened() as bottega:
            ended = await bottega.experiments.end(name)
        reply.document["experiment"] = ended.model_dump(mode="json")
        reply.show(_sentence(f"The experiment {ended.name} has ended."))
        return 0

    carry_out(reply, work)


def _arm(text: str) -> dict[str, Any]:
    """`sharp`, `sharp:2` or `sharp:2={"preference": "quality"}`. Raises InputError."""
    import json

    from bottega.errors import InputError

    head, _, changes = text.partition("=")
    name, _, weight = head.partition(":")
    try:
        told: Any = json.loads(changes) if changes.strip() else {}
        return {"name": name.strip(), "weight": float(weight) if weight else 1.0, "changes": told}
    except ValueError as error:
        raise InputError(
            f"The arm {text!r} cannot be read: {error}.",
            hint='Write it as name, name:2 or name:2={"preference": "quality"}.',
        ) from None


def _list_table(found: "Sequence[StoredExperiment]") -> "Table":
    from rich.text import Text

    from bottega.cli.show import moment, plain_table

    table = plain_table("experiment", "workflow", "unit", "arms", "state", "since", whole=("since",))
    for each in found:
        arms = ", ".join(f"{arm.name} ({arm.weight:g})" for arm in each.arms)
        row = (
            each.name,
            each.workflow or "all",
            each.unit.value,
            arms,
            each.state.value,
            moment(each.created_at),
        )
        table.add_row(*(Text(cell) for cell in row))
    return table


def _results_view(found: "Evaluation") -> "list[RenderableType]":
    from bottega.cli.show import money, plain_table

    columns = ("jobs", "accepted", "satisfied", "cost", "seconds")
    table = plain_table("arm", *columns, right=columns)
    for arm in found.arms:
        table.add_row(
            arm.arm,
            str(arm.jobs),
            _share(arm.acceptance, arm.judged),
            _share(arm.satisfaction, arm.rated),
            "-" if arm.cost.mean is None else money(round(arm.cost.mean)),
            "-" if arm.seconds.mean is None else f"{arm.seconds.mean:.1f}",
        )
    parts: list[RenderableType] = [table]
    for compared in found.comparisons:
        parts += [_sentence(compared.conclusion), *_other_differences(compared.arm, compared.difference)]
    return parts


def _other_differences(arm: str, difference: "Difference") -> "list[RenderableType]":
    kinds: list[tuple[str, Interval | None, float, str]] = [
        ("cost", difference.cost_interval, 1e-6, " US dollars"),
        ("time", difference.seconds_interval, 1.0, " s"),
        ("satisfaction", difference.satisfaction_interval, 100.0, " points"),
    ]
    return [
        _sentence(f"{arm}, {what}: {factor * interval.low:+.4g} to {factor * interval.high:+.4g}{unit}.")
        for what, interval, factor, unit in kinds
        if interval is not None
    ]


def _share(share: float | None, of: int) -> str:
    return "-" if share is None else f"{100 * share:.1f} % of {of}"


def _sentence(words: str) -> "RenderableType":
    from rich.text import Text

    return Text(words)
