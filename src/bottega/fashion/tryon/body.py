"""The part of a person that clothes hang on: axes, shoulders, sides of the torso, arms; completed by proportions.

Finding the joints is `fashion.person`'s; this only says where the missing ones usually are.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import BodyFrame, PersonParse
from bottega.fashion.tryon.contour import Contour, person_contour
from bottega.fashion.tryon.paths import length_of
from bottega.imaging.arrays import sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

MOST_UNEVEN = 1.2
"""Times as far from the neck as the other one may a shoulder be."""
LEAST_CONFIDENCE = 0.15
"""A joint below it counts as not found."""
SEEN_RIDGE, STRAIGHT = 6, 0.012
"""Of the eight places at which the shoulders' upper edge is looked for, as many have to show it, and lie no further from
one straight line at the median than that, in shoulder breadths, for the line to be the shoulder."""
MOST_BEND = 0.04
"""Shoulder breadths from that line beyond which what is seen is hair or a fold."""
# Breadths in shoulder breadths and drops below the shoulder line: Drillis and Contini (1966), segment lengths as
# shares of stature, with shoulder breadth 0.259 (bideltoid 0.26), as reprinted in Winter (2009), Biomechanics, fig. 4.1.
_CHEST = (0.29, 0.40)
_WAIST = (0.72, 0.34)
_HIP = (1.08, 0.42)
_UPPER_ARM, _FOREARM = 0.72, 0.57
_THIGH, _SHANK = 0.95, 0.95
# Breadth of a bare arm at armpit, elbow and wrist in shoulder breadths.
ARM_BREADTHS = (0.245, 0.20, 0.14)


MOST_HALF = 0.55
"""Shoulder breadths from the middle to a side of the torso at most: what is further out is an arm on the hip."""
HAND = (0.8, 1.4)
"""Of the forearm, between which places on it a hand begins."""


@dataclass(frozen=True, slots=True)
class Arm:
    """`path`: shoulder, elbow, wrist (3 x 2, pixels). `breadths`: of the limb at those, measured where it is bare."""

    path: F64
    breadths: tuple[float, float, float]
    found: bool
    """False when elbow and wrist are guesses."""
    bare: F32 | None = None
    """H x W in [0, 1], where it is seen without cloth; None where it is not."""
    hand: float | None = None
    """Of the forearm, where on it a hand is seen to begin; None where none is."""

    @property
    def length(self) -> float:
        return length_of(self.path)


@dataclass(frozen=True, slots=True)
class Body:
    """Axes of the torso: `origin` in the middle of the shoulders, `across` to the viewer's right and `down`, unit
    vectors. `drops` (n) are distances down the body, `lefts` and `rights` (n) the sides there along `across`, all in
    pixels. `neck` is the base of the neck, `neck_half` half its breadth."""

    origin: F64
    across: F64
    down: F64
    breadth: float
    """Of the shoulders."""
    neck: F64
    neck_half: float
    drops: F64
    lefts: F64
    rights: F64
    waist_drop: float
    hip_drop: float
    left_arm: Arm
    right_arm: Arm
    joints: dict[str, F64]
    ridge: F64
    """The seen upper edge of the shoulders, both sides together: distance from the middle, drop (n x 2, may be empty)."""
    contour: Contour
    """The edge of the person in the photograph."""
    below: F64 = field(default_factory=lambda: np.zeros((0, 3)))
    """Where trousers or a skirt are seen below the waist: drop, left side, right side (n x 3, may be empty)."""

    @property
    def bare_arms(self) -> F32 | None:
        """H x W in [0, 1]: arms seen without cloth; None where none is."""
        seen = [arm.bare for arm in (self.left_arm, self.right_arm) if arm.bare is not None]
        return np.maximum.reduce(seen) if seen else None

    def out(self, across: F64 | float, down: F64 | float) -> F64:
        """Body coordinates in pixels to picture coordinates: `... x 2`."""
        u, v = np.broadcast_arrays(np.asarray(across, float), np.asarray(down, float))
        return self.origin + u[..., None] * self.across + v[..., None] * self.down

    def into(self, points: F64) -> F64:
        """Picture coordinates `... x 2` to body coordinates."""
        away = points - self.origin
        return np.stack((away @ self.across, away @ self.down), axis=-1)

    def sides(self, drop: F64) -> tuple[F64, F64]:
        """The sides of the torso at these drops, along `across`."""
        return np.interp(drop, self.drops, self.lefts), np.interp(drop, self.drops, self.rights)

    def worn_below(self, drop: F64) -> tuple[F64, F64]:
        """The sides of worn trousers or of a skirt at these drops, along `across`; 0 where none are seen."""
        if not len(self.below):
            return np.zeros_like(drop), np.zeros_like(drop)
        at = self.below[:, 0]
        near = (drop > at[0] - 0.1 * self.breadth) & (drop < at[-1] + 0.1 * self.breadth)
        left, right = (np.interp(drop, at, self.below[:, side]) * near for side in (1, 2))
        return left, right

    def shoulder_edge(self, away: F64) -> tuple[F64, float]:
        """Drops of the shoulders' upper edge at distances `away` from the middle, and how sure that is, 0 to 1: the seen ridge
        near the straight line through it with the median slope (Theil 1950, Sen 1968). A shoulder seen from end to end is
        straight but for a bend toward the neck; seams, gathers and hair make dents and bumps that none has."""
        at, drops = self.ridge[:, 0], self.ridge[:, 1]
        if len(at) < 4:
            return (np.interp(away, at, drops) if len(at) else np.zeros_like(away)), 0.0
        first, second = np.triu_indices(len(at), 1)
        slope = float(np.median((drops[second] - drops[first]) / (at[second] - at[first])))
        slope = float(np.clip(slope, 0.0, 0.7))
        start = float(np.median(drops - slope * at))
        bend = (drops - slope * at - start) / self.breadth
        sure = float(np.clip(2 - float(np.median(np.abs(bend))) / STRAIGHT, 0, 1))
        if len(at) < SEEN_RIDGE or not sure:
            return np.asarray(start + slope * away, np.float64), 0.0
        seen = np.flatnonzero(np.abs(bend) < MOST_BEND)
        padded = np.pad(bend[seen], 1, "edge")
        even = np.median(np.stack((padded[:-2], padded[1:-1], padded[2:])), axis=0)
        return np.asarray(start + slope * away + sure * self.breadth * np.interp(away, at[seen], even)), sure

    def seen_top(self, across: F64) -> F64:
        """The drops at which the person begins above places along `across`, a little below the shoulder line; NaN where that
        is hidden."""
        depth = 0.12 * self.breadth
        starts = self.out(across, depth)
        ways = np.broadcast_to(-self.down, starts.shape)
        return depth - self.contour.reach(starts, ways, 0.35 * self.breadth)


def body_of(person: PersonParse) -> Body | None:
    """None where no shoulders were found."""
    frame = person.frame
    if frame is None:
        return None
    joints = {
        name: np.array((x, y)) for name, (x, y, sure) in frame.joints.items() if sure >= LEAST_CONFIDENCE
    }
    if "shoulder_left" not in joints or "shoulder_right" not in joints:
        return None
    _even_shoulders(joints)
    left, right = joints["shoulder_left"], joints["shoulder_right"]
    breadth = float(np.hypot(*(right - left)))
    if breadth < 8 or right[0] <= left[0]:
        return None
    origin = (left + right) / 2
    across = (right - left) / breadth
    down = np.array((-across[1], across[0]))
    neck = joints.get("neck", origin - 0.12 * breadth * down)
    drops, lefts, rights = _torso(joints, origin, across, down, breadth)
    return Body(
        origin,
        across,
        down,
        breadth,
        neck,
        _neck_half(person, neck, breadth),
        drops,
        lefts,
        rights,
        float(drops[2]),
        float(drops[3]),
        _arm(person, joints, "left", breadth, -across, down),
        _arm(person, joints, "right", breadth, across, down),
        joints,
        _ridge(person, origin, across, down, breadth),
        person_contour(person),
        _worn_below(person, origin, across, down, breadth, float(drops[2])),
    )


def _even_shoulders(joints: dict[str, F64]) -> None:
    """Moves a shoulder that was found far out on an arm held away from the body to where the other one is on its side of
    the neck, in place."""
    neck = joints.get("neck")
    if neck is None:
        return
    for side, other, sign in (("left", "right", -1.0), ("right", "left", 1.0)):
        elbow = joints.get(f"elbow_{side}")
        far = sign * float(joints[f"shoulder_{side}"][0] - neck[0])
        near = -sign * float(joints[f"shoulder_{other}"][0] - neck[0])
        out = 0.0 if elbow is None else sign * float(elbow[0] - neck[0])
        if near > 0 and far > MOST_UNEVEN * near and out > far + 0.3 * near:
            joints[f"shoulder_{side}"] = np.array((neck[0] + sign * near, joints[f"shoulder_{other}"][1]))


def _ridge(person: PersonParse, origin: F64, across: F64, down: F64, breadth: float) -> F64:
    """Where the worn top or a bare arm begins, at eight distances from the middle: the higher of the two sides, because
    hair hides and never raises."""
    names = ("top", "dress", "left_arm", "right_arm")
    tops = [person.regions[name] for name in names if name in person.regions]
    if not any(name in person.regions for name in names[:2]):
        return np.zeros((0, 2))
    worn = np.maximum.reduce(tops)
    drops = np.arange(-0.4 * breadth, 0.3 * breadth)
    found: list[tuple[float, float]] = []
    for distance in np.linspace(0.2, 0.47, 8) * breadth:
        firsts: list[float] = []
        for u in (-distance, distance):
            line = origin + u * across + drops[:, None] * down
            inside = np.flatnonzero(sample(worn, line) > 0.5)
            if len(inside) and inside[0] > 0:
                firsts.append(float(drops[inside[0]]))
        if firsts:
            found.append((float(distance), min(firsts)))
    return np.array(found).reshape(-1, 2)


def _worn_below(
    person: PersonParse, origin: F64, across: F64, down: F64, breadth: float, waist_drop: float
) -> F64:
    """The sides of the worn trousers or skirt at places below the waist, as far as they are seen around the middle."""
    region = person.regions.get("bottom")
    if region is None:
        return np.zeros((0, 3))
    away = np.arange(-0.9 * breadth, 0.9 * breadth)
    found: list[tuple[float, float, float]] = []
    for drop in waist_drop + np.arange(0.0, 2.0, 0.1) * breadth:
        seen = np.flatnonzero(sample(region, origin + away[:, None] * across + drop * down) > 0.5)
        # A glimpse between hands or beside a long top says nothing of the breadth.
        if len(seen) and len(seen) > 0.8 * (seen[-1] - seen[0]) and away[seen[0]] < 0 < away[seen[-1]]:
            found.append((float(drop), float(away[seen[0]]), float(away[seen[-1]])))
    return np.array(found).reshape(-1, 3)


def _torso(
    joints: dict[str, F64], origin: F64, across: F64, down: F64, breadth: float
) -> tuple[F64, F64, F64]:
    drops, lefts, rights = [0.0], [-0.47 * breadth], [0.47 * breadth]
    for name, (usual_drop, usual_half) in (("chest", _CHEST), ("waist", _WAIST), ("hip", _HIP)):
        left, right = joints.get(f"{name}_left"), joints.get(f"{name}_right")
        if left is None or right is None:
            drops.append(max(usual_drop * breadth, drops[-1] + 0.05 * breadth))
            lefts.append(-usual_half * breadth)
            rights.append(usual_half * breadth)
            continue
        u = np.array((left - origin, right - origin)) @ across
        v = np.array((left - origin, right - origin)) @ down
        drops.append(max(float(v.mean()), drops[-1] + 0.05 * breadth))
        lefts.append(float(np.clip(u[0], -MOST_HALF * breadth, -0.15 * breadth)))
        rights.append(float(np.clip(u[1], 0.15 * breadth, MOST_HALF * breadth)))
    return np.array(drops), np.array(lefts), np.array(rights)


def _neck_half(person: PersonParse, neck: F64, breadth: float) -> float:
    """From the neck's region where it is bare, else the usual share of the shoulders."""
    usual = 0.16 * breadth
    region = person.regions.get("neck")
    if region is None or not (region > 0.5).any():
        return usual
    runs = (region > 0.5).sum(axis=1)
    return float(np.clip(np.median(runs[runs > 0]) / 2, 0.8 * usual, 1.3 * usual))


