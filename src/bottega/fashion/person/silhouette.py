"""The person against the background: a fitted studio backdrop where there is one, otherwise GrabCut around the face."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.arrays import lengths
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]

PLAIN_DELTA_E = 7.0
"""CIE76 distance within which the border counts as one smooth backdrop (paper with its noise stays below 5)."""
PLAIN_SHARE = 0.6
BLENDS = 0.97
"""Where the outlines at two thresholds overlap less, some of the clothes have nearly the backdrop's colour."""
GAP = 0.03
"""Of the longer side: half the breadth of the gaps that are filled then."""
FLOOR_SLOPE = 0.5
"""CIE76 a pixel: paper bends into a floor, and light falls off on it, more slowly than this; outlines are steeper."""
FLOOR_TINT = 5.0
"""Of a* and b* together: paper stays nearly as grey where it becomes the floor."""
FLOOR_TOP = 0.4
"""Of the height of the picture: above this there is wall."""
FLOOR_DISC = 0.006
"""Of the longer side: narrower necks than this lead from no floor into clothes."""
FLOOR_REACH = 0.02
"""Of the longer side: as far from the floor as this its colour is known."""
WALL = 2.2
"""Times the backdrop's noise: within this a pixel may show it. Gaps beside an arm lie nearer in the median."""
BETWEEN_REACH = 0.12
"""Of the longer side: as far from the floor around it may floor lie that shows between the legs."""
MOST_BETWEEN = 0.02
"""Of the picture at most is floor that shows between the legs."""
LEAST_FLOOR = 0.002
"""Of the picture has to be off the wall's surface, or there is no floor to speak of."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """`surface`: H x W x 3 CIE L*a*b*, what the picture would show without a person. `distance`: how far each pixel is
    from it, with soft shadows forgiven. `plain`: share of the upper border that lies on it. `noise`: its own spread."""

    surface: F32
    distance: F32
    plain: float
    noise: float

    @property
    def studio(self) -> bool:
        return self.plain >= PLAIN_SHARE


def fit_backdrop(lab: F32) -> Backdrop:
    """A quadratic surface in each of L*, a*, b* (H x W x 3) through the upper border, by reweighted least squares, so that
    the person who crosses the border does not bend it."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    border = upper_border(height, width)
    samples, design = lab[border].astype(np.float64), terms[border]
    start = _commonest(samples)
    away: Any = lengths(samples - start)
    coefficients: NDArray[np.float64] = np.zeros((6, 3))
    for step in range(8):
        reach = 12.0 if step < 3 else 3.5
        weight: Any = 1 / (1 + (away / reach) ** 2)
        ridge = np.diag([0, 1, 1, 4, 4, 4]) * 1e-3 * len(samples)
        normal = (design * weight[:, None] ** 2).T @ design + ridge
        coefficients[:] = np.linalg.solve(normal, (design * weight[:, None] ** 2).T @ samples)
        away = lengths(samples - design @ coefficients)
    surface = (terms @ coefficients).astype(np.float32)
    near = away < PLAIN_DELTA_E
    noise = float(np.percentile(away[near], 90)) if near.any() else PLAIN_DELTA_E
    backdrop = Backdrop(surface, _distance(lab, surface), float(near.mean()), noise)
    return _with_floor(lab, backdrop) if backdrop.studio else backdrop


def threshold(backdrop: Backdrop) -> float:
    """The distance from the backdrop up to which a pixel may belong to it."""
    return float(np.clip(WALL * backdrop.noise, 5.0, 11.0))


def _with_floor(lab: F32, backdrop: Backdrop) -> Backdrop:
    """The backdrop where it goes on below as a floor: what hangs together with the sides of the picture without a line in
    between, and is as grey. Its light cannot be told from the wall's: it lies flat, and the person's shadow falls on it."""
    height, width = lab.shape[:2]
    top = _floor_top(backdrop)
    if top is None:
        return backdrop
    off = lab - backdrop.surface
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 2.0), np.float32)
    slopes = [np.asarray(cv2.Sobel(smooth, cv2.CV_32F, x, y)) / 8 for x, y in ((1, 0), (0, 1))]
    steep = np.sqrt(np.sum([(slope**2).sum(axis=2) for slope in slopes], axis=0))
    calm = (steep < FLOOR_SLOPE) & (np.hypot(off[..., 1], off[..., 2]) < FLOOR_TINT)
    calm[:top] = False
    radius = max(1, round(FLOOR_DISC * max(height, width)))
    opened = _opened(calm, radius)
    floor = _reaching(opened, columns=(0, -1))
    if float((floor & (backdrop.distance > threshold(backdrop))).mean()) < LEAST_FLOOR:
        return backdrop
    around, _ = _spread(lab, floor, BETWEEN_REACH * max(height, width))
    # Legs that the picture cuts off close the floor between them in.
    below = opened & ~floor
    below &= _reaching(below, -1)
    floor |= _close_pieces(below, _distance(lab, around), threshold(backdrop), MOST_BETWEEN)
    local, weight = _spread(lab, floor, FLOOR_REACH * max(height, width))
    near = weight > 0.02
    surface = np.where(near[..., None], local, backdrop.surface).astype(np.float32)
    distance = np.where(near, np.minimum(backdrop.distance, _distance(lab, surface)), backdrop.distance)
    return Backdrop(surface, distance.astype(np.float32), backdrop.plain, backdrop.noise)


