"""Pictures at another size, by plain interpolation. Sizes with meaning (crops, frames) are left to `geometry`."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import U8, Picture

Array = NDArray[Any]


def resize_plain(pixels: Array, width: int, height: int) -> Array:
    """H x W (x C) of any dtype to `height` x `width`: area averaging where it shrinks in both directions, Catmull-Rom
    type cubic interpolation otherwise."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = width <= pixels.shape[1] and height <= pixels.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cast(Array, cv2.resize(pixels, (width, height), interpolation=method))


def shrink(picture: Picture, side: int) -> Picture:
    """The picture in 8 bits with its longer side at most `side` pixels.

    Colours are averaged weighted with their alpha, so that what cannot be seen does not tint the edges.
    """
    scale = min(1.0, side / max(picture.width, picture.height))
    width = max(1, round(picture.width * scale))
    height = max(1, round(picture.height * scale))
    rgb = picture.as_u8()
    if picture.alpha is None:
        small: U8 = resize_plain(rgb, width, height)
        return Picture(rgb=small, icc_profile=picture.icc_profile)
    top = np.float32(np.iinfo(picture.alpha.dtype).max)
    alpha = picture.alpha.astype(np.float32) / top
    cover = np.clip(resize_plain(alpha, width, height), 0, 1)
    weighted = resize_plain(rgb.astype(np.float32) * alpha[:, :, None], width, height)
    colours = weighted / np.maximum(cover, np.float32(1e-6))[:, :, None]
    return Picture(
        rgb=np.clip(np.rint(colours), 0, 255).astype(np.uint8),
        alpha=np.rint(cover * 255).astype(np.uint8),
        icc_profile=picture.icc_profile,
    )
