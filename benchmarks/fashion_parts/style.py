"""Style analysis: repeatability of skin, undertone and season under other light, proportions, and calibration of sizes.

Drawn figures with known truth and one portrait; people differ. `rows(quick)` returns (name, value, aim, passed, anchor).
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data

from assembled import Row

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "fashion"))

from drawn_people import TONES, Figure, draw

from bottega.fashion.person.parse import parse_person
from bottega.fashion.size.advice import advise_size
from bottega.fashion.size.charts import chart_for
from bottega.fashion.size.values import Measurements
from bottega.fashion.style.analyse import analyse_style
from bottega.fashion.style.values import StyleAnalysis
from bottega.imaging.colour import linear_to_srgb, srgb_to_linear

LIGHTS = (
    (0.8, 0.8, 0.8), (1.2, 1.2, 1.2), (1.1, 1.0, 0.85), (0.88, 1.0, 1.1), (1.2, 1.0, 0.7), (0.8, 1.0, 1.2), (0.9, 0.8, 0.65),
    (1.4, 1.0, 0.35), (0.5, 1.0, 1.3),
)  # fmt: skip
"""Gains of linear red, green, blue: exposure by a fifth either way, warm and cool lamps, and strongly coloured ones."""


def rows(quick: bool = False) -> list[Row]:
    return [
        *_light(1 if quick else len(TONES), LIGHTS[:4] if quick else LIGHTS),
        *_shapes(2 if quick else 12),
        _sizes(400 if quick else 4000),
    ]


def _lit(rgb: Any, gains: tuple[float, float, float]) -> Any:
    linear = srgb_to_linear(rgb.astype(np.float32) / np.float32(255)) * np.asarray(gains, np.float32)
    return np.rint(linear_to_srgb(np.clip(linear, 0, 1)) * 255).astype(np.uint8)


def _light(tones: int, lights: tuple[tuple[float, float, float], ...]) -> list[Row]:
    hair = ((28, 24, 24), (70, 48, 36), (150, 115, 70))
    portraits = [
        draw(
            Figure(
                tone=TONES[(2 * number) % len(TONES)],
                hair_rgb=hair[number % 3],
                backdrop_rgb=(205, 205, 207),
                head_px=200,
            )
        ).rgb
        for number in range(tones)
    ]
    portraits.append(skimage.data.astronaut())
    away: list[float] = []
    same: list[bool] = []
    shift: list[float] = []
    abstained, seconds = 0, []
    for rgb in portraits:
        usual = analyse_style(rgb)
        for gains in lights:
            lit = _lit(rgb, gains)
            person = parse_person(lit)
            started = time.process_time()
            other = analyse_style(lit, person)
            seconds.append(time.process_time() - started)
            if usual.color_analysis.ita_deg is None or other.color_analysis.ita_deg is None:
                abstained += 1
                continue
            away.append(abs(other.color_analysis.ita_deg - usual.color_analysis.ita_deg))
            same.append(other.color_analysis.season == usual.color_analysis.season)
            shift.append(_moved(usual, other))
    count = len(portraits) * len(lights)
    worst = max(away, default=float("nan"))
    stable = 100 * sum(same) / max(1, len(same))
    return [
        Row("ITA under other light, worst, degrees", f"{worst:.1f}", "5", worst <= 5, "one patch: 25"),
        Row("pictures it abstains on", f"{abstained} of {count}", "", None, ""),
        Row("season label the same", f"{stable:.0f} %", "90 %", stable >= 90, "no open analyser reports it"),
        Row(
            "season probabilities moved, worst",
            f"{max(shift, default=float('nan')):.2f}",
            "",
            None,
            "total variation",
        ),
        Row("CPU seconds after the parse, median", f"{np.median(seconds):.2f}", "", None, ""),
    ]


def _moved(one: StyleAnalysis, other: StyleAnalysis) -> float:
    """Total variation between the two analyses' probabilities of seasons."""
    a, b = one.color_analysis.seasons, other.color_analysis.seasons
    return sum(abs(a[name] - b.get(name, 0.0)) for name in a) / 2


def _shapes(count: int) -> list[Row]:
    rng = np.random.default_rng(3)
    errors: list[float] = []
    unsaid = 0
    for _ in range(count):
        shoulder, hip = float(rng.uniform(0.8, 1.02)), float(rng.uniform(0.64, 0.84))
        figure = Figure(
            shoulder=shoulder,
            hip=hip,
            backdrop_rgb=(205, 205, 207),
            sleeves=str(rng.choice(["none", "short", "long"])),
        )  # type: ignore[arg-type]
        ratio = analyse_style(draw(figure).rgb).body_analysis.ratios.get("shoulder_to_hip")
        if ratio is None:
            unsaid += 1
        else:
            errors.append(abs(ratio / (shoulder / hip) - 1))
    value = 100 * float(np.median(errors)) if errors else float("nan")
    return [
        Row("shoulder to hip, median error", f"{value:.1f} %", "6 %", value <= 6, ""),
        Row("shoulder to hip not said", f"{unsaid} of {count}", "", None, ""),
    ]


def _sizes(count: int) -> Row:
    """Expected calibration error of the likeliest size's probability over simulated bodies: a size's own body, spread within
    its range as the charts have it, and a tape's error. It says that the sums are right, not that shops' charts are."""
    chart = chart_for("dresses", "women")
    rng = np.random.default_rng(9)
    said, right = [], []
    for _ in range(count):
        index = int(rng.integers(1, len(chart.sizes) - 1))
        body = {}
        for measure, (low, high) in chart.sizes[index].body.items():
            body[measure] = float(rng.normal((low + high) / 2, np.hypot((high - low) / 2 * 0.7, 1.5)))
        advice = advise_size(Measurements.model_validate(body), chart, garment_kind="dresses")
        said.append(advice.alternatives[0].probability)
        right.append(advice.labels == chart.sizes[index].labels)
    bins = np.minimum((np.array(said) * 10).astype(int), 9)
    ece = sum(
        abs(float(np.mean(np.array(said)[bins == b])) - float(np.mean(np.array(right)[bins == b])))
        * float((bins == b).mean())
        for b in set(bins.tolist())
    )
    return Row("size: calibration error, simulated bodies", f"{ece:.3f}", "0.05", ece <= 0.05, "")
