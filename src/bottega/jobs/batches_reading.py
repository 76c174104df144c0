"""Rows of batches and of their items as values; an item's state is its job's, once it has one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bottega.domain.job import JobState
from bottega.domain.money import MicroUsd
from bottega.jobs import batches_rows as rows
from bottega.jobs.batches_values import Batch, BatchItem, BatchState
from bottega.jobs.queue import AnyRow, Json
from bottega.store.schema import batch_items as I
from bottega.store.schema import jobs as J

STATE = sa.case((I.c.state.in_(("submitted", "done")), J.c.state), else_=I.c.state)
_WITH_JOB = I.join(J, J.c.id == I.c.job_id, isouter=True)
_COST = (I.c.spent_before + rows.spent_on_job).label("cost")
ITEMS = sa.select(
    I.c.number,
    I.c.key,
    I.c.name,
    STATE.label("state"),
    I.c.attempt,
    I.c.job_id,
    I.c.request,
    sa.func.coalesce(I.c.error, J.c.error, type_=sa.JSON).label("error"),
    J.c.result,
    _COST,
).select_from(_WITH_JOB)


def batches_of(connection: sa.Connection, query: sa.Select[Any]) -> list[Batch]:
    """The batches that a query of their rows finds, with what their items come to."""
    found = connection.execute(query).all()
    ids = [row.id for row in found]
    counts: dict[str, Counter[str]] = {batch_id: Counter() for batch_id in ids}
    spent: Counter[str] = Counter()
    per_item = sa.select(I.c.batch_id, STATE.label("state"), _COST).select_from(_WITH_JOB)
    for row in connection.execute(per_item.where(I.c.batch_id.in_(ids))):
        counts[row.batch_id][row.state] += 1
        spent[row.batch_id] += int(row.cost)
    return [_batch(row, counts[row.id], spent[row.id]) for row in found]


def _batch(row: AnyRow, counts: Mapping[str, int], spent: MicroUsd) -> Batch:
    open_ones = sum(counts.get(state, 0) for state in ("waiting", JobState.QUEUED, JobState.RUNNING))
    return Batch(
        id=row.id,
        owner=row.owner,
        name=row.name,
        state=BatchState(row.state),
        reason=row.reason,
        total=row.total,
        done=row.total - open_ones,
        counts=dict(counts),
        spent=spent,
        budget=row.budget,
        pause_on_error=row.pause_on_error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def item_of(row: AnyRow) -> BatchItem:
    result: Json = row.result or {}
    request: Json = row.request or {}
    return BatchItem(
        number=row.number,
        key=row.key,
        name=row.name,
        state=row.state,
        attempt=row.attempt,
        job_id=row.job_id,
        cost=int(row.cost),
        outputs=tuple(result.get("outputs", ())),
        model_id=result.get("model_id", ""),
        error=row.error,
        prompt=request.get("prompt", ""),
    )
