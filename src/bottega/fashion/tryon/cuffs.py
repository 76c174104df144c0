"""Where arms come out of worn sleeves: how far the cuffs' leftovers reach there, and what is the arm's own rim instead."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.fidelity import palette
from bottega.fashion.tryon.limbs import STATIONS, Limb
from bottega.fashion.tryon.stains import REACH
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, around, grown
from bottega.imaging.arrays import distance, picked, sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_PAST, _BELOW = 5, 10
"""Stations of a limb around the place where it is bare for good that a cuff may still reach, and as many below them tell how
the arm looks."""
_SLEEVE = 15
"""Stations of an arm under cloth up to which a garment has no sleeve but an armhole, which lies on the torso."""
_BESIDE = 1.8
"""Of an arm's breadth that a cuff around it may have."""
_MOSTLY = 0.6
"""Share of one side of an arm that decides for all of it."""
_ACROSS = 1.4
"""Of half an arm's breadth, as far beside its axis is its rim."""
_RIM = 0.03
"""Shoulder breadths around an arm as it was found that may still be arm."""


@dataclass(frozen=True, slots=True)
class Cuffs:
    """Where arms come out of their sleeves, all H x W: `zone` around the cuffs, as broad as those may be, `beside` the part of
    it that lies beside the arms, `after` the zone and a little of what follows toward the hand."""

    zone: Bool
    beside: Bool
    after: Bool


def cuffs_of(limbs: list[Limb], shape: tuple[int, ...]) -> Cuffs:
    zone, arms, after = (np.zeros(shape, np.bool_) for _ in range(3))
    for limb in limbs:
        if _SLEEVE < limb.end < STATIONS:
            first, last = limb.end - 3 * _PAST, limb.end + _PAST // 2
            zone |= limb.between(first, last, shape, _BESIDE)
            arms |= limb.between(first - 1, last + 1, shape)
            after |= limb.between(first, last + _PAST, shape, _BESIDE)
    return Cuffs(zone, zone & ~arms, after)


def linings(nobodys: Bool, cuffs: Cuffs) -> Bool:
    """H x W: the insides of cuffs, of what belongs to no region (`nobodys`, H x W): an arm's rim beside it is narrow."""
    beside = (nobodys & cuffs.beside).astype(np.uint8)
    broad = np.asarray(cv2.morphologyEx(beside, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))) > 0
    return nobodys & grown(broad, RIM)


def near_limbs(person: PersonParse, limbs: list[Limb]) -> Bool:
    """H x W: within the outlines of the arms, or next to bare legs: what may be their shaded side."""
    shape = person.silhouette.shape
    found = np.zeros(shape, np.bool_)
    for limb in limbs:
        found |= limb.between(0, max(limb.end, limb.last), shape)
    legs = person.regions.get("legs")
    return found if legs is None else found | grown(legs > 0.5, 2 * RIM)


def rim_of_arms(
    photo: F32, person: PersonParse, body: Body, old: F32, limbs: list[Limb], where: Bool
) -> Bool:
    """H x W: of `where`, what lies next to an arm's own outline where it has come out of its sleeve, nearer to the arm than
    to the worn garment and away from that: its shaded side and what it is mixed with there, however much that looks
    like the garment. Next to the cuff only what looks as the arm does farther down is part of it."""
    shape = old.shape
    if not (old > 0.95).any():
        return np.zeros(old.shape, np.bool_)
    names = ("left_arm", "right_arm", "hands")
    bare = np.maximum.reduce([old * 0, *(person.regions[name] for name in names if name in person.regions)])
    outlines, alike = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    samples = picked(photo, old > 0.95)
    worn = palette(np.ascontiguousarray(samples[:: max(1, len(samples) // 1000)]), 4)
    for limb in limbs:
        bare_part = limb.between(limb.end + _PAST, limb.last, shape)
        # An armhole has no cuff.
        if limb.end > _SLEEVE:
            alike |= _as_farther_down(photo, limb, worn, where)
        outlines |= grown(bare_part, max(RIM, round(_RIM * body.breadth)))
    at = around(outlines, round(REACH * body.breadth) + 2)
    if at is not None:
        to_bare, to_old = (
            np.asarray(cv2.distanceTransform((part[at] <= 0.5).astype(np.uint8), cv2.DIST_L2, 3))
            for part in (bare, old)
        )
        outlines[at] &= (to_bare < to_old) & (to_old > REACH * body.breadth)
    return where & (outlines | alike)


def _as_farther_down(photo: F32, limb: Limb, worn: F32, where: Bool) -> Bool:
    """H x W: of `where`, each side of the upper end of the bare arm that is mostly nearer in colour to what lies as far across
    the same arm below it than to `worn` (N x 3, the worn garment's colours)."""
    found = np.zeros(photo.shape[:2], np.bool_)
    below = np.arange(limb.end + 1, min(limb.end + 1 + _BELOW, len(limb.seen)))
    below = below[limb.seen[below]]
    stations = np.arange(max(limb.end - 2 * _PAST, 0), min(limb.end + _PAST + 1, len(limb.seen)))
    if len(below) < 3 or len(stations) < 2:
        return found
    share = np.linspace(-_ACROSS, _ACROSS, 41)
    middle, half = limb.axis, (limb.inner - limb.outer) / 2
    points = middle[below, None] + share[None, :, None] * half[below, None]
    looks = np.stack([sample(photo[..., band], points.reshape(-1, 2)) for band in range(3)], axis=-1)
    profile = np.median(looks.reshape(len(below), -1, 3), axis=0)
    reach = _ACROSS * float(limb.halves[stations].max())
    low = np.clip((middle[stations].min(axis=0) - reach).astype(int), 0, found.shape[::-1])
    high = np.clip((middle[stations].max(axis=0) + reach).astype(int) + 1, 0, found.shape[::-1])
    at = slice(low[1], high[1]), slice(low[0], high[0])
    y, x = np.mgrid[at]
    away = np.stack((x, y), axis=-1)[..., None, :] - middle[stations]
    near = np.argmin((away**2).sum(axis=-1), axis=-1)
    nearest = np.take_along_axis(away, near[..., None, None], axis=2)[:, :, 0]
    way = half[stations][near] / np.maximum(limb.halves[stations][near], 1e-6)[..., None] ** 2
    across = (nearest * way).sum(axis=-1)
    inside = (np.abs(across) < _ACROSS) & (near > 0) & (near < len(stations) - 1)
    bands: list[F64] = [np.interp(across, share, profile[:, band]) for band in range(3)]
    wanted = np.stack(bands, axis=-1)
    to_worn = np.min([distance(photo[at], colour[None, None]) for colour in worn], axis=0)
    alike = distance(photo[at], wanted.astype(np.float32)) < to_worn
    for side in (across < 0, across >= 0):
        asked = inside & side & where[at]
        if asked.any() and float(alike[asked].mean()) > _MOSTLY:
            found[at] |= asked
    return found
