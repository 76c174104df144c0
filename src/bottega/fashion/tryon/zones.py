"""Where parts of a body are in the picture: limbs under cloth, the torso, what a wider neckline leaves bare."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Arm, Body, hands_of
from bottega.fashion.tryon.limbs import Limb, limb_of
from bottega.fashion.tryon.paths import directions_of, points_at, smoothed
from bottega.fashion.tryon.values import Bool
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]
_TO_ELBOW = 21
"""Points of `limb_ring` on either side that lie above the elbow."""
RIM = 3
"""Pixels around a region that still hold some of its colour."""
_FEW = 7
"""Up to this many pixels a dilation takes less time than measuring distances."""


def worn_top(person: PersonParse, shape: tuple[int, ...]) -> F32:
    """H x W: the worn top or dress."""
    found = np.zeros(shape[:2], np.float32)
    for name in ("top", "dress"):
        region = person.regions.get(name)
        if region is not None:
            found = np.maximum(found, region)
    return found


def grown(mask: Bool, pixels: int) -> Bool:
    """What is at most `pixels` away from `mask`."""
    at = around(mask, pixels + 2) if pixels >= 1 else None
    if at is None:
        return mask
    found = np.zeros(mask.shape, bool)
    if pixels <= _FEW:
        part = np.ascontiguousarray(mask[at]).view(np.uint8)
        found[at] = np.asarray(cv2.dilate(part, _disc(pixels)), np.uint8).view(bool)
        return found
    away = cv2.distanceTransform((~mask[at]).astype(np.uint8), cv2.DIST_L2, 3)
    found[at] = np.asarray(away) <= pixels + 0.5
    return found


@cache
def _disc(pixels: int) -> U8:
    """What one pixel grows to, by the distances that `distanceTransform` counts with."""
    point = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    point[pixels, pixels] = 0
    return (np.asarray(cv2.distanceTransform(point, cv2.DIST_L2, 3)) <= pixels + 0.5).astype(np.uint8)


def around(mask: Bool, margin: int) -> tuple[slice, slice] | None:
    """The rows and columns of `mask` (H x W) that hold something, and `margin` pixels more; None where nothing does."""
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(mask).view(np.uint8))
    if not width:
        return None
    return (
        slice(max(top - margin, 0), top + height + margin),
        slice(max(left - margin, 0), left + width + margin),
    )


def large_parts(mask: Bool, area: float) -> Bool:
    """The connected parts of `mask` of at least `area` pixels."""
    parts = parts_of(mask)
    return parts.of(parts.areas() >= area)


def touching(parts: Bool, seeds: Bool, connectivity: int = 8) -> Bool:
    """The connected parts of `parts | seeds` that hold some of `seeds`."""
    return parts_of(parts | seeds, connectivity).holding(seeds)


def closed(mask: Bool, pixels: int) -> Bool:
    """`mask` with gaps and bays up to twice `pixels` wide filled."""
    return ~grown(~grown(mask, pixels), pixels)


def drop_map(body: Body, shape: tuple[int, ...]) -> F64:
    """How far each pixel lies below the shoulder line."""
    y, x = np.ogrid[0 : shape[0], 0 : shape[1]]
    return (x - body.origin[0]) * body.down[0] + (y - body.origin[1]) * body.down[1]


def drawn_ring(points: F64, shape: tuple[int, ...]) -> F32:
    """A filled polygon, antialiased, H x W in [0, 1]."""
    drawn = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(drawn, [np.rint(points * 16).astype(np.int32)], (255.0,), cv2.LINE_AA, 4)
    return drawn.astype(np.float32) / np.float32(255)


def torso_zone(body: Body, shape: tuple[int, ...]) -> Bool:
    drops = np.linspace(0.1 * body.breadth, body.hip_drop + 1.0 * body.breadth, 24)
    left, right = body.sides(drops)
    ring = np.vstack((body.out(1.02 * right, drops), body.out(1.02 * left, drops)[::-1]))
    return drawn_ring(ring, shape) > 0.5


def neckline_zone(body: Body, shape: tuple[int, ...]) -> Bool:
    """Neck, shoulders and the upper chest: what a wider neckline or straps leave bare."""
    half = body.breadth / 2
    neck = float(body.into(body.neck)[1])
    chest_left, chest_right = body.sides(body.drops[1:2])
    near, top, depth = 1.15 * body.neck_half, neck - 0.35 * body.breadth, 0.42 * body.breadth
    # A little above the shoulders: cloth stood off there, and slivers of backdrop beside a neck look torn.
    begins, ends = neck - 0.06 * half, neck * 0.55 - 0.06 * half
    seen, sure = body.shoulder_edge(np.array((near, 0.6 * half)))
    if sure > 0.5:
        begins, ends = min(begins, float(seen[0]) - 0.03 * half), min(ends, float(seen[1]) - 0.01 * half)
    right = [
        (near, top),
        (near, begins),
        (0.6 * half, ends),
        # A bare shoulder is round.
        (0.8 * half, 0.0),
        (0.92 * half, 0.1 * half),
        (0.97 * half, 0.25 * half),
    ]
    left = [(-u, v) for u, v in reversed(right)]
    ring = np.array([*right, (float(chest_right[0]), depth), (float(chest_left[0]), depth), *left])
    return drawn_ring(body.out(ring[:, 0], ring[:, 1]), shape) > 0.5


def beyond_armholes(body: Body, shape: tuple[int, ...]) -> F32:
    """H x W in [0, 1]: outside of the lines from the shoulders' ends to the armpits, and below those, where an arm lies
    before the torso: from the armpit on the line runs inward, until the arm's own edge takes over."""
    half = body.breadth / 2
    drops = np.array((0.08, 0.2, 0.32, 0.36, 0.41, 0.5)) * body.breadth
    left, right = body.sides(drops[2:3])
    beyond = (drop_map(body, shape) > drops[-1]).astype(np.float32)
    for side, armpit in ((-1.0, left), (1.0, right)):
        seam, end = 0.92 * side * half, float(armpit[0])
        inward = -0.3 * side * half
        inner = np.array(
            (seam, 0.4 * seam + 0.6 * end, end, end + 0.1 * inward, end + 0.35 * inward, end + inward)
        )
        far = np.full(len(drops), 3 * side * half)
        ring = np.vstack((body.out(inner, drops), body.out(far, drops)[::-1]))
        beyond = np.maximum(beyond, drawn_ring(ring, shape))
    return beyond