def _arm(person: PersonParse, joints: dict[str, F64], side: str, breadth: float, out: F64, down: F64) -> Arm:
    shoulder = joints[f"shoulder_{side}"]
    elbow, wrist = joints.get(f"elbow_{side}"), joints.get(f"wrist_{side}")
    found = elbow is not None
    if elbow is None:
        if wrist is not None:
            elbow = (shoulder + wrist) / 2
        else:
            elbow = shoulder + _UPPER_ARM * breadth * (0.97 * down + 0.24 * out)
    if wrist is not None and _turns_back(shoulder, elbow, wrist):
        wrist = None
    if wrist is None:
        along = (elbow - shoulder) / max(float(np.hypot(*(elbow - shoulder))), 1e-6)
        wrist = elbow + _FOREARM * breadth * along
    path = np.array((shoulder, elbow, wrist))
    usual = tuple(share * breadth for share in ARM_BREADTHS)
    region = person.regions.get("left_arm" if side == "left" else "right_arm")
    hands = person.regions.get("hands")
    hand = None if hands is None else _hand_begins(hands, elbow, wrist)
    if region is None:
        return Arm(path, (usual[0], usual[1], usual[2]), found, hand=hand)
    found_at = [_breadth_at(region, path, index, usual[index]) for index in range(3)]
    measured = [seen / of for seen, of in zip(found_at, usual, strict=True) if seen is not None]
    # Under a sleeve an arm goes on as broad as it is where it comes out.
    factor = float(np.mean(measured)) if measured else 1.0
    seen = [of * factor if seen is None else seen for seen, of in zip(found_at, usual, strict=True)]
    # A bare shoulder is at times taken for a hand.
    bare = region if hands is None else np.maximum(region, hands)
    return Arm(path, (seen[0], seen[1], seen[2]), found, bare, hand)


