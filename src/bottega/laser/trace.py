"""A picture's dark or opaque parts as closed curves, to a small fraction of a pixel and with few nodes.

What is ink is decided on a mask (threshold, specks); where its edge lies is read from the grey values, and
`fit_curves` puts curves through it. Centre lines are `centerline`'s, tones and colours `trace_layers`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption, TooLarge
from bottega.imaging.picture import F32, U8
from bottega.laser.fit_curves import F64, Fit, FitSettings, fit_curves
from bottega.laser.geometry import (
    FLATTEN_TOLERANCE_MM,
    Curve,
    Drawing,
    Operation,
    Path,
    laser_extra,
    path_from_curves,
)
from bottega.laser.outline import otsu_level, signed_area
from bottega.laser.size import grid_for, in_range

MAX_TRACE_PIXELS = 50_000_000
MAX_NODES = 300_000
_CLEAN_SPECK_PX, _NOISY_SPECK_PX = 3.0, 16.0
CLOSER = (1.0, 0.4, 0.0)
"""Parts of the tolerance that outlines which cross are fitted with again, without sharpened corners; 0 is their points."""
_NOISY = 2.5 / 255
"""Standard deviation of noise from which a picture is smoothed first: coding noise of a good JPEG is below."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What is traced: `field` H x W float32, inside where above `level`; `ink` and `ground` are its usual values on
    either side, `noise` the standard deviation that it was read with."""

    field: F32
    level: float
    ink: float
    ground: float
    noise: float


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
    No curve leaves the samples of the edge by more than `tolerance_px`. Outer outlines run clockwise as seen, holes
    the other way.

    Raises InvalidOption (not a picture, nothing to trace, sizes), TooLarge, ResourceError without the extra.
    """
    in_range("The tolerance", tolerance_px, 0.05, 5, "px")
    ink = find_ink(picture, level=level, invert=invert)
    if speck_px is None:
        speck_px = _NOISY_SPECK_PX if ink.noise > _NOISY else _CLEAN_SPECK_PX
    in_range("The smallest area", speck_px, 0, 1e6, "square px")
    pitch, sheet = pixel_size(ink.field.shape, width_mm, height_mm)
    field, specks = without_specks(ink, speck_px)
    found = contours(field, ink)
    # A pixel that touches a larger part by its corner only is a ring of its own.
    rings = [ring for ring in found if abs(signed_area(ring)) >= speck_px / 2]
    specks += len(found) - len(rings)
    if not rings:
        raise InvalidOption(
            "Nothing in the picture is large enough to trace.", hint="Lower the smallest area."
        )
    settings = settings_for(tolerance_px, ink.noise)
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


def settings_for(tolerance_px: float, noise: float) -> FitSettings:
    """The fit for a tolerance; the noise that is left in an edge must not become nodes."""
    slack = 1 + min(noise / _NOISY, 4) * 0.25 if noise > _NOISY else 1.0
    return FitSettings(tolerance=tolerance_px * slack, mean_tolerance=tolerance_px * slack * 0.28)


def pixel_size(
    shape: tuple[int, ...], width_mm: float | None, height_mm: float | None
) -> tuple[float, tuple[float, float]]:
    """Millimetres per pixel, and width and height of the whole picture in mm."""
    height, width = shape[:2]
    grid = grid_for(width, height, width_mm=width_mm, height_mm=height_mm, interval_mm=1.0)
    return grid.width_mm / width, (grid.width_mm, grid.height_mm)


# --- What is ink ---------------------------------------------------------------------------------------------


def as_unit(picture: NDArray[Any]) -> tuple[F32, F32 | None]:
    """Colours (H x W x 3) or grey (H x W) as float32 in [0, 1] on white, and the alpha if there is transparency.

    Raises InvalidOption for what is no picture, TooLarge above `MAX_TRACE_PIXELS`.
    """
    shape = picture.shape
    if picture.ndim not in (2, 3) or 0 in shape or (picture.ndim == 3 and shape[2] not in (1, 3, 4)):
        raise InvalidOption(f"A picture is H x W, H x W x 3 or H x W x 4, not of shape {shape}.")
    if shape[0] * shape[1] > MAX_TRACE_PIXELS:
        raise TooLarge(
            f"The picture has {shape[0] * shape[1] / 1e6:.0f} million pixels; "
            f"at most {MAX_TRACE_PIXELS / 1e6:.0f} million are traced.",
            hint="Scale it down: 0.05 mm per pixel is finer than a beam.",
        )
    kind = picture.dtype
    if kind == np.bool_:
        values = picture.astype(np.float32)
    elif str(kind) in ("uint8", "uint16"):
        values = picture.astype(np.float32) / np.float32(255 if kind == np.uint8 else 65535)
    elif kind.kind == "f":
        values = picture.astype(np.float32)
        if not np.isfinite(values).all():
            raise InvalidOption("The picture has values that are not numbers.")
        if float(values.min()) < -1e-3 or float(values.max()) > 1 + 1e-3:
            raise InvalidOption("A picture of floats has values from 0 to 1.")
    else:
        raise InvalidOption(
            f"A picture of {kind} is not understood.", hint="Use uint8, uint16 or floats in [0, 1]."
        )
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if values.ndim == 3 and values.shape[2] == 4:
        alpha = np.ascontiguousarray(values[:, :, 3])
        values = values[:, :, :3] * alpha[:, :, None] + (1 - alpha[:, :, None])
        return np.ascontiguousarray(values, np.float32), alpha if float(alpha.min()) < 0.5 else None
    return np.ascontiguousarray(values), None


