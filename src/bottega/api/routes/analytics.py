"""Insights: how it goes, as plain rows, one address for each question; JSON, or CSV for spreadsheets."""

import time
from dataclasses import asdict
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query, Request

from bottega.analytics.insight_queries import Latency, SatisfactionBy, SpendBy
from bottega.analytics.insight_rows import (
    LatencyRow,
    RateRow,
    RefusalRow,
    RequestRow,
    SatisfactionRow,
    SpendRow,
    VerdictRow,
)
from bottega.api.security import Shop, Who
from bottega.api.tables import CSV_TOO, Format, Table, answer
from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.domain.principal import Principal
from bottega.errors import NotAllowed
from bottega.intent.recorder import IntentMetrics

router = APIRouter(prefix="/analytics", tags=["analytics"], responses=CSV_TOO)
Days = Annotated[int, Query(ge=1, le=366, description="Calendar days (UTC), today is the last.")]
Whose = Annotated[Literal["own", "all"], Query(description="`all` needs the scope admin.")]
_MOST_ALERTS = 1000
_DAY = 86400


class BudgetRow(Value):
    """A budget in its current window, micro-dollars; `ends_at` None: without end."""

    budget_id: str
    scope: str
    subject: str
    period: str
    cap: MicroUsd
    spent: MicroUsd
    held: MicroUsd
    left: MicroUsd
    used_share: float | None
    ends_at: int | None


class AlertRow(Value):
    at: float
    budget_id: str
    subject: str
    level: int
    used: MicroUsd
    cap: MicroUsd
    message: str


class BreakerRow(Value):
    """`state` is closed, open or half_open; `opens_again_at`: when a call is tried again."""

    engine: str
    model: str
    state: str
    failures: int
    successes: int
    opens_again_at: float | None
    reason: str


class IntentRow(Value):
    """One figure of this process since its start."""

    metric: str
    value: float


def _owner(whose: str, who: Principal) -> str | None:
    """None: everybody's."""
    if whose == "all" and not who.is_admin:
        raise NotAllowed("Everybody's figures need a key with the scope admin.", hint="Ask for your own.")
    return None if whose == "all" else who.owner


@router.get("/spend", response_model=Table[SpendRow])
async def get_spend(
    request: Request,
    shop: Shop,
    who: Who,
    days: Days = 30,
    whose: Whose = "own",
    by: Annotated[list[SpendBy], Query(min_length=1, max_length=3)] = [SpendBy.DAY],  # noqa: B006
    format: Format = None,
) -> Any:
    """What was charged, by any of day, model and user together; by day alone, every day has a row."""
    rows = await shop.insights.spend(days, _owner(whose, who), by=by)
    return answer(request, "spend", SpendRow, rows, format)


@router.get("/budgets", response_model=Table[BudgetRow])
async def get_budget_use(
    request: Request, shop: Shop, who: Who, whose: Whose = "own", format: Format = None
) -> Any:
    """What is spent and held of each budget in its current window."""
    rows = [
        BudgetRow(
            budget_id=use.budget.id,
            scope=use.budget.scope.value,
            subject=use.subject,
            period=use.budget.period.value,
            cap=use.budget.cap,
            spent=use.spent,
            held=use.held,
            left=use.left,
            used_share=(use.spent + use.held) / use.budget.cap if use.budget.cap else None,
            ends_at=use.ends_at,
        )
        for use in await shop.ledger.list_budgets(_owner(whose, who))
    ]
    return answer(request, "budgets", BudgetRow, rows, format)


@router.get("/requests", response_model=Table[RequestRow])
async def get_requests(
    request: Request, shop: Shop, who: Who, days: Days = 30, whose: Whose = "own", format: Format = None
) -> Any:
    """Jobs of each day by how they stand now, and what was refused before it became one."""
    rows = await shop.insights.requests(days, _owner(whose, who))
    return answer(request, "requests", RequestRow, rows, format)


