"""What the tools answer, as documents of plain JSON values and as sentences.

The documents are those of the other faces: a plan is that of `POST /api/v1/plan`, a job that of `bottega run --json`.
Money is micro-dollars in fields of numbers, `..._text` says it in words; times are seconds since the Unix epoch, UTC.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bottega.app import Bottega, Planned
from bottega.domain.asset import Asset
from bottega.domain.job import Job
from bottega.domain.money import format_usd
from bottega.domain.plan import Plan
from bottega.domain.verdict import VerdictState
from bottega.models import Model
from bottega.workflows.protocol import Workflow

# --- plans ---------------------------------------------------------------------------------------------------


def plan_document(planned: Planned) -> dict[str, Any]:
    """`request` is what was planned, `price` that of the first candidate of every step."""
    price = planned.plan.price
    return {
        "request": planned.request.model_dump(mode="json"),
        "intent": planned.intent.model_dump(mode="json"),
        "plan": planned.plan.model_dump(mode="json"),
        "price": {**price.model_dump(mode="json"), "text": str(price)},
        "notes": list(planned.notes),
    }


def plan_words(planned: Planned) -> str:
    """Intent, candidates with price, time and reasons, what was ruled out and why, what would leave the machine."""
    intent, plan = planned.intent, planned.plan
    lines = [f"{plan.workflow} ({intent.confidence:.0%} sure: {intent.reasoning})"]
    for at, step in enumerate(plan.steps, start=1):
        if plan.before is not None:
            lines.append(f"Step {at} of {len(plan.steps)}, {step.workflow}:")
        for number, candidate in enumerate(step.candidates, start=1):
            lines.append(
                f"{number}. {candidate.model_id}: {candidate.price}, {candidate.time}, expected quality "
                f"{candidate.quality:.0%}; {', '.join(candidate.reasons)}"
            )
        lines += [_ruled_out(item.model_id, item.reason, item.hint) for item in step.ruled_out]
    return "\n".join([*lines, *planned.notes, _leaving(plan)])


def _ruled_out(model_id: str, reason: str, hint: str) -> str:
    return f"Ruled out: {model_id}: {'. '.join(filter(None, (reason, hint)))}"


def _leaving(plan: Plan) -> str:
    away = [each.model_id for step in plan.steps for each in step.candidates if each.leaves_machine]
    if not away and not plan.shown_to:
        return "Nothing leaves this machine."
    sent = f"Prompt and pictures would be sent to: {', '.join(away)}." if away else ""
    shown = f"A vision model is shown them: {', '.join(plan.shown_to)}." if plan.shown_to else ""
    return f"{sent} {shown}".strip()


# --- assets --------------------------------------------------------------------------------------------------


def asset_uri(asset_id: str) -> str:
    return f"asset://{asset_id}"


def asset_document(asset: Asset, path: Path | None = None) -> dict[str, Any]:
    """`path` is where the file lies, for clients of the same machine; it must not be written to."""
    document = asset.model_dump(mode="json", exclude={"owner"})
    document = {"uri": asset_uri(asset.id), **document}
    if path is not None:
        document["path"] = str(path)
    return document


def asset_words(asset: Asset) -> str:
    media = asset.media
    pixels = f", {media.width} x {media.height} pixels" if media.width else ""
    length = f", {media.seconds:.1f} s{' with sound' if media.has_audio else ''}" if media.seconds else ""
    return f"{asset.name} ({media.media_type}{pixels}{length}, {asset.size} bytes): {asset_uri(asset.id)}"


# --- jobs ----------------------------------------------------------------------------------------------------


def job_document(job: Job, outputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All keys are there whatever happened; `outputs` are documents of assets, the judged one first."""
    result = job.result
    attempts = (
        [attempt.model_dump(mode="json") for attempt in result.attempts]
        if result is not None
        else (job.error or {}).get("details", {}).get("attempts", [])
    )
    cost = result.cost if result is not None else sum(attempt["cost"] for attempt in attempts)
    return {
        "job": {
            "id": job.id,
            "uri": f"job://{job.id}",
            "state": job.state.value,
            "finished": job.state.is_final,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        },
        "intent": job.intent.model_dump(mode="json"),
        "plan": job.plan.model_dump(mode="json"),
        "outputs": list(outputs),
        "verdict": result.verdict.model_dump(mode="json") if result is not None else None,
        "cost_micro_usd": cost,
        "cost_text": format_usd(cost),
        "seconds": result.seconds if result is not None else None,
        "cached": result.cached if result is not None else False,
        "attempts": attempts,
        "report": result.report if result is not None else {},
        "error": job.error,
    }


