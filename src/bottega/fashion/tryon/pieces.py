"""The pieces of cloth of a try-on: which points of a product picture come to which points of a photograph."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.ribbon import Ribbon
from bottega.fashion.tryon.values import Bool
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
MOST_STRETCH = 1.25
"""Cloth is pulled sideways to cover the body at most this much; more changes a print visibly."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One piece of cloth: `source` points of the product picture come to `target` points of the photograph (both N x 2).
    `area`: H x W of the product picture, True where it belongs to this piece. `zone`: the same for the part whose
    proportions must hold."""

    name: str
    source: F64
    target: F64
    area: Bool
    outline: F64
    """Target points around the piece, in order (N x 2)."""
    zone: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom in pixels of the product picture of the part that bears a print."""
    ribbon: Ribbon | None = None
    """Given for a sleeve: it is brought by its edges instead of by a spline through the points."""
    slack: F64 | None = None
    """Factors (N) on the spline's stiffness: points shared with another piece have little."""
    hanging: tuple[float, float, float] | None = None
    """Rows of the photograph between which its sides hang, and a column between them."""
    untouched: "tuple[Untouched, Untouched] | None" = None
    """Up to where it is shown as it is on its left and on its right."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """Up to which `columns` of the product picture, at these `rows` (n each), a side of the torso looks as it does without a
    sleeve beside it, and by which `shares` (n, 0 to 1) what lies beyond is shown mirrored."""

    rows: F64
    columns: F64
    shares: F64


@dataclass(frozen=True, slots=True)
class AtNeck:
    """A hood or a stand-up collar as it is worn. `rgb`: H x W x 3 in [0, 1]; `cover`: H x W in [0, 1], where it is seen."""

    rgb: F32
    cover: F32

    def over(self, picture: F32) -> F32:
        """`picture` (H x W x 3 in [0, 1]) with it."""
        cover = self.cover[..., None]
        return (picture * (1 - cover) + self.rgb * cover).astype(np.float32)

    def behind(self, rgb: F32, cover: F32) -> tuple[F32, F32]:
        """Colours (H x W x 3 in [0, 1]) and cover (H x W in [0, 1]) of cloth with it behind, as one piece."""
        both = cover + self.cover * (1 - cover)
        share = (cover / np.maximum(both, 1e-6))[..., None]
        joined = np.where(both[..., None] > 0, rgb * share + self.rgb * (1 - share), rgb)
        return joined.astype(np.float32), both.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Placement:
    """`scale`: pixels of the photograph per pixel of the product picture. `hem_drop` below the shoulders and
    `tuck_drop` (None: worn over) in pixels. `sleeve_shares`: share of each arm covered, left and right."""

    patches: tuple[Patch, ...]
    scale: float
    hem_drop: float
    tuck_drop: float | None
    sleeve_shares: tuple[float, float]
    collar_front: F64
    outline: F64 = field(repr=False)
    """The torso's target outline (N x 2)."""
