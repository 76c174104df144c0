"""`run`, `plan` and `intent`: from a sentence to its meaning, its plan, its result."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bottega.cli.session import EXIT_CODES, JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from bottega.app import Bottega, Planned
    from bottega.cli.asking import Ask
    from bottega.cli.files import Destination

Prompt = Annotated[str, typer.Argument(help="What is wanted, in your own words.", show_default=False)]
Pictures = Annotated[list[Path] | None, typer.Argument(help="The pictures to work on.", show_default=False)]
Person = Annotated[list[Path] | None, typer.Option(help="A picture of a person.")]
Garment = Annotated[list[Path] | None, typer.Option(help="A picture of a garment.")]
Reference = Annotated[list[Path] | None, typer.Option(help="A picture to take a look from.")]
Mask = Annotated[list[Path] | None, typer.Option(help="A picture that marks what is meant.")]
WorkflowName = Annotated[str | None, typer.Option(help="Skip the reading and use this workflow.")]
ModelName = Annotated[
    str | None, typer.Option(metavar="ID", help="The only model that may do it; see `bottega models list`.")
]
OptionValues = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="An option of the workflow; may be repeated."),
]
PreferenceName = Annotated[
    Literal["speed", "balanced", "quality"], typer.Option(help="What matters most when models are chosen.")
]
StayLocal = Annotated[bool, typer.Option("--stay-local", help="Use only what sends nothing away.")]
MaxCost = Annotated[str | None, typer.Option(metavar="DOLLARS", help="What this job may cost, such as 0.10.")]


def add_to(application: typer.Typer) -> None:
    application.command(epilog=EXIT_CODES)(run)
    application.command(epilog=EXIT_CODES)(plan)
    application.command()(intent)


def run(
    prompt: Prompt,
    pictures: Pictures = None,
    person: Person = None,
    garment: Garment = None,
    reference: Reference = None,
    mask: Mask = None,
    workflow: WorkflowName = None,
    model: ModelName = None,
    option: OptionValues = None,
    preference: PreferenceName = "balanced",
    stay_local: StayLocal = False,
    max_cost: MaxCost = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Do the work again even when it was done before.")
    ] = False,
    out: Annotated[
        str | None,
        typer.Option(metavar="DIR_OR_FILE", help="Where the result goes; by default into this folder."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Do what a sentence asks for: plan it, run it, check it, write the files.

    Prints what was understood, the plan with its prices, the steps, then files, verdict and cost. No file is ever
    overwritten. Ctrl-C cancels the job.
    """
    from bottega.cli.asking import Ask, check_amount, parse_options

    check_amount(max_cost, "--max-cost")
    ask = Ask(
        prompt=prompt,
        pictures=pictures or [],
        roles=_roles(person, garment, reference, mask),
        workflow=workflow,
        model=model,
        options=parse_options(option or []),
        preference=preference,
        stay_local=stay_local,
        max_cost=max_cost,
        fresh=fresh,
        out=out,
    )
    reply = Reply(as_json, **EMPTY_RUN)
    carry_out(reply, lambda: _run(reply, ask))


def plan(
    prompt: Prompt,
    pictures: Pictures = None,
    person: Person = None,
    garment: Garment = None,
    reference: Reference = None,
    mask: Mask = None,
    workflow: WorkflowName = None,
    model: ModelName = None,
    option: OptionValues = None,
    preference: PreferenceName = "balanced",
    stay_local: StayLocal = False,
    max_cost: MaxCost = None,
    as_json: JsonOption = False,
) -> None:
    """Say what would be done, by whom and at what price; nothing is run and no job is made."""
    from bottega.cli.asking import Ask, check_amount, parse_options

    check_amount(max_cost, "--max-cost")
    ask = Ask(
        prompt=prompt,
        pictures=pictures or [],
        roles=_roles(person, garment, reference, mask),
        workflow=workflow,
        model=model,
        options=parse_options(option or []),
        preference=preference,
        stay_local=stay_local,
        max_cost=max_cost,
    )
    reply = Reply(as_json, intent=None, plan=None, notes=[], error=None)
    carry_out(reply, lambda: _plan(reply, ask))


def intent(
    prompt: Prompt,
    working_images: Annotated[int, typer.Option(min=0, help="How many pictures to work on there are.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Say what a sentence would be taken for."""
    reply = Reply(as_json, intent=None, error=None)

    async def work() -> int:
        from bottega.cli.show import intent_view
        from bottega.domain.intent import IntentContext
        from bottega.intent import classify

        read = classify(prompt, IntentContext(working_images=working_images))
        reply.document["intent"] = read.model_dump(mode="json")
        reply.show(intent_view(read))
        return 3 if read.out_of_scope else 0

    carry_out(reply, work)


FIRST_CANDIDATES = 5
"""How many candidates `run` shows; `plan` shows all."""
EMPTY_RUN: dict[str, Any] = {
    "intent": None,
    "plan": None,
    "notes": [],
    "job": None,
    "outputs": [],
    "verdict": None,
    "cost_micro_usd": 0,
    "seconds": 0.0,
    "cached": False,
    "attempts": [],
    "report": {},
    "error": None,
}
"""What `run --json` prints has all of these keys, whatever happens."""


def _roles(
    person: list[Path] | None,
    garment: list[Path] | None,
    reference: list[Path] | None,
    mask: list[Path] | None,
) -> dict[Any, list[Path]]:
    from bottega.domain.request import Role

    roles = {Role.PERSON: person, Role.GARMENT: garment, Role.REFERENCE: reference, Role.MASK: mask}
    return {role: [path.expanduser() for path in paths] for role, paths in roles.items() if paths}


# --- the work ------------------------------------------------------------------------------------------------


async def _plan(reply: Reply, ask: "Ask") -> int:
    async with opened() as bottega:
        await _decide(reply, bottega, ask)
    return 0


async def _run(reply: Reply, ask: "Ask") -> int:
    from bottega.cli.work import see_through

    destination = ask.destination()
    destination.prepare()
    async with opened() as bottega:
        planned = await _decide(reply, bottega, ask, destination, most=FIRST_CANDIDATES)
        job = await bottega.enqueue(planned)
        return await see_through(reply, bottega, job, destination)


async def _decide(
    reply: Reply,
    bottega: "Bottega",
    ask: "Ask",
    destination: "Destination | None" = None,
    *,
    most: int | None = None,
) -> "Planned":
    """Intent and plan, shown. A refusal shows what the sentence was taken for before it is raised."""
    from bottega.cli.asking import planned_for, request_for, understood
    from bottega.cli.show import intent_view, plan_view
    from bottega.errors import BottegaError

    request = await request_for(bottega, ask)
    try:
        planned = await planned_for(bottega, request, destination)
    except BottegaError:
        if (read := await understood(bottega, request)) is not None:
            reply.document["intent"] = read.model_dump(mode="json")
            reply.show(intent_view(read), "")
        raise
    reply.document["intent"] = planned.intent.model_dump(mode="json")
    reply.document["plan"] = planned.plan.model_dump(mode="json")
    reply.document["notes"] = list(planned.notes)
    shown = plan_view(planned.plan, planned.request, notes=planned.notes, most=most)
    reply.show(intent_view(planned.intent), "", shown, "")
    return planned
