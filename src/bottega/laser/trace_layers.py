"""Pictures of several tones or colours as layers of filled outlines: stacked, or side by side without gaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32
from bottega.laser.fit_curves import FitSettings
from bottega.laser.geometry import Drawing, Operation, Path
from bottega.laser.ink import Ink, as_unit, noise_of, without_specks
from bottega.laser.outline import signed_area
from bottega.laser.palette import find_palette, label_pixels
from bottega.laser.ring_fits import path_from_fit, simple_fits
from bottega.laser.shared_edges import area_outlines
from bottega.laser.size import in_range
from bottega.laser.trace import contours, pixel_size, settings_for

MAX_LEVELS = 16
MAX_COLOURS = 24
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE = 0.93
"""Where all of R, G and B are above it, a colour is the ground that nothing is burnt on."""


@dataclass(frozen=True, slots=True)
class TracedLayer:
    """`name` and `colour` ("#rrggbb") as the paths have them; `part`: of the picture's pixels, 0 to 1."""

    name: str
    colour: str
    paths: int
    part: float


@dataclass(frozen=True, slots=True, eq=False)
class LayeredTracing:
    drawing: Drawing
    layers: tuple[TracedLayer, ...]
    nodes: int


def trace_tones(
    picture: NDArray[Any],
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    levels: int | Sequence[float] = 3,
    separate: bool = False,
    speck_px: float = 9.0,
    tolerance_px: float = 0.45,
    operation: Operation = Operation.FILL,
) -> LayeredTracing:
    """Outlines at several levels of darkness, one layer each, the lightest first.

    `levels`: how many (1 to 16, evenly between the picture's lightest and darkest tones), or the levels themselves in
    (0, 1), rising. Stacked layers lie over each other (each level holds all that is darker); `separate` ones lie side by
    side: the next level's outlines are cut out of each (even-odd), with the very same curves.
    Picture, size and errors as in `trace`.
    """
    in_range("The tolerance", tolerance_px, 0.05, 5, "px")
    in_range("The smallest area", speck_px, 0, 1e6, "square px")
    values, alpha = as_unit(picture)
    grey = values if values.ndim == 2 else np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2GRAY), np.float32)
    if alpha is not None:
        grey = np.where(alpha < 0.5, np.float32(1), grey)
    noise = noise_of(grey)
    field = np.asarray(1 - cv2.GaussianBlur(grey, (0, 0), 1.2 if noise > 2 / 255 else 0.5), np.float32)
    chosen = _chosen_levels(field, levels)
    pitch, sheet = pixel_size(field.shape, width_mm, height_mm)
    rings: list[NDArray[np.float64]] = []
    owner: list[int] = []
    for number, level in enumerate(chosen):
        ink = Ink(field, level, 1.0, 0.0, noise)
        cleaned, _ = without_specks(ink, speck_px)
        found = [ring for ring in contours(cleaned, ink) if abs(signed_area(ring)) >= max(speck_px / 2, 0.5)]
        rings += found
        owner += [number] * len(found)
    if not rings:
        raise InvalidOption(
            "Nothing in the picture is large enough to trace.", hint="Lower the smallest area."
        )
    fits, _ = simple_fits(rings, settings_for(tolerance_px, noise), field.shape, pitch)
    edges = (*chosen, 1.0)
    paths: list[Path] = []
    layers: list[TracedLayer] = []
    for number, level in enumerate(chosen):
        shade = round(255 * (1 - (level + edges[number + 1]) / 2))
        name, colour = f"Tone {number + 1} of {len(chosen)}", f"#{shade:02x}{shade:02x}{shade:02x}"
        wanted = {number, number + 1} if separate else {number}
        mine = [
            path_from_fit(fit, pitch, closed=True, operation=operation, layer=name, colour=colour)
            for fit, tone in zip(fits, owner, strict=True)
            if tone in wanted
        ]
        upper = edges[number + 1] if separate and number + 1 < len(chosen) else 2.0
        part = float(np.mean((field > level) & (field <= upper)))
        if mine:
            paths += mine
            layers.append(TracedLayer(name, colour, len(mine), part))
    drawing = Drawing(tuple(paths), *sheet)
    return LayeredTracing(drawing, tuple(layers), drawing.node_count)


