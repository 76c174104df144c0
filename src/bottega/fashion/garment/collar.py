"""The inner back of a collar in a ghost-mannequin picture: seen through the neck, and not to be laid on a throat."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.label import find_label, with_cloth_for_label, without_label
from bottega.fashion.garment.neckline import neckline_within
from bottega.fashion.garment.shade import has_pattern, neckline_by_shade
from bottega.fashion.garment.shape import Shape
from bottega.imaging.arrays import lengths
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32

Bools = NDArray[np.bool_]
NARROWEST = 0.24
"""Of the chest's breadth: what is narrower is a label, or a patch of a pattern."""
BESIDE_LABEL = 0.13
"""Of the chest's breadth from the axis: there is no label any more, and still no shoulder."""
DIPPED, SHUT = 0.32, 0.03
"""Depth of the upper outline's dip in breadths of the chest: as deep as a neckline, and as none."""
STAND, BOAT = 0.5, 0.95
"""Breadth of the garment just below its top, in breadths of the chest: of a stand-up collar, and of a boat neck."""
DEEPEST = 0.75
"""Of the chest's breadth: how far below the top a neckline reaches."""
LEAST_SAG = 0.04
"""Of its breadth that the lower edge of an inside hangs in the middle: a front's neckline sags, the band of a stand-up
collar runs straight across."""
MOST_DEEPER = 1.0
"""Times what was found of an inside by its colour that its deeper shade may add."""
BESIDE_NECK = (0.25, 0.8), (0.2, 0.45)
"""Breadths of the chest below the top, and from the axis, where the front lies beside the neckline."""
FEW = 0.06
"""Share of the pixels that have none of the main colours."""
LEAST_DELTA_E = 4.0
"""The inside is in its own shade; by less than this (CIE76) it cannot be told from the front."""


@dataclass(frozen=True, slots=True)
class InnerCollar:
    """`area`: h x w, the inside of the back; empty where none was found. `hidden`: it must be there, and its edge was not
    found. `band`: h x w, a straight strip along the rim in its own shade, as stand-up collars have; empty where none is."""

    area: Bools
    band: Bools
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Front:
    """The front's main `colours`, up to five, n x 3 CIE Lab, and whether it has a pattern beside the neckline: a print on the
    chest leaves that alone."""

    colours: F32
    patterned: bool


def find_inner_collar(lab: F32, mask: Bools, shape: Shape) -> InnerCollar:
    """The inside of the back of the collar in a picture's `lab` (h x w x 3), and whether it is there unseen.

    A patch at the top of the axis, of another colour than the body, enclosed by the front neckline: narrower than
    three quarters of the chest, flatter than it is wide allows, and not leaking into the body; or what lies above the
    front's neckline.
    """
    nothing = np.zeros_like(mask)
    # Where the upper outline itself dips like a neckline, the back was cut lower or is not there.
    if shape.notch > DIPPED * shape.chest:
        return InnerCollar(nothing, nothing)
    label = find_label(lab, mask, shape)
    filled = lab if label is None else with_cloth_for_label(lab, label, shape.chest)
    lab = lab if label is None else without_label(lab, label)
    front = _front(lab, mask, shape)
    if front is not None and front.patterned:
        found = _on_pattern(lab, mask, shape, front)
        return found or InnerCollar(nothing, nothing, label is not None or _is_shut(shape))
    patch = None if front is None else _patch(lab, mask, shape, front)
    if patch is not None:
        return InnerCollar(patch if label is None else _with_enclosed(patch | label, mask), nothing)
    above = neckline_within(filled, mask, shape.axis, shape.box[1], shape.chest, label)
    if above is not None and _sag(above) > LEAST_SAG * above.any(axis=0).sum():
        return InnerCollar(above, nothing)
    # A label hangs in no band.
    band = above if above is not None and label is None else nothing
    return InnerCollar(nothing, band, label is not None or (not band.any() and _is_shut(shape)))


def _on_pattern(lab: F32, mask: Bools, shape: Shape, front: _Front) -> InnerCollar | None:
    """The same of a front with a pattern, None where nothing says that there is an inside. What is of one colour at the top
    may be a stripe of the front, or end at one: its edge is the neckline only where the light says so too."""
    nothing = np.zeros_like(mask)
    whole = neckline_by_shade(lab, mask, shape, front.colours)
    if whole is None:
        patch = _patch(lab, mask, shape, front)
        if patch is None:
            return None
        whole = neckline_by_shade(lab, mask, shape, front.colours, _main_colours(lab[patch]))
    return InnerCollar(nothing, nothing, True) if whole is None else InnerCollar(whole, nothing)


