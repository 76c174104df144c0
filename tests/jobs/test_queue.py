"""The queue: who comes next, who may not, and what a worker without the job may write (nothing)."""

import asyncio
import threading
from collections import Counter
from functools import partial

import pytest
import sqlalchemy as sa
from job_helpers import job, put, row, states, step_states, story, take

from bottega.domain.job import JobState
from bottega.jobs.leases import recover
from bottega.jobs.queue import Claimed, ClaimFor, EventRow, claim, enqueue, release, request_cancel
from bottega.jobs.writes import LeaseLost, StepRow, begin_step, finish, hand_back, record_step, tell
from bottega.store.database import Database, epoch_now
from bottega.store.schema import jobs as J

HERE = "a host without processes"


async def _finish(database: Database, claimed: Claimed) -> None:
    await database.write(
        lambda c: finish(
            c, claimed.id, claimed.token, JobState.SUCCEEDED, result={"ok": True}, error=None, story=[]
        )
    )


async def _die(database: Database, *claimed: Claimed, max_crashes: int = 2) -> None:
    """What is found when the worker of these jobs is gone."""
    ids = [one.id for one in claimed]
    await database.write(
        lambda c: c.execute(sa.update(J).where(J.c.id.in_(ids)).values(lease_until=0.0)) and None
    )
    recovered = await database.write(lambda c: recover(c, HERE, max_crashes))
    assert set(recovered) == set(ids)


async def _order(database: Database, count: int, **limits: int) -> list[str]:
    """Owners in the order in which one slot after the other is given to them."""
    owners: list[str] = []
    for _ in range(count):
        (claimed,) = await take(database, **limits)
        owners.append(claimed.owner)
        await _finish(database, claimed)
    return owners


# --- order ---------------------------------------------------------------------------------------------------


async def test_owners_take_turns_however_many_jobs_one_of_them_put_in(database: Database) -> None:
    await put(database, *(job("alice") for _ in range(40)))
    running = await take(database, limit=4)
    await put(database, *(job("bob") for _ in range(4)))
    await put(database, *(job("carol") for _ in range(4)))
    for claimed in running:
        await _finish(database, claimed)
    owners = await _order(database, 12)
    assert Counter(owners) == {"alice": 4, "bob": 4, "carol": 4}
    for turn in range(0, 12, 3):
        assert set(owners[turn : turn + 3]) == {"alice", "bob", "carol"}


async def test_an_owner_who_was_away_gets_no_credit_for_it(database: Database) -> None:
    await put(database, *(job("alice") for _ in range(10)))
    assert await _order(database, 6) == ["alice"] * 6
    running = await take(database)
    await put(database, *(job("bob") for _ in range(6)))
    await _finish(database, running[0])
    assert Counter(await _order(database, 4)) == {"alice": 2, "bob": 2}


async def test_jobs_of_one_owner_keep_their_order(database: Database) -> None:
    ids = await put(database, *(job() for _ in range(20)))
    assert [claimed.id for claimed in await take(database, limit=20)] == ids


async def test_a_lower_priority_number_comes_first(database: Database) -> None:
    (late,) = await put(database, job(priority=200))
    (usual,) = await put(database, job())
    (soon,) = await put(database, job(priority=1))
    assert [claimed.id for claimed in await take(database, limit=3)] == [soon, usual, late]


async def test_an_owner_at_the_limit_is_passed_over(database: Database) -> None:
    await put(database, *(job("alice") for _ in range(5)))
    await put(database, job("bob"))
    first = await take(database, limit=4, per_owner=2)
    second = await take(database, limit=4, per_owner=2)
    assert Counter(claimed.owner for claimed in [*first, *second]) == {"alice": 2, "bob": 1}
    assert await take(database, limit=4, per_owner=2) == []
    await _finish(database, first[0])
    assert [claimed.owner for claimed in await take(database, limit=4, per_owner=2)] == ["alice"]


async def test_a_worker_takes_jobs_of_its_pools_only(database: Database) -> None:
    (gpu,) = await put(database, job(pool="gpu"))
    assert await take(database) == []
    assert [claimed.id for claimed in await take(database, pools=("default", "gpu"))] == [gpu]


async def test_a_worker_may_ask_for_one_job_only(database: Database) -> None:
    _, second = await put(database, job(), job())
    assert [claimed.id for claimed in await take(database, limit=5, only=second)] == [second]


async def test_a_job_is_not_taken_before_its_time(database: Database) -> None:
    now = await database.read(epoch_now)
    later, due = await put(database, job(run_after=now + 3600), job(run_after=now - 1))
    assert [claimed.id for claimed in await take(database, limit=2)] == [due]
    await database.write(
        lambda c: c.execute(sa.update(J).where(J.c.id == later).values(run_after=now)) and None
    )
    assert [claimed.id for claimed in await take(database, limit=2)] == [later]