def _hand_begins(hands: F32, elbow: F64, wrist: F64) -> float | None:
    """Of the forearm, where `hands` (H x W in [0, 1]) begin near the wrist; None where they do not."""
    shares = np.arange(*HAND, 0.01)
    inside = sample(hands, elbow + shares[:, None] * (wrist - elbow)) > 0.5
    return float(shares[inside.argmax()]) if inside.any() and not inside[0] else None


def _turns_back(shoulder: F64, elbow: F64, wrist: F64) -> bool:
    """A forearm that lies along its upper arm, the hand at the shoulder: a mistaken wrist, or a pose beyond this engine."""
    upper, fore = elbow - shoulder, wrist - elbow
    cosine = float((upper * fore).sum()) / max(float(np.hypot(*upper) * np.hypot(*fore)), 1e-6)
    return cosine < -0.85


def _breadth_at(region: F32, path: F64, index: int, usual: float) -> float | None:
    """Of a bare limb across its axis near a joint, in pixels; None where it is not bare there."""
    share = (0.35, 0.95, 0.9)[index]
    start, end = (path[0], path[1]) if index < 2 else (path[1], path[2])
    along = end - start
    length = float(np.hypot(*along))
    if length < 2:
        return None
    normal = np.array((-along[1], along[0])) / length
    offsets = np.arange(-usual, usual + 0.5)
    line = (start + share * along) + offsets[:, None] * normal
    values = sample(region, line)
    middle = len(offsets) // 2
    if values[middle] < 0.5:
        return None
    outside = np.flatnonzero(values < 0.5)
    before = outside[outside < middle]
    after = outside[outside > middle]
    first = offsets[before[-1]] if len(before) else -usual
    last = offsets[after[0]] if len(after) else usual
    return float(np.clip(last - first, 0.7 * usual, 1.4 * usual))


