"""A picture's dark or opaque parts as closed curves, to a small fraction of a pixel and with few nodes.

What is ink is decided in `ink`; where its edge lies is read here from the grey values, and `ring_fits` puts curves
through it. Centre lines are `centerline`'s, tones and colours `trace_layers`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.fit_curves import Fit, FitSettings
from bottega.laser.fit_samples import F64
from bottega.laser.geometry import Drawing, Operation, laser_extra
from bottega.laser.ink import NOISY, Ink, find_ink, is_stepped, without_specks, without_steps
from bottega.laser.outline import signed_area
from bottega.laser.ring_fits import path_from_fit, simple_fits
from bottega.laser.size import grid_for, in_range

_CLEAN_SPECK_PX, _NOISY_SPECK_PX = 3.0, 16.0


@dataclass(frozen=True, slots=True)
class TraceReport:
    """Figures of a trace. `level`: the darkness in [0, 1] that parts ink from ground; `edge_error_px`: mean
    distance of the curves from where the grey values pass it, and the same in mm; `specks_dropped`: dark and light
    spots below `speck_px` square pixels; `smallest_feature_mm` and `smallest_gap_mm`: the narrowest ink and the
    narrowest ground between ink (0 when there is none); `refitted`: outlines that had to be drawn closer to keep
    from crossing."""

    level: float
    nodes: int
    paths: int
    edge_error_px: float
    edge_error_mm: float
    specks_dropped: int
    speck_px: float
    smallest_feature_mm: float
    smallest_gap_mm: float
    noise: float
    refitted: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Tracing:
    drawing: Drawing
    report: TraceReport


def trace(
    picture: NDArray[Any],
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    level: float | None = None,
    invert: bool = False,
    speck_px: float | None = None,
    tolerance_px: float = 0.45,
    operation: Operation = Operation.CUT,
    layer: str = "",
    colour: str = "",
) -> Tracing:
    """The outlines of what is dark (or, with transparency, of what is opaque) as closed paths in mm.

    `picture`: H x W, H x W x 3 (RGB) or x 4 (RGBA); bool, uint8, uint16, or floats in [0, 1]. The size is as in
    `grid_for`. `level` is the darkness in (0, 1) from which something counts as ink, None finds it; `invert` traces
    what is light. Parts and holes below `speck_px` square pixels are dropped (None: 3, in noisy pictures 16).
    No curve leaves the samples of the edge by more than `tolerance_px`; where edges are noisy or steps of pixels, by
    up to twice that. Outer outlines run clockwise as seen, holes the other way.

    Raises InvalidOption (not a picture, nothing to trace, sizes), TooLarge, ResourceError without the extra.
    """
    in_range("The tolerance", tolerance_px, 0.05, 5, "px")
    ink = find_ink(picture, level=level, invert=invert)
    if speck_px is None:
        speck_px = _NOISY_SPECK_PX if ink.noise > NOISY else _CLEAN_SPECK_PX
    in_range("The smallest area", speck_px, 0, 1e6, "square px")
    pitch, sheet = pixel_size(ink.field.shape, width_mm, height_mm)
    field, specks = without_specks(ink, speck_px)
    rings, dropped = _large_rings(field, ink, speck_px)
    specks += dropped
    if not rings:
        raise InvalidOption(
            "Nothing in the picture is large enough to trace.", hint="Lower the smallest area."
        )
    settings = settings_for(tolerance_px, ink.noise)
    if is_stepped(ink):
        field, rings, settings = _softened(field, ink, rings, settings, speck_px, tolerance_px)
    fits, refitted = simple_fits(rings, settings, field.shape, pitch)
    paths = tuple(
        path_from_fit(fit, pitch, closed=True, operation=operation, layer=layer, colour=colour)
        for fit in fits
    )
    drawing = Drawing(paths, *sheet)
    feature, gap = narrowest(field > ink.level)
    error = edge_error(fits)
    report = TraceReport(
        level=ink.level,
        nodes=drawing.node_count,
        paths=len(paths),
        edge_error_px=error,
        edge_error_mm=error * pitch,
        specks_dropped=specks,
        speck_px=speck_px,
        smallest_feature_mm=feature * pitch,
        smallest_gap_mm=gap * pitch,
        noise=ink.noise,
        refitted=refitted,
    )
    return Tracing(drawing, report)


def _large_rings(field: F32, ink: Ink, speck_px: float) -> tuple[list[F64], int]:
    """The outlines of what is no speck, and how many were."""
    found = contours(field, ink)
    # A pixel that touches a larger part by its corner only is a ring of its own.
    rings = [ring for ring in found if abs(signed_area(ring)) >= speck_px / 2]
    return rings, len(found) - len(rings)


def _softened(
    field: F32, ink: Ink, rings: list[F64], settings: FitSettings, speck_px: float, tolerance_px: float
) -> tuple[F32, list[F64], FitSettings]:
    """Field, outlines and fit of a stepped picture, softened where that saves half of the corners.

    Curves and slopes are stairs there, which are nobody's drawing; the right angles of bars and codes are exact.
    """
    soft = without_steps(field, ink.level)
    outlines, _ = _large_rings(soft, ink, speck_px)
    looser = settings_for(tolerance_px, ink.noise, stepped=True)

    if not outlines or 2 * _corners(outlines) > _corners(rings):
        return field, rings, settings
    return soft, outlines, looser


def _corners(rings: list[F64]) -> int:
    """Of polygons that keep within less than the half pixel of a step: many along stairs, four around a bar."""
    lines = (ring.astype(np.float32)[:, None, :] for ring in rings)
    return sum(len(cv2.approxPolyDP(line, 0.3, True)) for line in lines)


def settings_for(tolerance_px: float, noise: float, *, stepped: bool = False) -> FitSettings:
    """The fit for a tolerance; noise and steps of pixels that are left in an edge must not become nodes.

    Shares found on drawings of known geometry (`benchmarks/laser_parts/trace.py`): nodes below potrace's.
    """
    little, much = min(noise / NOISY, 1), min(max(noise / NOISY - 1, 0), 3)
    if stepped:
        return FitSettings(tolerance=1.6 * tolerance_px, mean_tolerance=0.55 * tolerance_px)
    slack = 1 + 0.25 * (little + much)
    return FitSettings(
        tolerance=tolerance_px * slack, mean_tolerance=tolerance_px * (0.29 + 0.08 * (little + much))
    )


def pixel_size(
    shape: tuple[int, ...], width_mm: float | None, height_mm: float | None
) -> tuple[float, tuple[float, float]]:
    """Millimetres per pixel, and width and height of the whole picture in mm."""
    height, width = shape[:2]
    grid = grid_for(width, height, width_mm=width_mm, height_mm=height_mm, interval_mm=1.0)
    return grid.width_mm / width, (grid.width_mm, grid.height_mm)


# --- Edges ---------------------------------------------------------------------------------------------------


def contours(field: F32, ink: Ink) -> list[F64]:
    """Rings (N x 2, pixels from the upper left corner) where the field passes the level; the border closes them."""
    with laser_extra():
        import contourpy
    height, width = field.shape
    edge = min(2 * ink.level - ink.ink, ink.level - 0.05)
    padded = np.pad(_not_hairthin(field, ink), 1, constant_values=edge)
    padded[padded == ink.level] += np.float32(1e-6)
    lines = contourpy.contour_generator(z=padded, name="serial", line_type=contourpy.LineType.Separate).lines(
        ink.level
    )
    rings: list[F64] = []
    for line in cast("Sequence[F64]", lines):
        ring = np.clip(line[:-1] - 0.5, 0, (width, height))
        keep = np.abs(np.diff(ring, axis=0, prepend=ring[-1:])).sum(axis=1) > 1e-9
        ring = ring[keep]
        if len(ring) >= 3:
            rings.append(ring)
    return rings


def _not_hairthin(field: F32, ink: Ink) -> F32:
    """The field with parts and gaps of one pixel that hardly cross the level made a third of a pixel wide.

    Curves along both sides of anything narrower would cross; no beam is that fine either.
    """
    inside = np.pad(field > ink.level, 1, mode="edge")
    field = field.copy()
    for side, full in ((True, ink.ink), (False, ink.ground)):
        here = inside if side else ~inside
        middle = here[1:-1, 1:-1]
        thin = middle & (
            (~here[1:-1, :-2] & ~here[1:-1, 2:])
            | (~here[:-2, 1:-1] & ~here[2:, 1:-1])
            | (~here[:-2, :-2] & ~here[2:, 2:])
            | (~here[:-2, 2:] & ~here[2:, :-2])
        )
        least = np.float32(ink.level + 0.35 * (full - ink.level))
        field[thin] = (np.maximum if side else np.minimum)(field[thin], least)
    return field


# --- Figures -------------------------------------------------------------------------------------------------


def edge_error(fits: Sequence[Fit]) -> float:
    """Mean distance in pixels of the sampled edge from the curves, weighted by their length."""
    weights = [float(np.hypot(*np.diff(fit.controls[:, [0, 3]], axis=1)[:, 0].T).sum()) for fit in fits]
    return float(np.average([fit.error for fit in fits], weights=weights)) if sum(weights) > 0 else 0.0


def narrowest(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Width in pixels of the narrowest ink and of the narrowest gap between ink, to about half a pixel.

    Read at the ridges of the distance to the edge; 0 where there is none.
    """
    return _ridge(mask, border=False), _ridge(~mask, border=True)


def _ridge(mask: NDArray[np.bool_], *, border: bool) -> float:
    field: U8 = np.pad(mask.astype(np.uint8), 1, constant_values=1 if border else 0)
    if not field.any() or field.all():
        return 0.0
    distance = cv2.distanceTransform(field, cv2.DIST_L2, 5)
    top = cv2.dilate(distance, np.ones((3, 3), np.uint8))
    inner = distance[1:-1, 1:-1]
    ridge = inner[(inner > 0) & (inner >= top[1:-1, 1:-1])]
    # A ridge of an odd width w has the distance (w + 1) / 2, of an even one w / 2.
    return float(max(2 * ridge.min() - 0.5, 1.0)) if ridge.size else 0.0
