"""Calls to language models in the books: a hold before each, its charge after it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from bottega.domain.money import MicroUsd, format_usd
from bottega.errors import BudgetExceeded, OutcomeUnknown
from bottega.spend import Ledger
from bottega.spend.unknown import LANGUAGE


@dataclass(slots=True)
class _Hold:
    spending: "LedgerSpending"
    hold_id: str
    settled: bool = False

    async def settle(self, cost: MicroUsd, evidence: dict[str, Any]) -> None:
        await self.spending.ledger.charge(self.hold_id, cost, evidence)
        self.spending.charged += cost
        self.settled = True


@dataclass(slots=True)
class LedgerSpending:
    """The `llm.Spending` of one owner, for one job where there is one. `most`: what all its calls together may cost, None
    where only the budgets cap it. `charged`: by all calls so far, also by those whose answers could not be used."""

    ledger: Ledger
    owner: str
    job_id: str = ""
    most: MicroUsd | None = None
    charged: MicroUsd = 0

    @asynccontextmanager
    async def hold(self, model_id: str, amount: MicroUsd) -> AsyncGenerator[_Hold]:
        """Raises BudgetExceeded."""
        if self.most is not None and self.charged + amount > self.most:
            left = "nothing" if self.most <= self.charged else format_usd(self.most - self.charged)
            raise BudgetExceeded(
                f"A look by {model_id} may cost {format_usd(amount)}, {left} is left of the cap of this job.",
                hint="Raise the cap of this job.",
            )
        hold = _Hold(self, f"{LANGUAGE}{uuid4().hex}")
        await self.ledger.hold(
            hold_id=hold.hold_id,
            owner=self.owner,
            job_id=self.job_id,
            model_id=model_id,
            amount=amount,
            provider=model_id.partition("/")[0],
        )
        try:
            yield hold
        except (OutcomeUnknown, asyncio.CancelledError) as error:
            if not hold.settled:
                reason = str(error) or "interrupted"
                await asyncio.shield(self.ledger.mark_unknown(hold.hold_id, reason))
            raise
        except BaseException as error:
            if not hold.settled:
                await self.ledger.release(hold.hold_id, str(error))
            raise
