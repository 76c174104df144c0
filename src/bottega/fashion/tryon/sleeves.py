"""Where a sleeve comes to lie on an arm: along the arm's own bend, as long and as wide as the sleeve is cut."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Sleeves
from bottega.fashion.tryon.body import HAND, Arm
from bottega.fashion.tryon.caps import on_shoulder, traced, within_cloth, without_twisted
from bottega.fashion.tryon.cloth import STATIONS, Sleeve
from bottega.fashion.tryon.contour import Contour
from bottega.fashion.tryon.paths import directions_of, distances_along, length_of, points_at, smoothed
from bottega.fashion.tryon.pieces import Patch
from bottega.fashion.tryon.ribbon import SHARES, Ribbon, turned_share
from bottega.fashion.tryon.values import Bool
from bottega.imaging.arrays import sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
ROLLED = 0.62
"""Of a long sleeve's length remains when it is rolled up to the elbow."""
WORN = 0.7
"""Breadth of a sleeve on an arm, in breadths of it laid flat."""
MOST_WIDE = 1.7
"""Of the arm's breadth a sleeve is seen wide: what is wider hangs down in folds."""
TUCKED = 0.05
"""Breadths of the wrist that a cuff reaches under a hand that is seen, whose edge then is the cuff's."""
_HAIR = 9
"""Of the 25 steps outward from a sleeve's edge, those on which hair may hide the arm."""
FLAT = 0.03
"""As much of a ribbon may be turned over where it bends before another way is tried."""


def place_sleeve(
    name: str,
    sleeve: Sleeve,
    arm: Arm,
    seam: tuple[F64, F64, F64],
    scale: float,
    kind: Sleeves,
    area: Bool,
    rolled: bool,
    alpha: F32,
    seen: Contour,
) -> tuple[Patch, float]:
    """The sleeve along the arm's axis (`arm` begins in the middle of the limb, not at the shoulder's tip), and the share of the arm that it covers. `seam`: its upper and lower end, and the
    direction (unit vector) in which the shoulder runs out at the upper one. `alpha`: the product picture's cut-out; `seen`: the
    person in the photograph."""
    start = (seam[0] + seam[1]) / 2
    # From the seam's middle, which may lie well inside, over to the arm's own axis; or straight to the elbow where an arm
    # is held so far out that the way over would fold the sleeve at the armpit.
    over = arm.path[0] + 0.6 * (arm.path[1] - arm.path[0])
    inner = _dense(sleeve.inner)
    outer, torn = traced(_dense(sleeve.outer), inner, alpha)
    inner = within_cloth(inner, outer, alpha)
    area = without_twisted(area, outer, inner, torn)
    edges = outer, inner
    tried = [
        _laid(sleeve, edges, corners, seam, arm, scale, kind, seen)
        for corners in (np.vstack((start, over, arm.path[1:])), np.vstack((start, arm.path[1:])))
    ]
    ribbon, length, reach = tried[0] if turned_share(tried[0][0]) <= FLAT else min(tried, key=_turned)
    outer, inner = ribbon.target_outer, ribbon.target_inner
    kept = len(outer)
    if rolled and kind == "long":
        area = area & _before(area.shape, sleeve, ROLLED)
        length *= ROLLED
        kept = int(np.searchsorted(SHARES, ROLLED)) + 1
    outline = np.vstack((outer[:kept], inner[:kept][::-1]))
    source = np.vstack((ribbon.source_outer, ribbon.source_inner))
    patch = Patch(name, source, np.vstack((outer, inner)), area, outline, None, ribbon)
    return patch, float(np.clip(length / max(reach, 1.0), 0, 1))


