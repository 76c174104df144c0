"""What enlarges a window of a picture: our own networks, or the classical way. Tiling is left to `stages`."""

from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np

from bottega.enhance.superres import colour_guide
from bottega.enhance.superres.colour_guide import coloured, luma_601
from bottega.enhance.superres.luma_net import LumaNet
from bottega.enhance.superres.resample import PHASE_REACH, SHARPENING_REACH, enlarge_phases, sharpened
from bottega.enhance.upscale import HALO, upscale_backprojection
from bottega.errors import ComputeError
from bottega.imaging.picture import F32


class WindowEngine(Protocol):
    """`halo`: pixels of context on each side of a window. `blend`: pixels over which neighbouring tiles are mixed,
    0 for what is exact. `tile`: the side of a tile's middle that suits it. `divisible`: whether smaller ones do too.
    `concurrent`: whether several windows may be computed at a time, which takes their memory as often."""

    name: str
    factor: int
    halo: int
    blend: int
    tile: int
    divisible: bool
    concurrent: bool

    def __call__(self, window: F32) -> F32:
        """Premultiplied planes C x (h + 2 halo) x (w + 2 halo) to C x factor * h x factor * w."""
        ...


class ColourEngine(ABC):
    """An engine that makes the large luma or the large colours; alpha and what is missing follow from those."""

    name: str
    factor: int
    halo: int
    blend: int
    tile: int
    divisible: bool = True
    concurrent: bool = False

    @abstractmethod
    def grey(self, plane: F32) -> F32:
        """(h + 2 halo) x (w + 2 halo) to factor * h x factor * w."""

    def colours(self, planes: F32, large: F32) -> None:
        """3 x (h + 2 halo) x (w + 2 halo) into 3 x factor * h x factor * w: the colours follow the luma."""
        luma = luma_601(planes)
        margin = self.halo - colour_guide.REACH
        coloured(cropped(planes, margin), self.grey(luma), self.factor, large, luma=cropped(luma, margin))

    def __call__(self, window: F32) -> F32:
        height, width = (self.factor * (side - 2 * self.halo) for side in window.shape[1:])
        large = np.empty((len(window), height, width), dtype=np.float32)
        self.into(window, large)
        return large

    def into(self, window: F32, large: F32) -> None:
        """As a call, into `large`, which may be a part of something larger."""
        if len(window) == 1:
            large[0] = self.grey(window[0])
            return
        self.colours(window[:3], large[:3])
        if len(window) == 4:
            large[3] = self._opacity(window[3])

    def _opacity(self, alpha: F32) -> F32:
        """Within the range of the neighbouring pixels: what is opaque stays opaque, what is empty stays empty."""
        low, high = neighbourhood(cropped(alpha, self.halo - 1))
        return np.clip(self.grey(alpha), _repeated(low, self.factor), _repeated(high, self.factor))


class Networks(ColourEngine):
    """A shipped luma network."""

    blend = 0
    tile = 128
    concurrent = True

    def __init__(self, net: LumaNet, *, ensemble: bool) -> None:
        self.net, self.ensemble = net, ensemble
        self.factor = net.factor
        self.halo = max(net.radius, colour_guide.REACH)
        kind = "small network" if net.small else "network"
        self.name = f"{kind} x{net.factor}" + (", eight-fold" if ensemble else "")

    def grey(self, plane: F32) -> F32:
        return self.net(cropped(plane, self.halo - self.net.radius), ensemble=self.ensemble)


class Sharpened(ColourEngine):
    """Bicubic enlargement with two steps of back-projection: a sixth of the cost of `Classical`, and exact in tiles."""

    STEPS = 2
    blend = 0
    tile = 128
    halo = PHASE_REACH + STEPS * SHARPENING_REACH
    concurrent = True
    name = "classical, quick"

    def __init__(self, factor: int) -> None:
        self.factor = factor

    def grey(self, plane: F32) -> F32:
        return enlarge_phases(sharpened(plane[None], self.factor, steps=self.STEPS), self.factor)[0]

    def colours(self, planes: F32, large: F32) -> None:
        enlarge_phases(sharpened(planes, self.factor, steps=self.STEPS), self.factor, large)


class Classical:
    """Lanczos-3 with iterative back-projection, `upscale_backprojection`."""

    blend = 0
    tile = 192
    halo = 2 * HALO
    divisible = True
    concurrent = True
    name = "classical"

    def __init__(self, factor: int) -> None:
        self.factor = factor

    def __call__(self, window: F32) -> F32:
        # Colour and alpha apart: together they would be premultiplied once more.
        parts = [window] if len(window) != 4 else [window[:3], window[3:]]
        large = [
            upscale_backprojection(np.ascontiguousarray(part.transpose(1, 2, 0)), float(self.factor))
            for part in parts
        ]
        return cropped(np.concatenate(large, axis=2).transpose(2, 0, 1), self.halo * self.factor)


def neighbourhood(plane: F32) -> tuple[F32, F32]:
    """The least and the greatest among each pixel and its eight neighbours; one pixel per side is used up."""
    height, width = plane.shape[0] - 2, plane.shape[1] - 2
    views = [plane[row : row + height, column : column + width] for row in range(3) for column in range(3)]
    return np.minimum.reduce(views), np.maximum.reduce(views)


def checked_finite(planes: F32, name: str) -> F32:
    """Raises ComputeError for values that are no numbers."""
    # One sum tells it at once, unless it grew too large itself.
    if not np.isfinite(planes.sum()) and not np.isfinite(planes).all():
        raise ComputeError(f"{name} made values that are no numbers.", hint="Another engine is tried.")
    return planes


def _repeated(plane: F32, factor: int) -> F32:
    return plane.repeat(factor, axis=0).repeat(factor, axis=1)


def cropped(planes: F32, margin: int) -> F32:
    """Without `margin` pixels on each side."""
    return planes[..., margin:-margin, margin:-margin] if margin else planes
