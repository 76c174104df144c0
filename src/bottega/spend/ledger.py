"""Holds and the ledger: money is reserved before a paid call and spent, or given back, after it.

The functions run inside a caller's transaction, so that a hold and the caller's own rows stand or fall
together; each may be run again with the same arguments. Amounts are micro-dollars, times seconds since the
Unix epoch (`bottega.store.database.epoch_now`). What a call costs is decided elsewhere.

Windows are always locked in the order of their budgets' ids. A transaction that touches several holds
may still meet another in a deadlock; PostgreSQL ends one of the two and `Database` runs it again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, format_usd
from bottega.errors import BudgetExceeded, Conflict, NotFound
from bottega.spend.alerts import alerts_of_hold, give_alerts
from bottega.spend.budgets import (
    EVERY_OWNER,
    STANDING,
    Budget,
    BudgetScope,
    BudgetUse,
    Period,
    Window,
    applicable,
    open_window,
    use_of,
)
from bottega.store.database import insert_or_leave
from bottega.store.schema import budget_windows, hold_windows, holds, ledger


class HoldState(StrEnum):
    HELD = "held"
    CHARGED = "charged"
    RELEASED = "released"
    UNKNOWN = "unknown"
    """The provider's answer was lost; the money stays reserved until somebody knows."""


class EntryKind(StrEnum):
    """`overrun` is what a provider charged above the hold; `charge` is never more than was held."""

    HOLD = "hold"
    CHARGE = "charge"
    RELEASE = "release"
    OVERRUN = "overrun"
    UNKNOWN = "unknown"


class Held(Value):
    """The money is reserved. `state` is `unknown` when an earlier call under this hold has lost its answer: then
    nothing may be bought before the provider has been asked. `amount` is what the hold was first placed with."""

    hold_id: str
    amount: MicroUsd
    state: HoldState = HoldState.HELD


class Refused(Value):
    """Nothing is reserved: `use` is the budget that was short, as it stood, when `amount` was asked of it."""

    hold_id: str
    amount: MicroUsd
    use: BudgetUse

    def as_error(self) -> BudgetExceeded:
        budget, use = self.use.budget, self.use
        left = f"{_usd(use.left)} is" if use.left else "nothing is"
        return BudgetExceeded(
            f"This may cost {_usd(self.amount)}, and of {_described(use)} of {_usd(budget.cap)} {left} left.",
            hint=_what_to_do(use),
            budget=budget.id,
            cap=budget.cap,
            left=use.left,
            needed=self.amount,
            resets_at=use.ends_at,
        )


HoldOutcome = Held | Refused


class Settlement(Value):
    """How a hold stands: `held` was reserved, `charged` was spent."""

    hold_id: str
    state: HoldState
    held: MicroUsd
    charged: MicroUsd = 0

    @property
    def released(self) -> MicroUsd:
        """What was given back."""
        return 0 if self.state in STANDING else max(0, self.held - self.charged)

    @property
    def overrun(self) -> MicroUsd:
        """What was charged above the hold."""
        return max(0, self.charged - self.held)


class LedgerEntry(Value):
    """One line of the ledger; lines are only ever added. `id` rises with time."""

    id: int
    hold_id: str
    owner: str
    job_id: str
    model_id: str
    kind: EntryKind
    amount: MicroUsd
    evidence: dict[str, Any] = Field(default_factory=dict[str, Any])
    at: float


_ROW = (
    budget_windows.c.budget_id == sa.bindparam("of_budget"),
    budget_windows.c.subject == sa.bindparam("of_subject"),
    budget_windows.c.starts_at == sa.bindparam("of_start"),
)
_ASKED = sa.bindparam("asked", type_=sa.BigInteger)
# The whole promise is this one condition: the database checks and takes in a single step.
_TAKE = (
    sa.update(budget_windows)
    .where(
        *_ROW,
        budget_windows.c.held + budget_windows.c.spent + _ASKED <= sa.bindparam("limit", type_=sa.BigInteger),
    )
    .values(held=budget_windows.c.held + _ASKED)
    .returning((budget_windows.c.held + budget_windows.c.spent).label("used"), budget_windows.c.alerted)
)
_SETTLE = (
    sa.update(budget_windows)
    .where(*_ROW)
    .values(
        held=budget_windows.c.held - sa.bindparam("freed", type_=sa.BigInteger),
        spent=budget_windows.c.spent + sa.bindparam("used", type_=sa.BigInteger),
    )
)


