"""What a generative try-on may change in a photograph, and everything else put back as it was, bit for bit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from bottega.fashion.garment.values import Garment
from bottega.fashion.parsed import person_of
from bottega.fashion.person.values import PersonParse, Region
from bottega.fashion.tryon.expected import expected_of
from bottega.fashion.tryon.gates import VISIBLE, paste_back
from bottega.fashion.tryon.values import Bool, TryOnOptions
from bottega.fashion.tryon.zones import grown
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

LEAST_AGREEMENT: Final = 0.8
"""Of the hypotheses for what is worn; below, the area is not known."""
PROPORTIONS: Final = 0.02
"""Relative difference up to which a result can be laid over the photograph, as `paste_back` has it."""
MARGIN: Final = 0.12
"""Of the shoulders' breadth, around old and new garment: folds and shadows."""
LEAST_IN_PLACE: Final = 0.35
"""Correlation of the edges of what is kept of the person, photograph and result; below, the engine moved or replaced the
person. On drawn figures: repainted backdrops and recolouring leave 0.8 and more, another person 0.1 at most."""
LEAST_MOVED_BACK: Final = 0.6
"""The same, for a result that had to be moved: what moves far enough agrees with anything a little."""
SURELY_IN_PLACE: Final = 0.95
"""From here on nothing has to be moved."""
MOST_MOVED: Final = 0.08
"""Of the longer side, up to which a result is moved back into place."""
_SEEN: Final = 512
"""Longer side, in pixels, at which places are compared."""
_LEAST_KEPT: Final = 200
"""Pixels of the kept person, below which nothing can be compared."""
_FREE: Final[tuple[Region, ...]] = ("left_arm", "right_arm", "neck")
_KEPT: Final[tuple[Region, ...]] = ("face", "hair")
_WORN: Final = frozenset({"top", "outerwear", "dress", "bottom"})


