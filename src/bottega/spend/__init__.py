"""Money: budgets, holds before a paid call, charges after it, and the ledger that explains every cent.

`Ledger` awaits the functions of `bottega.spend.ledger` and `bottega.spend.budgets` one transaction each;
whoever needs them in a transaction with rows of its own calls them there. Prices are the catalogue's.
"""

from typing import Any

import sqlalchemy as sa

from bottega.domain.money import MicroUsd
from bottega.settings import Settings
from bottega.spend import budgets as _budgets
from bottega.spend import ledger as _ledger
from bottega.spend.alerts import BudgetAlert, alerts_of_budget
from bottega.spend.alerts import alerts as _alerts
from bottega.spend.audit import Difference, Recomputed, audit, recompute
from bottega.spend.budgets import Budget, BudgetScope, BudgetUse, Period
from bottega.spend.ledger import (
    EntryKind,
    Held,
    HoldOutcome,
    HoldState,
    LedgerEntry,
    Refused,
    Settlement,
    charge,
    mark_unknown,
    place_hold,
    release,
)
from bottega.spend.unknown import UnknownHold, mark_ended, mark_left_behind, settle_unknown, unknown_holds
from bottega.store.database import Database, epoch_now

__all__ = [
    "Budget",
    "BudgetAlert",
    "BudgetScope",
    "BudgetUse",
    "Difference",
    "EntryKind",
    "Held",
    "HoldOutcome",
    "HoldState",
    "Ledger",
    "LedgerEntry",
    "Period",
    "Recomputed",
    "Refused",
    "Settlement",
    "UnknownHold",
    "audit",
    "charge",
    "mark_ended",
    "mark_unknown",
    "place_hold",
    "recompute",
    "release",
    "settle_unknown",
    "unknown_holds",
]


class Ledger:
    """Amounts are micro-dollars. Every method is one transaction and may be repeated."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def open(self) -> None:
        """Bring the budgets in line with the settings' caps. The process that opens last decides."""
        await self._database.write(lambda c: _budgets.apply_settings(c, self._settings))
        await self._database.write(lambda c: mark_left_behind(c, epoch_now(c)))

    async def hold(
        self,
        *,
        hold_id: str,
        owner: str,
        job_id: str,
        model_id: str,
        amount: MicroUsd,
        provider: str = "",
        project: str = "",
    ) -> Held:
        """Reserve `amount` in all budgets that apply (see `place_hold`).

        Raises BudgetExceeded, which names the budget that was short, what is left and when it starts afresh.
        """
        outcome = await self._database.write(
            lambda c: place_hold(
                c,
                hold_id=hold_id,
                owner=owner,
                job_id=job_id,
                model_id=model_id,
                amount=amount,
                now=epoch_now(c),
                provider=provider,
                project=project,
            )
        )
        if isinstance(outcome, Refused):
            raise outcome.as_error()
        return outcome

    async def charge(self, hold_id: str, amount: MicroUsd, evidence: dict[str, Any]) -> Settlement:
        """The call cost `amount`; what was held beyond it is released."""
        return await self._database.write(lambda c: charge(c, hold_id, amount, evidence, epoch_now(c)))

    async def release(self, hold_id: str, reason: str) -> Settlement:
        """Nothing was bought."""
        return await self._database.write(lambda c: release(c, hold_id, reason, epoch_now(c)))

    async def mark_unknown(self, hold_id: str, reason: str) -> Settlement:
        """The call's answer was lost; the money stays on hold."""
        return await self._database.write(lambda c: mark_unknown(c, hold_id, reason, epoch_now(c)))

    async def budget_left(self, owner: str, *, provider: str = "", project: str = "") -> MicroUsd | None:
        """What `owner` could hold now for `provider` and `project` (empty: whichever); None when no budget applies."""
        return await self._database.read(
            lambda c: _ledger.budget_left(c, owner, epoch_now(c), provider=provider, project=project)
        )

    async def set_budget(
        self, *, scope: BudgetScope, cap: MicroUsd, period: Period, subject: str = ""
    ) -> Budget:
        """Set or change a cap; levels that are reached already are told of. Raises InvalidOption, or Conflict for a cap that the
        settings hold."""

        def work(connection: sa.Connection) -> Budget:
            budget = _budgets.set_budget(connection, scope=scope, subject=subject, period=period, cap=cap)
            alerts_of_budget(connection, budget, epoch_now(connection))
            return budget

        return await self._database.write(work)

    async def remove_budget(self, budget_id: str) -> None:
        """Raises NotFound, or Conflict for a cap that the settings hold."""
        await self._database.write(lambda c: _budgets.remove_budget(c, budget_id))

    async def list_budgets(self, owner: str | None = None) -> tuple[BudgetUse, ...]:
        """Budgets with the use of their current windows: those that apply to `owner`, or all."""

        def work(connection: Any) -> tuple[BudgetUse, ...]:
            now = epoch_now(connection)
            if owner is None:
                return _budgets.uses_of_all(connection, now)
            windows = _budgets.applicable(connection, owner, now)
            return tuple(_budgets.use_of(connection, window) for window in windows)

        return await self._database.read(work)

    async def entries(
        self,
        owner: str | None,
        *,
        job_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[LedgerEntry, ...]:
        """Lines of the ledger, newest first; `before` is the id to page on from. None: all owners'."""
        return await self._database.read(
            lambda c: _ledger.entries(c, owner, job_id=job_id, before=before, limit=limit)
        )

    async def alerts(
        self, owner: str | None = None, *, since: float = 0.0, limit: int = 100
    ) -> tuple[BudgetAlert, ...]:
        """Budgets that reached 50, 80 or 100 % after `since`, newest first: the owner's own, or all."""
        found = await self._database.read(lambda c: _alerts(c, owner, since=since, limit=limit))
        return tuple(found)

    async def unknown(self) -> tuple[UnknownHold, ...]:
        """Holds of calls whose outcome nobody knows, oldest first."""
        return await self._database.read(unknown_holds)

    async def settle(self, hold_id: str, *, charged: MicroUsd | None, by: str, why: str) -> Settlement:
        """End such a hold by hand: `charged` is what the provider billed, None that it billed nothing.

        Raises NotFound, Conflict for a hold in another state, InvalidOption without a name or a reason.
        """
        return await self._database.write(
            lambda c: settle_unknown(c, hold_id, charged=charged, by=by, why=why, now=epoch_now(c))
        )

    async def recompute(self) -> Recomputed:
        """Every charge computed again from its evidence; reads the whole ledger."""
        return await self._database.read(recompute)

    async def audit(self) -> tuple[Difference, ...]:
        """Where windows, holds and ledger disagree; empty when the books are right."""
        return await self._database.read(audit)
