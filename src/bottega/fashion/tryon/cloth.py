"""A garment's own shape from its product picture: scale, sides of the torso, sleeves; what a pattern maker would measure.

Finding landmarks is `fashion.garment`'s; where they come to lie on a body is `placement`'s.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment, Sleeves
from bottega.fashion.tryon.paths import length_of
from bottega.fashion.tryon.pieces import Untouched
from bottega.fashion.tryon.torso_sides import SIDE_ROWS, sides_of
from bottega.imaging.arrays import sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
STATIONS = np.array([0.0, 0.18, 0.36, 0.55, 0.75, 1.0])
"""Along a sleeve, from the seam at the armhole to the cuff."""
STRAIGHT_FROM: dict[Sleeves, float] = {"short": 1.17, "elbow": 0.73, "long": 0.4, "none": 1.0, "unknown": 1.0}
"""Along a sleeve on an arm, from where on what lies across it is seen straight: four fifths of the upper arm."""

SHADED, SHADED_BELOW = 0.07, 0.05
"""Of the chest's breadth: the strip of a side that a sleeve touches, with its shadow and its hem, and how far below the sleeve
its shadow reaches."""
PARTING = 0.1
"""Of the chest's breadth, on which torso and sleeve part above the armpit."""
ACROSS = (-0.9, 1.35)
"""How far inward and outward of the straight edges of a sleeve its real ones are looked for, in its breadths."""


@dataclass(frozen=True, slots=True)
class Sleeve:
    """`outer` and `inner`: its edges at `STATIONS` (6 x 2, pixels of the product picture), first at the seam."""

    outer: F64
    inner: F64
    round: float = 0.0
    """1 where its breadth is that of cloth around an arm, 0 where it was laid flat."""

    @property
    def axis(self) -> F64:
        return (self.outer + self.inner) / 2

    @property
    def length(self) -> float:
        return length_of(self.axis)


@dataclass(frozen=True, slots=True)
class Cloth:
    """Pixels of the product picture. `drops` (n) below the shoulder line with the torso's sides `lefts` and `rights`
    there, distances from `origin` (the middle of the shoulders) along the picture's axes."""

    origin: F64
    shoulders: tuple[F64, F64]
    armpits: tuple[F64, F64]
    collar: tuple[F64, F64]
    collar_front: F64
    drops: F64
    lefts: F64
    rights: F64
    left_sleeve: Sleeve | None
    right_sleeve: Sleeve | None
    round: float = 0.0
    """1 where its breadths are those of cloth around a body, on a mannequin; 0 where it was laid flat."""
    hidden: tuple[float, float] = (0.0, 0.0)
    """How far below the shoulder line hanging sleeves hide the left and the right side."""

    @property
    def shoulder_breadth(self) -> float:
        return float(self.shoulders[1][0] - self.shoulders[0][0])

    @property
    def chest_breadth(self) -> float:
        return float(self.armpits[1][0] - self.armpits[0][0])

    @property
    def length(self) -> float:
        """Shoulder line to hem."""
        return float(self.drops[-1])


