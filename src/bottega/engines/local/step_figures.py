"""What a step of local work took: wall time, processor time and memory, for the report of a job."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


@contextmanager
def measured(steps: list[dict[str, Any]], name: str) -> Generator[None]:
    """Adds to `steps`, when the block ends without an error: `step` (its name), `seconds`, `cpu_seconds` (of all threads),
    and `peak_mb` (2^20 bytes), the most memory that the process has held so far, where the system tells."""
    began, used = time.perf_counter(), time.process_time()
    yield
    figures: dict[str, Any] = {
        "step": name,
        "seconds": round(time.perf_counter() - began, 3),
        "cpu_seconds": round(time.process_time() - used, 3),
    }
    if (peak := _peak_mb()) is not None:
        figures["peak_mb"] = peak
    steps.append(figures)


def _peak_mb() -> float | None:
    """None on Windows, whose Python has no `resource`."""
    try:
        import resource
    except ImportError:
        return None
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # getrusage(2): kilobytes on Linux, bytes on macOS.
    return round(held / 2**20 if sys.platform == "darwin" else held / 2**10, 1)
