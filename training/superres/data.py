"""Training pictures as pairs of small and large luma, and patches drawn where there is detail."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bottega.enhance.superres.resample import imresize, imresize_u8

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

JITTER = (1.0, 0.75, 0.55)
"""Each picture is also used at these sizes: smaller versions are sharper and hold other textures."""
HELD_OUT = (
    "kodak_04",
    "kodak_13",
    "kodak_19",
    "budgie_canyon-wren",
    "budgie_casa-mila",
)
"""Never trained on: a face, foliage and water, a fence and a lighthouse, a bird, a facade."""
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601, full range."""
CELL = 16
"""Side, in small pixels, of the squares whose detail is measured."""


def luma(rgb: U8) -> F32:
    """H x W x 3 to H x W in [0, 1]."""
    return (rgb.astype(np.float32) @ LUMA) / np.float32(255)


@dataclass(frozen=True)
class Pair:
    """`small`: h x w luma with `margin` mirrored pixels on each side; `large`: s*h x s*w; `detail`: per cell of `small`."""

    name: str
    small: F32
    large: F32
    detail: NDArray[np.float64]
    margin: int


def load(folder: Path) -> dict[str, U8]:
    """Every picture of a folder as RGB, by the name of its file without the ending."""
    files = sorted(file for file in folder.iterdir() if file.suffix in {".webp", ".jpg", ".png"})
    return {file.stem: np.asarray(Image.open(file).convert("RGB")) for file in files}


def pair_of(name: str, rgb: U8, scale: int, margin: int) -> Pair:
    """The picture cut to a multiple of `scale`, and made smaller as the literature's test sets are (8 bits, bicubic)."""
    height, width = rgb.shape[0] // scale * scale, rgb.shape[1] // scale * scale
    rgb = rgb[:height, :width]
    small, large = luma(imresize_u8(rgb, (width // scale, height // scale))), luma(rgb)
    error = np.abs(imresize(small, (width, height)) - large)
    rows, columns = small.shape[0] // CELL, small.shape[1] // CELL
    side = CELL * scale
    cells = error[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return Pair(name, np.pad(small, margin, mode="symmetric"), large, cells.mean(axis=(1, 3)), margin)


def training_pairs(pictures: dict[str, U8], scale: int, margin: int) -> list[Pair]:
    found: list[Pair] = []
    for name, rgb in pictures.items():
        if name in HELD_OUT:
            continue
        for factor in JITTER:
            size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
            found.append(pair_of(name, rgb if factor == 1 else imresize_u8(rgb, size), scale, margin))
    return found


def held_out_pairs(pictures: dict[str, U8], scale: int, margin: int) -> list[Pair]:
    return [pair_of(name, pictures[name], scale, margin) for name in HELD_OUT]


class Patches:
    """Endless batches. A patch is centred on a cell with a probability that grows with the cell's detail."""

    def __init__(self, pairs: list[Pair], scale: int, side: int, seed: int) -> None:
        self.pairs, self.scale, self.side = pairs, scale, side
        self.rng = np.random.default_rng(seed)
        weights = [pair.detail.ravel() + 0.002 for pair in pairs]
        self.first = np.cumsum([0, *(len(part) for part in weights)])
        joined = np.concatenate(weights)
        self.cumulated = np.cumsum(joined) / joined.sum()

    def batch(self, count: int) -> tuple[F32, F32]:
        """Small patches with context, `count` x 1 x (side + 2 margin)^2, and large ones, `count` x 1 x (s * side)^2."""
        pairs = [self._patch() for _ in range(count)]
        return np.stack([small for small, _ in pairs])[:, None], np.stack([large for _, large in pairs])[
            :, None
        ]

    def _patch(self) -> tuple[F32, F32]:
        drawn = min(int(np.searchsorted(self.cumulated, self.rng.random())), len(self.cumulated) - 1)
        which = int(np.searchsorted(self.first, drawn, side="right")) - 1
        pair, cell = self.pairs[which], drawn - self.first[which]
        row, column = divmod(int(cell), pair.detail.shape[1])
        height, width = pair.large.shape[0] // self.scale, pair.large.shape[1] // self.scale
        top = self._start(row, height)
        left = self._start(column, width)
        context = self.side + 2 * pair.margin
        small = pair.small[top : top + context, left : left + context]
        s = self.scale
        large = pair.large[top * s : (top + self.side) * s, left * s : (left + self.side) * s]
        turns, flip = int(self.rng.integers(4)), bool(self.rng.integers(2))
        small, large = np.rot90(small, turns), np.rot90(large, turns)
        return (small[:, ::-1], large[:, ::-1]) if flip else (small, large)

    def _start(self, cell: int, length: int) -> int:
        middle = cell * CELL + int(self.rng.integers(CELL))
        return int(np.clip(middle - self.side // 2, 0, length - self.side))
