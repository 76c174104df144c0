"""What users say of results: stars, a thumb, words, ratings of single features; one row per job, which may be changed.

A user is satisfied with four stars or more, or with the thumb up where no stars were given; dislikes with the thumb
down, or with two stars or fewer where there is no thumb.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator, Field

from bottega.domain.base import Value
from bottega.domain.experiment import ExperimentTag
from bottega.domain.job import Job
from bottega.errors import Conflict, InputError, NotFound
from bottega.store.database import Database, epoch_now, insert_or_leave
from bottega.store.schema import feature_ratings as R
from bottega.store.schema import feedback as F

LONGEST_COMMENT = 2000
MOST_FEATURES = 16


class Thumb(StrEnum):
    UP = "up"
    DOWN = "down"


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be kept")
    return text


Stars = Annotated[int, Field(ge=1, le=5, strict=True)]
Feature = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_storable)]
Comment = Annotated[str, Field(max_length=LONGEST_COMMENT), AfterValidator(_storable)]


class Said(Value):
    """What is said now. What is not among the fields given stays as it was; None takes it back."""

    stars: Stars | None = None
    thumb: Thumb | None = None
    comment: Comment | None = None
    features: dict[Feature, Stars] | None = Field(default=None, max_length=MOST_FEATURES)


class Feedback(Value):
    """Of one job. `workflow` and `model_id` are what made the result; `model_id` is empty where there is none.
    Times are seconds since the Unix epoch."""

    job_id: str
    owner: str
    workflow: str
    model_id: str
    experiment: ExperimentTag | None = None
    stars: int | None = None
    thumb: Thumb | None = None
    comment: str = ""
    features: dict[str, int] = Field(default_factory=dict[str, int])
    at: float
    changed_at: float


class FeedbackBook:
    """One transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, job: Job, said: Said) -> Feedback:
        """Keep or change what its owner says of a job. Raises Conflict before the job has finished, InputError
        when nothing would be said."""
        if not job.state.is_final:
            raise Conflict(
                f"The job is {job.state}; it can be rated once it has finished.",
                hint="Come back when there is a result.",
            )
        return await self._database.write(lambda c: _give(c, job, said))

    async def get(self, job_id: str, owner: str) -> Feedback:
        """Raises NotFound where there is none, or it is somebody else's."""
        query = sa.select(F).where(F.c.job_id == job_id, F.c.owner == owner)
        found = await self._database.read(lambda c: _read(c, query))
        if not found:
            raise NotFound("Nothing was said of this job.")
        return found[0]

    async def list(
        self, owner: str | None, *, limit: int = 50, before: float | None = None
    ) -> tuple[Feedback, ...]:
        """The owner's, or everybody's, newest first; `before` is the `at` of the last one seen."""
        query = sa.select(F).order_by(F.c.at.desc(), F.c.job_id.desc()).limit(limit)
        if owner is not None:
            query = query.where(F.c.owner == owner)
        if before is not None:
            query = query.where(F.c.at < before)
        return await self._database.read(lambda c: _read(c, query))

    async def take_back(self, job_id: str, owner: str) -> None:
        """Raises NotFound where there is nothing of this owner."""

        def work(connection: sa.Connection) -> int:
            mine = sa.select(F.c.job_id).where(F.c.job_id == job_id, F.c.owner == owner)
            connection.execute(sa.delete(R).where(R.c.job_id.in_(mine)))
            return connection.execute(sa.delete(F).where(F.c.job_id == job_id, F.c.owner == owner)).rowcount

        if not await self._database.write(work):
            raise NotFound("Nothing was said of this job.")


def satisfied() -> sa.ColumnElement[int | None]:
    """1, 0, or NULL where neither stars nor a thumb were given; for queries over `feedback`."""
    return sa.case(
        (F.c.stars >= 4, 1), (F.c.stars < 4, 0), (F.c.liked.is_(True), 1), (F.c.liked.is_(False), 0)
    )


def disliked() -> sa.ColumnElement[bool]:
    """True, or not true (also where there is no feedback); for queries over `feedback`."""
    return sa.case((F.c.liked.is_not(None), F.c.liked.is_(False)), else_=F.c.stars <= 2)


def _give(connection: sa.Connection, job: Job, said: Said) -> Feedback:
    now = epoch_now(connection)
    tag = job.experiment
    empty = {
        "job_id": job.id,
        "owner": job.owner,
        "workflow": job.plan.workflow,
        "model_id": job.result.model_id if job.result is not None else "",
        "experiment": tag.experiment if tag is not None else "",
        "arm": tag.arm if tag is not None else "",
        "comment": "",
        "at": now,
        "changed_at": now,
    }
    connection.execute(insert_or_leave(connection, F).values(**empty))
    connection.execute(sa.update(F).where(F.c.job_id == job.id).values(**_columns(said), changed_at=now))
    if "features" in said.model_fields_set:
        connection.execute(sa.delete(R).where(R.c.job_id == job.id))
        for feature, stars in (said.features or {}).items():
            connection.execute(sa.insert(R).values(job_id=job.id, feature=feature, stars=stars))
    (kept,) = _read(connection, sa.select(F).where(F.c.job_id == job.id))
    if kept.stars is None and kept.thumb is None and not kept.features and not kept.comment:
        raise InputError(
            "Nothing was said of the job.",
            hint="Give stars from 1 to 5, a thumb, ratings of features or words.",
        )
    return kept


def _columns(said: Said) -> dict[str, Any]:
    given = said.model_fields_set
    columns: dict[str, Any] = {}
    if "stars" in given:
        columns["stars"] = said.stars
    if "thumb" in given:
        columns["liked"] = None if said.thumb is None else said.thumb is Thumb.UP
    if "comment" in given:
        columns["comment"] = (said.comment or "").strip()
    return columns


def _read(connection: sa.Connection, query: sa.Select[Any]) -> tuple[Feedback, ...]:
    rows = connection.execute(query).mappings().all()
    ratings: dict[str, dict[str, int]] = {row["job_id"]: {} for row in rows}
    found = sa.select(R).where(R.c.job_id.in_(list(ratings))).order_by(R.c.feature)
    for rating in connection.execute(found):
        ratings[rating.job_id][rating.feature] = rating.stars
    return tuple(_feedback(row, ratings[row["job_id"]]) for row in rows)


def _feedback(row: Mapping[Any, Any], features: dict[str, int]) -> Feedback:
    plain = {name: row[name] for name in ("job_id", "owner", "workflow", "model_id", "stars", "comment")}
    tag = ExperimentTag(experiment=row["experiment"], arm=row["arm"]) if row["experiment"] else None
    thumb = None if row["liked"] is None else Thumb.UP if row["liked"] else Thumb.DOWN
    return Feedback(
        **plain, thumb=thumb, experiment=tag, features=features, at=row["at"], changed_at=row["changed_at"]
    )
