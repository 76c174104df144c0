"""What in a picture is ink: its darkness or opacity as one field, the level that parts ink from ground, no specks.

Where exactly the edges lie and what curves follow them is left to `trace` and `centerline`.
"""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption, TooLarge
from bottega.imaging.picture import F32
from bottega.laser.outline import otsu_level
from bottega.laser.size import in_range

MAX_TRACE_PIXELS = 50_000_000
LEAST_CLEAR = 0.02
"""Of a picture's pixels: with fewer clear ones (rounded corners, faults of a drawing program) its transparency is not
its shape."""
_EVEN = 4 / 255
_STEPPED = 0.05
"""Of the pixels along edges: with fewer grey ones the edges are steps of whole pixels."""
_STEP_SIGMA_PX = 1.0
NOISY = 2.5 / 255
"""Standard deviation of noise from which a picture is smoothed first: coding noise of a good JPEG is below."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What is traced: `field` H x W float32, inside where above `level`; `ink` and `ground` are its usual values on
    either side, `noise` the standard deviation that it was read with."""

    field: F32
    level: float
    ink: float
    ground: float
    noise: float


def as_unit(picture: NDArray[Any]) -> tuple[F32, F32 | None]:
    """Colours (H x W x 3) or grey (H x W) as float32 in [0, 1] on white, and the alpha if there is transparency.

    Raises InvalidOption for what is no picture, TooLarge above `MAX_TRACE_PIXELS`.
    """
    shape = picture.shape
    if picture.ndim not in (2, 3) or 0 in shape or (picture.ndim == 3 and shape[2] not in (1, 3, 4)):
        raise InvalidOption(f"A picture is H x W, H x W x 3 or H x W x 4, not of shape {shape}.")
    if shape[0] * shape[1] > MAX_TRACE_PIXELS:
        raise TooLarge(
            f"The picture has {shape[0] * shape[1] / 1e6:.0f} million pixels; "
            f"at most {MAX_TRACE_PIXELS / 1e6:.0f} million are traced.",
            hint="Scale it down: 0.05 mm per pixel is finer than a beam.",
        )
    kind = picture.dtype
    if kind == np.bool_:
        values = picture.astype(np.float32)
    elif str(kind) in ("uint8", "uint16"):
        values = picture.astype(np.float32) / np.float32(255 if kind == np.uint8 else 65535)
    elif kind.kind == "f":
        values = picture.astype(np.float32)
        if not np.isfinite(values).all():
            raise InvalidOption("The picture has values that are not numbers.")
        if float(values.min()) < -1e-3 or float(values.max()) > 1 + 1e-3:
            raise InvalidOption("A picture of floats has values from 0 to 1.")
    else:
        raise InvalidOption(
            f"A picture of {kind} is not understood.", hint="Use uint8, uint16 or floats in [0, 1]."
        )
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if values.ndim == 3 and values.shape[2] == 4:
        alpha = np.ascontiguousarray(values[:, :, 3])
        values = values[:, :, :3] * alpha[:, :, None] + (1 - alpha[:, :, None])
        return np.ascontiguousarray(values, np.float32), alpha if shows_a_figure(values, alpha) else None
    return np.ascontiguousarray(values), None


def shows_a_figure(colours: NDArray[Any], alpha: NDArray[Any]) -> bool:
    """Whether what is opaque (H x W, opacity in [0, 1]) is a shape, rather than a picture with some clear pixels.

    `colours`: H x W x 3 in the same range or uint8. A picture that is opaque but for a fiftieth shows its colours, unless
    they are all one.
    """
    clear = float(np.mean(alpha < 0.5))
    if clear == 0 or clear >= LEAST_CLEAR:
        return clear > 0
    full = 255 if colours.dtype == np.uint8 else 1
    solid = np.asarray(colours, np.float32)[alpha > 0.99] / full
    return not solid.size or float(np.ptp(solid, axis=0).max()) < _EVEN


def find_ink(picture: NDArray[Any], *, level: float | None = None, invert: bool = False) -> Ink:
    """What to trace in a picture: uneven light is evened out, noise smoothed, the threshold found.

    The threshold of a drawing lies halfway between its ink and its ground, because that is where an antialiased
    edge runs; of a photograph it is Otsu's (IEEE Trans. SMC 1979). Raises InvalidOption when there is nothing but one tone.
    """
    values, alpha = as_unit(picture)
    if alpha is not None:
        field, noise = alpha, 0.0
    else:
        grey = (
            values if values.ndim == 2 else np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2GRAY), np.float32)
        )
        noise = noise_of(grey)
        grey = _even_light(grey)
        field = np.asarray(1 - grey, np.float32)
        if noise > NOISY:
            field = np.asarray(
                cv2.GaussianBlur(field, (0, 0), float(np.clip(noise * 30, 0.6, 1.3))), np.float32
            )
    if invert:
        field = 1 - field
    low, high = float(field.min()), float(field.max())
    if high - low < _EVEN:
        raise InvalidOption("The picture has only one tone; there is nothing to trace.")
    if level is not None:
        in_range("The level", level, 0.01, 0.99, "")
        if not low < level < high:
            raise InvalidOption(
                f"No part of the picture crosses the level {level:g}; its darkness goes from {low:.2f} to {high:.2f}."
            )
    found, ink, ground = _levels(field)
    return Ink(field, found if level is None else level, ink, ground, noise)


