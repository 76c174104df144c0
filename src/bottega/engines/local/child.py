"""What the engines that compute in child processes share."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from bottega.domain.task import EngineResult, Task
from bottega.engines.protocol import (
    USABLE,
    Attempt,
    Availability,
    Cancellation,
    NeverArrived,
    Reconciliation,
)
from bottega.models import Model


class ChildProcessEngine:
    """Hands each task to `work`, a module-level function that runs in a child process, so that the server's process
    never loads the libraries that the work imports. Needs nothing but the base install."""

    name: str
    local = True
    work: ClassVar[Callable[[Task, str, Path], EngineResult]]

    def availability(self) -> Availability:
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """Raises what the work raises (an InputError for pictures or options that do not fit, OutputError when the
        result cannot be written), ComputeError, ComputeTimeout and ResourceError. Cancelling kills the process."""
        return await attempt.compute.call_with(
            type(self).work,
            (task, model.id, attempt.scratch),
            timeout_s=attempt.timeout_s,
            progress=attempt.progress,
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        """Local work costs nothing and leaves nothing behind: it may be done again."""
        return NeverArrived()

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        """The child process has ended with the attempt."""
        return NeverArrived()
