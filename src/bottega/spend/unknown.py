"""Holds whose call's answer was lost: who they are, and their end by a person who has looked it up.

Only such a hold is settled by hand. One that is merely held belongs to a job that is working, and ends with it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.errors import Conflict, InvalidOption, NotFound
from bottega.spend.ledger import EntryKind, HoldState, Settlement, charge, mark_unknown, release
from bottega.store.schema import holds, jobs, ledger

LANGUAGE = "llm:"
"""How the holds of calls to language models begin."""
LEFT_BEHIND_S = 900.0
"""No such call takes longer."""


class UnknownHold(Value):
    """`amount` micro-dollars stay reserved; `reason` is why nobody knows. Times are seconds since the Unix epoch."""

    hold_id: str
    owner: str
    job_id: str
    model_id: str
    provider: str
    project: str
    amount: MicroUsd
    created_at: float
    reason: str = ""

    @property
    def what_to_do(self) -> str:
        whose = self.provider or self.model_id.partition("/")[0]
        return (
            f"Look for a call of {self.model_id} in {whose}'s own list of calls or bills; then "
            f"`bottega spend settle {self.hold_id} --charge DOLLARS --why TEXT`, or `--release` if there is none."
        )


def unknown_holds(connection: sa.Connection) -> tuple[UnknownHold, ...]:
    """All of them, oldest first."""
    h = holds.c
    reasons = (
        sa.select(ledger.c.hold_id, ledger.c.evidence)
        .where(ledger.c.kind == EntryKind.UNKNOWN.value)
        .subquery()
    )
    query = (
        sa.select(
            h.id.label("hold_id"),
            *(h.owner, h.job_id, h.model_id, h.provider, h.project, h.amount, h.created_at),
            reasons.c.evidence,
        )
        .outerjoin(reasons, reasons.c.hold_id == h.id)
        .where(h.state == HoldState.UNKNOWN.value)
        .order_by(h.created_at, h.id)
    )
    found: list[UnknownHold] = []
    for row in connection.execute(query).mappings():
        values = dict(row)
        evidence: dict[str, Any] = values.pop("evidence") or {}
        found.append(UnknownHold(**values, reason=str(evidence.get("reason", ""))))
    return tuple(found)


def mark_left_behind(connection: sa.Connection, now: float) -> int:
    """Holds that no job takes up again, so that they are unknown: of calls to language models whose process died, and
    of jobs that have ended. Returns how many there were."""
    h = holds.c
    ended = (
        sa.select(h.job_id)
        .join(jobs, jobs.c.id == h.job_id)
        .where(h.state == HoldState.HELD.value, jobs.c.state.not_in(("queued", "running")))
    )
    orphans = connection.execute(ended.distinct()).scalars().all()
    marked = mark_ended(connection, orphans, "the job ended while the call was under way", now)
    left = sa.select(holds.c.id).where(
        holds.c.state == HoldState.HELD.value,
        holds.c.id.startswith(LANGUAGE, autoescape=True),
        holds.c.created_at < now - LEFT_BEHIND_S,
    )
    found = connection.execute(left).scalars().all()
    for hold_id in found:
        mark_unknown(connection, hold_id, "the process ended while a language model was asked", now)
    return marked + len(found)


def mark_ended(connection: sa.Connection, job_ids: Sequence[str], reason: str, now: float) -> int:
    """Holds of jobs that nobody works on any more: what became of their calls is unknown. Returns how many there were."""
    h = holds.c
    standing = sa.select(h.id).where(h.state == HoldState.HELD.value, h.job_id.in_(job_ids))
    found = connection.execute(standing).scalars().all()
    for hold_id in found:
        mark_unknown(connection, hold_id, reason, now)
    return len(found)


def settle_unknown(
    connection: sa.Connection, hold_id: str, *, charged: MicroUsd | None, by: str, why: str, now: float
) -> Settlement:
    """End a hold whose outcome was unknown: `charged` is what the provider billed, None that it billed nothing.

    Who settled it and why stand in the ledger. Raises NotFound for no such hold, Conflict for one in another
    state, InvalidOption without a name or a reason.
    """
    if not by.strip() or not why.strip():
        raise InvalidOption("Say who settles the hold and why; it stays in the ledger.")
    state = connection.execute(sa.select(holds.c.state).where(holds.c.id == hold_id)).scalar()
    if state is None:
        raise NotFound(f"There is no hold {hold_id[:80]!r}.")
    if state != HoldState.UNKNOWN:
        hint = "Its job is still at work; it ends with it." if state == HoldState.HELD else ""
        raise Conflict(
            f"The hold {hold_id} is {state}, and only one of unknown outcome is settled.", hint=hint
        )
    settled = {"settled": {"by": by.strip(), "why": why.strip()}}
    if charged is None:
        return release(connection, hold_id, f"settled by {by.strip()}: {why.strip()}", now, settled)
    return charge(connection, hold_id, charged, settled, now)
