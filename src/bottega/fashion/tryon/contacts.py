"""Shadows where an arm lies before the torso: of the arm on the new garment, and none of that garment on the arm."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.light import contact_shadow
from bottega.fashion.tryon.pieces import Placement
from bottega.fashion.tryon.ribbon import FAR_FROM_SEAM, beyond_seam
from bottega.fashion.tryon.warp import Fitted
from bottega.fashion.tryon.zones import around, drawn_ring
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]


def before_torso(fitted: Fitted, placement: Placement, arms: F32) -> F32:
    """H x W in [0, 1]: what lies before the garment's torso: its own sleeves from a little below their seams on, and `arms`,
    bare arms and hands (H x W)."""
    found = np.zeros(arms.shape, np.float32)
    for patch in placement.patches:
        if patch.ribbon is not None:
            ring = beyond_seam(patch.outline, FAR_FROM_SEAM)
            np.maximum(found, drawn_ring(ring, arms.shape) * fitted.sleeves, out=found)
    return np.maximum(found, arms)


def on_torso(fitted: Fitted, before: F32, breadth: float) -> F32:
    """Factors on the garment, H x W: the shadow of what lies `before` its torso (H x W) on that. Where both are of one cloth
    nothing else tells them apart. `breadth`: of the shoulders, in pixels."""
    factors = np.ones(before.shape, np.float32)
    at = around((before > 0) & (fitted.torso > 0), round(max(12.0, 0.15 * breadth)))
    if at is not None:
        share = fitted.torso[at] * (1 - before[at])
        factors[at] = 1 - share * (1 - contact_shadow(before[at], breadth))
    return factors


def on_arms(cover: F32, sleeves: F32, arms: F32, breadth: float) -> F32:
    """Factors on what a garment with this `cover` leaves open: its shadow, on `arms` that lie before it only that of its
    `sleeves`. All H x W; `breadth`: of the shoulders, in pixels."""
    shadow = contact_shadow(cover, breadth)
    if not cv2.countNonZero(arms):
        return shadow
    return (shadow + arms * (contact_shadow(sleeves, breadth) - shadow)).astype(np.float32)
