"""Frame interpolation: made frames against true ones, beside repeating, blending and ffmpeg's minterpolate, and their cost.

`rows(quick)` returns (name, value, aim, passed, anchor). `python benchmarks/enhance_parts/interpolate.py` prints a line for
each scene and method; `--middlebury DIR` adds the "other" sequences of the Middlebury flow benchmark where DIR has
folders with frame10.png, frame10i11.png and frame11.png. minterpolate is measured where the program `ffmpeg` is there.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row

sys.path.insert(0, str(Path(__file__).parent))
from interpolate_scenes import Scene, clips, stills

from bottega.enhance.interpolate import How, Rate, between, retime

PRESETS = ("fast", "medium", "full")
RIVAL = "minterpolate"
METHODS = ("duplicate", "blend", RIVAL, *PRESETS)
GIVEN = 7
"""Frames of a scene that are given, two units of time apart; what lies between those in the middle is made."""
MADE = (5, 7)


class Score(NamedTuple):
    """Mean absolute error of 8 bit values, PSNR in dB of RGB, SSIM (Wang et al. 2004) of luma, CPU ms a frame."""

    mae: float
    psnr: float
    ssim: float
    cpu_ms: float


def rows(quick: bool = False, middlebury: Path | None = None) -> list[Row]:
    _warm_up()
    scenes = stills()[::7] if quick else [*stills(), *clips()]
    table = {scene.name: measured(scene) for scene in scenes}
    found = [_against_rival(table, preset) for preset in PRESETS]
    if middlebury is not None:
        found += [_published(middlebury, preset) for preset in PRESETS]
    return [*found, _rate(5 if quick else 9)]


def measured(scene: Scene) -> dict[str, Score]:
    """Scores of every method that is there, means over the frames `MADE`."""
    frames = {moment: scene.frame(float(moment)) for moment in range(2 * GIVEN - 1)}
    made = {method: _scored(frames, maker) for method, maker in _makers().items()}
    if shutil.which("ffmpeg"):
        made[RIVAL] = _rival(frames)
    return {method: made[method] for method in METHODS if method in made}


def _warm_up() -> None:
    """Compiled loops are loaded before anything is timed."""
    scene = stills()[0]
    between(scene.frame(0.0), scene.frame(2.0), 0.5)


Maker = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _makers() -> dict[str, Maker]:
    def own(preset: str) -> Maker:
        return lambda a, b: between(a, b, 0.5, preset=preset).frame

    return {
        "duplicate": lambda a, _: a,
        "blend": lambda a, b: cv2.addWeighted(a, 0.5, b, 0.5, 0),
        **{preset: own(preset) for preset in PRESETS},
    }


def _scored(frames: dict[int, np.ndarray], maker: Maker) -> Score:
    scores: list[Score] = []
    for moment in MADE:
        start = time.process_time()
        made = maker(frames[moment - 1], frames[moment + 1])
        took = time.process_time() - start
        scores.append(compared(made, frames[moment], 1000 * took))
    return mean(scores)


def compared(made: np.ndarray, true: np.ndarray, cpu_ms: float = 0.0) -> Score:
    apart = made.astype(np.float64) - true
    greys = [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (made, true)]
    similar = structural_similarity(
        *greys, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    psnr = 10 * np.log10(255**2 / max(float(np.mean(apart**2)), 1e-9))
    return Score(float(np.abs(apart).mean()), float(psnr), float(similar), cpu_ms)


def mean(scores: list[Score]) -> Score:
    return Score(*(float(each) for each in np.mean(scores, axis=0)))


def _rival(frames: dict[int, np.ndarray]) -> Score:
    """ffmpeg's default motion-compensated mode; its cuts are off, since here are none."""
    height, width = frames[0].shape[:2]
    given = b"".join(frames[moment].tobytes() for moment in sorted(frames) if moment % 2 == 0)
    shape = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-threads",
        "1",
        *shape,
        "-s",
        f"{width}x{height}",
        "-r",
        "25",
        "-i",
        "-",
    ]
    plain = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run(
        [*command, "-vf", "minterpolate=fps=50:mi_mode=mci:scd=none", *shape, "-"],
        input=given,
        capture_output=True,
        check=True,
    ).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - plain.ru_utime - plain.ru_stime
    made = np.frombuffer(answer, np.uint8).reshape(-1, height, width, 3)
    # Its first frame is the first given one, so output number n is the frame at n units of time.
    return mean([compared(made[moment], frames[moment], 2000 * took / len(made)) for moment in MADE])


