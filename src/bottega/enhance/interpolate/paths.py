"""Which way the things that are at a moment between two frames have come and go, and which frame shows them.

Works on luma at the size that motion was sought at; moving the frames themselves is left to `between`.
"""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np

from bottega.enhance.interpolate.motion import consistency, global_motion, grid, sample
from bottega.enhance.interpolate.project import splat
from bottega.imaging.picture import F32, U8

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
    places: F32
    forward: F32
    backward: F32
    weights: tuple[F32, F32]
    still: F32
    """1 where nothing changes, not even grain, else 0."""
    whole: F32
    """The flow of the frame as a whole, towards b."""

    @classmethod
    def of(cls, first: U8, second: U8, forward: F32, backward: F32) -> "Lumas":
        a, b = first.astype(np.float32), second.astype(np.float32)
        b = _as_bright(b, a)
        places = grid(*a.shape)
        seen = consistency(forward, backward), consistency(backward, forward)
        apart = (
            np.abs(a - sample(b, places + forward)),
            np.abs(b - sample(a, places + backward)),
        )
        weights = tuple(
            (LEAST + each) * np.exp(cv2.blur(off, (3, 3)) * np.float32(-1 / FAITH))
            for each, off in zip(seen, apart, strict=True)
        )
        changed = cv2.dilate(cv2.absdiff(first, second), np.ones((7, 7), np.uint8))
        matrix = global_motion(forward, seen[0]).astype(np.float32)
        whole = places @ matrix[:, :2].T + matrix[:, 2] - places
        return cls(
            a,
            b,
            places,
            forward,
            backward,
            cast("tuple[F32, F32]", weights),
            (changed == 0).astype(np.float32),
            whole,
        )


@dataclass(frozen=True, slots=True)
class Way:
    """At a moment t: `motion` H x W x 2 from a to b of what is there; `share` H x W in [0, 1] of frame b in the mix;
    `trust` H x W in [0, 1]."""

    motion: F32
    share: F32
    trust: F32


def way_at(lumas: Lumas, t: float) -> Way:
    """The best of several candidates at each pixel: flow carried forwards, flow carried backwards, the motion of the
    whole frame, standing still; best is what makes both frames agree there (symmetric matching, as in block search)."""
    from_a = splat(lumas.forward, lumas.weights[0], t)
    from_b = splat(lumas.backward, lumas.weights[1], 1 - t)
    candidates = [_filled(from_a), -_filled(from_b), lumas.whole]
    motion, least = candidates[0].copy(), _mismatch(lumas, candidates[0], t)
    for candidate in candidates[1:]:
        _take_better(lumas, candidate, t, motion, least)
    straight = _near(cv2.absdiff(lumas.a, lumas.b))
    # A wide window: single pixels that agree by chance are no still thing.
    around = _wide(least)
    stands = _wide(straight) * STILL[0] + STILL[1] < around
    # Thin still things: the same in both frames, where moving them along with their ground fails.
    stands |= (straight < SAME) & (around > QUIET[0])
    motion = _median(motion)
    motion[stands | (lumas.still > 0)] = 0
    least = np.where(stands, straight, least)
    near, far = np.minimum(from_a[..., 3], 1), np.minimum(from_b[..., 3], 1)
    towards_b = far * np.float32(t) + np.float32(1e-4)
    share = towards_b / (towards_b + near * np.float32(1 - t) + np.float32(1e-4))
    return Way(motion, share.astype(np.float32), _trust(least, straight))


def _take_better(lumas: Lumas, candidate: F32, t: float, motion: F32, least: F32) -> None:
    cost = _mismatch(lumas, candidate, t)
    better = cost < least
    cv2.copyTo(candidate, better.view(np.uint8), motion)
    cv2.copyTo(cost, better.view(np.uint8), least)


def _as_bright(luma: F32, wanted: F32) -> F32:
    """With the mean and the spread of the other, so that a fade does not count as mismatch."""
    gain = float(np.clip((wanted.std() + 1) / (luma.std() + 1), 0.5, 2))
    return (luma - luma.mean()) * np.float32(gain) + wanted.mean()


def _mismatch(lumas: Lumas, motion: F32, t: float) -> F32:
    height, width = lumas.a.shape
    in_a = (lumas.places - motion * np.float32(t)).astype(np.float32, copy=False)
    in_b = (lumas.places + motion * np.float32(1 - t)).astype(np.float32, copy=False)
    apart = cast("F32", cv2.absdiff(sample(lumas.a, in_a), sample(lumas.b, in_b)))
    # What one of the frames does not show can be compared with nothing.
    low = cv2.inRange(cv2.min(in_a, in_b), (0, 0), (width, height))
    high = cv2.inRange(cv2.max(in_a, in_b), (0, 0), (width - 1, height - 1))
    beyond = cv2.bitwise_not(cv2.bitwise_and(low, high))
    cv2.copyTo(np.minimum(apart, np.float32(QUIET[0])), beyond, apart)
    return _near(apart)


def _near(cost: Any) -> F32:
    return cast("F32", cv2.GaussianBlur(cost, (0, 0), AROUND))


def _wide(cost: F32) -> F32:
    return cast("F32", cv2.blur(cost, (9, 9)))


def _median(motion: F32) -> F32:
    return cast("F32", cv2.merge([cv2.medianBlur(each, 5) for each in cv2.split(motion)]))


def _filled(sums: F32) -> F32:
    """Mean vectors of a splat, H x W x 2; where little or nothing fell, those of ever wider surroundings."""
    levels = [np.ascontiguousarray(sums[..., :3])]
    while min(levels[-1].shape[:2]) > 2:
        height, width = levels[-1].shape[:2]
        half = ((width + 1) // 2, (height + 1) // 2)
        levels.append(cast("F32", cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA)))
    vectors: Any = levels[-1][..., :2] / (levels[-1][..., 2:] + np.float32(1e-6))
    for level in reversed(levels[:-1]):
        size = (level.shape[1], level.shape[0])
        wider = cast("F32", cv2.resize(vectors, size, interpolation=cv2.INTER_LINEAR))
        vectors = (level[..., :2] + np.float32(PRIOR) * wider) / (level[..., 2:] + np.float32(PRIOR))
    return cast("F32", vectors)


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
    quiet = np.clip((QUIET[1] - moved) / (QUIET[1] - QUIET[0]), 0, 1)
    low, high = EXPLAINED
    explained = np.clip((high * still - moved) / ((high - low) * still + np.float32(1e-3)), 0, 1)
    return np.maximum(quiet, explained).astype(np.float32)
