"""The books checked against themselves: windows against holds, holds against the ledger, charges against their
evidence."""

import sqlalchemy as sa
from pydantic import ValidationError

from bottega.domain.base import Value
from bottega.models import Unmeasured, price_from_evidence
from bottega.spend.budgets import STANDING
from bottega.store.schema import budget_windows, hold_windows, holds, ledger


class Difference(Value):
    """Two records of the same money disagree. `where` is a hold's id, or budget, subject and start of a window."""

    record: str
    """`window`, `hold` or `charge`."""
    where: str
    field: str
    recorded: int
    recomputed: int


def audit(connection: sa.Connection) -> tuple[Difference, ...]:
    """Recompute every window from its holds and every hold from its ledger lines; empty when all agree.

    Each of the two is one statement, so it sees one state of the database also while others spend.
    """
    return *_windows(connection), *_holds(connection)


def _windows(connection: sa.Connection) -> list[Difference]:
    w, member = budget_windows.c, hold_windows.c
    held = _total(holds.c.state.in_(STANDING), holds.c.amount)
    spent = sa.func.coalesce(sa.func.sum(holds.c.charged), 0)
    joined = budget_windows.outerjoin(
        hold_windows,
        sa.and_(
            w.budget_id == member.budget_id, w.subject == member.subject, w.starts_at == member.starts_at
        ),
    ).outerjoin(holds, holds.c.id == member.hold_id)
    query = (
        sa.select(w.budget_id, w.subject, w.starts_at, w.held, w.spent, held, spent)
        .select_from(joined)
        .group_by(w.budget_id, w.subject, w.starts_at, w.held, w.spent)
        .having(sa.or_(w.held != held, w.spent != spent))
        .order_by(w.budget_id, w.subject, w.starts_at)
    )
    found: list[Difference] = []
    for budget_id, subject, starts_at, held_now, spent_now, held_sum, spent_sum in connection.execute(query):
        where = f"{budget_id} {subject} {starts_at}"
        found += _differences("window", where, held=(held_now, held_sum), spent=(spent_now, spent_sum))
    return found


def _holds(connection: sa.Connection) -> list[Difference]:
    h, kind, amount = holds.c, ledger.c.kind, ledger.c.amount
    reserved = _total(kind == "hold", amount)
    charged = _total(kind.in_(("charge", "overrun")), amount)
    # Of what was held, the part that has ended: all of it once the hold is settled, nothing before.
    ended = _total(kind.in_(("charge", "release")), amount)
    should_have_ended = sa.case((h.state.in_(STANDING), 0), else_=h.amount)
    query = (
        sa.select(h.id, h.amount, h.charged, should_have_ended, reserved, charged, ended)
        .select_from(holds.outerjoin(ledger, ledger.c.hold_id == h.id))
        .group_by(h.id, h.amount, h.charged, h.state)
        .having(sa.or_(h.amount != reserved, h.charged != charged, should_have_ended != ended))
        .order_by(h.id)
    )
    found: list[Difference] = []
    for hold_id, amount_now, charged_now, ended_now, *sums in connection.execute(query):
        found += _differences(
            "hold",
            hold_id,
            amount=(amount_now, sums[0]),
            charged=(charged_now, sums[1]),
            ended=(ended_now, sums[2]),
        )
    return found


class Recomputed(Value):
    """`checked` charges came with the price and the use they were computed from, `unchecked` without: errors that a
    provider bills, and what a person settled. `unreadable` are the holds whose evidence is of another form."""

    checked: int
    unchecked: int
    unreadable: tuple[str, ...]
    differences: tuple[Difference, ...]


def recompute(connection: sa.Connection) -> Recomputed:
    """Compute every charge again from the evidence that is kept with it (`price` and `metered`)."""
    query = (
        sa.select(holds.c.id, holds.c.charged, ledger.c.evidence)
        .join(ledger, ledger.c.hold_id == holds.c.id)
        .where(ledger.c.kind == "charge")
        .order_by(holds.c.id)
    )
    checked = unchecked = 0
    unreadable: list[str] = []
    found: list[Difference] = []
    for hold_id, charged, evidence in connection.execute(query.execution_options(yield_per=1000)):
        try:
            kept = price_from_evidence(evidence or {})
            again = None if kept is None else kept[0].charge(kept[1])
        except Unmeasured:
            again = 0
        except (ValidationError, ValueError, ArithmeticError):
            unreadable.append(hold_id)
            continue
        if again is None:
            unchecked += 1
            continue
        checked += 1
        found += _differences("charge", hold_id, charged=(charged, again))
    return Recomputed(
        checked=checked, unchecked=unchecked, unreadable=tuple(unreadable), differences=tuple(found)
    )


def _total(condition: sa.ColumnElement[bool], amount: sa.Column[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, amount), else_=0)), 0)


def _differences(record: str, where: str, **pairs: tuple[int, int]) -> list[Difference]:
    return [
        Difference(record=record, where=where, field=field, recorded=int(now), recomputed=int(again))
        for field, (now, again) in pairs.items()
        if int(now) != int(again)
    ]