def _laid(
    sleeve: Sleeve,
    edges: tuple[F64, F64],
    corners: F64,
    seam: tuple[F64, F64, F64],
    arm: Arm,
    scale: float,
    kind: Sleeves,
    seen: Contour,
) -> tuple[Ribbon, float, float]:
    """The sleeve along the rounded way through `corners`: its ribbon, its length and that of the way, pixels. `edges`: its
    outer and inner edge in the product picture."""
    path = _smooth_path(corners)
    reach = length_of(path)
    upper = float(np.hypot(*(arm.path[1] - corners[0])))
    ends = _comes_out(arm) if arm.hand is None else arm.hand
    to_hand = None if ends is None else upper + ends * (reach - upper) + TUCKED * arm.breadths[2]
    length = _sleeve_length(scale * sleeve.length, reach, upper, kind, to_hand)
    # A round tube is 2 / pi as broad as when it lies flat; cloth is not quite round.
    worn = WORN + sleeve.round * (1 - WORN)
    outer, inner = _sleeve_target(path, length, seam, arm, worn * scale * _breadths(sleeve), upper, seen)
    return Ribbon(*edges, outer, inner), length, reach


def _turned(laid: tuple[Ribbon, float, float]) -> float:
    return turned_share(laid[0])


def _dense(edge: F64) -> F64:
    """An edge given at `STATIONS`, at the stations of a ribbon."""
    return points_at(SHARES, STATIONS, edge)


def _breadths(sleeve: Sleeve) -> F64:
    """Across the sleeve at `STATIONS`."""
    away = sleeve.outer - sleeve.inner
    return np.hypot(away[:, 0], away[:, 1])


def _sleeve_target(
    path: F64,
    length: float,
    seam: tuple[F64, F64, F64],
    arm: Arm,
    breadths: F64,
    upper: float,
    seen: Contour,
) -> tuple[F64, F64]:
    """The sleeve's edges on the arm at `SHARES` of its length: `breadths` are its own at `STATIONS`, in pixels of the
    photograph; `upper` the length from the seam to the elbow."""
    shoulder, armpit, lead = seam
    axis, along = _points_along(path, SHARES * length)
    normal = np.column_stack((along[:, 1], -along[:, 0]))
    seam_way = (shoulder - armpit) / max(float(np.hypot(*(shoulder - armpit))), 1e-6)
    if float((normal[0] * seam_way).sum()) < 0:
        normal = -normal
    reach = length_of(path)
    limb = np.interp(SHARES * length, [0.0, upper, reach], arm.breadths)
    wide = np.minimum(np.interp(SHARES, STATIONS, breadths), MOST_WIDE * limb)
    half = np.maximum(wide, 1.08 * limb + 2)[:, None] / 2
    half[0] = half[1]
    outer, inner = axis + half * normal, axis - half * normal
    # Each edge leaves from its end of the seam and comes to the arm's side on the way.
    left_over = np.clip(1 - SHARES * length / (0.8 * max(upper, 1.0)), 0, 1)[:, None] ** 1.5
    outer = outer + left_over * (shoulder - outer[0])
    inner = inner + left_over * (armpit - inner[0])
    outer = _rounded(outer, lead, min(0.5 * upper, 0.75 * length))
    outer = on_shoulder(outer, arm.path[:2], arm.breadths[0], SHARES * length / max(upper, 1.0), seen)
    if arm.bare is not None:
        way = (outer - inner) / np.maximum(np.hypot(*(outer - inner).T), 1e-6)[:, None]
        wider = _uncovered(arm.bare, outer, way, 1.2 * arm.breadths[0])
        outer = outer + wider[:, None] * way
        # Below the armpit a sleeve goes around the arm's inner side as well.
        wider = _uncovered(arm.bare, inner, -way, 0.5 * arm.breadths[0])
        inner = (
            inner - (wider * np.clip((SHARES * length / max(upper, 1.0) - 0.25) / 0.2, 0, 1))[:, None] * way
        )
    return outer, inner


def _rounded(outer: F64, lead: F64, reach: float) -> F64:
    """The outer edge with its first `reach` pixels replaced by a cubic that leaves the shoulder as the shoulder runs and
    joins the edge as that runs (Hermite): a shoulder is round, and an edge that turned down at once would leave a tip."""
    at = distances_along(outer)
    joined = int(np.clip(np.searchsorted(at, reach), 2, len(outer) - 2))
    start, end = outer[0], outer[joined]
    chord = float(np.hypot(*(end - start)))
    leave = directions_of(outer)[joined]
    leave = leave / max(float(np.hypot(*leave)), 1e-9) * chord
    t = (at[: joined + 1] / max(float(at[joined]), 1e-9))[:, None]
    found = outer.copy()
    found[: joined + 1] = (
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * 0.9 * chord * lead
        + (3 * t**2 - 2 * t**3) * end
        + (t**3 - t**2) * leave
    )
    return found


