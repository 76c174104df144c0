"""The geometric engine of the fashion studio: a garment put on a person without networks, as a preview, or a refusal.

What it can do is the catalogue's; the computing itself is `fashion_work`'s.
"""

from pathlib import Path

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine
from bottega.engines.local.geometric import NAME


def run_tryon(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.fashion_work import perform

    return perform(task, model_id, scratch)


class GeometricEngine(ChildProcessEngine):
    """Shows one top, jacket, dress, skirt or pair of trousers on one person seen from the front; refuses the rest."""

    name = NAME
    work = staticmethod(run_tryon)
