"""Which pixels are garment: three hypotheses, each refined by GrabCut, put to the vote. What it is, is left to `shape`."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.arrays import array
from bottega.fashion.garment.backdrop import Backdrop, fit_backdrop, ring_of
from bottega.fashion.garment.notches import without_notches
from bottega.fashion.garment.pale import outlined
from bottega.fashion.garment.rim import with_pale_spots
from bottega.imaging.arrays import distance, kept, lengths, median
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.parts import parts_of
from bottega.imaging.picture import F32, U8

SIDE = 512
"""Long side, in pixels, at which garments are analysed."""
GRABCUT_SIDE = 320
DOUBT, DOUBT_OF_PALE, PALE = 0.85, 0.9, 12.0
"""CIE76 at the rim of what is pale; and below this agreement, colour says too little, and the outline is looked for by where the colours change."""
PATCHES = 0.8
"""Of what edges enclose: where colour sees less, it only sees patches."""
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CutOut:
    """At analysis size: `rgb` h x w x 3 uint8, `lab` its CIE Lab, `mask` h x w bool.

    `agreement`: mean pairwise intersection over union of the hypotheses that had an opinion, 0 to 1. `apart`: median
    CIE76 distance between the garment's rim and the backdrop beside it. `parts`: large separate pieces found.
    """

    rgb: U8
    lab: F32
    mask: Bools
    agreement: float
    backdrop: Backdrop
    apart: float
    parts: int
    from_alpha: bool


def reduced(rgb: U8, side: int = SIDE) -> U8:
    """`rgb` with a long side of at most `side` pixels; no side becomes less than one pixel."""
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return array(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)).astype(np.uint8)


def cut_out(rgb: U8, alpha: F32 | None, seed: int) -> CutOut:
    """Find the garment in `rgb` (H x W x 3). A transparent `alpha` (H x W in [0, 1]) is believed; an opaque one says
    nothing and is ignored."""
    small = reduced(rgb)
    lab = rgb_to_lab(small.astype(np.float32) / np.float32(255))
    height, width = small.shape[:2]
    backdrop = fit_backdrop(lab)
    if alpha is not None and tells(alpha):
        cover = array(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA))
        mask, parts = main_part(cover > 0.25)
        return CutOut(small, lab, mask, 1.0, backdrop, 100.0, parts, True)
    guesses = _hypotheses(lab, backdrop)
    masks = [_grab_cut(small, guess, sure, seed) for guess, sure in guesses]
    enclosed = _enclosed_by_edges([guess for guess, _ in guesses], lab, backdrop)
    masks = masks if enclosed is None else enclosed
    masks = [mask for mask in masks if 0.005 < mask.mean() < 0.98]
    if not masks:
        return CutOut(small, lab, np.zeros((height, width), bool), 0.0, backdrop, 0.0, 0, False)
    masks = _with_opinion(masks)
    agreement = _agreement(masks)
    if enclosed is None and agreement < (DOUBT_OF_PALE if _apart(masks[0], lab) < PALE else DOUBT):
        far = backdrop.distance_past_shadow(lab) > max(9.0, 7.0 * backdrop.noise)
        enclosed = outlined(lab, backdrop, far)
        if enclosed is not None and not _paper_stripes(masks, enclosed):
            masks, agreement = enclosed, max(agreement, _agreement(enclosed))
        else:
            enclosed = None
    votes: Any = np.mean(np.stack(masks).astype(np.float32), axis=0)
    voted = votes > 0.5 if len(masks) != 2 else votes >= 0.5
    # What edges enclose ends before a soft shadow, and white cloth is as soft as one.
    if enclosed is None:
        voted = without_notches(_without_shadow(voted, lab, backdrop), lab, backdrop)
    mask, parts = main_part(with_pale_spots(voted, lab, backdrop))
    return CutOut(small, lab, mask, agreement, backdrop, _apart(mask, lab), parts, False)


def tells(alpha: F32) -> bool:
    """Whether a channel of transparency separates something from something."""
    return bool(alpha.size) and float((alpha < 0.5).mean()) > 0.01 and float((alpha > 0.5).mean()) > 0.001


# --- hypotheses ----------------------------------------------------------------------------------------------


def _hypotheses(lab: F32, backdrop: Backdrop) -> list[tuple[Bools, Bools]]:
    """Pairs (probably garment, surely decided), h x w each: by colour, by colour past shadow, by closed edges."""
    near, far = max(2.5, 3.2 * backdrop.noise), max(9.0, 7.0 * backdrop.noise)
    found: list[tuple[Bools, Bools]] = []
    for away in (backdrop.distance(lab), backdrop.distance_past_shadow(lab)):
        smooth = array(cv2.GaussianBlur(away, (0, 0), 0.8))
        guess = _filled(smooth > (near + far) / 2 - 1.5)
        if guess.any():
            sure = (smooth > far) | _outside(smooth < near)
            found.append((guess, sure))
    edges = _closed_edges(lab, backdrop)
    if edges is not None:
        found.append((edges, _away_from_rim(edges, 0.012)))
    return found


def _enclosed_by_edges(guesses: list[Bools], lab: F32, backdrop: Backdrop) -> list[Bools] | None:
    """What edges enclose, with two ideas of what an edge is, where both hypotheses of colour see only patches of it: white
    cloth on white. None where colour has its own opinion, or the two ideas enclose something else."""
    if len(guesses) < 3:
        return None
    edges = guesses[2]
    solid = array(cv2.dilate(edges.astype(np.uint8), np.ones((7, 7), np.uint8))) > 0
    size = int(edges.sum())
    for colour in guesses[:2]:
        patches = int((colour & edges).sum())
        if patches > PATCHES * size or int((colour & solid).sum()) < 0.85 * int(colour.sum()):
            return None
    firmer = _closed_edges(lab, backdrop, firmness=1.35)
    return None if firmer is None or iou(edges, firmer) < 0.85 else [edges, firmer]


def _outside(like_backdrop: Bools) -> Bools:
    """Of what looks like the backdrop, the part that hangs together with the border."""
    height, width = like_backdrop.shape
    return parts_of(like_backdrop).holding(ring_of(height, width, 0.01))


def _filled(mask: Bools) -> Bools:
    """Holes of less than half a per cent of the mask are closed: highlights, not openings."""
    holes = parts_of(~mask)
    if holes.count <= 1:
        return mask
    return mask | holes.of(holes.areas() < max(4.0, 0.005 * float(mask.sum())))


def _closed_edges(lab: F32, backdrop: Backdrop, firmness: float = 1.0) -> Bools | None:
    """What an unbroken line of edges encloses: finds white on white where colour is silent. None: nothing closed.
    `firmness`: times the usual steepness that an edge must have."""
    smooth = array(cv2.GaussianBlur(lab, (0, 0), 1.0))
    across: Any = array(cv2.Scharr(smooth, cv2.CV_32F, 1, 0)) / 32
    down: Any = array(cv2.Scharr(smooth, cv2.CV_32F, 0, 1)) / 32
    steep = np.hypot(lengths(across), lengths(down)).astype(np.float32)
    height, width = steep.shape[:2]
    ring = ring_of(height, width)
    floor = float(np.percentile(steep[ring], 75))
    least = firmness * max(0.7, 3.0 * floor)
    strong: NDArray[np.uint8] = (steep > least).astype(np.uint8)
    for reach in (3, 7, 13):
        kernel = array(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
        closed = array(
            cv2.morphologyEx(
                cv2.copyMakeBorder(strong, 16, 16, 16, 16, cv2.BORDER_REPLICATE), cv2.MORPH_CLOSE, kernel
            )
        )
        closed = closed[16 : 16 + height, 16 : 16 + width]
        inside = ~_outside_of_lines(closed > 0)
        # The line of edges is about two pixels wide on either side of the true rim.
        opened = array(cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)))
        solid = array(cv2.erode(opened, np.ones((3, 3), np.uint8))) > 0
        if solid.mean() > 0.03 and solid.sum() > 1.2 * strong[solid].sum():
            return _filled(solid)
    return None


def _outside_of_lines(lines: Bools) -> Bools:
    """What can be reached from the border without crossing a line; a frame of one pixel joins the sides."""
    padded = np.pad(~lines, 1, constant_values=True)
    return _outside(padded)[1:-1, 1:-1]


def _away_from_rim(mask: Bools, share: float) -> Bools:
    reach = max(2, round(max(mask.shape) * share))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    solid = mask.astype(np.uint8)
    return (array(cv2.erode(solid, kernel)) > 0) | (array(cv2.dilate(solid, kernel)) == 0)


# --- refinement and vote -------------------------------------------------------------------------------------


def _grab_cut(rgb: U8, guess: Bools, sure: Bools, seed: int) -> Bools:
    """GrabCut (Rother et al. 2004) between what is sure, at a reduced size; h x w of `rgb`."""
    height, width = guess.shape
    small = reduced(rgb, GRABCUT_SIDE)
    size = small.shape[1], small.shape[0]
    labels = np.where(guess, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[guess & sure] = cv2.GC_FGD
    labels[~guess & sure] = cv2.GC_BGD
    labels = array(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST))
    window = _window(labels)
    labels, small = np.ascontiguousarray(labels[window]), small[window]
    garment = _is_garment(labels)
    undecided = (labels >= cv2.GC_PR_BGD).any()
    if not undecided or garment.sum() < 20 or (~garment).sum() < 20:
        return guess
    cv2.setRNGSeed(seed + 1)  # k-means inside GrabCut draws random numbers
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    cv2.grabCut(bgr, labels, (0, 0, 1, 1), models[0], models[1], 1, cv2.GC_INIT_WITH_MASK)
    cut = np.zeros((size[1], size[0]), np.float32)
    cut[window] = _is_garment(labels)
    full: Any = array(cv2.resize(cut, (width, height), interpolation=cv2.INTER_LINEAR))
    # What was sure at the full analysis size stays as sharp as it was seen there.
    return np.where(sure, guess, full > 0.5)


def _is_garment(labels: NDArray[np.uint8]) -> Bools:
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def _window(labels: NDArray[np.uint8]) -> tuple[slice, slice]:
    """Rows and columns of all that is not surely background, with a margin of it around."""
    open_ = labels != cv2.GC_BGD
    found: list[slice] = []
    for axis, side in ((1, labels.shape[0]), (0, labels.shape[1])):
        places = np.nonzero(open_.any(axis=axis))[0]
        margin = round(0.06 * max(labels.shape))
        first, last = (int(places[0]), int(places[-1])) if places.size else (0, side - 1)
        found.append(slice(max(0, first - margin), min(side, last + margin + 1)))
    return found[0], found[1]


def _with_opinion(masks: list[Bools]) -> list[Bools]:
    """Without a hypothesis that saw only patches of what the two others see alike: where colour hardly differs, one
    that asks for more of it is silent, not of another opinion."""
    if len(masks) < 3:
        return masks
    for index, mask in enumerate(masks):
        one, two = (other for number, other in enumerate(masks) if number != index)
        inside = int((mask & one & two).sum()) > 0.85 * int(mask.sum())
        if inside and iou(one, two) > 0.9 and int(mask.sum()) < 0.6 * int((one & two).sum()):
            return [one, two]
    return masks


def _paper_stripes(masks: list[Bools], outlines: list[Bools]) -> bool:
    """Whether `outlines` lack narrow bands of what `masks` have: a pattern in the paper's colour, and no gaps."""
    whole, rest = np.any(masks, axis=0), np.sum(outlines, axis=0) > len(outlines) / 2
    radius = max(3, round(0.025 * max(rest.shape)))
    kernel = array(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    padded = np.pad(rest.astype(np.uint8), radius)
    closed = array(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel))[radius:-radius, radius:-radius] > 0
    return bool((closed & whole & ~rest).sum() > 0.03 * rest.sum())