def _uncovered(bare: F32, outer: F64, way: F64, most: float) -> F64:
    """How far bare skin would show beyond the sleeve's outer edge at each station, in pixels, at most `most`: the joints
    mark where shoulders are, not how far they are rounded."""
    steps = np.linspace(0, most, 25)
    values = sample(bare, (outer[:, None, :] + steps[:, None] * way[:, None, :]).reshape(-1, 2))
    shows = values.reshape(len(outer), len(steps)) > 0.3
    # As one run from the edge outward: what comes after a gap is another limb. Hair may lie over the edge itself.
    begins = np.where(shows[:, :_HAIR].any(axis=1), shows[:, :_HAIR].argmax(axis=1), 0)
    ahead = np.arange(len(steps)) < begins[:, None]
    run = np.argmin(np.column_stack((shows | ahead, np.zeros(len(outer), bool))), axis=1)
    run = np.where(shows[:, :_HAIR].any(axis=1), run, 0)
    found = np.where(run > 0, steps[np.minimum(run, len(steps) - 1)] + 2, 0.0)
    return np.maximum(found, np.convolve(np.pad(found, 2, "edge"), np.ones(5) / 5, "valid"))


def _sleeve_length(own: float, reach: float, upper: float, kind: Sleeves, to_hand: float | None) -> float:
    """A long sleeve ends at the wrist, or where a hand that is seen begins; a short one above the elbow, however long the arm
    is. `to_hand`: the length up to that hand."""
    if kind == "long":
        if to_hand is None:
            return float(np.clip(own, 0.96 * reach, 1.03 * reach))
        # Of a strip between cuff and hand nobody knows whether skin or cloth is seen there.
        return to_hand
    if kind == "elbow":
        return float(np.clip(own, 0.98 * upper, upper + 0.35 * (reach - upper)))
    return min(own, 0.68 * upper)


def _comes_out(arm: Arm) -> float | None:
    """Of the forearm, where an arm under cloth comes out of it beyond its wrist, as that was guessed; None where it does not:
    the worn cuff is at the real wrist."""
    if arm.bare is None:
        return None
    shares = np.arange(HAND[0], HAND[1], 0.01)
    inside = sample(arm.bare, arm.path[1] + shares[:, None] * (arm.path[2] - arm.path[1])) > 0.5
    first = float(shares[inside.argmax()])
    return first if inside.any() and first > 1 else None


def _before(shape: tuple[int, ...], sleeve: Sleeve, share: float) -> Bool:
    """H x W, True nearer to the seam than `share` of the sleeve's axis."""
    at, along = _points_along(sleeve.axis, np.array((share * sleeve.length,)))
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    return (x - at[0, 0]) * along[0, 0] + (y - at[0, 1]) * along[0, 1] < 0


def _smooth_path(corners: F64) -> F64:
    """A polyline of 65 points through the corners, its bends rounded; the ends stay."""
    at = distances_along(corners)
    path = points_at(np.linspace(0, float(at[-1]), 65), at, corners)
    reach = 9
    padded = np.vstack(
        (2 * path[0] - path[1 : reach + 1][::-1], path, 2 * path[-1] - path[-reach - 1 : -1][::-1])
    )
    weights = np.hanning(2 * reach + 3)[1:-1]
    weights /= weights.sum()
    return smoothed(padded, weights)


def _points_along(path: F64, distances: F64) -> tuple[F64, F64]:
    """Points at these distances along a polyline (past its end straight on), and unit vectors along it there."""
    at = distances_along(path)
    points = points_at(distances, at, path)
    ways = points_at(distances, at, directions_of(path))
    ways /= np.maximum(np.hypot(ways[:, 0], ways[:, 1]), 1e-9)[:, None]
    beyond = np.maximum(distances - at[-1], 0)[:, None]
    return points + beyond * ways, ways