# --- placing -------------------------------------------------------------------------------------------------


def place_hold(
    connection: sa.Connection,
    *,
    hold_id: str,
    owner: str,
    job_id: str,
    model_id: str,
    amount: MicroUsd,
    now: float,
    provider: str = "",
    project: str = "",
) -> HoldOutcome:
    """Reserve `amount` in every budget that applies to `owner`, `provider` and `project`, or in none.

    A refusal is a value, not an exception: the transaction may carry more than this hold. The same `hold_id`
    again reserves nothing further and returns the hold as it was placed. An amount of 0 needs no hold and
    leaves no rows. Raises Conflict when the hold has ended already or is somebody else's, ValueError for a
    negative amount.
    """
    _check(amount)
    if amount == 0:
        return Held(hold_id=hold_id, amount=0)
    # Looked up and taken before anything is written: a refusal by the first budget costs no write at all.
    if (before := _placed_before(connection, hold_id, owner)) is not None:
        return before
    windows = applicable(connection, owner, now, provider=provider, project=project, placing=True)
    taken: list[_Taken] = []
    for index, window in enumerate(windows):
        outcome = _take(connection, window, amount)
        if isinstance(outcome, BudgetUse):
            _put_back(connection, windows[:index], amount)
            # Looked up again: the money may be gone to this very hold, placed by somebody else meanwhile.
            before = _placed_before(connection, hold_id, owner)
            return before or Refused(hold_id=hold_id, amount=amount, use=outcome)
        taken.append(outcome)
    about = {"owner": owner, "job_id": job_id, "model_id": model_id}
    placed = connection.execute(
        insert_or_leave(connection, holds)
        .values(
            id=hold_id,
            **about,
            provider=provider,
            project=project,
            amount=amount,
            charged=0,
            state=HoldState.HELD.value,
            created_at=now,
        )
        .returning(holds.c.id)
    ).first()
    if placed is None:  # somebody else placed the same hold at the same moment
        _put_back(connection, windows, amount)
        before = _placed_before(connection, hold_id, owner)
        assert before is not None
        return before
    if windows:
        connection.execute(sa.insert(hold_windows), [{"hold_id": hold_id, **w.key} for w in windows])
    _append(connection, now, {"hold_id": hold_id, **about}, (EntryKind.HOLD, amount, {}))
    for window, row in zip(windows, taken, strict=True):
        give_alerts(connection, window.key, row.used, window.budget.cap, row.alerted, now)
    return Held(hold_id=hold_id, amount=amount)


class _Taken(NamedTuple):
    """How a window stands after the amount was taken: what is held and spent, and the level last told of."""

    used: MicroUsd
    alerted: int


def _take(connection: sa.Connection, window: Window, amount: MicroUsd) -> _Taken | BudgetUse:
    """Take the amount; otherwise how the budget stands that is short of it."""
    cap = window.budget.cap
    asked = {**_address(window.key), "asked": amount, "limit": cap}
    while (row := connection.execute(_TAKE, asked).first()) is None:
        row = connection.execute(
            sa.select(budget_windows.c.held, budget_windows.c.spent).where(window.row())
        ).first()
        if row is None:
            open_window(connection, window)
        elif row.held + row.spent + amount > cap:
            return window.use(row.held, row.spent)
        # Otherwise money came back between the two statements, and is asked for again.
    return _Taken(row.used, row.alerted)


def _put_back(connection: sa.Connection, windows: Sequence[Window], amount: MicroUsd) -> None:
    _settle_windows(connection, [_address(window.key) for window in windows], freed=amount, used=0)


def _placed_before(connection: sa.Connection, hold_id: str, owner: str) -> Held | None:
    row = connection.execute(sa.select(holds).where(holds.c.id == hold_id)).first()
    if row is None:
        return None
    if row.owner != owner:
        raise Conflict(f"The hold {hold_id} belongs to another owner.")
    if row.state not in STANDING:
        raise Conflict(f"The hold {hold_id} has ended ({row.state}); a new call needs a new hold.")
    return Held(hold_id=hold_id, amount=row.amount, state=HoldState(row.state))


