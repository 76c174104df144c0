"""From the arguments of `run` and `plan` to a planned request; and what a request meant when it was refused."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from bottega.app import Bottega, InputFile, Planned, context_of, make_request
from bottega.cli.files import Destination, stem_of
from bottega.domain.intent import Intent
from bottega.domain.money import micro_usd
from bottega.domain.request import Request, Role
from bottega.errors import BottegaError


@dataclass(frozen=True, slots=True)
class Ask:
    """What was typed."""

    prompt: str
    pictures: list[Path] = field(default_factory=list[Path])
    roles: dict[Role, list[Path]] = field(default_factory=dict[Role, list[Path]])
    workflow: str | None = None
    model: str | None = None
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    preference: str = "balanced"
    stay_local: bool = False
    max_cost: str | None = None
    fresh: bool = False
    out: str | None = None

    def files(self) -> list[InputFile]:
        others = [InputFile(path, role) for role, paths in self.roles.items() for path in paths]
        return [InputFile(path.expanduser()) for path in self.pictures] + others

    def destination(self) -> Destination:
        first = [*self.pictures, *(path for paths in self.roles.values() for path in paths)]
        return Destination.of(self.out, stem_of(first, self.prompt))


def parse_options(given: list[str]) -> dict[str, Any]:
    """`name=value` each. The workflow's own types read the values; lists and `null` are JSON.

    Raises typer.BadParameter.
    """
    options: dict[str, Any] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{item!r} is not of the form name=value.", param_hint="--option")
        is_json = value.strip() == "null" or value.strip()[:1] in ("[", "{")
        try:
            options[name.strip().replace("-", "_")] = json.loads(value) if is_json else value
        except ValueError:
            raise typer.BadParameter(
                f"The value of {name} is not valid JSON.", param_hint="--option"
            ) from None
    return options


def check_amount(amount: str | None, where: str) -> None:
    """Raises typer.BadParameter unless it is a sum of dollars, zero or more."""
    try:
        wrong = amount is not None and micro_usd(amount) < 0
    except ValueError:
        wrong = True
    if wrong:
        raise typer.BadParameter(
            f"{amount!r} is not an amount of US dollars, such as 0.10.", param_hint=where
        )


async def request_for(bottega: Bottega, ask: Ask) -> Request:
    """Stores the files and names them as inputs. Raises the InputError family."""
    return make_request(
        prompt=ask.prompt,
        inputs=await bottega.add_inputs(ask.files()),
        workflow=ask.workflow,
        model=ask.model,
        preference=ask.preference,
        options=ask.options,
        stay_local=ask.stay_local,
        max_cost_usd=ask.max_cost,
        fresh=ask.fresh,
    )


async def planned_for(bottega: Bottega, request: Request, destination: Destination | None = None) -> Planned:
    """The plan; where the user named a file, its extension is the format that was asked for."""
    planned = await bottega.plan(request)
    wanted = destination.format if destination is not None else None
    options = planned.plan.options
    if (
        wanted is None
        or "format" not in options
        or "format" in request.options
        or options["format"] == wanted
    ):
        return planned
    return await bottega.plan(request.model_copy(update={"options": {**request.options, "format": wanted}}))


async def understood(bottega: Bottega, request: Request) -> Intent | None:
    """What the sentence of a refused request was taken for; None when that could not be said either."""
    if request.workflow is not None:
        return None
    try:
        return await bottega.classify(request.prompt, context_of(request))
    except BottegaError:
        return None  # the plan has said already what is wrong with the sentence
