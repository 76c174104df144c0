"""Curves through rings that must stay apart: fitted again, closer, wherever they cross; and curves as paths in mm."""

from collections.abc import Sequence

import cv2
import numpy as np

from bottega.errors import TooLarge
from bottega.laser.fit_curves import Fit, FitSettings, fit_curves
from bottega.laser.fit_samples import F64
from bottega.laser.geometry import (
    FLATTEN_TOLERANCE_MM,
    Curve,
    Operation,
    Path,
    laser_extra,
    path_from_curves,
)

MAX_NODES = 300_000
CLOSER = (1.0, 0.4, 0.0)
"""Parts of the tolerance that outlines which cross are fitted with again, without sharpened corners; 0 is their points."""


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
    # The tree would also compare each ring with itself, which costs more than all others.
    one, two = shapely.STRtree(lines).query(lines)
    one, two = one[one < two], two[one < two]
    shapely.prepare(lines)
    meet = shapely.intersects(lines[one], lines[two])
    bad.update(one[meet].tolist(), two[meet].tolist())
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
