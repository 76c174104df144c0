"""Assembling a box in software: what the finished parts do to each other in space.

Measured on the parts' final shapes, without regard to how the joints were made: volumes shared by two parts, bars
that nobody fills, and the gaps between teeth and slots against the play that was asked for.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bottega.laser.boxes.plates import F64, Assembly, Joint, Plate, direction

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

OVERLAP_MM3 = 0.01
FIT_MM = 0.01


@dataclass(frozen=True, slots=True)
class FitReport:
    """`fit_error_mm`: the worst |measured gap - asked-for play| of all joints; `overlap_mm3`: the worst of all pairs of
    parts. `faults` in words; empty when the box goes together."""

    joints: int
    fit_error_mm: float
    overlap_mm3: float
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def check_fit(assembly: Assembly) -> FitReport:
    """Every part in one simple piece, no two parts in one place, and every joint with the play that was asked for."""
    faults: list[str] = []
    for plate in assembly.plates:
        shapes = [plate.shape] if plate.flat is None else [plate.shape, plate.flat]
        if not all(one_simple_piece(shape) for shape in shapes):
            faults.append(f"the part {plate.name!r} falls apart or crosses itself")
    worst_overlap = 0.0
    for one, other in combinations(assembly.plates, 2):
        shared = overlap_mm3(one, other)
        worst_overlap = max(worst_overlap, shared)
        if shared > OVERLAP_MM3:
            faults.append(f"{one.name!r} and {other.name!r} overlap by {shared:.3g} mm3")
    named = {plate.name: plate for plate in assembly.plates}
    worst_fit = 0.0
    for joint in assembly.joints:
        error = joint_error_mm(named[joint.holder], named[joint.tooth], joint, assembly.play_mm)
        worst_fit = max(worst_fit, error)
        if error > FIT_MM:
            faults.append(f"the joint of {joint.holder!r} and {joint.tooth!r} is {error:.3g} mm off")
    return FitReport(len(assembly.joints), worst_fit, worst_overlap, tuple(faults))


def one_simple_piece(shape: "BaseGeometry") -> bool:
    """Whether it is one polygon whose rings neither cross nor touch themselves or each other."""
    import shapely

    if not isinstance(shape, shapely.Polygon) or not shape.is_valid or shape.is_empty:
        return False
    rings = [shape.exterior, *shape.interiors]
    return all(ring.is_simple for ring in rings) and not any(
        a.intersects(b) for a, b in combinations(rings, 2)
    )


def overlap_mm3(one: Plate, other: Plate) -> float:
    """The volume that both parts fill, for parallel and for perpendicular plates."""
    import shapely

    cosine = float(one.n @ other.n)
    if abs(abs(cosine) - 1) < 1e-9:
        ends = sorted((other.low * cosine, (other.low + other.thickness) * cosine))
        deep = min(one.low + one.thickness, ends[1]) - max(one.low, ends[0])
        if deep <= 1e-9:
            return 0.0
        frame = np.array([one.u @ other.u, one.v @ other.u, one.u @ other.v, one.v @ other.v]).reshape(2, 2)
        shift = one.local(other.origin[None, :])[0]
        moved = shapely.transform(other.shape, lambda p: p @ frame + shift)
        return deep * float(shapely.intersection(one.shape, moved).area)
    here, there = _bar(one, other), _bar(other, one)
    if here is None or there is None:
        return 0.0
    ends = np.unique(np.concatenate((_stations(here), _stations(there))))
    # Between two stations both widths are linear in s, so their product is integrated exactly by Simpson's rule.
    ends = ends[np.concatenate(([True], np.diff(ends) > 1e-7))]
    inset = np.diff(ends) * 1e-6
    samples = (ends[:-1] + inset, (ends[:-1] + ends[1:]) / 2, ends[1:] - inset)
    first, middle, last = (_widths(here, s) * _widths(there, s) for s in samples)
    return float((np.diff(ends) * (first + 4 * middle + last)).sum() / 6)


def joint_error_mm(holder: Plate, tooth: Plate, joint: Joint, play: float) -> float:
    """The worst |gap - play / 2| at any flank of a tooth, read off the middle of the bar; infinite where one is missing.

    A tooth or slot that a neighbouring part has taken away (a corner) has no flank there and is not counted.
    """
    mine, theirs = _filled(holder, tooth), _filled(tooth, holder)
    worst = 0.0
    for a, b in joint.teeth:
        for at in (a, b):
            if joint.kind == "cross" and at == joint.span[1]:
                continue
            ours = [e for pair in mine for e in pair]
            others = [e for pair in theirs for e in pair]
            if not ours or not others:
                return float("inf")
            near = min(ours, key=lambda e: abs(e - at))
            far = min(others, key=lambda e: abs(e - at))
            worst = max(worst, abs(abs(near - far) - play / 2))
    return worst


def unfilled_mm(assembly: Assembly, joint: Joint) -> float:
    """How much of the joint's bar, read along its middle, no part fills; 0 without play.

    Corners belong to a third plate: its slab is not counted.
    """
    named = {plate.name: plate for plate in assembly.plates}
    holder, tooth = named[joint.holder], named[joint.tooth]
    d = direction(holder, tooth)
    low, high = joint.span
    filled = _filled(holder, tooth) + _filled(tooth, holder)
    for third in assembly.plates:
        along = float(third.n @ d)
        if (
            third not in (holder, tooth)
            and abs(abs(along) - 1) < 1e-9
            and third.reach(holder)
            and third.reach(tooth)
        ):
            ends = sorted((third.low * along, (third.low + third.thickness) * along))
            filled.append((ends[0], ends[1]))
    covered, at = 0.0, low
    for start, end in sorted(filled):
        first, last = max(start, at), min(end, high)
        if last > first:
            covered += last - first
            at = last
    return high - low - covered


def _filled(plate: Plate, other: Plate) -> list[tuple[float, float]]:
    """The stretches of the common edge that a part fills along the middle of the bar."""
    import shapely

    d = direction(plate, other)
    strip = shapely.get_coordinates(plate.strip(other, (-1e4, 1e4)))
    line = shapely.LineString([(strip[0] + strip[3]) / 2, (strip[1] + strip[2]) / 2])
    axis, start = np.array([d @ plate.u, d @ plate.v]), float(d @ plate.origin)
    found: list[tuple[float, float]] = []
    for piece in shapely.get_parts(shapely.intersection(plate.shape, line)):
        along = shapely.get_coordinates(piece) @ axis + start
        if len(along) > 1 and np.ptp(along) > 1e-6:
            found.append((float(along.min()), float(along.max())))
    return sorted(found)


def _bar(plate: Plate, other: Plate) -> "BaseGeometry | None":
    """What a part fills of the other slab, in (s, q): along the edge and through the other slab."""
    import shapely

    d = direction(plate, other)
    piece = shapely.intersection(plate.shape, plate.strip(other, (-1e4, 1e4)))
    if piece.area < 1e-9:
        return None
    to = np.array([[d @ plate.u, other.n @ plate.u], [d @ plate.v, other.n @ plate.v]])
    shift = np.array([d @ plate.origin, other.n @ plate.origin])
    return shapely.transform(piece, lambda p: p @ to + shift)


def _stations(bar: "BaseGeometry") -> F64:
    import shapely

    return shapely.get_coordinates(bar)[:, 0]


def _widths(bar: "BaseGeometry", s: F64) -> F64:
    """How deep the part is in the other slab at each station beside its corners: the signed sum of the edges there."""
    import shapely

    # In their normal form outer rings turn one way and holes the other.
    rings = shapely.get_rings(shapely.normalize(shapely.get_parts(bar)))
    corners = shapely.get_coordinates(rings)
    ends = np.cumsum(shapely.get_num_coordinates(rings))
    edge = np.ones(len(corners), np.bool_)
    edge[ends - 1] = False
    at = np.flatnonzero(edge)
    (s0, q0), (s1, q1) = corners[at].T, corners[at + 1].T
    along = s1 - s0
    crossed = (np.minimum(s0, s1) < s[:, None]) & (s[:, None] < np.maximum(s0, s1))
    share = (s[:, None] - s0) / np.where(along == 0, 1, along)
    return np.abs((crossed * np.sign(along) * (q0 + share * (q1 - q0))).sum(axis=1))
