"""Arcs in a row of points, for G2 and G3; and an arc back to points, as a controller follows it."""

import math
from dataclasses import dataclass

import numpy as np

from bottega.laser.geometry import F64

MAX_RADIUS_MM = 1000.0
MAX_SWEEP = math.radians(170)
"""Below half a turn there is one arc only through two points at a radius; above, rounding could turn it round."""
LEAST_POINTS = 5
ARC_TOLERANCE_MM = 0.002
"""GRBL's own for following an arc (`$12`)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """From the point before to point `to`: straight, or around `centre`, `turn` 1 counter-clockwise and -1 clockwise."""

    to: int
    centre: tuple[float, float] | None = None
    turn: int = 0


def fit_arcs(points: F64, tolerance_mm: float) -> list[Piece]:
    """The points (N x 2, y up) as straight pieces and arcs that stay within `tolerance_mm` of them."""
    pieces: list[Piece] = []
    at = 0
    while at < len(points) - 1:
        best: Piece | None = None
        reach = at + LEAST_POINTS - 1
        while reach < len(points):
            found = _arc(points[at : reach + 1], tolerance_mm)
            if found is None:
                break
            best = Piece(reach, found[0], found[1])
            reach += 1
        piece = best or Piece(at + 1)
        pieces.append(piece)
        at = piece.to
    return pieces


def _arc(points: F64, tolerance: float) -> tuple[tuple[float, float], int] | None:
    a, m, b = points[0], points[len(points) // 2], points[-1]
    d = 2 * ((m[0] - a[0]) * (b[1] - a[1]) - (m[1] - a[1]) * (b[0] - a[0]))
    if abs(d) < 1e-9:
        return None
    p, q = m - a, b - a
    centre = a + np.array(
        (
            (q[1] * (p @ p) - p[1] * (q @ q)) / d,
            (p[0] * (q @ q) - q[0] * (p @ p)) / d,
        )
    )
    radius = math.dist(a, centre)
    if radius > MAX_RADIUS_MM:
        return None
    off = np.hypot(*(points - centre).T) - radius
    middle = np.hypot(*((points[1:] + points[:-1]) / 2 - centre).T) - radius
    if max(np.abs(off).max(), np.abs(middle).max()) > tolerance:
        return None
    angle = np.unwrap(np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0]))
    steps = np.diff(angle)
    if not (np.all(steps > 0) or np.all(steps < 0)) or abs(angle[-1] - angle[0]) > MAX_SWEEP:
        return None
    return (float(centre[0]), float(centre[1])), 1 if steps[0] > 0 else -1


def arc_points(
    start: tuple[float, float], end: tuple[float, float], centre: tuple[float, float], turn: int
) -> F64:
    """The points (N x 2) a controller drives to on an arc, the start left out; a full circle when both ends are one."""
    radius = math.dist(start, centre)
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    sweep = (math.atan2(end[1] - centre[1], end[0] - centre[0]) - first) * turn % math.tau or math.tau
    chord = 2 * math.acos(max(1 - ARC_TOLERANCE_MM / radius, 0)) if radius > ARC_TOLERANCE_MM else math.pi
    count = max(1, math.floor(sweep / max(chord, 1e-6)))
    angle = first + turn * sweep * np.arange(1, count + 1) / count
    points = np.column_stack((centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)))
    points[-1] = end
    return points
