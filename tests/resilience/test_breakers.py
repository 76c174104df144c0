import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bottega.errors import (
    BottegaError,
    BudgetExceeded,
    ComputeError,
    ContentRefused,
    InvalidOption,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
)
from bottega.resilience import BreakerPolicy, Breakers, Permit, Refused, SharedState, counts
from bottega.settings import Settings

DOWN = ProviderUnavailable("It is down.")
QUICK = BreakerPolicy(failures=2, open_s=0.05, successes=2)
NewBreakers = Callable[..., Breakers]


@pytest.fixture(params=["memory", "redis"])
def new_breakers(request: pytest.FixtureRequest) -> NewBreakers:
    """Makes the breakers of a process; with Redis those of different processes are the same."""
    if request.param == "memory":
        return Breakers
    new_shared = request.getfixturevalue("new_shared")
    return lambda policy=None: Breakers(policy, new_shared())


async def _allowed(breakers: Breakers, model: str = "m") -> Permit:
    permit = await breakers.allow("e", model)
    assert isinstance(permit, Permit), permit
    return permit


async def _open(breakers: Breakers, error: BottegaError = DOWN) -> None:
    for _ in range(breakers.policy.failures):
        await (await _allowed(breakers)).failed(error)


async def _half_open(breakers: Breakers) -> None:
    await _open(breakers)
    async with asyncio.timeout(60):
        while (await breakers.states())[0].state != "half-open":  # noqa: ASYNC110 - time itself is awaited
            await asyncio.sleep(0.01)


async def test_it_opens_after_failures_in_a_row_and_says_until_when(new_breakers: NewBreakers) -> None:
    breakers = new_breakers()
    for _ in range(4):
        await (await _allowed(breakers)).failed(DOWN)
    await (await _allowed(breakers)).succeeded()
    await _open(breakers)
    refused = await breakers.allow("e", "m")
    assert isinstance(refused, Refused)
    assert 55 < refused.retry_after_s <= 60
    (state,) = await breakers.states()
    assert (state.engine, state.model, state.state, state.failures) == ("e", "m", "open", 5)
    assert state.opens_again_at == pytest.approx(refused.until, abs=0.01)
    error = refused.as_error()
    assert "It is down." in error.message
    assert error.details["retry_after"] == refused.retry_after_s


async def test_each_model_has_its_own(new_breakers: NewBreakers) -> None:
    breakers = new_breakers()
    await _open(breakers)
    await _allowed(breakers, "other")


async def test_what_says_nothing_about_the_provider_does_not_count(new_breakers: NewBreakers) -> None:
    breakers = new_breakers(BreakerPolicy(failures=1))
    for error in (ContentRefused("No."), InvalidOption("Wrong."), BudgetExceeded("Too dear.")):
        await (await _allowed(breakers)).failed(error)
    await (await _allowed(breakers)).ignored()
    await _allowed(breakers)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DOWN, True),
        (OutcomeUnknown("Lost."), True),
        (OutputError("Not a picture."), True),
        (ProviderError("Failed."), True),
        (ProviderError("Wrong key.", status=401), True),
        (ProviderError("No such model.", status=404), True),
        (ProviderError("Prompt too long.", status=400), False),
        (ProviderError("Too large.", status=413), False),
        (ContentRefused("No."), False),
        (InvalidOption("Wrong."), False),
        (RateLimited("Too many."), False),
        (ComputeError("Ours."), False),
        (asyncio.CancelledError(), False),
        (ZeroDivisionError(), False),
    ],
)
def test_which_errors_speak_of_the_provider(error: BaseException, expected: bool) -> None:
    assert counts(error) is expected


async def test_half_open_lets_one_probe_through_at_a_time_and_closes_after_enough(
    new_breakers: NewBreakers,
) -> None:
    breakers = new_breakers(QUICK)
    await _half_open(breakers)
    asked = await asyncio.gather(*(breakers.allow("e", "m") for _ in range(20)))
    (probe,) = [answer for answer in asked if isinstance(answer, Permit)]
    assert probe.is_probe
    await probe.succeeded()
    assert (await breakers.states())[0].state == "half-open"
    await (await _allowed(breakers)).succeeded()
    assert (await breakers.states())[0].state == "closed"
    assert all([isinstance(await breakers.allow("e", "m"), Permit) for _ in range(5)])


