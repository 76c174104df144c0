"""What a judge of try-ons looks at, prepared once: the pictures in Lab, the palettes, which pixels look like the garment."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Arm
from bottega.fashion.tryon.expected import Expected
from bottega.fashion.tryon.fidelity import F64, lab_samples, palette, palette_distance
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.values import Bool, TryOnOptions
from bottega.imaging.arrays import sample
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import F32, U8

SIDE = 512
"""Colours are judged at this size."""
TELLABLE = 9.0
"""Palettes nearer than this, in the measure of `palette_distance`, cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`scale` pixels of the small pictures per pixel. `before`, `after`: h x w x 3 Lab. `region`: h x w, where the garment
    should be seen. `like`: h x w, where `after` is nearer to the garment's palette than to those of `others` that can be told
    from it. `layer`: h x w, where the engine says that it shows the garment; None where it says nothing. `look`: h x w x 3
    Lab, the garment's own colours where it belongs, None where they are not known."""

    person_rgb: U8
    garment_rgb: U8
    result: U8
    mask: Bool | None
    person: PersonParse
    garment: Garment
    options: TryOnOptions
    expected: Expected
    scale: float
    before: F32
    after: F32
    cover: F32
    old: F32
    front: F32
    region: Bool
    shown: F32
    """Lab samples of the product picture's garment (N x 3)."""
    colours: F32
    others: dict[str, F32]
    like: Bool
    layer: Bool | None = None
    look: F32 | None = None

    def shown_at(self, *names: str) -> Bool | None:
        """h x w, where the garment is seen: by its colours where they can be told from those of `names`, else by the
        engine's word; None where neither says."""
        return self.like if self.apart(*names) else self.layer

    def apart(self, *names: str) -> bool:
        """Whether the garment's main colours can be told from those of these others."""
        present = [self.others[name] for name in names if name in self.others and len(self.others[name])]
        return not present or _told(self.colours, np.vstack(present))

    def small(self, values: F32) -> F32:
        size = (self.before.shape[1], self.before.shape[0])
        return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def evidence_of(
    person_rgb: U8,
    garment_rgb: U8,
    result: U8,
    mask: Bool | None,
    person: PersonParse,
    garment: Garment,
    expected: Expected,
    options: TryOnOptions,
    layer: F32 | None = None,
) -> Evidence:
    """`layer`: H x W in [0, 1], the garment as far as the engine says that it shows it."""
    height, width = person_rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))

    def reduced(values: F32) -> F32:
        return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)

    before, after = (
        rgb_to_lab(reduced(p.astype(np.float32) / np.float32(255))) for p in (person_rgb, result)
    )
    cover, old, front = reduced(expected.cover), reduced(expected.old), reduced(expected.front)
    region = np.asarray(cv2.erode((cover > 0.9).astype(np.uint8), np.ones((3, 3), np.uint8)), bool) & (
        front < 0.1
    )
    inner = np.asarray(cv2.erode((garment.alpha > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)), bool)
    shown = lab_samples(garment_rgb, inner if inner.any() else garment.alpha > 0.5)
    colours = palette(shown)
    others = _others(before, person, reduced)
    away = palette_distance(after, colours)
    # What has the garment's own colours tells nothing: a person may wear what the product picture shows.
    rest = [values for values in others.values() if len(values) and _told(colours, values)]
    like = away < palette_distance(after, np.vstack(rest)) if rest else away < TELLABLE
    return Evidence(
        person_rgb,
        garment_rgb,
        result,
        mask,
        person,
        garment,
        options,
        expected,
        scale,
        before,
        after,
        cover,
        old,
        front,
        region,
        shown,
        colours,
        others,
        like,
        None if layer is None else reduced(layer) > 0.5,
        None if expected.look is None else rgb_to_lab(np.clip(reduced(expected.look), 0, 1)),
    )


def _told(colours: F32, others: F32) -> bool:
    """Whether main colours can be told from others, both N x 3 Lab."""
    return bool(np.median(palette_distance(colours, others)) > TELLABLE)


