"""The upper end of product pictures: labels and insides of collars, hoods, false faces in white cloth."""

from pathlib import Path

import numpy as np
import pytest
from drawn_shop import Shot, garment, top
from PIL import Image

from bottega.fashion.garment.collar import find_inner_collar
from bottega.fashion.garment.cutout import cut_out
from bottega.fashion.garment.hood import find_hood
from bottega.fashion.garment.label import find_label
from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.garment.shape import describe
from bottega.fashion.garment.sleeves import Sleeve, completed
from bottega.imaging.colour import rgb_to_lab

SIZE = (360, 480)
RENDERED = Path(__file__).parent / "rendered"


def lab_of(rgb):
    return rgb_to_lab(rgb.astype(np.float32) / np.float32(255))


def plain_top(label=None, inside=None):
    """A black top, 240 pixels broad, whose upper outline is straight; `label` and `inside` L* of what is seen of the back."""
    lab = np.full((360, 320, 3), (97.0, 0.0, 0.0), np.float32)
    mask = np.zeros((360, 320), bool)
    mask[40:330, 70:250] = True
    mask[40:130, 40:280] = True
    lab[mask] = (7.0, 0.0, 0.0)
    y, x = np.mgrid[0:360, 0:320]
    back = mask & (((x - 160) / 42) ** 2 + ((y - 40) / 44) ** 2 < 1)
    if inside is not None:
        lab[back] = (inside, 0.0, 0.0)
    if label is not None:
        lab[46:56, 150:171] = (label, 0.0, 0.0)
    lab += np.random.default_rng(5).normal(0, 0.4, lab.shape).astype(np.float32)
    return lab, mask, back


def test_a_label_under_the_rim_is_found_and_a_plain_rim_has_none():
    lab, mask, _ = plain_top(label=85.0, inside=4.0)
    label = find_label(lab, mask, describe(mask))
    assert label is not None
    rows, columns = np.nonzero(label)
    assert abs(columns.mean() - 160) < 2
    assert abs(rows.mean() - 50.5) < 2
    lab, mask, _ = plain_top(inside=4.0)
    assert find_label(lab, mask, describe(mask)) is None


def test_the_inside_around_a_label_is_taken_out_whole_on_black_cloth():
    lab, mask, back = plain_top(label=85.0, inside=4.5)
    inner = find_inner_collar(lab, mask, describe(mask))
    assert not inner.hidden
    assert (inner.area & back).sum() > 0.8 * back.sum()
    assert (inner.area & ~back).sum() < 0.25 * back.sum()


def test_a_label_without_a_line_below_it_says_that_an_inside_is_hidden():
    lab, mask, _ = plain_top(label=85.0)
    inner = find_inner_collar(lab, mask, describe(mask))
    assert inner.hidden
    assert not inner.area.any()


def test_a_hidden_inside_stops_the_geometric_engine_by_its_code():
    lab_grey = np.full((360, 320, 3), 248, np.uint8)
    _, mask, _ = plain_top()
    lab_grey[mask] = 20
    lab_grey[46:56, 150:171] = 225
    codes = [finding.code for finding in parse_garment(lab_grey).check.findings]
    assert "neckline_unclear" in codes


@pytest.mark.parametrize("seed", [512, 514, 516])
def test_a_print_on_the_chest_is_not_taken_for_the_edge_of_a_neckline(seed):
    shown = top(seed, "short", Shot(tone="black", pattern="print"), size=SIZE)
    lost = shown.drawn.mask & (parse_garment(shown.drawn.rgb).alpha < 0.5)
    assert lost.sum() < 0.05 * shown.drawn.mask.sum()


def test_hoods_are_told_from_necklines_and_kept_apart():
    for seed in (511, 513):
        hoodie = garment("hoodie", seed, Shot(), size=SIZE).drawn.mask
        assert find_hood(hoodie, describe(hoodie)) is not None
        for sleeves in ("short", "none"):
            mask = top(seed, sleeves, Shot(), size=SIZE).drawn.mask
            assert find_hood(mask, describe(mask)) is None


def test_a_hoodie_has_a_collar_where_its_hood_begins():
    parsed = parse_garment(garment("hoodie", 513, Shot(), size=SIZE).drawn.rgb)
    assert parsed.kind in ("top", "outerwear")
    assert parsed.hood is not None
    rows = np.flatnonzero((parsed.hood > 0.5).any(axis=1))
    left, right = parsed.landmarks["collar_left"], parsed.landmarks["collar_right"]
    assert rows[0] < min(left[1], right[1]) - 20
    assert ((parsed.hood > 0.9) & (parsed.alpha > 0.9)).sum() == 0


def test_a_sleeve_seen_on_one_side_only_says_where_the_other_is():
    mask = np.zeros((100, 200), bool)
    mask[20:90, 60:140] = True
    mask[20:50, 20:180] = True
    left = Sleeve((60.0, 50.0), (20.0, 49.0), (40.0, 50.0), 900.0)
    both = completed(left, None, mask, 99.5)
    assert both[0] == left
    assert both[1] is not None
    assert both[1].armpit == (139.0, 50.0)
    assert both[1].outer == (179.0, 49.0)
    assert completed(None, None, mask, 99.5) == (None, None)


@pytest.mark.parametrize(
    "name", ["tank_red", "tee_pink_flower", "tee_grey_vee", "blouse_blue", "long_black_vee", "dress_green"]
)
def test_the_inside_reaches_the_base_of_the_neckline_on_both_sides(name):
    lab, mask, shape = of_rendered(name)
    area = find_inner_collar(lab, mask, shape).area
    columns = np.nonzero(area.any(axis=0))[0]
    cut = area[:, columns[0] : columns[-1] + 1]
    mirrored = cut[:, ::-1]
    assert (cut & mirrored).sum() > 0.85 * (cut | mirrored).sum()


def test_the_band_of_a_stand_up_collar_is_no_inside():
    lab, mask, shape = of_rendered("turtle_grey")
    inner = find_inner_collar(lab, mask, shape)
    assert not inner.area.any()
    assert not inner.hidden


def of_rendered(name):
    cut = cut_out(np.asarray(Image.open(RENDERED / f"product_{name}.jpg").convert("RGB")), None, 0)
    return cut.lab, cut.mask, describe(cut.mask)
