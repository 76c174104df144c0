"""Whether a workflow can be done here now, asked of the router with the workflow's own examples."""

import gc
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bottega.app import Bottega
from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, IntentContext
from bottega.domain.plan import Constraints
from bottega.domain.request import Preference, Request
from bottega.domain.task import Task, TaskInput
from bottega.engines.protocol import USABLE, Availability
from bottega.errors import InputError, NoCandidate
from bottega.intent import classify
from bottega.intent.policy import default_rulebook
from bottega.routing import make_plan
from bottega.workflows.protocol import Options, Workflow

_SAMPLE = MediaInfo(media_type="image/png", width=1024, height=1024)


def availability(shop: Bottega, workflow: Workflow, engines: dict[str, Availability]) -> Availability:
    """Usable when some engine could do at least one of the examples; money is left out of it.

    `engines` is the availability of each engine, so that a list of workflows asks each engine once.
    """
    constraints = Constraints(
        unavailable={name: (state.reason, state.hint) for name, state in engines.items() if not state.usable}
    )
    local = frozenset(name for name, engine in shop.engines.items() if engine.local)
    refused: NoCandidate | None = None
    for task in _example_tasks(workflow):
        try:
            make_plan(
                task,
                shop.catalogue,
                constraints,
                Preference.BALANCED,
                local_engines=local,
                engines=frozenset(shop.engines),
                options={},
                options_read=(),
            )
        except NoCandidate as error:
            refused = refused or error
        else:
            return USABLE
    if refused is None:
        return Availability(usable=False, reason="None of its examples can be prepared.")
    return Availability(usable=False, reason=refused.message, hint=refused.hint)


def warm_up(shop: Bottega) -> None:
    """Do once, before serving, what the first requests would otherwise wait for: schemas, patterns, word lists."""
    for workflow in shop.workflows.values():
        options_schema(workflow.options)
        availability(shop, workflow, {})
    classify("Sharpen this and double its size", IntentContext(working_images=1))
    default_rulebook()
    # What exists now stays. The collector need not look through it again and again, stopping every request for
    # some tens of milliseconds.
    gc.collect()
    gc.freeze()


@lru_cache(maxsize=64)
def options_schema(options: type[Options]) -> dict[str, Any]:
    """The JSON schema of a workflow's options. It must not be changed."""
    return options.model_json_schema()


@lru_cache(maxsize=64)
def _example_tasks(workflow: Workflow) -> tuple[Task, ...]:
    """What the examples come to with the pictures that the workflow cannot do without; preparing reads no files."""
    inputs = tuple(
        TaskInput(role=spec.role, asset_id="0" * 64, path=Path("sample.png"), media=_SAMPLE)
        for spec in workflow.inputs
        for _ in range(spec.minimum)
    )
    intent = Intent(workflow=workflow.work_class, confidence=1.0, reasoning="", classifier="user")
    tasks: list[Task] = []
    for example in workflow.examples:
        try:
            options = workflow.options.model_validate(workflow.read_options(example))
            tasks.append(workflow.prepare(Request(prompt=example), intent, options, inputs))
        except (InputError, ValidationError):
            continue  # this one needs what no sample gives; the others still tell
    return tuple(tasks)
