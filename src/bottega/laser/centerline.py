"""The middle of drawn strokes as single lines: what a pen would have drawn, for scoring and line engraving.

The skeleton (`skeleton_graph`) gives the strokes and where they meet; `stroke_arms` reads where exactly the middle lies,
`stroke_joins` leads strokes through crossings. Outlines are `trace`'s.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32
from bottega.laser.fit_curves import FitSettings, fit_curves
from bottega.laser.geometry import Drawing, Operation, length
from bottega.laser.ink import find_ink, without_specks
from bottega.laser.ring_fits import path_from_fit
from bottega.laser.size import in_range
from bottega.laser.skeleton_graph import skeleton_graph
from bottega.laser.stroke_arms import Arm
from bottega.laser.stroke_joins import joined
from bottega.laser.trace import pixel_size

_THIN_PX = 5.0
"""Strokes below this are looked at in a picture of twice the size: a skeleton needs pixels on both sides."""


@dataclass(frozen=True, slots=True)
class CenterlineReport:
    """`strokes` in the drawing, their `nodes`, total `length_mm` and usual ink width `width_mm`; `crossings` that strokes
    were led through; `uneven`: part of the way (0 to 1) where the ink was no even stroke (blots, filled areas) and
    the line is the skeleton's."""

    strokes: int
    nodes: int
    length_mm: float
    width_mm: float
    crossings: int
    uneven: float
    specks_dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class Centerline:
    drawing: Drawing
    report: CenterlineReport


def centerline(
    picture: NDArray[Any],
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    level: float | None = None,
    invert: bool = False,
    speck_px: float = 4.0,
    tolerance_px: float = 0.4,
    operation: Operation = Operation.SCORE,
    layer: str = "",
    colour: str = "",
) -> Centerline:
    """One path in mm along the middle of each stroke; picture, size and level as in `trace`.

    Raises InvalidOption, TooLarge, ResourceError as `trace` does.
    """
    in_range("The tolerance", tolerance_px, 0.05, 5, "px")
    in_range("The smallest area", speck_px, 0, 1e6, "square px")
    ink = find_ink(picture, level=level, invert=invert)
    pitch, sheet = pixel_size(ink.field.shape, width_mm, height_mm)
    field, specks = without_specks(ink, speck_px)
    if not (field > ink.level).any():
        raise InvalidOption(
            "Nothing in the picture is large enough to trace.", hint="Lower the smallest area."
        )
    factor = _enlargement(field > ink.level)
    if factor > 1:
        field = _enlarged(field, factor)
    graph, distance = skeleton_graph(field > ink.level)
    refined = [Arm(branch, graph, field, ink.level, distance) for branch in graph.branches]
    strokes, crossings = joined(graph, refined)
    lines = [((points + 0.5) / factor, closed) for points, closed in strokes]
    fits = fit_curves(
        [points for points, _ in lines],
        [closed for _, closed in lines],
        FitSettings(tolerance=tolerance_px, mean_tolerance=0.35 * tolerance_px, sharpen=False),
    )
    paths = tuple(
        path_from_fit(fit, pitch, closed=closed, operation=operation, layer=layer, colour=colour)
        for fit, (_, closed) in zip(fits, lines, strict=True)
    )
    drawing = Drawing(paths, *sheet)
    samples = sum(len(arm.branch.points) for arm in refined)
    width = float(np.median(np.concatenate([arm.widths for arm in refined]))) if samples else 0.0
    report = CenterlineReport(
        strokes=len(paths),
        nodes=drawing.node_count,
        length_mm=sum(length(path) for path in paths),
        width_mm=width / factor * pitch,
        crossings=crossings,
        uneven=sum(arm.uneven for arm in refined) / max(samples, 1),
        specks_dropped=specks,
    )
    return Centerline(drawing, report)


def _enlargement(mask: NDArray[np.bool_]) -> int:
    # What lies beyond the border is ground: without any ground there is no distance to it.
    distance = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 3)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))]
    return 2 if 2 * float(np.median(ridge)) < _THIN_PX and mask.size < 12_000_000 else 1


def _enlarged(field: F32, factor: int) -> F32:
    height, width = field.shape
    return np.asarray(
        cv2.resize(field, (width * factor, height * factor), interpolation=cv2.INTER_CUBIC), np.float32
    )
