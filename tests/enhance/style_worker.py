"""A clip drawn in a process of its own, for killing: `python style_worker.py SOURCE TARGET`. Prints a line a picture."""

import sys
from pathlib import Path

import cv2

from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.works import Style


def main(source: str, target: str) -> None:
    cv2.setNumThreads(1)
    report = enhance_file(
        Path(source),
        Path(target),
        Style("cartoon", faces=False),
        How(resume=True),
        progress=lambda fraction: print(fraction, flush=True),
    )
    print("finished", report["segments_reused"], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
