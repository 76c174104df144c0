"""What the engine of the operator's own try-on network does with a task, in a compute process: load, put on."""

import importlib
import sys
from pathlib import Path
from typing import Any

from bottega.domain.task import EngineResult, Task
from bottega.engines.local.vton_own import Network, allowed
from bottega.engines.local.vton_work import put_on
from bottega.errors import ComputeError, ResourceError


def perform(
    task: Task, model_id: str, scratch: Path, folder: Path, *, accept_noncommercial: bool
) -> EngineResult:
    """The person of the task wearing its garment, by the network declared in `folder`.

    Report: `engine`, `licence`, `commercial_use` (whether the result may be used so) and `category`. Raises what `allowed`,
    `load_network` and `put_on` raise.
    """
    network = allowed(folder, accept_noncommercial=accept_noncommercial)
    report = {
        "engine": network.title,
        "licence": network.licence,
        "commercial_use": not network.forbids_commerce,
    }
    return put_on(task, model_id, scratch, lambda: load_network(network, folder), report=report)


def load_network(network: Network, folder: Path) -> Any:
    """The pipeline that the network's loader gives; modules beside the weights are found first. Raises ResourceError where
    it cannot be imported, ComputeError where loading fails."""
    module, _, name = network.loader.partition(":")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        loader = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ResourceError(
            f"{network.loader} of {network.title} cannot be imported: {error}.",
            hint="Install what its makers' package needs.",
        ) from error
    try:
        return loader(folder)
    except MemoryError:
        raise
    except Exception as error:
        raise ComputeError(f"{network.title} cannot be loaded: {type(error).__name__}: {error}") from error
