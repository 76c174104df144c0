"""The engine of the enhance studio: pictures enlarged by networks, stills brought to motion, clips made better.

What it can do and what that needs is the catalogue's; the computing itself is left to the `..._work` modules.
"""

from pathlib import Path

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine
from bottega.errors import InvalidOption

OPERATIONS = ("enhance", "animate", "enhance_video")


def run_enhance(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """What the child process calls. Raises InvalidOption for operations that are not in `OPERATIONS`, and what they
    raise."""
    if task.operation == "enhance":
        from bottega.engines.local.classical_work import perform
    elif task.operation == "animate":
        from bottega.engines.local.camera_moves_work import perform
    elif task.operation == "enhance_video":
        from bottega.engines.local.enhance_video_work import perform
    else:
        raise InvalidOption(f"The enhance engine cannot do {task.operation!r}.")
    return perform(task, model_id, scratch)


class EnhanceEngine(ChildProcessEngine):
    """Clips need the extra `video`; without it their tasks raise ResourceError that says so."""

    name = "enhance"
    work = staticmethod(run_enhance)
