"""Necklines on cloth with a pattern: the inside of the back is found by its light, whatever stripes and dots cross its edge."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.fashion.garment.collar import find_inner_collar
from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.garment.shade import has_pattern
from bottega.fashion.garment.shape import describe
from bottega.imaging.colour import rgb_to_lab

RENDERED = Path(__file__).parent / "rendered"
PAPER = (0.99, 0.99, 0.99)
INSIDE = {
    "long_stripes": [(330, 228), (345, 234), (385, 236), (432, 231)],
    "tank_floral": [(290, 112), (300, 125), (330, 200), (472, 108), (448, 134)],
}
"""Points (x, y) of the inside of the back, where a stripe or a dot comes to the front's edge."""
FRONT = {
    "long_stripes": [(316, 240), (385, 262), (452, 240), (290, 205)],
    "tank_floral": [(281, 132), (300, 190), (502, 88), (470, 190)],
}


@lru_cache
def alpha(name: str) -> np.ndarray:
    return parse_garment(np.asarray(Image.open(RENDERED / f"product_{name}.jpg").convert("RGB"))).alpha


@pytest.mark.parametrize("name", INSIDE)
def test_the_inside_goes_and_the_front_stays_up_to_the_fronts_edge(name: str) -> None:
    found = alpha(name)
    assert max(found[y, x] for x, y in INSIDE[name]) < 0.1
    assert min(found[y, x] for x, y in FRONT[name]) > 0.9


def drawn(pattern: str, light: float | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A top, 240 pixels broad at the sleeves, with a pattern, whose back is seen in so much `light`: Lab, mask, and the back."""
    y, x = np.mgrid[0:360, 0:320]
    mask = np.zeros((360, 320), bool)
    mask[40:330, 70:250] = True
    mask[40:130, 40:280] = True
    spots = {
        "striped": (y + 0.1 * x) % 17 < 7,
        "checked": ((y % 22 < 8) | (x % 22 < 8)),
        "dotted": np.hypot((x % 20) - 10, (y % 20) - 10) < 6,
    }[pattern]
    linear = np.where(spots[..., None], (0.02, 0.03, 0.12), (0.7, 0.6, 0.5))
    back = mask & (((x - 160) / 45) ** 2 + ((y - 40) / 50) ** 2 < 1)
    if light is not None:
        linear = np.where(back[..., None], light * linear, linear)
    linear = np.where(mask[..., None], linear, np.float64(PAPER) ** 2.2)
    rgb = linear ** (1 / 2.2) + np.random.default_rng(3).normal(0, 0.006, linear.shape)
    return rgb_to_lab(np.clip(rgb, 0, 1).astype(np.float32)), mask, back


@pytest.mark.parametrize("pattern", ["striped", "checked", "dotted"])
@pytest.mark.parametrize("light", [0.3, 0.55])
def test_a_pattern_in_less_light_is_the_inside(pattern: str, light: float) -> None:
    lab, mask, back = drawn(pattern, light)
    found = find_inner_collar(lab, mask, describe(mask))
    assert not found.hidden
    assert (found.area & back).sum() > 0.93 * back.sum()
    assert (found.area & ~back).sum() < 0.12 * back.sum()


@pytest.mark.parametrize("pattern", ["striped", "checked", "dotted"])
def test_a_pattern_in_one_light_has_no_edge(pattern: str) -> None:
    lab, mask, _ = drawn(pattern, None)
    assert not find_inner_collar(lab, mask, describe(mask)).area.any()


def test_one_colour_in_folds_is_no_pattern_and_two_are() -> None:
    folds = np.linspace(50, 68, 200, dtype=np.float32)[:, None]
    plain = np.hstack([folds, 0.3 * (folds + 16), -0.2 * (folds + 16)])
    both = plain.copy()
    both[::4] = (25, 5, -20)
    assert not has_pattern(plain, plain[[20, 100, 180]])
    assert has_pattern(both, np.stack([plain[100], both[0]]))
