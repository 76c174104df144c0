"""Sleeves as ribbons: bands of small triangles from a straight sleeve to a bent arm, exact at both edges."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.spline import Box, Distortion
from bottega.fashion.tryon.values import Bool
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
SHARES = np.linspace(0, 1, 33) ** 1.3
"""Along a sleeve, from the seam to the cuff: closer together around the shoulder, which is rounder than an arm."""
BESIDE, BEYOND = 0.1, 0.05
"""Of the breadth beside the edges and of the length past the cuff: room for the cloth's own soft edge."""
BEFORE = (0.025, 0.021)
"""Of the outer and of the inner edge's length the seam lies further in, so that torso and sleeve overlap."""
_END = 0.88
"""Of an edge's length, from where on it tells the way past the cuff."""
MOST_TURNED = 0.1
FAR_FROM_SEAM = 0.4
"""Of a seam's length: from so far beside it on a sleeve is told from the torso by its shadow."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Edges at the same stations from the seam to the cuff (each N x 2, pixels): in the product picture and on the
    photograph."""

    source_outer: F64
    source_inner: F64
    target_outer: F64
    target_inner: F64


def beyond_seam(ring: F64, least: float) -> F64:
    """The outline of what of a sleeve lies past the first place at which both its edges are `least` lengths of its seam away from
    that: a forearm that comes back to the seam's other side, too. `ring`: the sleeve's outline (2 N x 2), first the
    seam's upper end, last its lower."""
    half = len(ring) // 2
    outer, inner = ring[:half], ring[half:][::-1]
    seam = inner[0] - outer[0]
    out = np.array((seam[1], -seam[0]))
    if float((ring.mean(axis=0) - ring[0]) @ out) < 0:
        out = -out
    away = np.minimum((outer - ring[0]) @ out, (inner - ring[0]) @ out) / max(float(seam @ seam), 1e-9)
    first = int(np.argmax(away >= least)) if (away >= least).any() else half - 1
    return np.vstack((outer[first:], inner[first:][::-1]))


def strip_outside(ring: F64, reach: float) -> F64:
    """The outline of a sleeve's outer half and of what lies up to `reach` pixels beside that (`ring` as above)."""
    half = len(ring) // 2
    outer, inner = ring[:half], ring[half:][::-1]
    way, middle = outer - inner, (outer + inner) / 2
    way = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)[:, None]
    return np.vstack((middle, (outer + reach * way)[::-1]))


def ribbon_field(ribbon: Ribbon, box: Box) -> tuple[F32, Distortion]:
    """Where the pixels of `box` come from, height x width x 2, -1 where the ribbon is not; and what it does to cloth."""
    source = _mesh(ribbon.source_outer, ribbon.source_inner)
    target = _mesh(ribbon.target_outer, ribbon.target_inner)
    field = np.full((box.height, box.width, 2), -1.0, np.float32)
    shift = np.array((box.left, box.top), float)
    areas: list[float] = []
    for row in range(len(source) - 1):
        for column in range(source.shape[1] - 1):
            corners = ((row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1))
            for picked in ((0, 1, 2), (3, 2, 1)):
                to = np.array([target[corners[i]] for i in picked])
                of = np.array([source[corners[i]] for i in picked])
                areas.append(_twice_area(to) * np.sign(_twice_area(of)))
                _lay(field, to - shift, of)
    return _without_cracks(field), _measured(np.array(areas))


def within_ribbon(field: F32) -> F32:
    """Height x width in [0, 1]: where a ribbon's `field` (height x width x 2) says something, with soft edges within that."""
    return softened(field[..., 0] > -1)


def softened(mask: Bool) -> F32:
    """H x W in [0, 1]: `mask` (H x W) with soft edges, nothing beyond them: steps of pixels would show on a slanting one."""
    soft = np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0), np.float32)
    return np.clip(2 * soft - 1, 0, 1)


