"""What a picture of a garment gives to a board."""

import numpy as np

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.garment.values import Garment
from bottega.imaging.picture import F32, U8


def cut_out(rgb: U8, alpha: F32 | None = None) -> U8:
    """The garment of a product picture, H x W x 4 uint8 with straight alpha; `rgb` itself, H x W x 3, where the garment could
    not be told from its background. `alpha` is the picture's own transparency, H x W in [0, 1]."""
    garment = parse_garment(rgb, alpha)
    if not garment.check.usable:
        return rgb
    return with_cover(rgb, garment)


def with_cover(rgb: U8, garment: Garment) -> U8:
    """`rgb` with what was found to be the garment as its alpha: H x W x 4 uint8."""
    return np.dstack([rgb, np.rint(garment.whole * 255).astype(np.uint8)])