def _agreement(masks: list[Bools]) -> float:
    """Mean pairwise intersection over union; one hypothesis alone has nobody to agree with: 0.5."""
    if len(masks) < 2:
        return 0.5
    return float(np.mean([iou(a, b) for a, b in combinations(masks, 2)]))


def iou(a: Bools, b: Bools) -> float:
    """Intersection over union of two masks; 1 when both are empty."""
    union = int((a | b).sum())
    return 1.0 if union == 0 else int((a & b).sum()) / union


def _without_shadow(mask: Bools, lab: F32, backdrop: Backdrop) -> Bools:
    """Without what is only the backdrop, darker, soft, and at the rim: a shadow beside or under the garment."""
    past = backdrop.distance_past_shadow(lab)
    smooth = array(cv2.GaussianBlur(lab[..., 0], (0, 0), 1.5))
    across: Any = array(cv2.Sobel(smooth, cv2.CV_32F, 1, 0)) / 8
    down: Any = array(cv2.Sobel(smooth, cv2.CV_32F, 0, 1)) / 8
    soft = np.hypot(across, down) < 1.0
    shade = mask & (past < max(3.0, 3 * backdrop.noise)) & soft
    # Only what can be reached from outside without crossing a clear edge.
    reached = _outside(~mask | shade)
    rest = mask & ~reached
    # Grey cloth on a light ground looks the same: then the shade would be most of the garment.
    return rest if rest.sum() > 0.6 * mask.sum() else mask