def _without_cracks(field: F32) -> F32:
    """`field` with the pixels between two triangles that neither took as their neighbours are."""
    known = (field[..., 0] > -1).astype(np.uint8)
    whole = np.asarray(cv2.morphologyEx(known, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    crack = (whole > 0) & (known == 0)
    if not crack.any():
        return field
    near = np.asarray(cv2.blur(known.astype(np.float32), (3, 3)))
    mean = np.asarray(cv2.blur(field * known[..., None], (3, 3)), np.float32)
    filled = mean / np.maximum(near, 0.1)[..., None]
    return np.where((crack & (near > 0.1))[..., None], filled, field).astype(np.float32)


def turned_share(ribbon: Ribbon) -> float:
    """Share of the ribbon's area on the photograph that is turned over, 0 to 1."""
    target = _mesh(ribbon.target_outer, ribbon.target_inner)
    source = _mesh(ribbon.source_outer, ribbon.source_inner)
    areas = np.concatenate(
        [_twice_areas(target, half) * np.sign(_twice_areas(source, half)) for half in (0, 1)]
    )
    way = np.sign(areas.sum()) or 1.0
    return float(np.abs(areas[areas * way < 0]).sum() / max(float(np.abs(areas).sum()), 1e-9))


def _twice_areas(mesh: F64, half: int) -> F64:
    """Of one of the two triangles of each cell."""
    a, b, c = (
        (mesh[:-1, :-1], mesh[:-1, 1:], mesh[1:, :-1])
        if half == 0
        else (mesh[1:, 1:], mesh[1:, :-1], mesh[:-1, 1:])
    )
    one, other = b - a, c - a
    return (one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]).ravel()


def _mesh(outer: F64, inner: F64) -> F64:
    """Rows along the ribbon, five points across: rows x 5 x 2."""
    seam, along = outer[0] - inner[0], outer[-1] + inner[-1] - outer[0] - inner[0]
    inward = np.array((-seam[1], seam[0])) / max(float(np.hypot(*seam)), 1e-9)
    # Across the seam: along the edge, which turns down there, it would stand up above the shoulder.
    inward = -inward if float((inward * along).sum()) > 0 else inward
    back = inner[0] - inner[1]
    first = _extended(outer, BEFORE[0] * inward)
    last = _extended(inner, BEFORE[1] * back / max(float(np.hypot(*back)), 1e-9))
    shares = np.array((-BESIDE, 0.0, 0.5, 1.0, 1 + BESIDE))
    return first[:, None, :] + shares[None, :, None] * (last - first)[:, None, :]


def _extended(edge: F64, before: F64) -> F64:
    """An edge that begins by `before`, in lengths of its own, further in, and ends a little past the cuff."""
    at = distances_along(edge)
    length = float(at[-1])
    late = points_at(np.array((_END * length,)), at, edge)[0]
    end = edge[-1] + BEYOND / (1 - _END) * (edge[-1] - late)
    return np.vstack((edge[0] + length * before, edge[1:], end))


def _twice_area(corners: F64) -> float:
    (ax, ay), (bx, by), (cx, cy) = corners
    return float((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))


def _lay(field: F32, to: F64, of: F64) -> None:
    """One triangle's affine map written into `field`."""
    left, top = np.floor(to.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(to.max(axis=0)).astype(int) + 2
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, field.shape[1]), min(bottom, field.shape[0])
    if right <= left or bottom <= top or abs(_twice_area(to)) < 1e-3:
        return
    drawn = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillConvexPoly(drawn, np.rint((to - (left, top)) * 16).astype(np.int32), (1.0,), shift=4)
    affine = cv2.getAffineTransform(to.astype(np.float32), of.astype(np.float32))
    y, x = np.nonzero(drawn)
    points = np.column_stack((x + left, y + top, np.ones(len(x)))) @ affine.T
    field[y + top, x + left] = points


def _measured(areas: F64) -> Distortion:
    """A fold is a triangle that turned over; slivers at a tight bend, together under `MOST_TURNED` of the ribbon, are hidden in it."""
    size = np.abs(areas)
    way = np.sign(np.sum(areas)) or 1.0
    turned = float(size[areas * way < 0].sum()) / max(float(size.sum()), 1e-9)
    return Distortion(MOST_TURNED - turned, 1.0)
