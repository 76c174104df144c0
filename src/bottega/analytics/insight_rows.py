"""The rows of the answers: plain values, one kind for each question. Money is micro-dollars, times are seconds, days are
UTC, shares go from 0 to 1 and are None of nothing."""

from datetime import date

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd


class SpendRow(Value):
    """What was charged, overruns included; of the three names those that it was asked by, the others None."""

    day: date | None = None
    model_id: str | None = None
    owner: str | None = None
    charges: int
    spent: MicroUsd


class RequestRow(Value):
    """Jobs by the day on which they were submitted, by how they stand now; `refused` by the content policy before they
    became jobs. `open`: waiting or running; `stuck`: quarantined, or a paid call's answer was lost."""

    day: date
    jobs: int = 0
    succeeded: int = 0
    rejected: int = 0
    failed: int = 0
    cancelled: int = 0
    open: int = 0
    stuck: int = 0
    refused: int = 0


class LatencyRow(Value):
    """Seconds of those that came to a result; percentiles by nearest rank. Of an attempt: its working time; of a job:
    from its submission to its end."""

    workflow: str
    model_id: str
    runs: int
    mean: float
    p50: float
    p95: float
    p99: float
    slowest: float


class VerdictRow(Value):
    """Attempts of a model. `failed` came to no result; `acceptance` is the accepted share of the judged ones."""

    workflow: str
    model_id: str
    attempts: int
    accepted: int
    rejected: int
    not_judged: int
    failed: int
    acceptance: float | None
    failure_rate: float
    cost: MicroUsd


class RateRow(Value):
    """Jobs that ended. A fallback is a result that is not of the plan's first candidate; an error a job that failed."""

    workflow: str
    jobs: int
    cache_hits: int
    fallbacks: int
    errors: int
    cache_hit_rate: float
    fallback_rate: float
    error_rate: float


class SatisfactionRow(Value):
    """What users say. `positive` are four stars or more, `positive_share` is of those with stars; `satisfaction` counts
    thumbs as well, where there are no stars. Of the names those that it was asked by, the others None."""

    workflow: str | None = None
    model_id: str | None = None
    day: date | None = None
    feature: str | None = None
    ratings: int
    mean_stars: float | None
    positive: int
    positive_share: float | None
    likes: int = 0
    dislikes: int = 0
    satisfaction: float | None


class RefusalRow(Value):
    category: str
    refusals: int
