import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.resilience import SharedState
from bottega.store.cache import ResultCache, result_key
from bottega.store.database import Database
from bottega.store.expiry import BITE
from bottega.store.schema import cached_results

PNG = MediaInfo(media_type="image/png", width=8, height=8)
TASK = Task(
    workflow="image_editing",
    operation="edit",
    features=frozenset({"a", "b"}),
    prompt="a red door",
    inputs=(
        TaskInput(role=Role.WORKING, asset_id="one", path=Path("/x"), media=PNG),
        TaskInput(role=Role.REFERENCE, asset_id="two", path=Path("/y"), media=PNG),
    ),
    parameters={"size": {"width": 512, "height": 512.0}, "strength": 0.5, "words": ["x", 1]},
    seed=7,
)
PIXELS = {"one": "p1:aa", "two": "p1:bb"}
DAY = 86_400

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
options = st.dictionaries(
    st.text(max_size=4),
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
    max_size=5,
)


def key(task: Task = TASK, **others: Any) -> str:
    known: dict[str, Any] = {"model_id": "m/x", "model_version": "1", "engine": "e", "pixels": PIXELS}
    return result_key(task, **(known | others))


@pytest.mark.parametrize(
    "change",
    [
        {"workflow": "style_transfer"},
        {"operation": "generate"},
        {"features": frozenset({"a"})},
        {"prompt": "a blue door"},
        {"seed": 8},
        {"seed": None},
        {"parameters": TASK.parameters | {"strength": 0.25}},
        {"parameters": TASK.parameters | {"words": ["x", True]}},
        {"inputs": TASK.inputs[:1]},
        {"inputs": tuple(reversed(TASK.inputs))},
        {"inputs": (TASK.inputs[0].model_copy(update={"role": Role.MASK}), TASK.inputs[1])},
    ],
)
def test_everything_that_decides_the_result_is_in_the_key(change: dict[str, Any]) -> None:
    assert key(TASK.model_copy(update=change)) != key()


@pytest.mark.parametrize(
    "other",
    [
        {"model_id": "m/y"},
        {"model_version": "2"},
        {"engine": "f"},
        {"pixels": PIXELS | {"one": "p1:cc"}},
        {"pixels": {}},
    ],
)
def test_model_engine_and_pixels_are_in_the_key(other: dict[str, Any]) -> None:
    assert key(**other) != key()


def test_the_same_in_another_spelling_is_the_same() -> None:
    respelled = TASK.model_copy(
        update={
            "prompt": "  a red door\n",
            "parameters": {
                "words": ("x", 1.0),
                "strength": 0.5,
                "size": {"height": 512, "width": 512},
            },
            "features": frozenset({"b", "a"}),
        }
    )
    assert key(respelled) == key()
    one, two = (TASK.model_copy(update={"prompt": text}) for text in ("caf\u00e9", "cafe\u0301"))
    assert key(one) == key(two)


def test_another_file_with_the_same_pixels_is_the_same_input() -> None:
    first = TASK.inputs[0].model_copy(update={"asset_id": "re-encoded", "path": Path("/z")})
    again = TASK.model_copy(update={"inputs": (first, TASK.inputs[1])})
    assert key(again, pixels={"re-encoded": "p1:aa", "two": "p1:bb"}) == key()


@given(options, options)
def test_keys_are_equal_exactly_when_the_options_are(one: dict[str, Any], two: dict[str, Any]) -> None:
    keys = [key(TASK.model_copy(update={"parameters": each})) for each in (one, two)]
    # Python holds True for 1; a form does not.
    assert (keys[0] == keys[1]) == (one == two and _kinds(one) == _kinds(two))
    shuffled = dict(reversed(one.items()))
    assert key(TASK.model_copy(update={"parameters": shuffled})) == keys[0]


def _kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _kinds(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_kinds(each) for each in value]
    return isinstance(value, bool)


async def _put(cache: ResultCache, database: Database, owner: str, key: str, value: dict[str, Any]) -> None:
    await database.write(lambda c: cache.put(c, owner, key, value))
    await cache.share(owner, key, value)


async def test_what_was_kept_is_found_by_its_owner_alone(stores: Any) -> None:
    cache = ResultCache(stores.database, 7.0, shared=stores.shared)
    await _put(cache, stores.database, "ann", "k", {"outputs": ["a"]})
    assert await cache.get("ann", "k") == {"outputs": ["a"]}
    assert await cache.get("bob", "k") is None
    assert await cache.get("ann", "other") is None
    await _put(cache, stores.database, "ann", "k", {"outputs": ["b"]})
    assert await cache.get("ann", "k") == {"outputs": ["b"]}


async def test_where_results_are_kept_is_one_place(stores: Any) -> None:
    cache = ResultCache(stores.database, 7.0, shared=stores.shared)
    await _put(cache, stores.database, "ann", "k", {})
    rows = await stores.database.read(
        lambda c: c.execute(sa.select(sa.func.count()).select_from(cached_results)).scalar()
    )
    assert rows == (0 if stores.shared else 1)


async def test_a_result_has_an_end(stores: Any) -> None:
    cache = ResultCache(stores.database, 0.05 / DAY, shared=stores.shared)
    await _put(cache, stores.database, "ann", "k", {"outputs": []})
    async with asyncio.timeout(60):
        while await cache.get("ann", "k") is not None:  # noqa: ASYNC110 - time itself is awaited
            await asyncio.sleep(0.01)


async def test_a_transaction_that_fails_keeps_nothing(database: Database) -> None:
    cache = ResultCache(database, 7.0)

    def work(connection: sa.Connection) -> None:
        cache.put(connection, "ann", "k", {"outputs": []})
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        await database.write(work)
    assert await cache.get("ann", "k") is None


async def test_what_has_expired_goes_in_bites_and_what_has_not_stays(database: Database) -> None:
    now = time.time()
    rows = [
        {"owner": f"o{n % 3}", "key": str(n), "value": {}, "expires_at": now - 1 - n} for n in range(2 * BITE)
    ]
    rows.append({"owner": "o1", "key": "alive", "value": {}, "expires_at": now + DAY})
    await database.write(lambda c: c.execute(sa.insert(cached_results), rows) and None)
    cache = ResultCache(database, 7.0)
    left = sa.select(sa.func.count()).select_from(cached_results)
    counts: list[int | None] = []
    for number in range(3):
        await _put(cache, database, "ann", f"new-{number}", {})
        counts.append(await database.read(lambda c: c.execute(left).scalar()))
    assert counts == [BITE + 2, 3, 4]
    assert await cache.get("o1", "alive") == {}


async def test_switched_off_it_keeps_and_finds_nothing(stores: Any) -> None:
    cache = ResultCache(stores.database, 0.0, shared=stores.shared)
    await _put(cache, stores.database, "ann", "k", {})
    assert await cache.get("ann", "k") is None
    async with cache.turn("ann", "k") as turn:
        assert turn.found is None


async def test_without_redis_nothing_is_found_and_nothing_fails(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.open()
    cache = ResultCache(database, 7.0, shared=SharedState("redis://127.0.0.1:1/0"))
    await _put(cache, database, "ann", "k", {})
    assert await cache.get("ann", "k") is None
    async with cache.turn("ann", "k") as turn:
        assert turn.found is None
    await database.close()