# --- putting in ----------------------------------------------------------------------------------------------


async def test_a_batch_goes_in_whole_or_not_at_all(database: Database) -> None:
    jobs = [job() for _ in range(500)]
    assert await put(database, *jobs) == [one.id for one in jobs]

    def interrupted(connection: sa.Connection) -> None:
        enqueue(connection, [job("bob") for _ in range(3)])
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await database.write(interrupted)
    owners = await database.read(lambda c: c.execute(sa.select(J.c.owner)).scalars().all())
    assert owners == ["alice"] * 500


async def test_a_submission_sent_twice_is_one_job(database: Database) -> None:
    first = job(submission_key="k1", events=(EventRow(kind="intent", data={}),))
    assert await put(database, first) == [first.id]
    assert await put(database, job(submission_key="k1"), job(submission_key="k2")) != [first.id, first.id]
    again = await put(database, job(submission_key="k1"))
    assert again == [first.id]
    (other,) = await put(database, job("bob", submission_key="k1"))
    assert other != first.id
    assert (await row(database, first.id)).event_seq == 2


async def test_a_batch_that_names_one_submission_twice_makes_one_job(database: Database) -> None:
    ids = await put(database, job(submission_key="k"), job(submission_key="k"))
    assert len(set(ids)) == 1
    assert await states(database, ids[:1]) == ["queued"]


async def test_a_submission_sent_twice_at_once_is_one_job(database: Database) -> None:
    sent = [job(submission_key="same") for _ in range(4)]
    ready = threading.Barrier(len(sent), timeout=120.0)

    def submit(index: int) -> list[str]:
        ready.wait()
        return database.write_now(lambda c: enqueue(c, [sent[index]]))

    answers = await asyncio.gather(*(asyncio.to_thread(submit, index) for index in range(len(sent))))
    assert len({answer[0] for answer in answers}) == 1
    count = await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(J)).scalar())
    assert count == 1


async def test_a_repeated_transaction_changes_nothing(database: Database) -> None:
    one = job(submission_key="k", events=(EventRow(kind="intent", data={}),))
    plain = job()
    for _ in range(2):
        assert await put(database, one, plain) == [one.id, plain.id]
    assert len(await take(database, limit=5)) == 2


# --- taking out ----------------------------------------------------------------------------------------------


async def test_no_job_is_handed_to_two_workers(database: Database) -> None:
    ids = await put(database, *(job(f"owner{n % 7}") for n in range(200)))
    taken: list[str] = []

    def work(worker: str) -> None:
        who = ClaimFor(worker=worker, limit=3, lease_s=30.0)
        while claimed := database.write_now(partial(claim, who=who)):
            taken.extend(one.id for one in claimed)

    await asyncio.gather(*(asyncio.to_thread(work, f"w{n}") for n in range(4)))
    # A worker may find the rows that it looked at locked by another and leave early; nothing may be left over.
    taken.extend(one.id for one in await take(database, limit=200))
    assert sorted(taken) == sorted(ids)


async def test_suspects_are_run_one_at_a_time_beside_others(database: Database) -> None:
    await put(database, *(job() for _ in range(3)))
    await _die(database, *await take(database, limit=3))
    await put(database, *(job("bob") for _ in range(3)))
    claimed = await take(database, limit=4)
    assert sorted(one.crashes for one in claimed) == [0, 0, 0, 1]
    assert await take(database, limit=4, suspects_allowed=0) == []
    assert [one.crashes for one in await take(database, limit=4)] == [1]


async def test_suspects_are_not_blamed_for_each_other(database: Database) -> None:
    """Three ran when the process died; only the one that runs whenever it dies is set aside."""
    innocent, killer, other = await put(database, job("a"), job("b"), job("c"))
    await _die(database, *await take(database, limit=3))
    while (await row(database, killer)).state == "queued":
        (claimed,) = await take(database, limit=3)
        if claimed.id == killer:
            await _die(database, claimed)
        else:
            await _finish(database, claimed)
    for claimed in await take(database, limit=3):
        await _finish(database, claimed)
    assert await states(database, [killer]) == ["quarantined"]
    assert sorted(await states(database, [innocent, other])) in (
        ["queued", "succeeded"],
        ["succeeded", "succeeded"],
    )


