"""Whether this installation works: for people and load balancers, and as Prometheus text for monitoring."""

from collections.abc import Iterable

from fastapi import APIRouter, Response

from bottega.analytics import Summary
from bottega.api.schemas import Health
from bottega.api.security import Admin, Shop

router = APIRouter(tags=["health"])
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health")
async def health(shop: Shop) -> Health:
    """No key is needed, and nothing secret is told."""
    return Health.model_validate(await shop.health())


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(shop: Shop, _: Admin) -> Response:
    """Prometheus text exposition format 0.0.4. With keys in use, one with the scope admin is needed."""
    state = Health.model_validate(await shop.health())
    today = await shop.analytics.summary(days=1)
    return Response(render_metrics(state, today), media_type=_PROMETHEUS)


def render_metrics(state: Health, today: Summary) -> str:
    """Everything is a gauge: today's figures start again at midnight UTC."""
    lines: list[str] = []
    _family(lines, "build", "The version that runs.", [({"version": state.version}, 1)])
    _family(
        lines,
        "jobs",
        "Jobs by state.",
        [({"state": name}, count) for name, count in sorted(state.jobs.items())],
    )
    _family(
        lines,
        "runner_active",
        "Whether this process runs jobs.",
        [({}, int(bool(state.runner.get("active"))))],
    )
    _family(
        lines,
        "runner_jobs",
        "Jobs that this process is running.",
        [({}, int(state.runner.get("running", 0)))],
    )
    _family(
        lines,
        "engine_usable",
        "Whether an engine can be used now.",
        [({"engine": name}, int(engine.usable)) for name, engine in sorted(state.engines.items())],
    )
    labels = [({"workflow": each.workflow, "model": each.model_id}, each) for each in today.by_model]
    _family(lines, "attempts_today", "Attempts since midnight UTC.", [(of, m.attempts) for of, m in labels])
    _family(
        lines,
        "accepted_today",
        "Results accepted since midnight UTC.",
        [(of, m.accepted) for of, m in labels],
    )
    _family(lines, "refusals_today", "Refusals since midnight UTC.", [({}, today.refusals)])
    _family(
        lines, "spent_today_micro_usd", "Spent since midnight UTC, in micro-dollars.", [({}, today.spent)]
    )
    return "\n".join(lines) + "\n"


def _family(
    lines: list[str], name: str, help_text: str, samples: Iterable[tuple[dict[str, str], int]]
) -> None:
    full = f"bottega_{name}"
    lines += [f"# HELP {full} {help_text}", f"# TYPE {full} gauge"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(f"{full}{{{inside}}} {value}" if inside else f"{full} {value}")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
