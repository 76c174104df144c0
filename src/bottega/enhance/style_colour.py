"""The colours of another picture: the linear optimal transport between two colour distributions in Lab.

Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer"
(2007): of all linear maps that carry one mean and covariance to the other, the one that moves colours least.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.style_flow import plain
from bottega.imaging.adjust import BAND_PIXELS, into_gamut
from bottega.imaging.colour import lab_to_rgb, linear_to_srgb, rgb_to_lab, srgb_to_linear
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]

SAMPLE_SIDE = 384
"""Longer side at which the distributions are measured."""
GAIN_LIMITS = (0.35, 2.2)
"""Eigenvalues of the map are kept inside: above, the grain and blocks of a file show; below, a picture is flat."""
COVARIANCE_FLOOR = 4.0
"""Added to the variances, in Lab units squared: a picture of one colour has no directions to stretch."""

BEND = 8.0
"""Units of L* at either end over which tones beyond black and white are bent in."""


def colour_transfer(rgb: U8, reference: U8) -> U8:
    """`rgb` (H x W x 3) with the colour distribution of `reference` (any size)."""
    source, target = _sample(rgb), _sample(reference)
    matrix = transport_matrix(_covariance(source), _covariance(target)).astype(np.float32)
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    reached = ((source - source_mean) @ matrix.T + target_mean)[:, 0]
    lowest, highest = float(reached.min()), float(reached.max())
    result = np.empty_like(rgb)
    rows = max(1, BAND_PIXELS // rgb.shape[1])
    for start in range(0, rgb.shape[0], rows):
        lab = rgb_to_lab(rgb[start : start + rows].astype(np.float32) / np.float32(255))
        moved = (lab - source_mean) @ matrix.T + target_mean
        moved[..., 0] = _fitted(moved[..., 0], lowest, highest)
        colours = linear_to_srgb(into_gamut(srgb_to_linear(lab_to_rgb(moved.astype(np.float32)))))
        result[start : start + rows] = np.rint(colours * 255).astype(np.uint8)
    return result


def transport_matrix(source: F64, target: F64) -> F64:
    """The Monge-Kantorovich map A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 between covariances A and B (3 x 3, positive),
    its eigenvalues kept within `GAIN_LIMITS`."""
    root = _power(source, 0.5)
    inverse = _power(source, -0.5)
    matrix = inverse @ _power(root @ target @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    limited: Any = (vectors * np.clip(values, *GAIN_LIMITS)) @ vectors.T
    return limited


def _power(matrix: F64, exponent: float) -> F64:
    """A power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    power: Any = (vectors * np.maximum(values, 1e-9) ** exponent) @ vectors.T
    return power


def _sample(rgb: U8) -> F32:
    height, width = rgb.shape[:2]
    scale = min(1.0, SAMPLE_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = plain(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    return rgb_to_lab(small.astype(np.float32) / np.float32(255)).reshape(-1, 3)


def _covariance(lab: F32) -> F64:
    spread: Any = np.cov(lab.astype(np.float64).T) if len(lab) > 1 else np.zeros((3, 3))
    return spread + COVARIANCE_FLOOR * np.eye(3)


def _fitted(lightness: F32, lowest: float, highest: float) -> F32:
    """L* from [`lowest`, `highest`] into [0, 100]: what reaches out is bent in over the last `BEND` units with a
    rational curve that starts with slope 1, so that tones stay apart instead of being cut off."""
    top, bottom = 100 - BEND, BEND
    above = _bent(np.maximum(lightness - top, 0), max(highest - top, BEND))
    below = _bent(np.maximum(bottom - lightness, 0), max(bottom - lowest, BEND))
    return (np.clip(lightness, bottom, top) + above - below).astype(np.float32)


def _bent(excess: Any, reach: float) -> Any:
    """[0, `reach`] to [0, `BEND`], slope 1 at 0."""
    share = np.minimum(excess / reach, 1)
    slope = reach / BEND
    return BEND * slope * share / (1 + (slope - 1) * share)