def main_part(mask: Bools) -> tuple[Bools, int]:
    """The largest piece with what belongs to it, specks and threads removed, and how many large pieces there are."""
    solid = array(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    parts = parts_of(solid, 8)
    if parts.count <= 1:
        return np.zeros_like(mask), 0
    areas = parts.areas()
    largest = float(areas[1:].max())
    return _filled(parts.of(areas >= 0.08 * largest)), int((areas[1:] >= 0.3 * largest).sum())


def _apart(mask: Bools, lab: F32) -> float:
    """Median CIE76 distance between the colours just inside and just outside the rim."""
    if not mask.any():
        return 0.0
    solid = mask.astype(np.uint8)
    core, wide = np.ones((5, 5), np.uint8), np.ones((15, 15), np.uint8)
    inner = array(cv2.erode(solid, core)) > 0
    inner &= array(cv2.erode(solid, wide)) == 0
    outer = (array(cv2.dilate(solid, core)) == 0) & (array(cv2.dilate(solid, wide)) > 0)
    if not inner.any() or not outer.any():
        return 0.0
    means: list[Any] = []
    for part in (inner, outer):
        weight = part.astype(np.float32)
        total = array(cv2.blur(kept(lab, part), (25, 25)))
        means.append(total / (array(cv2.blur(weight, (25, 25))) + np.float32(1e-4))[..., None])
    rim = (array(cv2.dilate(solid, core)) > 0) & (array(cv2.erode(solid, core)) == 0)
    return median(distance(*means)[rim]) if rim.any() else 0.0
