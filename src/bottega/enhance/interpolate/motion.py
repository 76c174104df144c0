"""Optical flow and what it is for: moving pictures along it, judging it, the motion of a whole frame.

Flows are H x W x 2 float32, (dx, dy) in pixels of the picture: what is at p in the first is at p + flow(p) in the second.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import white
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8

Preset = Literal["fast", "medium", "full"]
Pixels = TypeVar("Pixels", U8, NDArray[np.uint16], F32)

LARGE = 600 * 1000
"""Pixels from which `fast` and `medium` look for motion at half size: 1280 x 720 has 921,600."""


@dataclass(frozen=True, slots=True)
class Search:
    """Settings of dense inverse search (Kroeger et al., ECCV 2016). `finest`: the octave that it stops at."""

    preset: int
    finest: int
    stride: int
    descents: int
    refinements: int
    halved: bool


SEARCHES: dict[str, Search] = {
    "fast": Search(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, 1, 3, 12, 3, True),
    "medium": Search(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, 0, 3, 25, 5, True),
    "full": Search(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, 0, 2, 25, 5, False),
}


def search_for(preset: str) -> Search:
    """Raises InvalidOption for a preset that there is not."""
    if preset not in SEARCHES:
        raise InvalidOption(f"There is no preset {preset!r}.", hint=f"Presets are {', '.join(SEARCHES)}.")
    return SEARCHES[preset]


def eight_bit(image: NDArray[Any]) -> U8:
    """H x W, or H x W x C, of any sample type (see `samples.Frame`) to H x W x C of 8 bits."""
    planes = np.ascontiguousarray(image if image.ndim == 3 else image[..., None])
    if planes.dtype == np.uint8:
        return planes
    scaled = planes.astype(np.float32) * np.float32(255 / white(planes.dtype))
    return np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)


def luma8(image: NDArray[Any]) -> U8:
    """H x W, or H x W x 1 to 4 (grey, grey + alpha, RGB, RGBA) of any sample type, to H x W luma (BT.601) of 8 bits."""
    planes = eight_bit(image)
    if planes.shape[2] < 3:
        return np.ascontiguousarray(planes[..., 0])
    code = cv2.COLOR_RGB2GRAY if planes.shape[2] == 3 else cv2.COLOR_RGBA2GRAY
    return cast("U8", cv2.cvtColor(planes, code))


def flow(a: NDArray[Any], b: NDArray[Any], preset: Preset = "medium", *, start: F32 | None = None) -> F32:
    """Motion from picture `a` to picture `b` of the same size (see `luma8` for what they may be).

    `start`: a flow to begin from. Raises InvalidOption for pictures of different sizes.
    """
    if a.shape[:2] != b.shape[:2]:
        raise InvalidOption("Motion is sought between pictures of the same size.")
    search = search_for(preset)
    height, width = a.shape[:2]
    first, second = flow_size(luma8(a), search), flow_size(luma8(b), search)
    begun = None if start is None else resized_flow(start, first.shape[:2])
    return resized_flow(dense_search(first, second, search, begun), (height, width))


def flow_size(luma: U8, search: Search) -> U8:
    """The luma at the size that motion is sought at."""
    if search.halved and luma.size >= LARGE:
        return cast("U8", cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return luma


SMALLEST = 32
"""Pixels; dense inverse search needs room for its patches on every octave."""


def dense_search(first: U8, second: U8, search: Search, start: F32 | None = None) -> F32:
    """Flow between two lumas, at their size; the same whatever the number of threads."""
    height, width = first.shape
    right, below = max(0, SMALLEST - width), max(0, SMALLEST - height)
    if right or below:
        first, second = (
            cast("U8", cv2.copyMakeBorder(each, 0, below, 0, right, cv2.BORDER_REFLECT))
            for each in (first, second)
        )
        start = None
    engine = cv2.DISOpticalFlow.create(search.preset)
    engine.setFinestScale(search.finest)
    engine.setPatchStride(search.stride)
    engine.setGradientDescentIterations(search.descents)
    engine.setVariationalRefinementIterations(search.refinements)
    calc = cast("Any", engine.calc)  # the stubs do not know that the start may be missing
    found: F32 = calc(first, second, None if start is None else start.copy())
    return np.ascontiguousarray(found[:height, :width])


def resized_flow(motion: F32, size: tuple[int, int]) -> F32:
    """To (height, width), the vectors scaled with it."""
    height, width = motion.shape[:2]
    if (height, width) == size:
        return motion
    grown = cast("F32", cv2.resize(motion, (size[1], size[0]), interpolation=cv2.INTER_LINEAR))
    return grown * np.array([size[1] / width, size[0] / height], np.float32)


def grid(height: int, width: int) -> F32:
    """H x W x 2: the place (x, y) of every pixel."""
    places = np.empty((height, width, 2), np.float32)
    places[..., 0] = np.arange(width, dtype=np.float32)
    places[..., 1] = np.arange(height, dtype=np.float32)[:, None]
    return places


def sample(image: Pixels, places: F32, method: int = cv2.INTER_LINEAR) -> Pixels:
    """`image` (any channels) at H x W x 2 places (x, y); beyond the border its last pixels go on."""
    remap: Any = cv2.remap  # the stubs do not know that a two-channel map stands alone
    return remap(image, places, None, method, borderMode=cv2.BORDER_REPLICATE)


def warp(image: Pixels, motion: F32, *, method: int = cv2.INTER_LINEAR) -> Pixels:
    """Backward warp: the result at p is `image` at p + motion(p). With the flow from `a` to `b` it makes `a` of `b`."""
    return sample(image, grid(*motion.shape[:2]) + motion, method)


def consistency(forward: F32, backward: F32) -> F32:
    """How well two opposite flows agree, H x W in [0, 1] on the first picture's grid; 0 where a thing is covered later.

    The test of Sundaram et al. (ECCV 2010), |f + b|² <= 0.01 (|f|² + |b|²) + 0.5, as a soft step around its bound;
    what leaves the frame is 0.
    """
    return seen(Vectors.of(forward), Vectors.of(backward))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Flow as two planes, H x W each: sums and products of whole planes are several times as quick as of every second
    sample."""

    x: F32
    y: F32

    @classmethod
    def of(cls, motion: F32) -> "Vectors":
        x, y = cv2.split(motion)
        return cls(cast("F32", x), cast("F32", y))

    def joined(self) -> F32:
        """H x W x 2."""
        return cast("F32", cv2.merge([self.x, self.y]))

    def places(self, factor: float = 1.0) -> "Vectors":
        """The places that pixels come to by `factor` of it."""
        height, width = self.x.shape
        x, y = self.x * np.float32(factor), self.y * np.float32(factor)
        x += np.arange(width, dtype=np.float32)
        y += np.arange(height, dtype=np.float32)[:, None]
        return Vectors(x, y)

    def squared(self) -> F32:
        """Squared lengths."""
        lengths = self.x * self.x
        lengths += self.y * self.y
        return lengths

    def sampled(self, image: F32) -> F32:
        """`image`, H x W, at these places, linearly; beyond the border its last pixels go on."""
        return cast(
            "F32", cv2.remap(image, self.x, self.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        )


def seen(forward: Vectors, backward: Vectors, there: Vectors | None = None) -> F32:
    """`consistency` of planes; `there`: the places that `forward` leads to, where they are known."""
    height, width = forward.x.shape
    there = there or forward.places()
    back = Vectors(there.sampled(backward.x), there.sampled(backward.y))
    bound = forward.squared()
    bound += back.squared()
    bound *= np.float32(0.01)
    bound += np.float32(0.5)
    apart = Vectors(np.add(forward.x, back.x, out=back.x), np.add(forward.y, back.y, out=back.y)).squared()
    apart /= bound
    apart *= apart
    apart += 1
    agree = np.reciprocal(apart, out=apart)
    x, y = there.x, there.y
    agree *= (x > -1) & (x < width) & (y > -1) & (y < height)
    return agree


def global_motion(motion: F32, weights: F32 | None = None, *, rounds: int = 5) -> NDArray[np.float64]:
    """The 2 x 3 affine matrix that most of a flow follows: p in the first picture moves to matrix @ (x, y, 1).

    Iteratively reweighted least squares with Geman-McClure weights; `weights` in [0, 1] as from `consistency`.
    """
    height, width = motion.shape[:2]
    step = max(1, round((height * width / 4000) ** 0.5))
    picked = np.s_[step // 2 :: step, step // 2 :: step] if step < min(height, width) else np.s_[:, :]
    vectors = motion[picked].reshape(-1, 2).astype(np.float64)
    places = grid(height, width)[picked].reshape(-1, 2).astype(np.float64)
    trust = np.ones(len(vectors)) if weights is None else weights[picked].ravel().astype(np.float64) + 1e-6
    # Centred and scaled, so that the normal equations are well conditioned.
    centre, scale = np.array([width / 2, height / 2]), 2 / max(height, width)
    design = np.column_stack([(places - centre) * scale, np.ones(len(places))])
    solution = np.zeros((3, 2))
    solution[2] = np.median(vectors, axis=0)
    for _ in range(rounds):
        apart: NDArray[np.float64] = ((design @ solution - vectors) ** 2).sum(axis=1)
        spread = 4 * float(np.median(apart)) + 0.01
        root = (np.sqrt(trust) * spread / (spread + apart))[:, None]
        solution = np.linalg.lstsq(design * root, vectors * root, rcond=None)[0]
    linear = solution[:2].T * scale
    shift = solution[2] - linear @ centre
    return np.hstack([np.eye(2) + linear, shift[:, None]])
