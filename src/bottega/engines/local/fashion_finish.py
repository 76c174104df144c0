"""Any engine's try-on before it is kept: what does not belong to the garment is put back as the photograph has it.

The computing is `fashion_finish_work`'s; this module is loaded by the server's process and stays light.
"""

from pathlib import Path

from bottega.domain.asset import Provenance
from bottega.domain.task import EngineResult, Task


def put_back_untouched(
    task: Task, result: EngineResult, scratch: Path, provenance: Provenance
) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.fashion_finish_work import perform

    return perform(task, result, scratch, provenance)
