"""The stylist: colours and proportions read from a photograph, and looks composed of what one has and what shops offer.

What it can do is the catalogue's; the computing itself is `stylist_work`'s.
"""

from pathlib import Path

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine


def run_stylist(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.stylist_work import perform

    return perform(task, model_id, scratch)


class StylistEngine(ChildProcessEngine):
    """Answers with a picture and a report; nothing leaves the machine."""

    name = "stylist"
    work = staticmethod(run_stylist)