async def test_a_job_that_dies_with_its_process_each_time_is_set_aside_and_can_be_released(
    database: Database,
) -> None:
    (job_id,) = await put(database, job())
    for _ in range(2):
        await _die(database, *await take(database))
    found = await row(database, job_id)
    assert (found.state, found.error["code"]) == ("quarantined", "quarantined")
    assert await take(database) == []
    assert await database.write(lambda c: release(c, job_id))
    assert not await database.write(lambda c: release(c, job_id))
    (claimed,) = await take(database)
    assert (claimed.id, claimed.crashes) == (job_id, 0)


async def test_a_recorded_step_clears_the_suspicion(database: Database) -> None:
    (job_id,) = await put(database, job())
    for key in ("one", "two", "three"):
        (claimed,) = await take(database)
        step = StepRow(key, "done", {"n": 1}, f"{job_id}:{key}")
        await database.write(
            lambda c, s=step, t=claimed.token: record_step(c, job_id, t, s, paid=False, seconds=0.1, story=[])
        )
        await _die(database, claimed)
    assert await states(database, [job_id]) == ["queued"]


# --- cancel --------------------------------------------------------------------------------------------------


async def test_a_waiting_job_is_cancelled_at_once(database: Database) -> None:
    (job_id,) = await put(database, job())
    assert await database.write(lambda c: request_cancel(c, job_id)) is JobState.CANCELLED
    assert await take(database) == []
    assert [event.kind for event in await story(database, job_id)] == ["queued", "finished"]


async def test_a_running_job_is_told_once(database: Database) -> None:
    (job_id,) = await put(database, job())
    await take(database)
    for _ in range(2):
        assert await database.write(lambda c: request_cancel(c, job_id)) is JobState.RUNNING
    found = await row(database, job_id)
    assert (found.state, found.cancel_requested, found.event_seq) == ("running", True, 3)


async def test_a_finished_job_stays_as_it_is(database: Database) -> None:
    (job_id,) = await put(database, job())
    await _finish(database, (await take(database))[0])
    assert await database.write(lambda c: request_cancel(c, job_id)) is JobState.SUCCEEDED
    assert not (await row(database, job_id)).cancel_requested


async def test_there_is_nothing_to_cancel_where_there_is_no_job(database: Database) -> None:
    assert await database.write(lambda c: request_cancel(c, "job_none")) is None


async def test_a_cancelled_job_whose_worker_died_ends(database: Database) -> None:
    (job_id,) = await put(database, job())
    claimed = await take(database)
    await database.write(lambda c: request_cancel(c, job_id))
    await _die(database, *claimed)
    assert await states(database, [job_id]) == ["cancelled"]


async def test_a_cancelled_job_that_is_handed_back_ends_instead_of_waiting(database: Database) -> None:
    (job_id,) = await put(database, job())
    (claimed,) = await take(database)
    await database.write(lambda c: request_cancel(c, job_id))
    await database.write(lambda c: hand_back(c, job_id, claimed.token, [], 3600.0))
    found = await row(database, job_id)
    assert (found.state, found.error["code"]) == ("cancelled", "cancelled")


# --- the fence -----------------------------------------------------------------------------------------------


async def test_a_worker_that_lost_the_job_can_write_nothing(database: Database) -> None:
    (job_id,) = await put(database, job())
    (old,) = await take(database)
    await _die(database, old)
    (new,) = await take(database, worker="w2")
    assert new.token == old.token + 1
    event = EventRow(kind="late", data={})
    step = StepRow("one", "done", {}, f"{job_id}:one")
    writes = [
        lambda c, t: tell(c, job_id, t, [event]),
        lambda c, t: begin_step(c, job_id, t, "one", f"{job_id}:one", []),
        lambda c, t: record_step(c, job_id, t, step, paid=True, seconds=0.0, story=[event]),
        lambda c, t: hand_back(c, job_id, t, [event]),
        lambda c, t: finish(c, job_id, t, JobState.FAILED, result=None, error={}, story=[event]),
    ]
    before = await row(database, job_id)
    for write in writes:
        with pytest.raises(LeaseLost):
            await database.write(lambda c, w=write: w(c, old.token))
    assert await row(database, job_id) == before
    assert await step_states(database, job_id) == {}
    for write in writes[:3]:
        await database.write(lambda c, w=write: w(c, new.token))
    await _finish(database, new)
    kinds = [event.kind for event in await story(database, job_id)]
    assert kinds == ["queued", "started", "recovered", "started", "late", "late", "finished"]


async def test_nothing_is_written_about_a_finished_job(database: Database) -> None:
    (job_id,) = await put(database, job())
    (claimed,) = await take(database)
    await _finish(database, claimed)
    with pytest.raises(LeaseLost):
        await _finish(database, claimed)
    assert (await row(database, job_id)).result == {"ok": True}
