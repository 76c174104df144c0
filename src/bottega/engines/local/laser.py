"""The engine of the laser studio: engraving jobs.

What it can do is the catalogue's; the computing itself is `laser_work`'s.
"""

from pathlib import Path

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine


def run_laser(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.laser_work import perform

    return perform(task, model_id, scratch)


class LaserEngine(ChildProcessEngine):
    """Makes G-code, SVG and previews. It moves no machine."""

    name = "laser"
    work = staticmethod(run_laser)
