import asyncio
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.errors import (
    BottegaError,
    ContentRefused,
    Money,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
)
from bottega.resilience import Backoff, retry_after_of, retrying

AT_ONCE = Backoff(first_s=0.0)


class Provider:
    """Answers with the given errors first, then with its count of calls."""

    def __init__(self, *errors: BottegaError) -> None:
        self.errors = list(errors)
        self.called_at: list[float] = []

    async def __call__(self) -> int:
        self.called_at.append(time.monotonic())
        if self.errors:
            raise self.errors.pop(0)
        return len(self.called_at)


def _busy(seconds: object = None) -> ProviderUnavailable:
    return ProviderUnavailable("Busy.", retry_after=seconds)


async def test_a_call_that_was_not_accepted_is_made_again() -> None:
    assert await retrying(Provider(_busy(), _busy()), attempts=3, backoff=AT_ONCE) == 3


async def test_the_last_error_is_raised_when_the_tries_are_used_up() -> None:
    provider = Provider(*(ProviderUnavailable(f"Number {n}.") for n in range(5)))
    with pytest.raises(ProviderUnavailable, match="Number 2"):
        await retrying(provider, attempts=3, backoff=AT_ONCE)
    assert len(provider.called_at) == 3


@pytest.mark.parametrize(
    "error",
    [
        OutcomeUnknown("Lost."),
        ContentRefused("No."),
        ProviderError("Failed."),
        RateLimited("Too many."),
        ProviderUnavailable("Said to be unavailable, but charged.", money=Money.CHARGED),
        ProviderUnavailable("Who knows.", money=Money.UNKNOWN),
    ],
)
async def test_what_may_have_been_accepted_is_never_made_again(error: BottegaError) -> None:
    provider = Provider(error)
    with pytest.raises(type(error)):
        await retrying(provider, attempts=5, backoff=AT_ONCE)
    assert len(provider.called_at) == 1


async def test_the_longest_time_that_the_provider_named_is_waited() -> None:
    provider = Provider(_busy(0.3), _busy(0.01), _busy())
    waits: list[float] = []
    await retrying(provider, attempts=4, backoff=AT_ONCE, on_wait=lambda wait, error: waits.append(wait))
    assert provider.called_at[1] - provider.called_at[0] >= 0.3
    provider = Provider(_busy(0.01), _busy(0.2))
    await retrying(provider, attempts=3, backoff=AT_ONCE)
    assert provider.called_at[2] - provider.called_at[1] >= 0.2


async def test_an_earlier_named_time_still_holds_after_a_shorter_one() -> None:
    """Two servers behind one address: the first says a third of a second, the second, asked too soon, a moment."""
    provider = Provider(_busy(0.05), _busy(0.0))
    start = time.monotonic()
    await retrying(provider, attempts=3, backoff=AT_ONCE)
    assert provider.called_at[-1] - start >= 0.05


async def test_it_gives_up_at_once_when_the_wait_would_pass_the_deadline() -> None:
    provider = Provider(_busy(30.0))
    start = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        await retrying(provider, attempts=3, deadline=start + 25.0)
    with pytest.raises(ProviderUnavailable):
        await retrying(Provider(_busy(30.0)), attempts=3, longest_wait_s=10.0)
    assert time.monotonic() - start < 20.0  # it did not wait half a minute
    assert len(provider.called_at) == 1


async def test_it_can_be_cancelled_while_it_waits() -> None:
    provider = Provider(_busy(60.0))
    told = asyncio.Event()
    task = asyncio.create_task(retrying(provider, attempts=2, on_wait=lambda wait, error: told.set()))
    await told.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(provider.called_at) == 1


@given(st.integers(0, 2000), st.floats(0.01, 10.0), st.floats(0.01, 100.0), st.integers())
def test_jitter_is_full_and_bounded(repetition: int, first: float, most: float, seed: int) -> None:
    backoff = Backoff(first_s=first, most_s=most)
    source = random.Random(seed)
    ceiling = min(most, first * 2.0 ** min(repetition, 60))
    draws = [backoff.draw(repetition, source) for _ in range(200)]
    assert all(0.0 <= draw <= ceiling for draw in draws)
    assert min(draws) < ceiling / 4 < ceiling * 3 / 4 < max(draws)  # one in 10**24 is not


async def test_the_same_seed_waits_the_same() -> None:
    async def waits() -> list[float]:
        told: list[float] = []
        await retrying(
            Provider(_busy(), _busy(), _busy()),
            attempts=4,
            backoff=Backoff(first_s=0.001),
            source=random.Random(5),
            on_wait=lambda wait, error: told.append(wait),
        )
        return told

    assert await waits() == await waits()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(None, 0.0), ("soon", 0.0), (True, 0.0), (-3, 0.0), (float("nan"), 0.0), (float("inf"), 0.0), (7, 7.0)],
)
def test_what_is_no_time_is_not_waited_for(said: object, seconds: float) -> None:
    assert retry_after_of(_busy(said)) == seconds


async def test_no_attempts_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="attempts"):
        await retrying(Provider(), attempts=0)
