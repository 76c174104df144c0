"""What of the person and of other clothes shows beside worn cloth and should not, or only seems to be cloth."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.fidelity import palette
from bottega.fashion.tryon.stains import near_colour
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, closed, drawn_ring, drop_map, grown, spanned
from bottega.imaging.arrays import picked, total
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_DRESS = 0.3
"""Shoulder breadths below the hips: what ends lower is worn as a dress is."""
_SLIVER = 0.08
"""Shoulder breadths of a skirt or of trousers that would be seen beside a top that hangs over them: the top goes around."""
_STRIP = 0.08
"""Shoulder breadths beside a sleeve within which what is seen of an arm is the arm in that sleeve."""
_HEM = 0.12
"""Of a cuff's breadth before it, within which the arm may show under its hem."""
_SHADED = 0.1
"""Shoulder breadths: half a limb, as much of which may lie in the shade."""


def of_nobody(person: PersonParse, body: Body, old: F32) -> Bool:
    """H x W: slivers of the person beside the worn garment that belong to no region: its hem was cut a little short."""
    taken = np.maximum.reduce([old, *person.regions.values()])
    near = grown(old > 0.5, max(RIM, round(0.05 * body.breadth)))
    return grown((person.silhouette > 0.5) & (taken < 0.3) & near, RIM) & (taken < 0.5)


def shaded_skin(photo: F32, person: PersonParse, body: Body, old: F32, where: Bool) -> Bool:
    """H x W: of `where`, the shaded side of a bare limb next to what is seen of it: closer to the skin nearby than to the
    worn garment in its hue, which shade leaves as it is, rather than in its brightness."""
    names = ("left_arm", "right_arm", "legs")
    bare = np.maximum.reduce([old * 0, *(person.regions[name] for name in names if name in person.regions)])
    beside = where & grown(bare > 0.5, round(_SHADED * body.breadth)) & (person.silhouette > 0.5)
    if not beside.any() or not (bare > 0.95).any() or not (old > 0.95).any():
        return np.zeros(where.shape, bool)
    to_skin, to_cloth = (_apart_in_hue(photo, near_colour(photo, known > 0.95)) for known in (bare, old))
    samples = picked(photo, old > 0.95)
    # Of a pattern each colour counts.
    for colour in palette(np.ascontiguousarray(samples[:: max(1, len(samples) // 3000)]), 4):
        to_cloth = np.minimum(to_cloth, _apart_in_hue(photo, colour[None, None]))
    # A line is the cuff's own shadow; a shaded side is broad.
    alike = (beside & (to_skin < to_cloth)).astype(np.uint8)
    broad = np.asarray(cv2.morphologyEx(alike, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))) > 0
    return beside & closed(broad, RIM)


def _apart_in_hue(one: F32, other: F32) -> F32:
    """H x W: the sum of the differences in the shares of red, green and blue, and a little of that in brightness."""
    levels = [np.maximum(total(values), 0.15)[..., None] for values in (one, other)]
    apart = total(np.abs(one / levels[0] - other / levels[1]))
    return (apart + 0.1 * np.abs(levels[0] - levels[1])[..., 0]).astype(np.float32)


def arm_beside(person: PersonParse, body: Body, old: F32, sleeves: list[F64]) -> Bool:
    """H x W: what of the arms is seen within `_STRIP` of the new sleeves' outlines, from the armpits to the cuffs."""
    found = np.zeros(old.shape, bool)
    for outline in sleeves:
        found |= beside_sleeve(outline, old.shape, _STRIP * body.breadth)
    found &= (person.silhouette > 0.5) & (old < 0.5) & (drop_map(body, old.shape) > 0.15 * body.breadth)
    for name in ("hair", "face", "neck", "hands", "bottom"):
        if name in person.regions:
            found &= person.regions[name] < 0.02
    return found


def beside_sleeve(outline: F64, shape: tuple[int, ...], reach: float) -> Bool:
    """The sleeve's outline grown by `reach`, but not past its cuff, nor quite to it: a hem has waves, and the arm comes out
    of it. The cuff may slant."""
    grown_out = grown(drawn_ring(outline, shape) > 0.5, max(1, round(reach)))
    half = len(outline) // 2
    outer, inner = outline[half - 1], outline[half]
    cuff, before = (outer + inner) / 2, (outline[half - 2] + outline[half + 1]) / 2
    across = inner - outer
    breadth = max(float(np.hypot(*across)), 1e-6)
    normal = np.array((across[1], -across[0])) / breadth
    if float(((cuff - before) * normal).sum()) < 0:
        normal = -normal
    along = (cuff - before) / max(float(np.hypot(*(cuff - before))), 1e-6)
    y, x = np.ogrid[0 : shape[0], 0 : shape[1]]
    covered = (x - cuff[0]) * along[0] + (y - cuff[1]) * along[1] < 0
    return grown_out & covered & ((x - outer[0]) * normal[0] + (y - outer[1]) * normal[1] < -_HEM * breadth)


def torso_of(cover: F32, body: Body, sleeves: list[F64]) -> Bool:
    """H x W: the new garment without its sleeves."""
    dressed = cover > 0.5
    for outline in sleeves:
        dressed &= ~grown(drawn_ring(outline, cover.shape) > 0.02, round(0.03 * body.breadth))
    return dressed


def bottom_beside(bottom: F32, body: Body, cover: F32, hem: float, sleeves: list[F64]) -> Bool:
    """H x W: what of `bottom`, worn below (H x W), shows beside a dress or a long top above its hem. A dress goes around
    it, and so does a top; only a skirt that stands off far shows beside that."""
    if hem < body.waist_drop:
        return np.zeros(cover.shape, bool)
    dressed = torso_of(cover, body, sleeves)
    rows = np.broadcast_to(np.asarray(dressed.any(axis=1))[:, None], cover.shape) & (
        drop_map(body, cover.shape) < hem - 0.04 * body.breadth
    )
    found = grown(bottom > 0.04, RIM) & rows & ~(spanned(dressed) & ~dressed)
    if hem < body.hip_drop + _DRESS * body.breadth:
        found &= grown(dressed, round(_SLIVER * body.breadth))
    return found
