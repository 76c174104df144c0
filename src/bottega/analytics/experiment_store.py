"""Experiments as they are kept: who is in them, what their arms change, whether they still run.

What an arm's changes may name (workflows, models, classifiers) and how a plan follows them is planning's.
"""

import time
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any, Self

import sqlalchemy as sa
from pydantic import Field, model_validator

from bottega.analytics.experiments import Evaluation, Experiment, evaluate
from bottega.domain.base import Value
from bottega.domain.experiment import ExperimentTag
from bottega.domain.request import Preference
from bottega.errors import Conflict, NotFound
from bottega.store.database import Database, epoch_now
from bottega.store.schema import experiments as X

MOST_ARMS = 8
CLOCKS_APART_S = 3600.0
"""How far the clock of a worker may lie behind that of the database before its rows are missed."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Unit(StrEnum):
    """What keeps its arm: a user with all requests, or each request (the same sentence and pictures) by itself."""

    USER = "user"
    REQUEST = "request"


class ExperimentState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class Changes(Value):
    """What an arm does otherwise; None (and no options): as it is done without the experiment.

    `options` are defaults for what the user and the sentence leave open; `model` is the id of the model to try first,
    where it is a candidate at all; `learning` is whether routing tries out what it is not sure of.
    """

    preference: Preference | None = None
    classifier: str | None = Field(default=None, max_length=40)
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    model: str | None = Field(default=None, max_length=200)
    learning: bool | None = None


class Arm(Value):
    """`weight` is its share of the users beside the other arms' weights; 0 closes it."""

    name: Name
    weight: float = Field(default=1.0, ge=0, le=1e6, allow_inf_nan=False)
    changes: Changes = Changes()


class StoredExperiment(Value):
    """The first arm is the control. `workflow` None: all of them. Times are seconds since the Unix epoch."""

    name: Name
    workflow: str | None = Field(default=None, max_length=80)
    unit: Unit = Unit.USER
    arms: tuple[Arm, ...] = Field(min_length=2, max_length=MOST_ARMS)
    state: ExperimentState = ExperimentState.RUNNING
    created_at: float = 0.0
    ended_at: float | None = None

    @model_validator(mode="after")
    def _arms_can_be_drawn(self) -> Self:
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError("two arms have the same name")
        total = sum(arm.weight for arm in self.arms)
        if not (total > 0 and isfinite(total)):
            raise ValueError("at least one arm needs a weight above 0")
        return self

    @property
    def assignment(self) -> Experiment:
        return Experiment(self.name, {arm.name: arm.weight for arm in self.arms})

    def arm_of(self, unit: str) -> Arm:
        """The same one every time, on every machine."""
        chosen = self.assignment.arm(unit)
        return next(arm for arm in self.arms if arm.name == chosen)

    def tag(self, arm: Arm) -> ExperimentTag:
        return ExperimentTag(experiment=self.name, arm=arm.name)

    def overlaps(self, other: "StoredExperiment") -> bool:
        """Whether some request could take part in both."""
        return self.workflow is None or other.workflow is None or self.workflow == other.workflow


RUNNING_SECONDS = 1.0


class ExperimentStore:
    """One transaction each. No two that run at a time share a workflow, so that no request is in two of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: tuple[StoredExperiment, ...] = ()
        self._running_until = 0.0
        self._changes = 0

    async def start(self, wanted: StoredExperiment) -> StoredExperiment:
        """Begin an experiment; sent twice, it is begun once.

        Raises Conflict for a name that was used before (its rows would be counted again) and beside a running
        experiment on the same workflow.
        """
        try:
            return await self._database.write(lambda c: _start(c, wanted))
        finally:
            self._changed()

    async def get(self, name: str) -> StoredExperiment:
        """Raises NotFound."""
        return await self._database.read(lambda c: _get(c, name))

    async def list(self) -> tuple[StoredExperiment, ...]:
        """The newest first."""
        query = sa.select(X).order_by(X.c.created_at.desc(), X.c.name)
        return await self._database.read(lambda c: _read(c, query))

    async def running(self) -> tuple[StoredExperiment, ...]:
        """What another process begins or ends is seen within `RUNNING_SECONDS`."""
        asked = time.monotonic()
        if asked < self._running_until:
            return self._running
        query = sa.select(X).where(X.c.state == ExperimentState.RUNNING.value).order_by(X.c.name)
        changes = self._changes
        found = await self._database.read(lambda c: _read(c, query))
        if self._changes == changes:  # otherwise one may have begun or ended meanwhile
            self._running, self._running_until = found, asked + RUNNING_SECONDS
        return found

    def _changed(self) -> None:
        self._changes += 1
        self._running_until = 0.0

    async def end(self, name: str) -> StoredExperiment:
        """Nobody takes part from now on; the results stay. One that has ended stays as it is. Raises NotFound."""

        def work(connection: sa.Connection) -> StoredExperiment:
            connection.execute(
                sa.update(X)
                .where(X.c.name == name, X.c.state == ExperimentState.RUNNING.value)
                .values(state=ExperimentState.ENDED.value, ended_at=epoch_now(connection))
            )
            return _get(connection, name)

        try:
            return await self._database.write(work)
        finally:
            self._changed()

    async def results(self, name: str, *, matters: float = 0.05) -> Evaluation:
        """What the arms' jobs show by now; see `evaluate`. Raises NotFound, InvalidOption."""

        def work(connection: sa.Connection) -> Evaluation:
            found = _get(connection, name)
            since = found.created_at - CLOCKS_APART_S
            return evaluate(connection, found.assignment, since=since, matters=matters)

        return await self._database.read(work)


def _start(connection: sa.Connection, wanted: StoredExperiment) -> StoredExperiment:
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(sa.text("LOCK TABLE experiments IN SHARE ROW EXCLUSIVE MODE"))
    known = _read(connection, sa.select(X).where(X.c.name == wanted.name))
    if known:
        if known[0].model_copy(update={"created_at": wanted.created_at}) == wanted:
            return known[0]
        raise Conflict(
            f"There was an experiment {wanted.name} before.",
            hint="Take a new name, so that the results of the two stay apart.",
        )
    others = _read(connection, sa.select(X).where(X.c.state == ExperimentState.RUNNING.value))
    beside = next((other for other in others if other.overlaps(wanted)), None)
    if beside is not None:
        where = beside.workflow or "all workflows"
        raise Conflict(
            f"The experiment {beside.name} runs on {where} already, and a request can be in one only.",
            hint=f"End {beside.name} first.",
        )
    made = wanted.model_copy(update={"created_at": epoch_now(connection)})
    row = made.model_dump(mode="json") | {"workflow": made.workflow or ""}
    connection.execute(sa.insert(X).values(**row))
    return made


def _get(connection: sa.Connection, name: str) -> StoredExperiment:
    found = _read(connection, sa.select(X).where(X.c.name == name))
    if not found:
        raise NotFound(f"There is no experiment {name[:80]!r}.")
    return found[0]


def _read(connection: sa.Connection, query: sa.Select[Any]) -> tuple[StoredExperiment, ...]:
    return tuple(
        StoredExperiment.model_validate({**row, "workflow": row["workflow"] or None})
        for row in connection.execute(query).mappings()
    )
