"""What is believed of a model (how often it is accepted, how long it takes, what it costs), and draws from that.

Bayesian estimates in closed form: the catalogue is the prior, the discounted observations the evidence. Thompson
sampling draws one world from them and plans as if it were true, so that a model is tried as often as it may still
be the best one (Thompson, Biometrika 25, 1933; Russo et al., "A Tutorial on Thompson Sampling", 2018). Pure.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import exp, log, sqrt
from typing import Final, NamedTuple, Self

from bottega.domain.money import Price
from bottega.domain.plan import LogAmounts, Observation, TimeEstimate
from bottega.domain.request import Request

PRIOR_RESULTS: Final = 8.0
"""The catalogue's quality counts as much as this many judged results of our own."""

UNKNOWN_SECONDS: Final = 60.0
"""Nothing known of the time: taken as a minute, so that an unknown model is neither favoured nor buried."""

# What is believed of a time or a cost beforehand weighs as much as this many measurements.
_PRIOR_AMOUNTS: Final = 2.0
# Standard deviation of the logarithm before anything is measured: a catalogue's time is right within a factor of
# 1.5 or so, one nobody stated within 3, a metered price within 1.3.
_SPREAD_STATED_TIME: Final = 0.4
_SPREAD_UNKNOWN_TIME: Final = 1.1
_SPREAD_PRICE: Final = 0.25
# Beta parameters stay above this: a catalogue that says 0 or 1 must not be beyond all evidence.
_LEAST_COUNT: Final = 0.05


@dataclass(frozen=True, slots=True)
class Learning:
    """How a plan learns. The same seed, catalogue and observations give the same plan on every machine.

    `enabled=False` plans with the means of what is believed, as without a `Learning`: nothing is tried out.
    """

    seed: str
    enabled: bool = True

    @classmethod
    def for_request(
        cls, request: Request, observations: Mapping[str, Observation], *, enabled: bool = True
    ) -> Self:
        """The seed follows from the request and from what is known: a plan that is looked at first and submitted
        then is the same plan, while the next result that comes in lets the dice be thrown again."""
        digest = sha256(request.model_dump_json().encode())
        for model_id, seen in sorted(observations.items()):
            digest.update(f"\0{model_id}\0{seen.model_dump_json()}".encode())
        return cls(digest.hexdigest(), enabled)

    def dice(self, model_id: str) -> random.Random | None:
        """One model's own, so that its draw does not depend on who else is in the catalogue."""
        return random.Random(f"{self.seed}\0{model_id}") if self.enabled else None  # noqa: S311 - not a secret


class Belief(NamedTuple):
    """What one attempt is taken to be: acceptance 0 to 1, seconds, micro-dollars."""

    acceptance: float
    seconds: float
    cost: float


def believe(
    quality: float,
    price: Price,
    time: TimeEstimate,
    seen: Observation | None,
    dice: random.Random | None,
) -> Belief:
    """The centre of what is believed of a model (means; medians of seconds and cost), or with `dice` one draw.

    `quality` is the catalogue's prior of acceptance, `price` that of one attempt at the task; `time` is an
    estimate for its size that already follows what was measured (`drift_factor`).
    """
    alpha, beta = acceptance_counts(quality, seen)
    if dice is None:
        acceptance = alpha / (alpha + beta)
    else:
        acceptance = dice.betavariate(max(alpha, _LEAST_COUNT), max(beta, _LEAST_COUNT))
    return Belief(acceptance, _seconds(time, seen, dice), _cost(price, seen, dice))


def acceptance_counts(quality: float, seen: Observation | None) -> tuple[float, float]:
    """Alpha and beta of the Beta posterior of acceptance (Gelman et al., Bayesian Data Analysis, section 2.4)."""
    accepted, judged = 0.0, 0.0
    if seen is not None:
        accepted = float(seen.accepted if seen.accepted_weight is None else seen.accepted_weight)
        judged = float(seen.judged if seen.judged_weight is None else seen.judged_weight)
    rejected = max(0.0, judged - accepted)
    return quality * PRIOR_RESULTS + judged - rejected, (1 - quality) * PRIOR_RESULTS + rejected


def expected_quality(prior: float, seen: Observation | None) -> float:
    """Mean of the Beta posterior of acceptance, 0 to 1: the catalogue's prior worth 8 judged results, plus this
    installation's own verdicts, discounted by age where the observation says so."""
    if seen is None or max(seen.judged, seen.judged_weight or 0.0) <= 0:
        return prior
    alpha, beta = acceptance_counts(prior, seen)
    return alpha / (alpha + beta)


def drift_factor(seen: Observation | None) -> float:
    """By what a time fitted to the last runs is to be multiplied, because the latest of them took longer or less."""
    if seen is None or seen.seconds_ratio is None:
        return 1.0
    return exp(_LogBelief.of(_SPREAD_STATED_TIME, seen.seconds_ratio).location)


def _seconds(time: TimeEstimate, seen: Observation | None, dice: random.Random | None) -> float:
    seconds = UNKNOWN_SECONDS if time.seconds is None else time.seconds
    if dice is None:
        return seconds
    measured = seen.seconds_ratio if seen is not None else None
    spread = _SPREAD_UNKNOWN_TIME if time.seconds is None else _SPREAD_STATED_TIME
    believed = _LogBelief.of(spread, measured)
    # The location itself is in `time` already: what is drawn is how far off it may be.
    return seconds * exp(believed.draw(dice) - believed.location)


def _cost(price: Price, seen: Observation | None, dice: random.Random | None) -> float:
    """A fixed price is known; of a metered one what was charged is learnt, within the range that was quoted."""
    if price.low == price.high:
        return float(price.likely)
    likely = max(price.likely, 1)
    charged = seen.costs if seen is not None else None
    if charged is not None:
        charged = charged.model_copy(update={"mean": charged.mean - log(likely)})
    believed = _LogBelief.of(_SPREAD_PRICE, charged)
    cost = likely * exp(believed.location if dice is None else believed.draw(dice))
    return min(max(cost, float(price.low)), float(price.high))


class _LogBelief(NamedTuple):
    """Normal-inverse-gamma posterior of a log-normal amount's location; before evidence it is 0, the amount 1
    (Gelman et al., Bayesian Data Analysis, section 3.3)."""

    location: float
    kappa: float
    alpha: float
    beta: float

    @classmethod
    def of(cls, spread: float, seen: LogAmounts | None) -> Self:
        """`spread` is the standard deviation of the logarithm that is expected before anything was measured."""
        kappa, alpha = _PRIOR_AMOUNTS, _PRIOR_AMOUNTS
        beta = alpha * spread**2
        if seen is None:
            return cls(0.0, kappa, alpha, beta)
        off = kappa * seen.weight * seen.mean**2 / (2 * (kappa + seen.weight))
        return cls(
            location=seen.weight * seen.mean / (kappa + seen.weight),
            kappa=kappa + seen.weight,
            alpha=alpha + seen.weight / 2,
            beta=beta + seen.weight * seen.variance / 2 + off,
        )

    def draw(self, dice: random.Random) -> float:
        variance = self.beta / dice.gammavariate(self.alpha, 1.0)
        return dice.gauss(self.location, sqrt(variance / self.kappa))
