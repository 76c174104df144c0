"""Experiments: who gets which arm, and what the arms' jobs show. Assigning is pure; outcomes are rows of the
observations, tagged in their `data`, and are counted per job.

Intervals are at 95 %: one share by Wilson (JASA 22, 1927), the difference of two shares by Newcombe (Statistics in
Medicine 17, 1998, method 10), the difference of two means by Welch (Biometrika 34, 1947). They hold for a number of
jobs that was decided on beforehand: looking every day until a difference shows finds differences that are not there.
When users rather than jobs are assigned and each has many jobs, the true intervals are wider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, isfinite, sqrt
from statistics import NormalDist
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from pydantic import computed_field

from bottega.analytics.feedback import satisfied
from bottega.analytics.flags import stable_share
from bottega.analytics.observations import Kind
from bottega.domain.base import Value
from bottega.errors import InvalidOption
from bottega.store.schema import feedback, observations

CONFIDENCE: Final = 0.95
POWER: Final = 0.80
FEWEST_JOBS: Final = 30
"""Judged jobs that each arm needs before anything is said."""

_Z: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_Z_POWER: Final = NormalDist().inv_cdf(POWER)


@dataclass(frozen=True, slots=True)
class Experiment:
    """Arms by name with their weights (any positive numbers; 0 closes an arm); the first one is the control.

    Changing weights moves some users to another arm; changing the name draws all of them anew. Raises
    InvalidOption without two arms, for a weight that is negative or not finite, or when all are 0.
    """

    name: str
    arms: Mapping[str, float]

    def __post_init__(self) -> None:
        weights = self.arms.values()
        if len(self.arms) < 2 or not all(isfinite(w) and w >= 0 for w in weights) or not sum(weights):
            raise InvalidOption(
                f"The experiment {self.name} needs at least two arms with weights of 0 or more, not all 0.",
                option="arms",
            )

    @property
    def control(self) -> str:
        return next(iter(self.arms))

    def arm(self, unit: str) -> str:
        """The arm of a user (or a job, by its id): the same one every time, on every machine."""
        ends = list(accumulate(self.arms.values()))
        point = stable_share("experiment", self.name, unit) * ends[-1]
        open_arms = [(arm, end) for (arm, w), end in zip(self.arms.items(), ends, strict=True) if w > 0]
        # Rounding may put the point on the very end.
        return next((arm for arm, end in open_arms if point < end), open_arms[-1][0])

    def tag(self, unit: str) -> dict[str, str]:
        """What belongs into the `data` of the unit's observations."""
        return {"experiment": self.name, "arm": self.arm(unit)}


class Interval(NamedTuple):
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


class Moments(Value):
    """Number, mean and sample variance (n - 1) of a quantity; mean None without any, variance without two."""

    n: int = 0
    mean: float | None = None
    variance: float | None = None


class ArmResult(Value):
    """What the jobs of one arm show. A job's cost is the sum of its attempts' (micro-dollars), its time likewise
    (seconds, of attempts that came to a result); it is accepted when one of its attempts was. `rated` are those whose
    user said something, `satisfied` those of them whose user is (`bottega.analytics.feedback`)."""

    arm: str
    jobs: int = 0
    judged: int = 0
    accepted: int = 0
    cost: Moments = Moments()
    seconds: Moments = Moments()
    rated: int = 0
    satisfied: int = 0

    @computed_field
    @property
    def acceptance(self) -> float | None:
        """0 to 1, of the judged jobs."""
        return self.accepted / self.judged if self.judged else None

    @computed_field
    @property
    def acceptance_interval(self) -> Interval | None:
        return wilson(self.accepted, self.judged) if self.judged else None

    @computed_field
    @property
    def satisfaction(self) -> float | None:
        """0 to 1, of the rated jobs."""
        return self.satisfied / self.rated if self.rated else None

    @computed_field
    @property
    def satisfaction_interval(self) -> Interval | None:
        return wilson(self.satisfied, self.rated) if self.rated else None


class Difference(Value):
    """An arm minus the control, with its 95 % interval; None where there is too little for one."""

    acceptance: float | None = None
    acceptance_interval: Interval | None = None
    cost: float | None = None
    cost_interval: Interval | None = None
    seconds: float | None = None
    seconds_interval: Interval | None = None
    satisfaction: float | None = None
    satisfaction_interval: Interval | None = None


class Comparison(Value):
    arm: str
    against: str
    difference: Difference
    enough: bool
    """Whether the acceptance can be told apart, or a difference that matters be ruled out."""
    conclusion: str


class Evaluation(Value):
    experiment: str
    arms: tuple[ArmResult, ...]
    comparisons: tuple[Comparison, ...]


