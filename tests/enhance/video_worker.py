"""A clip through slow work in a process of its own, for killing: `python video_worker.py SOURCE TARGET FOLDER KEEP`.

Prints a line after each picture, and reads one before it goes on, so that who kills it is never too late; where there is
nothing to read (the end of the file) it goes on at once. KEEP 1: every picture is kept as soon as it is made.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from bottega.enhance.video import EncodeSettings, transform


def slow_work(pixels: np.ndarray) -> np.ndarray:
    """Twice the size, and some milliseconds of computing; the same for the same picture."""
    large = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    for _ in range(3):
        large = cv2.bilateralFilter(large, 5, 30, 30)
    return large


def settings(keep: bool) -> EncodeSettings:
    return EncodeSettings(segment_frames=6, checkpoint_seconds=0.0 if keep else 5.0)


def say_and_wait(done: int, _: int) -> None:
    print(done, flush=True)
    sys.stdin.readline()


def main(source: str, target: str, folder: str, keep: str) -> None:
    cv2.setNumThreads(1)
    report = transform(
        Path(source),
        Path(target),
        slow_work,
        settings(keep == "1"),
        work_dir=Path(folder),
        identity="slow work",
        resume=True,
        progress=say_and_wait,
    )
    print("finished", report.segments_reused, report.frames_reused, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
