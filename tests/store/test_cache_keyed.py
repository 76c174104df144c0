import asyncio
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bottega.resilience import SharedState
from bottega.store.keyed_cache import SECONDS, DatabaseEntries, Entries, KeyedCache, RedisEntries


@pytest.fixture
def entries(stores: Any) -> Entries:
    return RedisEntries(stores.shared) if stores.shared else DatabaseEntries(stores.database)


async def test_what_was_put_is_got_by_kind_key_and_owner(entries: Entries) -> None:
    intents, products = KeyedCache(entries, "intent"), KeyedCache(entries, "product-search")
    await intents.put("make it red", {"workflow": "edit"}, owner="ann")
    await intents.put("make it red", ["everybody's"])
    assert await intents.get("make it red", owner="ann") == {"workflow": "edit"}
    assert await intents.get("make it red", owner="bob") is None
    assert await intents.get("make it red") == ["everybody's"]
    assert await intents.get("make it blue", owner="ann") is None
    assert await products.get("make it red", owner="ann") is None
    await intents.put("make it red", 2, owner="ann")
    assert await intents.get("make it red", owner="ann") == 2


async def test_any_text_is_a_key(entries: Entries) -> None:
    cache = KeyedCache(entries, "intent")
    for number, key in enumerate(["", "\x00", "\ud800", "é" * 10_000, "a\nb", '"]']):
        await cache.put(key, number)
        assert await cache.get(key) == number


async def test_it_ends_by_itself(entries: Entries) -> None:
    cache = KeyedCache(entries, "intent", 0.05)
    await cache.put("k", 1)
    async with asyncio.timeout(60):
        while await cache.get("k") is not None:  # noqa: ASYNC110 - time itself is awaited
            await asyncio.sleep(0.01)


async def test_many_who_ask_for_the_same_make_it_once(entries: Entries) -> None:
    cache = KeyedCache(entries, "style-analysis")
    made: list[str] = []

    async def make() -> dict[str, int]:
        made.append("made")
        await asyncio.sleep(0.02)
        return {"n": len(made)}

    answers = await asyncio.gather(*(cache.get_or_make("k", make, owner="ann") for _ in range(64)))
    assert made == ["made"]
    assert answers == [{"n": 1}] * 64
    assert await cache.get_or_make("k", make, owner="bob") == {"n": 2}


async def test_when_making_fails_the_next_one_makes_it(entries: Entries) -> None:
    cache = KeyedCache(entries, "intent")
    tries = iter([ValueError("first"), asyncio.CancelledError(), 3])

    async def make() -> int:
        await asyncio.sleep(0)
        outcome = next(tries)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    answers = await asyncio.gather(*(cache.get_or_make("k", make) for _ in range(5)), return_exceptions=True)
    kinds = sorted(type(answer).__name__ for answer in answers)
    assert kinds == ["CancelledError", "ValueError", "int", "int", "int"]


async def test_none_is_no_answer_worth_keeping(entries: Entries) -> None:
    cache = KeyedCache(entries, "intent")
    made = 0

    async def make() -> None:
        nonlocal made
        made += 1

    assert await cache.get_or_make("k", make) is None
    assert await cache.get_or_make("k", make) is None
    assert made == 2


async def test_switched_off_it_keeps_nothing(entries: Entries) -> None:
    cache = KeyedCache(entries, "intent", 0.0)
    await cache.put("k", 1)
    assert await cache.get("k") is None
    assert await cache.get_or_make("k", lambda: asyncio.sleep(0, 5)) == 5


def test_the_known_kinds_live_as_long_as_was_decided() -> None:
    assert SECONDS == {
        "style-analysis": 86_400,
        "product-search": 3600,
        "picture-validation": 1800,
        "intent": 3600,
    }
    with pytest.raises(KeyError):
        KeyedCache(RedisEntries(SharedState("redis://127.0.0.1:1/0")), "unheard-of")


async def test_without_redis_nothing_is_found_and_the_log_says_so_once() -> None:
    cache = KeyedCache(RedisEntries(SharedState("redis://127.0.0.1:1/0")), "intent")
    with structlog.testing.capture_logs() as logs:
        for number in range(5):
            await cache.put(str(number), 1)
            assert await cache.get(str(number)) is None
        assert await cache.get_or_make("k", lambda: asyncio.sleep(0, 7)) == 7
    assert [entry["event"] for entry in logs] == ["redis.away"]


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_spelling_of_an_owner_and_a_key_passes_for_another(
    one: tuple[str, str], two: tuple[str, str]
) -> None:
    from bottega.store.keyed_cache import _name

    assert (_name("k", *one) == _name("k", *two)) == (one == two)
