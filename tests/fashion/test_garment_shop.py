"""Product pictures as shops make them: dark collars, sleeves along the body, white on white; and what
a doubtful picture means for which engine."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
import skimage.data
from drawn_shop import Shot, top

from bottega.fashion.findings import Check, Finding, Grave
from bottega.fashion.garment.collar import find_inner_collar
from bottega.fashion.garment.findings import found
from bottega.fashion.garment.kinds import classify
from bottega.fashion.garment.outline import is_bare, sides_of
from bottega.fashion.garment.parse import check_garment
from bottega.fashion.garment.shape import describe, mirror_axis
from bottega.imaging.colour import rgb_to_lab

SIZE = (360, 480)


def box_of(mask):
    return tuple(int(v) for v in cv2.boundingRect(mask.astype(np.uint8)))


@lru_cache(maxsize=1)
def dark_tops():
    shown = (top(seed, "short", Shot(tone="black"), size=SIZE) for seed in range(40, 60))
    return [each for each in shown if each.inner.sum() > 300][:6]


def test_the_inside_of_a_black_collar_is_taken_out():
    taken, lost = [], []
    for shown in dark_tops():
        whole = shown.drawn.mask | shown.inner
        lab = rgb_to_lab(shown.drawn.rgb.astype(np.float32) / np.float32(255))
        inside = find_inner_collar(lab, whole, describe(whole)).area
        taken.append((inside & shown.inner).sum() / shown.inner.sum())
        lost.append((inside & shown.drawn.mask).sum() / shown.drawn.mask.sum())
    assert np.median(taken) > 0.8
    assert np.mean(np.array(lost) < 0.05) >= 0.8


def test_a_front_without_an_inside_keeps_its_cloth():
    for seed in range(3):
        shown = top(seed, "short", Shot(tone="black"), size=SIZE)
        lab = rgb_to_lab(shown.drawn.rgb.astype(np.float32) / np.float32(255))
        front = shown.drawn.mask
        inside = find_inner_collar(lab, front, describe(front)).area
        assert inside.sum() < 0.01 * front.sum()


def test_bare_shoulders_are_told_from_sleeves_along_the_body():
    said = {"none": [], "short": [], "elbow": [], "long": []}
    for seed in range(60, 66):
        for sleeves in said:
            mask = top(seed, sleeves, Shot(), touching=sleeves != "none", size=SIZE).drawn.mask
            sides = sides_of(mask, mirror_axis(mask, box_of(mask))[0], box_of(mask))
            said[sleeves].append(is_bare(sides))
    assert np.mean(said["none"]) >= 0.9
    assert np.mean(said["short"] + said["elbow"] + said["long"]) <= 0.1


def test_sleeves_along_the_body_are_mostly_classed():
    right = [
        classify(describe(top(seed, sleeves, Shot(), touching=True, size=SIZE).drawn.mask), 0.0).sleeves
        == sleeves
        for seed in range(60, 66)
        for sleeves in ("short", "long")
    ]
    assert np.mean(right) >= 0.7


def test_a_clear_reason_refuses_every_engine_and_a_doubtful_one_only_ours():
    clear, doubtful = (Check(findings=(found("not_a_garment", sure),)) for sure in (0.95, 0.5))
    assert not clear.usable
    assert [one.code for one in clear.refused] == ["not_a_garment"]
    assert not doubtful.usable
    assert doubtful.refused == ()


def test_what_only_the_cut_out_needs_stops_no_generative_engine():
    check = Check(
        findings=(found("garment_not_isolated"), found("garment_worn"), found("cropped", stops=True))
    )
    assert not check.usable
    assert check.refused == ()


def test_a_note_refuses_nobody_but_a_possible_child():
    notes = [Finding(code=code, grave=Grave.NOTE, message="So.") for code in ("too_dark", "possible_child")]
    assert [one.code for one in Check(findings=tuple(notes)).refused] == ["possible_child"]


@pytest.mark.parametrize(
    "picture",
    [skimage.data.coffee(), np.full((400, 300, 3), 2, np.uint8), np.full((40, 30, 3), 200, np.uint8)],
    ids=["a cup", "black", "tiny"],
)
def test_what_is_clearly_no_garment_goes_to_no_engine(picture):
    assert check_garment(picture).refused


@pytest.mark.parametrize("tone", ["any", "white", "black"])
def test_a_product_picture_is_never_refused_to_every_engine(tone):
    for seed in (3, 4):
        shot = Shot(tone=tone, ground=0.95, blur=1.2, noise=3, quality=75)
        assert check_garment(top(seed, "short", shot, size=SIZE).drawn.rgb).refused == ()
