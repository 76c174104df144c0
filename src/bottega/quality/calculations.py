"""The arithmetic of `measures`: decodes result and source once and computes what was asked for."""

import math
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging import metrics
from bottega.imaging.decode import decode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import F32, Picture
from bottega.imaging.resize import resize_plain

ROUNDING_NOISE = 1 / math.sqrt(12)
"""Standard deviation, in levels, of rounding to whole levels."""

PROPORTIONS = 0.02
"""Relative difference of the proportions up to which two pictures show the same frame."""

SMALL = 64
"""Side at which pictures of different sizes are compared as a whole."""

_FLAT = 1e-3


class _Pair:
    """Result and source as the measures need them; what is derived is computed once."""

    def __init__(self, result: Path, source: Path | None, limits: Limits) -> None:
        self.result = _seen(decode(result, limits))
        self._source = None if source is None else _seen(decode(source, limits))

    @property
    def source(self) -> NDArray[Any]:
        assert self._source is not None
        return self._source

    @cached_property
    def result_luma(self) -> F32:
        return metrics.to_luma(self.result)

    @cached_property
    def small(self) -> tuple[F32, F32]:
        """Result and source in colour at `SMALL` x `SMALL`, in [0, 1], whatever their sizes."""
        made, given = (
            _in_unit(resize_plain(picture, SMALL, SMALL)) for picture in (self.result, self.source)
        )
        return made, given

    @cached_property
    def fitted_luma(self) -> F32:
        """The source's luma at the result's size."""
        height, width = self.result.shape[:2]
        return np.clip(resize_plain(metrics.to_luma(self.source), width, height), 0, 1)


def calculate(result: Path, source: Path | None, names: tuple[str, ...], limits: Limits) -> dict[str, float]:
    """See `measures.measure`; the names are known and the source is there when one of them needs it."""
    pair = _Pair(result, source, limits)
    return {name: float(_MEASURES[name](pair)) for name in names}


def _sharpness_ratio(pair: _Pair) -> float:
    before = metrics.sharpness(pair.fitted_luma)
    if before == 0:
        raise InvalidOption("The source is flat: there is no sharpness to compare with.")
    return metrics.sharpness(pair.result_luma) / before


def _noise_ratio(pair: _Pair) -> float:
    after, before = metrics.noise(pair.result_luma), metrics.noise(pair.source)
    return math.hypot(after, ROUNDING_NOISE) / math.hypot(before, ROUNDING_NOISE)


def _ssim_to_source(pair: _Pair) -> float:
    (height, width), (before_height, before_width) = pair.result.shape[:2], pair.source.shape[:2]
    # One pixel of rounding on either side is no change of proportions, also in tiny pictures.
    difference = abs(width * before_height - height * before_width)
    slack = max(PROPORTIONS * width * before_height, before_width, before_height)
    if difference > slack:
        raise InvalidOption(
            f"The result ({width} x {height}) and the source ({before_width} x {before_height}) "
            "have different proportions and cannot be laid over each other."
        )
    return metrics.ssim(pair.result_luma, pair.fitted_luma)


def _size_ratio(pair: _Pair) -> float:
    (height, width), (before_height, before_width) = pair.result.shape[:2], pair.source.shape[:2]
    return math.sqrt(width * height / (before_width * before_height))


def _change(pair: _Pair) -> float:
    made, given = pair.small
    return float(np.abs(made - given).max())


def _likeness(pair: _Pair) -> float:
    made, given = (metrics.to_luma(picture) for picture in pair.small)
    made, given = made - made.mean(), given - given.mean()
    norms = float(np.linalg.norm(made)) * float(np.linalg.norm(given))
    return float((made * given).sum()) / norms if norms > _FLAT else 0.0


def _shape_ratio(pair: _Pair) -> float:
    (height, width), (before_height, before_width) = pair.result.shape[:2], pair.source.shape[:2]
    ratio = width * before_height / (height * before_width)
    return max(ratio, 1 / ratio)


_MEASURES: dict[str, Callable[[_Pair], float]] = {
    "sharpness": lambda pair: metrics.sharpness(pair.result_luma),
    "clipping": lambda pair: metrics.clipping(pair.result),
    "noise": lambda pair: metrics.noise(pair.result_luma),
    "contrast": lambda pair: metrics.contrast(pair.result_luma),
    "detail": lambda pair: metrics.detail(pair.result_luma),
    "sharpness_ratio": _sharpness_ratio,
    "noise_ratio": _noise_ratio,
    "clipping_added": lambda pair: metrics.clipping(pair.result) - metrics.clipping(pair.source),
    "ssim_to_source": _ssim_to_source,
    "size_ratio": _size_ratio,
    "change": _change,
    "likeness": _likeness,
    "shape_ratio": _shape_ratio,
}


def _in_unit(pixels: NDArray[Any]) -> F32:
    return np.clip(pixels.astype(np.float32) / np.float32(255 if pixels.dtype == np.uint8 else 1), 0, 1)


def _seen(picture: Picture) -> NDArray[Any]:
    """8-bit RGB as it is seen over white, or the 16-bit values as float32 in [0, 1]."""
    if picture.alpha is None and picture.rgb.dtype == np.uint8:
        return picture.rgb
    values = picture.as_float()
    if picture.alpha is not None:
        top = np.float32(np.iinfo(picture.alpha.dtype).max)
        share = (picture.alpha.astype(np.float32) / top)[:, :, None]
        values = values * share + (1 - share)
    return values
