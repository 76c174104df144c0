"""What is subject and what is background: saliency, masks, background blur and removal.

Masks are found at a reduced size and carried to the full one along the picture's own edges, so time and memory
depend little on the number of pixels.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.colour import linear_to_srgb, rgb_to_lab, srgb_to_linear
from bottega.imaging.picture import F32, U8

F64 = NDArray[np.float64]

SALIENCY_SIDE = 256
MASK_SIDE = 480
"""Long sides, in pixels, at which saliency and subject masks are computed."""

BLUR_RADIUS = 0.02
"""Radius of the blur disc as a share of the picture's diagonal."""
BLUR_WORK_RADIUS = 10.0
"""The blur is computed at the size where its disc has this radius, pixels: it holds nothing finer."""

PLAIN_SHARE = 0.7
PLAIN_DELTA_E = 7.0
"""A background counts as plain when this share of the border lies within this CIE76 distance of one smooth
colour: a just visible difference is about 2.3, paper and studio backdrops with their noise stay below 5."""


def saliency(rgb: U8) -> F32:
    """How much each part of the picture matters, in [0, 1], at a long side of `SALIENCY_SIDE` pixels.

    A sum of the spectral residual (Hou and Zhang 2007), local detail, difference from the border's colour, a
    mild preference for the middle, and, strongest, the faces that a Viola-Jones detector finds.
    """
    small = _reduced(rgb, SALIENCY_SIDE)
    lab = rgb_to_lab(small.astype(np.float32) / np.float32(255))
    residual = _unit(
        _spectral_residual(lab[..., 0]) + _spectral_residual(lab[..., 1]) + _spectral_residual(lab[..., 2])
    )
    edges = _unit(_smooth(_gradient(lab[..., 0]), 6.0))
    colour = _unit(np.linalg.norm(lab - _border_median(lab), axis=2).astype(np.float32))
    total = 0.35 * residual + 0.3 * edges + 0.35 * colour
    total = total * (0.6 + 0.4 * _centre_weight(*total.shape))
    for face in _faces(small):
        total = total + 1.5 * _face_weight(total.shape, face)
    return _unit(total.astype(np.float32))


def subject_mask(rgb: U8) -> F32:
    """How much each pixel belongs to the subject, H x W in [0, 1]; 1 inside, 0 outside, between along the edge.

    GrabCut (Rother et al. 2004) seeded from saliency, faces and the border, refined by a guided filter (He et
    al. 2010). It finds what stands out near the middle; a scene without a subject gives a mask all the same.
    """
    small = _reduced(rgb, MASK_SIDE)
    coarse = _largest_parts(_grab_cut(small, _seeds(small)), hole_share=0.12)
    return _refine(rgb, small, coarse)


