"""Where the legs part, where the feet stand and where shoes begin: what the picture shows of it, else the canon."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.scene import Scene
from bottega.imaging.picture import F32

Bool = NDArray[np.bool_]
Side = tuple[str, int]

SIDES: tuple[Side, Side] = (("left", -1), ("right", 1))
CROTCH, KNEE, ANKLE, SOLE = 2.9, 4.4, 6.1, 6.5
"""Head heights below the chin of a standing adult of seven and a half heads."""
_LENGTHS = (0.78, 1.25)
"""How much shorter or longer than that canon a standing figure may be, chin to sole."""
_FORK = (2.45, 3.25)
"""Where the outline may part at the crotch; lower, cloth hides where the legs do."""
_SHOE = 5.35, 6.4
"""Where trousers or skin may end and shoes begin; farther off where the sole is not seen."""
_STRAY = 0.06
_HEM_BELOW_ANKLE = 0.08
_STANCE = 1.0
"""Head heights from the axis within which feet stand."""
_LEG = 0.65
"""Head heights: no trouser leg is broader at its end."""
_NEAR = 0.16
"""Head heights around that in which the colours say what is shoe: a hem is not straight."""
_WEIGHTS = np.array((0.5, 1, 1), np.float32)
_OTHER = 9.0
"""CIE76, lightness counted half: a shoe differs at least this much from what lies above it."""


@dataclass(frozen=True, slots=True)
class Shoe:
    """`start`: head heights below the chin. `above`, `own`: the colours there, L*a*b* with lightness counted half."""

    start: float
    above: F32
    own: F32


@dataclass(frozen=True, slots=True)
class Legs:
    """`length`: chin to sole over the canon's, 1 where the picture shows neither soles nor shoes. `cut`: whether the
    picture ends before the feet do. `fork`: head heights below the chin where the outline parts, None where cloth or arms
    close it. `shoes`: per side, None where nothing shows where they begin."""

    length: float
    cut: bool
    fork: float | None
    shoes: dict[str, Shoe | None]

    @property
    def crotch(self) -> float:
        return CROTCH * self.length if self.fork is None else self.fork

    def ankle(self, side: str) -> float:
        """Where it shows, a hem lies about as low as the ankle."""
        seen = self.shoes[side]
        return ANKLE * self.length if seen is None else seen.start - _HEM_BELOW_ANKLE

    def knee(self, side: str) -> float:
        share = (KNEE - CROTCH) / (ANKLE - CROTCH)
        start = CROTCH * self.length
        return start + share * (self.ankle(side) - start)


def find_legs(scene: Scene) -> Legs:
    """What of the legs the silhouette and the colours show."""
    sole = _sole(scene)
    length = 1.0 if sole is None else sole / SOLE
    stands = _LENGTHS[0] < length < _LENGTHS[1] and sole is not None
    shoes = {name: _shoe(scene, sign, length if stands else None) for name, sign in SIDES}
    seen = [shoe.start for shoe in shoes.values() if shoe is not None]
    if seen:
        # Heads are measured less well than feet are seen.
        length = (float(np.mean(seen)) - _HEM_BELOW_ANKLE) / ANKLE
    elif not stands:
        length = 1.0
    return Legs(length, sole is None, _fork(scene, length), shoes)


def _row(scene: Scene, down: float) -> int:
    return round(scene.head.chin[1] + down * scene.head.unit)


def _sole(scene: Scene) -> float | None:
    """Head heights from the chin to the lower end of the figure; None where the picture cuts it off."""
    unit, (x, y) = scene.head.unit, scene.head.chin
    left, right = max(0, round(x - 1.3 * unit)), max(1, round(x + 1.3 * unit))
    rows = np.flatnonzero(scene.silhouette[:, left:right].sum(axis=1) > 0.12 * unit)
    if not len(rows) or rows[-1] >= scene.silhouette.shape[0] - max(3, 0.1 * unit):
        return None
    return float(rows[-1] + 1 - y) / unit


def _fork(scene: Scene, length: float) -> float | None:
    """The upper end of the gap between the legs."""
    unit, (x, y) = scene.head.unit, scene.head.chin
    first, last = _row(scene, _FORK[0] * length), _row(scene, (_FORK[1] + 0.5) * length)
    reach = max(1, round(0.35 * unit))
    left, right = max(0, round(x) - reach), round(x) + reach + 1
    part = scene.silhouette[max(first, 0) : max(last, 0), left:right]
    if part.shape[0] < 8 or part.shape[1] < 4 or last > scene.silhouette.shape[0]:
        return None
    # A gap has a leg on either side of it.
    left_of, right_of = np.cumsum(part, axis=1) > 0, np.cumsum(part[:, ::-1], axis=1)[:, ::-1] > 0
    gap: Bool = np.asarray((left_of & right_of & ~part).any(axis=1), np.bool_)
    start = len(gap) - int(np.argmin(np.append(gap[::-1], False)))
    if start == 0 or start >= len(gap):
        return None
    found = float(first + start - y) / unit
    return found if _FORK[0] * length < found < _FORK[1] * length else None


def _shoe(scene: Scene, sign: int, length: float | None) -> Shoe | None:
    """Where the colours of a leg change for good near its end. `length` as in `Legs`, None where it is not known."""
    unit, (x, y) = scene.head.unit, scene.head.chin
    shortest, longest = (1 - 2 * _STRAY, 1 + _STRAY) if length is None else (length, length)
    first, last = _row(scene, 4.6 * shortest), _row(scene, (SOLE + 0.1) * longest)
    columns = sorted((round(x), round(x + sign * _STANCE * unit)))
    at = slice(max(first, 0), max(last, 0)), slice(max(columns[0], 0), max(columns[1], 0))
    inside, lab = scene.silhouette[at], scene.lab[at]
    rows = np.flatnonzero(inside.sum(axis=1) > 0.08 * unit)
    if len(rows) < 0.6 * unit:
        return None
    counts = inside[rows].sum(axis=1)[:, None]
    middle = (lab[rows] * inside[rows][..., None]).sum(axis=1) / counts * _WEIGHTS
    height = (rows + max(first, 0) - y) / unit
    reach = max(3, round(0.13 * unit))
    best = _OTHER
    found: Shoe | None = None
    for index in range(2 * reach, len(rows) - 2):
        if not _SHOE[0] * shortest < height[index] < _SHOE[1] * longest:
            continue
        above = middle[index - 2 * reach : index - 1].mean(axis=0)
        below = middle[index + 1 : index + 1 + reach].mean(axis=0)
        away = float(np.linalg.norm(above - below))
        # A skirt is broader than a leg, and a shadow on the floor far broader than a shoe.
        before, after = counts[index - reach : index].mean(), counts[index + 1 : index + 1 + reach].mean()
        if before > _LEG * unit or after > 1.9 * before:
            continue
        # Of equally great changes the first: what follows is shoe.
        if away > 1.02 * best:
            best, found = away, Shoe(float(height[index]), above, below)
    return found


def below_shoes(scene: Scene, legs: Legs, across: F32, down: F32) -> Bool:
    """H x W: from where shoes begin."""
    # Where the picture ends before the feet, a leg that goes on to its edge is no shoe.
    near = np.abs(across) < _STANCE
    found = (down > (ANKLE - 0.1) * legs.length) & (not legs.cut)
    for name, sign in SIDES:
        shoe = legs.shoes[name]
        if shoe is None:
            continue
        own = across * sign > 0
        found[own] = down[own] > shoe.start
        band = own & (np.abs(down - shoe.start) < _NEAR)
        lab = scene.lab[band] * _WEIGHTS
        found[band] = np.linalg.norm(lab - shoe.own, axis=1) < np.linalg.norm(lab - shoe.above, axis=1)
    # Along the outline lie colours in between.
    inner = cv2.morphologyEx(
        (found & near & scene.silhouette).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    return np.asarray(inner) > 0
