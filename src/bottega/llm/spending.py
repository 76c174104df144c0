"""How a call to a language model gets into somebody's accounts. The accounts themselves are left to the caller."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from bottega.domain.money import MicroUsd


class Hold(Protocol):
    """Money that is reserved for one call."""

    async def settle(self, cost: MicroUsd, evidence: dict[str, Any]) -> None:
        """The call was made and cost `cost`; the rest of the hold is free again."""
        ...


class Spending(Protocol):
    """Where the money for calls comes from.

    `async with spending.hold(model_id, amount) as hold:` reserves `amount` or raises BudgetExceeded. Inside, `settle`
    is called once when the provider's answer is known to be billed. Left by OutcomeUnknown or by cancellation
    without `settle`, the money stays reserved as unknown; left in any other way without `settle`, it is free again.
    """

    def hold(self, model_id: str, amount: MicroUsd) -> AbstractAsyncContextManager[Hold]: ...
