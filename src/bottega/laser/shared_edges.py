"""The outlines of a map of areas, each edge between two areas drawn once and used by both: no gaps, no overlaps."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32
from bottega.laser.fit_curves import Fit, FitSettings, fit_curves
from bottega.laser.fit_samples import F64
from bottega.laser.geometry import laser_extra
from bottega.laser.ring_fits import CLOSER, polyline

I32 = NDArray[np.int32]
OUTSIDE = -1


def area_outlines(labels: I32, rgb: F32, palette: F32, settings: FitSettings) -> dict[int, list[Fit]]:
    """Closed outlines of each label of an H x W map, in pixels from the upper left corner (y down).

    Where an edge lies between two pixels is read from their colours in `rgb` (H x W x 3): where the mixture of the
    two palette colours is even. Neighbours share the very same curves.
    """
    arcs = _arcs(labels, rgb, palette)
    fits = _fitted([arc[0] for arc in arcs], [arc[3] for arc in arcs], settings)
    return _rings(arcs, fits)


_Arc = tuple[F64, int, int, bool, int, int]
"""Points, label on its left and right, whether it is a ring, its first and last vertex."""


def _arcs(labels: I32, rgb: F32, palette: F32) -> list[_Arc]:
    height, width = labels.shape
    padded = np.pad(labels, 1, constant_values=OUTSIDE)
    wide = width + 1
    # Cracks are the sides between unlike pixels; their vertices are pixel corners, numbered y * wide + x.
    uy, ux = np.nonzero(padded[:-1, 1:-1] != padded[1:, 1:-1])  # lying, between (y - 1, x) and (y, x)
    vy, vx = np.nonzero(padded[1:-1, :-1] != padded[1:-1, 1:])  # standing, between (y, x - 1) and (y, x)
    start = np.concatenate((uy * wide + ux, vy * wide + vx))
    stop = np.concatenate((uy * wide + ux + 1, (vy + 1) * wide + vx))
    # Going right, the upper pixel is on the left hand; going down, the right one is.
    left = np.concatenate((padded[uy, ux + 1], padded[vy + 1, vx + 1]))
    right = np.concatenate((padded[uy + 1, ux + 1], padded[vy + 1, vx]))
    lying = _crossing(rgb, palette, labels, (uy - 1, ux), (uy, ux))
    standing = _crossing(rgb, palette, labels, (vy, vx - 1), (vy, vx))
    stacked = np.vstack(
        (np.column_stack((ux + 0.5, uy - 0.5 + lying)), np.column_stack((vx - 0.5 + standing, vy + 0.5)))
    )
    place: F64 = stacked.astype(np.float64)
    degree = np.bincount(np.concatenate((start, stop)), minlength=wide * (height + 1))
    knot = degree >= 3
    knot[[0, width, height * wide, height * wide + width]] = True
    at: dict[int, list[int]] = {}
    for crack, (a, b) in enumerate(zip(start.tolist(), stop.tolist(), strict=True)):
        at.setdefault(a, []).append(crack)
        at.setdefault(b, []).append(crack)
    where = {v: _knot_place(v, wide, height, place[at[v]]) for v in np.flatnonzero(knot).tolist() if v in at}
    starts, stops = start.tolist(), stop.tolist()
    used = bytearray(len(starts))
    arcs: list[_Arc] = []

    def walk(crack: int, vertex: int) -> tuple[list[int], int]:
        line = [crack]
        used[crack] = 1
        while True:
            vertex = stops[crack] if starts[crack] == vertex else starts[crack]
            if vertex in where:
                return line, vertex
            following = next((c for c in at[vertex] if not used[c]), None)
            if following is None:
                return line, vertex
            crack = following
            used[crack] = 1
            line.append(crack)

    for vertex in [*where, *starts]:
        for crack in at[vertex]:
            if used[crack]:
                continue
            line, last = walk(crack, vertex)
            forward = starts[crack] == vertex
            sides = (
                (int(left[crack]), int(right[crack])) if forward else (int(right[crack]), int(left[crack]))
            )
            ring: bool = vertex not in where
            points = place[line]
            if not ring:
                points = np.vstack((where[vertex], points, where[last]))
            arcs.append((points, sides[0], sides[1], ring, int(vertex), int(last)))
            if ring:
                break
    return arcs


def _crossing(
    rgb: F32,
    palette: F32,
    labels: I32,
    one: tuple[NDArray[np.int64], NDArray[np.int64]],
    two: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> F64:
    """How far (0 to 1) from the centre of pixel `one` to that of `two` their colours change over."""
    height, width = labels.shape
    inside = (one[0] >= 0) & (one[1] >= 0) & (two[0] < height) & (two[1] < width)
    part = np.full(len(one[0]), 0.5)
    a, b = ((p[0][inside], p[1][inside]) for p in (one, two))
    ca, cb = palette[labels[a]], palette[labels[b]]
    way = cb - ca
    size = np.maximum((way * way).sum(axis=1), 1e-9)
    fa = ((rgb[a] - ca) * way).sum(axis=1) / size
    fb = ((rgb[b] - ca) * way).sum(axis=1) / size
    rise = fb - fa
    part[inside] = np.where(rise > 0.1, np.clip((0.5 - fa) / np.maximum(rise, 0.1), 0.02, 0.98), 0.5)
    return part


def _knot_place(vertex: int, wide: int, height: int, near: F64) -> F64:
    """A junction lies amid its edges; on the picture's border it stays there."""
    y, x = divmod(vertex, wide)
    place = near.mean(axis=0)
    if x in (0, wide - 1):
        place[0] = x
        place[1] = y if y in (0, height) else place[1]
    if y in (0, height):
        place[1] = y
    return place


