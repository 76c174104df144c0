"""What is worn on the upper body: five independent hypotheses, their consensus, and how far they agree."""

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.scene import Scene, grid
from bottega.fashion.person.silhouette import drop_small, grab_cut, least_overlap
from bottega.fashion.person.skin_model import shading_free
from bottega.fashion.person.values import BodyFrame
from bottega.imaging.arrays import distance, medians, picked, quantile
from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]

DRESS_FROM, SURELY_DRESS = 2.95, 3.3
"""Head heights below the chin: a garment whose hem lies further down than the first covers the crotch; with cloth below it,
it may be a long top over trousers as far as the second."""


@dataclass(frozen=True, slots=True)
class Worn:
    """`mask` of the top or dress; `hem` in head heights below the chin, None when the picture ends first; `agreement` is
    the least IoU of the hypotheses."""

    mask: Bool
    hem: float | None
    dress: bool
    agreement: float
    pattern: Literal["plain", "patterned", "unknown"]


def find_worn(
    scene: Scene, frame: BodyFrame, skins: tuple[Bool, ...], midriff: Bool, hair: Bool, seed: int
) -> Worn:
    """The worn top. `skins`: what is surely bare skin, at several thresholds, the usual one first; a top ends where a bare
    `midriff` begins. Each hypothesis takes another outline and another threshold, so that their agreement also speaks for
    those."""
    across, down = grid(scene.silhouette.shape, scene.head)
    hem = _above(midriff, down) or find_hem(scene, frame, skins[0] | hair)
    end = hem if hem is not None else 9.0
    trunk = (down < end) | _beside_the_trunk(frame, scene, across, down)
    box = _box(scene, max(end, _sleeves_end(scene, trunk & ~(skins[0] | hair), down)))
    masks: list[Bool] = []
    for number in range(5):
        outline = scene.silhouette if number == 4 else scene.outlines[number % len(scene.outlines)]
        skin = skins[number % len(skins)]
        free = outline & ~skin & ~hair & ((down > 0.08) | (np.abs(across) > 0.8)) & (down < 4.8)
        marks = _marks(free, skin | hair, trunk, across, down, end)
        masks.append(_kept(_hypothesis(number, scene, marks, free & trunk, box, seed) & free))
    mask = np.sum(masks, axis=0) >= 3
    agreement = least_overlap(masks) if mask.any() else 0.0
    dress = hem is not None and _is_dress(scene, hem, skins[0], across, down)
    return Worn(mask, hem, dress, agreement, _pattern(scene, mask))


def _is_dress(scene: Scene, hem: float, skin: Bool, across: F32, down: F32) -> bool:
    if not DRESS_FROM < hem <= SURELY_DRESS:
        return hem > SURELY_DRESS
    below = scene.silhouette & (np.abs(across) < 0.5) & (down > hem + 0.06) & (down < hem + 0.5)
    return not below.any() or float(skin[below].mean()) > 0.3


def _hypothesis(
    number: int, scene: Scene, marks: U8, free: Bool, box: tuple[slice, slice], seed: int
) -> Bool:
    """The geometry alone, GrabCut twice, Bayes' rule on colours, and flooding."""
    if number == 0:
        return free
    if number in (1, 2):
        return _grab(scene, marks, box, seed + number, 3 - number)
    ratio, near = _colour_ratio(scene, marks, box)
    return _by_colour(ratio, near, marks) if number == 3 else _watershed(scene, ratio, marks)


def _beside_the_trunk(frame: BodyFrame, scene: Scene, across: F32, down: F32) -> Bool:
    """Where sleeves may reach below the hem: outside the hips, down to the wrists."""
    hips = [
        abs(frame.joints[name][0] - scene.head.chin[0])
        for name in ("hip_left", "hip_right")
        if name in frame.joints
    ]
    half = max(hips) / scene.head.unit if hips else 0.75
    return (np.abs(across) > half + 0.1) & (down < 3.0)


def _above(midriff: Bool, down: F32) -> float | None:
    """Head heights below the chin at which a bare midriff begins."""
    columns = np.flatnonzero(midriff.any(axis=0))
    if not len(columns):
        return None
    return float(np.median(down[midriff[:, columns].argmax(axis=0), 0]))


