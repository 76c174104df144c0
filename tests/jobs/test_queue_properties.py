"""Whatever is done to the queue in whatever order: states go only where they may, and every story is whole."""

from typing import Any

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bottega.domain.job import JobState
from bottega.jobs.identity import new_id
from bottega.jobs.leases import recover
from bottega.jobs.queue import Claimed, ClaimFor, NewJob, claim, enqueue, release, request_cancel
from bottega.jobs.writes import LeaseLost, StepRow, finish, hand_back, record_step
from bottega.store.schema import events as E
from bottega.store.schema import jobs as J
from bottega.store.schema import metadata
from bottega.store.schema import steps as S

MAX_CRASHES = 2
OWNERS = ("alice", "bob", "carol")


class QueueMachine(RuleBasedStateMachine):
    """Keeps a simple model beside the tables: state, token, crashes and recorded steps of each job."""

    @initialize()
    def open(self) -> None:
        self.engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        metadata.create_all(self.engine)
        self.jobs: dict[str, dict[str, Any]] = {}
        self.held: list[Claimed] = []
        """Every claim ever made: also those that were lost since."""

    def teardown(self) -> None:
        self.engine.dispose()

    def _live(self, claimed: Claimed) -> bool:
        job = self.jobs[claimed.id]
        return job["state"] == "running" and job["token"] == claimed.token

    def _write(self, claimed: Claimed, work: Any) -> bool:
        """A write of the claim's worker: goes through exactly when the claim still holds."""
        live = self._live(claimed)
        try:
            with self.engine.begin() as connection:
                work(connection)
        except LeaseLost:
            assert not live
            return False
        assert live
        return True

    @rule(owner=st.sampled_from(OWNERS), count=st.integers(1, 4), priority=st.sampled_from((1, 100)))
    def put_in(self, owner: str, count: int, priority: int) -> None:
        new = [NewJob(new_id("job"), owner, {}, priority=priority) for _ in range(count)]
        with self.engine.begin() as connection:
            assert enqueue(connection, new) == [job.id for job in new]
        for job in new:
            self.jobs[job.id] = {"state": "queued", "owner": owner, "priority": priority}
            self.jobs[job.id] |= {"token": 0, "crashes": 0, "steps": set(), "cancel": False}

    @rule(limit=st.integers(1, 5), per_owner=st.integers(0, 2), suspects=st.integers(0, 1))
    def take_out(self, limit: int, per_owner: int, suspects: int) -> None:
        queued = [job for job in self.jobs.values() if job["state"] == "queued"]
        running = {
            owner: sum(job["owner"] == owner and job["state"] == "running" for job in self.jobs.values())
            for owner in OWNERS
        }
        who = ClaimFor("w", limit, 30.0, per_owner=per_owner, suspects_allowed=suspects)
        with self.engine.begin() as connection:
            claimed = claim(connection, who)
        assert len(claimed) <= limit
        assert sum(one.crashes > 0 for one in claimed) <= suspects
        for one in claimed:
            job = self.jobs[one.id]
            assert (job["state"], job["crashes"]) == ("queued", one.crashes)
            job["state"] = "running"
            job["token"] += 1
            running[job["owner"]] += 1
            assert one.token == job["token"]
            assert not per_owner or running[job["owner"]] <= per_owner
        if not claimed:  # then there was nobody who might have come
            assert all(
                (per_owner and running[job["owner"]] >= per_owner) or (job["crashes"] and not suspects)
                for job in queued
            )
        self.held += claimed

    @precondition(lambda self: self.held)
    @rule(data=st.data(), key=st.sampled_from(("one", "two")))
    def record(self, data: st.DataObject, key: str) -> None:
        one = data.draw(st.sampled_from(self.held))
        step = StepRow(key, "done", one.token, f"{one.id}:{key}")
        if self._write(
            one, lambda c: record_step(c, one.id, one.token, step, paid=False, seconds=0.0, story=[])
        ):
            self.jobs[one.id]["steps"].add(key)
            self.jobs[one.id]["crashes"] = 0

    @precondition(lambda self: self.held)
    @rule(data=st.data(), state=st.sampled_from((JobState.SUCCEEDED, JobState.FAILED)))
    def end(self, data: st.DataObject, state: JobState) -> None:
        one = data.draw(st.sampled_from(self.held))
        if self._write(one, lambda c: finish(c, one.id, one.token, state, result={}, error=None, story=[])):
            self.jobs[one.id]["state"] = state.value

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.held))
        if self._write(one, lambda c: hand_back(c, one.id, one.token, [])):
            self.jobs[one.id]["state"] = "cancelled" if self.jobs[one.id]["cancel"] else "queued"

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.held))
        live = self._live(one)
        job = self.jobs[one.id]
        with self.engine.begin() as connection:
            lapse = sa.update(J).where(J.c.id == one.id, J.c.lease_token == one.token)
            connection.execute(lapse.values(lease_until=0.0))
            assert recover(connection, "elsewhere", MAX_CRASHES) == ([one.id] if live else [])
        if live:
            job["crashes"] += 1
            job["state"] = "quarantined" if job["crashes"] >= MAX_CRASHES else "queued"
            if job["cancel"]:
                job["state"] = "cancelled"

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        job = self.jobs[job_id]
        with self.engine.begin() as connection:
            answer = request_cancel(connection, job_id)
        if not JobState(job["state"]).is_final:
            job["cancel"] = True
            if job["state"] == "queued":
                job["state"] = "cancelled"
        assert answer == job["state"]

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def let_go(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        job = self.jobs[job_id]
        with self.engine.begin() as connection:
            assert release(connection, job_id) == (job["state"] == "quarantined")
        if job["state"] == "quarantined":
            job |= {"state": "queued", "crashes": 0}

    @invariant()
    def tables_agree_with_the_model(self) -> None:
        with self.engine.connect() as connection:
            rows = {row.id: row for row in connection.execute(sa.select(J))}
            assert rows.keys() == self.jobs.keys()
            for job_id, job in self.jobs.items():
                row = rows[job_id]
                assert (row.state, row.lease_token, row.crashes) == (
                    job["state"],
                    job["token"],
                    job["crashes"],
                )
                assert (row.lease_owner is not None) == (job["state"] == "running")
                told = connection.execute(sa.select(E.c.seq).where(E.c.job_id == job_id).order_by(E.c.seq))
                assert list(told.scalars()) == list(range(1, row.event_seq + 1))
                steps = connection.execute(sa.select(S.c.key).where(S.c.job_id == job_id)).scalars()
                assert set(steps) == job["steps"]


QueueMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
test_queue = QueueMachine.TestCase