def hands_of(person: PersonParse, body: Body) -> F32:
    """H x W: hands, as far as they are where hands can be: well below the shoulders, or at a wrist."""
    found = np.zeros(person.silhouette.shape, np.float32)
    region = person.regions.get("hands")
    if region is None or not region.any():
        return found
    left, top, width, height = cv2.boundingRect(region.astype(np.uint8))
    bottom, right = top + height, left + width
    y, x = (axis.astype(np.float32) for axis in np.ogrid[top:bottom, left:right])
    near = (x - body.origin[0]) * body.down[0] + (y - body.origin[1]) * body.down[1] > 0.55 * body.breadth
    at_wrists = np.zeros(near.shape, bool)
    known = [side for side in ("left", "right") if f"wrist_{side}" in body.joints]
    for side in known:
        wrist, shoulder = body.joints[f"wrist_{side}"], body.joints[f"shoulder_{side}"]
        to_wrist = np.hypot(x - wrist[0], y - wrist[1])
        at_wrists |= (to_wrist < 0.5 * body.breadth) & (
            np.hypot(x - shoulder[0], y - shoulder[1]) > 1.5 * to_wrist
        )
    if person.frame is not None and person.frame.arms == "raised":
        near = at_wrists
    elif len(known) == 2:
        near &= at_wrists
    found[top:bottom, left:right] = np.where(near, region[top:bottom, left:right], 0)
    return found


def frame_confidence(frame: BodyFrame) -> float:
    """Of the least certain shoulder, times that of the frame."""
    sure = [frame.joints[name][2] for name in ("shoulder_left", "shoulder_right") if name in frame.joints]
    return min(sure, default=0.0) * frame.confidence
