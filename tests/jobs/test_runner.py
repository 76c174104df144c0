"""The embedded runner in this process: steps, stops, leases, events."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from job_helpers import PATIENCE_S, job, put, row, seen, states, step_states, story, take

from bottega.domain.job import Event, JobState
from bottega.jobs.feed import follow
from bottega.jobs.leases import recover
from bottega.jobs.queue import request_cancel
from bottega.jobs.run import HandOver, JobRun, Outcome
from bottega.jobs.runner import Handler, Runner, RunnerOptions
from bottega.store.database import Database, epoch_now
from bottega.store.schema import jobs as J
from bottega.store.signals import CANCELS

DONE = Outcome(JobState.SUCCEEDED)
LEASE_S = 4.5
"""Short enough to wait for a heartbeat, which comes after a third of it; long enough for a busy machine."""


@asynccontextmanager
async def running(database: Database, handler: Handler, **options: Any) -> AsyncIterator[Runner]:
    runner = Runner(database, handler, RunnerOptions(**options))
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop(grace_s=5.0)


async def cancel(database: Database, job_id: str) -> None:
    await database.write(lambda c: request_cancel(c, job_id), CANCELS)


async def expire(database: Database, job_id: str) -> None:
    """Take the job from its worker, as another process does that finds its lease run out."""

    def work(connection: sa.Connection) -> list[str]:
        connection.execute(sa.update(J).where(J.c.id == job_id).values(lease_until=0.0))
        return recover(connection, "a host without processes", 9)

    assert await database.write(work) == [job_id]


class Steps:
    """Counts how often the work of each step was done."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    async def do(self, run: JobRun, key: str) -> Any:
        async def work() -> str:
            self.done[key] += 1
            return f"result of {key}"

        return await run.step(key, work)


async def wait_for(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.005)


# --- steps ---------------------------------------------------------------------------------------------------


async def test_a_recorded_step_is_not_done_again_in_the_jobs_next_life(database: Database) -> None:
    steps = Steps()

    async def handler(run: JobRun) -> Outcome:
        results = [await steps.do(run, "one"), await steps.do(run, "two")]
        if run.claimed.token == 1:
            raise HandOver
        results.append(await steps.do(run, "three"))
        return Outcome(JobState.SUCCEEDED, result={"results": results})

    (job_id,) = await put(database, job())
    async with running(database, handler):
        kinds = [event.kind for event in await story(database, job_id)]
    assert kinds == ["queued", "started", "step", "step", "handed_over", "started", "step", "finished"]
    assert steps.done == {"one": 1, "two": 1, "three": 1}
    found = await row(database, job_id)
    assert (found.state, found.lease_owner) == ("succeeded", None)
    assert found.result == {"results": ["result of one", "result of two", "result of three"]}


async def test_a_paid_call_is_announced_before_it_is_made_and_known_in_the_next_life(
    database: Database,
) -> None:
    told: list[tuple[bool, str]] = []

    async def handler(run: JobRun) -> Outcome:
        told.append((run.was_begun("call"), run.idempotency_key("call")))
        if run.claimed.token == 1:
            await run.begin_paid("call")
            assert await step_states(database, run.id) == {"call": "started"}
            raise HandOver  # the answer is lost
        await run.record("call", "bought", seconds=0.1, paid=True)
        assert (run.was_begun("call"), run.recorded("call")) == (False, "bought")
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler):
        await story(database, job_id)
    assert told == [(False, f"{job_id}:call"), (True, f"{job_id}:call")]
    assert await step_states(database, job_id) == {"call": "done"}