def find_ink(picture: NDArray[Any], *, level: float | None = None, invert: bool = False) -> Ink:
    """What to trace in a picture: uneven light is evened out, noise smoothed, the threshold found.

    The threshold of a drawing lies halfway between its ink and its ground, because that is where an antialiased
    edge runs; of a photograph it is Otsu's (IEEE Trans. SMC 1979). Raises InvalidOption when there is nothing but one tone.
    """
    values, alpha = as_unit(picture)
    if alpha is not None:
        field, noise = alpha, 0.0
    else:
        grey = (
            values if values.ndim == 2 else np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2GRAY), np.float32)
        )
        noise = noise_of(grey)
        grey = _even_light(grey)
        field = np.asarray(1 - grey, np.float32)
        if noise > _NOISY:
            field = np.asarray(
                cv2.GaussianBlur(field, (0, 0), float(np.clip(noise * 30, 0.6, 1.3))), np.float32
            )
    if invert:
        field = 1 - field
    low, high = float(field.min()), float(field.max())
    if high - low < 4 / 255:
        raise InvalidOption("The picture has only one tone; there is nothing to trace.")
    if level is not None:
        in_range("The level", level, 0.01, 0.99, "")
        if not low < level < high:
            raise InvalidOption(
                f"No part of the picture crosses the level {level:g}; its darkness goes from {low:.2f} to {high:.2f}."
            )
    found, ink, ground = _levels(field)
    return Ink(field, found if level is None else level, ink, ground, noise)


def noise_of(grey: F32) -> float:
    """Standard deviation of the noise in [0, 1], from the flat half of the picture (Immerkaer, CVIU 1996)."""
    if min(grey.shape) < 8:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    noise = np.abs(cv2.filter2D(grey, -1, kernel))
    # Edges are in the upper half; the median of a half-normal is 0.6745 sigma.
    return float(np.median(noise[1:-1, 1:-1])) / (0.6745 * 6)


def _even_light(grey: F32) -> F32:
    """A photographed page as if lit evenly; other pictures as they are."""
    height, width = grey.shape
    if min(height, width) < 64:
        return grey
    factor = max(height, width) / 128
    small = cv2.resize(
        grey, (max(8, round(width / factor)), max(8, round(height / factor))), interpolation=cv2.INTER_AREA
    )
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    ground = cv2.GaussianBlur(ground, (0, 0), 6)
    low, high = float(ground.min()), float(ground.max())
    # A page: its ground is light everywhere, changes slowly, and most of the picture lies near it.
    near = float(np.mean(small > ground - 0.12))
    if high - low < 0.06 or low < 0.35 or near < 0.6:
        return grey
    full = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(grey / np.maximum(full, 0.05), 0, 1), np.float32)


def _levels(field: F32) -> tuple[float, float, float]:
    """Threshold, and the usual values of ink and ground."""
    otsu = otsu_level(field)
    inside = field > otsu
    if inside.all() or not inside.any():
        otsu = (float(field.min()) + float(field.max())) / 2
        inside = field > otsu
    kernel = np.ones((3, 3), np.uint8)
    ink = float(np.median(cv2.dilate(field, kernel)[inside]))
    ground = float(np.median(cv2.erode(field, kernel)[~inside]))
    near = 0.15 * (ink - ground)
    two = float(np.mean((np.abs(field - ink) < near) | (np.abs(field - ground) < near)))
    edges = float(np.mean(cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, kernel) > 0))
    return ((ink + ground) / 2 if two + edges > 0.85 else otsu), ink, ground