def blur_background(rgb: U8, mask: F32, radius_share: float = BLUR_RADIUS) -> U8:
    """Blur what is outside `mask` with a disc, as a wide aperture would; where `mask` is 1 nothing changes.

    Only background is averaged (normalised convolution in linear light), so the subject's colours do not bleed
    into a halo. `radius_share`: the disc's radius as a share of the diagonal.
    """
    height, width = mask.shape
    radius = max(1.0, radius_share * float(np.hypot(height, width)))
    scale = min(1.0, BLUR_WORK_RADIUS / radius)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = _array(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    cover = _array(cv2.resize(mask, size, interpolation=cv2.INTER_AREA))
    # One step further out than the mask: pixels on the edge still carry some of the subject's colour.
    cover = _array(cv2.dilate(cover, np.ones((3, 3), np.uint8)))
    blurred = _disc_blur(
        srgb_to_linear(small / np.float32(255)), (cover < 0.02).astype(np.float32), radius * scale
    )
    return _composite_over(rgb, mask, blurred)


def key_background(rgb: U8) -> tuple[U8, F32]:
    """Cut the subject out of a plain background: its own colours (H x W x 3) and its alpha (H x W, [0, 1]).

    The background is modelled as a smooth colour in Lab fitted to the border; what differs from it is subject,
    and GrabCut decides what is near. Along the edge the background's share is taken out of the colours.
    Raises InvalidOption when the border is not one smooth colour, or when nothing differs from it.
    """
    small = _reduced(rgb, MASK_SIDE)
    lab = rgb_to_lab(small.astype(np.float32) / np.float32(255))
    model = _border_model(lab)
    distance = np.linalg.norm(lab - model, axis=2).astype(np.float32)
    border = _ring(*distance.shape)
    if float((distance[border] < PLAIN_DELTA_E).mean()) < PLAIN_SHARE:
        raise InvalidOption(
            "The background of this picture is not plain enough to be told from the subject.",
            hint="Use a picture taken before one plain colour, or blur the background instead.",
        )
    noise = float(np.percentile(distance[border & (distance < PLAIN_DELTA_E)], 95))
    near, far = max(3.0, 1.5 * noise), max(10.0, 4.0 * noise)
    coarse = _largest_parts(_grab_cut(small, _key_seeds(distance, near, far)), hole_share=0.001)
    share = float(coarse.mean())
    if not 0.002 < share < 0.995:
        raise InvalidOption(
            "No subject stands out from the background of this picture.",
            hint="Crop the picture closer to the subject, or blur the background instead.",
        )
    alpha = _refine(rgb, small, coarse)
    return _take_out(rgb, alpha, small, coarse), alpha


# --- saliency ------------------------------------------------------------------------------------------------


def _spectral_residual(channel: F32) -> F32:
    height, width = channel.shape
    scale = 64 / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = _array(cv2.resize(channel, size, interpolation=cv2.INTER_AREA))
    spectrum = np.fft.fft2(small)
    log_amplitude = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = log_amplitude - _array(cv2.blur(log_amplitude, (3, 3)))
    back = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    smooth = _smooth(back.astype(np.float32), 2.5)
    return _unit(_array(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)))


@lru_cache(maxsize=1)
def _face_detector() -> cv2.CascadeClassifier:
    # Shipped with OpenCV 4; the file lies beside the package's code.
    file = Path(str(cv2.__file__)).parent / "data" / "haarcascade_frontalface_default.xml"
    return cv2.CascadeClassifier(str(file))


