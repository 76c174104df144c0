"""Writes RESULTS.md: a row for each run from its log, and what the shipped networks make of the pictures held out.

`PYTHONPATH=src python training/superres/results.py --data PICTURES [RUN ...] [RUN=START ...]`; START says what the run began with.
Rows of runs that are not given stay as they are. The second table is measured anew each time.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from data import HELD_OUT, load, luma
from numpy.typing import NDArray

from bottega.enhance.superres import enlarge
from bottega.enhance.superres.ladder import Tier
from bottega.enhance.superres.luma_net import LumaNet
from bottega.enhance.superres.resample import imresize_u8

FILE = Path(__file__).parent / "RESULTS.md"
HEADER = """# What the shipped networks reached

Written by `results.py`. PSNR-Y in dB on the {count} pictures held out of training
({names}), whole, by the literature's protocol (antialiased bicubic to 8 bits, luma in [16, 235], border of the factor
left out); the picture's bicubic enlargement beside it.

## The runs

Steps and minutes are what the run took on a machine that it shared; processor minutes are of its one thread. A run that began
with a network continues its training; steps and minutes are of the continuation alone.

"""
RUNS_HEAD = """| factor | channels x depth | weights | began with | steps | minutes | processor minutes | bicubic | network | gain | each picture |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
TIERS_HEAD = """
## What `enlarge` makes of them

RGB in, RGB of 8 bits out, with colour, anchor and gate, at the default faithfulness; beside it the luma network alone, as a run's log
measures it. The mean over the pictures.

| factor | bicubic | classical | small network alone | fast | network alone | balanced | best |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
SHIPPED_TIERS: tuple[Tier, ...] = ("classical", "fast", "balanced", "best")


def row(run: Path, start: str) -> str:
    lines: list[dict[str, Any]] = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    recipe = state["recipe"]
    bicubic, last = lines[0], lines[-1]
    width, depth, square = recipe["width"], recipe["depth"], recipe["scale"] ** 2
    weights = 26 * width + depth * (9 * width + 1) * width + (9 * width + 1) * square + 25 * square
    cells = [
        f"x{recipe['scale']}",
        f"{width} x {depth}",
        f"{weights:,}",
        start,
        f"{last['step']:,}",
        f"{last['minutes']:.0f}",
        f"{processor_minutes(lines):.0f}",
        f"{bicubic['held_out_db']:.2f}",
        f"{last['held_out_db']:.2f}",
        f"{last['held_out_db'] - bicubic['held_out_db']:+.2f}",
        ", ".join(f"{figure:.2f}" for figure in last["each_db"]),
    ]
    return "| " + " | ".join(cells) + " |"


def processor_minutes(lines: list[dict[str, Any]]) -> float:
    """Over all processes of a run that was interrupted: the clock falls where a new one began."""
    total = 0.0
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if following is None or following["cpu_minutes"] < line["cpu_minutes"]:
            total += line["cpu_minutes"]
    return total


def network_of(line: str) -> tuple[str, ...]:
    """Factor, shape, weights, start: what a row is about."""
    return tuple(line.split(" | ")[:4])


def kept_rows() -> list[str]:
    text = FILE.read_text() if FILE.exists() else ""
    return [line for line in text.splitlines() if line.startswith("| x") and line.count(" | ") == 10]


def tiers_row(pictures: dict[str, NDArray[np.uint8]], factor: int) -> str:
    found: dict[str, list[float]] = {}
    for name in HELD_OUT:
        height, width = (side // factor * factor for side in pictures[name].shape[:2])
        picture = pictures[name][:height, :width]
        small = imresize_u8(picture, (width // factor, height // factor))
        made = {"bicubic": luma(imresize_u8(small, (width, height)))}
        for tier in SHIPPED_TIERS:
            made[tier] = luma(enlarge(small, factor, tier=tier, threads=1).pixels)
        for kind in (False, True):
            net = LumaNet(factor, small=kind, threads=1)
            made["small alone" if kind else "alone"] = net(np.pad(luma(small), net.radius, mode="symmetric"))
        for label, large in made.items():
            found.setdefault(label, []).append(psnr_y(large, luma(picture), factor))
    order = ("bicubic", "classical", "small alone", "fast", "alone", "balanced", "best")
    return f"| x{factor} | " + " | ".join(f"{np.mean(found[label]):.2f}" for label in order) + " |"


def psnr_y(made: NDArray[np.float32], wanted: NDArray[np.float32], border: int) -> float:
    inside = (slice(border, -border), slice(border, -border))
    made_8, true_8 = (np.rint(16 + 219 * np.clip(image[inside], 0, 1)) for image in (made, wanted))
    return float(10 * np.log10(255**2 / np.mean((made_8 - true_8) ** 2)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("runs", nargs="*")
    asked = parser.parse_args()
    rows = {network_of(line): line for line in kept_rows()}
    for run in asked.runs:
        folder, _, start = run.partition("=")
        line = row(Path(folder), start or "-")
        rows[network_of(line)] = line
    pictures = load(asked.data)
    text = HEADER.format(count=len(HELD_OUT), names=", ".join(HELD_OUT)) + RUNS_HEAD
    text += "".join(f"{rows[network]}\n" for network in sorted(rows))
    text += TIERS_HEAD + "".join(f"{tiers_row(pictures, factor)}\n" for factor in (2, 3, 4))
    FILE.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