def _fitted(lines: list[F64], rings: list[bool], settings: FitSettings) -> list[Fit]:
    """Fits of all arcs; those that cross another are drawn closer to their points, at last through them."""
    with laser_extra():
        import shapely
    fits = fit_curves(lines, rings, settings)
    for factor in CLOSER:
        shapes = np.array(
            [shapely.LineString(np.vstack((polyline(fit, 0.01), fit.controls[-1, 3]))) for fit in fits]
        )
        bad = set(np.nonzero(~shapely.is_simple(shapes))[0].tolist())
        one, _ = shapely.STRtree(shapes).query(shapes, predicate="crosses")
        bad.update(one.tolist())
        if not bad:
            break
        chosen = sorted(bad)
        if factor:
            closer = replace(
                settings,
                tolerance=settings.tolerance * factor,
                mean_tolerance=settings.mean_tolerance * factor,
                sharpen=False,
            )
            again = fit_curves([lines[i] for i in chosen], [rings[i] for i in chosen], closer)
        else:
            again = [_straight(lines[i], rings[i]) for i in chosen]
        for index, fit in zip(chosen, again, strict=True):
            fits[index] = fit
    return fits


def _straight(points: F64, ring: bool) -> Fit:
    line = np.vstack((points, points[:1])) if ring else points
    a, b = line[:-1], line[1:]
    return Fit(np.stack((a, a, b, b), axis=1), np.ones(len(a), np.bool_))


def _rings(arcs: list[_Arc], fits: list[Fit]) -> dict[int, list[Fit]]:
    """For each label its outlines, put together from arcs with the label on their left."""
    outlines: dict[int, list[Fit]] = {}
    leaving: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for index, (_, left, right, ring, first, last) in enumerate(arcs):
        for label, forward, vertex in ((left, True, first), (right, False, last)):
            if label == OUTSIDE:
                continue
            if ring:
                outlines.setdefault(label, []).append(_turned(fits[index], forward))
            else:
                leaving.setdefault((label, vertex), []).append((index, forward))
    for label, vertex in list(leaving):
        while leaving[label, vertex]:
            parts: list[Fit] = []
            at = vertex
            while leaving.get((label, at)):
                index, forward = leaving[label, at].pop()
                parts.append(_turned(fits[index], forward))
                at = arcs[index][5] if forward else arcs[index][4]
                if at == vertex:
                    break
            outlines.setdefault(label, []).append(
                Fit(np.vstack([p.controls for p in parts]), np.concatenate([p.straight for p in parts]))
            )
    return outlines


def _turned(fit: Fit, forward: bool) -> Fit:
    return fit if forward else Fit(fit.controls[::-1, ::-1], fit.straight[::-1], fit.error)
