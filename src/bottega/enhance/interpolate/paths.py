"""Which way the things that are at a moment between two frames have come and go, and which frame shows them.

Works on luma at the size that motion was sought at; moving the frames themselves is left to `between`.
"""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.interpolate.motion import Vectors, global_motion, seen
from bottega.enhance.interpolate.project import splat
from bottega.imaging.picture import F32, U8

Bool = NDArray[np.bool_]

FAITH = 10.0
"""8 bit values of mismatch by which the weight of a splatted vector falls to 1 / e."""
LEAST = 0.02
"""Weight of vectors that fail the forward-backward test, relative to those that pass: they fill what nothing else does."""
PRIOR = 0.01
"""Weight of the coarser level where splatted vectors are filled in."""
AROUND = 1.0
"""Sigma in pixels of the window that candidates are compared in."""
STILL = (2.0, 1.0)
"""Standing still wins where its mismatch, times the first plus the second, is below that of moving."""


@dataclass(frozen=True, slots=True)
class Lumas:
    """Two lumas (float32, 0 to 255, the second as bright as the first) with the flows between them, and how good each
    flow is at each pixel."""

    a: F32
    b: F32
    forward: F32
    backward: F32
    weights: tuple[F32, F32]
    straight: F32
    """Mismatch of standing still."""
    still: Bool
    """Where nothing changes, not even grain."""
    whole: Vectors
    """The flow of the frame as a whole, towards b."""

    @classmethod
    def of(cls, first: U8, second: U8, forward: F32, backward: F32) -> "Lumas":
        a, b = first.astype(np.float32), second.astype(np.float32)
        b = _as_bright(b, a)
        ahead, back = Vectors.of(forward), Vectors.of(backward)
        there, here = ahead.places(), back.places()
        agree = seen(ahead, back, there), seen(back, ahead, here)
        matrix = global_motion(forward, agree[0]).astype(np.float32)
        apart = cv2.absdiff(a, there.sampled(b)), cv2.absdiff(b, here.sampled(a))
        changed = cv2.dilate(cv2.absdiff(first, second), np.ones((7, 7), np.uint8))
        return cls(
            a,
            b,
            forward,
            backward,
            (_weights(agree[0], cast("F32", apart[0])), _weights(agree[1], cast("F32", apart[1]))),
            _near(cv2.absdiff(a, b)),
            changed == 0,
            _followed(matrix, a.shape),
        )


def _weights(agree: F32, apart: F32) -> F32:
    """How good a flow is, by how it agrees with the opposite one and by the mismatch that it leaves."""
    off = cast("F32", cv2.blur(apart, (3, 3)))
    off *= np.float32(-1 / FAITH)
    weights = cast("F32", cv2.exp(off, off))
    agree += np.float32(LEAST)
    weights *= agree
    return weights


def _followed(matrix: F32, shape: tuple[int, ...]) -> Vectors:
    """The flow of pixels that all follow a 2 x 3 matrix."""
    x, y = np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32)[:, None]
    return Vectors(
        (matrix[0, 0] - 1) * x + matrix[0, 1] * y + matrix[0, 2],
        matrix[1, 0] * x + (matrix[1, 1] - 1) * y + matrix[1, 2],
    )


@dataclass(frozen=True, slots=True)
class Way:
    """At a moment t: `motion` from a to b of what is there; `share` H x W in [0, 1] of frame b in the mix;
    `trust` H x W in [0, 1]."""

    motion: Vectors
    share: F32
    trust: F32


def way_at(lumas: Lumas, t: float) -> Way:
    """The best of several candidates at each pixel: flow carried forwards, flow carried backwards, the motion of the
    whole frame, standing still; best is what makes both frames agree there (symmetric matching, as in block search)."""
    from_a = _parts(splat(lumas.forward, lumas.weights[0], t))
    from_b = _parts(splat(lumas.backward, lumas.weights[1], 1 - t))
    motion = _filled(from_a[:3])
    least = _mismatch(lumas, motion, t)
    back = _filled(from_b[:3])
    _take_better(lumas, Vectors(np.negative(back.x), np.negative(back.y)), t, motion, least)
    _take_better(lumas, lumas.whole, t, motion, least)
    straight = lumas.straight
    # A wide window: single pixels that agree by chance are no still thing.
    around = _wide(least)
    stands = _wide(straight) * STILL[0] + STILL[1] < around
    # Thin still things: the same in both frames, where moving them along with their ground fails.
    stands |= (straight < SAME) & (around > QUIET[0])
    motion = Vectors(_median(motion.x), _median(motion.y))
    for plane in (motion.x, motion.y):
        plane[stands | lumas.still] = 0
    least = np.where(stands, straight, least)
    near, far = np.minimum(from_a[3], 1), np.minimum(from_b[3], 1)
    towards_b = far * np.float32(t) + np.float32(1e-4)
    both = towards_b + near * np.float32(1 - t) + np.float32(1e-4)
    share = np.divide(towards_b, both, dtype=np.float32)
    return Way(motion, share, _trust(least, straight))


