"""Budgets: who may spend how much in which calendar window, and how much of a window is used.

Functions run inside a caller's transaction. Holds and charges are in `bottega.spend.ledger`.

Every budget that applies to a call counts: the owner's own, `user:*` (the same cap for each owner, counted for each
by itself), those of the provider that is called and of the project it is for, and `total` (everything together). One
that names its subject does not replace `*`: the tighter one decides.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd
from bottega.errors import Conflict, InvalidOption, NotFound
from bottega.settings import Settings
from bottega.store.database import insert_or_leave
from bottega.store.keys import check_owner
from bottega.store.schema import budget_windows, budgets, hold_windows, holds

EVERY_OWNER = "*"
LARGEST_CAP: MicroUsd = 10**15  # a billion dollars; sums of such caps stay far inside 64 bits
STANDING = ("held", "unknown")
"""States of a hold whose money is still reserved."""


class BudgetScope(StrEnum):
    USER = "user"
    PROVIDER = "provider"
    PROJECT = "project"
    TOTAL = "total"


class Period(StrEnum):
    """Calendar windows in UTC; `total` is one window without end."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


class Budget(Value):
    """`subject` is an owner, a provider or a project, or `*` for each by itself; empty for the scope `total`. `cap` in
    micro-dollars."""

    id: str
    scope: BudgetScope
    subject: str
    period: Period
    cap: MicroUsd

    @property
    def setting(self) -> str | None:
        """The environment variable that this cap comes from; None when it was set by hand."""
        return next((f"BOTTEGA_{field.upper()}" for field, own in _FROM_SETTINGS if own.id == self.id), None)


class BudgetUse(Value):
    """What one owner, provider or project (or, for the scope `total`, everybody) has of a budget in its current window.

    Micro-dollars. `left` is never below 0. Times are seconds since the Unix epoch; `ends_at` is None for
    the period `total`.
    """

    budget: Budget
    subject: str
    held: MicroUsd
    spent: MicroUsd
    left: MicroUsd
    starts_at: int
    ends_at: int | None


def _fixed(scope: BudgetScope, subject: str, period: Period) -> Budget:
    name = "" if subject in ("", EVERY_OWNER) else f":{subject}"
    return Budget(id=f"default:{scope}{name}:{period}", scope=scope, subject=subject, period=period, cap=0)


# A field of the settings, and the budget whose cap it is.
_FROM_SETTINGS: tuple[tuple[str, Budget], ...] = (
    ("budget_user_hour", _fixed(BudgetScope.USER, EVERY_OWNER, Period.HOUR)),
    ("budget_user_month", _fixed(BudgetScope.USER, EVERY_OWNER, Period.MONTH)),
    ("budget_total_month", _fixed(BudgetScope.TOTAL, "", Period.MONTH)),
    *(
        (f"budget_{vendor}_day", _fixed(BudgetScope.PROVIDER, vendor, Period.DAY))
        for vendor in ("openai", "gemini", "replicate", "stability", "anthropic")
    ),
)


