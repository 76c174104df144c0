"""The four parts of a try-on's score, each from measures between 0 and 1: realism, fit, light, proportions.

What must hold before any score counts is `gates`'.
"""

from itertools import pairwise

import cv2
import numpy as np

from bottega.fashion.tryon.evidence import Evidence, covered_share, hem_drop
from bottega.fashion.tryon.fidelity import Details
from bottega.fashion.tryon.lens import grain_of
from bottega.fashion.tryon.light import cylinder, face_slant
from bottega.fashion.tryon.values import Bool, Measure
from bottega.fashion.tryon.zones import around, grown
from bottega.imaging.arrays import most_apart, picked
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

SIGMAS = 0.8, 1.6, 3.2
"""Pixels: each twice the one before, so that a blur is the coarse side of one band and the fine one of the next."""


MADE_UP = 6.0
"""CIE76 from the photograph: beyond grain and the shadow of a hem."""
LITTLE, MUCH = 0.2, 1.4
"""Squares of the shoulders' breadth beside the garment: the rim of a garment of the same cut; both arms and the hips."""


def part(measures: list[Measure]) -> float | None:
    """Mean of the measured ones, the worst counted twice; None without any."""
    known = [measure.score for measure in measures if measure.score is not None]
    return None if not known else (sum(known) + min(known)) / (len(known) + 1)


def _bell(away: float, width: float) -> float:
    return float(np.exp(-((away / width) ** 2)))


# --- Realism -------------------------------------------------------------------------------------------------


def realism(seen: Evidence) -> list[Measure]:
    return [_seam(seen), _sharpness(seen), _grain(seen)]


def _seam(seen: Evidence) -> Measure:
    """The jump in lightness across the rim of what was changed, over the jump there before."""
    mask = seen.mask if seen.mask is not None else _differs(seen)
    rim = mask & ~np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)), bool)
    # Where cloth ends, a jump belongs there: only the rest of the rim tells.
    edge = (seen.expected.cover > 0.03) & (seen.expected.cover < 0.97)
    rim &= ~grown(edge, 4) & (seen.expected.front < 0.02)
    if int(rim.sum()) < 30:
        return Measure("seam_jump_ratio", 0.0, None)
    at = around(rim, 2) or (slice(None), slice(None))
    after, before = (picked(_edge_strength(rgb[at]), rim[at]) for rgb in (seen.result, seen.person_rgb))
    ratio = float((after.mean() + 0.01) / (before.mean() + 0.01))
    return Measure("seam_jump_ratio", ratio, float(np.clip(1 - (ratio - 1.3) / 4, 0, 1)))


def _differs(seen: Evidence) -> Bool:
    away = most_apart(seen.result, seen.person_rgb) > 8
    return np.asarray(
        cv2.morphologyEx(away.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), bool
    )


def _edge_strength(rgb: U8) -> F32:
    light = luma(rgb.astype(np.float32) / np.float32(255))
    across, down = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _full_region(seen: Evidence) -> Bool:
    inner = np.asarray(
        cv2.erode((seen.expected.cover > 0.95).astype(np.uint8), np.ones((7, 7), np.uint8)), bool
    )
    return inner & (seen.expected.front < 0.05)


