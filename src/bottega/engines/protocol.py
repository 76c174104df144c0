"""What every engine looks like to the pipeline."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bottega.compute import ComputePool
from bottega.domain.base import Value
from bottega.domain.task import EngineResult, Task, Usage
from bottega.models import Model


class Availability(Value):
    """Whether an engine can be used now. When not: why, and what to configure."""

    usable: bool
    reason: str = ""
    hint: str = ""


USABLE = Availability(usable=True)


async def keep_nothing(note: dict[str, Any]) -> None:
    """For attempts of which nothing is paid: they are made again."""


async def tell_nobody() -> None:
    """Where nobody asks whether a call was accepted."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an engine is given for one attempt beside the task.

    `scratch` is a folder for its output files; it is removed after they were stored. It is empty but for folders named
    `*.work`, which a try of the same attempt that died may have left.
    `idempotency_key` is the same for every try of this attempt, also after a crash.
    `progress(fraction, message)` may be called from any thread; fraction is 0 to 1.
    `remember(note)` keeps a small JSON object with a paid call that is under way, such as the provider's number for
    it; when the process dies, `remembered` gives the last note to `reconcile` in the next life. `accepted()` says that
    the provider has taken a long job: what becomes of it later says nothing of the provider's health.
    """

    scratch: Path
    idempotency_key: str
    compute: ComputePool
    progress: Callable[[float, str], None]
    timeout_s: float
    remember: Callable[[dict[str, Any]], Awaitable[None]] = keep_nothing
    remembered: dict[str, Any] | None = None
    accepted: Callable[[], Awaitable[None]] = tell_nobody


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of `reconcile`: the provider has the call, and this is its result."""

    result: EngineResult


@dataclass(frozen=True, slots=True)
class NeverArrived:
    """The answer of `reconcile`: the provider surely does not know the call; it may be sent again."""


@dataclass(frozen=True, slots=True)
class StillUnknown:
    """The answer of `reconcile` and `cancel`: nobody can say. The money stays on hold."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The answer of `cancel`: the provider has ended the call without a result, and this is what it charges."""

    usage: Usage


Reconciliation = Found | NeverArrived | StillUnknown
Cancellation = Found | Stopped | NeverArrived | StillUnknown


class Engine(Protocol):
    """An engine performs tasks with the models that the catalogue lists under its `name`.

    `perform` raises `bottega.errors` only: `ProviderUnavailable` for what is known not to have been
    accepted, `OutcomeUnknown` when a paid call was sent and its answer lost. It is cancelled by
    `asyncio.CancelledError` like any coroutine and must stop its work then.
    """

    name: str
    local: bool
    """True when nothing leaves the machine."""

    def availability(self) -> Availability: ...

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult: ...

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        """Find out what became of a call whose answer was lost, by its idempotency key or what was remembered of
        it; waits for its end when it is still under way. Never buys. Raises as `perform` does."""
        ...

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        """Stop a call that nobody wants any more, where the provider can, and say what became of it."""
        ...
