"""A clip and what was made of it in one picture, side by side at the same moments, with the sound of the result."""

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from bottega.enhance.clip_jobs import forget, work_folder
from bottega.enhance.preview_cache import GAP

if TYPE_CHECKING:
    from bottega.enhance.video.model import Pixels, PixelType, Window
    from bottega.enhance.video.transform import Part

SAME_MOMENT = Fraction(1, 1000)
"""Seconds: containers round times to as much."""


def before_after_clip(
    source: Path,
    made: Path,
    target: Path,
    *,
    part: "Part | None" = None,
    slow: Fraction = Fraction(1),
    quality: int = 75,
    cancelled: threading.Event | None = None,
) -> None:
    """Writes `target` (.mp4, .mov, .mkv, .webm): `source` on the left, `made` of it on the right, at the size of the larger.

    `part`: the seconds of the source that `made` shows, None for all; `slow`: so many times as slow it plays. Every picture of
    `made` stands beside the one of the source that is seen at its moment. Raises as `video.transform`.
    """
    from bottega.enhance.video import EncodeSettings, Timeline, probe, transform
    from bottega.enhance.video.reading import index_frames

    info = probe(made).video
    begin = index_frames(made).start
    kind: PixelType = "uint8" if info.bit_depth == 8 else "uint16"
    before = _Before(source, part, kind)

    def joined(window: "Window") -> "Iterator[tuple[Fraction, Pixels]]":
        now = window.current
        left = before.at((now.time - begin) / slow)
        yield now.time, beside(left, now.pixels, info.rotation)

    transform(
        made,
        target,
        Timeline(joined, before=0, after=0),
        EncodeSettings(pixels=kind, quality=quality),
        work_dir=work_folder(target),
        cancelled=None if cancelled is None else cancelled.is_set,
    )
    forget(target)


class _Before:
    """The pictures of a clip by their time, asked for in order."""

    def __init__(self, source: Path, part: "Part | None", kind: "PixelType") -> None:
        from bottega.enhance.video import probe
        from bottega.enhance.video.reading import index_frames, pictures
        from bottega.enhance.video.transform import pictures_in

        index = index_frames(source)
        first = 0 if part is None else pictures_in(index, part)[0]
        self._times = [(pts - index.pts[first]) * index.time_base for pts in index.pts]
        self._frames = pictures(source, index, first)
        self._colour = probe(source).video.colour
        self._kind: PixelType = kind
        self._first = self._next = first
        self._pixels: Pixels = np.empty((0, 0, 3), kind)

    def at(self, moment: Fraction) -> "Pixels":
        """H x W x 3, as coded, of what is seen `moment` seconds after the first picture; not earlier than asked before."""
        from bottega.enhance.video.colour import to_pixels

        frame: Any = None
        while self._next < len(self._times) and (
            self._next == self._first or self._times[self._next] <= moment + SAME_MOMENT
        ):
            _, frame, _ = next(self._frames)
            self._next += 1
        if frame is not None:
            self._pixels = to_pixels(frame, self._colour, self._kind)
        return self._pixels


def beside(before: "Pixels", after: "Pixels", rotation: int) -> "Pixels":
    """Coded pictures (H x W x 3 of one sample type) put so that `before` is on the left when they are turned by `rotation`
    degrees counter-clockwise; both at the size of the larger, with a white gap."""
    height, width = (max(sides) for sides in zip(before.shape[:2], after.shape[:2], strict=True))
    # Enlarged plainly: what the enhancement adds is to be seen.
    first, second = (
        each
        if each.shape[:2] == (height, width)
        else cv2.resize(each, (width, height), interpolation=cv2.INTER_CUBIC)
        for each in (before, after)
    )
    quarters = round(rotation / 90) % 4
    along = quarters % 2 == 0
    gap = np.full((height, GAP, 3) if along else (GAP, width, 3), np.iinfo(after.dtype).max, after.dtype)
    # Turned by a quarter counter-clockwise the top comes to the left; by two, the right; by three, the bottom.
    parts = [first, gap, second] if quarters in (0, 1) else [second, gap, first]
    return np.concatenate(parts, axis=1 if along else 0)