def _others(before: F32, person: PersonParse, reduced: Callable[[F32], F32]) -> dict[str, F32]:
    """Palettes of what else is in the photograph."""
    found: dict[str, F32] = {}
    bare = reduced(person.silhouette) < 0.05
    if bare.any():
        found["backdrop"] = palette(_some(before[bare]), 3)
    for name in ("top", "dress", "bottom"):
        region = person.regions.get(name)
        if region is not None and (inside := reduced(region) > 0.9).any():
            found[name] = palette(_some(before[inside]), 4)
    if person.skin is not None:
        skin = np.array(person.skin, np.float32)
        found["skin"] = skin + np.array(((-14, 0, 0), (0, 0, 0), (10, 0, 0)), np.float32)
    return found


def _some(samples: F32) -> F32:
    return samples[:: max(1, len(samples) // 3000)]


def skin_like(lab: F32, skin: tuple[float, float, float]) -> Bool:
    """Within 9 of the skin's a* and b* and 24 of its L*, as light and shadow move it."""
    tone = np.array(skin, np.float32)
    chroma = np.hypot(lab[..., 1] - tone[1], lab[..., 2] - tone[2])
    return (chroma < 9) & (np.abs(lab[..., 0] - tone[0]) < 24)


def covered_share(seen: Evidence, arm: Arm) -> float | None:
    """How much of an arm, from shoulder to wrist, looks like the garment, as one run from the shoulder; None where the
    arm is not in sight, or cloth cannot be told from what is around it."""
    where = seen.shown_at("skin", "backdrop")
    if not arm.found or where is None:
        return None
    shares = np.linspace(0.06, 1.0, 48)
    at = distances_along(arm.path)
    points = points_at(shares * at[-1], at, arm.path)
    # The joint marks the outer end of the shoulder; the limb's middle lies inside of it.
    inward = np.clip(1 - shares / 0.35, 0, 1)[:, None] * 0.4 * arm.breadths[0]
    side = 1.0 if points[0, 0] < seen.expected.body.origin[0] else -1.0
    points = (points + side * inward * seen.expected.body.across) * seen.scale
    height, width = where.shape
    inside = (
        (points[:, 0] > 1) & (points[:, 0] < width - 2) & (points[:, 1] > 1) & (points[:, 1] < height - 2)
    )
    if inside.mean() < 0.5:
        return None
    values = sample(where.astype(np.float32), points)[inside]
    hidden = sample(seen.front, points)[inside] > 0.5
    values = np.where(hidden, np.nan, values)
    bare = values < 0.5
    # A flower of a pattern may have the colour of something else; a bare forearm is longer than a flower.
    window = 4 if seen.garment.pattern in ("plain", "textured") else 8
    run = np.convolve(np.where(np.isnan(values), 0, bare), np.ones(window), "valid")
    first = np.flatnonzero(run >= window - 1)
    found = shares[inside]
    return float(found[first[0]]) if len(first) else float(found[-1])


def hem_drop(seen: Evidence) -> float | None:
    """How far below the shoulders the garment's looks end in the middle of the body, in pixels; None where they go on to
    the edge of the picture or cannot be followed."""
    where = seen.shown_at("bottom", "skin", "backdrop")
    if where is None:
        return None
    body = seen.expected.body
    drops = np.arange(0.35 * body.breadth, 3.2 * body.breadth, max(1.0, 1 / seen.scale))
    columns: list[F64] = []
    for share in (-0.18, -0.09, 0.0, 0.09, 0.18):
        left, right = body.sides(drops)
        points = body.out((left + right) / 2 + share * body.breadth, drops) * seen.scale
        columns.append(sample(where.astype(np.float32), points))
    bottom = body.out(0.0, drops)[:, 1] * seen.scale
    inside = bottom < where.shape[0] - 2
    values = np.mean(columns, axis=0)[inside]
    if len(values) < 8 or values[: len(values) // 4].mean() < 0.5:
        return None
    window = max(4, round(0.08 * body.breadth * seen.scale))
    gone = np.convolve(values < 0.4, np.ones(window), "valid") >= 0.9 * window
    first = np.flatnonzero(gone)
    return float(drops[inside][first[0]]) if len(first) else None