def joint_zone(limbs: F32, body: Body, shape: tuple[int, ...]) -> Bool:
    """H x W: the skin at shoulders and armpits between arm and torso: an arm grows out of a torso in a round."""
    drops = drop_map(body, shape) / body.breadth
    solid = (
        ((limbs > 0.5) | torso_zone(body, shape) | neckline_zone(body, shape))
        & (drops > -0.2)
        & (drops < 0.6)
    )
    upper = closed(solid, max(2, round(0.1 * body.breadth))) & (drops < 0.2)
    lower = closed(solid, max(2, round(0.035 * body.breadth))) & (drops >= 0.2) & (drops < 0.42)
    return (upper | lower) & ~solid


def under_neck(person: PersonParse, body: Body, shape: tuple[int, ...]) -> Bool:
    """H x W: close below the bare neck, which is broader than usual at times."""
    return _close_below(person.regions.get("neck"), 0.06 * body.breadth, shape)


def under_hair(person: PersonParse, body: Body, shape: tuple[int, ...]) -> Bool:
    """H x W: close below hair at the shoulders. Hair that falls behind them goes on there; a backdrop would shine through it.
    What ends lower hangs before them."""
    below = _close_below(person.regions.get("hair"), 0.12 * body.breadth, shape)
    return below & (drop_map(body, shape) < 0.2 * body.breadth)


def above_legs(person: PersonParse, body: Body, shape: tuple[int, ...]) -> Bool:
    """H x W: close above bare legs, which go on under a hem that ended a little lower."""
    region = person.regions.get("legs")
    above = None if region is None else np.ascontiguousarray(region[::-1])
    return _close_below(above, 0.05 * body.breadth, shape)[::-1]


def _close_below(region: F32 | None, reach: float, shape: tuple[int, ...]) -> Bool:
    """H x W: a `region` (H x W in [0, 1]) and what lies up to `reach` pixels below it."""
    if region is None or not (region > 0.95).any():
        return np.zeros(shape, bool)
    pixels = max(2, round(reach))
    below = np.zeros((2 * pixels + 1, 1), np.uint8)
    # Dilation takes the greatest under the kernel: what lies above.
    below[: pixels + 1] = 1
    return np.asarray(cv2.dilate((region > 0.5).astype(np.uint8), below)) > 0


