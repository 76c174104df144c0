"""Pixels around the old garment that still hold its colour although the parse gives them to something else."""

import cv2
import numpy as np

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.fidelity import palette
from bottega.fashion.tryon.surfaces import continued
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, grown, touching
from bottega.imaging.arrays import distance, kept, lengths, picked, total
from bottega.imaging.picture import F32

REACH = 0.05
"""Of the shoulders' breadth around the old garment is searched for its mixed edge."""
FAR = 0.25
"""As far as this, what looks like the old garment and hangs together with it belongs to it: a cuff or hem left out."""
VISIBLE = 0.035
"""Farther than this from every clean colour nearby, [0, 1], counts."""
MIXED = 3.0
"""A pixel with a quarter of the old garment in it is this many times as far from it as from its own colour."""
_SHADE = 0.25
"""Of the old garment's distance from all shades of what is clean: nearer to these than so, a pixel is in their shadow."""
_CLEAN = ("left_arm", "right_arm", "hands", "neck"), ("bottom",), ("legs",)


def stained(photo: F32, person: PersonParse, body: Body, old: F32) -> Bool:
    """H x W. `photo`: H x W x 3 in [0, 1]; `old`: H x W, the worn garment. Hair and face are left alone."""
    found = np.zeros(old.shape, bool)
    inside = old > 0.95
    if not inside.any():
        return found
    near = max(RIM, round(REACH * body.breadth))
    ys, xs = np.nonzero(grown(old > 0.04, round(FAR * body.breadth)))
    at = slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1)
    wide = grown(old[at] > 0.04, near)
    # A little smoothed: noise is no stain.
    part = np.asarray(cv2.blur(photo[at], (3, 3)), np.float32)
    to_old = _to_worn(part, inside[at])
    to_clean = _to_clean(part, person, at, wide)
    kept = [person.regions[name][at] for name in ("hair", "face") if name in person.regions]
    free = ~(old[at] > 0.5) & (np.maximum.reduce([old[at] * 0, *kept]) < 0.02)
    mixed = wide & free & (to_clean > VISIBLE) & (to_old < MIXED * to_clean)
    alike = free & (to_clean > 0.1) & (to_old < 0.6 * to_clean) & (to_old < 0.1)
    bottom = person.regions.get("bottom")
    if bottom is not None:
        shaded = _shaded(part, bottom[at] > 0.5, wide, inside[at], mixed | alike)
        mixed &= ~shaded
        alike &= ~shaded
    known = np.isfinite(to_clean)
    left_out = _hanging_together(alike & known, old[at] > 0.5)
    found[at] = (mixed & known) | (grown(left_out, RIM) & free)
    return found


def _to_worn(photo: F32, inside: Bool) -> F32:
    """Distance to the worn garment's colours: that nearby, and its main ones, for it may have a pattern."""
    samples = picked(photo, inside)
    colours = palette(np.ascontiguousarray(samples[:: max(1, len(samples) // 3000)], np.float32), 4)
    found: F32 = distance(photo, near_colour(photo, inside))
    for colour in colours:
        found = np.minimum(found, distance(photo, colour[None, None]))
    return found


def _to_clean(photo: F32, person: PersonParse, at: tuple[slice, slice], wide: Bool) -> F32:
    """Distance to the nearest of what else is there, each by its colour nearby; infinite where nothing is known."""
    found = np.full(wide.shape, np.inf, np.float32)
    groups = [
        np.maximum.reduce(
            [np.zeros(wide.shape, np.float32), *(person.regions[n][at] for n in names if n in person.regions)]
        )
        > 0.95
        for names in _CLEAN
    ]
    for group in (*groups, person.silhouette[at] < 0.02):
        known = group & ~wide
        if int(known.sum()) >= 40:
            found = np.minimum(found, distance(photo, near_colour(photo, known)))
    return found


def _shaded(photo: F32, region: Bool, wide: Bool, inside: Bool, stained: Bool) -> Bool:
    """H x W: of what looks `stained`, what is a lighter or darker shade of the `region` as it is off the old garment (`wide`), and not on
    the way from there to that garment's own colour (where `inside`)."""
    clean = region & ~wide
    if not (stained & region).any() or int(clean.sum()) < 40:
        return np.zeros_like(stained)
    own = near_colour(photo, clean)
    own /= np.maximum(lengths(own), 1e-3)[..., None]

    def off_shades(values: F32) -> F32:
        return lengths(values - own * total(values * own)[..., None])

    return stained & region & (off_shades(photo) < _SHADE * off_shades(near_colour(photo, inside)))


def _hanging_together(alike: Bool, old: Bool) -> Bool:
    """The parts of `alike` that touch `old`, over gaps of two pixels."""
    joined = np.asarray(cv2.dilate((alike | old).astype(np.uint8), np.ones((5, 5), np.uint8)), bool)
    return alike & touching(joined, old)


def near_colour(values: F32, known: Bool) -> F32:
    """The colour of the `known` pixels near each pixel (H x W x 3), found at a quarter of the size."""
    height, width = known.shape
    size = (max(1, width // 4), max(1, height // 4))
    weight = np.asarray(cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA))
    held = np.asarray(cv2.resize(kept(values, known), size, interpolation=cv2.INTER_AREA))
    small = held / np.maximum(weight, 1e-6)[..., None]
    filled = continued(small.astype(np.float32), weight > 0.2)
    return np.asarray(cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
