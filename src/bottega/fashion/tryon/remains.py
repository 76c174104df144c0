"""What a stranger sees first in a bad try-on: gaps in the cloth, and pieces of the garment that was worn before."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment
from bottega.fashion.tryon.evidence import Evidence
from bottega.fashion.tryon.expected import Expected
from bottega.fashion.tryon.fidelity import palette, palette_distance
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import drawn_ring, drop_map, grown
from bottega.imaging.arrays import distance, sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
SURE = 0.6
"""A pixel is one thing rather than another where its distance is less than this share of the other's."""
NEAR = 11.0
"""And where it is no farther than this from its colours, in the measure of `palette_distance`."""
SAME = 4.0
"""CIE76: nearer than this a pixel stands as it was."""
AWAY = 0.2
"""Shoulder breadths from the person beyond which no cloth of a top hangs."""
CLOSE = 0.06
"""The same of a waistband."""
_SEAM = 0.05
_RIM = 0.035
_FRINGE = 0.03


def must_cover(expected: Expected) -> Bool:
    """H x W: where cloth has to be whatever the cut: the torso below neckline and armpits down to above the hem, and
    the seams at the armholes; without what lies before them."""
    shape = expected.cover.shape
    body, placement = expected.body, expected.placement
    breadth = body.breadth
    inner = drawn_ring(placement.outline, shape) > 0.5
    inner = ~grown(~inner, max(1, round(_RIM * breadth)))
    seams = [patch for patch in placement.patches if patch.ribbon is not None]
    drops = drop_map(body, shape)
    if expected.lower:
        inner = np.zeros(shape, bool)
    else:
        sides = body.into(placement.outline)[:, 1]
        # The outline goes around by the collar; armpits are its first points on the way down.
        start = max(float(body.into(placement.collar_front)[1]), 0.3 * breadth) + 0.08 * breadth
        end = placement.hem_drop if placement.tuck_drop is None else placement.tuck_drop
        inner &= (drops > start) & (drops < min(end, float(sides.max())) - 0.12 * breadth)
    for patch in seams:
        inner |= _seam_band(patch.outline, shape, _SEAM * breadth)
        inner |= _sleeve_core(patch.outline, shape)
    before = grown((expected.front > 0.02) | (expected.bare > 0.02), max(2, round(0.012 * breadth)))
    return inner & ~before


def _seam_band(outline: F64, shape: tuple[int, ...], half: float) -> Bool:
    """Around the line from shoulder to armpit, the ends of a sleeve's outline, without its own ends."""
    shoulder, armpit = outline[0], outline[-1]
    way = armpit - shoulder
    across = np.array((-way[1], way[0])) / max(float(np.hypot(*way)), 1e-6) * half
    start, end = shoulder + 0.2 * way, armpit - 0.15 * way
    return drawn_ring(np.array((start + across, end + across, end - across, start - across)), shape) > 0.5