def _patch(lab: F32, mask: Bools, shape: Shape, front: _Front) -> Bools | None:
    """The inside by its colour, None where there is none. What is narrower than a neck is a label; the inside is beside it."""
    for beside in (0.0, -BESIDE_LABEL, BESIDE_LABEL):
        patch = _patch_of_its_own(lab, mask, shape, front.colours, beside * shape.chest)
        if int(patch.any(axis=0).sum()) > NARROWEST * shape.chest and _about_axis(patch, shape):
            return patch
    return None


def _about_axis(patch: Bools, shape: Shape) -> bool:
    columns = np.nonzero(patch.any(axis=0))[0]
    return abs((columns[0] + columns[-1]) / 2 - shape.axis) < 0.15 * shape.chest


def _is_shut(shape: Shape) -> bool:
    """Whether the upper outline runs from shoulder to shoulder without a dip, as it does where the back of the neck fills
    the front's neckline. A stand-up collar is narrower than a neckline, one from shoulder to shoulder wider."""
    narrow = shape.top_width < STAND * shape.chest
    wide = shape.top_width > BOAT * shape.chest
    return shape.notch < SHUT * shape.chest and not narrow and not wide


def _patch_of_its_own(lab: F32, mask: Bools, shape: Shape, body: F32, aside: float) -> Bools:
    """By its colour: a patch at the top, `aside` of the axis, that is not the front's (n x 3 colours)."""
    nothing = np.zeros_like(mask)
    window = _window(mask, shape)
    if window is None:
        return nothing
    rows, columns = window
    part, colours = mask[rows, columns], array(cv2.GaussianBlur(lab[rows, columns], (0, 0), 0.8))
    seed = _seed(part, shape.axis + aside - columns.start)
    if seed.sum() < 4:
        return nothing
    inside = np.median(colours[seed], axis=0).astype(np.float32)
    if float(np.linalg.norm(body - inside, axis=1).min()) < LEAST_DELTA_E:
        return nothing
    to_inside = lengths(colours - inside)
    to_body = np.min([lengths(colours - one) for one in body], axis=0)
    alike = part & (to_inside < to_body) & (to_inside < 16)
    patch = _touching(_opened(alike), seed)
    if not _is_neck_opening(patch, shape, mask):
        return nothing
    patch |= _deeper(patch, part & (to_body > LEAST_DELTA_E) & (colours[..., 0] < inside[0]))
    # The label and the seam tape inside belong to it; so does the strip above it along the top.
    closed = _with_enclosed(patch, part)
    grown = array(cv2.dilate(closed.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    found = nothing.copy()
    found[rows, columns] = grown & part
    return found


def _window(mask: Bools, shape: Shape) -> tuple[slice, slice] | None:
    left, top, width, height = shape.box
    reach = 0.42 * shape.chest
    first, last = int(max(left, shape.axis - reach)), int(min(left + width, shape.axis + reach + 1))
    bottom = int(min(top + height, top + DEEPEST * shape.chest))
    if last - first < 8 or bottom - top < 8:
        return None
    return slice(max(0, top - 1), bottom), slice(first, last)


def _front(lab: F32, mask: Bools, shape: Shape) -> _Front | None:
    """Looked at from the chest down to where the body ends."""
    row = max(shape.chest_row, int(shape.box[1] + 0.3 * shape.height))
    colours = _main_colours(_pixels(lab, mask, shape, (row, shape.hem_row), (-0.4, 0.4)))
    if colours is None:
        return None
    rows = tuple(shape.box[1] + share * shape.chest for share in BESIDE_NECK[0])
    sides = (BESIDE_NECK[1], (-BESIDE_NECK[1][1], -BESIDE_NECK[1][0]))
    beside = np.concatenate([_pixels(lab, mask, shape, rows, columns) for columns in sides])
    near = _main_colours(beside)
    return _Front(colours, near is not None and has_pattern(beside, near))


def _pixels(
    lab: F32, mask: Bools, shape: Shape, rows: tuple[float, ...], columns: tuple[float, float]
) -> F32:
    """Some of the garment's pixels, n x 3, between two `rows` and two `columns`, those in breadths of the chest from the
    axis."""
    down = slice(max(0, int(rows[0])), int(rows[1]))
    first, last = (max(0, int(shape.axis + share * shape.chest)) for share in columns)
    return lab[down, first:last][mask[down, first:last]][::7]


def _main_colours(pixels: F32) -> F32 | None:
    """Up to five colours, m x 3, of `pixels` (n x 3), without those that few have: the lens mixes others along edges. None
    where there are too few pixels."""
    if len(pixels) < 20:
        return None
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    start: Any = None
    _, labels, centres = cv2.kmeans(np.ascontiguousarray(pixels), 5, start, stop, 1, cv2.KMEANS_PP_CENTERS)
    counts = np.bincount(array(labels).ravel(), minlength=len(array(centres)))
    return array(centres, np.float32)[counts >= FEW * len(pixels)]


def _seed(part: Bools, axis: float) -> Bools:
    """A small block at the top of the axis, two pixels below the rim."""
    seed = np.zeros_like(part)
    middle, reach = round(axis), max(2, part.shape[1] // 12)
    for column in range(max(0, middle - reach), min(part.shape[1], middle + reach + 1)):
        rows = np.nonzero(part[:, column])[0]
        if rows.size:
            seed[rows[0] + 2 : rows[0] + 2 + max(2, part.shape[0] // 30), column] = True
    return seed & part


def _touching(alike: Bools, seed: Bools) -> Bools:
    return parts_of(alike).holding(seed & alike)


def _deeper(patch: Bools, dark: Bools) -> Bools:
    """What is `dark` right below the `patch` and narrows downward: the base of a neckline, in the shade of its own cloth."""
    nothing = np.zeros_like(patch)
    rows, columns = np.nonzero(patch)
    below = dark & ~patch
    below[: rows.min()] = False
    below[:, : columns.min()] = below[:, columns.max() + 1 :] = False
    below = _touching(patch | _opened(below), patch) & ~patch
    both = patch | below
    widths = both.sum(axis=1)[(rows.min() + rows.max()) // 2 :]
    if below.sum() > MOST_DEEPER * patch.sum() or np.any(widths > np.minimum.accumulate(widths) + 3):
        return nothing
    return below


def _opened(mask: Bools) -> Bools:
    return array(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))) > 0


def _is_neck_opening(patch: Bools, shape: Shape, mask: Bools) -> bool:
    area = float(patch.sum())
    if not 0.002 * mask.sum() < area < 0.12 * mask.sum():
        return False
    rows, columns = np.nonzero(patch)
    wide, high = float(np.ptp(columns)) + 1, float(np.ptp(rows)) + 1
    # An opening is a compact patch below the rim; a stripe, a sleeve or a yoke is not.
    if (
        wide > 0.75 * shape.chest
        or high > 1.4 * wide
        or area < 0.45 * wide * high
        or columns.max() >= patch.shape[1] - 1
        or columns.min() == 0
        or _sag(patch) < LEAST_SAG * wide
    ):
        return False
    upper, lower = patch[: rows.min() + round(high / 2)].sum(), patch[rows.min() + round(high / 2) :].sum()
    return bool(upper >= lower)


def _sag(patch: Bools) -> float:
    """Pixels by which the lower edge of `patch` is lower in the middle third than at both ends."""
    columns = np.nonzero(patch.any(axis=0))[0]
    low = len(patch) - 1 - patch[::-1, columns[0] : columns[-1] + 1].argmax(axis=0)
    low = low[patch[:, columns[0] : columns[-1] + 1].any(axis=0)]
    end, third = max(1, len(low) // 8), len(low) // 3
    return float(np.median(low[third : len(low) - third]) - np.concatenate((low[:end], low[-end:])).mean())


def _with_enclosed(patch: Bools, part: Bools) -> Bools:
    """The patch, what it encloses, and what lies between it and the rim above it."""
    kernel = np.ones((5, 5), np.uint8)
    padded = np.pad(patch.astype(np.uint8), 6)
    closed = array(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel))[6:-6, 6:-6] > 0
    below = np.cumsum(closed[::-1], axis=0)[::-1] > 0
    columns = closed.any(axis=0)
    return (closed | (below & columns[None])) & part