def cloth_of(garment: Garment, cover: F32 | None = None) -> Cloth | None:
    """The shape of a top, jacket or dress; None where shoulders, armpits or hem were not found. `cover`: H x W in [0, 1], what
    will be shown of the garment, where that is less than its cut-out."""
    marks = {name: np.array((x, y)) for name, (x, y, _) in garment.landmarks.items()}
    needed = ("shoulder_left", "shoulder_right", "armpit_left", "armpit_right", "hem_left", "hem_right")
    if any(name not in marks for name in needed):
        return None
    _mend(marks, garment)
    shoulders = marks["shoulder_left"], marks["shoulder_right"]
    armpits = marks["armpit_left"], marks["armpit_right"]
    if shoulders[1][0] - shoulders[0][0] < 8 or armpits[1][0] - armpits[0][0] < 8:
        return None
    origin = (shoulders[0] + shoulders[1]) / 2
    breadth = shoulders[1][0] - shoulders[0][0]
    collar = tuple(
        marks.get(f"collar_{side}", origin + np.array((sign * 0.18 * breadth, -0.08 * breadth)))
        for side, sign in (("left", -1), ("right", 1))
    )
    front = marks.get("collar_front", (collar[0] + collar[1]) / 2 + np.array((0.0, 0.08 * breadth)))
    hem = marks["hem_left"], marks["hem_right"]
    drops, lefts, rights, hidden = sides_of(
        garment.alpha if cover is None else cover, origin, armpits, hem, garment.mannequin > 0.5
    )
    if len(drops) < 3 or not 0.5 < breadth / (armpits[1][0] - armpits[0][0]) < 1.7:
        return None
    sleeves = [
        _sleeve(garment, marks, side) if garment.sleeves != "none" else None for side in ("left", "right")
    ]
    if garment.sleeves not in ("none", "unknown") and None in sleeves:
        return None
    return Cloth(
        origin,
        shoulders,
        armpits,
        (collar[0], collar[1]),
        front,
        drops,
        lefts,
        rights,
        sleeves[0],
        sleeves[1],
        garment.mannequin,
        hidden,
    )


def _mend(marks: dict[str, F64], garment: Garment) -> None:
    """Shoulders that are not above the armpits and cuffs without breadth are looked for again in the outline."""
    chest = marks["armpit_right"][0] - marks["armpit_left"][0]
    for side, sign in (("left", -1.0), ("right", 1.0)):
        armpit = marks[f"armpit_{side}"]
        if marks[f"shoulder_{side}"][1] > armpit[1] - 0.15 * chest:
            column = int(np.clip(armpit[0] - sign * 0.07 * chest, 0, garment.alpha.shape[1] - 1))
            covered = np.flatnonzero(garment.alpha[: int(armpit[1]) + 1, column] > 0.5)
            if len(covered):
                marks[f"shoulder_{side}"] = np.array((float(column), float(covered[0])))
        if garment.sleeves in ("none", "unknown"):
            continue
        outer, inner = marks.get(f"cuff_{side}_outer"), marks.get(f"cuff_{side}_inner")
        if outer is None or inner is None or np.hypot(*(outer - inner)) < 0.08 * chest:
            found = _cuff(garment.alpha, marks, side, sign)
            if found is not None:
                marks[f"cuff_{side}_outer"], marks[f"cuff_{side}_inner"] = found


def _cuff(alpha: F32, marks: dict[str, F64], side: str, sign: float) -> tuple[F64, F64] | None:
    """The far end of what lies outside the line from armpit to hem: its outer and inner corner."""
    shoulder, armpit, hem = (marks[f"{name}_{side}"] for name in ("shoulder", "armpit", "hem"))
    y, x = np.nonzero(alpha > 0.5)
    share = np.clip((y - armpit[1]) / max(hem[1] - armpit[1], 1.0), -0.2, 1.2)
    line = armpit[0] + share * (hem[0] - armpit[0])
    beside = sign * (x - line) > 0.01 * abs(hem[1] - armpit[1])
    points = np.column_stack((x, y))[beside].astype(float)
    if len(points) < 50:
        return None
    start = (shoulder + armpit) / 2
    way = points[np.argmax(np.hypot(*(points - start).T))] - start
    for _ in range(3):
        way /= max(float(np.hypot(*way)), 1e-6)
        along = (points - start) @ way
        way = points[along > 0.9 * along.max()].mean(axis=0) - start
    way /= max(float(np.hypot(*way)), 1e-6)
    along = (points - start) @ way
    far = float(np.percentile(along, 99.8))
    normal = np.array((way[1], -way[0]))
    if float(((shoulder - armpit) * normal).sum()) < 0:
        normal = -normal
    across = ((points - start) @ normal)[along > 0.94 * far]
    outer, inner = float(np.percentile(across, 99)), float(np.percentile(across, 1))
    return start + 0.98 * far * way + outer * normal, start + 0.98 * far * way + inner * normal


