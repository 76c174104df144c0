"""The measures of one picture without a reference, in bounded time at any size. Against another picture: `against`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.measure import artefacts
from bottega.enhance.measure.against import Likeness, compare
from bottega.enhance.measure.grades import LIMITS, Grade, grade
from bottega.enhance.measure.naturalness import unnaturalness
from bottega.enhance.samples import Scalar, to_float
from bottega.errors import InvalidOption
from bottega.imaging import metrics
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32

WHOLE = 4_000_000
"""Pixels up to which every pixel is looked at."""
WINDOW = 512
ACROSS = 4
"""Of larger pictures `ACROSS` x `ACROSS` windows of `WINDOW` pixels a side are looked at, spread evenly."""
NATURAL_SIDE = 1024
"""Longest side in pixels of what naturalness is told from."""
TONES = 1_000_000
"""Pixels that tones and colours are taken from, at even distances."""


@dataclass(frozen=True, slots=True)
class Measures:
    """sharpness: see `metrics.sharpness`. blur: 0 to 1. noise: sigma of the luma in 8-bit levels. blocking, ringing: 8-bit
    levels. banding: share. brightness: median luma, 0 to 1. contrast: RMS. clipped_dark, clipped_light: share of pixels.
    colourfulness: Hasler & Suesstrunk (2003), 0 grey, 15 slight, 33 average, 59 high, 109 extreme. cast: degrees between
    the light and neutral, 0 where the estimators do not agree or it is ordinary. haze: 0 to 1, mean of the dark channel
    (He et al. 2009); also high for fog, snow and white grounds. unnaturalness: see `naturalness`, 2 to 4 for good photographs,
    0 where it cannot be told. `likeness` to another picture, if one was given."""

    sharpness: float
    blur: float
    noise: float
    blocking: float
    banding: float
    ringing: float
    brightness: float
    contrast: float
    clipped_dark: float
    clipped_light: float
    colourfulness: float
    cast: float
    haze: float
    unnaturalness: float = 0.0
    likeness: Likeness | None = None

    def grades(self) -> dict[str, Grade]:
        return {name: grade(name, getattr(self, name)) for name in LIMITS}

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, with the grades."""
        told = asdict(self)
        told["likeness"] = None if self.likeness is None else self.likeness.as_dict()
        return told | {"grades": {name: str(word) for name, word in self.grades().items()}}


def measure(rgb: NDArray[Scalar], against: NDArray[Scalar] | None = None) -> Measures:
    """The measures of `rgb` (H x W x 3, gamma-encoded; opacity in a fourth channel is not looked at), and its likeness to
    `against` of the same shape and type. The same pixels give the same figures. Raises InvalidOption for other shapes."""
    if rgb.ndim != 3 or rgb.shape[2] not in (3, 4) or min(rgb.shape[:2]) < 1:
        raise InvalidOption("Measured are pictures of three colours, with or without opacity.")
    colours = rgb[..., :3]
    lights = [luma(to_float(window)) * np.float32(255) for window in _windows(colours)]

    def over(figure: Callable[[F32], float]) -> float:
        return float(np.mean([figure(light) for light in lights]))

    light = luma(tones := sampled(colours))
    largest = tones.max(axis=2)
    level = 1.5 / 255
    return Measures(
        sharpness=over(lambda plane: metrics.sharpness(plane / np.float32(255))),
        blur=over(artefacts.blur),
        noise=float(np.median([metrics.noise(plane / np.float32(255)) for plane in lights])),
        blocking=over(artefacts.blocking),
        banding=over(artefacts.banding),
        ringing=over(artefacts.ringing),
        brightness=float(np.median(light)),
        contrast=float(light.std(dtype=np.float64)),
        clipped_dark=float((largest <= level).mean()),
        clipped_light=float((largest >= 1 - level).mean()),
        colourfulness=colourfulness(tones),
        cast=_cast(colours),
        haze=haze(colours),
        unnaturalness=_unnaturalness(lights),
        likeness=None if against is None else compare(colours, against[..., :3]),
    )


def _unnaturalness(lights: list[F32]) -> float:
    """Of a photograph's middle where all of it is looked at, else of every fourth window."""
    if len(lights) > 1:
        return float(np.mean([unnaturalness(light) for light in lights[::4]]))
    light = lights[0]
    top, left = (max(0, side - NATURAL_SIDE) // 2 for side in light.shape)
    return unnaturalness(np.ascontiguousarray(light[top : top + NATURAL_SIDE, left : left + NATURAL_SIDE]))


def _windows(rgb: NDArray[Scalar]) -> list[NDArray[Scalar]]:
    height, width = rgb.shape[:2]
    if height * width <= WHOLE:
        return [rgb]
    # Corners at multiples of 8 keep the phase of a JPEG grid from window to window.
    tops, lefts = (
        sorted({int(at) // 8 * 8 for at in np.linspace(0, max(0, side - WINDOW), ACROSS)})
        for side in (height, width)
    )
    return [rgb[top : top + WINDOW, left : left + WINDOW] for top in tops for left in lefts]


def sampled(rgb: NDArray[Scalar], pixels: int = TONES) -> F32:
    """Every n-th pixel of every n-th row, so that about `pixels` are left; float32 in [0, 1]."""
    step = max(1, int((rgb.shape[0] * rgb.shape[1] / pixels) ** 0.5))
    return to_float(rgb[::step, ::step])


def colourfulness(rgb: F32) -> float:
    """M of Hasler & Suesstrunk (2003), "Measuring colourfulness in natural images", eq. 1 to 3; float32 in [0, 1]."""
    red, green, blue = (rgb[..., channel].astype(np.float64) * 255 for channel in range(3))
    rg, yb = red - green, (red + green) / 2 - blue
    return float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))


def haze(rgb: NDArray[Scalar]) -> float:
    """Mean dark channel (least of the colours within 15 pixels of a picture of about 600 x 600), 0 to 1."""
    side = max(rgb.shape[:2])
    small = sampled(rgb, 4 * 600 * 600)
    scale = min(1.0, 600 / side)
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    shrunk = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    return float(cv2.erode(shrunk.min(axis=2), np.ones((15, 15), np.uint8)).mean())


def _cast(rgb: NDArray[Scalar]) -> float:
    from bottega.enhance.restore_colour import estimate_cast

    found = estimate_cast(rgb)
    return found.degrees if found.strength() > 0 else 0.0
