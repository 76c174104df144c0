"""Strands of hair before the wall: too thin for the person's outline, and yet no backdrop."""

import cv2
import numpy as np

from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, around, grown, touching
from bottega.imaging.arrays import largest, total
from bottega.imaging.picture import F32

_REACH = 0.3
"""Shoulder breadths from the rest of the hair within which strands are looked for."""
_SEEN = 0.06
"""Difference from the wall, [0, 1], from which on something lies before it."""
_OVER = 0.06
"""Shoulder breadths that their roots lie over the worn garment."""
_RATHER = 0.03
"""Of two colours that both may be, [0, 1], one has to be so much nearer."""
_ROOT = 0.2
"""The same from the worn garment, whose folds and shade are as dark."""
_BESIDE = 0.2
"""Of the way from the wall's colour to the hair's a strand may lie beside that way: more is of another colour."""
_TOLD = 0.2
"""Colours of hair, wall and worn garment nearer than this, [0, 1], are not told apart."""


def before_wall(photo: F32, wall: F32, hair: F32, silhouette: F32, old: F32, breadth: float) -> Bool:
    """H x W: pixels beside the `silhouette` in which strands that hang together with the `hair` lie before the `wall`
    (H x W x 3 in [0, 1], as `photo`), and a pixel around them. Empty where the colours of hair, wall and `old`, the worn
    garment, do not tell them apart."""
    found = np.zeros(hair.shape, np.bool_)
    at = around(hair > 0.5, round(_REACH * breadth))
    sure = hair > 0.95
    if at is None or not sure.any():
        return found
    own = np.median(photo[sure], axis=0)
    worn = np.median(photo[old > 0.95], axis=0) if (old > 0.95).any() else None
    solid, front = silhouette[at] >= 0.5, hair[at] > 0.5
    away = np.asarray(cv2.distanceTransform((~front).astype(np.uint8), cv2.DIST_L2, 3))
    outside = ~solid & ~front & (away < _REACH * breadth)
    if not outside.any():
        return found
    behind = np.median(wall[at][outside], axis=0)
    others = (behind,) if worn is None else (behind, worn)
    if min(float(np.abs(own - colour).max()) for colour in others) < _TOLD:
        return found
    strand = _toward(photo[at], wall[at], own, _SEEN)
    if worn is not None:
        # The rim of the worn garment is a mixture of it and the wall, as a strand is one of hair and wall.
        over = _toward(photo[at], worn, own, _ROOT)
        strand &= over | ~grown(old[at] > 0.3, RIM + 1)
        # The outline takes the roots of strands for the garment that they hang over.
        strand = np.where(solid, over & (away < _OVER * breadth), strand)
        strand &= ~_shade_of(worn, photo[at], wall[at], own)
    strand &= ~front & (away < _REACH * breadth)
    # Compression tears what is a pixel thin.
    joined = touching(grown(strand, 2), front) & strand
    found[at] = grown(joined, 1) & (outside | joined)
    return found


def _shade_of(worn: F32, photo: F32, wall: F32, own: F32) -> Bool:
    """H x W: pixels that are rather the `worn` garment in shade than `own`, the hair's colour, before the `wall`."""
    shade = _beside(photo, np.zeros_like(worn), worn)[1]
    return shade < _beside(photo, wall, own)[1] - _RATHER


def _toward(photo: F32, other: F32, own: F32, least: float) -> Bool:
    """H x W: pixels of which at least so much, [0, 1], is `own` colour and the rest the `other` one."""
    along, beside = _beside(photo, other, own)
    return (along > least) & (beside < np.maximum(_BESIDE * along, _SEEN))


def _beside(photo: F32, other: F32, own: F32) -> tuple[F32, F32]:
    """How far each pixel is along the way from the `other` colour to `own`, and how far beside it: H x W in [0, 1]."""
    difference, way = photo - other, own - other
    length = np.sqrt(np.maximum(total(way * way), 1e-6))
    along = total(difference * way) / length
    return along, largest(np.abs(difference - (along / length)[..., None] * way))
