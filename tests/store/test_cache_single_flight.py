"""Identical work at once is done once: in one process, in several, and when those who do it fail or die.

Run as a program, this file is one of those processes.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bottega.resilience import SharedState
from bottega.store import single_flight
from bottega.store.cache import ResultCache
from bottega.store.database import Database
from bottega.store.schema import flights
from bottega.store.single_flight import Flights

ANN = "ann"


def _lead_of(turn: Any) -> bool:
    return turn.found is None and turn.leads


# --- one of several processes ----------------------------------------------------------------------------------


async def _work(
    url: str, redis_url: str, prefix: str, calls: Path, tasks: int, lease_s: float, mode: str
) -> None:
    database = Database(url)
    await database.open()
    shared = SharedState(redis_url, prefix=prefix) if redis_url else None
    cache = ResultCache(database, 7.0, shared=shared, lease_s=lease_s)

    async def ask() -> Any:
        async with cache.turn(ANN, "k") as turn:
            if turn.found is not None:
                return turn.found
            with calls.open("a") as file:
                file.write(f"{os.getpid()}\n")
            if mode == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            await asyncio.sleep(0.2)
            value = {"made_by": os.getpid()}
            await database.write(lambda c: cache.put(c, ANN, "k", value))
            await cache.share(ANN, "k", value)
            return value

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(await asyncio.gather(*(ask() for _ in range(tasks)))), flush=True)
    await database.close()
    if shared is not None:
        await shared.close()


class Processes:
    def __init__(self, arguments: list[str], modes: list[str]) -> None:
        self._all = [
            subprocess.Popen(
                [sys.executable, __file__, *arguments, mode],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for mode in modes
        ]
        for process in self._all:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def go(self, which: int) -> None:
        process = self._all[which]
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    def answer(self, which: int) -> list[Any]:
        out, _ = self._all[which].communicate(timeout=300)
        return json.loads(out) if out else []

    def end(self) -> None:
        for process in self._all:
            process.kill()
            process.wait()


def _arguments(
    stores_url: tuple[str, bool], redis_url: str, prefix: str, calls: Path, tasks: int, lease_s: float
) -> list[str]:
    url, in_redis = stores_url
    return [url, redis_url if in_redis else "", prefix, str(calls), str(tasks), str(lease_s)]


async def test_64_at_once_in_4_processes_make_one_call(
    stores_url: tuple[str, bool], redis_url: str, redis_prefix: str, tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    processes = Processes(_arguments(stores_url, redis_url, redis_prefix, calls, 16, 30.0), ["work"] * 4)
    try:
        for number in range(4):
            processes.go(number)
        answers = [answer for number in range(4) for answer in processes.answer(number)]
    finally:
        processes.end()
    assert len(calls.read_text().split()) == 1
    assert len(answers) == 64
    assert all(answer == answers[0] for answer in answers)


async def test_when_the_process_that_leads_is_killed_another_takes_over(
    database_url: str, redis_url: str, redis_prefix: str, tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    processes = Processes(
        _arguments((database_url, False), redis_url, redis_prefix, calls, 4, 4.5), ["die", "work", "work"]
    )
    try:
        processes.go(0)
        assert processes.answer(0) == []
        processes.go(1)
        processes.go(2)
        answers = processes.answer(1) + processes.answer(2)
    finally:
        processes.end()
    assert len(calls.read_text().split()) == 2
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)


# --- in one process -----------------------------------------------------------------------------------------------


class Works:
    """A result that may be looked up, and how often it was worked on."""

    def __init__(self) -> None:
        self.result: str | None = None
        self.leads = 0

    async def look(self) -> str | None:
        return self.result


async def test_when_the_leader_fails_the_next_one_leads(database: Database) -> None:
    flights, works = Flights(database), Works()

    async def ask(number: int) -> str:
        async with flights.turn(ANN, "k", works.look) as turn:
            if turn.found is not None:
                return turn.found
            works.leads += 1
            await asyncio.sleep(0.01)
            if works.leads <= 3:
                raise ValueError("the provider refused")
            works.result = f"by {number}"
            return works.result

    answers = await asyncio.gather(*(ask(n) for n in range(10)), return_exceptions=True)
    assert works.leads == 4
    assert sum(isinstance(answer, ValueError) for answer in answers) == 3
    assert answers[3:] == ["by 3"] * 7


async def test_a_cancelled_leader_or_follower_disturbs_nobody(database: Database) -> None:
    flights, works = Flights(database), Works()
    leading = asyncio.Event()

    async def ask() -> str | None:
        async with flights.turn(ANN, "k", works.look) as turn:
            if turn.found is None:
                works.leads += 1
                leading.set()
                if works.leads == 1:
                    await asyncio.Event().wait()
                works.result = "done"
            return turn.found

    tasks = [asyncio.create_task(ask()) for _ in range(4)]
    await leading.wait()
    tasks[1].cancel()
    tasks[0].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers[:2]] == [asyncio.CancelledError] * 2
    assert answers[2:] == [None, "done"]
    assert works.leads == 2


async def test_nobody_waits_for_another_owners_or_another_keys_work(database: Database) -> None:
    flights, works = Flights(database), Works()
    async with (
        asyncio.timeout(60),
        flights.turn(ANN, "k", works.look) as one,
        flights.turn("bob", "k", works.look) as two,
        flights.turn(ANN, "other", works.look) as three,
    ):
        assert all(_lead_of(turn) for turn in (one, two, three))


async def test_patience_ends_in_doing_it_oneself(database: Database) -> None:
    works = Works()
    here, elsewhere = Flights(database), Flights(database)  # the second one as in another process
    async with here.turn(ANN, "k", works.look) as turn:
        assert _lead_of(turn)
        for flights in (here, elsewhere):
            async with asyncio.timeout(60), flights.turn(ANN, "k", works.look, patience_s=0.05) as other:
                assert other.found is None
                assert not other.leads


async def test_a_long_piece_of_work_keeps_its_lease(database: Database) -> None:
    works, leads = Works(), asyncio.Event()
    here, elsewhere = Flights(database, lease_s=4.5), Flights(database, lease_s=4.5)

    async def lease_until() -> float:
        return await database.read(lambda c: c.execute(sa.select(flights.c.lease_until)).scalar_one())

    async def work() -> bool:
        async with here.turn(ANN, "k", works.look) as turn:
            first = await lease_until()
            leads.set()
            while await lease_until() == first:  # noqa: ASYNC110 - what is waited for is in the database
                await asyncio.sleep(0.02)
            works.result = "done"
            return turn.leads

    async def ask() -> bool:
        async with elsewhere.turn(ANN, "k", works.look) as turn:
            return turn.leads

    first = asyncio.create_task(work())
    await leads.wait()
    assert await asyncio.gather(first, ask()) == [True, False]


async def test_a_followers_turn_comes_soon_after_the_leader_is_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_flight, "_POLL_SECONDS", 3600.0)  # it does not look again: it is woken
    works = Works()
    here, elsewhere = Flights(database), Flights(database)
    leads, looked = asyncio.Event(), asyncio.Event()

    async def look() -> str | None:
        looked.set()
        return works.result

    async def lead() -> None:
        async with here.turn(ANN, "k", works.look):
            leads.set()
            await looked.wait()
            await asyncio.sleep(0.3)  # the follower waits by now
            works.result = "done"

    task = asyncio.create_task(lead())
    await leads.wait()
    async with asyncio.timeout(60), elsewhere.turn(ANN, "k", look) as turn:
        assert turn.found == "done"
    await task


async def test_the_next_life_of_a_holder_takes_up_its_own_claim(database: Database) -> None:
    works = Works()
    async with asyncio.timeout(60), Flights(database).turn(ANN, "k", works.look, holder="job-1") as turn:
        assert _lead_of(turn)
        async with Flights(database).turn(ANN, "k", works.look, holder="job-1") as again:
            assert _lead_of(again)


@pytest.mark.parametrize("seconds", [-5.0, 100_000.0])
async def test_a_lease_that_ran_out_or_is_beyond_reason_holds_nobody_up(
    database: Database, seconds: float
) -> None:
    dead = {"owner": ANN, "key": "k", "holder": "dead", "lease_until": time.time() + seconds}
    await database.write(lambda c: c.execute(sa.insert(flights).values(**dead)) and None)
    async with asyncio.timeout(60), Flights(database).turn(ANN, "k", Works().look) as turn:
        assert _lead_of(turn)


async def test_nothing_is_left_behind(database: Database) -> None:
    works = Works()
    async with Flights(database).turn(ANN, "k", works.look):
        assert await _rows(database) == 1
    assert await _rows(database) == 0
    with pytest.raises(ValueError, match="on purpose"):
        async with Flights(database).turn(ANN, "k", works.look):
            raise ValueError("on purpose")
    assert await _rows(database) == 0


async def _rows(database: Database) -> int:
    count = sa.select(sa.func.count()).select_from(flights)
    return await database.read(lambda c: c.execute(count).scalar_one())


async def test_without_its_table_the_work_is_done_without_a_claim(database: Database) -> None:
    await database.write(lambda c: c.execute(sa.text("DROP TABLE flights")) and None)
    async with Flights(database).turn(ANN, "k", Works().look) as turn:
        assert turn.found is None
        assert not turn.leads


async def test_an_error_while_looking_is_the_askers_and_leaves_no_claim(database: Database) -> None:
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise OperationalError("SELECT", {}, Exception("gone"))

    with pytest.raises(OperationalError):
        async with Flights(database).turn(ANN, "k", look):
            raise AssertionError("not entered")
    assert await _rows(database) == 0


async def test_within_one_process_it_needs_no_claim(database: Database) -> None:
    flights, works = Flights(database), Works()

    async def ask() -> bool:
        async with flights.turn(ANN, "k", works.look, across=False) as turn:
            if turn.found is None:
                assert await _rows(database) == 0
                works.result = "done"
            return turn.leads

    assert sorted(await asyncio.gather(*(ask() for _ in range(8)))) == [False] * 7 + [True]


async def test_fresh_work_neither_waits_nor_finds(database: Database) -> None:
    cache = ResultCache(database, 7.0)
    await database.write(lambda c: cache.put(c, ANN, "k", {"outputs": []}))
    async with cache.turn(ANN, "k") as turn:
        assert turn.found == {"outputs": []}
    async with (
        asyncio.timeout(60),
        cache.turn(ANN, "k", fresh=True) as one,
        cache.turn(ANN, "k", fresh=True) as two,
    ):
        assert one.found is None
        assert two.found is None


if __name__ == "__main__":
    _url, _redis, _prefix, _calls, _tasks, _lease, _mode = sys.argv[1:]
    asyncio.run(_work(_url, _redis, _prefix, Path(_calls), int(_tasks), float(_lease), _mode))
