"""What it is worth to try a candidate, with what it costs when it fails, and the order that follows. Pure.

A candidate costs c (its price, and the wait at so much per second) whether its result is accepted or not, is
accepted with probability p and is then worth v; after a rejected or failed one the next candidate follows, and its
price and wait come on top. The expected utility of trying 1, 2, ... is

    U = (p1 v1 - c1) + (1 - p1) [(p2 v2 - c2) + (1 - p2) [...]]

Of two neighbours the one with the higher p v - c per p goes first, because swapping them changes U by p1 p2 times
the difference; so the best order is by descending

    z = v - c / p

which is the reservation value of Weitzman, "Optimal Search for the Best Alternative", Econometrica 47 (1979), for
boxes that hold v or nothing (for equal v: ascending c / p, Simon and Kadane, Artificial Intelligence 6, 1975). His
rule also says to stop at the first accepted result: its v is at least its own z, which no later z exceeds.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from bottega.domain.money import MICRO
from bottega.domain.request import Preference
from bottega.routing.learning import Belief

# c / p is never divided by less: a model that never succeeds comes last, but the cheaper of two such still first.
_LEAST_ACCEPTANCE: Final = 1e-3


class Worth(NamedTuple):
    """In USD: an accepted result is worth `result` + `quality` x the model's quality (0 to 1); a second of waiting
    costs `second`. Judgements, not measurements: 0.001 is 3.60 an hour, for somebody who does other things."""

    result: float
    quality: float
    second: float


WORTH: Final[dict[Preference, Worth]] = {
    Preference.SPEED: Worth(result=0.50, quality=0.10, second=0.010),
    Preference.BALANCED: Worth(result=0.50, quality=0.25, second=0.001),
    Preference.QUALITY: Worth(result=1.00, quality=2.00, second=0.0002),
}


class Trial(NamedTuple):
    """One candidate as the search sees it: p, v and c of the module's formula, v and c in USD."""

    acceptance: float
    value: float
    cost: float

    @classmethod
    def of(cls, belief: Belief, worth: Worth) -> "Trial":
        return cls(
            acceptance=belief.acceptance,
            value=worth.result + worth.quality * belief.acceptance,
            cost=belief.cost / MICRO + worth.second * belief.seconds,
        )

    @property
    def reservation(self) -> float:
        """z of the module's formula, in USD."""
        return self.value - self.cost / max(self.acceptance, _LEAST_ACCEPTANCE)

    @property
    def gain(self) -> float:
        """p v - c: what trying this one alone comes to, in USD."""
        return self.acceptance * self.value - self.cost


def expected_utility(trials: Sequence[Trial]) -> float:
    """U of trying them in this order until one is accepted, in USD."""
    utility = 0.0
    for trial in reversed(trials):
        utility = trial.gain + (1 - trial.acceptance) * utility
    return utility


def chosen(trials: Sequence[Trial], most: int | None) -> list[bool]:
    """Which of the trials, given in descending `reservation`, to use when at most `most` can be made.

    Without a limit the order alone is best and all are used. With one, three cheap failures in a row would use up
    the attempts of a good one, so the subset with the highest U is found, exactly, from the last trial backwards:
    U(i, k) = max(U(i+1, k), gain_i + (1 - p_i) U(i+1, k-1)).
    """
    count = len(trials)
    if most is None or most >= count:
        return [True] * count
    utility = [[0.0] * (most + 1) for _ in range(count + 1)]
    for i in reversed(range(count)):
        for left in range(1, most + 1):
            taken = trials[i].gain + (1 - trials[i].acceptance) * utility[i + 1][left - 1]
            utility[i][left] = max(utility[i + 1][left], taken)
    picks: list[bool] = []
    left = most
    for i in range(count):
        take = left > 0 and utility[i][left] > utility[i + 1][left]
        picks.append(take)
        left -= take
    return picks
