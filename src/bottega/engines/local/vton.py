"""The engine of try-on networks whose weights the user brings: FASHN VTON v1.5, run by its makers' own package.

Bottega loads nothing down. The package `fashn_vton` (Apache-2.0) and the weights are the user's to install; what is
missing is said by `availability`. The work itself is `vton_work`'s, the reading of the weight files `vton_weights`'s.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.child import ChildProcessEngine
from bottega.engines.protocol import USABLE, Attempt, Availability
from bottega.errors import InputError
from bottega.models import Model
from bottega.settings import Settings

PACKAGE: Final = "fashn_vton"
WEIGHTS: Final = Path("weights") / "fashn-vton-1.5"
"""Below BOTTEGA_HOME; a link to another folder will do."""


def run_vton(task: Task, model_id: str, scratch: Path, weights: Path) -> EngineResult:
    """What the child process calls."""
    from bottega.engines.local.vton_work import perform

    return perform(task, model_id, scratch, weights)


class VtonEngine(ChildProcessEngine):
    """Puts a garment on a person by a diffusion network on this machine; nothing leaves it."""

    name = "vton"

    def __init__(self, settings: Settings) -> None:
        self.weights = settings.home_dir / WEIGHTS

    def availability(self) -> Availability:
        """Says which of package, extra and weights is missing; reads the headers of the weight files only."""
        missing = [package for package in (PACKAGE, "torch") if find_spec(package) is None]
        if missing:
            are = "is" if len(missing) == 1 else "are"
            return Availability(
                usable=False,
                reason=f"{' and '.join(missing)} {are} not installed",
                hint="Install bottega[networks] and, from its makers, FASHN VTON v1.5 (github.com/fashn-AI/fashn-vton-1.5).",
            )
        from bottega.engines.local.vton_weights import check_folder

        try:
            check_folder(self.weights)
        except InputError as error:
            return Availability(usable=False, reason=error.message, hint=error.hint)
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """Raises what `vton_work.perform` raises, ComputeError, ComputeTimeout and ResourceError."""
        return await attempt.compute.call_with(
            run_vton,
            (task, model.id, attempt.scratch, self.weights),
            timeout_s=attempt.timeout_s,
            progress=attempt.progress,
        )
