"""Calls to vendors: the one layer that waits, tries again and leaves a model alone that keeps failing."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bottega.errors import BottegaError
from bottega.resilience import Breakers, RateLimits, Refused, TooMany, provider_limits, retrying
from bottega.settings import Settings

LONGEST_WAIT_S = 30.0
"""Beyond this another candidate is the better choice."""
_T = TypeVar("_T")
Accepted = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Calls:
    settings: Settings
    breakers: Breakers
    limits: RateLimits

    async def call(
        self,
        engine: str,
        model: str,
        once: Callable[[Accepted], Awaitable[_T]],
        *,
        timeout_s: float,
        on_wait: Callable[[float, BottegaError], None],
    ) -> _T:
        """`once`, within our own limit of calls to this vendor, if its breaker lets it through; again only when it is
        known not to have been accepted. `once` is given what to call when the vendor has taken a long job. Raises what `once` raises, ProviderUnavailable where it is not called."""

        async def permitted() -> _T:
            taken = await self.limits.take(f"provider:{engine}", provider_limits(self.settings))
            if isinstance(taken, TooMany):
                raise taken.as_unavailable(engine)
            permit = await self.breakers.allow(engine, model)
            if isinstance(permit, Refused):
                raise permit.as_error()
            async with permit:
                return await once(permit.succeeded)

        return await retrying(
            permitted,
            attempts=self.settings.retry_attempts,
            deadline=time.monotonic() + timeout_s,
            longest_wait_s=LONGEST_WAIT_S,
            on_wait=on_wait,
        )
