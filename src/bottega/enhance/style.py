"""Styles for photographs by classical image processing: the one entry point and the blend with the original.

Each style is a module of its own (`style_pencil`, `style_cartoon`, `style_paint`, `style_watercolour`,
`style_mosaic`, `style_texture`, `style_colour`), clips are `style_clip`'s. Lengths follow the size of the picture and
noise belongs to the canvas: the same picture gives the same drawing, large or small.
"""

from collections.abc import Callable
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.style_cartoon import cartoon
from bottega.enhance.style_colour import colour_transfer
from bottega.enhance.style_faces import Box, face_mask, find_faces, with_likeness
from bottega.enhance.style_flow import plain
from bottega.enhance.style_mosaic import mosaic
from bottega.enhance.style_paint import oil_paint
from bottega.enhance.style_pencil import pencil_sketch
from bottega.enhance.style_texture import texture_transfer
from bottega.enhance.style_watercolour import watercolour
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.picture import F32, U8

Samples = TypeVar("Samples", U8, NDArray[np.uint16])

WORK_SIDE = 2200
"""Longer side, in pixels, at which strokes and lines are made; at this size the finest of them are several pixels
wide, so a larger picture gets them enlarged, and time and memory stay bounded."""

DRAWN: dict[str, Callable[[F32], F32]] = {
    "pencil_sketch": pencil_sketch,
    "cartoon": cartoon,
    "oil_paint": oil_paint,
    "watercolour": watercolour,
    "mosaic": mosaic,
}
FROM_REFERENCE = ("colour_transfer", "texture")
STYLES = (*DRAWN, *FROM_REFERENCE)

BLEND_ROWS = 256


def apply_style(
    rgb: Samples,
    style: str,
    strength: float,
    reference: U8 | None,
    *,
    faces: bool = True,
    mask: F32 | None = None,
) -> Samples:
    """`rgb` (H x W x 3, or x 4 with alpha, which is kept; uint8 or uint16, sRGB) in the `style`, same size and type.

    `strength` goes from 0 (the original, bit for bit) to 1 (all of the style). `reference` (any size, H x W x 3,
    uint8) is what `colour_transfer` takes its colours from and `texture` its surface; the other styles do not look
    at it. `faces`: found faces keep their likeness. `mask` (H x W in [0, 1]): how much of the style each pixel
    gets, such as `bottega.imaging.background.subject_mask` or one minus it; where it is 0 the original stays.

    Raises InvalidOption for an unknown style, a strength outside [0, 1] or a mask of another size or range,
    MissingInput for a missing reference.
    """
    check_style(style, strength, reference)
    if mask is not None:
        _check_mask(mask, rgb.shape[:2])
    if strength == 0 or (mask is not None and not mask.any()):
        return rgb.copy()
    if reference is not None and style == "colour_transfer":
        return _mixed(rgb, colour_transfer(rgb[..., :3], reference), strength, mask)
    return _mixed(rgb, _drawn(rgb[..., :3], style, reference, faces), strength, mask)


def check_style(style: str, strength: float, reference: U8 | None) -> None:
    """Raises what `apply_style` raises for these."""
    if style not in STYLES:
        raise InvalidOption(
            f"There is no style called {style!r} here.", hint=f"There are: {', '.join(STYLES)}."
        )
    if not 0 <= strength <= 1:
        raise InvalidOption(f"The strength of a style goes from 0 to 1, {strength:g} was given.")
    if style in FROM_REFERENCE and reference is None:
        wanted = "match the colours" if style == "colour_transfer" else "take over the texture"
        raise MissingInput(
            f"To {wanted} of another picture, that picture is needed.", hint="Add it in the role reference."
        )


def _check_mask(mask: F32, size: tuple[int, ...]) -> None:
    if mask.shape != size:
        raise InvalidOption(
            f"The mask is {mask.shape[1]} x {mask.shape[0]} pixels, the picture {size[1]} x {size[0]}."
            if mask.ndim == 2
            else "A mask has one value for each pixel.",
            hint="Give a mask of the picture's size.",
        )
    if not (float(mask.min()) >= 0 and float(mask.max()) <= 1):
        raise InvalidOption("The values of a mask go from 0 to 1.")


def styled_small(small: F32, style: str, reference: U8 | None, faces: list[Box]) -> F32:
    """H x W x 3 in [0, 1] at the size that strokes are made at, in one of the styles but `colour_transfer`."""
    if style == "mosaic":  # smaller stones, as mosaicists do it
        return mosaic(small, face_mask(faces, *small.shape[:2]) if faces else None)
    if style == "texture" and reference is not None:
        return with_likeness(texture_transfer(small, reference), small, faces)
    return with_likeness(DRAWN[style](small), small, faces)


def work_size(height: int, width: int) -> tuple[int, int]:
    """Width and height that strokes are made at."""
    scale = min(1.0, WORK_SIDE / max(height, width))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _drawn(rgb: Samples, style: str, reference: U8 | None, faces: bool) -> F32:
    """In the style at working size, H x W x 3 in [0, 1]."""
    height, width = rgb.shape[:2]
    size = work_size(height, width)
    reduced = plain(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)) if size != (width, height) else rgb
    small: F32 = reduced.astype(np.float32) / np.float32(np.iinfo(rgb.dtype).max)
    return styled_small(small, style, reference, find_faces(small) if faces else [])


def _mixed(rgb: Samples, styled: F32 | Samples, strength: float, mask: F32 | None) -> Samples:
    """The original and the styled picture (its sample type, or [0, 1] at working size) by strength and mask, a few
    rows at a time."""
    height, width = rgb.shape[:2]
    top = np.iinfo(rgb.dtype).max
    result = rgb.copy()  # alpha stays
    for start in range(0, height, BLEND_ROWS):
        rows = slice(start, min(start + BLEND_ROWS, height))
        if styled.dtype == np.float32:
            wanted = np.clip(_rows_of(styled, rows, height, width), 0, 1) * np.float32(top)
        else:
            wanted = styled[rows].astype(np.float32)
        original = rgb[rows, :, :3].astype(np.float32)
        share = np.float32(strength) if mask is None else (mask[rows] * np.float32(strength))[..., None]
        mixed = original + (wanted - original) * share
        result[rows, :, :3] = np.rint(np.clip(mixed, 0, top)).astype(rgb.dtype)
    return result


def _rows_of(styled: F32 | U8 | NDArray[np.uint16], rows: slice, height: int, width: int) -> F32:
    """Some rows of `styled` enlarged to H x W: what a resize of the whole would give, without the whole."""
    small_height, small_width = styled.shape[:2]
    if (small_height, small_width) == (height, width):
        return styled[rows].astype(np.float32)
    down, across = small_height / height, small_width / width
    first = max(0, int((rows.start + 0.5) * down - 0.5) - 2)
    last = min(small_height, int((rows.stop + 0.5) * down - 0.5) + 4)
    place = np.array([[across, 0, 0.5 * across - 0.5], [0, down, (rows.start + 0.5) * down - 0.5 - first]])
    method = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    size = width, rows.stop - rows.start
    strip = styled[first:last].astype(np.float32)
    return plain(cv2.warpAffine(strip, place, size, flags=method, borderMode=cv2.BORDER_REPLICATE))
