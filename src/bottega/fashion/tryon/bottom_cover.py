"""How much of fitted trousers or a skirt is seen: under the hem of what is worn above, and around what was worn before."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.zones import RIM, grown
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_SLANT = 0.08
"""Of the breadth of what is worn below, by how much the ends of a hem above it differ in height at most."""


def worn_bottom(person: PersonParse, shape: tuple[int, ...]) -> F32:
    region = person.regions.get("bottom")
    return np.zeros(shape[:2], np.float32) if region is None else region


def before_lower(person: PersonParse) -> F32:
    """H x W in [0, 1]: what lies before trousers and skirts: the worn top and the arms."""
    names = ("top", "left_arm", "right_arm", "hands")
    seen = [person.regions[name] for name in names if name in person.regions]
    return np.maximum.reduce([np.zeros(person.silhouette.shape, np.float32), *seen])


def lower_cover(person: PersonParse, layer: F32) -> F32:
    """H x W: `layer`, the fitted trousers or skirt, without what lies under the worn top or would stick out beside it."""
    cover = layer * (1 - before_lower(person))
    top = person.regions.get("top")
    if top is None or not (top > 0.5).any():
        return cover.astype(np.float32)
    worn = worn_bottom(person, top.shape) > 0.5
    breadths: F64 = np.count_nonzero(worn, axis=1).astype(np.float64)
    if not breadths.any():
        return cover.astype(np.float32)
    begin = int(np.argmax(breadths > 0.3 * float(np.median(breadths[breadths > 0]))))
    free = ~grown(worn, RIM - 1)
    # Under a slanting hem cloth begins at different heights: there a top ends a little above.
    slant = round(_SLANT * float(breadths.max()))
    above = max(begin - slant, 0)
    over = np.maximum.accumulate(top > 0.5, axis=0) & ~np.maximum.accumulate(top[::-1] > 0.5, axis=0)[::-1]
    free[above:begin] &= ~over[above:begin]
    # The rim of what is worn is covered, too.
    free[max(begin - 2 * RIM, 0) :] = False
    return np.where(free, 0, cover).astype(np.float32)
