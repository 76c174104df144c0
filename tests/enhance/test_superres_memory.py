"""The memory that a picture larger than any screen is enlarged in, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from superres_pictures import photograph

# The largest memory of this program alone: `ru_maxrss` would go on counting what its parent held when it began.
ENLARGE = """
import sys
import numpy as np
from bottega.enhance.superres import Strips
source = np.memmap(sys.argv[1], dtype=np.uint8, mode="r", shape=(960, 9600, 3))
strips = Strips(source, 2)
rows = sum(len(strip) for strip in strips)
lines = open("/proc/self/status").read().splitlines()
print(rows, next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")))
"""


@pytest.mark.slow
def test_a_picture_of_9600_pixels_across_is_enlarged_within_a_gigabyte(tmp_path: Path) -> None:
    """Height costs nothing but time: bands of a few hundred rows are all that is held."""
    file = tmp_path / "wide.raw"
    file.write_bytes(np.tile(photograph(), (4, 40, 1)).tobytes())
    command = [sys.executable, "-c", ENLARGE, str(file)]
    rows, kilobytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(rows) == 1920
    assert int(kilobytes) < 1024**2
