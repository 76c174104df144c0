"""Alerts before a cap is reached: at 50, 80 and 100 % of a budget, once per window and level.

They are written in the transaction that reached the level, so that there is one exactly when the money is held or
spent. What is held counts: a budget is used up for everybody else while a call is under way.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
import structlog

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, format_usd
from bottega.spend.budgets import EVERY_OWNER, Budget, Window, open_window, use_of
from bottega.store.database import insert_or_leave
from bottega.store.schema import budget_alerts, budget_windows, budgets, hold_windows

log = structlog.get_logger()

LEVELS: Final = (50, 80, 100)
"""Percent of the cap."""


class BudgetAlert(Value):
    """`used` of `cap` micro-dollars are held or spent in the window that starts at `starts_at`."""

    budget_id: str
    subject: str
    starts_at: int
    level: int
    used: MicroUsd
    cap: MicroUsd
    at: float

    @property
    def message(self) -> str:
        whose = f" ({self.subject})" if self.subject and self.subject not in self.budget_id else ""
        return (
            f"{self.level} % of the budget {self.budget_id}{whose} are held or spent: "
            f"{format_usd(self.used)} of {format_usd(self.cap)}."
        )


def levels_reached(used: MicroUsd, cap: MicroUsd, alerted: int) -> tuple[int, ...]:
    """The levels above `alerted` that `used` has reached. A cap of nothing has no levels."""
    return tuple(level for level in LEVELS if level > alerted and cap > 0 and used * 100 >= level * cap)


def give_alerts(
    connection: sa.Connection, key: dict[str, Any], used: MicroUsd, cap: MicroUsd, alerted: int, now: float
) -> tuple[BudgetAlert, ...]:
    """Record the levels that the window `key` has reached and not told of yet. Its row is locked by the caller."""
    given = tuple(
        BudgetAlert(**key, level=level, used=used, cap=cap, at=now)
        for level in levels_reached(used, cap, alerted)
    )
    if given:
        connection.execute(
            insert_or_leave(connection, budget_alerts), [alert.model_dump() for alert in given]
        )
        connection.execute(
            sa.update(budget_windows)
            .where(*(budget_windows.c[name] == value for name, value in key.items()))
            .values(alerted=given[-1].level)
        )
    return given


def alerts_of_hold(connection: sa.Connection, hold_id: str, now: float) -> tuple[BudgetAlert, ...]:
    """The levels that the windows of a hold have reached, for when more was charged than was held."""
    w, member = budget_windows.c, hold_windows.c
    query = (
        sa.select(w.budget_id, w.subject, w.starts_at, w.held + w.spent, w.alerted, budgets.c.cap)
        .join(
            hold_windows,
            sa.and_(
                w.budget_id == member.budget_id, w.subject == member.subject, w.starts_at == member.starts_at
            ),
        )
        .join(budgets, budgets.c.id == w.budget_id)
        .where(member.hold_id == hold_id)
        .order_by(w.budget_id)
    )
    given: list[BudgetAlert] = []
    for budget_id, subject, starts_at, used, alerted, cap in connection.execute(query).all():
        key = {"budget_id": budget_id, "subject": subject, "starts_at": starts_at}
        given += give_alerts(connection, key, used, cap, alerted, now)
    return tuple(given)


def alerts_of_budget(connection: sa.Connection, budget: Budget, now: float) -> tuple[BudgetAlert, ...]:
    """The levels that a cap has reached already as it is set: of what was held and spent in its current window before."""
    w = budget_windows.c
    window = Window.at(budget, budget.subject, now)
    if budget.subject != EVERY_OWNER:
        use = use_of(connection, window)
        if levels_reached(use.held + use.spent, budget.cap, 0):
            open_window(connection, window)
    rows = connection.execute(
        sa.select(w.subject, w.held + w.spent, w.alerted)
        .where(w.budget_id == budget.id, w.starts_at == window.starts_at)
        .order_by(w.subject)
        .with_for_update()
    ).all()
    given: list[BudgetAlert] = []
    for subject, used, alerted in rows:
        given += give_alerts(connection, {**window.key, "subject": subject}, used, budget.cap, alerted, now)
    return tuple(given)


def alerts(
    connection: sa.Connection, owner: str | None, *, since: float = 0.0, limit: int = 100
) -> Sequence[BudgetAlert]:
    """Those given after `since`, newest first: of the owner's own budgets, or all."""
    query = (
        sa.select(budget_alerts)
        .where(budget_alerts.c.at > since)
        .order_by(budget_alerts.c.at.desc(), budget_alerts.c.budget_id, budget_alerts.c.level.desc())
        .limit(limit)
    )
    if owner is not None:
        personal = sa.select(budgets.c.id).where(budgets.c.scope == "user")
        query = query.where(budget_alerts.c.subject == owner, budget_alerts.c.budget_id.in_(personal))
    return tuple(BudgetAlert.model_validate(dict(row)) for row in connection.execute(query).mappings())