def _chosen_levels(field: F32, levels: int | Sequence[float]) -> tuple[float, ...]:
    if isinstance(levels, int):
        in_range("The number of levels", levels, 1, MAX_LEVELS, "")
        low, high = (float(v) for v in np.percentile(field, (1, 99)))
        if high - low < 4 / 255:
            low, high = float(field.min()), float(field.max())
        if high - low < 4 / 255:
            raise InvalidOption("The picture has only one tone; there is nothing to trace.")
        return tuple(low + (high - low) * (i + 1) / (levels + 1) for i in range(levels))
    chosen = tuple(float(level) for level in levels)
    if not 1 <= len(chosen) <= MAX_LEVELS:
        raise InvalidOption(f"There are {len(chosen)} levels; 1 to {MAX_LEVELS} can be traced.")
    for level in chosen:
        in_range("A level", level, 0.01, 0.99, "")
    if any(b <= a for a, b in pairwise(chosen)):
        raise InvalidOption("The levels must rise, each above the one before.")
    return chosen


def trace_colours(
    picture: NDArray[Any],
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    colours: int | Sequence[str] = 8,
    keep_ground: bool = False,
    speck_px: float = 9.0,
    tolerance_px: float = 0.45,
    operation: Operation = Operation.FILL,
) -> LayeredTracing:
    """The areas of each colour, one layer a colour, the most frequent first; neighbours share their edge exactly.

    `colours`: the most that are told apart (2 to 24), or the palette as "#rrggbb". Colours that are nearly white are
    the ground and left out unless `keep_ground`; so is what is transparent. Picture, size and errors as in `trace`.
    """
    in_range("The tolerance", tolerance_px, 0.05, 5, "px")
    in_range("The smallest area", speck_px, 0, 1e6, "square px")
    values, alpha = as_unit(picture)
    rgb = values if values.ndim == 3 else np.repeat(values[:, :, None], 3, axis=2)
    if noise_of(rgb.mean(axis=2, dtype=np.float32)) > 2 / 255:
        rgb = np.asarray(cv2.bilateralFilter(rgb, 5, 0.12, 2.0), np.float32)
    palette = _given(colours) if not isinstance(colours, int) else None
    if palette is None:
        in_range(
            "The number of colours", float(colours if isinstance(colours, int) else 0), 2, MAX_COLOURS, ""
        )
        palette = find_palette(rgb, colours if isinstance(colours, int) else MAX_COLOURS)
    labels = label_pixels(rgb, palette, speck_px)
    ground = {i for i, colour in enumerate(palette) if float(colour.min()) > _WHITE}
    if alpha is not None:
        palette = np.vstack((palette, np.ones((1, 3), np.float32)))
        labels = np.where(alpha < 0.5, np.int32(len(palette) - 1), labels)
        ground.add(len(palette) - 1)
    pitch, sheet = pixel_size(labels.shape, width_mm, height_mm)
    fit = FitSettings(tolerance=tolerance_px, mean_tolerance=0.28 * tolerance_px)
    outlines = area_outlines(labels, rgb, palette, replace(fit, sharpen=True))
    paths: list[Path] = []
    layers: list[TracedLayer] = []
    for label in sorted(outlines):
        if label in ground and not keep_ground:
            continue
        hexed = "#" + "".join(f"{round(float(v) * 255):02x}" for v in palette[label])
        name = f"Colour {hexed}"
        mine = [
            path_from_fit(outline, pitch, closed=True, operation=operation, layer=name, colour=hexed)
            for outline in outlines[label]
        ]
        paths += mine
        layers.append(
            TracedLayer(name, hexed, len(mine), float(np.count_nonzero(labels == label) / labels.size))
        )
    if not paths:
        raise InvalidOption(
            "The picture has only its ground; there is nothing to trace.",
            hint="Keep the ground to trace it too.",
        )
    drawing = Drawing(tuple(paths), *sheet)
    return LayeredTracing(drawing, tuple(layers), drawing.node_count)


def _given(colours: Sequence[str]) -> F32:
    if not 1 <= len(colours) <= MAX_COLOURS:
        raise InvalidOption(f"The palette has {len(colours)} colours; it can have 1 to {MAX_COLOURS}.")
    for colour in colours:
        if not _COLOUR.fullmatch(colour):
            raise InvalidOption(f"{colour!r} is no colour.", hint='Colours are written "#rrggbb".')
    return np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours], np.float32)
