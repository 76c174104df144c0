"""Masks: which part of a picture may change, in the polarity that each vendor wants.

A mask says it in white: white may change, black stays, grey changes in part. One that says it in transparency
(a picture with a hole cut into it) is read as such. Blending by a mask is left to `pixels`.
"""

from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.decode import decode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import U8, Picture
from bottega.imaging.resize import resize_plain

_SAME_SHAPE = 0.02
"""Proportions of mask and picture may differ by this, which is less than a pixel in fifty."""
_WHITE, _BLACK = 247, 8
_DRAWN = 0.9
"""A drawing of black and white has at least this share of its visible pixels in one of the two."""
_VISIBLE = 8


def white_where(mask: NDArray[np.bool_]) -> U8:
    """H x W x 3, uint8: a picture that is white where `mask` (H x W) holds and black elsewhere."""
    return np.repeat(mask[..., None].astype(np.uint8) * np.uint8(255), 3, axis=2)


def read_white(mask: Path, limits: Limits) -> NDArray[np.bool_]:
    """H x W: where a file that `white_where` made is white. Raises as `decode` does."""
    return decode(mask, limits).as_u8()[..., 0] > 127


def change_area(mask: Picture) -> U8:
    """H x W, uint8: 255 may change, 0 stays.

    Where the mask has transparent parts, white that can be seen in a drawing of black and white is what may change
    (strokes on an empty sheet); in any other picture the transparent parts are (a hole in a photograph). Without
    transparent parts its brightness is what counts (ITU-R BT.601).
    """
    grey = cast(U8, cv2.cvtColor(mask.as_u8(), cv2.COLOR_RGB2GRAY))
    if mask.alpha is None:
        return grey
    top = int(np.iinfo(mask.alpha.dtype).max)
    alpha = (mask.alpha.astype(np.float32) * (255 / top)).round().astype(np.uint8)
    if int(alpha.min()) == 255:
        return grey
    if _is_drawn_in_white(grey, alpha):
        return ((grey.astype(np.uint16) * alpha + 127) // 255).astype(np.uint8)
    return 255 - alpha


def _is_drawn_in_white(grey: U8, alpha: U8) -> bool:
    seen = grey[alpha > _VISIBLE]
    if not seen.size:
        return False
    white = int(np.count_nonzero(seen >= _WHITE))
    black = int(np.count_nonzero(seen <= _BLACK))
    return white > 0 and white + black >= _DRAWN * seen.size


def as_white(mask: Path | bytes, size: tuple[int, int], limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """A PNG of 8-bit grey, `size` (width, height) in pixels, WHITE where the picture may change: Stability, FLUX.

    Raises InvalidOption for a mask of another shape than the picture, or one that lets nothing change;
    UnreadablePicture, TooLarge, UnsupportedMedia as `decode` does.
    """
    return _png(_fitted(mask, size, limits))


def as_alpha(mask: Path | bytes, size: tuple[int, int], limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """A PNG of 8-bit RGBA, `size` (width, height) in pixels, TRANSPARENT where the picture may change: OpenAI.

    Its colours are black. Raises as `as_white` does.
    """
    area = _fitted(mask, size, limits)
    sheet = np.zeros((*area.shape, 4), np.uint8)
    sheet[:, :, 3] = 255 - area
    return _png(sheet)


def from_alpha(mask: Path | bytes, limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """A PNG of 8-bit grey, white where `mask` is transparent, whatever its colours: a mask that an OpenAI client
    sends, in our own words. One without any transparency is taken as it is, by its brightness.

    Raises as `decode` does.
    """
    picture = decode(mask, limits)
    if picture.alpha is None or int(picture.alpha.min()) == int(np.iinfo(picture.alpha.dtype).max):
        return _png(change_area(picture))
    top = int(np.iinfo(picture.alpha.dtype).max)
    return _png(255 - (picture.alpha.astype(np.float32) * (255 / top)).round().astype(np.uint8))


def _fitted(mask: Path | bytes, size: tuple[int, int], limits: Limits) -> U8:
    picture = decode(mask, limits)
    width, height = size
    if abs(picture.width * height / (picture.height * width) - 1) > _SAME_SHAPE:
        raise InvalidOption(
            f"The mask is {picture.width} x {picture.height} pixels, the picture {width} x {height}.",
            hint="A mask has the shape of the picture that it belongs to.",
        )
    area = change_area(picture)
    if not area.any():
        raise InvalidOption(
            "The mask lets nothing change.",
            hint="Paint white over what is to be changed, or leave the mask out.",
        )
    return np.clip(resize_plain(area, width, height), 0, 255).astype(np.uint8)


def _png(pixels: U8) -> bytes:
    """H x W grey or H x W x 4 RGBA (its colours are grey: OpenCV's BGRA is the same)."""
    done, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if not done:
        raise ValueError("the mask could not be encoded")
    return data.tobytes()
