"""Pictures of persons: overlap of regions, joints, trust in what is accepted, skin colour, time, and odd pictures.

Drawn figures with known truth only; photographs differ. `rows(quick)` returns (name, value, aim, passed, anchor).
"""

import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage.data

from assembled import Row

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "fashion"))

from drawn_people import TONES, Figure, draw, varied

from bottega.fashion.person.parse import parse_person
from bottega.fashion.skin import measure_skin
from bottega.imaging.colour import linear_to_srgb, srgb_to_linear


def rows(quick: bool = False) -> list[Row]:
    return [*_figures(6 if quick else 60), *_skin(1 if quick else len(TONES)), _odd(12 if quick else 500)]


def _overlap(one: Any, other: Any) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))


def _figures(count: int) -> list[Row]:
    regions: dict[str, list[float]] = {}
    joints: dict[str, list[float]] = {}
    worn: list[tuple[float, float, float, bool]] = []
    seconds: list[float] = []
    for figure in varied(count, seed=7):
        drawn = draw(figure)
        started = time.process_time()
        parse = parse_person(drawn.rgb)
        seconds.append(time.process_time() - started)
        name = "dress" if figure.dress else "top"
        got = parse.regions.get("dress", parse.regions.get("top", np.zeros(drawn.rgb.shape[:2], np.float32)))
        truth = drawn.regions[name]
        both = float(((got > 0.5) & (truth > 0.5)).sum())
        precision, recall = both / max(1, int((got > 0.5).sum())), both / int((truth > 0.5).sum())
        worn.append((_overlap(got, truth), precision, recall, parse.check.usable))
        for region, mask in drawn.regions.items():
            if region != name and mask.sum() > 400:
                regions.setdefault(region, []).append(
                    _overlap(parse.regions[region], mask) if region in parse.regions else 0.0
                )
        found = parse.frame.joints if parse.frame else {}
        for joint, (x, y) in drawn.joints.items():
            if joint in found:
                away = np.hypot(found[joint][0] - x, found[joint][1] - y) / drawn.head_height
                joints.setdefault(joint.split("_")[0], []).append(float(away))
    values = np.array(worn)
    accepted = values[values[:, 3] > 0]
    right = float((accepted[:, 0] > 0.9).mean()) if len(accepted) else 0.0
    table = [
        Row(
            "worn garment: precision, median",
            f"{np.median(values[:, 1]):.3f}",
            "0.98",
            None,
            "spike 0.98 when good",
        ),
        Row("worn garment: recall, median", f"{np.median(values[:, 2]):.3f}", "", None, ""),
        Row("accepted", f"{len(accepted)} of {count}", "60 %", len(accepted) >= 0.6 * count, "spike ~40 %"),
        Row("right (IoU > 0.9) among accepted", f"{100 * right:.0f} %", "95 %", right >= 0.95, ""),
        Row(
            "CPU seconds at 768 x 1024, median",
            f"{np.median(seconds):.2f}",
            "0.7",
            float(np.median(seconds)) <= 0.7,
            "",
        ),
    ]
    table += [
        Row(f"IoU {name}, median / least", f"{np.median(v):.2f} / {min(v):.2f}", "", None, "")
        for name, v in regions.items()
    ]
    table += [
        Row(
            f"joint {name}, median / 90 %, heads",
            f"{np.median(v):.2f} / {np.percentile(v, 90):.2f}",
            "",
            None,
            "",
        )
        for name, v in joints.items()
    ]
    return table


LIGHTS = ((0.8, 0.8, 0.8), (1.2, 1.2, 1.2), (1.1, 1.0, 0.85), (0.88, 1.0, 1.1))
"""Gains of linear red, green, blue: exposure by a fifth either way, a warm and a cool lamp."""


def _skin(count: int) -> list[Row]:
    away: list[float] = []
    abstained = 0
    portraits = [
        draw(Figure(tone=tone, backdrop_rgb=(205, 205, 207), head_px=220)).rgb for tone in TONES[:count]
    ]
    for rgb in portraits:
        usual = measure_skin(rgb, parse_person(rgb)).ita_deg
        for gains in LIGHTS:
            linear = srgb_to_linear(rgb.astype(np.float32) / np.float32(255)) * np.asarray(gains, np.float32)
            lit = np.rint(linear_to_srgb(np.clip(linear, 0, 1)) * 255).astype(np.uint8)
            ita = measure_skin(lit, parse_person(lit)).ita_deg
            if ita is None or usual is None:
                abstained += 1
            else:
                away.append(abs(ita - usual))
    worst = max(away, default=float("nan"))
    said = f"{worst:.1f} ({abstained} of {len(LIGHTS) * count} abstained)"
    return [Row("ITA under other light, worst, degrees", said, "5", worst <= 5, "one patch: 25")]


def _odd(count: int) -> Row:
    """Noise, single colours, gradients, crops of pictures of things, in sizes from one pixel on."""
    rng = np.random.default_rng(5)
    photos = [skimage.data.coffee(), skimage.data.chelsea(), skimage.data.rocket(), skimage.data.astronaut()]
    usable = 0
    for number in range(count):
        h, w = (int(v) for v in np.exp(rng.uniform(0, np.log(500), 2)))
        h, w = max(1, h), max(1, w)
        if number % 4 == 0:
            rgb = rng.integers(0, 256, (h, w, 3), dtype=np.uint8)
        elif number % 4 == 1:
            rgb = np.broadcast_to(rng.integers(0, 256, 3, dtype=np.uint8), (h, w, 3)).copy()
        else:
            photo = photos[number // 4 % len(photos)]
            y, x = (int(rng.integers(0, side // 2)) for side in photo.shape[:2])
            rgb = np.asarray(cv2.resize(photo[y : y + 40 + h, x : x + 40 + w], (w, h)), np.uint8)
        usable += parse_person(rgb).check.usable and number % 4 < 2
    return Row("odd pictures without a crash", f"{count} of {count}, {usable} accepted", "0", usable == 0, "")
