"""The pictures of a camera move over a still: sampled between pixels without steps or shimmer, near over far.

Where the camera looks is `camera`'s; encoding is left to `camera_clip`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bottega.enhance.camera import MOVES, WITH_DEPTH, Move, Scene, View, closest, views
from bottega.enhance.samples import to_float
from bottega.enhance.upscale import resize_lanczos
from bottega.errors import InvalidOption
from bottega.imaging.background import subject_mask
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]

LOBES = 3
"""Of the Lanczos kernel that samples the still (Duchon 1979)."""
BLOCK = 64
"""Output rows or columns that are computed together: small matrices of mostly non-zero weights."""
MOST_DETAIL = 2.0
"""Pixels of the still for one of the clip, beyond which it is made smaller once instead of for every frame."""
LEAST_DETAIL = 0.8
"""Pixels of the still for one of the clip at the closest, below which it is enlarged first."""
MOST_ENLARGED = 4.0
SUBJECT_SHARES = (0.01, 0.7)
"""Of the picture, for which a mask is taken for a subject before a background."""
SOFT_EDGE = 0.002
"""Standard deviation of the feather of a subject's edge, as a share of the diagonal."""


@dataclass(frozen=True, slots=True)
class Layers:
    """`background`: 3 x H x W, float32 in [0, 1], whole, also behind the subject. `subject`: 4 x H x W, R'G'B' weighted
    with opacity and opacity, or None where everything is at one distance."""

    background: F32
    subject: F32 | None


@dataclass(frozen=True, slots=True)
class Shot:
    """A still made ready for a move: `size` (width, height) of the frames, `fps` pictures a second."""

    layers: Layers
    scene: Scene
    move: Move
    size: tuple[int, int]
    fps: float

    @property
    def count(self) -> int:
        return max(2, round(self.scene.seconds * self.fps))

    def frame(self, number: int) -> U8:
        """H x W x 3 of `size`, uint8 sRGB; the first is number 0."""
        far, near = views(self.scene, self.move, number / (self.count - 1))
        seen = sampled(self.layers.background, far, self.size)
        if self.layers.subject is not None:
            front = sampled(self.layers.subject, near, self.size)
            seen = seen * (1 - np.clip(front[3:], 0, 1)) + front[:3]
        return np.rint(np.clip(seen, 0, 1).transpose(1, 2, 0) * 255).astype(np.uint8)

    def frames(self) -> Iterator[U8]:
        return (self.frame(number) for number in range(self.count))


Enlarge = Callable[[U8, tuple[int, int]], U8]


def shot(
    rgb: U8,
    move: Move,
    size: tuple[int, int],
    *,
    seconds: float,
    fps: float,
    seed: int = 0,
    enlarge: Enlarge = resize_lanczos,
) -> Shot:
    """`rgb` (H x W x 3, uint8 sRGB) ready for `move`; `size`: (width, height) of the clip.

    `enlarge(rgb, (width, height))` makes stills larger that have too few pixels. Moves with depth find a subject and fill
    the background behind it; where there is no subject, everything is one plane (`layers.subject` is None). Raises
    InvalidOption for a move, a size, a length or a rate that is none.
    """
    if move not in MOVES:
        raise InvalidOption(f"There is no camera move {move!r}.", hint=f"There are: {', '.join(MOVES)}.")
    if min(size) < 16 or not 0 < seconds <= 600 or not 0 < fps <= 240:
        raise InvalidOption(
            "A clip has 16 pixels a side at least, up to 600 seconds and up to 240 pictures a second."
        )
    ratio = size[0] / size[1]
    scene = Scene(rgb.shape[1], rgb.shape[0], ratio, seconds, seed=seed)
    rgb = _fitting(rgb, size[0] / scene.whole.width, closest(scene, move), enlarge)
    mask = subject_mask(rgb) if move in WITH_DEPTH else None
    layers, focus = layered(rgb, mask)
    scene = Scene(rgb.shape[1], rgb.shape[0], ratio, seconds, focus, seed)
    return Shot(layers, scene, move, size, fps)


