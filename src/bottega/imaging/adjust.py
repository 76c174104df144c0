"""Light and colour: exposure, contrast, white balance, saturation. Geometry and masks are elsewhere.

The single adjustments take and return float32 RGB in [0, 1], H x W x 3, gamma-encoded sRGB, and never clip:
a curve or a move towards grey brings every value back into range. `adjust` applies them to 8- or 16-bit
pixels, a band of rows at a time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.colour import RGB_TO_XYZ, XYZ_TO_RGB, linear_to_srgb, luma, srgb_to_linear
from bottega.imaging.picture import F32

Samples = NDArray[np.uint8] | NDArray[np.uint16]
F64 = NDArray[np.float64]

BAND_PIXELS = 1 << 20
"""Pixels converted to float at a time: about 50 MB of temporaries whatever the size of the picture."""

SHOULDER = 0.6
"""Linear light above which a raised exposure bends towards white; below it, +1 EV doubles exactly."""

MID_GREY = float(1.055 * 0.18 ** (1 / 2.4) - 0.055)
"""18 % reflectance, gamma-encoded (IEC 61966-2-1): the tone that contrast leaves where it is."""

MIREDS_AT_FULL = 90.0
"""Shift of the white point in mireds at temperature 1: both ends, 4100 K and 15,700 K, are on the locus."""

DUV_AT_FULL = 0.02
"""Distance from the daylight locus in CIE 1960 uv at tint 1."""

GAMUT_KNEE = 0.8
"""Linear light from which a channel that grew is bent towards white."""

D65_XY = (0.3127, 0.3290)
D65_MIREDS = 1e6 / 6504.0

# Lam (1985), the cone responses of the Bradford chromatic adaptation.
BRADFORD: F64 = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]],
)
# Ottosson (2020), "A perceptual color space for image processing": linear sRGB to LMS, cube-rooted LMS to OkLab.
RGB_TO_LMS: F64 = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LMS_TO_OKLAB: F64 = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """`exposure` in stops (EV); the others from -1 to 1, where 0 changes nothing. `temperature` and `tint`:
    positive is warmer and more magenta. `saturation` -1 is black and white."""

    exposure: float = 0.0
    contrast: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    saturation: float = 0.0


def adjust(rgb: Samples, wanted: Adjustments) -> Samples:
    """All adjustments in the order of the fields. `rgb`: H x W x 3, uint8 or uint16, sRGB; kept type and size."""
    if wanted == Adjustments():
        return rgb
    top = np.float32(np.iinfo(rgb.dtype).max)
    result = np.empty_like(rgb)
    rows = max(1, BAND_PIXELS // rgb.shape[1])
    for start in range(0, rgb.shape[0], rows):
        band = rgb[start : start + rows].astype(np.float32) / top
        band = _adjusted(band, wanted)
        result[start : start + rows] = np.rint(band * top).astype(rgb.dtype)
    return result


def _adjusted(rgb: F32, wanted: Adjustments) -> F32:
    """What the `change_` functions do one after the other, with as few conversions to linear light as possible."""
    if wanted.contrast and wanted.exposure:
        rgb = change_exposure(rgb, wanted.exposure)
    if wanted.contrast:
        rgb = change_contrast(rgb, wanted.contrast)
    linear = srgb_to_linear(rgb)
    if not wanted.contrast:
        linear = _exposed(linear, wanted.exposure)
    linear = _white_balanced(linear, wanted.temperature, wanted.tint)
    return linear_to_srgb(_saturated(linear, wanted.saturation))


def change_exposure(rgb: F32, stops: float) -> F32:
    """Multiply linear light by 2^`stops`.

    Raised values bend above `SHOULDER` along a rational curve that meets the straight part with the same
    slope and carries white to white. The curve acts on the largest channel and scales all three, so hue and
    saturation stay.
    """
    return rgb if stops == 0 else linear_to_srgb(_exposed(srgb_to_linear(rgb), stops))


def _exposed(linear: F32, stops: float) -> F32:
    if stops == 0:
        return linear
    gain = np.float32(2.0**stops)
    if stops < 0:
        return linear * gain
    peak = linear.max(axis=2, keepdims=True)
    raised = peak * gain
    slope = (gain - SHOULDER) / (1 - SHOULDER)
    along = np.clip((raised - SHOULDER) / (gain - SHOULDER), 0, 1)
    bent = SHOULDER + (1 - SHOULDER) * slope * along / (1 + (slope - 1) * along)
    scale = np.where(raised > SHOULDER, bent / np.maximum(peak, 1e-6), gain)
    return np.clip(linear * scale, 0, 1).astype(np.float32)


def change_contrast(rgb: F32, amount: float) -> F32:
    """Steeper (`amount` > 0) or flatter tones around `MID_GREY`, slope 2^`amount` there.

    Steeper is a power curve on either side that keeps black and white; flatter is a straight line, because a
    power below one would amplify the noise of the shadows without limit.
    """
    if amount == 0:
        return rgb
    slope = np.float32(2.0**amount)
    pivot = np.float32(MID_GREY)
    if amount < 0:
        return pivot + (rgb - pivot) * slope
    dark = pivot * np.power(np.minimum(rgb, pivot) / pivot, slope)
    bright = 1 - (1 - pivot) * np.power((1 - np.maximum(rgb, pivot)) / (1 - pivot), slope)
    return np.where(rgb < pivot, dark, bright).astype(np.float32)


def change_white_balance(rgb: F32, temperature: float, tint: float = 0.0) -> F32:
    """Warmer (positive) or cooler along the CIE daylight locus; `tint` towards magenta (positive) or green.

    A Bradford adaptation from D65 to the white of that temperature; neutrals keep their luminance.
    """
    if temperature == 0 and tint == 0:
        return rgb
    return linear_to_srgb(_white_balanced(srgb_to_linear(rgb), temperature, tint))


def _white_balanced(linear: F32, temperature: float, tint: float) -> F32:
    if temperature == 0 and tint == 0:
        return linear
    matrix = white_balance_matrix(temperature, tint).astype(np.float32)
    return into_gamut(linear @ matrix.T, linear)


def change_saturation(rgb: F32, amount: float) -> F32:
    """Scale the chroma of OkLab by 1 + `amount`; at -1 the three channels are equal."""
    return rgb if amount == 0 else linear_to_srgb(_saturated(srgb_to_linear(rgb), amount))


def _saturated(linear: F32, amount: float) -> F32:
    if amount == 0:
        return linear
    lms = np.cbrt(linear @ RGB_TO_LMS.T.astype(np.float32))
    lab = lms @ LMS_TO_OKLAB.T.astype(np.float32)
    if amount <= -1:
        grey = np.clip(lab[..., :1], 0, 1) ** 3
        return np.repeat(grey.astype(np.float32), 3, axis=2)
    lab[..., 1:] *= np.float32(1 + amount)
    back: Any = (lab @ np.linalg.inv(LMS_TO_OKLAB).T.astype(np.float32)) ** 3
    return into_gamut(back @ np.linalg.inv(RGB_TO_LMS).T.astype(np.float32), linear)


def into_gamut(linear: F32, before: F32 | None = None) -> F32:
    """Move colours outside [0, 1] towards the grey of the same luminance until they are inside.

    Linear RGB, H x W x 3. Keeps luminance (up to white) and hue, where clipping would keep neither. With `before`,
    the colours as they were, channels that grew approach white along an exponential instead of piling up there.
    """
    grey = np.clip(luma(linear), 0, 1)
    highest, lowest = linear.max(axis=2), linear.min(axis=2)
    ceiling: Any = np.minimum(highest, 1)
    if before is not None:
        knee = np.clip(np.maximum(np.maximum(before.max(axis=2), grey), GAMUT_KNEE), 0, 1)
        room = np.maximum(1 - knee, 1e-6)
        excess: Any = np.maximum(highest - knee, 0)
        bent: F32 = knee + room * (1 - np.exp(-excess / room))
        # Equal to `highest` below the knee, where the exponential starts with slope 1.
        ceiling = np.minimum(np.minimum(highest, knee) + bent - knee, 1)
    over = (ceiling - grey) / np.maximum(highest - grey, 1e-6)
    under = grey / np.maximum(grey - lowest, 1e-6)
    keep = np.minimum(np.where(highest > ceiling, over, 1), np.where(lowest < 0, under, 1))[..., None]
    inside = grey[..., None] + (linear - grey[..., None]) * keep
    return np.clip(inside, 0, 1).astype(np.float32)


def white_balance_matrix(temperature: float, tint: float) -> F64:
    """3 x 3, linear sRGB to linear sRGB: what the Bradford adaptation to the shifted white does."""
    adapt = _adaptation(_xy_to_xyz(*D65_XY), _xy_to_xyz(*_shifted_white(temperature, tint)))
    return XYZ_TO_RGB @ adapt @ RGB_TO_XYZ


def _adaptation(source: F64, target: F64) -> F64:
    gains: Any = (BRADFORD @ target) / (BRADFORD @ source)
    return np.linalg.inv(BRADFORD) @ np.diag(gains) @ BRADFORD


def _shifted_white(temperature: float, tint: float) -> tuple[float, float]:
    """Chromaticity xy of the white that D65 is carried to."""
    mireds = D65_MIREDS + MIREDS_AT_FULL * temperature
    u0, v0 = _xy_to_uv(*D65_XY)
    u_d65, v_d65 = _xy_to_uv(*daylight(D65_MIREDS))
    u, v = _xy_to_uv(*daylight(mireds))
    u_next, v_next = _xy_to_uv(*daylight(mireds + 1.0))
    along: F64 = np.array([u_next - u, v_next - v])
    along /= np.linalg.norm(along)
    # With growing mireds the locus runs to larger u and v; magenta lies on its lower side.
    normal = np.array([along[1], -along[0]])
    shift = np.array([u - u_d65, v - v_d65]) + normal * DUV_AT_FULL * tint
    return _uv_to_xy(u0 + float(shift[0]), v0 + float(shift[1]))


def daylight(mireds: float) -> tuple[float, float]:
    """Chromaticity xy of CIE daylight (CIE 15:2004, 3.1), for 40 to 250 mireds (25,000 K to 4000 K)."""
    t = 1e6 / mireds
    if t <= 7000:
        x = -4.6070e9 / t**3 + 2.9678e6 / t**2 + 0.09911e3 / t + 0.244063
    else:
        x = -2.0064e9 / t**3 + 1.9018e6 / t**2 + 0.24748e3 / t + 0.237040
    return x, -3.0 * x * x + 2.870 * x - 0.275


def _xy_to_xyz(x: float, y: float) -> F64:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _xy_to_uv(x: float, y: float) -> tuple[float, float]:
    scale = -2 * x + 12 * y + 3
    return 4 * x / scale, 6 * y / scale


def _uv_to_xy(u: float, v: float) -> tuple[float, float]:
    scale = 2 * u - 8 * v + 4
    return 3 * u / scale, 2 * v / scale
