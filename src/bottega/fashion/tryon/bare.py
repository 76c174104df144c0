"""Skin where the new garment leaves none to be seen: on the torso, and beside its sleeves."""

import numpy as np

from bottega.fashion.tryon.body import Arm
from bottega.fashion.tryon.evidence import Evidence, skin_like
from bottega.fashion.tryon.fidelity import palette_distance
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import drawn_ring
from bottega.imaging.arrays import lengths
from bottega.imaging.picture import F32

SKIN_SHADES = np.array(((-24, 0, 0), (-12, 0, 0), (0, 0, 0), (10, 0, 0)), np.float32)
"""CIE L* by which light and shadow move skin."""
STANDS, SHADED, LIT = 4.0, -20.0, 4.0
"""A pixel stands as it was up to this difference of a* and b*, and between these of L*: cloth beside it shades it."""
SHOULDER, CUFF = 0.05, 0.1
"""Of an arm's length below its upper end and above the cuff: there its edge is not sure enough."""


def newly_bare(seen: Evidence, skin: tuple[float, float, float], core: Bool) -> float:
    """Of `core` (h x w) the share that looks like skin and did not before. A flower of the skin's colour, or beige cloth in
    the shade, is nearer to what belongs there, and does not count."""
    newly = skin_like(seen.after, skin) & ~skin_like(seen.before, skin)
    if seen.look is not None:
        tones = np.array(skin, np.float32) + SKIN_SHADES
        newly &= palette_distance(seen.after, tones) < _cloth_distance(seen.after, seen.look)
    return float(newly[core].mean())


def _cloth_distance(after: F32, look: F32) -> F32:
    """As `palette_distance`, to the colour that belongs at each place."""
    away = (after - look) * np.array((0.5, 1.0, 1.0), np.float32)
    return lengths(away)


def torso_core(seen: Evidence) -> Bool:
    """h x w of the small pictures: the torso from below the neckline to the hips (trousers: to the knees), without what
    lies before it."""
    body = seen.expected.body
    top = float(body.into(seen.expected.placement.collar_front)[1])
    start = body.hip_drop if seen.expected.lower else max(top + 0.06 * body.breadth, 0.2 * body.breadth)
    end = max(
        body.hip_drop + (0.8 if seen.expected.lower else 0.1) * body.breadth, start + 0.2 * body.breadth
    )
    if seen.expected.lower:
        # Below the hem of a skirt or of shorts legs are bare.
        end = max(
            min(end, seen.expected.placement.hem_drop - 0.06 * body.breadth), start + 0.1 * body.breadth
        )
    drops = np.linspace(start, end, 16)
    left, right = body.sides(drops)
    ring = np.vstack((body.out(0.85 * right, drops), body.out(0.85 * left, drops)[::-1])) * seen.scale
    arms = [
        seen.person.regions[name]
        for name in ("left_arm", "right_arm", "hands")
        if name in seen.person.regions
    ]
    before = np.maximum.reduce([seen.front, *(seen.small(arm) for arm in arms)])
    legs = seen.person.regions.get("legs")
    if seen.expected.lower and legs is not None:
        before = np.maximum(before, seen.small(legs))
    # Bare arms of a shorter sleeve may hang before the torso.
    worn = (seen.old > 0.5) | (seen.cover > 0.5)
    return (drawn_ring(ring, seen.like.shape) > 0.5) & (before < 0.1) & worn


def bare_beside_sleeves(seen: Evidence) -> float | None:
    """Area of an arm that stands bare as it was above the end of the new sleeve, on the worse side, in squares of the
    shoulders' breadth. None where no bare arm is seen or the garment has no sleeves."""
    body, shares = seen.expected.body, seen.expected.placement.sleeve_shares
    if seen.expected.lower:
        return None
    away = seen.after - seen.before
    stands = np.hypot(away[..., 1], away[..., 2]) < STANDS
    stands &= (away[..., 0] > SHADED) & (away[..., 0] < LIT) & (seen.front < 0.1)
    if not seen.apart("skin"):
        # A sleeve of the skin's colour stands as the arm did.
        stands &= seen.cover < 0.5
    found = [
        _bare_above(stands & (seen.small(arm.bare) > 0.5), arm, share, seen.scale)
        for arm, share in ((body.left_arm, shares[0]), (body.right_arm, shares[1]))
        if arm.bare is not None and arm.found and share > SHOULDER + CUFF
    ]
    return max(found) / (body.breadth * seen.scale) ** 2 if found else None


def _bare_above(bare: Bool, arm: Arm, share: float, scale: float) -> float:
    """How many pixels of `bare` (h x w) lie between the shoulder and the cuff, by the nearest point of the arm's middle."""
    ys, xs = np.nonzero(bare)
    if not len(xs):
        return 0.0
    at = distances_along(arm.path)
    shares = np.linspace(0, 1, 48)
    middle = points_at(shares * at[-1], at, arm.path) * scale
    away = np.hypot(xs[:, None] - middle[:, 0], ys[:, None] - middle[:, 1])
    place = shares[away.argmin(axis=1)]
    return float(((place > SHOULDER) & (place < share - CUFF)).sum())