async def test_what_goes_with_a_step_is_written_with_it_or_not_at_all(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        def also(connection: sa.Connection) -> None:
            raise ValueError("no room in the ledger")

        with pytest.raises(ValueError, match="ledger"):
            await run.begin_paid("call", also=also)
        return Outcome(JobState.SUCCEEDED, result={"begun": run.was_begun("call")})

    (job_id,) = await put(database, job())
    async with running(database, handler):
        await story(database, job_id)
    assert (await row(database, job_id)).result == {"begun": False}
    assert await step_states(database, job_id) == {}


async def test_a_handler_that_raises_fails_the_job_and_says_why(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        if run.claimed.owner == "mallory":
            raise ZeroDivisionError("one over nothing")
        return DONE

    bad, good = await put(database, job("mallory"), job("alice"))
    async with running(database, handler):
        await story(database, bad)
        await story(database, good)
    found = await row(database, bad)
    assert (found.state, found.error["code"]) == ("failed", "compute")
    assert "ZeroDivisionError: one over nothing" in found.error["message"]
    assert await states(database, [good]) == ["succeeded"]


async def test_a_delayed_job_runs_when_its_time_has_come(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        if run.claimed.token == 1 and run.claimed.owner == "bob":
            raise HandOver(delay_s=0.4)
        return DONE

    due = await database.read(epoch_now) + 0.4
    late, back = await put(database, job(run_after=due), job("bob"))
    async with running(database, handler):
        started = [event.at for event in await story(database, late) if event.kind == "started"]
        assert started[0] >= due
        times = {event.kind: event.at for event in await story(database, back)}
    assert times["started"] >= times["handed_over"] + 0.4


# --- cancel --------------------------------------------------------------------------------------------------


async def test_a_running_job_is_cancelled_and_may_put_things_in_order(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        run.emit("waiting")
        try:
            await asyncio.Event().wait()
        finally:
            await run.record("settled", True, seconds=0.0)
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler, lease_s=3600):  # no heartbeat brings it
        await seen(database, job_id, "waiting")
        await cancel(database, job_id)
        kinds = [event.kind for event in await story(database, job_id)]
    found = await row(database, job_id)
    assert (found.state, found.error["code"]) == ("cancelled", "cancelled")
    assert kinds == ["queued", "started", "waiting", "cancel_requested", "step", "finished"]


async def test_cancelling_one_job_leaves_the_others_alone(database: Database) -> None:
    release = asyncio.Event()

    async def handler(run: JobRun) -> Outcome:
        run.emit("waiting")
        await release.wait()
        return DONE

    ids = await put(database, job(), job())
    async with running(database, handler):
        for job_id in ids:
            await seen(database, job_id, "waiting")
        await cancel(database, ids[0])
        await story(database, ids[0])
        release.set()
        await story(database, ids[1])
    assert await states(database, ids) == ["cancelled", "succeeded"]


# --- stopping ------------------------------------------------------------------------------------------------


async def test_a_stop_lets_the_running_step_end_once_and_hands_the_job_over_at_its_border(
    database: Database,
) -> None:
    steps, release = Steps(), asyncio.Event()

    async def handler(run: JobRun) -> Outcome:
        async def slow() -> str:
            steps.done["slow"] += 1
            run.emit("in the step")
            await release.wait()
            return "whole"

        result = await run.step("slow", slow)
        await steps.do(run, "after")
        return Outcome(JobState.SUCCEEDED, result={"slow": result})

    (job_id,) = await put(database, job())
    (second,) = await put(database, job())
    first = Runner(database, handler, RunnerOptions(concurrency=1))
    await first.start()
    await seen(database, job_id, "in the step")
    stopping = asyncio.create_task(first.stop(grace_s=10.0))
    await wait_for(lambda: all(run.handing_over for run in first._runs.values()))
    release.set()
    await stopping
    assert (await states(database, [job_id, second]), steps.done) == (["queued", "queued"], {"slow": 1})
    async with running(database, handler):
        await story(database, job_id)
        await story(database, second)
    assert steps.done == {"slow": 2, "after": 2}  # each job's step once
    assert (await row(database, job_id)).result == {"slow": "whole"}


async def test_a_step_that_outlasts_the_grace_is_cut_and_the_job_handed_over(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        run.emit("in the step")
        await asyncio.Event().wait()
        return DONE

    (job_id,) = await put(database, job())
    runner = Runner(database, handler)
    await runner.start()
    await seen(database, job_id, "in the step")
    await runner.stop(grace_s=0.05)
    found = await row(database, job_id)
    assert (found.state, found.lease_owner, found.crashes) == ("queued", None, 0)


# --- leases --------------------------------------------------------------------------------------------------


async def test_a_job_that_was_taken_away_is_stopped_and_writes_nothing_more(database: Database) -> None:
    ended: list[str] = []

    async def handler(run: JobRun) -> Outcome:
        run.emit("waiting")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("stopped")
            run.emit("too late")
            raise
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler, lease_s=LEASE_S, only=job_id) as runner:
        await seen(database, job_id, "waiting")

        def steal(connection: sa.Connection) -> None:
            connection.execute(
                sa.update(J).where(J.c.id == job_id).values(lease_owner="other", lease_token=7)
            )

        before = await row(database, job_id)
        await database.write(steal)
        await wait_for(lambda: ended == ["stopped"] and not runner.running)
        after = await row(database, job_id)
        assert (after.lease_owner, after.lease_token) == ("other", 7)
        assert (after.state, after.event_seq) == ("running", before.event_seq)


async def test_a_worker_that_lost_a_job_may_claim_it_anew(database: Database) -> None:
    """The old run is found out and stopped; the new one keeps its lease and finishes."""
    lives: list[str] = []
    release = asyncio.Event()

    async def handler(run: JobRun) -> Outcome:
        run.emit("life", token=run.claimed.token)
        try:
            await release.wait()
        except asyncio.CancelledError:
            lives.append(f"{run.claimed.token} stopped")
            raise
        lives.append(f"{run.claimed.token} done")
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler, lease_s=LEASE_S) as runner:
        await seen(database, job_id, "life")
        await expire(database, job_id)
        await wait_for(lambda: lives == ["1 stopped"] and runner.running == 1)
        assert (await row(database, job_id)).lease_token == 2
        release.set()
        await story(database, job_id)
        await wait_for(lambda: not runner.running)
    assert lives == ["1 stopped", "2 done"]
    assert await states(database, [job_id]) == ["succeeded"]


async def test_the_lease_is_kept_while_the_event_loop_is_blocked(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        first = lease_until()
        while lease_until() == first:
            time.sleep(0.02)  # noqa: ASYNC251 - on purpose
        return DONE

    (job_id,) = await put(database, job())
    recovered: list[str] = []

    def lease_until() -> float:
        return database.write_now(lambda c: c.execute(sa.select(J.c.lease_until)).scalar_one())

    over = threading.Event()

    def other_process() -> None:
        while not over.wait(0.05):
            recovered.extend(database.write_now(lambda c: recover(c, "elsewhere", 2)))

    thread = threading.Thread(target=other_process)
    thread.start()
    try:
        async with running(database, handler, lease_s=LEASE_S):
            kinds = [event.kind for event in await story(database, job_id)]
    finally:
        over.set()
        thread.join()
    assert (recovered, kinds) == ([], ["queued", "started", "finished"])


async def test_a_paid_call_is_not_begun_with_too_little_of_the_lease_left(database: Database) -> None:
    begun: list[str] = []

    async def handler(run: JobRun) -> Outcome:
        if run.claimed.token == 1:
            run.lease_until = time.monotonic() + 0.01
        await run.begin_paid("call")
        begun.append(f"life {run.claimed.token}")
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler, lease_s=LEASE_S):
        await story(database, job_id)
    assert begun == ["life 2"]


async def test_two_runners_share_the_work(database: Database) -> None:
    steps = Steps()
    together = asyncio.Barrier(2)

    async def handler(run: JobRun) -> Outcome:
        if run.claimed.payload.get("meet"):
            await together.wait()  # ends only if both runners have a job
        await steps.do(run, run.id)
        return DONE

    ids = await put(database, *(job(payload={"meet": n < 2}) for n in range(30)))
    async with (
        running(database, handler, concurrency=1) as first,
        running(database, handler, concurrency=1) as second,
    ):
        assert first.id != second.id
        for job_id in ids:
            await story(database, job_id)
    assert set(steps.done.values()) == {1}
    assert len(steps.done) == 30


# --- events --------------------------------------------------------------------------------------------------


async def test_events_have_no_gaps_and_keep_their_order_also_when_threads_tell_them(
    database: Database,
) -> None:
    def count(run: JobRun) -> None:
        for percent in range(100):
            run.progress(percent / 100, f"{percent} %")

    async def handler(run: JobRun) -> Outcome:
        await run.step("count", lambda: asyncio.to_thread(count, run))
        run.emit("last words")
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler):
        events = await story(database, job_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    fractions = [event.data["fraction"] for event in events if event.kind == "progress"]
    assert fractions == [percent / 100 for percent in range(100)]
    assert [event.kind for event in events[-3:]] == ["step", "last words", "finished"]


async def test_progress_is_readable_while_the_step_runs(database: Database) -> None:
    release = asyncio.Event()

    async def handler(run: JobRun) -> Outcome:
        run.progress(3.0, "more than all")
        await release.wait()
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler):
        event = await seen(database, job_id, "progress")
        assert event.data == {"fraction": 1.0, "message": "more than all"}
        assert await states(database, [job_id]) == ["running"]
        release.set()
        await story(database, job_id)


async def test_a_reader_that_comes_back_gets_each_event_once_from_any_point(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        for n in range(60):
            run.emit("tick", n=n)
            await asyncio.sleep(0.002)
        return DONE

    async def reader(job_id: str, most: int) -> list[Event]:
        """Breaks off after `most` events and comes back with the last number it saw."""
        read: list[Event] = []
        while not read or read[-1].kind != "finished":
            after = read[-1].seq if read else 0
            events = follow(database, job_id, after)
            for _ in range(most):
                with suppress(StopAsyncIteration):
                    read.append(await anext(events))
            await events.aclose()
        return read

    (job_id,) = await put(database, job())
    async with running(database, handler), asyncio.timeout(PATIENCE_S):
        readers = await asyncio.gather(*(reader(job_id, most) for most in (1, 3, 7, 500)))
    whole = await story(database, job_id)
    assert [event.seq for event in whole] == list(range(1, len(whole) + 1))
    assert all(read == whole for read in readers)


async def test_following_a_finished_job_from_its_end_ends(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler):
        last = (await story(database, job_id))[-1].seq
    async with asyncio.timeout(PATIENCE_S):
        assert [event async for event in follow(database, job_id, last)] == []
        assert [event async for event in follow(database, "job_none")] == []


async def test_another_processes_reader_is_told_too(database: Database) -> None:
    release = asyncio.Event()

    async def handler(run: JobRun) -> Outcome:
        await release.wait()
        return DONE

    other = Database(database.url.render_as_string(hide_password=False))
    await other.open()
    (job_id,) = await put(other, job())
    async with running(database, handler):
        await seen(other, job_id, "started")
        release.set()
        assert (await story(other, job_id))[-1].data == {"state": "succeeded"}
    await other.close()


async def test_a_runner_for_one_job_leaves_the_rest(database: Database) -> None:
    async def handler(run: JobRun) -> Outcome:
        return DONE

    other, mine = await put(database, job(), job())
    async with running(database, handler, only=mine):
        await story(database, mine)
    assert await states(database, [other, mine]) == ["queued", "succeeded"]
    assert [claimed.id for claimed in await take(database)] == [other]


async def test_jobs_that_wait_for_somebody_else_leave_their_places_to_others(database: Database) -> None:
    at_once, gate = asyncio.Event(), asyncio.Event()
    waiting: set[str] = set()

    async def handler(run: JobRun) -> Outcome:
        if run.claimed.owner == "here":
            return DONE
        with run.waiting():
            waiting.add(run.id)
            if len(waiting) == 6:
                at_once.set()
            await gate.wait()
        return DONE

    ids = await put(database, *(job() for _ in range(6)))
    async with running(database, handler, concurrency=1, waiting=10):
        await asyncio.wait_for(at_once.wait(), PATIENCE_S)
        (here,) = await put(database, job(owner="here"))
        await story(database, here)
        gate.set()
        for job_id in ids:
            await story(database, job_id)
    assert set(await states(database, ids)) == {"succeeded"}


async def test_no_more_wait_than_are_allowed_to(database: Database) -> None:
    gate, waiting = asyncio.Event(), Counter[str]()

    async def handler(run: JobRun) -> Outcome:
        with run.waiting():
            waiting["now"] += 1
            waiting["most"] = max(waiting["most"], waiting["now"])
            await gate.wait()
            waiting["now"] -= 1
        return DONE

    ids = await put(database, *(job() for _ in range(8)))
    async with running(database, handler, concurrency=1, waiting=3):
        await wait_for(lambda: waiting["now"] == 4)
        await asyncio.sleep(0.2)
        gate.set()
        for job_id in ids:
            await story(database, job_id)
    assert waiting["most"] == 4


async def test_what_was_noted_of_a_paid_call_is_known_in_the_next_life(database: Database) -> None:
    told: list[Any] = []

    async def handler(run: JobRun) -> Outcome:
        told.append(run.noted("call"))
        if run.claimed.token == 1:
            await run.begin_paid("call")
            await run.note("call", {"prediction": "p1"})
            told.append(run.noted("call"))
            assert run.recorded("call") is None
            raise HandOver
        await run.record("call", "bought", seconds=0.1, paid=True)
        told.append(run.noted("call"))
        return DONE

    (job_id,) = await put(database, job())
    async with running(database, handler):
        await story(database, job_id)
    assert told == [None, {"prediction": "p1"}, {"prediction": "p1"}, None]
