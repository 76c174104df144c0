"""Raster engraving: tone error under the simulated beam, dither speed, G-code of a photograph, time, fuzz.

`rows(quick)` returns (name, value, aim, passed, anchor).
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import skimage.data
from PIL import Image

from assembled import Row
from bottega.errors import InvalidOption
from bottega.laser.burn import coverage, coverage_of_round_dots
from bottega.laser.dither import GREY, METHODS, dither
from bottega.laser.job import EngraveSettings, dithered, engrave
from bottega.laser.materials import library
from bottega.laser.size import grid_for
from bottega.laser.tone import fit_to_grid, luminance, tone_error

PHOTOS = ("camera", "astronaut", "coffee", "rocket", "moon", "clock")


def rows(quick: bool = False) -> list[Row]:
    photos = PHOTOS[:3] if quick else PHOTOS
    return [*_tones(photos), *_speeds(), *_gcode(), *_whole_job(), _fuzz(40 if quick else 1000)]


def _tones(photos: tuple[str, ...]) -> list[Row]:
    found: list[Row] = []
    for beam in (1.0, 1.33, 1.67, 2.0):
        joined, round_dots, plain = [], [], []
        for name in photos:
            picture = luminance(getattr(skimage.data, name)())
            wanted = fit_to_grid(picture, grid_for(picture.shape[1], picture.shape[0], width_mm=50))
            dots, burnt = dithered(wanted, "jarvis", beam)
            joined.append(tone_error(burnt, wanted))
            round_dots.append(tone_error(coverage_of_round_dots(dots, beam), wanted))
            plain.append(tone_error(coverage(dither(wanted, "jarvis"), beam), wanted))
        anchor = f"plain Jarvis {np.median(plain):.1f}"
        worst = max(joined)
        found.append(Row(f"tone error, beam {beam} x pitch, worst", f"{worst:.2f}", "4", worst <= 4, anchor))
        if beam > 1.1:
            worst = max(round_dots)
            found.append(
                Row(f"the same, separate round dots, {beam}", f"{worst:.2f}", "4", worst <= 4, anchor)
            )
    return found


def _best(work: Callable[[], Any], times: int = 5) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


def _speeds() -> list[Row]:
    picture = Image.fromarray(skimage.data.camera()).resize((2000, 2000))
    grey = np.asarray(picture, np.float32) / 255
    pillow = 4 / _best(lambda: picture.convert("1"))
    found: list[Row] = []
    for method in ("floyd-steinberg", "jarvis", "stucki"):
        dither(grey[:8, :8].copy(), method)
        speed = 4 / _best(lambda m=method: dither(grey, m))
        passed = speed >= 40 or speed / pillow >= 0.4
        found.append(
            Row(f"{method}, Mpx/s", f"{speed:.0f}", "40 or 0.4 x Pillow", passed, f"Pillow {pillow:.0f}")
        )
    return found


def _gcode() -> list[Row]:
    settings = EngraveSettings(width_mm=50, interval_mm=0.1, speed_mm_min=6000)
    report = engrave(skimage.data.camera(), settings).report
    size = report["gcode_bytes"] / 1e6
    return [
        Row("G-code of a 50 mm photo, MB", f"{size:.2f}", "1.10", size <= 1.1, "MeerK40t 3.02"),
        Row(
            "constant speed while burning",
            str(report["constant_speed"]),
            "True",
            report["constant_speed"],
            "",
        ),
        Row("its faults", str(report["gcode_errors"]), "0", report["gcode_errors"] == 0, ""),
    ]


def _whole_job() -> list[Row]:
    settings = EngraveSettings(width_mm=100, interval_mm=0.1)
    took = _best(lambda: engrave(skimage.data.camera(), settings), 2)
    return [Row("picture to G-code, 100 mm at 0.1 mm, s", f"{took:.2f}", "3", took <= 3, "")]


def _fuzz(jobs: int) -> Row:
    rng = np.random.default_rng(11)
    known = library()
    made = invalid = 0
    for _ in range(jobs):
        side = rng.integers(2, 80, 2)
        settings = EngraveSettings(
            material=str(rng.choice([item.id for item in known.material])),
            machine=str(rng.choice([item.id for item in known.machine])),
            width_mm=float(rng.uniform(1, 30)),
            interval_mm=float(rng.uniform(0.08, 0.5)),
            power_percent=float(rng.uniform(0.1, 100)),
            speed_mm_min=float(10 ** rng.uniform(0, 4.2)),
            dither=str(rng.choice([*METHODS, GREY])),
            bed_width_mm=float(rng.uniform(20, 400)),
            bed_height_mm=float(rng.uniform(20, 400)),
        )
        try:
            report = engrave(rng.integers(0, 256, side).astype(np.uint8), settings).report
        except InvalidOption:
            continue
        made += 1
        faulty = report["gcode_errors"] or report["longest_line"] > 79 or not report["constant_speed"]
        invalid += bool(faulty)
    return Row(f"random jobs, invalid of {made} made ({jobs} asked)", str(invalid), "0", invalid == 0, "")