@router.get("/latency", response_model=Table[LatencyRow])
async def get_latency(
    request: Request,
    shop: Shop,
    who: Who,
    days: Days = 30,
    whose: Whose = "own",
    of: Latency = Latency.ATTEMPTS,
    format: Format = None,
) -> Any:
    """Percentiles of seconds by workflow and model: of attempts, or of jobs from submission to end."""
    rows = await shop.insights.latency(days, _owner(whose, who), of=of)
    return answer(request, "latency", LatencyRow, rows, format)


@router.get("/verdicts", response_model=Table[VerdictRow])
async def get_verdicts(
    request: Request, shop: Shop, who: Who, days: Days = 30, whose: Whose = "own", format: Format = None
) -> Any:
    """How attempts ended, by workflow and model."""
    rows = await shop.insights.verdicts(days, _owner(whose, who))
    return answer(request, "verdicts", VerdictRow, rows, format)


@router.get("/rates", response_model=Table[RateRow])
async def get_rates(
    request: Request, shop: Shop, who: Who, days: Days = 30, whose: Whose = "own", format: Format = None
) -> Any:
    """How many jobs came from the cache, by a fallback, or failed, by workflow."""
    rows = await shop.insights.rates(days, _owner(whose, who))
    return answer(request, "rates", RateRow, rows, format)


@router.get("/satisfaction", response_model=Table[SatisfactionRow])
async def get_satisfaction(
    request: Request,
    shop: Shop,
    who: Who,
    days: Days = 30,
    whose: Whose = "own",
    by: Annotated[list[SatisfactionBy], Query(min_length=1, max_length=4)] = [  # noqa: B006
        SatisfactionBy.WORKFLOW,
        SatisfactionBy.MODEL,
    ],
    format: Format = None,
) -> Any:
    """What users say of results, by any of workflow, model, day and feature together."""
    rows = await shop.insights.satisfaction(days, _owner(whose, who), by=by)
    return answer(request, "satisfaction", SatisfactionRow, rows, format)


@router.get("/refusals", response_model=Table[RefusalRow])
async def get_refusals(
    request: Request, shop: Shop, who: Who, days: Days = 30, whose: Whose = "own", format: Format = None
) -> Any:
    """What the content policy refused, by category."""
    rows = await shop.insights.refusals(days, _owner(whose, who))
    return answer(request, "refusals", RefusalRow, rows, format)


@router.get("/alerts", response_model=Table[AlertRow])
async def get_alerts(
    request: Request, shop: Shop, who: Who, days: Days = 30, whose: Whose = "own", format: Format = None
) -> Any:
    """Budgets that reached 50, 80 or 100 %, newest first."""
    since = (time.time() // _DAY - days + 1) * _DAY
    alerts = await shop.ledger.alerts(_owner(whose, who), since=since, limit=_MOST_ALERTS)
    rows = [AlertRow(**alert.model_dump(exclude={"starts_at"}), message=alert.message) for alert in alerts]
    return answer(request, "alerts", AlertRow, rows, format)


@router.get("/breakers", response_model=Table[BreakerRow])
async def get_breakers(request: Request, shop: Shop, _: Who, format: Format = None) -> Any:
    """Which vendors' models are left alone for a while, and until when; the same for everybody."""
    rows = [BreakerRow.model_validate(asdict(state)) for state in await shop.breakers.states()]
    return answer(request, "breakers", BreakerRow, rows, format)


@router.get("/intents", response_model=Table[IntentRow])
def get_intents(request: Request, shop: Shop, _: Who, format: Format = None) -> Any:
    """How many sentences this process has read, how fast, as what; the same for everybody."""
    return answer(request, "intents", IntentRow, _intent_rows(shop.intents.metrics()), format)


def _intent_rows(metrics: IntentMetrics) -> list[IntentRow]:
    """Figures within figures get a dotted name, such as `by_workflow.laser`."""
    flat: dict[str, float] = {}
    for name, value in metrics.model_dump().items():
        if isinstance(value, dict):
            flat.update({f"{name}.{key}": each for key, each in cast("dict[str, float]", value).items()})
        else:
            flat[name] = value
    return [IntentRow(metric=name, value=value) for name, value in flat.items()]
