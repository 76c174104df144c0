"""Styles for photographs by classical image processing: the one entry point and the blend with the original.

Each style is a module of its own (`style_pencil`, `style_cartoon`, `style_paint`, `style_colour`). Lengths follow
the size of the picture and noise has fixed seeds: the same picture gives the same drawing, large or small.
"""

from collections.abc import Callable

import cv2
import numpy as np

from bottega.enhance.style_cartoon import cartoon
from bottega.enhance.style_colour import colour_transfer
from bottega.enhance.style_flow import plain
from bottega.enhance.style_paint import oil_paint
from bottega.enhance.style_pencil import pencil_sketch
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.picture import U8

WORK_SIDE = 2200
"""Longer side, in pixels, at which strokes and lines are made; at this size the finest of them are several pixels
wide, so a larger picture gets them enlarged, and time and memory stay bounded."""

DRAWN: dict[str, Callable[[U8], U8]] = {
    "pencil_sketch": pencil_sketch,
    "cartoon": cartoon,
    "oil_paint": oil_paint,
}
STYLES = (*DRAWN, "colour_transfer")

BLEND_ROWS = 256


def apply_style(rgb: U8, style: str, strength: float, reference: U8 | None) -> U8:
    """`rgb` (H x W x 3, uint8, sRGB) in the `style`, same size; `strength` from 0 (the original) to 1 (all of it).

    `reference` (any size, same form) is what `colour_transfer` takes its colours from; the other styles do not
    look at it. Raises InvalidOption for an unknown style or a strength outside [0, 1], MissingInput for a
    missing reference.
    """
    if style not in STYLES:
        raise InvalidOption(
            f"There is no style called {style!r} here.", hint=f"There are: {', '.join(STYLES)}."
        )
    if not 0 <= strength <= 1:
        raise InvalidOption(f"The strength of a style goes from 0 to 1, {strength:g} was given.")
    if style == "colour_transfer" and reference is None:
        raise MissingInput(
            "To match the colours of another picture, that picture is needed.",
            hint="Add it in the role reference.",
        )
    if strength == 0:
        return rgb.copy()
    if reference is not None and style == "colour_transfer":
        styled = colour_transfer(rgb, reference)
    else:
        styled = _drawn(rgb, DRAWN[style])
    return styled if strength == 1 else _blended(rgb, styled, strength)


def _drawn(rgb: U8, draw: Callable[[U8], U8]) -> U8:
    height, width = rgb.shape[:2]
    scale = WORK_SIDE / max(height, width)
    if scale >= 1:
        return draw(rgb)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small: U8 = plain(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    return plain(cv2.resize(draw(small), (width, height), interpolation=cv2.INTER_CUBIC))


def _blended(rgb: U8, styled: U8, strength: float) -> U8:
    result = np.empty_like(rgb)
    for start in range(0, rgb.shape[0], BLEND_ROWS):
        rows = slice(start, start + BLEND_ROWS)
        original = rgb[rows].astype(np.float32)
        mixed = original + (styled[rows].astype(np.float32) - original) * np.float32(strength)
        result[rows] = np.rint(mixed).astype(np.uint8)
    return result