def _sleeve_core(outline: F64, shape: tuple[int, ...]) -> Bool:
    """The middle half of a sleeve's breadth, from beyond the seam to before the cuff. `outline`: its outer edge from the
    shoulder, then its inner one from the cuff."""
    half = len(outline) // 2
    outer, inner = outline[:half], outline[half:][::-1]
    kept = slice(max(1, half // 6), max(2, round(0.85 * half)))
    one, other = (0.75 * a + 0.25 * b for a, b in ((outer, inner), (inner, outer)))
    return drawn_ring(np.vstack((one[kept], other[kept][::-1])), shape) > 0.5


def open_share(expected: Expected) -> float:
    """Of where cloth has to be, the fitted garment leaves this much open: 0 to 1."""
    must = must_cover(expected)
    area = int(must.sum())
    return float((expected.cover[must] < 0.5).mean()) if area else 0.0


def bare_shoulders(expected: Expected) -> float:
    """Bare skin that would show beside the shoulders of a garment with sleeves, in squares of the shoulders' breadth."""
    body, shape = expected.body, expected.cover.shape
    found = 0
    for patch, arm in zip(
        [patch for patch in expected.placement.patches if patch.ribbon is not None],
        (body.left_arm, body.right_arm),
        strict=False,
    ):
        if arm.bare is None:
            continue
        tip = patch.outline[0]
        y, x = np.ogrid[0 : shape[0], 0 : shape[1]]
        near = (x - tip[0]) ** 2 + (y - tip[1]) ** 2 < (0.2 * body.breadth) ** 2
        # Further in there is neck, and hair that may be taken for skin.
        near &= (x - tip[0]) * np.sign(tip[0] - body.origin[0]) > -0.05 * body.breadth
        found += int((near & (arm.bare > 0.5) & (expected.cover < 0.5) & (expected.front < 0.5)).sum())
    return found / body.breadth**2


def bare_beside_collar(expected: Expected, garment: Garment) -> float:
    """Of the shoulders between the collar's ends and the arms, the share that a garment with sleeves leaves bare, on the
    worse side, 0 to 1: a hood that stands on the neck like a collar pulls the shoulders down. 0 where the product picture
    or the photograph does not show them."""
    body, marks = expected.body, garment.landmarks
    names = ("collar_left", "collar_right", "shoulder_left", "shoulder_right")
    if garment.sleeves == "none" or not len(body.ridge) or any(name not in marks for name in names):
        return 0.0
    at = [marks[name][0] for name in names]
    collar = 0.5 * body.breadth * (at[1] - at[0]) / max(at[3] - at[2], 1.0)
    start = max(collar + 0.06 * body.breadth, float(body.ridge[0, 0]))
    distances = np.linspace(start, 0.42 * body.breadth, 12)
    if start > 0.36 * body.breadth:
        return 0.0
    drops = np.interp(distances, body.ridge[:, 0], body.ridge[:, 1]) + 0.06 * body.breadth
    worst = 0.0
    for sign in (-1.0, 1.0):
        points = body.out(sign * distances, drops)
        seen = sample(expected.front, points) < 0.1
        if seen.sum() >= 4:
            worst = max(worst, float((sample(expected.cover, points) < 0.5)[seen].mean()))
    return worst


def torn_share(seen: Evidence) -> float | None:
    """Of where cloth has to be, this much of the result looks like skin, backdrop, trousers or the old garment rather than
    like the garment; where they cannot be told apart, what the engine says it left open. None where it says nothing
    either, or nothing of that place is in sight. Where the garment itself has such a colour, as white letters before a
    white wall, nothing can be said."""
    must = seen.small(must_cover(seen.expected).astype(np.float32)) > 0.9
    names = ("bottom",) if seen.expected.lower else ("top", "dress")
    worn = [seen.others[name] for name in names if name in seen.others and len(seen.others[name])]
    rest = [values for name, values in seen.others.items() if name not in names and len(values)]
    if int(must.sum()) < 100 or not rest:
        return None
    if not seen.apart(*seen.others):
        return None if seen.layer is None else float((~seen.layer)[must].mean())
    to_new = palette_distance(seen.after, seen.colours)
    others = np.vstack(rest)
    other = _rather(palette_distance(seen.after, others), to_new)
    if seen.look is not None:
        own = _rather(palette_distance(seen.look, others), palette_distance(seen.look, seen.colours))
        must &= ~grown(own, 1)
        other &= must
        if int(must.sum()) < 100:
            return None
    if worn:
        # A pattern may mix to the old colour: only what also stands as it was counts.
        to_worn = palette_distance(seen.after, np.vstack(worn))
        unchanged = distance(seen.after, seen.before) < SAME
        other |= unchanged & _rather(to_worn, to_new)
    return float(other[must].mean())


def _rather(to_one: F32, to_other: F32) -> Bool:
    """Whether pixels at these distances are surely the one thing and not the other."""
    return (to_one < NEAR) & (to_one < SURE * to_other)


def residue_share(seen: Evidence) -> float | None:
    """Area around the garment where the result still looks like what was worn, in squares of the shoulders' breadth; None
    where nothing worn is known."""
    names = ("bottom",) if seen.expected.lower else ("top", "dress")
    worn = [seen.others[name] for name in names if name in seen.others and len(seen.others[name])]
    if not worn:
        return None
    rest = [values for name, values in seen.others.items() if name not in names and len(values)]
    unit = seen.expected.body.breadth * seen.scale
    near = grown(seen.old > 0.3, round(0.25 * unit)) & (seen.cover < 0.1) & (_head(seen) < 0.02)
    to_worn = palette_distance(seen.after, np.vstack(worn))
    if seen.expected.lower:
        rest += _beside_trousers(seen)
    to_rest = palette_distance(seen.after, np.vstack((seen.colours, *rest)))
    left = near & _rather(to_worn, to_rest)
    left &= ~_as_around(seen, left, to_worn)
    # One thing painted beside another mixes to any colour along a line; what was left stands as it was.
    stands = distance(seen.after, seen.before) < SAME
    broad = np.asarray(
        cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), bool
    )
    left &= stands | broad
    if seen.expected.lower:
        # The rims of hands and shoes stand as they were too, lines a pixel wide.
        rims = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        left = np.asarray(rims, bool)
    return float(left.sum()) / max(unit**2, 1.0)


def _beside_trousers(seen: Evidence) -> list[F32]:
    """Lab colours (N x 3) of what trousers and skirts leave bare: shoes, and legs in light and in their own shade."""
    tones = [np.array(seen.person.skin, np.float32)] if seen.person.skin is not None else []
    for name in ("left_arm", "right_arm", "hands", "legs"):
        region = seen.person.regions.get(name)
        inside = None if region is None else seen.small(region) > 0.9
        if inside is not None and int(inside.sum()) > 20:
            tones.append(np.median(seen.before[inside], axis=0).astype(np.float32))
    shades = np.array(((8, 0, 0), (0, 0, 0), (-8, 0, 0), (-16, 0, 0), (-24, 0, 0)), np.float32)
    shoes = seen.person.regions.get("shoes")
    inside = None if shoes is None else seen.small(shoes) > 0.9
    own = [palette(seen.before[inside], 3)] if inside is not None and int(inside.sum()) > 20 else []
    return [tone + shades for tone in tones] + own


def _as_around(seen: Evidence, left: Bool, to_worn: F32) -> Bool:
    """h x w: what has the colours of the backdrop around it. A backdrop has lighter and darker places, and a worn garment
    may have the colour of one of them."""
    known = (seen.small(seen.person.silhouette) < 0.02) & ~grown(left, 2) & ~grown(seen.old > 0.04, 2)
    if int(known.sum()) < 40:
        return np.zeros(left.shape, bool)
    away = distance(seen.after, near_colour(seen.before, known))
    return away < np.maximum(to_worn, SAME)


def neck_share(seen: Evidence) -> float | None:
    """Area of the throat, from the chin to the new neckline, that looks like what was worn or like nothing that skin is,
    in squares of the shoulders' breadth; None where no skin is known or no throat is left bare. What stands there as in
    the photograph counts only where the old garment was: chains and strands of hair are no faults."""
    skin, body = seen.person.skin, seen.expected.body
    if skin is None or seen.expected.lower or seen.garment.stand is not None:
        return None
    shape = seen.old.shape
    front = float(body.into(seen.expected.placement.collar_front)[1])
    top = float(body.into(body.neck)[1]) - 0.1 * body.breadth
    half = 0.85 * body.neck_half
    if front - top < 0.04 * body.breadth:
        return None
    corners = np.array(((-half, top), (half, top), (half, front), (-half, front)))
    throat = drawn_ring(body.out(corners[:, 0], corners[:, 1]) * seen.scale, shape) > 0.5
    throat &= ~grown(seen.cover > 0.02, 2) & (_head(seen) < 0.02) & (seen.front < 0.02)
    if int(throat.sum()) < 12:
        return None
    moved = distance(seen.after, seen.before) >= SAME
    tones = [
        np.array(skin, np.float32) + np.array(((-24, 0, 0), (-12, 0, 0), (0, 0, 0), (10, 0, 0)), np.float32)
    ]
    neck = seen.person.regions.get("neck")
    bare = None if neck is None else (seen.small(neck) > 0.9) & ~grown(seen.old > 0.02, 2)
    if bare is not None and int(bare.sum()) > 20:
        tones.append(np.percentile(seen.before[bare], (10, 50, 90), axis=0).astype(np.float32))
    unlike = palette_distance(seen.after, np.vstack(tones).astype(np.float32)) > NEAR
    left = throat & unlike & (moved | grown(seen.old > 0.3, 2))
    return float(left.sum()) / max((body.breadth * seen.scale) ** 2, 1.0)


def ragged_share(expected: Expected) -> float:
    """How much of the garment's outline are spikes, dents and fringes: what opening and closing with a disc of
    `_FRINGE` takes away or adds, in squares of the shoulders' breadth. Where something lies before it does not count."""
    cover = (expected.cover > 0.5).astype(np.uint8)
    radius = max(2, round(_FRINGE * expected.body.breadth))
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    framed = cv2.copyMakeBorder(cover, radius, radius, radius, radius, cv2.BORDER_REPLICATE)
    inner = slice(radius, -radius), slice(radius, -radius)
    spikes = (framed > np.asarray(cv2.morphologyEx(framed, cv2.MORPH_OPEN, disc)))[inner]
    dents = (framed < np.asarray(cv2.morphologyEx(framed, cv2.MORPH_CLOSE, disc)))[inner]
    before = grown((expected.front > 0.1) | (expected.bare > 0.1), 2 * radius)
    tuck = expected.placement.tuck_drop
    if tuck is not None:
        # The waistband cuts the garment off there.
        before |= drop_map(expected.body, expected.cover.shape) > tuck - 0.1 * expected.body.breadth
    return float(((spikes | dents) & ~before).sum()) / expected.body.breadth**2


def uneven_collar(expected: Expected) -> float:
    """How unlike the left and the right half of the neckline are: area in which the cover between the shoulders and its
    mirror image differ, in squares of the shoulders' breadth. 0 for trousers and where hair or a hand lies over it."""
    if expected.lower:
        return 0.0
    body = expected.body
    u, v = (
        axis * body.breadth for axis in np.meshgrid(np.linspace(0.02, 0.36, 40), np.linspace(-0.25, 0.45, 80))
    )
    sides: list[NDArray[np.bool_]] = []
    known = np.ones(u.shape, bool)
    for sign in (-1.0, 1.0):
        points = body.out(sign * u, v).reshape(-1, 2)
        sides.append(sample(expected.cover, points).reshape(u.shape) > 0.5)
        known &= sample(expected.front, points).reshape(u.shape) < 0.1
    cell = (0.34 / 40) * (0.7 / 80)
    return float(((sides[0] != sides[1]) & known).sum()) * cell


def astray_share(expected: Expected, silhouette: F32) -> float:
    """The share of the garment's cover that hangs in the air above the hips: farther than `AWAY` shoulder breadths from the
    person (`silhouette`, H x W in [0, 1]). A sleeve that missed its arm. 0 for trousers and skirts."""
    if expected.lower:
        return 0.0
    return _off_the_body(expected, silhouette, AWAY) / max(float((expected.cover > 0.5).sum()), 1.0)


def loose_waist(expected: Expected, silhouette: F32) -> float:
    """The area of trousers or a skirt above the hips that stands farther than `CLOSE` shoulder breadths off the person, in
    squares of that breadth: a waistband that runs out into a spike."""
    if not expected.lower:
        return 0.0
    return _off_the_body(expected, silhouette, CLOSE) / expected.body.breadth**2


def _off_the_body(expected: Expected, silhouette: F32, breadths: float) -> float:
    """Pixels of the cover above the hips that are so many shoulder breadths off the person."""
    body = expected.body
    distance = cv2.distanceTransform((silhouette <= 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    ys, xs = np.nonzero((expected.cover > 0.5) & (distance > breadths * body.breadth))
    drops = (np.column_stack((xs, ys)) - body.origin) @ body.down
    return float((drops < body.hip_drop).sum())


def smeared_collar(expected: Expected) -> float:
    """Area around the collar where the garment's cover is neither there nor not, in squares of the shoulders' breadth,
    beyond what a soft edge has: a hood or a collar that was cut through is smeared beside the neck."""
    if expected.lower:
        return 0.0
    body = expected.body
    u, v = (
        axis * body.breadth for axis in np.meshgrid(np.linspace(-0.4, 0.4, 160), np.linspace(-0.5, 0.12, 124))
    )
    points = body.out(u, v).reshape(-1, 2)
    cover, front = (sample(values, points).reshape(u.shape) for values in (expected.cover, expected.front))
    half = ((cover > 0.12) & (cover < 0.88) & (front < 0.1)).astype(np.uint8)
    # A soft edge is one or two of these cells wide.
    return float(np.asarray(cv2.erode(half, np.ones((3, 3), np.uint8))).sum()) * 0.005**2


def uneven_waist(expected: Expected) -> float:
    """How unlike the halves of a waistband are: the difference in height of its upper edge to both sides of the middle,
    in shoulder breadths; 0 for tops, and where a worn top or a hand lies over it."""
    if not expected.lower:
        return 0.0
    body = expected.body
    start = float(body.into(expected.placement.collar_front)[1])
    v = np.arange(start - 0.2 * body.breadth, start + 0.3 * body.breadth)
    worst = 0.0
    for share in np.linspace(0.06, 0.26, 8):
        firsts: list[float] = []
        for sign in (-1.0, 1.0):
            points = body.out(sign * share * body.breadth, v)
            inside = np.flatnonzero(sample(expected.cover, points) > 0.5)
            clear = (
                len(inside) and inside[0] > 4 and sample(expected.front, points)[: inside[0] + 1].max() < 0.1
            )
            if clear:
                firsts.append(float(v[inside[0]]))
        if len(firsts) == 2:
            worst = max(worst, abs(firsts[0] - firsts[1]) / body.breadth)
    return worst


def _head(seen: Evidence) -> F32:
    found = np.zeros(seen.old.shape, np.float32)
    for name in ("hair", "face"):
        region = seen.person.regions.get(name)
        if region is not None:
            found = np.maximum(found, seen.small(region))
    return found
