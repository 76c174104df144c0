"""The way down and previews: every fault against every fallback, and what a crop of a large picture costs.

`rows(quick)` returns (name, value, aim, passed, anchor). `python benchmarks/enhance_parts/ladder.py [--quick]` prints them.
"""

import argparse
import itertools
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row
from bottega.enhance.ladder import Deadline, Engine, Fault, Policy, Samples, Setting, climb_down
from bottega.enhance.preview_cache import Box, enhanced, preview
from bottega.enhance.works import Upscale


def rows(quick: bool = False) -> list[Row]:
    return [_matrix(2 if quick else 20), *_previews(quick)]


# --- faults --------------------------------------------------------------------------------------------------------------

Made = tuple[Samples, dict[str, Any]]


def _engine(fault: Fault | None, source: Samples, kind: Any) -> Engine:
    """One that fails in that way, or does the work."""

    def run(setting: Setting, deadline: Deadline) -> Made:
        match fault:
            case Fault.INFERENCE:
                np.linalg.inv(np.zeros((2, 2)))
            case Fault.RESOURCE:
                np.empty((1 << 46, 1 << 10))
            case Fault.OUTPUT:
                return np.zeros_like(source), {}
            case Fault.TIMEOUT:
                deadline.stop.wait()
                deadline.check()
            case _:
                pass
        return source[::-1].copy(), {}

    def load(setting: Setting) -> None:
        if fault is Fault.MODEL_LOADING:
            np.load("there is no such file.npy")

    abilities: dict[str, Any] = {
        "tile": 128,
        "devices": ("cuda", "cpu"),
        "precisions": ("float16", "float32"),
    }
    return Engine(f"{fault}", run, kind, load, **abilities)


def _matrix(times: int) -> Row:
    """Three engines, each failing in each of five ways or not at all; an unusable input is the caller's."""
    policy = Policy(seconds=0.002, retries=2, backoff=0, sleep=lambda seconds: None)
    rng = np.random.default_rng(7)
    ways = [None, *(fault for fault in Fault if fault is not Fault.INPUT)]
    runs = sound = 0
    for _ in range(times):
        source = rng.integers(40, 200, (24, 24, 3)).astype(np.uint8)
        for chosen in itertools.product(ways, repeat=3):
            kinds = ("model", "model", "classical")
            engines = [_engine(fault, source, kind) for fault, kind in zip(chosen, kinds, strict=True)]
            outcome = climb_down(source, engines, policy)
            original = outcome.state == "original"
            right = source if original else source[::-1]
            # A busy machine may run out of the short time in any engine: that is a fault, and told as one.
            told = bool(outcome.steps) or not (original or chosen[0])
            runs += 1
            sound += np.array_equal(outcome.pixels, right) and told and (original or None in chosen)
    return Row(
        "fault injections that end in a defined, told state, none black",
        f"{sound} of {runs}",
        "all",
        sound == runs,
        "Real-ESRGAN: crash after the message",
    )


# --- previews ------------------------------------------------------------------------------------------------------------


def _previews(quick: bool) -> list[Row]:
    face = skimage.data.astronaut()
    large = np.tile(face, (3, 2, 1) if quick else (6, 8, 1))
    box, work = Box(700, 900, 256, 256), Upscale(2, threads=1)
    preview(face, work, Box(0, 0, 32, 32))  # loads the libraries
    started = time.process_time()
    seen = preview(large, work, box)
    seconds = time.process_time() - started
    started = time.process_time()
    whole, _ = enhanced(large, work)
    all_of_it = time.process_time() - started
    same = np.array_equal(
        seen.outcome.pixels,
        whole.pixels[2 * box.top : 2 * (box.top + 256), 2 * box.left : 2 * (box.left + 256)],
    )
    size = f"{large.shape[1] * large.shape[0] / 1e6:.1f} megapixels"
    return [
        Row(
            f"crop of 256 x 256 of {size}, x2",
            f"{seconds:.2f} CPU s",
            "< 1 s",
            seconds < 1,
            f"{all_of_it:.1f} for all",
        ),
        Row("its pixels are the final run's", "all" if same else "not all", "all", same, ""),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    for row in rows(parser.parse_args().quick):
        print(f"{row.name}: {row.value} (aim {row.aim}; {row.anchor})", "" if row.passed else "MISSED")
