"""`fashion tryon` with another engine than the offline one: a planned job, as `run` makes it."""

from pathlib import Path
from typing import Any

from bottega.cli.asking import Ask, check_amount, planned_for, request_for
from bottega.cli.session import Reply, opened
from bottega.cli.show import plan_view
from bottega.cli.work import FAILED, see_through
from bottega.domain.request import Role

AUTO = "auto"
WORKFLOW = "reference_styling/virtual_tryon"
REFUSED = 3
_CANDIDATES = 5


async def run_tryon(
    reply: Reply,
    person: Path,
    garment: Path,
    out: Path,
    engine: str,
    options: dict[str, Any],
    *,
    stay_local: bool,
    max_cost: str | None,
) -> int:
    """Plan it, show the plan with its prices, see it through; returns the exit code. `engine` is `auto` or a model's id.

    Raises what planning raises, NoCandidate among it. No file is written over another.
    """
    check_amount(max_cost, "--max-cost")
    ask = Ask(
        prompt="",
        roles={Role.PERSON: [person], Role.GARMENT: [garment]},
        workflow=WORKFLOW,
        model=None if engine == AUTO else engine,
        options=options,
        stay_local=stay_local,
        max_cost=max_cost,
        out=str(out),
    )
    destination = ask.destination()
    destination.prepare()
    async with opened() as bottega:
        planned = await planned_for(bottega, await request_for(bottega, ask), destination)
        reply.document["plan"] = planned.plan.model_dump(mode="json")
        reply.show(plan_view(planned.plan, planned.request, notes=planned.notes, most=_CANDIDATES), "")
        job = await bottega.enqueue(planned)
        code = await see_through(reply, bottega, job, destination)
    return REFUSED if code == FAILED and _only_refusals(reply) else code


def _only_refusals(reply: Reply) -> bool:
    """Whether the job has no result because every engine that was tried refused the pictures."""
    from bottega.jobs.no_result import REFUSALS

    attempts: list[dict[str, Any]] = reply.document.get("attempts") or []
    return bool(attempts) and all(attempt["code"] in REFUSALS for attempt in attempts)