def noise_of(grey: F32) -> float:
    """Standard deviation of the noise in [0, 1], from the flat half of the picture (Immerkaer, CVIU 1996)."""
    if min(grey.shape) < 8:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    noise = np.abs(cv2.filter2D(grey, -1, kernel))
    # Edges are in the upper half; the median of a half-normal is 0.6745 sigma.
    return float(np.median(noise[1:-1, 1:-1])) / (0.6745 * 6)


def _even_light(grey: F32) -> F32:
    """A photographed page as if lit evenly; other pictures as they are."""
    height, width = grey.shape
    if min(height, width) < 64:
        return grey
    factor = max(height, width) / 128
    small = cv2.resize(
        grey, (max(8, round(width / factor)), max(8, round(height / factor))), interpolation=cv2.INTER_AREA
    )
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    ground = cv2.GaussianBlur(ground, (0, 0), 6)
    low, high = float(ground.min()), float(ground.max())
    # A page: its ground is light everywhere, changes slowly, and most of the picture lies near it.
    near = float(np.mean(small > ground - 0.12))
    if high - low < 0.06 or low < 0.35 or near < 0.6:
        return grey
    full = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(grey / np.maximum(full, 0.05), 0, 1), np.float32)


def _levels(field: F32) -> tuple[float, float, float]:
    """Threshold, and the usual values of ink and ground."""
    otsu = otsu_level(field)
    inside = field > otsu
    if inside.all() or not inside.any():
        otsu = (float(field.min()) + float(field.max())) / 2
        inside = field > otsu
    kernel = np.ones((3, 3), np.uint8)
    ink = float(np.median(cv2.dilate(field, kernel)[inside]))
    ground = float(np.median(cv2.erode(field, kernel)[~inside]))
    near = 0.15 * (ink - ground)
    two = float(np.mean((np.abs(field - ink) < near) | (np.abs(field - ground) < near)))
    edges = float(np.mean(cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, kernel) > 0))
    return ((ink + ground) / 2 if two + edges > 0.85 else otsu), ink, ground


def components(mask: NDArray[Any], connectivity: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Labels (H x W, 0 is outside) of the connected parts of a uint8 mask, and OpenCV's figures of each (K x 5)."""
    _, labels, stats, _ = cast(Any, cv2.connectedComponentsWithStats(mask, connectivity=connectivity))
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def without_specks(ink: Ink, min_area: float) -> tuple[F32, int]:
    """The field without parts and holes below `min_area` square pixels, and how many there were."""
    field = ink.field.copy()
    dropped = 0
    if min_area <= 0:
        return field, 0
    for inside in (True, False):
        mask = ((field > ink.level) == inside).astype(np.uint8)
        labels, stats = components(mask, 8)
        small = stats[:, cv2.CC_STAT_AREA] < min_area
        small[0] = False
        if small.any():
            # Just across the level: with eight neighbours nothing next to a speck is on its own side.
            field[small[labels]] = ink.level - 1e-3 if inside else ink.level + 1e-3
            dropped += int(small.sum())
    return field, dropped


def is_stepped(ink: Ink) -> bool:
    """Whether its edges are steps of whole pixels, as in 1-bit scans and drawings without antialiasing."""
    inside = (ink.field > ink.level).astype(np.uint8)
    edges = int(cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).sum())
    near = 0.1 * abs(ink.ink - ink.ground)
    low, high = sorted((ink.ink, ink.ground))
    grey = int(((ink.field > low + near) & (ink.field < high - near)).sum())
    return grey < _STEPPED * edges


def without_steps(field: F32, level: float) -> F32:
    """A stepped field with its edges softened, so that they pass the level where the line was before it was rounded.

    What is thinner than three pixels is left as it is: softened, it would fade.
    """
    inside = (field > level).astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    thick = [cv2.morphologyEx(side, cv2.MORPH_OPEN, kernel) for side in (inside, 1 - inside)]
    thin = ((thick[0] == 0) & (thick[1] == 0)).astype(np.uint8)
    kept = cv2.dilate(thin, np.ones((5, 5), np.uint8)) > 0
    soft = cv2.GaussianBlur(field, (0, 0), _STEP_SIGMA_PX)
    return np.where(kept, field, soft).astype(np.float32)