def _against_rival(table: dict[str, dict[str, Score]], preset: str) -> Row:
    own = mean([scores[preset] for scores in table.values()])
    means = {
        method: mean([scores[method] for scores in table.values()])
        for method in METHODS[:3]
        if all(method in scores for scores in table.values())
    }
    worse = [
        f"{name} {scores[preset].mae:.2f} > {rival} {scores[rival].mae:.2f}"
        for name, scores in table.items()
        for rival in ("blend", RIVAL)
        if rival in scores and scores[preset].mae > scores[rival].mae
    ]
    return Row(
        f"mean absolute error, {len(table)} scenes, {preset}",
        f"{own.mae:.2f} ({own.psnr:.2f} dB, SSIM {own.ssim:.4f})",
        f"no scene worse than blend or {RIVAL}",
        not worse if RIVAL in means else None,
        "; ".join(
            [*(f"{name} {score.mae:.2f} ({score.psnr:.2f} dB)" for name, score in means.items()), *worse]
        ),
    )


def _published(folder: Path, preset: str) -> Row:
    scores: list[Score] = []
    for sequence in sorted(each for each in folder.iterdir() if (each / "frame10i11.png").is_file()):
        a, true, b = (
            np.asarray(Image.open(sequence / f"{name}.png").convert("RGB"))
            for name in ("frame10", "frame10i11", "frame11")
        )
        scores.append(compared(between(a, b, 0.5, preset=preset).frame, true))
    if not scores:
        return Row(f"Middlebury, {preset}", "no sequences found", "2.20", False, str(folder.name))
    found = mean(scores)
    return Row(
        f"Middlebury, {len(scores)} sequences, mean absolute error, {preset}",
        f"{found.mae:.2f} ({found.psnr:.2f} dB, SSIM {found.ssim:.3f})",
        "2.20",
        found.mae <= 2.2,
        "minterpolate 2.90, SepConv 2.27, CAIN 2.28, RIFE 1.96",
    )


def _rate(frames: int) -> Row:
    """A 720p clip of some frames at twice its rate: CPU seconds of the whole stream, detection of cuts and repeats included."""
    scene = clips()[0]
    clip = [(Fraction(index, 25), scene.frame(2.0 * index)) for index in range(frames)]
    list(retime(clip[:2], Rate(factor=Fraction(2)), How(preset="fast")))
    cpu, wall = time.process_time(), time.perf_counter()
    made = [each for each in retime(clip, Rate(factor=Fraction(2)), How(preset="fast")) if each.step.t]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Row(
        "720p, twice the rate, fast, CPU ms for each made frame",
        f"{1000 * cpu / len(made):.0f}",
        "200, which is 10 frames a second on two cores",
        cpu / len(made) <= 0.2,
        f"{len(made) / wall:.1f} frames a second on the clock here, {cpu / wall:.2f} cores",
    )


def _print_table(scenes: list[Scene]) -> None:
    _warm_up()
    print(f"{'scene':22} {'method':13} {'MAE':>6} {'PSNR':>6} {'SSIM':>6} {'CPU ms':>7}")
    for scene in scenes:
        for method, score in measured(scene).items():
            print(
                f"{scene.name:22} {method:13} {score.mae:6.2f} {score.psnr:6.2f} {score.ssim:6.4f} {score.cpu_ms:7.0f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--middlebury", type=Path, help="folder of the 'other' colour sequences")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--scenes", action="store_true", help="a line for each scene and method")
    asked = parser.parse_args()
    if asked.scenes:
        _print_table(stills()[::7] if asked.quick else [*stills(), *clips()])
        return
    for row in rows(asked.quick, asked.middlebury):
        verdict = {True: "met", False: "MISSED", None: "-"}[row.passed]
        print(" | ".join([row.name, row.value, f"aim {row.aim}", verdict, row.anchor]))


if __name__ == "__main__":
    main()
