"""A bare midriff: skin across the trunk between two garments. Unsaid, it would pass for forearms laid over the body."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.scene import Scene, grid
from bottega.imaging.picture import F32

Bool = NDArray[np.bool_]
_FROM, _TO = 0.95, 3.0
"""Head heights below the chin between which its middle lies."""
_HIGHEST = 1.1
"""Head heights; more bare skin than this is no gap between two garments."""
_FLAT = 0.16
"""Head heights by which its upper and its lower edge may stray: hems and waistbands run across, forearms slant."""
_SAME_CLOTH = 5.0
"""In the same measure: a hem in shadow stays below."""
_OTHER_CLOTH = 10.0
"""CIE76, lightness counted half: what lies below differs at least this much from what lies above. Arms lie before one
garment."""


def find_midriff(scene: Scene, skin: Bool) -> Bool:
    """H x W, True on the bare midriff; nowhere where there is none. `skin` is all that is bare below the chin."""
    unit = scene.head.unit
    across, down = grid(skin.shape, scene.head)
    nothing = np.zeros_like(skin)
    rows = np.flatnonzero((down[:, 0] > _FROM - 0.5) & (down[:, 0] < _TO + 0.5))
    core = np.flatnonzero(np.abs(across[0]) < 0.3)
    if len(rows) < 8 or len(core) < 8:
        return nothing
    bare = skin[rows]
    share = bare[:, core].mean(axis=1)
    share[(down[rows, 0] < _FROM) | (down[rows, 0] > _TO)] = 0
    middle = int(share.argmax())
    if share[middle] < 0.9:
        return nothing
    tops, ends = _runs(bare, middle)
    inner = core[bare[middle, core]]
    level = np.median(tops[inner]), np.median(ends[inner])
    if level[1] - level[0] > _HIGHEST * unit or not _are_level(tops[inner], ends[inner], _FLAT * unit):
        return nothing
    if not _two_garments(scene, rows[0] + tops[inner], rows[0] + ends[inner], inner):
        return nothing
    if _of_the_garment(scene, rows[0] + tops[inner], rows[0] + ends[inner], inner):
        return nothing
    # Where an arm touches the waist the run of skin is far longer than the gap between the garments.
    slack = 0.15 * unit
    band = bare[middle] & (tops > level[0] - slack) & (ends < level[1] + slack)
    left, right = _reach(band, round(scene.head.chin[0]))
    height = np.arange(len(rows))[:, None]
    within = (height >= tops) & (height < ends)
    found = nothing
    found[rows[0] : rows[-1] + 1, left:right] = (bare & within)[:, left:right]
    return found


def _runs(bare: Bool, row: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per column the first row and the row past the last of the run of `bare` through `row`; equal where there is none."""
    above, below = bare[row::-1], bare[row:]
    up = np.where(above.all(axis=0), len(above), (~above).argmax(axis=0))
    down = np.where(below.all(axis=0), len(below), (~below).argmax(axis=0))
    return np.where(up > 0, row + 1 - up, row), row + down


def _are_level(tops: NDArray[np.int64], ends: NDArray[np.int64], most: float) -> bool:
    return all(float(np.ptp(np.percentile(edge, (10, 90)))) <= most for edge in (tops, ends))


def _two_garments(
    scene: Scene, tops: NDArray[np.int64], ends: NDArray[np.int64], columns: NDArray[np.int64]
) -> bool:
    reach = max(3, round(0.25 * scene.head.unit))
    gap = max(1, round(0.04 * scene.head.unit))
    height = scene.lab.shape[0]
    above = _patch(scene.lab, columns, tops - gap - reach, tops - gap)
    below = _patch(scene.lab, columns, ends + gap, np.minimum(ends + gap + reach, height))
    if not len(above) or not len(below):
        return False
    away = np.abs(np.median(above, axis=0) - np.median(below, axis=0)) * (0.5, 1, 1)
    return float(np.linalg.norm(away)) > _OTHER_CLOTH


def _of_the_garment(
    scene: Scene, tops: NDArray[np.int64], ends: NDArray[np.int64], columns: NDArray[np.int64]
) -> bool:
    """Whether what seems bare has the colour of the cloth above it: the hem of a sweater of nearly the skin's colour."""
    reach, gap = max(3, round(0.25 * scene.head.unit)), max(1, round(0.04 * scene.head.unit))
    above = _patch(scene.lab, columns, tops - gap - reach, tops - gap)
    own = _patch(scene.lab, columns, np.minimum(tops + 1, ends - 1), ends)
    if not len(above) or not len(own):
        return False
    away = np.abs(np.median(above, axis=0) - np.median(own, axis=0)) * (0.5, 1, 1)
    return float(np.linalg.norm(away)) < _SAME_CLOTH


def _patch(
    lab: F32, columns: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.float32]:
    parts = [
        lab[max(start, 0) : max(end, 0), column]
        for column, start, end in zip(columns, starts, ends, strict=True)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 3), np.float32)


def _reach(band: Bool, middle: int) -> tuple[int, int]:
    """The run of `band` through `middle`, first column and the one past the last."""
    closed = (
        np.asarray(cv2.morphologyEx(band[None].astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8)))[
            0
        ]
        > 0
    )
    middle = int(np.clip(middle, 0, len(band) - 1))
    left = middle - int(np.argmin(np.append(closed[middle::-1], False)))
    right = middle + int(np.argmin(np.append(closed[middle:], False)))
    return left + 1, right