def _faces(rgb: U8) -> list[tuple[int, int, int, int]]:
    """Boxes (left, top, width, height) of upright frontal faces, in pixels of `rgb`."""
    # The detector's window is 24 pixels: at twice the size it also sees faces a tenth of the picture high.
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    scale = max(1.0, MASK_SIDE / max(grey.shape))
    large = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    least = max(24, max(large.shape) // 14)
    found: Any = _face_detector().detectMultiScale(large, 1.1, 6, minSize=(least, least))
    return [tuple(round(float(value) / scale) for value in box) for box in found]  # type: ignore[misc]


def _face_weight(shape: tuple[int, ...], face: tuple[int, int, int, int]) -> F32:
    left, top, width, height = face
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    dx = (x - (left + width / 2)) / (0.6 * width)
    dy = (y - (top + height / 2)) / (0.6 * height)
    return np.exp(-(dx * dx + dy * dy)).astype(np.float32)


def _centre_weight(height: int, width: int) -> F32:
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    return np.exp(-(x * x + y * y) / 0.7).astype(np.float32)


# --- masks ---------------------------------------------------------------------------------------------------


def _seeds(rgb: U8) -> U8:
    """GrabCut's four labels from saliency, focus, the middle, faces and the frame."""
    height, width = rgb.shape[:2]
    weight = _array(cv2.resize(saliency(rgb), (width, height), interpolation=cv2.INTER_LINEAR))
    reach = max(height, width) / 40
    interest = _unit((_unit(_smooth(weight, reach / 2)) + 0.7 * _focus(rgb, reach)).astype(np.float32))
    weight: Any = _unit((interest * np.sqrt(_centre_weight(height, width))).astype(np.float32))
    seeds = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    seeds[weight > 0.5 * (np.median(weight) + weight.mean())] = cv2.GC_PR_FGD
    seeds[weight > np.quantile(weight, 0.95)] = cv2.GC_FGD
    seeds[weight < np.quantile(weight, 0.12)] = cv2.GC_BGD
    # A subject may fill the frame: only what is dull along the border is surely background.
    seeds[_ring(height, width) & (interest < np.quantile(interest, 0.7))] = cv2.GC_BGD
    for face in _faces(rgb):
        _seed_person(seeds, face)
    return seeds


def _seed_person(seeds: U8, face: tuple[int, int, int, int]) -> None:
    """Head and shoulders in the proportions of the human figure: shoulders three heads wide, the trunk certain
    only in its middle."""
    left, top, width, height = face
    middle, chin, bottom = left + width // 2, top + height, seeds.shape[0]
    shoulders = (slice(chin + height // 4, bottom), slice(max(0, left - width), left + 2 * width))
    seeds[shoulders] = np.where(seeds[shoulders] == cv2.GC_FGD, cv2.GC_FGD, cv2.GC_PR_FGD)
    seeds[chin - height // 4 : bottom, max(0, middle - width // 3) : middle + width // 3] = cv2.GC_FGD
    hair = cv2.ellipse(
        np.zeros_like(seeds),
        (middle, top + height // 2),
        (round(0.7 * width), round(0.85 * height)),
        0,
        0,
        360,
        1,
        -1,
    )
    seeds[(_array(hair) > 0) & (seeds == cv2.GC_PR_BGD)] = cv2.GC_PR_FGD
    cv2.ellipse(seeds, (middle, top + height // 2), (width // 2, height // 2), 0, 0, 360, cv2.GC_FGD, -1)


def _focus(rgb: U8, reach: float) -> F32:
    """Where fine detail is, in [0, 1]: what the lens focused on. `reach` in pixels closes the gaps between."""
    grey = _array(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)).astype(np.float32)
    fine = np.abs(grey - _smooth(grey, 1.5))
    return _unit(np.sqrt(_smooth(np.minimum(fine, np.percentile(fine, 95)), reach)))


def _key_seeds(distance: F32, near: float, far: float) -> U8:
    """Labels from the distance to the background's colour: near and connected to the border is background."""
    seeds = np.full(distance.shape, cv2.GC_PR_FGD, np.uint8)
    seeds[distance > far] = cv2.GC_FGD
    seeds[distance < (near + far) / 2] = cv2.GC_PR_BGD
    _, labels = cv2.connectedComponents((distance < near).astype(np.uint8), connectivity=4)
    at_border = np.unique(labels[_ring(*distance.shape)])
    seeds[np.isin(labels, at_border[at_border > 0])] = cv2.GC_BGD
    # What is enclosed by the subject and of the background's colour is left to GrabCut.
    return seeds


def _grab_cut(rgb: U8, seeds: U8, rounds: int = 4) -> F32:
    has_both = (
        np.isin(seeds, (cv2.GC_FGD, cv2.GC_PR_FGD)).any()
        and np.isin(seeds, (cv2.GC_BGD, cv2.GC_PR_BGD)).any()
    )
    if has_both:
        cv2.setRNGSeed(7)  # k-means inside GrabCut draws random numbers
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(bgr, seeds, (0, 0, 1, 1), models[0], models[1], rounds, cv2.GC_INIT_WITH_MASK)
    return np.isin(seeds, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)


def _largest_parts(mask: F32, hole_share: float) -> F32:
    """Without specks: parts below a share of the subject's area are dropped, holes below `hole_share` of the
    background's area filled."""
    solid = cv2.morphologyEx((mask > 0.5).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    kept = _drop_small(solid.astype(np.uint8), share=0.08)
    return (1 - _drop_small((1 - kept).astype(np.uint8), share=hole_share)).astype(np.float32)


def _drop_small(mask: U8, share: float) -> U8:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count <= 1:
        return mask
    areas: Any = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return (areas >= max(4, share * areas.sum()))[labels].astype(np.uint8)


def _refine(rgb: U8, small: U8, coarse: F32) -> F32:
    """`coarse`, at the size of `small`, as a soft mask at the size of `rgb`: a fast guided filter (He and Sun
    2015), which fits at the small size and applies its coefficients at the full one."""
    guide = small.astype(np.float32).mean(axis=2) / 255
    slope, offset = _guided_coefficients(guide, coarse, radius=4, epsilon=2e-4)
    height, width = rgb.shape[:2]
    core = _array(cv2.erode(coarse, np.ones((7, 7), np.uint8)))
    reach = _array(cv2.dilate(coarse, np.ones((7, 7), np.uint8)))

    def enlarge(values: F32) -> F32:
        return _array(cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR))

    full_guide = _array(cv2.transform(rgb, np.full((1, 3), 1 / 3))) / np.float32(255)
    soft = enlarge(slope) * full_guide.reshape(height, width) + enlarge(offset)
    # The filter's ends are soft: 0.2 and 0.8 become the ends, so the inside is exactly 1 and the outside 0.
    alpha = np.clip((soft - 0.2) / 0.6, 0, 1)
    core_full, reach_full = enlarge(core), enlarge(reach)
    return np.where(core_full > 0.5, 1, np.where(reach_full < 0.5, 0, alpha)).astype(np.float32)


def _guided_coefficients(guide: F32, target: F32, radius: int, epsilon: float) -> tuple[F32, F32]:
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Any) -> F32:
        return _array(cv2.blur(values, size))

    guide_mean, target_mean = mean(guide), mean(target)
    variance = mean(guide * guide) - guide_mean * guide_mean
    covariance = mean(guide * target) - guide_mean * target_mean
    slope = covariance / (variance + np.float32(epsilon))
    return mean(slope), mean(target_mean - slope * guide_mean)


# --- blur ----------------------------------------------------------------------------------------------------


def _disc_blur(linear: F32, weight: F32, radius: float) -> F32:
    """Mean over a disc of the pixels with weight 1; where the disc holds none, of those farther away."""
    extent = int(np.ceil(radius))
    y, x = np.mgrid[-extent : extent + 1, -extent : extent + 1].astype(np.float32)
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    disc /= disc.sum()
    wide = max(linear.shape[:2]) / 12
    far_sum = _smooth(linear * weight[..., None], wide) + 1e-4 * linear.mean(axis=(0, 1))
    far = far_sum / (_smooth(weight, wide)[..., None] + 1e-4)
    near_sum = _array(cv2.filter2D(linear * weight[..., None], -1, disc, borderType=cv2.BORDER_REFLECT))
    near_weight = _array(cv2.filter2D(weight, -1, disc, borderType=cv2.BORDER_REFLECT))[..., None]
    return ((near_sum + 0.01 * far) / (near_weight + 0.01)).astype(np.float32)


def _composite_over(rgb: U8, mask: F32, background: F32) -> U8:
    """`rgb` where `mask` is 1, `background` (linear, any size) where it is 0; mixed in linear light by rows."""
    height, width = mask.shape
    encoded = linear_to_srgb(np.clip(background, 0, 1))
    result = rgb.copy()
    rows = max(16, (1 << 20) // width)
    full = _array(cv2.resize(encoded, (width, height), interpolation=cv2.INTER_CUBIC))
    for start in range(0, height, rows):
        part = slice(start, start + rows)
        share = mask[part][..., None]
        mixed = srgb_to_linear(np.clip(full[part], 0, 1)) * (1 - share)
        mixed += srgb_to_linear(rgb[part].astype(np.float32) / np.float32(255)) * share
        pixels = np.rint(linear_to_srgb(np.clip(mixed, 0, 1)) * 255).astype(np.uint8)
        result[part] = np.where(share >= 1, rgb[part], pixels)
    return result


# --- keying --------------------------------------------------------------------------------------------------


def _border_model(lab: F32) -> F32:
    """A quadratic surface per channel through the border, fitted by reweighted least squares so that a subject
    that touches the border does not bend it. H x W x 3."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms: F64 = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    border = _ring(height, width)
    samples, design = lab[border].astype(np.float64), terms[border]
    distance: Any = np.linalg.norm(samples - np.median(samples, axis=0), axis=1)
    coefficients: Any = np.zeros((6, 3))
    for _ in range(8):
        weight: Any = np.sqrt(1 / (1 + (distance / (0.5 * PLAIN_DELTA_E)) ** 2) ** 2)[:, None]
        coefficients = _array(np.linalg.lstsq(design * weight, samples * weight, rcond=None)[0])
        distance = np.linalg.norm(samples - design @ coefficients, axis=1)
    return (terms @ coefficients).astype(np.float32)


def _take_out(rgb: U8, alpha: F32, small: U8, coarse: F32) -> U8:
    """The subject's own colours: pixel = alpha * own + (1 - alpha) * background, solved for own (linear light)
    with the background's colour carried in from around."""
    weight = 1 - _array(cv2.dilate(coarse, np.ones((9, 9), np.uint8)))
    around = _disc_blur(srgb_to_linear(small.astype(np.float32) / np.float32(255)), weight, 6.0)
    edge = (alpha > 0) & (alpha < 1)
    height, width = alpha.shape
    result = rgb.copy()
    result[alpha <= 0] = 0  # nothing of the background stays behind the transparency
    rows = max(16, (1 << 20) // width)
    for start in range(0, height, rows):
        y, x = np.nonzero(edge[start : start + rows])
        y = y + start
        if y.size == 0:
            continue
        share = np.maximum(alpha[y, x], 0.1)[:, None]
        behind = around[y * around.shape[0] // height, x * around.shape[1] // width]
        own: Any = (
            srgb_to_linear(rgb[y, x].astype(np.float32) / np.float32(255)) - (1 - share) * behind
        ) / share
        result[y, x] = np.rint(linear_to_srgb(np.clip(own, 0, 1)) * 255).astype(np.uint8)
    return result


# --- shared --------------------------------------------------------------------------------------------------


def _array(values: Any) -> Any:
    """OpenCV's results as plain numpy arrays for the type checker; nothing is copied."""
    return np.asarray(values)


def _reduced(rgb: U8, side: int) -> U8:
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return rgb
    size = max(8, round(width * scale)), max(8, round(height * scale))
    return _array(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))


def _smooth(values: F32, sigma: float) -> F32:
    return _array(cv2.GaussianBlur(values, (0, 0), sigma))


def _gradient(channel: F32) -> F32:
    dx = _array(cv2.Scharr(channel, cv2.CV_32F, 1, 0))
    dy = _array(cv2.Scharr(channel, cv2.CV_32F, 0, 1))
    return np.hypot(dx, dy).astype(np.float32)


def _unit(values: F32) -> F32:
    """Stretched so that the 1st and 99th percentiles become 0 and 1."""
    low, high = np.percentile(values, (1, 99))
    return np.clip((values - low) / max(float(high - low), 1e-6), 0, 1).astype(np.float32)


def _ring(height: int, width: int) -> NDArray[np.bool_]:
    """True along the border, a fortieth of the shorter side wide."""
    thick = max(1, min(height, width) // 40)
    ring = np.ones((height, width), bool)
    ring[thick:-thick, thick:-thick] = False
    return ring


def _border_median(lab: F32) -> F32:
    return np.median(lab[_ring(*lab.shape[:2])], axis=0).astype(np.float32)