def evaluate(
    connection: sa.Connection,
    experiment: Experiment,
    *,
    since: float = 0.0,
    matters: float = 0.05,
) -> Evaluation:
    """Every arm, and each other arm against the control. `since` is seconds since the Unix epoch; `matters` is the
    smallest difference in acceptance that would decide anything (0.05: five points). Raises InvalidOption unless
    `matters` lies between 0 and 1."""
    if not 0 < matters < 1:
        raise InvalidOption("The difference that matters lies between 0 and 1.", option="matters")
    found = _arm_results(connection, experiment.name, since)
    ratings = _ratings(connection, experiment.name)
    arms = tuple(
        found.get(arm, ArmResult(arm=arm)).model_copy(update=ratings.get(arm, {})) for arm in experiment.arms
    )
    control, *others = arms
    return Evaluation(
        experiment=experiment.name,
        arms=arms,
        comparisons=tuple(compare(arm, control, matters=matters) for arm in others),
    )


def compare(arm: ArmResult, control: ArmResult, *, matters: float = 0.05) -> Comparison:
    """An arm against the control, and in words whether the data are enough to say something of the acceptance."""
    acceptance, interval = _shares(arm.accepted, arm.judged, control.accepted, control.judged)
    satisfaction, of_satisfaction = _shares(arm.satisfied, arm.rated, control.satisfied, control.rated)
    difference = Difference(
        acceptance=acceptance,
        acceptance_interval=interval,
        cost=_minus(arm.cost, control.cost),
        cost_interval=welch(arm.cost, control.cost),
        seconds=_minus(arm.seconds, control.seconds),
        seconds_interval=welch(arm.seconds, control.seconds),
        satisfaction=satisfaction,
        satisfaction_interval=of_satisfaction,
    )
    enough, conclusion = _conclusion(arm, control, interval, matters)
    return Comparison(
        arm=arm.arm, against=control.arm, difference=difference, enough=enough, conclusion=conclusion
    )


def _conclusion(
    arm: ArmResult, control: ArmResult, interval: Interval | None, matters: float
) -> tuple[bool, str]:
    fewest = min(arm.judged, control.judged)
    if interval is None or fewest < FEWEST_JOBS:
        return (
            False,
            f"Too early: {fewest} judged jobs in the smaller arm, at least {FEWEST_JOBS} are needed.",
        )
    points = f"{100 * interval.low:+.1f} to {100 * interval.high:+.1f} points"
    if interval.excludes_zero:
        better = "more" if interval.low > 0 else "less"
        return True, f"{arm.arm} is accepted {better} often than {control.arm}: {points}."
    if -matters < interval.low and interval.high < matters:
        return (
            True,
            f"No difference of {100 * matters:g} points: {arm.arm} against {control.arm} is {points}.",
        )
    needed = jobs_needed((arm.accepted + control.accepted) / (arm.judged + control.judged), matters)
    return False, (
        f"Not enough data: {points}. To see a difference of {100 * matters:g} points, about {needed} judged jobs "
        f"per arm are needed; the smaller arm has {fewest}."
    )


# --- statistics ------------------------------------------------------------------------------------------------


def wilson(successes: int, n: int) -> Interval:
    """The score interval of a share. Raises ValueError unless 0 <= successes <= n and n > 0."""
    if not 0 <= successes <= n or n == 0:
        raise ValueError("a share needs 0 <= successes <= n and n > 0")
    p = successes / n
    middle = p + _Z**2 / (2 * n)
    half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    # The ends are exactly 0 and 1 there; rounding would leave a trace.
    low = 0.0 if successes == 0 else (middle - half) / scale
    high = 1.0 if successes == n else (middle + half) / scale
    return Interval(low, high)


def newcombe(successes: int, n: int, control_successes: int, control_n: int) -> Interval:
    """Of the difference of two shares, first minus control: Newcombe's method 10, from the two Wilson intervals."""
    p, q = successes / n, control_successes / control_n
    of_p, of_q = wilson(successes, n), wilson(control_successes, control_n)
    return Interval(
        p - q - sqrt((p - of_p.low) ** 2 + (of_q.high - q) ** 2),
        p - q + sqrt((of_p.high - p) ** 2 + (q - of_q.low) ** 2),
    )


def welch(first: Moments, control: Moments) -> Interval | None:
    """Of the difference of two means, first minus control; None where either has fewer than two values."""
    if first.mean is None or control.mean is None or first.variance is None or control.variance is None:
        return None
    a, b = first.variance / first.n, control.variance / control.n
    difference = first.mean - control.mean
    if a + b == 0:
        return Interval(difference, difference)
    freedom = (a + b) ** 2 / (a**2 / (first.n - 1) + b**2 / (control.n - 1))
    half = student_t(freedom) * sqrt(a + b)
    return Interval(difference - half, difference + half)


