"""The arithmetic of a clip's measures: follows the file to its end once and computes what was asked for.

Needs the extra `video`; where it is missing, ResourceError says so and nothing is judged.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from bottega.domain.asset import MediaInfo
from bottega.imaging import metrics
from bottega.imaging.clip import inspect_clip
from bottega.imaging.decode import decode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import F32
from bottega.imaging.resize import resize_plain
from bottega.quality.measures import CLIP_ALONE, CLIP_COMPARED

SAMPLES: Final = 24
"""Frames that are compared with each other, at even distances."""
SMALL_SIDE: Final = 96
"""Longer side, in pixels, at which they are compared: averaging takes most of grain and coding noise away."""
STILL_SIDE: Final = 256
"""Longer side at which the first frame is compared with the still."""
FLAT: Final = 3 / 255
"""Standard deviation of a frame's luma below which it shows nothing."""
FROZEN: Final = 4 / 255
"""Change from one sample to another below which nothing moved. Key frames that refresh a still change it by up to
0.014 (H.264 of 1280 x 720 at a rate factor of 18 to 34)."""
MOVING_SHARE: Final = 99.8
"""Percentile over the picture: motion in a five-hundredth of it is motion (a flame, a mouth)."""
_LEAST_SIDE: Final = 16


def calculate_clip(
    result: Path, source: Path | None, names: tuple[str, ...], limits: Limits
) -> dict[str, float]:
    """See `measures.measure`; the names are known and the source is there when one of them needs it."""
    clip = _Clip(result, source, limits)
    return {name: float(_MEASURES[name](clip)) for name in names}


@dataclass(frozen=True, slots=True)
class _Watched:
    """`lumas`: the samples, H x W in [0, 1], longer side at most `SMALL_SIDE`. `first`: the first frame, longer side at
    most `STILL_SIDE`. `decoded`: share of the pictures that could be decoded."""

    lumas: list[F32]
    first: F32
    decoded: float


class _Clip:
    """The file as the measures need it; what is derived is computed once."""

    def __init__(self, path: Path, source: Path | None, limits: Limits) -> None:
        self.info: MediaInfo = inspect_clip(path, limits)
        self._path, self._source, self._limits = path, source, limits

    @property
    def width(self) -> int:
        return self.info.width or 1

    @property
    def height(self) -> int:
        return self.info.height or 1

    @cached_property
    def watched(self) -> _Watched:
        return _watch(self._path, self.info)

    @cached_property
    def still(self) -> F32:
        """The source's luma as it is seen over white."""
        assert self._source is not None
        picture = decode(self._source, self._limits)
        seen = picture.as_float()
        if picture.alpha is not None:
            top = np.float32(np.iinfo(picture.alpha.dtype).max)
            cover = (picture.alpha.astype(np.float32) / top)[:, :, None]
            seen = (seen * cover + (1 - cover)).astype(np.float32)
        return metrics.to_luma(seen)

    @cached_property
    def sound_level(self) -> float:
        return _sound_level(self._path, self.info) if self.info.has_audio else 0.0


# --- measures ---------------------------------------------------------------------------------------------------------


def _lines(clip: _Clip) -> float:
    """Models keep the number of pixels for other shapes, or the shorter side: either is the resolution asked for."""
    return max(min(clip.width, clip.height), math.sqrt(clip.width * clip.height * 9 / 16))


def _flat_share(clip: _Clip) -> float:
    return float(np.mean([luma.std(dtype=np.float64) < FLAT for luma in clip.watched.lumas]))


def _motion(clip: _Clip) -> float:
    lumas = np.stack(clip.watched.lumas)
    return _strongest(lumas.max(axis=0) - lumas.min(axis=0))


def _frozen_share(clip: _Clip) -> float:
    """Of the longest run of samples that are all like its first one: a slow change ends a run, standing still does
    not. A single picture stands still throughout."""
    lumas = clip.watched.lumas
    longest, begin = 0, 0
    for at, luma in enumerate(lumas):
        if _strongest(np.abs(luma - lumas[begin])) >= FROZEN:
            begin = at
        longest = max(longest, at - begin)
    return longest / (len(lumas) - 1) if len(lumas) > 1 else 1.0


def _first_frame(clip: _Clip) -> float:
    """The likeness of the best of the three ways in which a still is put into another frame."""
    first = clip.watched.first
    return max(metrics.ssim(shown, laid) for shown, laid in _laid_over(first, clip.still))


