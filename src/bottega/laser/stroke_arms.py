"""One branch of a skeleton moved to where the middle of its ink really lies: between the two edges, to a fraction of a pixel."""

import math
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32
from bottega.laser.fit_samples import F64
from bottega.laser.skeleton_graph import FREE, Branch, SkeletonGraph


class Arm:
    """A branch moved to the middle of its ink: `points` (N x 2, pixel centres at whole numbers) and `widths` there."""

    def __init__(self, branch: Branch, graph: SkeletonGraph, field: F32, level: float, distance: F32) -> None:
        self.branch = branch
        self.field, self.level = field, level
        pixels = branch.points
        x, y = np.clip(np.rint(pixels).astype(np.int64), 0, np.array(distance.shape[::-1]) - 1).T
        radius = distance[y, x].astype(np.float64)
        self.half = max(float(np.median(radius)), 0.75)
        points = _smooth(pixels, 1.5, branch.closed)
        widths = 2 * radius
        valid = np.ones(len(points), np.bool_)
        for _ in range(2):
            moved, widths, valid = self._centred(points, radius)
            points = _smooth(moved, 1.2, branch.closed)
        self.uneven = int((~valid).sum())
        keep = np.ones(len(points), np.bool_)
        if not branch.closed:
            keep = self._away_from_ends(pixels, graph)
        self.points, self.widths = points[keep], widths[keep]
        for side in (0, 1):
            if branch.ends[side] == FREE and not branch.closed:
                self._extend(side)

    def direction(self, side: int) -> F64:
        """Unit vector out of the branch at its end 0 or 1, over about two widths of it."""
        line = self.points if side else self.points[::-1]
        line = line[-max(3, round(4 * self.half)) :]
        if len(line) < 2:
            own = self.branch.points if side else self.branch.points[::-1]
            way = own[-1] - own[0]
        else:
            # Least squares: the end points alone carry the noise of the edge.
            t = np.arange(len(line)) - (len(line) - 1) / 2
            way = t @ line
        size = float(np.hypot(*way))
        return way / size if size > 1e-9 else np.array([1.0, 0.0])

    def _centred(self, points: F64, radius: F64) -> tuple[F64, F64, NDArray[np.bool_]]:
        """Points moved to the middle between both edges; where there is no even stroke they stay and are not valid."""
        if len(points) < 3:
            return points, 2 * radius, np.zeros(len(points), np.bool_)
        way = _directions(points, self.branch.closed)
        normal = np.column_stack((-way[:, 1], way[:, 0]))
        reach = 1.7 * self.half + 2
        right, left = (_edge(self.field, self.level, points, sign * normal, reach) for sign in (1, -1))
        shift, width = (right - left) / 2, right + left
        with np.errstate(invalid="ignore"):
            valid = np.isfinite(width) & (np.abs(shift) < 0.5 * self.half + 1)
            usual = float(np.median(width[valid])) if valid.any() else 2 * self.half
            valid &= (width < 1.35 * usual + 0.5) & (width > 0.6 * usual - 0.5)
        if valid.any():
            # Between valid neighbours the shift goes over evenly.
            index = np.arange(len(points))
            shift = np.interp(index, index[valid], shift[valid])
            width = np.interp(index, index[valid], width[valid])
        else:
            shift, width = np.zeros(len(points)), 2 * radius
        return points + shift[:, None] * normal, width, valid

    def _away_from_ends(self, pixels: F64, graph: SkeletonGraph) -> NDArray[np.bool_]:
        """What is near a junction or a stroke's end follows the shape there, not the stroke."""
        keep = np.ones(len(pixels), np.bool_)
        for side in (0, 1):
            junction = self.branch.ends[side]
            if junction == FREE:
                tip, near = pixels[-side], 0.8 * self.half
            else:
                tip, near = np.array(graph.centres[junction]), 1.3 * graph.half_widths[junction] + 0.5
            keep &= np.hypot(*(pixels - tip).T) > near
        if keep.sum() < 2:
            keep[:] = False
            middle = len(pixels) // 2
            keep[max(0, middle - 1) : middle + 1] = True
        return keep

    def _extend(self, side: int) -> None:
        """To the tip of a square end, or to the centre of a round one."""
        way = self.direction(side)
        tip = self.points[-side] if len(self.points) else self.branch.points[-side]
        half = float(np.median(self.widths)) / 2 if len(self.widths) else self.half
        there = _edge(self.field, self.level, tip[None], way[None], 4 * half + 4)[0]
        if not math.isfinite(there):
            return
        normal = np.array([[-way[1], way[0]]])
        near_tip = tip + way * (there - 0.3 * half)
        across = sum(
            float(_edge(self.field, self.level, near_tip[None], s * normal, 2 * half + 2)[0]) for s in (1, -1)
        )
        square = half > 1.2 and math.isfinite(across) and across > 0.86 * 2 * half
        more = there if square else there - half
        end = tip + way * max(more, 0.0)
        if more > 0.25:
            self.points = np.vstack((self.points, end) if side else (end, self.points))


def _smooth(points: F64, sigma: float, closed: bool) -> F64:
    """Gaussian along the line; open ends go on point-symmetrically, so that they stay where they are."""
    reach = min(math.ceil(3 * sigma), len(points) - 1)
    if reach < 1:
        return points
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    if closed:
        padded = np.vstack((points[-reach:], points, points[:reach]))
    else:
        head, tail = 2 * points[0] - points[reach:0:-1], 2 * points[-1] - points[-2 : -reach - 2 : -1]
        padded = np.vstack((head, points, tail))
    smooth = [np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)]
    return np.column_stack(smooth).astype(np.float64)


def _directions(points: F64, closed: bool) -> F64:
    reach = min(3, len(points) - 1)
    if closed:
        way = np.roll(points, -reach, axis=0) - np.roll(points, reach, axis=0)
    else:
        index = np.arange(len(points))
        way = points[np.minimum(index + reach, len(points) - 1)] - points[np.maximum(index - reach, 0)]
    return way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]


def _edge(field: F32, level: float, points: F64, way: F64, reach: float) -> F64:
    """How far from each point along `way` the field falls below the level, to a fraction of a pixel; NaN beyond `reach`."""
    step = 0.5
    far = np.arange(0, reach + step, step)
    at = (points[:, None, :] + far[None, :, None] * way[:, None, :]).astype(np.float32)
    # OpenCV takes at most 32 767 rows.
    values = np.concatenate(
        [
            cv2.remap(
                field,
                at[low : low + 30_000],
                cast(Any, None),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
            )
            for low in range(0, len(at), 30_000)
        ]
    ).reshape(len(points), -1)
    below = values < level
    first = below.argmax(axis=1)
    rows = np.arange(len(points))
    found = below[rows, first] & (first > 0)
    before = values[rows, np.maximum(first - 1, 0)]
    after = values[rows, first]
    part = (before - level) / np.maximum(before - after, 1e-6)
    return np.where(found, (first - 1 + part) * step, np.nan)
