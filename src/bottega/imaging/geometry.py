"""Geometry: rotate, flip, crop and resize. Which part of a picture matters is asked of `background.saliency`.

All functions take H x W or H x W x C arrays, uint8 or uint16; positions and sizes are whole pixels, the origin
is the upper left corner.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.box import Box
from bottega.imaging.picture import F32

Samples = NDArray[np.uint8] | NDArray[np.uint16]
F64 = NDArray[np.float64]

MAX_SIDE = 30_000
"""The longest side that resizing makes, pixels."""


def rotate(pixels: Samples, degrees: float) -> Samples:
    """Turn clockwise. Quarter turns move pixels unchanged; any other angle is resampled (bicubic) and cut to
    the largest upright rectangle without empty corners."""
    turns = degrees / 90
    if turns == round(turns):
        quarter: Any = np.rot90(pixels, -round(turns) % 4)
        return np.ascontiguousarray(quarter)
    height, width = pixels.shape[:2]
    box_width, box_height = inscribed_size(width, height, degrees)
    # Pixel centres are at whole numbers, so the middle of the picture is at (size - 1) / 2.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    matrix[0, 2] += (box_width - width) / 2
    matrix[1, 2] += (box_height - height) / 2
    turned: Any = cv2.warpAffine(
        pixels, matrix, (box_width, box_height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned)


def inscribed_size(width: int, height: int, degrees: float) -> tuple[int, int]:
    """Width and height of the largest upright rectangle inside a rectangle turned by `degrees`.

    Either both of its long-side corners touch the long sides of the turned rectangle (it is then half-bound by
    the short one), or all four corners touch; the elementary solution of both cases.
    """
    angle = math.radians(degrees % 180)
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    long_side, short_side = max(width, height), min(width, height)
    if short_side <= 2 * sine * cosine * long_side or abs(sine - cosine) < 1e-9:
        half = short_side / 2
        inner = (half / sine, half / cosine) if width >= height else (half / cosine, half / sine)
    else:
        double = cosine * cosine - sine * sine
        inner = ((width * cosine - height * sine) / double, (height * cosine - width * sine) / double)
    return max(1, math.floor(inner[0])), max(1, math.floor(inner[1]))


def flip(pixels: Samples, direction: str) -> Samples:
    """`horizontal` mirrors left and right, `vertical` top and bottom."""
    if direction not in ("horizontal", "vertical"):
        raise InvalidOption(f"A picture is flipped horizontal or vertical, not {direction!r}.")
    mirrored: Any = pixels[:, ::-1] if direction == "horizontal" else pixels[::-1]
    return np.ascontiguousarray(mirrored)


def crop(pixels: Samples, box: Box) -> Samples:
    """The part inside `box`. Raises InvalidOption when the box is empty or reaches out of the picture."""
    height, width = pixels.shape[:2]
    reaches_out = box.left + box.width > width or box.top + box.height > height
    if reaches_out or min(box.left, box.top) < 0 or min(box.width, box.height) < 1:
        raise InvalidOption(
            f"The crop of {box.width} x {box.height} pixels at {box.left}, {box.top} is not inside the picture "
            f"of {width} x {height} pixels."
        )
    part: Any = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
    return np.ascontiguousarray(part)


def parse_aspect(text: str) -> tuple[int, int]:
    """`"4:5"` -> (4, 5). Raises InvalidOption for anything else."""
    first, colon, second = text.partition(":")
    if not (colon and first.isdecimal() and second.isdecimal() and int(first) and int(second)):
        raise InvalidOption(
            f"{text!r} is not an aspect ratio.", hint="Write width:height, such as 4:5 or 16:9."
        )
    return int(first), int(second)


def aspect_box(width: int, height: int, aspect: tuple[float, float], importance: F32) -> Box:
    """The largest box of the aspect ratio (width, height), placed where most of what matters is inside.

    The box spans the picture in one direction and slides in the other. `importance` (any size, >= 0) is summed
    across, and each position scored by what it covers, weighted by a raised cosine: a subject in the middle of
    the crop counts more than the same subject cut by its edge. Among equals the most central position wins.
    """
    wide, high = aspect
    box_width = min(width, max(1, round(height * wide / high)))
    box_height = min(height, max(1, round(width * high / wide)))
    slides_across = box_width < width
    profile: F64 = importance.sum(axis=0 if slides_across else 1, dtype=np.float64)
    full, size = (width, box_width) if slides_across else (height, box_height)
    offset = _best_offset(profile, full, size)
    return Box(offset, 0, box_width, box_height) if slides_across else Box(0, offset, box_width, box_height)


def _best_offset(profile: F64, full: int, size: int) -> int:
    if size >= full:
        return 0
    bins = profile.size
    window = max(1, min(bins, round(bins * size / full)))
    phase = (np.arange(window) + 0.5) / window * 2 - 1
    weights = 0.35 + 0.65 * np.cos(phase * np.pi / 2)
    scores = np.correlate(profile, weights, mode="valid")
    centrality = 1 - np.abs(np.linspace(-1, 1, scores.size)) if scores.size > 1 else np.ones(1)
    best = int(np.argmax(scores * (1 + 0.05 * centrality)))
    share = best / (scores.size - 1) if scores.size > 1 else 0.5
    return round(share * (full - size))


def resize(pixels: Samples, width: int, height: int) -> Samples:
    """To exactly `width` x `height` pixels: area means when shrinking, Lanczos (radius 4) when enlarging.

    Raises InvalidOption when a side is below 1 or above `MAX_SIDE`.
    """
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise InvalidOption(
            f"A picture of {width} x {height} pixels cannot be made (1 to {MAX_SIDE} per side)."
        )
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = width <= pixels.shape[1] and height <= pixels.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    resized: Any = cv2.resize(pixels, (width, height), interpolation=method)
    return np.asarray(resized)


def fit_size(width: int, height: int, to_width: int | None, to_height: int | None) -> tuple[int, int]:
    """The size asked for, the side not given following in proportion."""
    if to_width and to_height:
        return to_width, to_height
    if to_width:
        return to_width, max(1, round(height * to_width / width))
    if to_height:
        return max(1, round(width * to_height / height)), to_height
    return width, height