async def test_a_failing_probe_opens_it_again(new_breakers: NewBreakers) -> None:
    breakers = new_breakers(BreakerPolicy(failures=5, open_s=0.05, successes=3))
    await _half_open(breakers)
    await (await _allowed(breakers)).failed(ProviderUnavailable("Busy.", retry_after=60.0))
    assert isinstance(await breakers.allow("e", "m"), Refused)


async def test_a_probe_that_ends_without_a_word_makes_room_for_the_next(new_breakers: NewBreakers) -> None:
    breakers = new_breakers(replace(QUICK, probe_s=0.5))
    await _half_open(breakers)
    await (await _allowed(breakers)).ignored()
    began = time.monotonic()
    await _allowed(breakers)  # whose holder dies: nothing is ever told
    refused = isinstance(await breakers.allow("e", "m"), Refused)
    assert refused or time.monotonic() - began > 0.5  # a busy machine may have let the time pass
    async with asyncio.timeout(60):
        while isinstance(await breakers.allow("e", "m"), Refused):  # noqa: ASYNC110 - time itself is awaited
            await asyncio.sleep(0.01)


async def test_only_the_first_telling_counts(new_breakers: NewBreakers) -> None:
    breakers = new_breakers(QUICK)
    permit = await _allowed(breakers)
    for _ in range(5):
        await permit.failed(DOWN)
    assert (await breakers.states())[0].failures == 1


async def test_a_permit_is_told_by_how_its_block_is_left(new_breakers: NewBreakers) -> None:
    breakers = new_breakers(BreakerPolicy(failures=10))
    for error in (DOWN, InvalidOption("Wrong."), asyncio.CancelledError(), OutcomeUnknown("Lost.")):
        with pytest.raises(type(error)):
            async with await _allowed(breakers):
                raise error
    assert (await breakers.states())[0].failures == 2
    async with await _allowed(breakers):
        pass
    assert (await breakers.states())[0].failures == 0


async def test_it_stays_open_for_as_long_as_the_provider_asked_to_be_left_alone(
    new_breakers: NewBreakers,
) -> None:
    breakers = new_breakers(BreakerPolicy(failures=1, open_s=1.0))
    await _open(breakers, ProviderUnavailable("Busy.", retry_after=300.0))
    refused = await breakers.allow("e", "m")
    assert isinstance(refused, Refused)
    assert 295 < refused.retry_after_s <= 300


async def test_processes_share_one_breaker(new_shared: Callable[[], SharedState]) -> None:
    processes = [Breakers(BreakerPolicy(failures=40), new_shared()) for _ in range(4)]
    permits = [await _allowed(breakers) for breakers in processes for _ in range(10)]
    await asyncio.gather(*(permit.failed(DOWN) for permit in permits))  # none of the forty is lost
    for breakers in processes:
        assert isinstance(await breakers.allow("e", "m"), Refused)
        assert [state.state for state in await breakers.states()] == ["open"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["ask", "succeeded", "failed", "ignored"])), max_size=40
    )
)
def test_several_processes_over_redis_behave_as_one_in_memory(
    redis_url: str, steps: list[tuple[int, str]]
) -> None:
    async def answers(processes: list[Breakers]) -> list[bool]:
        permits: list[Permit] = []
        answers: list[bool] = []
        for process, step in steps:
            if step == "ask" or not permits:
                answer = await processes[process].allow("e", "m")
                answers.append(isinstance(answer, Permit))
                permits += [answer] if isinstance(answer, Permit) else []
            elif step == "failed":
                await permits.pop().failed(DOWN)
            else:
                await getattr(permits.pop(), step)()
        return answers

    async def compare() -> None:
        prefix = f"bottega:test:{uuid.uuid4().hex}:"
        policy = BreakerPolicy(failures=2, open_s=1e-9, successes=2, probe_s=1e9)
        alone = Breakers(policy)
        shared = [SharedState(redis_url, prefix=prefix) for _ in range(3)]
        together = [Breakers(policy, each) for each in shared]
        try:
            assert await answers(together) == await answers([alone] * 3)
        finally:
            await shared[0].script("return redis.call('DEL', KEYS[1])", ["breakers:1"])
            for each in shared:
                await each.close()

    asyncio.run(compare())


def test_the_policy_comes_from_the_settings() -> None:
    given_settings = Settings(
        circuit_breaker_failures=7, circuit_breaker_timeout=30, circuit_breaker_successes=1
    )
    policy = BreakerPolicy.from_settings(given_settings)
    assert (policy.failures, policy.open_s, policy.successes) == (7, 30, 1)