def _opened(mask: Bool, radius: int) -> Bool:
    """Without what is narrower than a disc of `radius`; beyond the picture it goes on."""
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    framed = cv2.copyMakeBorder(mask.astype(np.uint8), radius, radius, radius, radius, cv2.BORDER_REPLICATE)
    opened = np.asarray(cv2.morphologyEx(framed, cv2.MORPH_OPEN, disc))
    return opened[radius:-radius, radius:-radius] > 0


def _floor_top(backdrop: Backdrop) -> int | None:
    """The row from which the sides of the picture leave the wall's surface, None where they stay on it to the end."""
    height, width = backdrop.distance.shape
    thick = max(1, width // 40)
    tops: list[int] = []
    for side in (backdrop.distance[:, :thick], backdrop.distance[:, -thick:]):
        line = np.median(side, axis=1)
        if float(line[-thick:].min()) < threshold(backdrop):
            continue
        on_wall = np.flatnonzero(line < 0.5 * threshold(backdrop))
        tops.append(int(on_wall[-1]) + 1 if len(on_wall) else height)
    return max(min(tops), round(FLOOR_TOP * height)) if tops else None


def _spread(lab: F32, where: Bool, sigma: float) -> tuple[F32, F32]:
    """The colours of `where` carried on beyond it (H x W x 3), and how much of it is near each pixel (H x W)."""
    weight = np.asarray(cv2.GaussianBlur(where.astype(np.float32), (0, 0), sigma), np.float32)
    held = np.asarray(cv2.GaussianBlur(lab * where[..., None], (0, 0), sigma), np.float32)
    return (held / np.maximum(weight, 1e-6)[..., None]).astype(np.float32), weight


def _close_pieces(mask: Bool, distance: F32, near: float, most: float) -> Bool:
    """The connected parts of `mask`, `most` of the picture large at most, whose median of `distance` is below `near`."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    labels, areas = np.asarray(labels), np.asarray(stats)[:, cv2.CC_STAT_AREA]
    found = np.zeros(mask.shape, bool)
    for number in range(1, count):
        part = labels == number
        if areas[number] <= most * mask.size and float(np.median(distance[part])) < near:
            found |= part
    return found


def _reaching(mask: Bool, *rows: int, columns: tuple[int, ...] = ()) -> Bool:
    """The connected parts of `mask` that reach one of these rows or columns."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    labels = np.asarray(labels)
    lines = [labels[row] for row in rows] + [labels[:, column] for column in columns]
    reached = np.unique(np.concatenate(lines))
    return np.isin(labels, reached[reached > 0])


def _distance(lab: F32, surface: F32) -> F32:
    """CIE76 distance in which darkening alone, as a soft shadow does, counts less than a change of colour."""
    away = lab - surface
    darker = np.clip(-away[..., 0], 0, 18)
    light = np.where(away[..., 0] < 0, -away[..., 0] - 0.55 * darker, away[..., 0])
    return np.sqrt(light**2 + away[..., 1] ** 2 * 1.6 + away[..., 2] ** 2 * 1.6).astype(np.float32)


def upper_border(height: int, width: int) -> Bool:
    """The upper edge and the upper three quarters of both sides, a fortieth of the shorter side wide."""
    thick = max(1, min(height, width) // 40)
    ring = np.zeros((height, width), bool)
    ring[:thick] = True
    low = max(thick, 3 * height // 4)
    ring[:low, :thick] = ring[:low, -thick:] = True
    return ring


def _commonest(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """The densest colour among samples, on a grid of cells 8 wide."""
    cells = np.round(samples / 8).astype(np.int64)
    _, index, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    return np.median(samples[index.ravel() == int(counts.argmax())], axis=0)


def studio_silhouettes(rgb: U8, backdrop: Backdrop, seed: int) -> list[Bool]:
    """Hypotheses of the person before a plain backdrop: two thresholds, and GrabCut between them."""
    near = threshold(backdrop)
    tight, loose = backdrop.distance > 1.4 * near, backdrop.distance > near
    labels = np.where(tight, cv2.GC_FGD, np.where(loose, cv2.GC_PR_FGD, cv2.GC_PR_BGD)).astype(np.uint8)
    far_out = np.asarray(cv2.dilate(loose.astype(np.uint8), np.ones((9, 9), np.uint8))) == 0
    labels[far_out] = cv2.GC_BGD
    cut = grab_cut(rgb, labels, seed, 2)
    if least_overlap([tight, loose]) < BLENDS:
        tight, loose = (_joined(mask, cut) for mask in (tight, loose))
    return [_without_folds(_solid(mask), backdrop) for mask in (tight, loose, cut)]


def _without_folds(mask: Bool, backdrop: Backdrop) -> Bool:
    """`mask` with the holes filled that do not show the backdrop: a fold or a print of pale cloth has nearly its colour,
    a gap beside an arm has its very colour."""
    inside = ~mask & ~_reaching(~mask, 0, -1, columns=(0, -1))
    shows = _close_pieces(inside, backdrop.distance, WALL * backdrop.noise, 1.0)
    return mask | (inside & ~shows)


def _joined(mask: Bool, cut: Bool) -> Bool:
    """`mask` with the gaps filled that GrabCut gives to the person as well: folds of a white shirt before a white wall
    have the wall's colour here and there."""
    reach = max(1, round(GAP * max(mask.shape)))
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    # Beyond the picture the person goes on.
    framed = cv2.copyMakeBorder(mask.astype(np.uint8), reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    filled = np.asarray(cv2.morphologyEx(framed, cv2.MORPH_CLOSE, disc))[reach:-reach, reach:-reach] > 0
    return mask | (filled & cut)


def trimap_silhouettes(rgb: U8, chin: tuple[float, float], unit: float, seed: int) -> list[Bool]:
    """Hypotheses before any background: GrabCut around a head whose chin is at `chin`, with body proportions of `unit` =
    head height in pixels; three seeds and widths."""
    found: list[Bool] = []
    for number, wide in enumerate((1.0, 1.15, 0.9)):
        labels = _body_trimap(rgb.shape[:2], chin, unit, wide)
        found.append(_solid(grab_cut(rgb, labels, seed + number, 3)))
    return found


def _body_trimap(shape: tuple[int, int], chin: tuple[float, float], unit: float, wide: float) -> U8:
    labels = np.full(shape, cv2.GC_BGD, np.uint8)
    height = shape[0]

    def fill(value: int, half: list[tuple[float, float]]) -> None:
        points = [
            (chin[0] + side * x * unit, chin[1] + y * unit)
            for side, row in ((1, half), (-1, half[::-1]))
            for x, y in row
        ]
        cv2.fillPoly(labels, [np.round(np.asarray(points)).astype(np.int32)], value)

    low = max(1.0, (height - chin[1]) / unit + 0.2)
    fill(cv2.GC_PR_BGD, [(0.9 * wide, -1.6), (1.9 * wide, -0.2), (2.2 * wide, 1.5), (2.2 * wide, low)])
    fill(
        cv2.GC_PR_FGD,
        [
            (0.5, -1.05),
            (0.55, 0.1),
            (1.05 * wide, 0.4),
            (1.25 * wide, 1.5),
            (1.2 * wide, min(low, 3.2)),
            (0.9 * wide, low),
        ],
    )
    fill(cv2.GC_FGD, [(0.2, -0.75), (0.28, -0.3), (0.2, 0.3), (0.55, 0.6), (0.45, 1.6), (0.4, min(low, 2.4))])
    return labels


def grab_cut(rgb: U8, labels: U8, seed: int, rounds: int) -> Bool:
    """GrabCut (Rother et al. 2004) of H x W x 3 from four-valued `labels`, repeatable for the same `seed`."""
    labels = labels.copy()
    front = _in_front(labels)
    if front.any() and not front.all():
        cv2.setRNGSeed(seed + 1)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(
            np.ascontiguousarray(rgb),
            labels,
            (0, 0, 1, 1),
            models[0],
            models[1],
            rounds,
            cv2.GC_INIT_WITH_MASK,
        )
    return _in_front(labels)


def _in_front(labels: U8) -> Bool:
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def _solid(mask: Bool) -> Bool:
    """Without specks (parts below 4 % of the largest) and with small holes filled."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    kept = drop_small(np.asarray(opened) > 0, 0.04)
    return ~drop_small(~kept, 0.002)


def drop_small(mask: Bool, share: float) -> Bool:
    """Without the connected parts smaller than `share` of the largest."""
    parts = parts_of(mask)
    if parts.count <= 1:
        return mask
    areas = parts.areas()
    return parts.of(areas >= max(4, share * areas[1:].max()))


def least_overlap(masks: list[Bool]) -> float:
    """The least intersection over union of any two of the masks; 0 when all are empty."""
    least = 1.0
    for number, one in enumerate(masks):
        for other in masks[number + 1 :]:
            union = int((one | other).sum())
            least = min(least, float((one & other).sum()) / union if union else 0.0)
    return least


def majority(masks: list[Bool]) -> Bool:
    """Where more than half of the masks hold."""
    return np.sum(masks, axis=0) * 2 > len(masks)
