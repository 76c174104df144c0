"""The hem of a worn top over trousers or a skirt, to the pixel: regions of a parse end a few pixels beside it, and a strip of
what is taken off would stay there."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.fidelity import palette
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, around, grown, touching
from bottega.imaging.arrays import distance, picked
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_REACH = 0.03
"""Shoulder breadths to either side of where the regions meet within which the hem is looked for."""
_TOLD = 0.1
"""Two colours nearer than this, [0, 1], do not tell cloth from cloth."""
_STEP, _STEEP = 0.04, 1.2
"""Shoulder breadths by which a hem that is one jumps from column to column at most, and how fast it rises, pixels per pixel: the
side of a sleeve is none."""
_EVEN = 0.012
"""Shoulder breadths over which a found hem is evened: cloth has no teeth."""
_INSET = 1.5
"""Pixels of a hem that hold some of the colour below: a lens and compression mix them."""
_STRAY = 0.2
"""Shoulder breadths from the outline of what is worn within which a bit of backdrop may have been taken for it."""


def with_fine_hem(photo: F32, person: PersonParse, body: Body) -> PersonParse:
    """`person` with top and bottom parted where `photo` (H x W x 3 in [0, 1]) shows the hem, and the bottom without what is
    backdrop; as it is where it wears not both."""
    top, bottom = person.regions.get("top"), person.regions.get("bottom")
    if top is None or bottom is None:
        return person
    stray = _backdrop(photo, person, bottom, body)
    bottom = np.where(stray, 0, bottom).astype(np.float32)
    silhouette = np.where(stray, 0, person.silhouette).astype(np.float32)
    top, bottom = top.copy(), bottom
    reach = max(4, round(_REACH * body.breadth))
    parts = [
        level
        for columns, rows in _runs(*_meeting(top > 0.5, bottom > 0.5, reach), _STEP * body.breadth)
        for level in _runs(*_level(columns, rows), _STEP * body.breadth)
        if len(level[0]) >= 8 * RIM
    ]
    _rims_apart(top, bottom)
    for columns, rows in parts:
        hem = _hem(photo, columns, rows, reach)
        hem = _even(_with_ends(hem), max(1.0, _EVEN * body.breadth)) - _INSET
        _part(top, bottom, columns, hem, reach)
    return replace(person, silhouette=silhouette, regions=person.regions | {"top": top, "bottom": bottom})


def _backdrop(photo: F32, person: PersonParse, bottom: F32, body: Body) -> Bool:
    """H x W: what of `bottom` at its outline looks like the backdrop there rather than like the rest of it: a shadow."""
    found = np.zeros(bottom.shape, bool)
    at = around(bottom > 0.02, round(_STRAY * body.breadth))
    if at is None:
        return found
    worn, behind, part = bottom[at] > 0.02, person.silhouette[at] < 0.02, photo[at]
    depth = np.asarray(cv2.distanceTransform((~behind).astype(np.uint8), cv2.DIST_L2, 3))
    rim = worn & (depth < _STRAY * body.breadth)
    core = (bottom[at] > 0.95) & ~rim
    if not rim.any() or not behind.any() or int(core.sum()) < 200:
        return found
    samples = picked(part, core)
    own = palette(np.ascontiguousarray(samples[:: max(1, len(samples) // 3000)], np.float32), 4)
    smooth = np.asarray(cv2.blur(part, (3, 3)), np.float32)
    to_own = np.minimum.reduce([distance(smooth, colour) for colour in own])
    to_wall = distance(smooth, near_colour(part, behind))
    like = rim & (to_wall < _TOLD) & (to_wall < 0.5 * to_own)
    broad = np.asarray(cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))) > 0
    found[at] = grown(broad & touching(like, grown(behind, RIM) & like), 1) & like
    return found


def _meeting(top: Bool, bottom: Bool, reach: int) -> tuple[I64, I64]:
    """Columns in which `top` ends above `bottom`, at most `reach` pixels, and its last rows there."""
    below = np.ones((2 * reach + 1, 1), np.uint8)
    below[:reach] = 0
    # Dilation takes the greatest under the kernel.
    near = np.asarray(cv2.dilate(bottom.astype(np.uint8), below)) > 0
    ends = top & near
    ends[:-1] &= ~top[1:]
    columns = np.flatnonzero(ends.any(axis=0))
    return columns, len(ends) - 1 - ends[::-1, columns].argmax(axis=0)


def _runs(columns: I64, rows: I64, step: float) -> list[tuple[I64, I64]]:
    """What of them hangs together, without jumps by more than `step` rows."""
    ends = np.flatnonzero((np.diff(columns) > 1) | (np.abs(np.diff(rows)) > step)) + 1
    return list(zip(np.split(columns, ends), np.split(rows, ends), strict=True))


def _level(columns: I64, rows: I64) -> tuple[I64, I64]:
    """What of a hem is not steep."""
    if not len(rows):
        return columns, rows
    padded = np.pad(rows, 2 * RIM, "edge")
    flat = np.abs(padded[4 * RIM :] - padded[: -4 * RIM]) < _STEEP * 4 * RIM
    return columns[flat], rows[flat]


def _rims_apart(top: F32, bottom: F32) -> None:
    """Gives the rim of `top` beside `bottom`, where the two are mixed, to `bottom`; both H x W in [0, 1], in place."""
    at = around(bottom > 0.5, 2 * RIM)
    if at is None:
        return
    near = np.asarray(cv2.GaussianBlur(grown(bottom[at] > 0.5, RIM + 1).astype(np.float32), (0, 0), 0.7))
    moved = np.minimum(top[at], near)
    top[at] -= moved
    bottom[at] = np.minimum(bottom[at] + moved, 1)


def _hem(photo: F32, columns: I64, rows: I64, reach: int) -> F64:
    """For each column the row at which its pixels part best into those of the top and those of what is below; that of the
    regions where their colours do not tell them apart."""
    steps = np.arange(-8 * reach, 3 * reach)
    window = np.clip(rows[:, None] + 1 + steps, 0, photo.shape[0] - 1)
    values = photo[window, columns[:, None]]
    near = values[:, 7 * reach : 9 * reach]
    to_top, top = _away(near, values[:, 5 * reach : 7 * reach], values[:, : 7 * reach])
    to_bottom, bottom = _away(near, values[:, 9 * reach :], values[:, 9 * reach :])
    # The sum of what speaks for the top, up to each place.
    gain = np.concatenate(
        (np.zeros((len(near), 1), np.float32), np.cumsum(to_bottom - to_top, axis=1)), axis=1
    )
    found = rows + 1 - reach + gain.argmax(axis=1).astype(np.float64)
    apart = min(float(distance(one, other)) for one in top for other in bottom)
    return np.asarray(found if apart > _TOLD else rows + 1.0, np.float64)


def _away(values: F32, near: F32, around_: F32) -> tuple[F32, F32]:
    """How far `values` (n columns x m x 3) are from the colour that cloth has `near` them or from one of its main colours
    `around_` them; and those (k x 3)."""
    # Along a hem light changes slowly.
    usual = cv2.blur(np.ascontiguousarray(np.median(near, axis=1)[None], np.float32), (4 * RIM + 1, 1))[0]
    samples = around_.reshape(-1, 3)
    main = palette(np.ascontiguousarray(samples[:: max(1, len(samples) // 2000)], np.float32), 3)
    found = np.minimum.reduce([distance(values, usual[:, None]), *(distance(values, one) for one in main)])
    return found.astype(np.float32), np.vstack((main, np.median(usual, axis=0)[None]))


def _with_ends(hem: F64) -> F64:
    """`hem` with its last `RIM` columns on either side, which are mixed with the backdrop, going on as the ones before."""
    found = hem.copy()
    for line in (found, found[::-1]):
        near, further = (float(np.median(line[start * RIM : (start + 1) * RIM])) for start in (1, 3))
        line[:RIM] = near + (near - further) / (2 * RIM) * np.arange(1.5 * RIM - 0.5, 0.5 * RIM - 0.5, -1)
    return found


def _even(hem: F64, sigma: float) -> F64:
    size = 2 * max(1, round(2 * sigma)) + 1
    reach = min(2 * size, len(hem) - 1)
    # At its ends a hem goes on as it came.
    padded = np.pad(hem, reach, "reflect", reflect_type="odd")
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(padded, size // 2, "edge"), size)
    line = np.ascontiguousarray(np.median(windows, axis=1)[None], np.float32)
    return np.asarray(cv2.GaussianBlur(line, (0, 0), sigma), np.float64).ravel()[reach:-reach]


def _part(top: F32, bottom: F32, columns: I64, hem: F64, reach: int) -> None:
    """Lets `top` end and `bottom` begin at the row `hem` of each column, in place."""
    for column, end in zip(columns, hem, strict=True):
        first, last = max(int(end) - 2 * reach, 0), min(int(end) + 2 * reach, len(top))
        rows = slice(first, last)
        share = np.clip(end - np.arange(first, last), 0, 1)
        both = np.minimum(top[rows, column] + bottom[rows, column], 1)
        # Between the two there may be a gap that is neither.
        inside = np.flatnonzero(both > 0.5)
        if not len(inside):
            continue
        both[inside[0] : inside[-1] + 1] = 1
        top[rows, column], bottom[rows, column] = both * share, both * (1 - share)
