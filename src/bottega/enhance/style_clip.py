"""Styles for clips without flicker: what was drawn before moves along with the picture and is kept where it still fits.

Strokes, stones and patches are made anew only where something new is seen; paper and other fields of `canvas_noise`
stay with the canvas. Every picture depends on the few before it alone, so that a clip can be taken up anywhere.
Reading and writing clips is `video`'s.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.interpolate import consistency, flow, is_cut, likeness, warp
from bottega.enhance.samples import white
from bottega.enhance.style import Samples, apply_style, check_style
from bottega.enhance.style_colour import recoloured, transfer_map
from bottega.enhance.style_colour_map import ColourMap, mean_map
from bottega.enhance.style_flow import plain, smooth
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8

Frames = NDArray[Any]
"""H x W x 3 or x 4; see `samples.Frame` for the types."""

KEPT = 0.85
"""Largest share of what was drawn before that is kept where it fits: less flickers, more smears what the flow missed."""
REACH = 8
"""Pictures before the current one whose drawings count; the mean of nine flickers a sixth as much as single ones."""
CHANGE = 0.06
"""Difference of the frames along the flow, of [0, 1], over which what was drawn before no longer fits."""
CUT_SIDE = 192
"""Longer side at which cuts are looked for where motion is not."""
FLOW_SIDE = 960
"""Longer side at which motion is sought."""


@dataclass(frozen=True, slots=True)
class _Link:
    """From a picture to the one before it. `back`: h x w x 2, pixels of that size; `fits`: h x w in [0, 1]."""

    back: F32
    fits: F32


class SteadyDrawing:
    """Drawings of the pictures of a clip, each the mean of its own and those before it, moved along the motion.

    Made of the last `reach` pictures and the current one alone: what is resumed in the middle is the same. What was drawn
    is kept by the picture's number as long as it is in reach."""

    def __init__(self, draw: Callable[[Any], Any], *, steady: float = KEPT, reach: int = REACH) -> None:
        """`draw` gives the drawing of a picture, of its size. Raises InvalidOption for a `steady` outside [0, 1)."""
        if not 0 <= steady < 1:
            raise InvalidOption(f"Steadiness goes from 0 to below 1, {steady:g} was given.")
        self.reach = reach if steady else 0
        self._draw, self._steady = draw, steady
        self._drawings: dict[int, Frames] = {}
        self._links: dict[int, _Link | None] = {}

    def last(self, frames: Sequence[tuple[int, Frames]]) -> F32:
        """The drawing of the last of `frames`, H x W x 3 in [0, 1].

        `frames`: (number, picture) of the current picture and as many of the `reach` before it as there are, their
        numbers consecutive. At a cut drawing starts anew. Raises InvalidOption for pictures of different sizes or types.
        """
        frames = frames[-1 - self.reach :]
        self._forget(frames[0][0])
        begin = len(frames) - 1
        for earlier, later in reversed(list(pairwise(frames))):
            if self._link(earlier, later) is None:
                break
            begin -= 1
        packed = self._own(*frames[begin])
        for number, frame in frames[begin + 1 :]:
            link = self._links[number]
            assert link is not None
            packed = self._steadied(packed, self._own(number, frame), link)
        return np.clip(packed[..., :3], 0, 1)

    def _own(self, number: int, frame: Frames) -> F32:
        """H x W x 4: the drawing by itself in [0, 1], and how many drawings it is the mean of: one."""
        if number not in self._drawings:
            self._drawings[number] = self._draw(frame)
        drawn = self._drawings[number][..., :3]
        packed = np.ones((*drawn.shape[:2], 4), np.float32)
        packed[..., :3] = drawn
        packed[..., :3] *= np.float32(1 / white(drawn.dtype))
        return packed

    def _steadied(self, before: F32, own: F32, link: _Link) -> F32:
        """`own` and what was drawn before, where that moved along without being covered or changed."""
        size = own.shape[1], own.shape[0]
        fits, back = link.fits, link.back
        if fits.shape != own.shape[:2]:
            scale = np.array([size[0] / fits.shape[1], size[1] / fits.shape[0]], np.float32)
            fits = plain(cv2.resize(fits, size, interpolation=cv2.INTER_LINEAR))
            back = plain(cv2.resize(back, size, interpolation=cv2.INTER_LINEAR)) * scale
        moved = warp(before, back, method=cv2.INTER_CUBIC)
        count = np.maximum(moved[..., 3], 0) * fits
        kept = np.minimum(count / (count + 1), np.float32(self._steady))
        moved -= own
        moved *= kept[..., None]
        moved += own
        moved[..., 3] = count + 1
        return moved

    def _link(self, earlier: tuple[int, Frames], later: tuple[int, Frames]) -> _Link | None:
        """None over a cut."""
        number, frame = later
        if (earlier[1].shape, earlier[1].dtype) != (frame.shape, frame.dtype):
            raise InvalidOption("The frames of a clip have one size and one type.")
        if number not in self._links:
            self._links[number] = _linked(earlier[1], frame)
        return self._links[number]

    def _forget(self, oldest: int) -> None:
        for held in (self._drawings, self._links):
            for number in [each for each in held if each < oldest]:
                del held[number]


