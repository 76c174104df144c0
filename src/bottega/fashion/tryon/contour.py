"""How far something reaches from given points: the edge of a person, or of a garment's cut-out, along straight rays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.imaging.arrays import sample
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
_STEPS = 64
"""Places along a ray; between two of them the edge is interpolated."""
_BESIDE = 0.12
"""Of a ray's length, how near to its edge hair makes that unsure."""


@dataclass(frozen=True, slots=True)
class Contour:
    """`solid`: H x W in [0, 1], 1 inside. `hiding`: H x W in [0, 1], what hides its edge where it lies there (hair);
    None where nothing does."""

    solid: F32
    hiding: F32 | None = None

    def reach(self, starts: F64, ways: F64, most: float | F64) -> F64:
        """Distance from each of `starts` (N x 2) along the unit vectors `ways` (N x 2) at which `solid` ends, at most
        `most` pixels; NaN where a start lies outside, where there is no end, and where it is hidden."""
        far = np.broadcast_to(np.asarray(most, np.float64), (len(starts),))
        shares = np.linspace(0, 1, _STEPS)
        away = far[:, None] * shares
        points = (starts[:, None, :] + away[..., None] * ways[:, None, :]).reshape(-1, 2)
        values = sample(self.solid, points).reshape(away.shape)
        outside = values < 0.5
        last = np.clip(outside.argmax(axis=1), 1, _STEPS - 1)
        row = np.arange(len(starts))
        before, after = values[row, last - 1], values[row, last]
        share = np.clip((before - 0.5) / np.maximum(before - after, 1e-6), 0, 1)
        found = away[row, last - 1] + share * (away[row, last] - away[row, last - 1])
        known = outside.any(axis=1) & ~outside[:, 0]
        if self.hiding is not None:
            hidden = sample(self.hiding, points).reshape(away.shape)
            near = np.abs(away - found[:, None]) < _BESIDE * far[:, None]
            known &= ~((hidden > 0.3) & near).any(axis=1)
        return np.where(known, found, np.nan)


def person_contour(person: PersonParse) -> Contour:
    return Contour(person.silhouette, person.regions.get("hair"))
