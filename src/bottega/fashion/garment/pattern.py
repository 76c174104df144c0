"""The pattern of cloth: periodicity and direction in the spectrum, shapes of the second colour, where the detail lies."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array, outlines_of, resized
from bottega.fashion.garment.shape import Shape
from bottega.fashion.garment.values import Pattern
from bottega.imaging.arrays import distance, kept, picked, total
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weave:
    """Measures of a patch of cloth. `contrast`: rms CIE76 of what is left without the slow shading. `one`, `two`: share
    of the spectrum's energy within 9 degrees of its strongest direction and across it. `fine`: rms CIE76 of detail finer than
    a fiftieth of the patch. `clusters`: CIE76 between its two colours. `blobs`: number of pieces of the rarer colour, `round`
    their median roundness, `alike` one less their areas' spread. `compact`: share of the patch that holds nine
    tenths of the detail."""

    contrast: float
    chroma: float
    one: float
    two: float
    fine: float
    clusters: float
    blobs: int
    round: float
    alike: float
    compact: float


def pattern_of(lab: F32, mask: Bools, shape: Shape) -> Pattern:
    """Name the pattern of the cloth inside `mask` (h x w); `unknown` where too little of it is to be seen."""
    patch = _patch(lab, mask, shape)
    return "unknown" if patch is None else name_pattern(measure(*patch))


def name_pattern(weave: Weave) -> Pattern:
    if weave.clusters < 9:
        return "textured" if weave.fine > 1.0 else "plain"
    # Repeats cover the cloth; what lies in a third of it is one motif, whatever its direction.
    if weave.compact < 0.42:
        return "print"
    if weave.one + weave.two > 0.8 and weave.two > 0.5 * weave.one:
        return "checked"
    if weave.blobs >= 8 and weave.round > 0.78 and weave.alike > 0.65:
        return "dotted"
    if weave.one > 0.6 and weave.two < 0.35 * weave.one:
        return "striped"
    if weave.one + weave.two > 0.5 and weave.two > 0.3 * weave.one:
        return "checked"
    return "floral" if weave.compact > 0.5 or weave.blobs >= 5 else "print"


def _patch(lab: F32, mask: Bools, shape: Shape) -> tuple[F32, Bools] | None:
    """The middle of the body, without rim and sleeves, where it is large enough to show a repeat."""
    left, top, width, height = shape.box
    reach = 0.42 * min(shape.chest, shape.widest)
    first, last = max(0, int(shape.axis - reach)), int(shape.axis + reach) + 1
    row = max(shape.chest_row, top + round(0.12 * height)) if shape.chest_row < top + 0.6 * height else top
    if shape.split is not None:
        # Between the legs there is no cloth: one leg shows the pattern.
        first, last = left, int(shape.axis - 0.05 * width)
        row = top + round(0.08 * height)
    part = slice(row, int(shape.hem_row - 0.03 * height)), slice(first, last)
    inside = array(cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8)))[part] > 0
    if inside.size == 0 or min(inside.shape) < 24 or inside.mean() < 0.4:
        inside = (
            array(cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8)))[
                top : top + height, left : left + width
            ]
            > 0
        )
        part = slice(top, top + height), slice(left, left + width)
    if inside.size == 0 or min(inside.shape) < 24 or inside.sum() < 500:
        return None
    return lab[part], inside


def measure(lab: F32, inside: Bools) -> Weave:
    """Measure a patch `lab` (h x w x 3), of which `inside` is cloth."""
    detail = _without_shading(lab, inside)
    squares = picked(detail, inside) ** 2
    contrast, chroma = (float(np.sqrt(total(part).mean())) for part in (squares, squares[:, 1:]))
    signal = _strongest(detail, inside)
    one, two = _directions(signal)
    fine = _fine(lab, inside)
    apart, rarer = _two_colours(detail, inside)
    blobs, roundness, alike = _pieces(rarer)
    return Weave(contrast, chroma, one, two, fine, apart, blobs, roundness, alike, _compact(detail, inside))


def _without_shading(lab: F32, inside: Bools) -> F32:
    weight = inside.astype(np.float32)
    sigma = 0.16 * min(inside.shape)
    held = array(cv2.GaussianBlur(kept(lab, inside), (0, 0), sigma))
    slow = held / (array(cv2.GaussianBlur(weight, (0, 0), sigma)) + np.float32(1e-4))[..., None]
    calm = array(cv2.GaussianBlur(lab, (0, 0), 0.6))
    return kept(calm - slow, inside)


def _strongest(detail: F32, inside: Bools) -> F32:
    """The projection of the detail onto its main direction in colour: one channel with most of the contrast."""
    values = picked(detail, inside).astype(np.float64)
    _, vectors = np.linalg.eigh(values.T @ values / max(1, len(values)))
    return (detail @ vectors[:, -1].astype(np.float32)).astype(np.float32)


def _directions(signal: F32) -> tuple[float, float]:
    side = 128
    scale = side / max(signal.shape)
    small: Any = cv2.resize(
        signal, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    sheet = np.zeros((side, side), np.float64)
    window = np.hanning(small.shape[0])[:, None] * np.hanning(small.shape[1])[None]
    sheet[: small.shape[0], : small.shape[1]] = (small - small.mean()) * window
    energy = np.abs(np.fft.fft2(sheet)) ** 2
    frequency = np.fft.fftfreq(side) * side
    fy, fx = np.meshgrid(frequency, frequency, indexing="ij")
    radius = np.hypot(fx, fy)
    energy[(radius < 3.5) | (radius > 62)] = 0
    total = float(energy.sum())
    if total <= 0:
        return 0.0, 0.0
    # Directions modulo a half turn, in bins of three degrees.
    angle = np.degrees(np.arctan2(fy, fx)) % 180
    by_angle = np.bincount((angle // 3).astype(int).ravel() % 60, weights=energy.ravel(), minlength=60)
    around = np.sum([np.roll(by_angle, shift) for shift in range(-3, 4)], axis=0)
    best = int(np.argmax(around))
    return float(around[best]) / total, float(around[(best + 30) % 60]) / total


def _fine(lab: F32, inside: Bools) -> float:
    calm, slow = (cv2.GaussianBlur(lab, (0, 0), sigma) for sigma in (0.6, max(2.0, 0.02 * min(inside.shape))))
    return float(np.sqrt(total(picked(array(calm) - array(slow), inside) ** 2).mean()))


def _two_colours(detail: F32, inside: Bools) -> tuple[float, Bools]:
    """CIE76 between the two main colours without shading, and where the rarer one is."""
    values = picked(detail, inside)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.3)
    start: Any = None
    sample = np.ascontiguousarray(values[:: max(1, len(values) // 4000)])
    _, _, centres = cv2.kmeans(sample, 2, start, stop, 2, cv2.KMEANS_PP_CENTERS)
    pair = array(centres, np.float32)
    second = distance(detail, pair[1]) < distance(detail, pair[0])
    second &= inside
    rarer = second if second.sum() * 2 < inside.sum() else inside & ~second
    return float(np.linalg.norm(pair[0] - pair[1])), rarer


def _pieces(rarer: Bools) -> tuple[int, float, float]:
    """Number of pieces that do not touch the patch's border, their median roundness, how alike their areas are."""
    height, width = rarer.shape
    solid = array(cv2.morphologyEx(rarer.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    contours, _ = outlines_of(solid)
    areas: list[float] = []
    rounds: list[float] = []
    for contour in contours:
        x, y, wide, high = cv2.boundingRect(contour)
        area = cv2.contourArea(contour)
        if area < 8 or x <= 1 or y <= 1 or x + wide >= width - 1 or y + high >= height - 1:
            continue
        areas.append(area)
        rounds.append(4 * np.pi * area / max(1.0, cv2.arcLength(contour, True)) ** 2)
    if not areas:
        return 0, 0.0, 0.0
    spread = float(np.median(np.abs(np.array(areas) - np.median(areas))) / np.median(areas))
    return len(areas), float(np.median(rounds)), 1 - min(1.0, spread * 1.5)


def _compact(detail: F32, inside: Bools) -> float:
    """Share of the patch's blocks (16 x 16 of them) that hold nine tenths of the detail's energy."""
    energy = resized(total(detail**2), 16, 16)
    cloth = resized(inside.astype(np.float32), 16, 16)
    values: NDArray[np.float32] = np.sort(energy[cloth > 0.5])[::-1].astype(np.float32)
    if not values.size or values.sum() <= 0:
        return 1.0
    held = int(array(np.searchsorted(array(np.cumsum(values)), 0.9 * float(values.sum()))))
    return (held + 1) / len(values)