def _linked(old: Frames, new: Frames) -> _Link | None:
    height, width = new.shape[:2]
    scale = min(1.0, FLOW_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    before, after = _eight_bit(old, size), _eight_bit(new, size)
    if is_cut(likeness(before, after)):
        return None
    back, forth = flow(after, before), flow(before, after)
    apart = np.abs(_unit(warp(before, back)) - _unit(after)).mean(axis=2)
    fits = consistency(back, forth) * np.clip(2 - smooth(apart, 1.5) / CHANGE, 0, 1)
    return _Link(back, fits.astype(np.float32))


class SteadyColours:
    """Pictures of a clip in the colours of `reference`, by the mean of the colour maps of the last ones of the scene: when
    something comes into the picture, the colours of the rest change little by little. See `SteadyDrawing.last`."""

    def __init__(self, reference: U8, *, reach: int = REACH) -> None:
        self.reach = reach
        self._reference = reference
        self._maps: dict[int, ColourMap] = {}

    def last(self, frames: Sequence[tuple[int, Frames]]) -> F32:
        frames = frames[-1 - self.reach :]
        for number in [each for each in self._maps if each < frames[0][0]]:
            del self._maps[number]
        found = [self._map(*frames[-1])]
        for earlier, later in reversed(list(pairwise(frames))):
            if _is_cut(earlier[1], later[1]):
                break
            found.append(self._map(*earlier))
        return _unit(recoloured(frames[-1][1][..., :3], mean_map(found)))

    def _map(self, number: int, frame: Frames) -> ColourMap:
        if number not in self._maps:
            self._maps[number] = transfer_map(frame[..., :3], self._reference)
        return self._maps[number]


def _is_cut(old: Frames, new: Frames) -> bool:
    height, width = new.shape[:2]
    scale = min(1.0, CUT_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return is_cut(likeness(_eight_bit(old, size), _eight_bit(new, size)))


def stylise_clip(
    frames: Iterable[Samples],
    style: str,
    strength: float = 1.0,
    reference: U8 | None = None,
    *,
    faces: bool = True,
    mask: Callable[[Samples], F32] | None = None,
    steady: float = KEPT,
) -> Iterator[Samples]:
    """Each of `frames` (H x W x 3 or x 4, all of one size and type, as for `apply_style`) in the style, in order.

    `mask` gives the mask of a frame, H x W in [0, 1]. `steady`: the largest share kept of what was drawn before, 0 draws
    each frame by itself. At a cut drawing starts anew. Holds `REACH` + 1 frames at a time. Raises what `apply_style`
    raises, and InvalidOption for frames of different sizes or types and a `steady` outside [0, 1).
    """
    check_style(style, strength, reference)
    drawing = SteadyDrawing(
        lambda frame: apply_style(frame, style, 1.0, reference, faces=faces), steady=steady
    )
    if style == "colour_transfer" and reference is not None and steady > 0:
        drawing = SteadyColours(reference)
    window: deque[tuple[int, Samples]] = deque(maxlen=drawing.reach + 1)
    for number, frame in enumerate(frames):
        if window and (window[-1][1].shape, window[-1][1].dtype) != (frame.shape, frame.dtype):
            raise InvalidOption("The frames of a clip have one size and one type.")
        if strength == 0:
            yield frame.copy()
            continue
        window.append((number, frame))
        styled = drawing.last(list(window))
        yield mixed(frame, styled, strength, None if mask is None else mask(frame))


def mixed(frame: Samples, styled: F32, strength: float, mask: F32 | None = None) -> Samples:
    """`styled` (H x W x 3 in [0, 1]) over `frame` by strength and mask; alpha stays."""
    top = np.iinfo(frame.dtype).max
    original = frame[..., :3].astype(np.float32)
    share = np.float32(strength) if mask is None else (mask * np.float32(strength))[..., None]
    result = frame.copy()
    result[..., :3] = np.rint(np.clip(original + (styled * top - original) * share, 0, top)).astype(
        frame.dtype
    )
    return result


def _eight_bit(frame: Frames, size: tuple[int, int]) -> U8:
    colours = frame[..., :3]
    small = plain(cv2.resize(colours, size, interpolation=cv2.INTER_AREA))
    return np.rint(_unit(small) * 255).astype(np.uint8)


def _unit(pixels: Frames) -> F32:
    return pixels.astype(np.float32) / np.float32(white(pixels.dtype))
