"""How colours go together: Matsuda's hue templates, neutrals, contrast, and nearness to a palette. All scores in [0, 1]."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from bottega.fashion.colours import Lab, ciede2000, lch
from bottega.fashion.outfits.table import is_neutral
from bottega.fashion.outfits.traits import F64

Contrast = Literal["low", "medium", "high"]

# Sectors as (centre, width) in degrees: D. Cohen-Or et al., "Color Harmonization", SIGGRAPH 2006, figure 2, after Matsuda 1995.
_V, _I, _L, _T = 93.6, 18.0, 79.2, 180.0
TEMPLATES: dict[str, tuple[tuple[float, float], ...]] = {
    "i": ((0, _I),),
    "V": ((0, _V),),
    "I": ((0, _I), (180, _I)),
    "T": ((0, _T),),
    "L": ((0, _I), (90, _L)),
    "Y": ((0, _V), (180, _I)),
    "X": ((0, _V), (180, _V)),
}
_ORDINARY = {"i": 0.0, "V": 0.0, "I": 3.0, "T": 12.0, "L": 9.0, "Y": 6.0, "X": 15.0}
"""Degrees added, since a wide or many-parted template explains nearly any colours; our choice, not the paper's."""
_STEP = 3
_TOLERANCE = 30.0
"""Degrees of chroma-weighted distance at which the score has fallen to 1/e."""
_NEAR = 14.0
"""CIEDE2000 at which nearness to a palette has fallen to 1/e; up to 5 is the same colour to most eyes."""
SPREADS: dict[Contrast, tuple[float, float]] = {"low": (10, 35), "medium": (25, 60), "high": (45, 90)}
"""Range of L* within a look that repeats the contrast of skin, hair and eyes."""


@dataclass(frozen=True, slots=True)
class HueFit:
    """The template that explains the hues best, turned by `turn` degrees; `distance` is the mean chroma-weighted degrees that
    the colours lie outside it. Neutrals have no say."""

    template: str
    turn: float
    distance: float
    score: float


def hue_fit(lab: F64) -> HueFit:
    """Of the colours `K x 3`; a score of 1 for fewer than two that are not neutral."""
    coloured = lab[~is_neutral(lab)]
    if len(coloured) < 2:
        return HueFit("N", 0.0, 0.0, 1.0)
    polar = lch(coloured)
    names, turns, distances = _template_distances(polar[None, :, 2], polar[None, :, 1])
    return HueFit(names[0], float(turns[0]), float(distances[0]), float(_hue_score(names, distances)[0]))


def hue_pair_scores(hue: float, others: F64) -> F64:
    """Scores of one hue beside each of `others` (degrees, N), both strong; looked up by the difference."""
    apart = np.abs((others - hue + 180) % 360 - 180)
    return _pair_table()[np.round(apart).astype(np.int64)]


@cache
def _pair_table() -> F64:
    apart = np.arange(181, dtype=np.float64)
    hues = np.stack([np.zeros_like(apart), apart], axis=-1)
    names, _, distances = _template_distances(hues, np.ones_like(hues))
    return _hue_score(names, distances)


def _hue_score(names: list[str], distances: F64) -> F64:
    penalty = np.array([_ORDINARY[name] for name in names])
    return np.exp(-(((distances + penalty) / _TOLERANCE) ** 2))


def _template_distances(hues: F64, weights: F64) -> tuple[list[str], F64, F64]:
    """Best template, its turn and the weighted mean distance for each row of hues `B x K` (degrees)."""
    share = weights / weights.sum(axis=-1, keepdims=True)
    turns = np.arange(0, 360, _STEP)
    relative = (np.round(hues).astype(np.int64)[..., None] - turns) % 360
    mean = (_outside()[:, relative] * share[None, ..., None]).sum(axis=2)
    best, turn = mean.min(axis=-1), turns[mean.argmin(axis=-1)].astype(np.float64)
    names = list(TEMPLATES)
    choice = (best + np.array([_ORDINARY[name] for name in names])[:, None]).argmin(axis=0)
    rows = np.arange(len(hues))
    return [names[c] for c in choice], turn[choice, rows], best[choice, rows]


@cache
def _outside() -> F64:
    """Degrees from each whole degree of hue to the nearest sector of each template that is not turned, 7 x 360."""
    hues = np.arange(360, dtype=np.float64)
    rows = [
        np.min([np.maximum(np.abs((hues - c + 180) % 360 - 180) - w / 2, 0) for c, w in sectors], axis=0)
        for sectors in TEMPLATES.values()
    ]
    return np.array(rows)


def palette_scores(
    lab: F64, palette: tuple[Lab, ...], avoid: tuple[Lab, ...] = (), *, rough: bool = False
) -> tuple[F64, F64]:
    """How well each colour (N x 3) sits in a palette: (score, CIEDE2000 to the nearest of it), both N, NaN where the colour is
    unknown. Neutrals score 0.6 at least, but not those that the palette tells to avoid."""
    near = _nearest(lab, palette, rough)
    score = np.exp(-((np.maximum(near - 5, 0) / _NEAR) ** 2))
    score = np.where(is_neutral(lab), np.maximum(score, 0.6), score)
    if avoid:
        bad = _nearest(lab, avoid, rough)
        score = np.where(bad < near, score * np.clip(bad / 25, 0, 1), score)
    return np.where(np.isnan(near), np.nan, score), near


def _nearest(lab: F64, colours: tuple[Lab, ...], rough: bool = False) -> F64:
    """Difference to the nearest colour, colour by colour, so that a hundred thousand need little memory; equal colours once.
    `rough`: the plain distance in Lab, halved, which is good enough to choose whom to look at."""
    nearest = np.full(len(lab), np.inf)
    if rough:
        for colour in colours:
            nearest = np.minimum(nearest, ((lab - np.array(colour)) ** 2).sum(axis=1))
        return np.sqrt(nearest) / 2
    known, back = (
        np.unique(lab, axis=0, return_inverse=True) if len(lab) > 512 else (lab, np.arange(len(lab)))
    )
    nearest = nearest[: len(known)]
    for colour in colours:
        nearest = np.minimum(nearest, ciede2000(known, np.array(colour)))
    return nearest[back.reshape(-1)]


def contrast_score(lab: F64, contrast: Contrast) -> float:
    """How near the range of L* among the colours `K x 3` is to that of the person; 20 beyond it is 0.37."""
    lightness = lab[~np.isnan(lab[:, 0]), 0]
    if len(lightness) < 2:
        return 1.0
    low, high = SPREADS[contrast]
    spread = float(lightness.max() - lightness.min())
    beyond = max(low - spread, spread - high, 0.0)
    return float(np.exp(-((beyond / 20) ** 2)))


def look_harmony(lab: F64, contrast: str = "") -> float:
    """Of all dominant colours of a look `K x 3`: hue template, contrast, and not everything loud."""
    known = lab[~np.isnan(lab[:, 0])]
    if len(known) < 2:
        return 1.0
    loud = float((lch(known)[:, 1] > 55).mean())
    calm = 1.0 if loud <= 0.5 else 1.0 - (loud - 0.5)
    spread = float(known[:, 0].max() - known[:, 0].min())
    wanted = contrast_score(known, contrast) if contrast in SPREADS else min(1.0, 0.7 + spread / 100)
    return float(0.6 * hue_fit(known).score + 0.25 * wanted + 0.15 * calm)