def components(mask: NDArray[Any], connectivity: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Labels (H x W, 0 is outside) of the connected parts of a uint8 mask, and OpenCV's figures of each (K x 5)."""
    _, labels, stats, _ = cast(Any, cv2.connectedComponentsWithStats(mask, connectivity=connectivity))
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def without_specks(ink: Ink, min_area: float) -> tuple[F32, int]:
    """The field without parts and holes below `min_area` square pixels, and how many there were."""
    field = ink.field.copy()
    dropped = 0
    if min_area <= 0:
        return field, 0
    for inside in (True, False):
        mask = ((field > ink.level) == inside).astype(np.uint8)
        labels, stats = components(mask, 8)
        small = stats[:, cv2.CC_STAT_AREA] < min_area
        small[0] = False
        if small.any():
            # Just across the level: with eight neighbours nothing next to a speck is on its own side.
            field[small[labels]] = ink.level - 1e-3 if inside else ink.level + 1e-3
            dropped += int(small.sum())
    return field, dropped


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


def simple_fits(
    rings: Sequence[F64], settings: FitSettings, shape: tuple[int, ...], pitch: float
) -> tuple[list[Fit], int]:
    """Fitted rings that neither leave the picture nor cross themselves or each other, and how many had to be fitted
    closer for it. Raises TooLarge above `MAX_NODES` curves.
    """
    tolerance = path_tolerance(pitch) / pitch
    box = (shape[1], shape[0])

    def fitted(which: Sequence[int], how: FitSettings) -> list[Fit]:
        found = fit_curves([rings[i] for i in which], [True] * len(which), how)
        return [Fit(np.clip(fit.controls, 0, box), fit.straight, fit.error) for fit in found]

    fits = fitted(range(len(rings)), settings)
    refitted: set[int] = set()
    for factor in CLOSER:
        bad = crossing(fits, tolerance)
        if not bad:
            break
        refitted.update(bad)
        if factor:
            closer = FitSettings(
                settings.tolerance * factor,
                settings.mean_tolerance * factor,
                settings.corner_degrees,
                sharpen=False,
            )
            for index, fit in zip(bad, fitted(bad, closer), strict=True):
                fits[index] = fit
        else:
            for index in bad:
                fits[index] = polygon_fit(rings[index], 0.08)
            for index in crossing(fits, tolerance):
                fits[index] = polygon_fit(rings[index], 0.0)
    if sum(len(fit.controls) for fit in fits) > MAX_NODES:
        raise TooLarge(
            f"The trace has more than {MAX_NODES} nodes.",
            hint="Trace a simpler picture, drop more specks, or engrave it as a photograph.",
        )
    return fits, len(refitted)


def polygon_fit(ring: F64, tolerance: float) -> Fit:
    """The ring's own points as straight pieces, those left out that lie within `tolerance` (Douglas-Peucker)."""
    if tolerance > 0:
        few = cv2.approxPolyDP(ring.astype(np.float32)[:, None, :], tolerance, True)[:, 0, :].astype(
            np.float64
        )
        ring = few if len(few) >= 3 else ring
    following = np.roll(ring, -1, axis=0)
    return Fit(np.stack((ring, ring, following, following), axis=1), np.ones(len(ring), np.bool_))


def crossing(fits: Sequence[Fit], tolerance: float) -> list[int]:
    """Rings that, flattened to `tolerance`, cross or touch themselves or another ring."""
    with laser_extra():
        import shapely
    lines = np.array([shapely.LinearRing(polyline(fit, tolerance)) for fit in fits])
    bad = set(np.nonzero(~shapely.is_simple(lines))[0].tolist())
    one, two = shapely.STRtree(lines).query(lines, predicate="intersects")
    other = one != two
    bad.update(one[other].tolist())
    return sorted(bad)


def polyline(fit: Fit, tolerance: float) -> F64:
    """Points along a fit within `tolerance` of it, as `geometry.flatten` places them, without the last."""
    controls = fit.controls
    bend = np.linalg.norm(controls[:, :-2] - 2 * controls[:, 1:-1] + controls[:, 2:], axis=2).max(axis=1)
    steps = np.where(fit.straight, 1, np.maximum(1, np.ceil(np.sqrt(0.75 * bend / tolerance)))).astype(
        np.int64
    )
    piece = np.repeat(np.arange(len(controls)), steps)
    u = ((np.arange(len(piece)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[piece])[:, None]
    v = 1 - u
    c = controls[piece]
    return v**3 * c[:, 0] + 3 * u * v * v * c[:, 1] + 3 * u * u * v * c[:, 2] + u**3 * c[:, 3]


def path_tolerance(pitch: float) -> float:
    """How closely paths are flattened, in mm: what geometry keeps everywhere, or a twentieth of a small pixel."""
    return min(FLATTEN_TOLERANCE_MM, 0.05 * pitch)


def path_from_fit(
    fit: Fit, pitch: float, *, closed: bool, operation: Operation, layer: str, colour: str
) -> Path:
    """The fit, in pixels of `pitch` mm, as a path in mm with its curves."""
    curves = [
        Curve.line(_point(c[0]), _point(c[3])) if line else Curve(*(_point(p) for p in c))
        for c, line in zip((fit.controls * pitch).tolist(), fit.straight.tolist(), strict=True)
    ]
    return path_from_curves(
        curves,
        closed=closed,
        operation=operation,
        layer=layer,
        colour=colour,
        tolerance_mm=path_tolerance(pitch),
    )


def _point(values: list[float]) -> tuple[float, float]:
    return values[0], values[1]


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