def job_words(job: Job, assets: Sequence[Asset]) -> str:
    """How the job stands: state, verdict, cost, files."""
    if not job.state.is_final:
        return (
            f"The job {job.id} ({job.plan.workflow}) is {job.state.value} and goes on; "
            "ask job_status for its result, or stop it with cancel_job."
        )
    if job.error is not None or job.result is None:
        return "\n".join([f"The job {job.id} ended: {job.state.value}.", *error_lines(job.error or {})])
    verdict, result = job.result.verdict, job.result
    said = {
        VerdictState.ACCEPTED: "Checked and accepted",
        VerdictState.REJECTED: "Below the quality threshold: no candidate met it, this is the best result",
        VerdictState.NOT_JUDGED: "Not judged",
    }[verdict.state]
    missed = [measure.why for measure in verdict.measures if not measure.passed]
    why = ". ".join(filter(None, [verdict.reason, *missed]))
    how = "found in the cache" if result.cached else f"{result.seconds:.1f} s"
    lines = [
        f"{said}{f' ({why})' if why else ''}.",
        f"{job.plan.workflow} by {result.model_id}, {how}, cost {format_usd(result.cost)}, job {job.id}.",
        *(f"{asset.label or 'File'}: {asset_words(asset)}" for asset in assets),
    ]
    return "\n".join(lines)


def error_lines(error: dict[str, Any]) -> list[str]:
    """Of what `BottegaError.as_dict` gives."""
    named = {"": "message", "What to do: ": "hint", "Money: ": "money"}
    lines = [f"{label}{error[key]}" for label, key in named.items() if error.get(key)]
    if lines:
        lines[0] = f"{error.get('title', 'Error')} ({error.get('code', 'error')}): {lines[0]}"
    ruled_out = error.get("details", {}).get("ruled_out", [])
    lines += [_ruled_out(item["model_id"], item["reason"], item.get("hint", "")) for item in ruled_out]
    return lines


# --- what there is -------------------------------------------------------------------------------------------


def tool_name(workflow: Workflow) -> str:
    """Names of tools have letters, digits, `_` and `-` only; names of workflows have no `-`."""
    return f"workflow_{workflow.name.replace('/', '-')}"


def workflow_document(workflow: Workflow, *, options: bool) -> dict[str, Any]:
    document = {
        "name": workflow.name,
        "tool": tool_name(workflow),
        "title": workflow.title,
        "summary": workflow.summary,
        "examples": list(workflow.examples),
        "inputs": [spec.model_dump(mode="json") for spec in workflow.inputs],
    }
    return document | ({"options": workflow.options.model_json_schema()} if options else {})


def model_document(shop: Bottega, model: Model) -> dict[str, Any]:
    """The catalogue's entry and whether it can be used now. Prices are US dollars as text."""
    engine, state = shop.engines.get(model.engine), shop.availability_of(model)
    return {
        **model.model_dump(mode="json"),
        "operations": sorted(model.operations),
        "features": sorted(model.features),
        "leaves_machine": engine is None or not engine.local,
        "usable": state.usable,
        "reason": state.reason,
        "hint": state.hint,
    }