def layered(rgb: U8, mask: F32 | None) -> tuple[Layers, tuple[float, float] | None]:
    """The planes of a still (H x W x 3, uint8) and the middle of its subject (x, y); `mask` H x W in [0, 1]: 1 on the
    subject."""
    colours = np.ascontiguousarray(to_float(rgb).transpose(2, 0, 1))
    share = 0.0 if mask is None else float(mask.mean())
    if mask is None or not SUBJECT_SHARES[0] <= share <= SUBJECT_SHARES[1]:
        return Layers(colours, None), None
    import cv2

    height, width = mask.shape
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.7, SOFT_EDGE * math.hypot(width, height))))
    # What is behind begins well outside of the edge, so that nothing of the subject stays there.
    reach = 2 * max(2, round(3 * SOFT_EDGE * math.hypot(width, height))) + 1
    hidden = np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8))) > 0.01
    background = np.where(hidden, filled(colours, ~hidden), colours).astype(np.float32)
    subject = np.concatenate([colours * soft, soft[None]]).astype(np.float32)
    weights = mask / mask.sum()
    across = cast("F64", np.arange(width) + 0.5)
    down = cast("F64", np.arange(height) + 0.5)
    return Layers(background, subject), (float(weights.sum(0) @ across), float(weights.sum(1) @ down))


def filled(planes: F32, known: NDArray[np.bool_]) -> F32:
    """C x H x W with the unknown pixels made of ever wider surroundings of the known ones (pull and push: Gortler et al.,
    "The Lumigraph", SIGGRAPH 1996)."""
    import cv2

    weight = known.astype(np.float32)
    levels = [np.dstack([*(planes * weight), weight])]
    while min(levels[-1].shape[:2]) > 2:
        rows, columns = levels[-1].shape[:2]
        half = ((columns + 1) // 2, (rows + 1) // 2)
        levels.append(np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), np.float32))
    made = levels[-1][..., :-1] / (levels[-1][..., -1:] + np.float32(1e-6))
    for level in reversed(levels[:-1]):
        rows, columns = level.shape[:2]
        wide = np.asarray(cv2.resize(made, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
        cover = np.clip(level[..., -1:], 0, 1)
        made = level[..., :-1] + (1 - cover) * wide.reshape(rows, columns, -1)
    return np.ascontiguousarray(made.transpose(2, 0, 1)).astype(np.float32)


def sampled(planes: F32, view: View, size: tuple[int, int]) -> F32:
    """What `view` shows of C x H x W, as C x size[1] x size[0]: Lanczos-3 at exact places, widened where pixels become
    fewer, the border repeated. OpenCV's own warps round places to a thirty-second of a pixel, which slow moves show."""
    _, height, width = planes.shape
    down, rows = _weights(view.top, view.height, size[1], height)
    part = np.concatenate(
        [weights @ planes[:, first:last] for (first, last), weights in zip(rows, down, strict=True)], axis=1
    )
    across, columns = _weights(view.left, view.width, size[0], width)
    pieces = [part[:, :, first:last] @ w.T for (first, last), w in zip(columns, across, strict=True)]
    return np.concatenate(pieces, axis=2).astype(np.float32, copy=False)


def _weights(start: float, length: float, count: int, source: int) -> tuple[list[F32], list[tuple[int, int]]]:
    """For each block of `count` output pixels over [start, start + length): its weights (outputs x inputs, rows that add
    up to 1) and the source pixels [first, last) that they are for."""
    step = length / count
    stretch = max(1.0, step)
    matrices: list[F32] = []
    spans: list[tuple[int, int]] = []
    for begin in range(0, count, BLOCK):
        centres = start + (np.arange(begin, min(count, begin + BLOCK)) + 0.5) * step - 0.5
        low = math.floor(centres[0] - LOBES * stretch)
        high = math.ceil(centres[-1] + LOBES * stretch) + 1
        x = cast("F64", (np.arange(low, high)[None] - centres[:, None]) / stretch)
        weights = np.where(np.abs(x) < LOBES, np.sinc(x) * np.sinc(x / LOBES), 0.0)
        weights /= weights.sum(axis=1, keepdims=True)
        first, last = min(max(low, 0), source - 1), max(min(high, source), 1)
        folded = weights[:, first - low : last - low].copy()
        folded[:, 0] += weights[:, : first - low].sum(axis=1)
        folded[:, -1] += weights[:, last - low :].sum(axis=1)
        matrices.append(folded.astype(np.float32))
        spans.append((first, last))
    return matrices, spans


def _fitting(rgb: U8, needed: float, zoom: float, enlarge: Enlarge) -> U8:
    """The still in the size that suits the clip. `needed`: pixels of the clip for one of the still, seen whole."""
    height, width = rgb.shape[:2]
    if needed < 1 / MOST_DETAIL:
        scale = needed * MOST_DETAIL
        return resize_lanczos(rgb, (max(1, round(width * scale)), max(1, round(height * scale))))
    if needed * zoom > 1 / LEAST_DETAIL:
        scale = min(MOST_ENLARGED, needed * zoom)
        return enlarge(rgb, (round(width * scale), round(height * scale)))
    return rgb
