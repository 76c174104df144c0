"""Garments drawn with known truth are cut out, named, measured; the same picture has the same answer."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from drawn_cloth import PATTERNS
from drawn_garments import GARMENTS, Drawn, draw

from bottega.errors import InvalidOption
from bottega.fashion.garment.parse import check_garment, parse_garment
from bottega.fashion.garment.values import Garment

SEEDS = range(20, 22)
SIZE = (480, 640)


@lru_cache(maxsize=1)
def parsed() -> list[tuple[Drawn, Garment]]:
    drawn = [draw(name, seed, size=SIZE) for seed in SEEDS for name in GARMENTS]
    return [(picture, parse_garment(picture.rgb)) for picture in drawn]


def share_right(field: str) -> float:
    known = [(getattr(d, field), getattr(g, field)) for d, g in parsed() if getattr(d, field) != "unknown"]
    return sum(truth == said for truth, said in known) / len(known)


def test_kinds_are_told_apart():
    assert share_right("kind") >= 0.9


def test_sleeves_are_told_apart():
    assert share_right("sleeves") >= 0.9


def test_lengths_are_told_apart():
    assert share_right("length") >= 0.85


def test_the_cut_out_follows_the_garment():
    # A hood is cut out by itself.
    cut = [(d.mask, (g.alpha if g.hood is None else np.maximum(g.alpha, g.hood)) > 0.5) for d, g in parsed()]
    overlaps = [(garment & mask).sum() / (garment | mask).sum() for mask, garment in cut]
    assert np.median(overlaps) >= 0.96
    assert np.mean(np.array(overlaps) > 0.88) >= 0.95


def test_most_product_pictures_are_accepted():
    assert np.mean([garment.check.usable for _, garment in parsed()]) >= 0.8


def test_hems_lie_where_they_were_drawn():
    off = [
        np.hypot(*np.subtract(g.landmarks[name][:2], d.landmarks[name])) / SIZE[1]
        for d, g in parsed()
        for name in ("hem_left", "hem_right")
        if name in d.landmarks and name in g.landmarks
    ]
    assert len(off) > 20
    assert np.median(off) < 0.015


def test_the_main_colour_is_found():
    drawn = draw("tshirt", 3, size=SIZE, pattern="plain", ground_kind="white")
    colour = parse_garment(drawn.rgb).colours[0]
    assert colour.share > 0.8
    assert (
        np.abs(np.array([int(colour.hex[i : i + 2], 16) for i in (1, 3, 5)]) / 255 - drawn.colours[0]).max()
        < 0.08
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_named(pattern):
    said = [parse_garment(draw("tank", seed, pattern=pattern, size=SIZE).rgb).pattern for seed in range(3)]
    assert said.count(pattern) >= 2


@pytest.mark.parametrize("seed", [5, 6, 7, 8, 10])
def test_white_on_white_is_found_or_said_to_be_uncertain(seed):
    drawn = draw("tshirt", seed, size=SIZE, ground_kind="white", white_on_white=True, pattern="plain")
    garment = parse_garment(drawn.rgb)
    mask = garment.alpha > 0.5
    found = (mask & drawn.mask).sum() / (mask | drawn.mask).sum() > 0.95
    assert found or garment.check.with_codes("garment_not_isolated", "low_contrast_with_background")


def test_the_same_picture_has_the_same_answer():
    rgb = draw("jacket", 4, size=SIZE).rgb
    one, two = parse_garment(rgb), parse_garment(rgb)
    assert np.array_equal(one.alpha, two.alpha)
    assert (one.landmarks, one.colours, one.check) == (two.landmarks, two.colours, two.check)


def test_transparency_is_believed():
    drawn = draw("shirt", 6, size=SIZE)
    alpha = drawn.mask.astype(np.float32)
    scene = np.random.default_rng(0).integers(0, 256, drawn.rgb.shape).astype(np.uint8)
    rgb = np.where(drawn.mask[..., None], drawn.rgb, scene)
    garment = parse_garment(rgb, alpha)
    assert garment.kind == "top"
    assert garment.check.usable
    assert not (garment.alpha > alpha).any()


def test_the_back_of_the_collar_is_taken_out():
    drawn = next(
        d for d in (draw("tank", s, size=SIZE, pattern="plain") for s in range(40)) if _shows_inside(d)
    )
    x, y = drawn.landmarks["collar_front"]
    garment = parse_garment(drawn.rgb)
    assert (
        garment.alpha[int(y - 0.025 * SIZE[1]), int(x)] < 0.5 < garment.alpha[int(y + 0.03 * SIZE[1]), int(x)]
    )


def _shows_inside(drawn: Drawn) -> bool:
    """The neck is neither backdrop nor front, and light enough for the two to differ."""
    x, y = (int(v) for v in drawn.landmarks["collar_front"])
    inside, front, backdrop = (
        drawn.rgb[row, col].astype(int) for row, col in ((y - 16, x), (y + 40, x), (4, 4))
    )
    return np.abs(inside - front).max() > 40 and np.abs(inside - backdrop).max() > 60


def test_only_the_check_agrees_with_the_whole_parse():
    rgb = cv2.GaussianBlur(draw("skirt", 2, size=SIZE).rgb, (0, 0), 3)
    assert check_garment(rgb) == parse_garment(rgb).check


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 3, 3)])
def test_arrays_that_are_no_picture_are_refused(shape):
    with pytest.raises(InvalidOption):
        parse_garment(np.zeros(shape, np.uint8))