def _take_better(lumas: Lumas, candidate: Vectors, t: float, motion: Vectors, least: F32) -> None:
    cost = _mismatch(lumas, candidate, t)
    better = (cost < least).view(np.uint8)
    for taken, kept in ((candidate.x, motion.x), (candidate.y, motion.y), (cost, least)):
        cv2.copyTo(taken, better, kept)


def _parts(sums: F32) -> list[F32]:
    return [cast("F32", each) for each in cv2.split(sums)]


def _as_bright(luma: F32, wanted: F32) -> F32:
    """With the mean and the spread of the other, so that a fade does not count as mismatch."""
    gain = float(np.clip((wanted.std() + 1) / (luma.std() + 1), 0.5, 2))
    return (luma - luma.mean()) * np.float32(gain) + wanted.mean()


def _mismatch(lumas: Lumas, motion: Vectors, t: float) -> F32:
    height, width = lumas.a.shape
    in_a = motion.places(-t)
    in_b = Vectors(in_a.x + motion.x, in_a.y + motion.y)
    apart = cast("F32", cv2.absdiff(in_a.sampled(lumas.a), in_b.sampled(lumas.b)))
    # What one of the frames does not show can be compared with nothing.
    low, high = cv2.min(cv2.min(in_a.x, in_b.x), cv2.min(in_a.y, in_b.y)), cv2.max(in_a.x, in_b.x)
    beyond = (low < 0) | (high > width - 1) | (cv2.max(in_a.y, in_b.y) > height - 1)
    np.minimum(apart, np.float32(QUIET[0]), out=apart, where=beyond)
    return _near(apart)


def _near(cost: Any) -> F32:
    return cast("F32", cv2.GaussianBlur(cost, (0, 0), AROUND))


def _wide(cost: F32) -> F32:
    return cast("F32", cv2.blur(cost, (9, 9)))


def _median(plane: F32) -> F32:
    return cast("F32", cv2.medianBlur(plane, 5))


def _filled(sums: list[F32]) -> Vectors:
    """Mean vectors of the x, y and weight of a splat; where little or nothing fell, those of ever wider surroundings."""
    levels = [sums]
    while min(levels[-1][0].shape) > 2:
        height, width = levels[-1][0].shape
        half = ((width + 1) // 2, (height + 1) // 2)
        levels.append(
            [cast("F32", cv2.resize(each, half, interpolation=cv2.INTER_AREA)) for each in levels[-1]]
        )
    weight = levels[-1][2] + np.float32(1e-6)
    vectors = [np.divide(each, weight, dtype=np.float32) for each in levels[-1][:2]]
    for level in reversed(levels[:-1]):
        size = (level[2].shape[1], level[2].shape[0])
        weight = level[2] + np.float32(PRIOR)
        for index, each in enumerate(vectors):
            wider = cast("F32", cv2.resize(each, size, interpolation=cv2.INTER_LINEAR))
            wider *= np.float32(PRIOR)
            wider += level[index]
            vectors[index] = np.divide(wider, weight, out=wider)
    return Vectors(*vectors)


SAME = 1.5
"""8 bit values of mismatch in a small window, of things that stand still under grain."""
QUIET = (3.0, 6.0)
"""8 bit values of mismatch: trusted fully up to the first; beyond the second, only as far as moving explains more than
standing still does."""
EXPLAINED = (0.3, 0.7)
"""Mismatch after moving as a share of that of standing still: trusted fully below the first, not at all above the second."""
NEARBY = 15
"""Pixels of the side of the window that trust is judged in."""


def _trust(least: F32, straight: F32) -> F32:
    moved, still = (cast("F32", cv2.blur(each, (NEARBY, NEARBY))) for each in (least, straight))
    quiet = (QUIET[1] - moved) / np.float32(QUIET[1] - QUIET[0])
    low, high = EXPLAINED
    explained = (high * still - moved) / ((high - low) * still + np.float32(1e-3))
    trust = np.maximum(quiet, explained, out=quiet)
    return np.clip(trust, 0, 1, out=trust)