@dataclass(frozen=True, slots=True)
class Area:
    """`free`: H x W, True where pixels may differ. `kept`: H x W, True in the parts of the person that must not."""

    free: Bool
    kept: Bool


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Why the area cannot be told, in one sentence for a person."""

    reason: str


def area_of(photo: U8, garments: Sequence[tuple[Garment, TryOnOptions]], seed: int = 0) -> Area | NotKnown:
    """Where the new garments, what is worn in their place, and the skin between them are in the photograph (H x W x 3 uint8
    RGB); never the face or the hair."""
    if any(_kind(garment, options) not in _WORN for garment, options in garments):
        return NotKnown(
            "Where such a thing is worn is not known; only tops, dresses and bottoms have a known area."
        )
    person = person_of(photo, seed=seed)
    if person.agreement < LEAST_AGREEMENT or not person.check.usable:
        return NotKnown("What the person wears could not be told surely enough in the photograph.")
    free = np.zeros(photo.shape[:2], bool)
    for garment, options in garments:
        found = _one(person, garment, options)
        if found is None:
            return NotKnown("Where the garment belongs could not be told from the pictures.")
        free |= found
    for name in _KEPT:
        if name in person.regions:
            free &= person.regions[name] < 0.5
    return Area(free, (person.silhouette > 0.5) & ~free)


@dataclass(frozen=True, slots=True)
class Restored:
    """`rgb`: H x W x 3, the photograph outside the area. `moved_px`: how far the result had to be moved to fit.
    `outside_share`: of the pixels outside, which the engine had changed visibly."""

    rgb: U8
    moved_px: float
    outside_share: float


def restored(photo: U8, made: U8, area: Area) -> Restored | NotKnown:
    """`made` (any size) within the area, moved into place where it has to be, and the photograph everywhere else."""
    height, width = photo.shape[:2]
    if abs(made.shape[1] * height / (made.shape[0] * width) - 1) > PROPORTIONS:
        return NotKnown(
            f"The result is {made.shape[1]} x {made.shape[0]} pixels, the photograph {width} x {height}: "
            "pictures of other proportions cannot be laid over each other."
        )
    laid = aligned(photo, made, area.kept)
    if laid is None:
        return NotKnown("The person is not where the photograph has them: what is put back would not fit.")
    away = np.abs(laid[0].astype(np.int16) - photo).max(axis=2)[~area.free]
    share = float((away > VISIBLE).mean()) if away.size else 0.0
    return Restored(paste_back(photo, laid[0], area.free), laid[1], share)


def aligned(photo: U8, made: U8, kept: Bool) -> tuple[U8, float] | None:
    """`made` (any size, the photograph's proportions) as large as the photograph and laid over it, and how far it had to
    be moved, in pixels. Engines move and scale the whole picture by a little. None where the person is not where the
    photograph has them, by the edges within `kept`, so that what is put back would not fit.
    """
    height, width = photo.shape[:2]
    if made.shape[:2] != (height, width):
        way = cv2.INTER_AREA if made.shape[0] > height else cv2.INTER_CUBIC
        made = np.asarray(cv2.resize(made, (width, height), interpolation=way), np.uint8)
    scale = min(1.0, _SEEN / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = [
        np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8) for one in (photo, made)
    ]
    shown = cv2.resize(kept.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    # The outline itself belongs to the backdrop as well, which may be another.
    inside = cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(inside.sum()) < _LEAST_KEPT:
        return made, 0.0
    one, other = (_edges(each) for each in small)
    as_it_is = _alike(one, other, inside)
    move = _move(one, other, inside) if as_it_is < SURELY_IN_PLACE else None
    if move is not None:
        back = cv2.warpAffine(other, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        if _alike(one, np.asarray(back, np.float32), inside) > max(as_it_is, LEAST_MOVED_BACK):
            whole = move.copy()
            whole[:, 2] /= scale
            laid = cv2.warpAffine(
                made, whole, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
            )  # fmt: skip
            return np.asarray(laid, np.uint8), _length(whole, width, height)
    return (made, 0.0) if as_it_is >= LEAST_IN_PLACE else None


def _edges(rgb: U8) -> F32:
    """Strength of the edges, h x w; its root, so that outlines do not drown what lies within."""
    grey = cv2.GaussianBlur(luma(rgb.astype(np.float32)).astype(np.float32), (0, 0), 1.2)
    return np.sqrt(np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)))


def _alike(one: F32, other: F32, inside: Bool) -> float:
    """Correlation within `inside`; 0 where one of them has no edges."""
    a, b = one[inside] - one[inside].mean(), other[inside] - other[inside].mean()
    both = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / both if both > 0 else 0.0


def _move(one: F32, other: F32, inside: Bool) -> F32 | None:
    """2 x 3: from the photograph's pixels to the result's, where they are close to each other."""
    window = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 3)
    (dx, dy), _ = cv2.phaseCorrelate(one * window, other * window)
    start = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, move = cv2.findTransformECC(one, other, start, cv2.MOTION_AFFINE, stop, inside.astype(np.uint8), 5)
    except cv2.error:  # it does not converge where the pictures have nothing in common
        return None
    found = np.asarray(move, np.float32)
    far = _length(found, one.shape[1], one.shape[0])
    return found if far <= MOST_MOVED * max(one.shape) else None


def _length(move: F32, width: int, height: int) -> float:
    """The farthest that a corner of the picture is moved, in pixels."""
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float32)
    return float(np.linalg.norm(corners @ move.T - corners[:, :2], axis=1).max())


def _one(person: PersonParse, garment: Garment, options: TryOnOptions) -> Bool | None:
    expected = expected_of(person, garment, options)
    if expected is None:
        return None
    free = np.maximum.reduce(
        [expected.cover, expected.old, *(person.regions[name] for name in _FREE if name in person.regions)]
    )
    return grown(free > 0.1, max(3, round(MARGIN * expected.body.breadth)))


def _kind(garment: Garment, options: TryOnOptions) -> str:
    return garment.kind if options.category == "auto" else options.category
