"""The one place that calls a provider again, and only when it is known not to have accepted the call."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bottega.errors import BottegaError, Money, ProviderUnavailable

T = TypeVar("T")
OnWait = Callable[[float, ProviderUnavailable], None]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Before the n-th repetition (from 0): a random time up to `first_s * 2**n`, at most `most_s` (exponential backoff
    with full jitter; Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015)."""

    first_s: float = 0.5
    most_s: float = 30.0

    def draw(self, repetition: int, source: random.Random) -> float:
        return source.uniform(0.0, min(self.most_s, self.first_s * 2.0 ** min(repetition, 60)))


def retry_after_of(error: BottegaError) -> float:
    """The seconds that a provider asks to be left alone, `details["retry_after"]`; 0 when it says nothing usable."""
    value = error.details.get("retry_after")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))


def may_be_repeated(error: BaseException) -> bool:
    """Whether the call is known not to have been accepted, so that a second one cannot be a second purchase."""
    return isinstance(error, ProviderUnavailable) and error.money in (Money.NOTHING_SPENT, Money.RELEASED)


async def retrying(
    call: Callable[[], Awaitable[T]],
    *,
    attempts: int,
    deadline: float | None = None,
    on_wait: OnWait | None = None,
    longest_wait_s: float = math.inf,
    backoff: Backoff = Backoff(),
    source: random.Random | None = None,
) -> T:
    """What `call` returns, after at most `attempts` tries.

    Of several times to wait that the provider named, the one that ends last holds; the jitter comes on top, so that
    all who were told the same do not return at once. `deadline` is on `time.monotonic()`. The last error is raised
    when it is not to be repeated, the tries are used up, or the next wait would pass the deadline or `longest_wait_s`.
    `on_wait` is told the seconds and why before each wait.
    """
    draws = source or random.Random()  # noqa: S311 - spreads load, guards nothing
    not_before = -math.inf
    for repetition in range(attempts):
        try:
            return await call()
        except ProviderUnavailable as error:
            if repetition + 1 == attempts or not may_be_repeated(error):
                raise
            now = time.monotonic()
            not_before = max(not_before, now + retry_after_of(error))
            wait = max(0.0, not_before - now) + backoff.draw(repetition, draws)
            if wait > longest_wait_s or (deadline is not None and now + wait > deadline):
                raise
            if on_wait is not None:
                on_wait(wait, error)
        await asyncio.sleep(wait)
    raise ValueError("attempts must be at least 1")
