"""What a workflow does to the pictures of any engine before they are kept. The work runs in a compute process."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

from bottega.domain.asset import Provenance
from bottega.domain.task import EngineResult, Task
from bottega.workflows.protocol import Workflow

Finish = Callable[[Task, EngineResult, Path, Provenance], EngineResult]
"""A module-level function: the task, what the engine made of it, a folder for new files, what is written into them.
It returns the result with the files that it made before those of the engine, and says in the report what it did."""


@runtime_checkable
class Finishes(Protocol):
    """A workflow whose results are worked on."""

    def finisher(self, task: Task) -> Finish | None:
        """None where there is nothing to do."""
        ...


def finisher_of(workflow: Workflow | None, task: Task) -> Finish | None:
    """What is done to results of `task`, where its workflow does anything to them."""
    return workflow.finisher(task) if isinstance(workflow, Finishes) else None
