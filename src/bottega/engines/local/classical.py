"""The engine of classical image processing: enhancing, styles and edits by the studios' functions.

What it can do and what that needs is the catalogue's; the computing itself is `classical_work`'s.
"""

from pathlib import Path

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine


def run_classical(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.classical_work import perform

    return perform(task, model_id, scratch)


class ClassicalEngine(ChildProcessEngine):
    """Performs every task whose operation `classical_work` knows."""

    name = "classical"
    work = staticmethod(run_classical)
