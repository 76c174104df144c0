"""What is continued where nothing is known: backdrop, skin, trousers, from the photograph's own pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.limbs import Limb
from bottega.fashion.tryon.values import Bool
from bottega.fashion.tryon.zones import RIM, grown
from bottega.imaging.arrays import kept, largest, median, put, sample
from bottega.imaging.colour import lab_to_rgb, luma
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
NARROWING = 0.45
"""Of the breadth of the hips is lost toward the waist, in every breadth of the shoulders."""


def backdrop_surface(photo: F32, person: PersonParse) -> tuple[F32, float]:
    """The backdrop continued behind the person, H x W x 3, and how far it departs from a smooth surface.

    A quadratic surface fitted with Tukey's biweight, plus the rest continued by normalised convolution.
    """
    height, width = photo.shape[:2]
    factor = max(1, round(max(height, width) / 192))
    size = (max(2, width // factor), max(2, height // factor))
    small = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.float32)
    body = np.asarray(cv2.resize(person.silhouette, size, interpolation=cv2.INTER_AREA), np.float32)
    free = ~grown(body > 0.05, 2)
    if free.sum() < 60:
        return np.broadcast_to(np.median(small.reshape(-1, 3), axis=0), photo.shape).astype(np.float32), 1.0
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    terms = np.stack((np.ones_like(x), x, y, x * x, x * y, y * y), axis=-1)
    weights = free.astype(float)
    fitted = np.zeros_like(small)
    spread = 0.0
    for _ in range(4):
        used = weights > 0
        root = np.sqrt(weights[used])[:, None]
        found = np.linalg.lstsq(terms[used] * root, small[used] * root, rcond=None)[0]
        fitted = (terms @ found).astype(np.float32)
        away = largest(np.abs(small - fitted))
        spread = 1.4826 * median(away[free])
        weights = free * np.clip(1 - (away / max(4.685 * spread, 0.01)) ** 2, 0, 1) ** 2
    rest = continued(small - fitted, free)
    smooth = np.asarray(
        cv2.resize(fitted + rest, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
    return np.clip(smooth, 0, 1), spread


def continued(values: F32, known: Bool) -> F32:
    """H x W x C carried from where it is `known` into the rest, nearest first (normalised convolution, growing windows)."""
    result = kept(values, known)
    held, weight = result.copy(), known.astype(np.float32)
    missing = ~known
    size = 3
    while missing.any() and size < min(known.shape):
        # A box costs the same at every size.
        near = np.asarray(cv2.blur(weight, (size, size), borderType=cv2.BORDER_REFLECT))
        mean = np.asarray(cv2.blur(held, (size, size), borderType=cv2.BORDER_REFLECT))
        mean = mean / np.maximum(near, 1e-6)[..., None]
        fill = missing & (near > 0.02)
        put(result, mean, fill)
        missing &= ~fill
        size = 2 * size + 1
    if missing.any() and known.any():
        result[missing] = values[known].mean(axis=0)
    # The windows' borders would show.
    smooth = np.asarray(cv2.GaussianBlur(result, (0, 0), 2.0), np.float32)
    put(smooth, result, known)
    return smooth


def skin_surface(photo: F32, person: PersonParse, body: Body, old: Bool, limbs: list[Limb]) -> F32:
    """Skin continued from neck, arms and hands, rounded on the `limbs`: H x W x 3.

    Raises ValueError where no skin is seen and none was measured.
    """
    shape = photo.shape[:2]
    height, width = shape
    factor = max(1, round(max(height, width) / 256))
    size = (max(2, width // factor), max(2, height // factor))
    seen = np.zeros(shape, np.float32)
    for name in ("neck", "left_arm", "right_arm", "hands"):
        region = person.regions.get(name)
        if region is not None:
            seen = np.maximum(seen, region)
    seen = seen * ~old
    small = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.float32)
    sure = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA)) > 0.9
    if person.skin is not None:
        tone = lab_to_rgb(np.array(person.skin, np.float32)).clip(0, 1)
    elif sure.any():
        tone = np.median(small[sure], axis=0).astype(np.float32)
    else:
        raise ValueError("no skin is seen and none was measured")
    if sure.sum() < 12:
        colours = np.broadcast_to(tone, photo.shape).astype(np.float32)
    else:
        # Near bare skin its own colour; far from it the person's.
        near = np.asarray(cv2.GaussianBlur(sure.astype(np.float32), (0, 0), 0.25 * body.breadth / factor))
        trust = np.clip(near / 0.1, 0, 1)[..., None]
        level = float(np.median(small[sure].mean(axis=1))) / max(float(tone.mean()), 1e-3)
        far = tone * np.float32(np.clip(level, 0.6, 1.1))
        mixed: F32 = (continued(small, sure) * trust + far * (1 - trust)).astype(np.float32)
        smooth = np.asarray(cv2.GaussianBlur(mixed, (0, 0), 2.0), np.float32)
        colours = np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.clip(colours * _limb_shading(photo, body, limbs)[..., None], 0, 1).astype(np.float32)


def _limb_shading(photo: F32, body: Body, limbs: list[Limb]) -> F32:
    """Light on round limbs, H x W about 1: as across the bare part of the same arm, else that of a cylinder."""
    shape = photo.shape[:2]
    height, width = shape
    factor = max(1, round(max(height, width) / 256))
    size = max(2, height // factor), max(2, width // factor)
    shade = np.ones(size, np.float32)
    y, x = np.ogrid[0 : size[0], 0 : size[1]]
    drop: F64 = ((x + 0.5) * factor - body.origin[0]) * body.down[0]
    drop = drop + ((y + 0.5) * factor - body.origin[1]) * body.down[1]
    # Above the armpit the limb's inner side is torso, and the shoulder has no edge.
    free: F64 = np.clip((drop / body.breadth - 0.18) / 0.2, 0, 1)
    for limb in limbs:
        found, _ = limb.coordinates(shape, factor)
        outer: F64 = np.clip(0.5 + drop / (0.3 * body.breadth), 0, 1)
        across: F32 = (found * np.where(found > 0, free, outer)).astype(np.float32)
        round_ = np.interp(across, *_light_across(photo, limb)).astype(np.float32)
        # As far as the limb reaches: beside it there is torso, however flat that is taken to be.
        shade = np.where(np.abs(found) < 1.6, round_, shade)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), 0.7), np.float32)
    return np.asarray(cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _light_across(photo: F32, limb: Limb) -> tuple[F64, F64]:
    """Places across a limb, -1 to 1, and the light there, mean 1: measured next to the sleeve where enough is bare."""
    at = np.linspace(-1, 1, 21)
    # Soft frontal light: Lambert's cosine, most of it ambient.
    light = 0.78 + 0.22 * np.sqrt(np.maximum(1 - at**2, 0))
    rows = np.flatnonzero(limb.seen)
    if len(rows) >= 6:
        rows = rows[1:13]
        share = np.clip((at + 1) / 2, 0.08, 0.92)[None, :, None]
        points = limb.outer[rows][:, None] * (1 - share) + limb.inner[rows][:, None] * share
        values = sample(luma(photo), points.reshape(-1, 2)).reshape(len(rows), -1)
        measured = np.median(values / np.maximum(values.mean(axis=1, keepdims=True), 1e-3), axis=0)
        light = np.clip(np.convolve(np.pad(measured, 2, "edge"), np.ones(5) / 5, "valid"), 0.7, 1.25)
    return at, light / light.mean()


def within_outline(bottom: F32, body: Body) -> Bool:
    """H x W: where trousers or a skirt can be above their visible upper edge: between their own sides there, which draw
    together toward the waist and end at it."""
    solid = bottom > 0.5
    height, width = solid.shape
    rows = np.flatnonzero(solid.sum(axis=1) > 0.2 * body.breadth)
    if not len(rows):
        return np.ones(solid.shape, np.bool_)
    first = rows[: max(3, round(0.12 * body.breadth))]
    lefts, rights = solid[first].argmax(axis=1), width - 1 - solid[first, ::-1].argmax(axis=1)
    left, right = float(np.median(lefts)), float(np.median(rights))
    y: F64 = np.arange(float(height))
    above = np.maximum(first[0] - y, 0.0) / body.breadth
    half = (right - left) / 2 * np.clip(1 - NARROWING * above, 0.7, 1.0)
    away = np.abs(np.arange(float(width)) - (left + right) / 2)
    waist = min(float(body.out(0.0, body.waist_drop)[1]), float(first[0]))
    within = (away[None] <= half[:, None] + 1) & (y >= waist)[:, None]
    return np.asarray(within | (bottom > 0.3), np.bool_)


def mirrored_up(photo: F32, bottom: F32) -> F32:
    """Trousers or a skirt continued upward by mirroring at their upper edge: H x W x 3."""
    height, width = bottom.shape
    solid = bottom > 0.9
    columns = solid.any(axis=0)
    first = np.full(width, float(height))
    first[columns] = np.argmax(solid[:, columns], axis=0)
    known = np.flatnonzero(columns)
    everywhere: F64 = np.arange(float(width))
    edge = np.full(width, height - 1.0)
    if len(known):
        edge = np.interp(everywhere, known, first[known])
    edge = np.asarray(cv2.blur(edge[None].astype(np.float32), (31, 1)))[0] + RIM
    nearest = np.clip(everywhere, known[0], known[-1]) if len(known) else everywhere
    edge = edge.astype(np.float32)
    # Below the lowest part of the edge, and where columns show something, everything stands where it stood.
    end = height if len(known) < width else min(height, int(edge.max()) + 1)
    y = np.arange(end, dtype=np.float32)[:, None]
    depth = np.maximum(height - 1 - edge, 1)
    away = np.abs(edge[None] - y)
    # Back and forth within what is there.
    away = depth - np.abs(depth - np.mod(away, 2 * depth))
    source_y = np.where(y < edge[None], edge[None] + away, y).astype(np.float32)
    source_x = np.ascontiguousarray(np.broadcast_to(nearest.astype(np.float32)[None], source_y.shape))
    mirrored = photo.copy()
    mirrored[:end] = cv2.remap(photo, source_x, source_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return mirrored
