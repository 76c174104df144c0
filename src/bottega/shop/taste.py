"""What a user's answers to looks have taught about their taste, kept per user and computed again when an answer changes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from bottega.store.database import Database, epoch_now
from bottega.store.schema import fashion_profiles as T
from bottega.store.schema import feature_ratings as R
from bottega.store.schema import feedback as F
from bottega.store.schema import jobs as J

if TYPE_CHECKING:  # numpy is imported by the first request, not at start
    from bottega.fashion.outfits.learning import Feedback

OUTFIT = "outfit"
"""The workflow whose jobs have looks in their reports."""
MOST_ANSWERS = 300
"""The newest; older ones have faded."""


class TasteBook:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def taste(self, owner: str) -> dict[str, Any]:
        """`liking` and `liking_at` as `fashion.outfits.documents.TasteDocument` has them.

        What was said of a job's result is about its best look; a rating of a feature that is a look's id, about that look.
        An answer that is changed or taken back is unlearned: the taste is computed from all that stand.
        """
        state = await self._database.read(lambda c: _state(c, owner))
        kept = await self._database.read(
            lambda c: c.execute(sa.select(T.c.value).where(T.c.owner == owner)).scalar()
        )
        if kept is not None and kept.get("state") == state:
            return {"liking": kept["liking"], "liking_at": kept["liking_at"]}
        if kept is None and not state[0]:
            return {}
        learned = _learned(await self._database.read(lambda c: _answers(c, owner)))
        await self._database.write(lambda c: _keep(c, owner, learned | {"state": state}))
        return learned


def _state(connection: sa.Connection, owner: str) -> list[float]:
    """Changes with every answer that is given, changed or taken back."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(F.c.changed_at), 0.0))
    count, latest = connection.execute(query.where(F.c.owner == owner, F.c.workflow == OUTFIT)).one()
    return [int(count), float(latest)]


def _answers(connection: sa.Connection, owner: str) -> "list[Feedback]":
    query = (
        sa.select(F.c.job_id, F.c.stars, F.c.liked, F.c.changed_at, J.c.result)
        .join(J, J.c.id == F.c.job_id)
        .where(F.c.owner == owner, F.c.workflow == OUTFIT)
        .order_by(F.c.changed_at.desc())
        .limit(MOST_ANSWERS)
    )
    rows = connection.execute(query).all()
    ids = [row.job_id for row in rows]
    rated: dict[str, dict[str, int]] = {}
    for each in connection.execute(sa.select(R).where(R.c.job_id.in_(ids))):
        rated.setdefault(each.job_id, {})[each.feature] = each.stars
    return [answer for row in rows for answer in _of_job(row, rated.get(row.job_id, {}))]


def _of_job(row: Any, features: Mapping[str, int]) -> "list[Feedback]":
    from bottega.fashion.outfits.documents import items_of
    from bottega.fashion.outfits.learning import Feedback

    result: dict[str, Any] = row.result or {}
    report = cast("dict[str, Any]", result.get("report") or {})
    looks = cast("list[dict[str, Any]]", report.get("looks") or [])
    documents = cast("dict[str, dict[str, Any]]", report.get("items") or {})
    items = {
        look["id"]: tuple(items_of(documents[id_] for id_ in look["items"] if id_ in documents))
        for look in looks
    }
    found = [
        Feedback(items=items[id_], at=row.changed_at, rating=stars)
        for id_, stars in features.items()
        if items.get(id_)
    ]
    best = items[looks[0]["id"]] if looks else ()
    if best and row.stars is not None:
        found.append(Feedback(items=best, at=row.changed_at, rating=row.stars))
    elif best and row.liked is not None:
        found.append(Feedback(items=best, at=row.changed_at, verdict="like" if row.liked else "dislike"))
    return found


def _learned(answers: "list[Feedback]") -> dict[str, Any]:
    from bottega.fashion.outfits.learning import update_profile
    from bottega.fashion.outfits.values import Profile

    profile = update_profile(Profile(), answers)
    liking = {feature: round(value, 4) for feature, value in sorted(profile.liking.items())}
    return {"liking": liking, "liking_at": profile.liking_at}


def _keep(connection: sa.Connection, owner: str, value: dict[str, Any]) -> None:
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values: dict[str, Any] = {"value": value, "changed_at": epoch_now(connection)}
    connection.execute(
        dialect.insert(T)
        .values(owner=owner, **values)
        .on_conflict_do_update(index_elements=["owner"], set_=values)
    )