def _laid_over(frame: F32, still: F32) -> Iterator[tuple[F32, F32]]:
    """The frame and the still in one size: stretched, cut to the frame's shape, and whole between bars."""
    height, width = frame.shape
    yield frame, _fitted(still, width, height)
    scale = min(still.shape[1] / width, still.shape[0] / height)
    yield frame, _fitted(_middle(still, round(width * scale), round(height * scale)), width, height)
    scale = min(width / still.shape[1], height / still.shape[0])
    inner = _middle(frame, round(still.shape[1] * scale), round(still.shape[0] * scale))
    if min(inner.shape) >= _LEAST_SIDE:
        yield inner, _fitted(still, inner.shape[1], inner.shape[0])


def _middle(luma: F32, width: int, height: int) -> F32:
    height, width = max(1, min(height, luma.shape[0])), max(1, min(width, luma.shape[1]))
    top, left = (luma.shape[0] - height) // 2, (luma.shape[1] - width) // 2
    return luma[top : top + height, left : left + width]


def _fitted(luma: F32, width: int, height: int) -> F32:
    return np.clip(resize_plain(luma, width, height), 0, 1)


def _strongest(change: F32) -> float:
    return float(np.percentile(change, MOVING_SHARE))


_MEASURES: Final[dict[str, Callable[[_Clip], float]]] = {
    "clip_decoded": lambda clip: clip.watched.decoded,
    "clip_seconds": lambda clip: clip.info.seconds or 0.0,
    "clip_frame_rate": lambda clip: clip.info.frame_rate or 0.0,
    "clip_lines": _lines,
    "clip_aspect": lambda clip: clip.width / clip.height,
    "clip_flat_share": _flat_share,
    "clip_motion": _motion,
    "clip_frozen_share": _frozen_share,
    "clip_sound_tracks": lambda clip: float(clip.info.has_audio),
    "clip_sound_level": lambda clip: clip.sound_level,
    "clip_first_frame": _first_frame,
}
assert _MEASURES.keys() == CLIP_ALONE | CLIP_COMPARED


# --- reading the file -------------------------------------------------------------------------------------------------


def _watch(path: Path, info: MediaInfo) -> _Watched:
    every = max(1, info.frames // SAMPLES)
    small, large = (_shrunk(info, side) for side in (SMALL_SIDE, STILL_SIDE))
    lumas: list[F32] = []
    first: F32 | None = None
    decoded = 0
    with _opened(path, info) as container:
        for frame in _frames(container, container.streams.video[0]):
            if first is None:
                first = _luma(frame, large)
            if decoded % every == 0:
                lumas.append(_luma(frame, small))
            decoded += 1
    if first is None:  # `inspect_clip` could decode it by itself, here its damage counts
        return _Watched(
            [np.zeros((small[1], small[0]), np.float32)], np.zeros((large[1], large[0]), np.float32), 0.0
        )
    return _Watched(lumas, first, min(1.0, decoded / max(1, info.frames)))


def _opened(path: Path, info: MediaInfo) -> Any:
    import av

    # The format is given, so that no other reader (playlists that fetch addresses, for one) is tried.
    return av.open(str(path), format="matroska" if info.media_type == "video/webm" else "mov")


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Every picture or piece of sound that is whole; damaged ones are left out, and what follows them is read on."""
    from av.error import FFmpegError

    stream.thread_type = "AUTO"
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except FFmpegError:
            continue  # it is missing from the count
        yield from (frame for frame in frames if not frame.is_corrupt)


def _shrunk(info: MediaInfo, side: int) -> tuple[int, int]:
    """Width and height with the longer side at most `side`, and neither below what SSIM needs."""
    width, height = info.width or 1, info.height or 1
    scale = min(1.0, side / max(width, height))
    return max(_LEAST_SIDE, round(width * scale)), max(_LEAST_SIDE, round(height * scale))


def _luma(frame: Any, size: tuple[int, int]) -> F32:
    """Upright, H x W in [0, 1]; pixels that are not square come out as they are shown."""
    width, height = size
    turn = round((frame.rotation or 0) / 90) % 4
    if turn % 2:
        width, height = height, width
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    return metrics.to_luma(np.ascontiguousarray(np.rot90(small.to_ndarray(), turn)))


def _sound_level(path: Path, info: MediaInfo) -> float:
    """Root mean square over the whole track and all channels, full scale 1, without a constant offset."""
    import av

    count, total, squares = 0, 0.0, 0.0
    with _opened(path, info) as container:
        as_float = av.AudioResampler(format="fltp")
        for frame in _frames(container, container.streams.audio[0]):
            for piece in as_float.resample(frame):
                samples = piece.to_ndarray().astype(np.float64)
                count += samples.size
                total += float(samples.sum())
                squares += float(np.square(samples).sum())
    if not count:
        return 0.0
    return math.sqrt(max(0.0, squares / count - (total / count) ** 2))