def _sharpness(seen: Evidence) -> Measure:
    """Fine structure of the shown garment over that of the product picture at the same size: 1 is as sharp."""
    region = _full_region(seen)
    scale = float(np.clip(seen.expected.placement.scale, 0.05, 1.0))
    height, width = seen.garment_rgb.shape[:2]
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    shown = np.asarray(cv2.resize(seen.garment_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    cover = np.asarray(cv2.resize(seen.garment.alpha, size, interpolation=cv2.INTER_AREA))
    inner = np.asarray(cv2.erode((cover > 0.95).astype(np.uint8), np.ones((7, 7), np.uint8)), bool)
    if int(region.sum()) < 200 or int(inner.sum()) < 200:
        return Measure("sharpness_ratio", 0.0, None)
    # Of the three bands a blur takes the fine ones, a flat fill all.
    away: list[float] = []
    for has, wanted in zip(_bands(seen.result, region), _bands(shown, inner), strict=True):
        ratio = has / max(wanted, 1e-4)
        away.append(min(abs(float(np.log(max(ratio, 1e-3)))), 3.0))
    mean = float(np.mean(away))
    return Measure("band_energy_log_ratio", mean, _bell(max(mean - 0.25, 0), 0.75))


def _bands(rgb: U8, where: Bool) -> list[float]:
    """Mean absolute difference of the Gaussians of each of `SIGMAS` and its double inside `where`, plus a floor of a third
    of a grey level."""
    # The widest blur reaches eight times the last of them.
    at = around(where, round(8 * SIGMAS[-1]) + 1) or (slice(None), slice(None))
    light = luma(rgb[at].astype(np.float32) / np.float32(255))
    blurred = [np.asarray(cv2.GaussianBlur(light, (0, 0), s)) for s in (*SIGMAS, 2 * SIGMAS[-1])]
    return [
        float(np.abs(picked(fine - coarse, where[at])).mean()) + 0.0013 for fine, coarse in pairwise(blurred)
    ]


def _grain(seen: Evidence) -> Measure:
    """Noise on the garment over noise of the rest of the person."""
    region = _full_region(seen)
    rest = (seen.person.silhouette > 0.95) & ~grown(seen.expected.cover > 0.02, 3)
    if int(region.sum()) < 200 or int(rest.sum()) < 200:
        return Measure("grain_ratio", 0.0, None)
    after = seen.result.astype(np.float32) / np.float32(255)
    has, wanted = grain_of(after, region) + 0.0008, grain_of(after, rest) + 0.0008
    ratio = has / wanted
    # Woven texture counts as grain here: only too little is a fault.
    return Measure("grain_ratio", ratio, _bell(max(-float(np.log(ratio)) - 0.3, 0), 0.8))


# --- Fit -----------------------------------------------------------------------------------------------------


def fit(seen: Evidence) -> list[Measure]:
    return [_overlap(seen), _residue(seen), _made_up(seen)]


def _overlap(seen: Evidence) -> Measure:
    """Intersection over union of what looks like the garment with where it should be, in and around that place."""
    if not seen.apart("backdrop", "skin", "bottom"):
        return Measure("silhouette_iou", 0.0, None)
    should = (seen.cover > 0.5) & (seen.front < 0.3)
    reach = max(2, round(0.14 * seen.expected.body.breadth * seen.scale))
    around = grown(should, reach) & (seen.front < 0.3)
    like = np.asarray(cv2.medianBlur((seen.like & around).astype(np.uint8), 5), bool)
    union = int((like | should).sum())
    iou = int((like & should).sum()) / max(union, 1)
    return Measure("silhouette_iou", iou, float(np.clip((iou - 0.5) / 0.4, 0, 1)))


def _residue(seen: Evidence) -> Measure:
    """Share of the old garment's place in which the photograph still stands as it was; not measured where the new garment
    may look like that."""
    names = ("bottom",) if seen.expected.lower else ("top", "dress")
    if not seen.apart(*names):
        return Measure("old_garment_residue", 0.0, None)
    worn = (seen.expected.old > 0.9) & (seen.expected.front < 0.05)
    if int(worn.sum()) < 100:
        return Measure("old_garment_residue", 0.0, None)
    same = most_apart(seen.result, seen.person_rgb) <= 2
    share = np.count_nonzero(same & worn) / np.count_nonzero(worn)
    return Measure("old_garment_residue", share, float(np.clip(1 - (share - 0.03) / 0.25, 0, 1)))


def _made_up(seen: Evidence) -> Measure:
    """Area that shows something new beside the garment: skin, backdrop and trousers that the photograph does not hold, in
    squares of the shoulders' breadth. The more of it, the more can be wrong."""
    away = np.sqrt(((seen.after - seen.before) ** 2).sum(axis=2))
    made = (away > MADE_UP) & (seen.cover < 0.3) & (seen.front < 0.3)
    area = float(made.sum()) / (seen.expected.body.breadth * seen.scale) ** 2
    return Measure("made_up_area", area, float(np.clip(1 - (area - LITTLE) / (MUCH - LITTLE), 0, 1)))


# --- Light ---------------------------------------------------------------------------------------------------


def light(seen: Evidence) -> list[Measure]:
    values = seen.after[seen.region]
    if len(values) < 100:
        return []
    of, to = np.median(seen.shown, axis=0), np.median(values, axis=0)
    level, cast = abs(float(to[0] - of[0])), float(np.hypot(to[1] - of[1], to[2] - of[2]))
    return [
        Measure("level_change_l", level, _bell(max(level - 4, 0), 14)),
        Measure("cast_ab", cast, _bell(max(cast - 3, 0), 10)),
        _relief(seen),
    ]


def _relief(seen: Evidence) -> Measure:
    """Whether the garment falls off in light toward the sides of the body as a round body does: slope of its smoothed
    lightness on that of a lit cylinder, 1 as expected, 0 flat."""
    photo = seen.person_rgb.astype(np.float32) / np.float32(255)
    shape = seen.person_rgb.shape[:2]
    wanted = seen.small(
        cylinder(seen.expected.body, (int(shape[0]), int(shape[1])), face_slant(photo, seen.person))
    )
    sigma = max(2.0, 0.05 * seen.expected.body.breadth * seen.scale)
    weight = seen.region.astype(np.float32)
    near = np.asarray(cv2.GaussianBlur(weight, (0, 0), sigma)) + 1e-6
    smooth = np.asarray(cv2.GaussianBlur(seen.after[..., 0] * weight, (0, 0), sigma)) / near
    inside = seen.region
    a = wanted[inside] - wanted[inside].mean()
    b = smooth[inside] / max(float(smooth[inside].mean()), 1.0)
    slope = float((a * (b - b.mean())).sum() / max(float((a * a).sum()), 1e-6))
    return Measure("relief_slope", slope, float(np.clip(0.35 + 0.65 * slope / 0.35, 0, 1)))


# --- Proportions ---------------------------------------------------------------------------------------------


def proportions(seen: Evidence, found: Details) -> list[Measure]:
    measures = [_hem(seen), *_sleeves(seen)]
    if found.anisotropy is not None:
        measures.append(
            Measure(
                "print_anisotropy", found.anisotropy, float(np.clip(1 - (found.anisotropy - 1.1) / 0.5, 0, 1))
            )
        )
    return measures


def _hem(seen: Evidence) -> Measure:
    """The hem's distance from where the garment's own length puts it, in shoulder breadths."""
    tucked = seen.expected.placement.tuck_drop is not None
    found = None if tucked or seen.expected.lower else hem_drop(seen)
    if found is None:
        return Measure("hem_error", 0.0, None)
    error = (found - seen.expected.placement.hem_drop) / seen.expected.body.breadth
    return Measure("hem_error", error, _bell(max(abs(error) - 0.06, 0), 0.3))


def _sleeves(seen: Evidence) -> list[Measure]:
    if seen.expected.lower:
        return []
    measures: list[Measure] = []
    body = seen.expected.body
    for index, (side, arm) in enumerate((("left", body.left_arm), ("right", body.right_arm))):
        found = covered_share(seen, arm)
        wanted = seen.expected.placement.sleeve_shares[index]
        if found is None:
            continue
        error = found - wanted
        measures.append(Measure(f"sleeve_error_{side}", error, _bell(max(abs(error) - 0.12, 0), 0.3)))
    return measures