# --- ending --------------------------------------------------------------------------------------------------


def charge(
    connection: sa.Connection, hold_id: str, amount: MicroUsd, evidence: dict[str, Any], now: float
) -> Settlement:
    """The call was made and cost `amount`: it is spent in the windows where it was held, the rest is released.

    More than was held is recorded as it is, cap or no cap: the money is gone. `evidence` is what the amount was
    computed from. A hold that has ended is returned as it ended, unchanged. Raises NotFound when something was
    charged but nothing held, ValueError for a negative amount.
    """
    _check(amount)
    hold = _end(connection, hold_id, HoldState.CHARGED, amount, now)
    if hold is None:
        found = _settlement(connection, hold_id)
        if found is None and amount:
            raise NotFound(
                f"{format_usd(amount)} was charged under the hold {hold_id}, which does not exist."
            )
        return found or Settlement(hold_id=hold_id, state=HoldState.CHARGED, held=0)
    settlement = Settlement(hold_id=hold_id, state=HoldState.CHARGED, held=hold.amount, charged=amount)
    _append(
        connection,
        now,
        _about(hold),
        (EntryKind.CHARGE, amount - settlement.overrun, evidence),
        *([(EntryKind.OVERRUN, settlement.overrun, evidence)] if settlement.overrun else []),
        *(
            [(EntryKind.RELEASE, settlement.released, {"reason": "less was used than held"})]
            if settlement.released
            else []
        ),
    )
    if settlement.overrun:
        alerts_of_hold(connection, hold_id, now)
    return settlement


def release(
    connection: sa.Connection, hold_id: str, reason: str, now: float, evidence: dict[str, Any] | None = None
) -> Settlement:
    """Nothing was bought: all that was held is free again. A hold that has ended is returned as it ended.
    `evidence` is kept beside the reason."""
    hold = _end(connection, hold_id, HoldState.RELEASED, 0, now)
    if hold is None:
        found = _settlement(connection, hold_id)
        return found or Settlement(hold_id=hold_id, state=HoldState.RELEASED, held=0)
    _append(
        connection,
        now,
        _about(hold),
        (EntryKind.RELEASE, hold.amount, {"reason": reason, **(evidence or {})}),
    )
    return Settlement(hold_id=hold_id, state=HoldState.RELEASED, held=hold.amount)


def mark_unknown(connection: sa.Connection, hold_id: str, reason: str, now: float) -> Settlement:
    """The answer of a paid call was lost: the money stays reserved until a charge or a release follows."""
    hold = connection.execute(
        sa.update(holds)
        .where(holds.c.id == hold_id, holds.c.state == HoldState.HELD.value)
        .values(state=HoldState.UNKNOWN.value)
        .returning(holds)
    ).first()
    if hold is None:
        found = _settlement(connection, hold_id)
        return found or Settlement(hold_id=hold_id, state=HoldState.UNKNOWN, held=0)
    _append(connection, now, _about(hold), (EntryKind.UNKNOWN, hold.amount, {"reason": reason}))
    return Settlement(hold_id=hold_id, state=HoldState.UNKNOWN, held=hold.amount)


def _end(
    connection: sa.Connection, hold_id: str, state: HoldState, charged: MicroUsd, now: float
) -> sa.Row[Any] | None:
    """Move a standing hold to its end, once; None when there is none standing."""
    hold = connection.execute(
        sa.update(holds)
        .where(holds.c.id == hold_id, holds.c.state.in_(STANDING))
        .values(state=state.value, charged=charged, settled_at=now)
        .returning(holds)
    ).first()
    if hold is not None:
        where = sa.select(hold_windows.c.budget_id, hold_windows.c.subject, hold_windows.c.starts_at).where(
            hold_windows.c.hold_id == hold_id
        )
        rows = sorted(connection.execute(where).mappings(), key=lambda row: row["budget_id"])
        _settle_windows(connection, [_address(dict(row)) for row in rows], freed=hold.amount, used=charged)
    return hold