def student_t(freedom: float) -> float:
    """The 97.5 % point of Student's t. Below two degrees of freedom that of one, which is too large rather than too
    small; from two on the expansion around the normal one (Abramowitz and Stegun, Handbook of Mathematical
    Functions, 26.7.5), which is right within 0.8 %, and within 0.2 % from three on."""
    if freedom < 2:
        return 12.7062
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def jobs_needed(share: float, difference: float) -> int:
    """Per arm, to see a difference around a share four times in five (Fleiss, Levin and Paik, Statistical Methods
    for Rates and Proportions, 3rd ed. 2003, section 4.3, both arms with the variance of the common share)."""
    # Near 0 and 1 the two shares cannot both be the common one: the variance is that half a difference inside.
    inside = min(max(share, difference / 2), 1 - difference / 2)
    return ceil(2 * inside * (1 - inside) * ((_Z + _Z_POWER) / difference) ** 2)


def _shares(
    successes: int, n: int, control_successes: int, control_n: int
) -> tuple[float | None, Interval | None]:
    """The difference of two shares with its interval; None where one of them has no jobs."""
    if not n or not control_n:
        return None, None
    interval = newcombe(successes, n, control_successes, control_n)
    return successes / n - control_successes / control_n, interval


def _minus(first: Moments, control: Moments) -> float | None:
    return None if first.mean is None or control.mean is None else first.mean - control.mean


# --- the rows ----------------------------------------------------------------------------------------------------


def _arm_results(connection: sa.Connection, experiment: str, since: float) -> dict[str, ArmResult]:
    jobs = _jobs(experiment, since)
    means = {row["arm"]: row for row in connection.execute(_means(jobs)).mappings()}
    if not means:
        return {}
    squares = {row["arm"]: row for row in connection.execute(_squares(jobs, means)).mappings()}
    return {
        arm: ArmResult(
            arm=arm,
            jobs=row["jobs"],
            judged=row["judged"],
            accepted=int(row["accepted"] or 0),
            cost=_moments(row["jobs"], row["cost"], squares[arm]["cost"]),
            seconds=_moments(row["timed"], row["seconds"], squares[arm]["seconds"]),
        )
        for arm, row in means.items()
    }


def _ratings(connection: sa.Connection, experiment: str) -> dict[str, dict[str, int]]:
    """By arm: how many jobs were rated, and how many users are satisfied."""
    query = (
        sa.select(feedback.c.arm, sa.func.count(satisfied()), sa.func.sum(satisfied()))
        .where(feedback.c.experiment == experiment)
        .group_by(feedback.c.arm)
    )
    return {
        arm: {"rated": rated, "satisfied": int(content or 0)}
        for arm, rated, content in connection.execute(query)
    }


def _jobs(experiment: str, since: float) -> sa.Subquery:
    o = observations.c
    arm = o.data["arm"].as_string()
    accepted = sa.case((o.accepted.is_(True), 1), (o.accepted.is_(False), 0))
    return (
        sa.select(
            arm.label("arm"),
            sa.func.max(accepted).label("accepted"),
            sa.cast(sa.func.coalesce(sa.func.sum(o.cost), 0), sa.Double).label("cost"),
            sa.func.sum(o.seconds).label("seconds"),
        )
        .where(
            o.kind == Kind.ATTEMPT.value,
            o.at >= since,
            o.data["experiment"].as_string() == experiment,
            arm.is_not(None),
        )
        .group_by(
            o.job_id, sa.text("arm")
        )  # by name: the expression has parameters, and PostgreSQL compares those
        .subquery()
    )


def _means(jobs: sa.Subquery) -> sa.Executable:
    return sa.select(
        jobs.c.arm,
        sa.func.count().label("jobs"),
        sa.func.count(jobs.c.accepted).label("judged"),
        sa.func.sum(jobs.c.accepted).label("accepted"),
        sa.func.avg(jobs.c.cost).label("cost"),
        sa.func.count(jobs.c.seconds).label("timed"),
        sa.func.avg(jobs.c.seconds).label("seconds"),
    ).group_by(jobs.c.arm)


def _squares(jobs: sa.Subquery, means: Mapping[str, Mapping[Any, Any]]) -> sa.Executable:
    """Around the means, in a second pass: sums of plain squares would cancel (Chan, Golub and LeVeque 1983)."""

    def squared(name: str) -> sa.ColumnElement[Any]:
        middle = {arm: float(row[name] or 0.0) for arm, row in means.items()}
        off = jobs.c[name] - sa.case(middle, value=jobs.c.arm)
        return sa.func.sum(off * off).label(name)

    return sa.select(jobs.c.arm, squared("cost"), squared("seconds")).group_by(jobs.c.arm)


def _moments(n: int, mean: float | None, squares: float | None) -> Moments:
    if mean is None or n == 0:
        return Moments()
    variance = None if n < 2 or squares is None else max(0.0, float(squares)) / (n - 1)
    return Moments(n=n, mean=float(mean), variance=variance)
