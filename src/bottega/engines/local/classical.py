"""The engine of classical image processing: enhancing, styles and edits by the studios' functions, in child processes.

What it can do and what that needs is the catalogue's; the computing itself is `classical_work`'s.
"""

from pathlib import Path

from bottega.domain.task import EngineResult, Task
from bottega.engines.protocol import USABLE, Attempt, Availability, NeverArrived, Reconciliation
from bottega.models import Model


class ClassicalEngine:
    """Performs every task whose operation `classical_work` knows; needs nothing but the base install."""

    name = "classical"
    local = True

    def availability(self) -> Availability:
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """Raises what the work raises (an InputError for pictures or options that do not fit, OutputError when the
        result cannot be written), ComputeError, ComputeTimeout and ResourceError. Cancelling kills the process."""
        return await attempt.compute.call_with(
            run_classical,
            (task, model.id, attempt.scratch),
            timeout_s=attempt.timeout_s,
            progress=attempt.progress,
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        """Local work costs nothing and leaves nothing behind: it may be done again."""
        return NeverArrived()


def run_classical(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """What the child process calls. The server's process never loads the libraries that the work imports."""
    from bottega.engines.local.classical_work import perform

    return perform(task, model_id, scratch)
