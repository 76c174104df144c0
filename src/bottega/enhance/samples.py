"""Between the integers that pictures are stored in and the float32 that enhancement computes in."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

Scalar = TypeVar("Scalar", np.uint8, np.uint16, np.float32)
"""How a sample is stored: full-range integers, or float32 in [0, 1]."""


def white(dtype: np.dtype[Any]) -> float:
    """The value of white in this data type."""
    return float(np.iinfo(dtype).max) if np.issubdtype(dtype, np.integer) else 1.0


def to_float(samples: NDArray[Scalar]) -> F32:
    """A copy in float32 with white at 1; any shape."""
    return samples.astype(np.float32) * np.float32(1 / white(samples.dtype))


def stored_like(values: NDArray[Any], example: NDArray[Scalar]) -> NDArray[Scalar]:
    """`values` (white at 1) clipped to [0, 1], in the data type of `example`, rounded to the nearest."""
    scaled = np.clip(values, 0, 1) * np.float32(white(example.dtype))
    return (np.rint(scaled) if np.issubdtype(example.dtype, np.integer) else scaled).astype(example.dtype)