def find_hem(scene: Scene, frame: BodyFrame, not_cloth: Bool) -> float | None:
    """Where the colours of the trunk change for good: the split of its rows at which the colour histograms above and
    below differ most (total variation over a palette of the picture itself)."""
    across, down = grid(scene.silhouette.shape, scene.head)
    column = scene.silhouette & ~not_cloth & (np.abs(across) < 0.5) & (down > 0.7) & (down < 4.6)
    # The rims of bare legs are no cloth.
    column &= (column.sum(axis=1) > 0.2 * scene.head.unit)[:, None]
    rows = np.nonzero(column.any(axis=1))[0]
    if len(rows) < 12 or column.sum() < 200:
        return None
    palette = _palette(picked(scene.lab, column))
    counts = np.zeros((len(rows), palette.max() + 1))
    kinds = counts.shape[1]
    places = np.searchsorted(rows, np.nonzero(column)[0]) * kinds + palette
    counts += np.bincount(places, minlength=counts.size).reshape(counts.shape)
    step = scene.head.unit
    heights = (rows - scene.head.chin[1]) / step
    above, below = np.cumsum(counts, axis=0), np.cumsum(counts[::-1], axis=0)[::-1]
    above, below = above[:-1], below[1:]
    enough = (heights[1:] > 1.25) & (heights[1:] < heights[-1] - 0.12)
    if not enough.any():
        return None
    share = (
        np.abs(
            above / above.sum(axis=1, keepdims=True) - below / np.maximum(below.sum(axis=1, keepdims=True), 1)
        ).sum(axis=1)
        / 2
    )
    share = np.where(enough, share, 0)
    best = float(share.max())
    if best < 0.5:
        return None
    first = int(np.nonzero(share > 0.93 * best)[0][0])
    near = slice(first, min(len(share), first + max(2, round(0.2 * step))))
    return float(heights[1:][first + int(share[near].argmax())])


