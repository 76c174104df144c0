"""The largest memory of a program, for benchmarks that start one of its own for it."""

import resource
from pathlib import Path


def largest_megabytes() -> float:
    """Of this process since it began. `ru_maxrss` alone would go on counting what its parent held at that moment."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1024
