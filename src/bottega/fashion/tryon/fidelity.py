"""How much a result shows the very garment of the product picture: colours, distinctive details, palettes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.values import Bool
from bottega.imaging.arrays import picked, quantile, total
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]
PRINT_SIDE = 240
"""Prints are looked for at this size: stitches are lost at it."""
PRINT_TINT, PRINT_SHADE = 10.0, 15.0
"""From the cloth in a* and b*, and in L* from the cloth around it: folds are of one colour and change slowly."""
MOST_SAMPLES = 6000
DETAIL_SIDE = 480
_Estimate = tuple[F32 | None, U8]
"""OpenCV gives no transform where none was found; its stubs do not say so."""
RATIO = 0.75
"""Of nearest to second nearest descriptor: Lowe (2004), IJCV 60(2), sec. 7.1."""


@dataclass(frozen=True, slots=True)
class Details:
    """`distinctive`: details of the garment that are unlike each other; `inliers`: those found again under one
    homography; `anisotropy`: how unequally that stretches the garment, 1 is not at all, None with few inliers."""

    distinctive: int
    inliers: int
    anisotropy: float | None


def lab_samples(rgb: U8, where: Bool, seed: int = 0) -> F32:
    """At most `MOST_SAMPLES` pixels as CIE Lab, N x 3."""
    pixels = picked(rgb, where)
    if len(pixels) > MOST_SAMPLES:
        pixels = pixels[np.random.default_rng(seed).choice(len(pixels), MOST_SAMPLES, replace=False)]
    return rgb_to_lab(pixels.astype(np.float32) / np.float32(255))


def colour_distance(one: F32, other: F32) -> float:
    """Sum over L*, a* and b* of the Wasserstein-1 distances between two sets of colours (N x 3, M x 3)."""
    shares = (np.arange(256) + 0.5) / 256
    return float(
        sum(
            np.abs(quantile(one[:, axis], shares) - quantile(other[:, axis], shares)).mean()
            for axis in range(3)
        )
    )


def palette(samples: F32, count: int = 5) -> F32:
    """Main colours of samples (N x 3 Lab), at most `count` x 3, those under 3 % left out."""
    if len(samples) <= count:
        return samples
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    first = np.zeros((len(samples), 1), np.int32)
    _, labels, centres = cv2.kmeans(
        np.ascontiguousarray(samples, np.float32), count, first, criteria, 2, cv2.KMEANS_PP_CENTERS
    )
    shares = np.bincount(np.asarray(labels).ravel(), minlength=count) / len(samples)
    return np.asarray(centres, np.float32)[shares >= 0.03]


def palette_distance(lab: F32, colours: F32) -> F32:
    """Distance of each pixel (... x 3) to the nearest of `colours`; lightness counts half, because light changes it."""
    weights = np.array((0.5, 1.0, 1.0), np.float32)
    if not len(colours):
        return np.full(lab.shape[:-1], np.inf, np.float32)
    values, centres = (lab * weights).reshape(-1, 3), np.asarray(colours, np.float32) * weights
    # |a - b|^2 = |a|^2 - 2 ab + |b|^2, in one product for all colours.
    square = (centres**2).sum(axis=1)[:, None] - 2 * (centres @ values.T)
    best = square.min(axis=0) + total(values * values)
    return np.sqrt(np.maximum(best, 0)).reshape(lab.shape[:-1]).astype(np.float32)


def printed_share(rgb: U8, alpha: F32, box: tuple[float, float, float]) -> float:
    """Of the garment in `box` (left, top and right in pixels of the product picture: between the armpits and below the
    neckline, where no label and no inside of a cuff shows), the share that is of another colour than the cloth: a print, or
    the lesser colours of a pattern. 0 to 1."""
    factor = min(1.0, PRINT_SIDE / max(rgb.shape[:2]))
    size = (max(8, round(rgb.shape[1] * factor)), max(8, round(rgb.shape[0] * factor)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    lab = rgb_to_lab(small / np.float32(255))
    cover = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA))
    inside = np.asarray(cv2.erode((cover > 0.95).astype(np.uint8), np.ones((9, 9), np.uint8)), bool)
    left, top, right = (max(0, round(edge * factor)) for edge in box)
    inside[:top] = inside[:, :left] = inside[:, right:] = False
    if int(inside.sum()) < 50:
        return 0.0
    weight = inside.astype(np.float32)
    sigma = 0.06 * PRINT_SIDE
    near = np.maximum(np.asarray(cv2.GaussianBlur(weight, (0, 0), sigma)), 1e-6)
    light = np.asarray(cv2.GaussianBlur(lab[..., 0] * weight, (0, 0), sigma)) / near
    main = np.median(lab[inside], axis=0)
    tint = np.hypot(lab[..., 1] - main[1], lab[..., 2] - main[2])
    other = inside & ((tint > PRINT_TINT) | (np.abs(lab[..., 0] - light) > PRINT_SHADE))
    opened = cv2.morphologyEx(other.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return float(np.asarray(opened).sum()) / float(inside.sum())


def details(garment: U8, alpha: F32, result: U8, area: Bool) -> Details:
    """SIFT (Lowe 2004) details of the product picture found in `area` (H x W) of the result."""
    shown, has = _described(*_cut(garment, alpha > 0.9))
    found, seen = _described(*_cut(result, area))
    if len(shown) < 3:
        return Details(0, 0, None)
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    unlike = {
        pair[0].queryIdx
        for pair in matcher.knnMatch(has, has, k=3)
        if (len(pair) == 3 and pair[1].distance < RATIO * 1.2 * pair[2].distance) or pair[1].distance > 200
    }
    if len(found) < 3:
        return Details(len(unlike), 0, None)
    good = [
        pair[0]
        for pair in matcher.knnMatch(has, seen, k=2)
        if len(pair) == 2 and pair[0].distance < RATIO * pair[1].distance
    ]
    if len(good) < 4:
        return Details(len(unlike), 0, None)
    of = np.array([shown[match.queryIdx].pt for match in good], np.float32)
    to = np.array([found[match.trainIdx].pt for match in good], np.float32)
    cv2.setRNGSeed(7)
    transform, kept = cast("_Estimate", cv2.findHomography(of, to, cv2.RANSAC, 6.0))
    if transform is None:
        return Details(len(unlike), 0, None)
    inlying = np.asarray(kept).ravel() > 0
    stretched = _anisotropy(of[inlying], to[inlying]) if int(inlying.sum()) >= 10 else None
    return Details(len(unlike), int(inlying.sum()), stretched)


def _described(grey: U8, mask: U8) -> tuple[Sequence[cv2.KeyPoint], F32]:
    """SIFT's points and their descriptors (N x 128)."""
    # OpenCV's type stubs leave this constructor out.
    sift: cv2.Feature2D = getattr(cv2, "SIFT_create")(nfeatures=500, contrastThreshold=0.03)  # noqa: B009
    points, described = sift.detectAndCompute(grey, mask)
    if not len(points):
        return (), np.zeros((0, 128), np.float32)
    return points, np.asarray(described, np.float32)


def _cut(rgb: U8, where: Bool) -> tuple[U8, U8]:
    """Grey values around `where`, at most `DETAIL_SIDE` pixels a side, and the mask of it without its rim."""
    ys, xs = np.nonzero(where)
    if not len(ys):
        return np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)
    at = slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1)
    grey = np.asarray(cv2.cvtColor(rgb[at], cv2.COLOR_RGB2GRAY))
    mask = where[at].astype(np.uint8)
    factor = min(1.0, DETAIL_SIDE / max(grey.shape))
    size = (max(8, round(grey.shape[1] * factor)), max(8, round(grey.shape[0] * factor)))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    inner = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST))
    return small, np.asarray(cv2.erode(inner, np.ones((5, 5), np.uint8)), np.uint8)


def _anisotropy(of: F32, to: F32) -> float | None:
    transform, _ = cast("_Estimate", cv2.estimateAffine2D(of, to, method=cv2.LMEDS))
    if transform is None:
        return None
    values = np.linalg.svd(np.asarray(transform)[:, :2], compute_uv=False)
    return float(values[0] / max(values[1], 1e-6))