def _sleeve(garment: Garment, marks: dict[str, F64], side: str) -> Sleeve | None:
    alpha = garment.alpha
    names = [f"shoulder_{side}", f"cuff_{side}_outer", f"armpit_{side}", f"cuff_{side}_inner"]
    if any(name not in marks for name in names):
        return None
    shoulder, outer_cuff, armpit, inner_cuff = (marks[name] for name in names)
    outer_cuff = _to_corner(alpha, outer_cuff, inner_cuff, (shoulder + armpit) / 2)
    inner_cuff = _outside_torso(outer_cuff, inner_cuff, armpit, sign=-1.0 if side == "left" else 1.0)
    outer_at, inner_at = STATIONS, STATIONS
    if garment.mannequin > 0.5:
        outer_at, inner_at = _level(
            (shoulder, armpit), (outer_cuff, inner_cuff), STRAIGHT_FROM[garment.sleeves]
        )
    outer = shoulder + outer_at[:, None] * (outer_cuff - shoulder)
    inner = armpit + inner_at[:, None] * (inner_cuff - armpit)
    for index in range(1, len(STATIONS) - 1):
        across = outer[index] - inner[index]
        broad = float(np.hypot(*across))
        if broad < 2:
            return None
        # The real edges bulge and bend; a sleeve that narrows to a cuff is much broader than straight lines have it.
        offsets = np.arange(ACROSS[0], ACROSS[1], 0.02)
        values = sample(alpha, inner[index] + offsets[:, None] * across)
        middle = int(np.argmin(np.abs(offsets - 0.5)))
        if values[middle] < 0.5:
            continue
        empty = np.flatnonzero(values < 0.5)
        before, after = empty[empty < middle], empty[empty > middle]
        start = offsets[before[-1]] if len(before) else 0.0
        end = offsets[after[0]] if len(after) else 1.0
        inner[index], outer[index] = inner[index] + start * across, inner[index] + end * across
    return Sleeve(outer, inner, garment.mannequin)


def _level(seam: tuple[F64, F64], cuff: tuple[F64, F64], straight: float) -> tuple[F64, F64]:
    """How far along its outer and its inner edge each of the `STATIONS` of a hanging sleeve lies, 0 to 1: the seam runs along
    the arm there, and the threads are level from `straight` of the way on, as they come to lie on an arm."""
    first, last = (seam[0] + seam[1]) / 2, (cuff[0] + cuff[1]) / 2
    way = last - first
    length = max(float(np.hypot(*way)), 1e-6)
    way /= length
    tilted = np.clip(1 - STATIONS / straight, 0, 1) ** 1.5
    ended = STATIONS**3
    found: list[F64] = []
    for start, end in zip(seam, cuff, strict=True):
        begin, stop = float((start - first) @ way), float((end - first) @ way)
        level = STATIONS * length + tilted * begin + ended * (stop - length)
        found.append(np.clip((level - begin) / max(stop - begin, 1e-6), 0, 1))
    return found[0], found[1]


def _to_corner(alpha: F32, outer: F64, inner: F64, seam: F64) -> F64:
    """The cuff's outer end, moved on along the cuff to where the cloth ends: a mark halfway would cut the corner off.
    `seam`: the middle of the sleeve's other end."""
    way, middle = outer - inner, (outer + inner) / 2
    # A little before the cuff, where the cloth is whole.
    before = 0.1 * (seam - middle)
    shares = np.linspace(0.3, 1.8, 76)
    values = sample(alpha, middle + before + shares[:, None] * way)
    if values[0] < 0.5:
        return outer
    gone = np.flatnonzero(values < 0.5)
    if not len(gone) or shares[gone[0]] < 0.6:
        return outer
    return middle + shares[gone[0]] * way


def _outside_torso(outer: F64, inner: F64, armpit: F64, sign: float) -> F64:
    """The cuff's inner end, moved along the cuff until it is no further inward than the armpit: a wide short sleeve lies
    on the torso there, and that part belongs to the torso."""
    far, near = sign * (outer[0] - armpit[0]), sign * (inner[0] - armpit[0])
    if near >= 0 or far <= near:
        return inner
    share = float(np.clip(-near / (far - near), 0.0, 0.6))
    return inner + share * (outer - inner)