def _palette(lab: F32) -> NDArray[np.int64]:
    """Each colour's index among six common ones (k-means in L*a*b*, lightness counted half: folds are no colours)."""
    values = (lab * np.array([0.5, 1, 1], np.float32)).astype(np.float32)
    cv2.setRNGSeed(3)
    sample = values[:: max(1, len(values) // 3000)]
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    kinds: Any = cv2.kmeans(sample, min(6, len(sample)), None, stop, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    away = np.stack([distance(values, kind) for kind in np.asarray(kinds[2], np.float32)])
    return away.argmin(axis=0)


def _sleeves_end(scene: Scene, cloth: Bool, down: F32) -> float:
    """How far down, in head heights below the chin, `cloth` reaches beside the trunk: sleeves end below a short hem."""
    rows = np.flatnonzero((scene.silhouette & cloth).sum(axis=1) > 0.04 * scene.head.unit)
    return float(down[rows[-1], 0]) - 0.4 if len(rows) else 0.0


def _box(scene: Scene, end: float) -> tuple[slice, slice]:
    height, width = scene.silhouette.shape
    x, y = scene.head.chin
    unit = scene.head.unit
    # Raised arms reach above the head.
    low = min(height, int(y + (min(end, 4.5) + 0.6) * unit))
    return slice(max(0, int(y - 1.8 * unit)), max(low, 1)), slice(
        max(0, int(x - 2.4 * unit)), min(width, int(x + 2.4 * unit))
    )


def _marks(free: Bool, other: Bool, trunk: Bool, across: F32, down: F32, end: float) -> U8:
    """GrabCut's labels: sure garment in the trunk's core, sure rest, and what is to be decided."""
    marks = np.full(free.shape, cv2.GC_BGD, np.uint8)
    marks[free & (trunk | (down < end + 0.1))] = cv2.GC_PR_BGD
    marks[free & trunk & ((down < end - 0.12) | (down > end))] = cv2.GC_PR_FGD
    core = free & (np.abs(across) < 0.5) & (down > 0.7) & (down < min(end - 0.15, 2.0))
    marks[np.asarray(cv2.erode(core.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0] = cv2.GC_FGD
    return marks


def _grab(scene: Scene, marks: U8, box: tuple[slice, slice], seed: int, rounds: int) -> Bool:
    """At half the size: cloth is large, and GrabCut's time grows with the pixels."""
    part = scene.rgb[box].copy()
    if scene.outline_known:
        # The outline is known already: a backdrop of the garment's colour must not count against the garment.
        core = picked(scene.rgb, marks == cv2.GC_FGD)
        if len(core):
            part[~scene.silhouette[box]] = np.where(np.median(core, axis=0) < 128, 255, 0).astype(np.uint8)
    size = max(8, part.shape[1] // 2), max(8, part.shape[0] // 2)
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    labels = np.asarray(cv2.resize(marks[box], size, interpolation=cv2.INTER_NEAREST), np.uint8)
    cut = grab_cut(small, labels, seed, rounds).astype(np.float32)
    mask = np.zeros(marks.shape, bool)
    mask[box] = np.asarray(cv2.resize(cut, part.shape[1::-1], interpolation=cv2.INTER_LINEAR)) > 0.5
    return mask


def _colour_ratio(scene: Scene, marks: U8, box: tuple[slice, slice]) -> tuple[F32, Bool]:
    """Log ratio of the colour histograms of the sure parts at each pixel, and the neighbourhood that they come from."""
    cells = np.clip(
        scene.lab / np.array([12, 8, 8], np.float32) + np.array([0, 16, 16], np.float32), 0, 31
    ).astype(np.int64)
    index = cells[..., 0] * 1024 + cells[..., 1] * 32 + cells[..., 2]
    near = np.zeros(marks.shape, bool)
    near[box] = True
    cloth, rest = marks == cv2.GC_FGD, (marks == cv2.GC_BGD) & near
    if scene.outline_known:
        rest = rest & scene.silhouette
    a, b = (np.bincount(index[part], minlength=32 * 1024).astype(np.float32) for part in (cloth, rest))
    a, b = (_blurred(h) / max(float(h.sum()), 1.0) + np.float32(1e-6) for h in (a, b))
    return np.clip(np.log(a / b)[index], -4, 4).astype(np.float32), near


def _by_colour(ratio: F32, near: Bool, marks: U8) -> Bool:
    """Bayes' rule on the colours, smoothed over the neighbourhood."""
    prior = np.where(marks == cv2.GC_PR_BGD, np.float32(-1.0), np.float32(1.2))
    smooth = np.asarray(cv2.GaussianBlur(ratio + prior, (0, 0), 1.5))
    return ((smooth > 0) & (marks != cv2.GC_BGD) & near) | (marks == cv2.GC_FGD)


def _blurred(histogram: F32) -> F32:
    cube = histogram.reshape(32, 32, 32)
    padded = np.pad(cube, 1)
    total = sum(
        padded[i : i + 32, j : j + 32, k : k + 32] * (0.5 ** (abs(i - 1) + abs(j - 1) + abs(k - 1)))
        for i in range(3)
        for j in range(3)
        for k in range(3)
    )
    return np.asarray(total, np.float32).ravel()


def _watershed(scene: Scene, ratio: F32, marks: U8) -> Bool:
    """Flooding over the gradient (Meyer 1992) from where colour and place leave no doubt."""
    kernel = np.ones((5, 5), np.uint8)
    open_ = (marks == cv2.GC_PR_FGD) | (marks == cv2.GC_FGD)
    inner = np.asarray(cv2.erode(open_.astype(np.uint8), kernel)) > 0
    seeds = np.zeros(marks.shape, np.int32)
    seeds[inner & (ratio > 1.0)] = 1
    seeds[(ratio < -2.5) & (marks == cv2.GC_PR_BGD)] = 2
    seeds[marks == cv2.GC_FGD] = 1
    seeds[marks == cv2.GC_BGD] = 2
    if not (seeds == 1).any() or not (seeds == 2).any():
        return seeds == 1
    smooth = cv2.bilateralFilter(scene.rgb, 5, 30, 3)
    result = np.asarray(cv2.watershed(smooth, seeds))
    return np.asarray(cv2.dilate((result == 1).astype(np.uint8), np.ones((3, 3), np.uint8))) > 0


def _kept(mask: Bool) -> Bool:
    """The parts that hang together with the core or are large; without pinholes."""
    solid = np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))) > 0
    return ~drop_small(~drop_small(solid, 0.06), 0.0005)


def _pattern(scene: Scene, mask: Bool) -> Literal["plain", "patterned", "unknown"]:
    """Plain when its colours, folds put aside, hold together: spread of shading-free chroma and of fine lightness."""
    inner = np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0
    if inner.sum() < 300:
        return "unknown"
    wide = max(2.0, 0.12 * scene.head.unit)
    light = scene.lab[..., 0]
    fine = picked(light - np.asarray(cv2.GaussianBlur(light, (0, 0), wide)), inner)
    free = shading_free(picked(scene.lab, inner))
    away = distance(free, medians(free))
    low, high = quantile(fine, (0.05, 0.95))
    if float(quantile(away, 0.92)) > 0.06 or float(high - low) > 24:
        return "patterned"
    return "plain"