def window_bounds(period: Period, now: float) -> tuple[int, int | None]:
    """First second of the window that `now` lies in, and the first second after it (None: no end)."""
    if period is Period.TOTAL:
        return 0, None
    if period is Period.MONTH:
        today = datetime.fromtimestamp(now, UTC)
        first = datetime(today.year, today.month, 1, tzinfo=UTC)
        following = datetime(today.year + today.month // 12, today.month % 12 + 1, 1, tzinfo=UTC)
        return int(first.timestamp()), int(following.timestamp())
    length = 3600 if period is Period.HOUR else 86400
    start = int(now // length) * length
    return start, start + length


@dataclass(frozen=True, slots=True)
class Window:
    """One window of one budget for one subject: a row of `budget_windows`, which may not exist yet."""

    budget: Budget
    subject: str
    starts_at: int
    ends_at: int | None

    @classmethod
    def at(cls, budget: Budget, subject: str, now: float) -> "Window":
        return cls(
            budget, "" if budget.scope is BudgetScope.TOTAL else subject, *window_bounds(budget.period, now)
        )

    @property
    def key(self) -> dict[str, Any]:
        return {"budget_id": self.budget.id, "subject": self.subject, "starts_at": self.starts_at}

    def row(self) -> sa.ColumnElement[bool]:
        return sa.and_(
            budget_windows.c.budget_id == self.budget.id,
            budget_windows.c.subject == self.subject,
            budget_windows.c.starts_at == self.starts_at,
        )

    def use(self, held: MicroUsd, spent: MicroUsd) -> BudgetUse:
        return BudgetUse(
            budget=self.budget,
            subject=self.subject,
            held=held,
            spent=spent,
            left=max(0, self.budget.cap - held - spent),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )

    def members(self) -> sa.ColumnElement[bool]:
        """The holds that count in this window: those placed in it, whether or not the budget existed then."""
        conditions = [holds.c.created_at >= self.starts_at]
        if self.ends_at is not None:
            conditions.append(holds.c.created_at < self.ends_at)
        if (column := _COUNTED_BY.get(self.budget.scope)) is not None:
            conditions.append(column == self.subject)
        return sa.and_(*conditions)


_COUNTED_BY = {
    BudgetScope.USER: holds.c.owner,
    BudgetScope.PROVIDER: holds.c.provider,
    BudgetScope.PROJECT: holds.c.project,
}
"""Which column of a hold says whose budget it counts in."""


def all_budgets(connection: sa.Connection) -> tuple[Budget, ...]:
    """In the order of their ids."""
    return _budgets(connection, sa.select(budgets))


def applicable(
    connection: sa.Connection,
    owner: str,
    now: float,
    *,
    provider: str = "",
    project: str = "",
    placing: bool = False,
) -> tuple[Window, ...]:
    """The current windows of all budgets that count what `owner` pays `provider` for `project` (empty: of none), in
    the order of the budgets' ids.

    With `placing`, budgets stay as they are until the end of the transaction (see `_changing`).
    """
    if placing and connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE budgets IN ROW SHARE MODE"))
    subjects = {BudgetScope.USER: owner, BudgetScope.PROVIDER: provider, BudgetScope.PROJECT: project}
    theirs = {scope.value: [subject, EVERY_OWNER] if subject else [] for scope, subject in subjects.items()}
    return tuple(
        Window.at(budget, subjects.get(budget.scope, ""), now)
        for budget in _budgets(connection, _APPLICABLE, theirs)
    )


_APPLICABLE = sa.select(budgets).where(
    sa.or_(
        budgets.c.scope == BudgetScope.TOTAL.value,
        *(
            sa.and_(
                budgets.c.scope == scope.value,
                budgets.c.subject.in_(sa.bindparam(scope.value, expanding=True)),
            )
            for scope in (BudgetScope.USER, BudgetScope.PROVIDER, BudgetScope.PROJECT)
        ),
    )
)


def _budgets(
    connection: sa.Connection, query: sa.Select[Any], values: dict[str, list[str]] | None = None
) -> tuple[Budget, ...]:
    found = [Budget.model_validate(dict(row)) for row in connection.execute(query, values or {}).mappings()]
    # Sorted here, not by the server: its collation is not ours, and one order everywhere prevents deadlocks.
    return tuple(sorted(found, key=lambda budget: budget.id))


def apply_settings(connection: sa.Connection, settings: Settings) -> None:
    """Make the budgets under the fixed ids what the settings say. A cap in the settings takes the place of one
    that was set by hand for the same scope, subject and period. Raises InvalidOption for an impossible cap.
    """
    caps: dict[str, MicroUsd | None] = {own.id: getattr(settings, field) for field, own in _FROM_SETTINGS}
    wanted = {
        own.id: own.model_copy(update={"cap": cap})
        for _, own in _FROM_SETTINGS
        if (cap := caps[own.id]) is not None
    }
    present = {budget.id: budget for budget in all_budgets(connection) if budget.id in caps}
    if wanted == present:
        return
    for budget in wanted.values():
        _check_cap(budget.cap, str(budget.setting))
    _changing(connection)
    for budget_id in caps:
        if budget_id not in wanted:
            _delete(connection, budget_id)
    for budget in wanted.values():
        by_hand = _same_place(connection, budget)
        if by_hand is not None and by_hand.id != budget.id:
            _delete(connection, by_hand.id)
        _upsert(connection, budget)


def set_budget(
    connection: sa.Connection, *, scope: BudgetScope, subject: str, period: Period, cap: MicroUsd
) -> Budget:
    """Set or change a cap. What was held and spent in the current window counts already.

    A cap below what is already used refuses further holds; it takes none back. Raises InvalidOption for a cap
    outside 0 to a billion dollars or an impossible subject, Conflict when the settings hold this very cap.
    """
    _check_cap(cap, "A budget's cap")
    if scope is BudgetScope.TOTAL:
        if subject:
            raise InvalidOption("A total budget is for all owners together and names none.")
    elif subject != EVERY_OWNER:
        check_subject(scope, subject)
    budget_id = f"{scope}:{subject}:{period}" if subject else f"{scope}:{period}"
    budget = Budget(id=budget_id, scope=scope, subject=subject, period=period, cap=cap)
    _changing(connection)
    present = _same_place(connection, budget)
    if present is not None and present.setting is not None:
        raise Conflict(
            f"The budget {present.id} comes from the settings.", hint=f"Change {present.setting} instead."
        )
    _upsert(connection, budget)
    return budget


def remove_budget(connection: sa.Connection, budget_id: str) -> None:
    """Take the cap away; holds and the ledger stay. Raises NotFound, or Conflict for one of the settings'."""
    _changing(connection)
    found = [budget for budget in all_budgets(connection) if budget.id == budget_id]
    if not found:
        raise NotFound(f"There is no budget {budget_id[:80]!r}.")
    if (setting := found[0].setting) is not None:
        raise Conflict(
            f"The budget {budget_id} comes from the settings.", hint=f"Set {setting} to nothing instead."
        )
    _delete(connection, budget_id)


def check_subject(scope: BudgetScope, subject: str) -> None:
    """Raises InvalidOption unless it can be the name of an owner, a provider or a project."""
    if scope is BudgetScope.USER:
        check_owner(subject)
        return
    try:
        check_owner(subject)
    except InvalidOption as error:
        raise InvalidOption(f"{subject[:80]!r} cannot be a {scope}'s name.", hint=error.hint) from error


def _check_cap(cap: MicroUsd, what: str) -> None:
    if not 0 <= cap <= LARGEST_CAP:
        raise InvalidOption(f"{what} must be between nothing and a billion dollars.")


def _changing(connection: sa.Connection) -> None:
    """Wait until no hold is being placed, and let none begin before this transaction ends.

    Otherwise a hold under way could miss a new budget's first window, or refer to a removed one. EXCLUSIVE
    conflicts with the ROW SHARE lock of `applicable(placing=True)` and lets plain reads (and backups) pass.
    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE budgets IN EXCLUSIVE MODE"))


def _same_place(connection: sa.Connection, budget: Budget) -> Budget | None:
    query = sa.select(budgets).where(
        budgets.c.scope == budget.scope.value,
        budgets.c.subject == budget.subject,
        budgets.c.period == budget.period.value,
    )
    return next(iter(_budgets(connection, query)), None)


def _upsert(connection: sa.Connection, budget: Budget) -> None:
    connection.execute(insert_or_leave(connection, budgets).values(**budget.model_dump(mode="json")))
    connection.execute(sa.update(budgets).where(budgets.c.id == budget.id).values(cap=budget.cap))


def _delete(connection: sa.Connection, budget_id: str) -> None:
    connection.execute(sa.delete(budgets).where(budgets.c.id == budget_id))
    connection.execute(sa.delete(hold_windows).where(hold_windows.c.budget_id == budget_id))


# --- how much of a window is used ----------------------------------------------------------------------------


def open_window(connection: sa.Connection, window: Window) -> None:
    """Make the window's row if nobody has, and count the holds that were placed in it before.

    Those exist when the budget is younger than its window: a monthly cap set on the 20th covers the month.
    """
    made = connection.execute(
        insert_or_leave(connection, budget_windows)
        .values(**window.key, held=0, spent=0)
        .returning(budget_windows.c.starts_at)
    ).first()
    if made is None:
        return
    earlier = window.members()
    # Locked first, so that none of them ends between being counted here and being known to belong here.
    connection.execute(
        sa.select(holds.c.id)
        .where(earlier, holds.c.state.in_(STANDING))
        .order_by(holds.c.id)
        .with_for_update()
    ).all()
    belonging = sa.select(
        holds.c.id,
        sa.literal(window.budget.id, sa.Text),
        sa.literal(window.subject, sa.Text),
        sa.literal(window.starts_at, sa.BigInteger),
    ).where(earlier)
    columns = ["hold_id", "budget_id", "subject", "starts_at"]
    connection.execute(insert_or_leave(connection, hold_windows).from_select(columns, belonging))
    held, spent = _sums(connection, earlier)
    connection.execute(sa.update(budget_windows).where(window.row()).values(held=held, spent=spent))


def use_of(connection: sa.Connection, window: Window) -> BudgetUse:
    """What is held and spent in the window, also while it has no row yet."""
    row = connection.execute(
        sa.select(budget_windows.c.held, budget_windows.c.spent).where(window.row())
    ).first()
    held, spent = (row.held, row.spent) if row is not None else _sums(connection, window.members())
    return window.use(held, spent)


def uses_of_all(connection: sa.Connection, now: float) -> tuple[BudgetUse, ...]:
    """Every budget's current window; for a subject `*` one line for each who has used it, or one line for `*`."""
    uses: list[BudgetUse] = []
    for budget in all_budgets(connection):
        if budget.subject != EVERY_OWNER:
            uses.append(use_of(connection, Window.at(budget, budget.subject, now)))
            continue
        window = Window.at(budget, EVERY_OWNER, now)
        rows = connection.execute(
            sa.select(budget_windows)
            .where(budget_windows.c.budget_id == budget.id, budget_windows.c.starts_at == window.starts_at)
            .order_by(budget_windows.c.subject)
        ).all()
        uses.extend(Window.at(budget, row.subject, now).use(row.held, row.spent) for row in rows)
        if not rows:
            uses.append(window.use(0, 0))
    return tuple(uses)


def _sums(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[MicroUsd, MicroUsd]:
    """(held, spent) of the chosen holds."""
    held = sa.func.sum(sa.case((holds.c.state.in_(STANDING), holds.c.amount), else_=0))
    row = connection.execute(sa.select(held, sa.func.sum(holds.c.charged)).where(which)).one()
    return int(row[0] or 0), int(row[1] or 0)  # PostgreSQL sums 64-bit integers to NUMERIC
