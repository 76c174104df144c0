"""Tops as shops photograph them: sleeves at all angles, narrow gaps; corners of outlines turn the way they are read."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from drawn_garments import _cover, _placed
from drawn_studio import studio_top

from bottega.fashion.garment.kinds import Kinds, classify
from bottega.fashion.garment.landmarks import find_landmarks
from bottega.fashion.garment.shape import Shape, describe
from bottega.fashion.garment.sleeves import _CONCAVE, _corners

SLEEVES = ("none", "short", "long")


def seen(seed: int, sleeves: str, **how):
    """Truth, where a point in centimetres lies, mask, shape and kinds of one drawn silhouette, 512 pixels high."""
    rng = np.random.default_rng([seed, len(sleeves)])
    truth = studio_top(rng, sleeves, **how)
    to_pixels = _placed(truth, rng, 384, 512)
    mask = _cover(truth, to_pixels, 384, 512) > 0.5
    shape = describe(mask)
    return truth, to_pixels, mask, shape, classify(shape, 0.0)


@lru_cache(maxsize=1)
def everything() -> list[tuple[str, str, Kinds, Shape]]:
    found = []
    for seed in range(100, 116):
        for sleeves in SLEEVES:
            for length in ("hip", "cropped"):
                *_, shape, kinds = seen(seed, sleeves, length=length)
                found.append((sleeves, length, kinds, shape))
    return found


def test_sleeves_apart_from_the_body_are_classed():
    assert np.mean([kinds.sleeves == sleeves for sleeves, _, kinds, _ in everything()]) >= 0.9


def test_tops_are_told_from_cropped_ones():
    assert np.mean([kinds.length == length for _, length, kinds, _ in everything()]) >= 0.9


def test_tops_are_tops():
    assert np.mean([kinds.kind == "top" and kinds.confidence > 0.35 for *_, kinds, _ in everything()]) >= 0.95


def test_what_is_far_from_the_neighbouring_class_is_surer():
    known = [(length, kinds) for _, length, kinds, _ in everything() if kinds.length != "unknown"]
    right = [kinds.length_confidence for length, kinds in known if kinds.length == length]
    wrong = [kinds.length_confidence for length, kinds in known if kinds.length != length]
    assert all(0.5 <= value <= 1 for value in right + wrong)
    assert np.mean(right) > (np.mean(wrong) if wrong else 0.5)


@pytest.mark.parametrize("angle", [10, 20, 30, 40, 50, 60])
def test_armpits_of_hanging_sleeves_land_right(angle):
    off = []
    for seed in range(6):
        truth, to_pixels, mask, shape, kinds = seen(seed, "long", angle=float(angle))
        marks = find_landmarks(mask, shape, kinds)
        point = to_pixels(np.array([truth.landmarks["armpit_left"]]))[0]
        off.append(np.hypot(*np.subtract(marks["armpit_left"][:2], point)) / shape.height)
    assert np.median(off) < 0.03


def test_a_step_in_the_outline_is_a_sleeve_along_the_body():
    mask = np.zeros((500, 400), bool)
    outline = np.array(
        [
            [170, 60],
            [90, 90],
            [80, 230],
            [110, 232],
            [110, 440],
            [290, 440],
            [290, 232],
            [320, 230],
            [310, 90],
            [230, 60],
            [200, 100],
        ]
    )
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(drawn, [outline], 1)
    assert classify(describe(drawn > 0), 0.0).sleeves in ("short", "elbow")


def test_concave_corners_are_those_that_open_outwards():
    mask = np.zeros((200, 200), bool)
    mask[30:170, 30:170] = True
    assert _corners(mask, 10, _CONCAVE) == []
    assert len(_corners(mask, 10, -_CONCAVE)) == 4
    mask[100:170, 80:120] = False
    concave = _corners(mask, 10, _CONCAVE)
    assert {round(x / 40) for x, *_ in concave} == {2, 3}
    assert all(down > 0.5 for *_, down in concave)


def test_the_corners_of_a_hole_are_concave():
    mask = np.zeros((200, 200), bool)
    mask[30:170, 30:170] = True
    mask[70:130, 70:130] = False
    # OpenCV bevels them by a pixel: each may be found from both sides.
    found = {(round(x / 60), round(y / 60)) for x, y, *_ in _corners(mask, 10, _CONCAVE)}
    assert found == {(1, 1), (1, 2), (2, 1), (2, 2)}