def spanned(mask: Bool) -> Bool:
    """H x W: in each row, from the first pixel of `mask` to the last."""
    return np.logical_or.accumulate(mask, axis=1) & np.logical_or.accumulate(mask[:, ::-1], axis=1)[:, ::-1]


def limb_ring(arm: Arm, grow: float = 1.0) -> F64:
    """The outline of a limb with its breadths (N x 2)."""
    # Past the wrist as far as a cuff may reach over the hand.
    fine = np.linspace(0, 2.4, 49)
    ends = np.vstack((arm.path, arm.path[2] + (arm.path[2] - arm.path[1])))
    path = points_at(fine, np.arange(4.0), ends)
    kernel = np.ones(7) / 7
    padded = np.pad(path, ((3, 3), (0, 0)), "edge")
    path = smoothed(padded, kernel)
    along = directions_of(path)
    half = (grow * np.interp(fine, (0, 1, 2), arm.breadths) / 2)[:, None]
    normal = np.column_stack((along[:, 1], -along[:, 0]))
    return np.vstack((path + half * normal, (path - half * normal)[::-1]))


def least_arm_known(person: PersonParse, body: Body) -> float:
    """Of each upper arm, as the frame has it, the share that was told to be cloth, skin or hair; of the arm of which the
    least is known, 0 to 1. A sleeve that was taken for the backdrop would stay beside the new garment."""
    names = ("top", "dress", "left_arm", "right_arm", "hands", "hair")
    known = [person.regions[name] for name in names if name in person.regions]
    least = 1.0
    for arm in (body.left_arm, body.right_arm):
        ring = limb_ring(inset(arm, body))
        upper = np.vstack((ring[:_TO_ELBOW], ring[-_TO_ELBOW:]))
        place = drawn_ring(upper, person.silhouette.shape) > 0.5
        if arm.found and known and place.any():
            least = min(least, float((np.maximum.reduce([region[place] for region in known]) > 0.5).mean()))
    return least


def inset(arm: Arm, body: Body) -> Arm:
    """The limb from its own middle at the shoulder: the joint marks the shoulder's outer end."""
    path = arm.path.copy()
    side = -1.0 if path[0][0] < body.origin[0] else 1.0
    path[0] = path[0] - side * 0.42 * arm.breadths[0] * body.across + 0.35 * arm.breadths[0] * body.down
    return replace(arm, path=path)


def limbs_of(person: PersonParse, body: Body) -> list[Limb]:
    """The arms that were found, as far as the wrist, under cloth and without."""
    shape = person.silhouette.shape
    bare, worn = _bare_arms(person, body), worn_top(person, shape)
    whole = _with_rims(person, bare)
    return [limb_of(arm, body, bare, worn, whole) for arm in (body.left_arm, body.right_arm) if arm.found]


def _bare_arms(person: PersonParse, body: Body) -> F32:
    """Arms and hands as they are seen, H x W."""
    found = hands_of(person, body)
    for name in ("left_arm", "right_arm"):
        if name in person.regions:
            # Where a hand joins its arm each has a share of the pixels between.
            found = found + person.regions[name]
    return np.minimum(found, 1).astype(np.float32)


def _with_rims(person: PersonParse, bare: F32) -> F32:
    """`bare` arms with their rims, where those were told from the backdrop and from nothing else: H x W."""
    taken = np.maximum.reduce([bare, *person.regions.values()])
    rim = (person.silhouette > 0.5) & (taken < 0.5) & grown(bare > 0.5, RIM)
    return np.where(rim, person.silhouette, bare).astype(np.float32)


def limb_shapes(person: PersonParse, body: Body, old: F32, limbs: list[Limb]) -> F32:
    """Arms and hands before the torso: as seen, and under the old garment where `limbs` says."""
    shape = old.shape
    found = _bare_arms(person, body)
    hidden = grown(old > 0.04, RIM)
    for limb in limbs:
        # What the frame says counts only where cloth hides the limb.
        found = np.maximum(found, limb.drawn(shape) * hidden)
    return found
