"""Which pixels are this person's skin: a colour model fitted to the person, never one fixed range for everybody."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32

Bool = NDArray[np.bool_]


LEAST_RED = 0.45
"""Of the face's own redness, a* / (L* + 16): arms are paler than a face, but what has less of it is white or beige cloth."""
RED_SPREAD = 0.008
"""How much less than that is as unlikely as one deviation of the likeness's half."""


@dataclass(frozen=True, slots=True)
class SkinModel:
    """`lab`: the median colour (D65). `centre` and `inverse`: mean and inverse covariance of (a*, b*) / (L* + 16), which
    hardly change with shading. `low` and `high`: the range of L*, widened for shade and highlights."""

    lab: tuple[float, float, float]
    centre: tuple[float, float]
    inverse: NDArray[np.float64]
    low: float
    high: float


def shading_free(lab: F32) -> F32:
    """(a*, b*) / (L* + 16): CIE L*a*b* holds 116 f(Y) - 16 and 500 (f(X) - f(Y)), so the quotient depends on the ratio of
    X, Y, Z alone where f is a cube root. `... x 3` -> `... x 2`."""
    return (lab[..., 1:] / (np.maximum(lab[..., :1], 0) + np.float32(16))).astype(np.float32)


def fit_skin(samples: F32) -> SkinModel | None:
    """A model from N x 3 CIE L*a*b* of what is mostly skin (eyes, lips and hair among it are put aside by a median and
    median deviations); None with fewer than 40 samples."""
    if len(samples) < 40:
        return None
    kept = samples
    for _ in range(4):
        centre = np.median(kept, axis=0)
        spread = 1.4826 * np.median(np.abs(kept - centre), axis=0) + np.array([3.0, 1.2, 1.2])
        inside = (np.abs(samples - centre) < np.array([2.2, 2.5, 2.5]) * spread).all(axis=1)
        if inside.sum() < 30:
            break
        kept = samples[inside]
    colour = np.median(kept, axis=0)
    free = shading_free(kept).astype(np.float64)
    # A floor for noise and for the difference between a face and arms, which see more sun or other light.
    covariance = np.cov(free.T) * 1.5 + np.diag([0.022**2, 0.026**2])
    low, high = np.percentile(kept[:, 0], (5, 95))
    return SkinModel(
        lab=(float(colour[0]), float(colour[1]), float(colour[2])),
        centre=(float(np.median(free[:, 0])), float(np.median(free[:, 1]))),
        inverse=np.linalg.inv(covariance).astype(np.float64),
        low=float(min(low, colour[0] - 8)),
        high=float(max(high, colour[0] + 6)),
    )


def skin_likeness(lab: F32, model: SkinModel) -> F32:
    """How much each pixel of `lab` (... x 3) can be this skin, in [0, 1]; 0.5 at about 2.7 deviations."""
    away = shading_free(lab) - np.asarray(model.centre, np.float32)
    first, second = away[..., 0], away[..., 1]
    (a, b), (c, d) = model.inverse.astype(np.float32)
    squares = first * first * a + first * second * (b + c) + second * second * d
    below = np.maximum(model.low - lab[..., 0], 0) / 12
    above = np.maximum(lab[..., 0] - model.high, 0) / 6
    pale = np.maximum((LEAST_RED - 1) * np.float32(model.centre[0]) - first, 0) / RED_SPREAD
    squares = squares + below**2 * 3 + above**2 * 3 + pale**2 * 7.3
    return (1 / (1 + (squares / 7.3) ** 2)).astype(np.float32)


def can_be_skin(lab: F32) -> Bool:
    """Whether human skin of any tone in roughly white light can have these colours (... x 3): a wide gate, used only
    where no face tells the person's own colour."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    return (lab[..., 0] > 18) & (lab[..., 0] < 95) & (chroma > 6) & (chroma < 42) & (hue > 25) & (hue < 85)