def _settle_windows(
    connection: sa.Connection, windows: list[dict[str, Any]], *, freed: MicroUsd, used: MicroUsd
) -> None:
    if windows:
        connection.execute(_SETTLE, [{**window, "freed": freed, "used": used} for window in windows])


def _settlement(connection: sa.Connection, hold_id: str) -> Settlement | None:
    row = connection.execute(sa.select(holds).where(holds.c.id == hold_id)).first()
    if row is None:
        return None
    return Settlement(hold_id=hold_id, state=HoldState(row.state), held=row.amount, charged=row.charged)


# --- asking --------------------------------------------------------------------------------------------------


def budget_left(
    connection: sa.Connection, owner: str, now: float, *, provider: str = "", project: str = ""
) -> MicroUsd | None:
    """What `owner` could hold now for a call to `provider` for `project` (empty: whichever): the smallest remainder
    of the budgets that apply; None when none does."""
    windows = applicable(connection, owner, now, provider=provider, project=project)
    return min((use_of(connection, window).left for window in windows), default=None)


def entries(
    connection: sa.Connection,
    owner: str | None,
    *,
    job_id: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[LedgerEntry, ...]:
    """Lines of the ledger, newest first; of all owners when `owner` is None. `before` is the id to page on from."""
    query = sa.select(ledger).order_by(ledger.c.id.desc()).limit(limit)
    if owner is not None:
        query = query.where(ledger.c.owner == owner)
    if job_id is not None:
        query = query.where(ledger.c.job_id == job_id)
    if before is not None:
        query = query.where(ledger.c.id < before)
    return tuple(LedgerEntry.model_validate(dict(row)) for row in connection.execute(query).mappings())


# --- helpers -------------------------------------------------------------------------------------------------


def _check(amount: MicroUsd) -> None:
    if amount < 0:
        raise ValueError("an amount of money held or charged is not negative")


def _address(key: dict[str, Any]) -> dict[str, Any]:
    return {"of_budget": key["budget_id"], "of_subject": key["subject"], "of_start": key["starts_at"]}


def _about(hold: sa.Row[Any]) -> dict[str, Any]:
    return {"hold_id": hold.id, "owner": hold.owner, "job_id": hold.job_id, "model_id": hold.model_id}


def _append(
    connection: sa.Connection,
    now: float,
    about: dict[str, Any],
    *lines: tuple[EntryKind, MicroUsd, dict[str, Any]],
) -> None:
    rows = [
        {**about, "kind": kind.value, "amount": amount, "evidence": evidence, "at": now}
        for kind, amount, evidence in lines
    ]
    connection.execute(sa.insert(ledger), rows)


def _usd(amount: MicroUsd) -> str:
    return format_usd(amount) if amount else "$0.00"


_ADJECTIVE = {Period.HOUR: "hourly ", Period.DAY: "daily ", Period.MONTH: "monthly ", Period.TOTAL: ""}


def _described(use: BudgetUse) -> str:
    budget = f"{_ADJECTIVE[use.budget.period]}budget"
    match use.budget.scope:
        case BudgetScope.USER:
            return f"{use.subject}'s {budget}"
        case BudgetScope.PROVIDER:
            return f"the {budget} for {use.subject}"
        case BudgetScope.PROJECT:
            return f"the {budget} of the project {use.subject}"
        case BudgetScope.TOTAL:
            return f"the installation's {budget}"


def _what_to_do(use: BudgetUse) -> str:
    budget: Budget = use.budget
    setting = budget.setting
    if setting is not None:
        raising = f"raise {setting} and start again"
    else:
        every = {BudgetScope.USER: "every owner"}.get(budget.scope, f"every {budget.scope}")
        whom = {EVERY_OWNER: every, "": "all owners together"}.get(budget.subject, budget.subject)
        raising = f"ask an administrator to raise the {budget.period} budget of {whom} ({budget.id})"
    if use.ends_at is None:
        return f"{raising[0].upper()}{raising[1:]}."
    resets = datetime.fromtimestamp(use.ends_at, UTC).strftime("%Y-%m-%d %H:%M")
    return f"It starts afresh at {resets} UTC. To go on before that, {raising}."