def untouched_sides(cloth: Cloth) -> tuple[Untouched, Untouched]:
    """The torso's left and right side below the armpits, where sleeves lie on it or throw their shadow."""
    armpit, broad = float(cloth.drops[0]), cloth.chest_breadth
    rows = np.linspace(armpit - PARTING * broad, float(cloth.drops[-1]), SIDE_ROWS)
    found: list[Untouched] = []
    for sign, side, hidden in ((-1, cloth.lefts, cloth.hidden[0]), (1, cloth.rights, cloth.hidden[1])):
        # From where the two part a sleeve lies on the torso, with its edge about level.
        out = np.minimum(
            sign * np.interp(rows, cloth.drops, side), sign * float(np.interp(hidden, cloth.drops, side))
        )
        out = np.where(rows < hidden, out, sign * np.interp(rows, cloth.drops, side)) - SHADED * broad
        # Above the armpit torso and sleeve are one.
        at = np.array((armpit - PARTING * broad, armpit, max(hidden, armpit), hidden + SHADED_BELOW * broad))
        shares = np.interp(rows, at, (0, 1, 1, 0)) * (hidden > armpit)
        found.append(Untouched(rows + cloth.origin[1], sign * out + cloth.origin[0], shares))
    return found[0], found[1]


def torso_mask(shape: tuple[int, int], cloth: Cloth) -> NDArray[np.bool_]:
    """H x W, False beside the torso below the armpits, where sleeves that lie on the body are."""
    rows = np.arange(shape[0]) - cloth.origin[1]
    columns = np.arange(shape[1]) - cloth.origin[0]
    within = np.ones(shape, bool)
    for sign, side, hidden in ((-1, cloth.lefts, cloth.hidden[0]), (1, cloth.rights, cloth.hidden[1])):
        # Below the sleeves there is nothing but paper beside the torso.
        slack = np.where(rows > hidden, 0.015 * cloth.chest_breadth, 0)
        edge = np.asarray(sign * np.interp(rows, cloth.drops, side) + slack, np.float64)
        within &= sign * columns[None] <= edge[:, None]
    return np.asarray(within | (rows <= cloth.drops[0])[:, None], np.bool_)


def sleeve_mask(shape: tuple[int, int], sleeve: Sleeve, overlap: float) -> NDArray[np.bool_]:
    """H x W, True where a pixel of the garment belongs to the sleeve, `overlap` pixels past the seam included (negative: left
    out)."""
    along = sleeve.axis[1] - sleeve.axis[0]
    along /= max(float(np.hypot(*along)), 1e-6)
    away = sleeve.outer - sleeve.inner
    breadth = np.maximum(np.hypot(*away.T), 1e-6)[:, None]
    end = sleeve.axis[-1] - sleeve.axis[-2]
    end /= max(float(np.hypot(*end)), 1e-6)
    # Outward and beyond the cuff there is nothing but the sleeve; inward lies the torso.
    outer = sleeve.outer + 0.8 * away
    inner = sleeve.inner - 0.02 * away
    outer[0] = sleeve.outer[0] + 0.5 * breadth[0] * (sleeve.outer[0] - sleeve.inner[0]) / breadth[0]
    tail = 0.5 * float(breadth[-1, 0])
    # A negative overlap leaves the cloth along the seam out instead of adding to it.
    first = 0 if overlap > 0 else 1
    outer = np.vstack((outer[0] - overlap * along, outer[first:], outer[-1] + tail * end))
    inner = np.vstack((inner[0] - overlap * along, inner[first:], inner[-1] + tail * end))
    drawn = np.zeros(shape, np.uint8)
    # One hull after the other: a single ring crosses itself where a sleeve is wide and short, and would have holes.
    for index in range(len(outer) - 1):
        corners = np.vstack((outer[index : index + 2], inner[index : index + 2]))
        hull = cv2.convexHull(np.rint(corners * 16).astype(np.int32))
        cv2.fillConvexPoly(drawn, hull, (1.0,), shift=4)
    return drawn > 0
