"""Flicker, repeated frames and judder of a clip, frame by frame with flat memory. Decoding it is left to `enhance.video`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np

from bottega.errors import InvalidOption
from bottega.imaging.metrics import to_luma
from bottega.imaging.picture import F32, U8

REPEATED = 0.35
"""Mean absolute difference in 8-bit levels below which a frame repeats the one before: coding noise alone stays below."""
CUT = 40.0
"""Levels of mean difference from which two frames belong to different scenes."""
SMALL = 256
"""Pixels of the longer side at which frames are compared."""


@dataclass(frozen=True, slots=True)
class ClipMeasures:
    """flicker: 8-bit levels, root mean square of how far a frame's mean luma lies from that between its neighbours.
    duplicates: share of frames, 0 to 1, that repeat the one before. judder: 0 for even motion; mean
    deviation of the change from frame to frame from the mean of five, over that mean (1: every other frame stands)."""

    frames: int
    flicker: float
    duplicates: float
    judder: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def measure_clip(frames: Iterable[U8 | F32]) -> ClipMeasures:
    """Of at least three H x W x 3 frames, in order. Changes of scene count neither as flicker nor as judder. Raises
    InvalidOption for fewer."""
    means: list[float] = []
    changes: list[float] = []
    before: F32 | None = None
    for frame in frames:
        small = _shrunk(frame)
        means.append(float(small.mean(dtype=np.float64)))
        if before is not None:
            if before.shape != small.shape:
                raise InvalidOption("The frames of a clip have one size.")
            changes.append(float(np.abs(small - before).mean(dtype=np.float64)))
        before = small
    if len(means) < 3:
        raise InvalidOption("A clip is measured from three frames on.")
    change = np.array(changes)
    return ClipMeasures(
        len(means), _flicker(np.array(means), change), float((change < REPEATED).mean()), _judder(change)
    )


def _shrunk(frame: U8 | F32) -> F32:
    light = to_luma(frame) * np.float32(255)
    scale = min(1.0, SMALL / max(light.shape))
    size = max(1, round(light.shape[1] * scale)), max(1, round(light.shape[0] * scale))
    return cv2.resize(light, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


def _flicker(means: np.ndarray, change: np.ndarray) -> float:
    bend = means[1:-1] - (means[:-2] + means[2:]) / 2
    inside = (change[:-1] < CUT) & (change[1:] < CUT)
    return float(np.sqrt(np.mean(bend[inside] ** 2))) if inside.any() else 0.0


def _judder(change: np.ndarray) -> float:
    moving = change[change < CUT]
    if moving.size < 5 or moving.max() < REPEATED:
        return 0.0
    windows: Any = np.lib.stride_tricks.sliding_window_view(moving, 5)
    # The mean, not the median: of a clip in which every other frame stands, the median is a standing one.
    middle = np.maximum(np.asarray(windows.mean(axis=1), dtype=np.float64), REPEATED)
    return float(np.mean(np.abs(moving[2:-2] - middle) / middle))
