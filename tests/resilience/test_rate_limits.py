import asyncio
import itertools
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.resilience import (
    Limit,
    RateLimits,
    SharedState,
    Taken,
    TooMany,
    may_be_repeated,
    provider_limits,
    retry_after_of,
    user_limits,
)
from bottega.settings import Settings

limit_sets = st.lists(
    st.builds(Limit, st.integers(1, 6), st.sampled_from([1.0, 2.5, 10.0])), min_size=1, max_size=3
).map(tuple)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(limit_sets, st.lists(st.sampled_from([0.0, 2**-10, 0.25, 1 - 2**-10, 1.0, 2.5, 7.0]), max_size=120))
@settings(max_examples=300, deadline=None)
def test_no_window_ever_holds_more_than_its_count(limits: tuple[Limit, ...], pauses: list[float]) -> None:
    clock = Clock()
    taker = RateLimits(clock=clock)
    taken: list[float] = []

    async def run() -> None:
        for pause in pauses:
            clock.now += pause
            answer = await taker.take("k", limits)
            full = [
                limit
                for limit in limits
                if sum(clock.now - limit.window_s < at for at in taken) >= limit.count
            ]
            assert isinstance(answer, TooMany) == bool(full)  # neither too many nor one refused for nothing
            if isinstance(answer, Taken):
                taken.append(clock.now)
            else:
                await _comes_back_in_time(answer)

    async def _comes_back_in_time(answer: TooMany) -> None:
        """A moment before what was said there is no room yet, and then there is."""
        then = clock.now + answer.retry_after_s
        room = [
            all(sum(then + d - limit.window_s < at for at in taken) < limit.count for limit in limits)
            for d in (-1e-6, 1e-6)
        ]
        assert room == [False, True]

    asyncio.run(run())
    for limit in limits:
        for start in taken:
            assert sum(start <= at < start + limit.window_s for at in taken) <= limit.count


@pytest.fixture
def shared_limits(new_shared: Callable[[], SharedState]) -> list[RateLimits]:
    return [RateLimits(new_shared()) for _ in range(3)]


async def test_processes_count_together_and_none_gets_in_between(shared_limits: list[RateLimits]) -> None:
    limits = (Limit(10, 60.0), Limit(100, 3600.0))
    answers = await asyncio.gather(
        *(each.take("user", limits) for each, _ in itertools.product(shared_limits, range(30)))
    )
    assert sum(isinstance(answer, Taken) for answer in answers) == 10
    refused = [answer for answer in answers if isinstance(answer, TooMany)]
    assert len(refused) == 80
    assert all(answer.limit == limits[0] and 55 < answer.retry_after_s <= 60 for answer in refused)
    assert isinstance(await shared_limits[0].take("other", limits), Taken)


async def test_the_shared_window_moves(shared_limits: list[RateLimits]) -> None:
    """Times of the server's own clock: in no window more than allowed, and all get in at last."""
    limit = Limit(5, 0.1)
    loop = asyncio.get_running_loop()
    before: list[float] = []
    after: list[float] = []

    async def worker(each: RateLimits) -> None:
        while len(after) < 30:
            asked = loop.time()
            answer = await each.take("k", (limit,))
            if isinstance(answer, Taken):
                before.append(asked)
                after.append(loop.time())
            else:
                await asyncio.sleep(answer.retry_after_s)

    async with asyncio.timeout(120):
        await asyncio.gather(*(worker(each) for each in shared_limits * 2))
    # A call was counted somewhere between asking and hearing: those surely within one window are not too many.
    for start in sorted(before):
        assert sum(start <= a and b < start + 0.1 for a, b in zip(before, after, strict=True)) <= 5


async def test_a_question_repeated_after_a_lost_connection_counts_once(
    new_shared: Callable[[], SharedState],
) -> None:
    from bottega.resilience.rate import _TAKE

    shared, one = new_shared(), uuid.uuid4().hex
    for _ in range(3):
        assert (await shared.clocked_script(_TAKE, ["rate:k"], [one, 1, 10**6]))[0] == 1
    assert (await shared.clocked_script(_TAKE, ["rate:k"], ["another", 1, 10**6]))[0] == 0


async def test_a_clock_of_the_server_set_back_blocks_nobody_for_longer_than_the_window(
    new_shared: Callable[[], SharedState],
) -> None:
    shared = new_shared()
    ahead = "return redis.call('ZADD', KEYS[1], (redis.call('TIME')[1] + 86400) * 1000000, 'from the future')"
    await shared.script(ahead, ["rate:k"])
    answer = await RateLimits(shared).take("k", (Limit(1, 60.0),))
    assert isinstance(answer, TooMany)
    assert answer.retry_after_s <= 60.0


async def test_many_keys_take_bounded_memory_and_the_busy_one_is_not_forgotten() -> None:
    clock = Clock()
    taker = RateLimits(clock=clock, max_entries=1000)
    limit = (Limit(3, 60.0),)
    for number in range(5000):
        await taker.take(f"user-{number}", limit)
        if number % 300 == 0:
            await taker.take("busy", limit)
    assert taker._entries <= 1000
    assert isinstance(await taker.take("busy", limit), TooMany)
    clock.now = 61.0
    for number in range(600):  # each take looks after two idle keys
        await taker.take(f"later-{number}", limit)
    assert taker._entries <= 601


async def test_a_refusal_says_in_words_and_figures_when_to_come_back() -> None:
    taker = RateLimits(clock=Clock())
    limits = (Limit(1, 60.0),)
    await taker.take("k", limits)
    answer = await taker.take("k", limits)
    assert isinstance(answer, TooMany)
    error = answer.as_error()
    assert error.message == "More than 1 requests came within a minute."
    assert error.details["retry_after"] == 60
    assert error.http_status == 429
    unavailable = answer.as_unavailable("openai")
    assert unavailable.message == "openai is called no more than 1 times within a minute."
    assert may_be_repeated(unavailable)
    assert retry_after_of(unavailable) == answer.retry_after_s


async def test_no_limits_is_no_limit() -> None:
    taker = RateLimits()
    assert user_limits(Settings()) == (Limit(100, 60.0), Limit(1000, 3600.0))
    none = Settings(rate_limit_per_minute=0, rate_limit_per_hour=0)
    assert user_limits(none) == provider_limits(none) == ()
    assert isinstance(await taker.take("k", ()), Taken)
    with pytest.raises(ValueError, match="count"):
        Limit(0, 60.0)
