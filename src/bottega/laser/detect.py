"""What kind of picture it is, and which laser process suits it, from measured features and fixed rules.

Nothing is learnt and nothing is fetched: every feature is a figure that the reasons name.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32, U8
from bottega.laser.ink import as_unit, components, find_ink

Bool = NDArray[np.bool_]

_SIDE = 640
"""Longest side in pixels that features are measured at."""


class Kind(StrEnum):
    PHOTO = "photo"
    LINE_ART = "line_art"
    SILHOUETTE = "silhouette"
    TEXT = "text"
    PATTERN = "pattern"


class Process(StrEnum):
    ENGRAVE = "engrave"
    SCORE = "score"
    CUT = "cut"


PROCESS: dict[Kind, Process] = {
    Kind.PHOTO: Process.ENGRAVE,
    Kind.LINE_ART: Process.SCORE,
    Kind.SILHOUETTE: Process.CUT,
    Kind.TEXT: Process.ENGRAVE,
    Kind.PATTERN: Process.CUT,
}


@dataclass(frozen=True, slots=True)
class Features:
    """`two_tones`: part of the picture near its ink or its ground; `colours`: how many areas of one colour there are,
    of 64; `stroke_px`: usual width of the ink at a longest side of 640; `evenness`: spread of that width over its
    mean; `parts`: separate pieces of ink; `solid`: part of the ink that is further than a stroke from its edge;
    `rows`: part of the pieces that stand in rows of letters; `repeat`: highest repetition of the picture in itself,
    0 to 1; `cover`: part that is ink; `size_spread`: how much the pieces' areas
    differ (median deviation over median); `shading`: how much the tones inside ink or ground differ, of their contrast."""

    two_tones: float
    midtones: float
    stroke_px: float
    evenness: float
    parts: int
    solid: float
    rows: float
    repeat: float
    cover: float
    size_spread: float
    shading: float


@dataclass(frozen=True, slots=True)
class Detection:
    """The likeliest kind with its usual process; `confidence` 0 to 1; `reasons` in words, the strongest first."""

    kind: Kind
    process: Process
    confidence: float
    reasons: tuple[str, ...]
    features: Features
    scores: dict[Kind, float]


def detect(picture: NDArray[Any]) -> Detection:
    """The kind of a picture (H x W, RGB or RGBA, as in `trace`).

    Raises InvalidOption for what is no picture or has only one tone, TooLarge.
    """
    features = measure(picture)
    scores = _scores(features)
    order = sorted(scores, key=lambda kind: -scores[kind])
    total = sum(np.exp(4 * value) for value in scores.values())
    confidence = float(np.exp(4 * scores[order[0]]) / total)
    kind = order[0]
    return Detection(kind, PROCESS[kind], round(confidence, 3), _reasons(kind, features), features, scores)


def measure(picture: NDArray[Any]) -> Features:
    """The features of a picture; errors as `detect`."""
    values, alpha = as_unit(picture)
    grey = values if values.ndim == 2 else np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2GRAY), np.float32)
    if alpha is not None:
        grey = np.asarray(
            1 - alpha * (1 if float(grey[alpha > 0.5].min(initial=1)) > 0.9 else 1 - grey), np.float32
        )
    factor = _SIDE / max(grey.shape)
    if factor < 1:
        size = (max(8, round(grey.shape[1] * factor)), max(8, round(grey.shape[0] * factor)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
    ink = find_ink(grey, invert=light_on_dark(grey))
    mask = ink.field > ink.level
    two, middle, shading = _tones(ink.field, ink.ink, ink.ground, mask)
    stroke, evenness, solid = _strokes(mask)
    parts, rows, spread = _parts(mask)
    return Features(
        two_tones=two,
        midtones=middle,
        stroke_px=stroke,
        evenness=evenness,
        parts=parts,
        solid=solid,
        rows=rows,
        repeat=_repeat(grey),
        cover=float(mask.mean()),
        size_spread=spread,
        shading=shading,
    )


def light_on_dark(grey: NDArray[Any]) -> bool:
    """Whether the light parts of a picture (H x W in [0, 1]) are the drawing and the dark ones its ground."""
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    return float(np.median(border)) < 0.5 and float(np.mean(grey < 0.5)) > 0.55


def _tones(field: F32, ink: float, ground: float, mask: Bool) -> tuple[float, float, float]:
    """Part near ink or ground away from edges, and part of all that is in between and not beside an edge;
    the range of tones inside the ink or the ground, whichever is larger, over their contrast."""
    kernel = np.ones((3, 3), np.uint8)
    edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, kernel) > 0
    near = 0.2 * max(ink - ground, 0.05)
    close = (np.abs(field - ink) < near) | (np.abs(field - ground) < near)
    inner = ~edge
    if not inner.any():
        return 1.0, 0.0, 0.0
    smooth = cv2.blur(field, (3, 3))
    shading = 0.0
    for side in (mask, ~mask):
        values = smooth[side & inner]
        if len(values) >= 200:
            low, high = np.percentile(values, (5, 95))
            shading = max(shading, float(high - low) / max(ink - ground, 0.05))
    return float(close[inner].mean()), float((~close & inner).mean()), shading


def _strokes(mask: Bool) -> tuple[float, float, float]:
    """Usual width of the ink, its spread over its mean, and the part of ink deeper than thin strokes are."""
    padded: U8 = np.pad(mask.astype(np.uint8), 1)
    if not padded.any():
        return 0.0, 0.0, 0.0
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 5)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))]
    width = 2 * ridge - 0.5
    usual = float(np.median(width))
    inner = np.asarray(distance, np.float64)[padded > 0]
    deep = float(np.count_nonzero(inner > 0.015 * max(mask.shape)) / len(inner))
    return usual, float(width.std() / max(width.mean(), 1e-6)), deep


def _parts(mask: Bool) -> tuple[int, float, float]:
    """Number of pieces, part of them that stands in rows of alike heights, and the spread of areas."""
    _, stats = components(mask.astype(np.uint8), 8)
    box = stats[1:]
    box = box[box[:, cv2.CC_STAT_AREA] >= 4]
    if not len(box):
        return 0, 0.0, 0.0
    x, y, w, h = (box[:, c].astype(np.float64) for c in range(4))
    area = box[:, cv2.CC_STAT_AREA].astype(np.float64)
    spread = float(np.median(np.abs(area - np.median(area))) / np.median(area))
    letters = (h < 0.5 * mask.shape[0]) & (h >= 3) & (w < 8 * h)
    x, y, w, h = x[letters], y[letters], w[letters], h[letters]
    if len(h) < 3:
        return len(box), 0.0, spread
    usual = float(np.median(h))
    middle = y + h / 2
    in_row = 0
    for i in range(min(len(h), 1500)):
        gap = np.maximum(x - (x[i] + w[i]), x[i] - (x + w))
        beside = (gap > -0.3 * usual) & (gap < 1.6 * max(h[i], usual))
        level = np.abs(middle - middle[i]) < 0.4 * max(h[i], usual)
        alike = (h < 2.2 * h[i]) & (h > h[i] / 2.2)
        in_row += int((beside & level & alike).sum()) >= 2
    return len(box), in_row / min(len(h), 1500), spread


def _repeat(grey: F32) -> float:
    """Highest autocorrelation of the picture at shifts of 2 to 45 % of its sides, in two directions (0 to 1)."""
    side = 256
    small = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA).astype(np.float64)
    small -= cv2.GaussianBlur(small, (0, 0), side / 6)
    padded = np.zeros((2 * side, 2 * side))
    weight = np.zeros_like(padded)
    padded[:side, :side], weight[:side, :side] = small, 1.0
    power = np.fft.irfft2(np.abs(np.fft.rfft2(padded)) ** 2, padded.shape)
    squares = np.fft.irfft2(np.fft.rfft2(padded**2) * np.conj(np.fft.rfft2(weight)), padded.shape)
    # Energy of the overlapping parts of the picture and of its shifted self.
    other = np.roll(np.flip(squares), (1, 1), axis=(0, 1))
    alike = power / np.sqrt(np.maximum(squares, 1e-9) * np.maximum(other, 1e-9))
    alike = np.roll(alike, (side, side), axis=(0, 1))
    reach = int(0.45 * side)
    window = alike[side - reach : side + reach + 1, side - reach : side + reach + 1]
    top = cv2.dilate(window, np.ones((5, 5), np.uint8))
    y, x = np.nonzero((window >= top) & (window > 0.15))
    dx, dy = x - reach, y - reach
    far = np.hypot(dx, dy) > 0.025 * side
    inner = (np.abs(dx) < reach) & (np.abs(dy) < reach) & far
    value, angle = window[y[inner], x[inner]], np.arctan2(dy[inner], dx[inner]) % np.pi
    if not len(value):
        return 0.0
    first = int(value.argmax())
    turn = np.abs(angle - angle[first])
    second = value[(np.minimum(turn, np.pi - turn) > np.radians(25))]
    # A row of stripes repeats in one direction only and is a pattern too; lines of writing repeat weakly.
    return float(np.clip(max(0.9 * value[first], second.max(initial=0.0)), 0, 1))


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))


def _scores(f: Features) -> dict[Kind, float]:
    drawn = (
        _ramp(f.two_tones, 0.72, 0.92)
        * (1 - _ramp(f.midtones, 0.06, 0.22))
        * (1 - _ramp(f.shading, 0.2, 0.45))
    )
    written = (
        _ramp(f.rows, 0.35, 0.75)
        * _ramp(f.parts, 3, 10)
        * max(1 - _ramp(f.repeat, 0.5, 0.75), _ramp(f.size_spread, 0.1, 0.22))
    )
    repeated = _ramp(f.repeat, 0.42, 0.7) * _ramp(f.parts + 60 * f.cover, 8, 20)
    solid = _ramp(f.solid, 0.25, 0.55)
    return {
        Kind.PHOTO: 1 - drawn,
        Kind.TEXT: drawn * written,
        Kind.PATTERN: drawn * repeated * (1 - 0.8 * written),
        Kind.SILHOUETTE: drawn * solid * (1 - repeated) * (1 - 0.6 * written),
        Kind.LINE_ART: drawn * (1 - solid) * (1 - repeated) * (1 - 0.9 * written),
    }


def _reasons(kind: Kind, f: Features) -> tuple[str, ...]:
    tones = f"{100 * f.two_tones:.0f} % of it is clearly ink or clearly ground"
    width = f"the ink is usually {f.stroke_px:.1f} px wide (at {_SIDE} px) and {100 * f.solid:.0f} % of it is solid"
    return {
        Kind.PHOTO: (f"{100 * f.midtones:.0f} % of it are tones between ink and ground", tones),
        Kind.TEXT: (f"{100 * f.rows:.0f} % of its {f.parts} parts stand in rows like letters", tones),
        Kind.PATTERN: (f"it repeats itself ({f.repeat:.2f} of 1)", f"it has {f.parts} parts", tones),
        Kind.SILHOUETTE: (width, f"it has {f.parts} parts", tones),
        Kind.LINE_ART: (width, tones),
    }[kind]
