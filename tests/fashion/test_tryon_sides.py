"""The sides of a torso beside hanging sleeves, and where the two meet."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from test_rendered_studio import garment, person, worn

from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.cloth import Cloth, cloth_of, torso_mask, untouched_sides
from bottega.fashion.tryon.product import product_of
from bottega.fashion.tryon.seams import close_armpit, soften_seam
from bottega.fashion.tryon.sides import even_sides

HANGING = ["tee_grey_vee", "tee_pink_flower", "elbow_green", "long_black_vee"]


def cloth(name: str) -> Cloth:
    found = cloth_of(garment(name))
    assert found is not None
    return found


def width(mask: np.ndarray, row: float, middle: float) -> int:
    """Of the run of `mask` around a column."""
    line = mask[round(row)]
    holes = np.flatnonzero(~line)
    left = holes[holes < middle].max(initial=-1)
    right = holes[holes > middle].min(initial=len(line))
    return int(right - left - 1)


@pytest.mark.parametrize("name", HANGING)
def test_a_torso_ends_where_a_hanging_sleeve_begins(name: str) -> None:
    found, alpha = cloth(name), garment(name).alpha > 0.5
    own = alpha & torso_mask(alpha.shape, found)
    row, middle = found.origin[1] + min(found.hidden), found.origin[0]
    above = row - 0.08 * found.chest_breadth
    # The picture's own run is that of torso and sleeves there.
    assert width(alpha, above, middle) > 1.3 * width(own, above, middle)
    assert abs(width(own, above, middle) / width(alpha, row + 6, middle) - 1) < 0.04


@pytest.mark.parametrize("name", HANGING)
def test_sides_run_on_behind_the_sleeves_and_not_past_the_armpits(name: str) -> None:
    found = cloth(name)
    for side, armpit in ((-found.lefts, -found.armpits[0][0] + found.origin[0]), (found.rights, 0)):
        armpit = armpit or found.armpits[1][0] - found.origin[0]
        assert side[0] == pytest.approx(armpit)
        assert (side[found.drops < max(found.hidden)] <= armpit + 1e-6).all()


def test_the_strip_that_a_sleeve_touches_is_taken_from_further_in() -> None:
    found = cloth("tee_sun")
    left, right = untouched_sides(found)
    rows = right.rows - found.origin[1]
    at = np.interp(rows, found.drops, found.rights) + found.origin[0] - right.columns
    # From the armpit to the sleeve's end it lies on the torso, with its edge about level.
    beside = (rows > found.drops[0]) & (rows < found.hidden[1])
    assert right.shares[beside] == pytest.approx(1)
    assert np.ptp(right.columns[beside]) < 0.02 * found.chest_breadth
    assert (at[beside] > 0.06 * found.chest_breadth).all()
    assert right.shares[0] == 0
    assert (right.shares[rows > found.hidden[1] + 0.1 * found.chest_breadth] == 0).all()
    assert (left.columns < right.columns).all()


@pytest.mark.parametrize("name", ["tee_white", "elbow_green"])
def test_no_hem_of_a_sleeve_is_left_on_the_torso(name: str) -> None:
    done = worn("p14", name)
    own = body_of(person("p14"))
    assert own is not None
    across, down = np.meshgrid(np.linspace(-0.33, -0.24, 25), np.linspace(0.34, 0.62, 90))
    points = own.out(across.ravel() * own.breadth, down.ravel() * own.breadth)
    x, y = np.rint(points).astype(int).T
    shown = done.garment_mask[y, x].reshape(across.shape)
    light = cv2.GaussianBlur(done.rgb.astype(np.float32).mean(axis=2), (0, 0), 1.5)[y, x].reshape(
        across.shape
    )
    smooth = cv2.GaussianBlur(light, (0, 0), 6)
    # A hem or the edge of a sleeve is a dark line.
    assert float((smooth - light)[shown].max()) < 7


@pytest.mark.parametrize(("who", "name"), [("p01", "tee_black_print"), ("p12", "tee_sun")])
def test_no_end_of_a_sleeve_hangs_at_the_side(who: str, name: str) -> None:
    done = worn(who, name)
    mask, middle = done.garment_mask, done.person.regions["face"].argmax() % done.garment_mask.shape[1]
    rows = np.flatnonzero(mask.any(axis=1))
    widths = np.array([width(mask, row, middle) for row in range(int(np.median(rows)), rows[-1] - 60)])
    # Below the sleeves the breadth changes as cloth does, row by row.
    assert np.abs(np.diff(widths)).max() <= 6


def pieces(gap: float, opens: float) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """A torso up to column 100, and a sleeve from there on with a gap of `gap` pixels, `opens` more at its lower end."""
    y, x = np.mgrid[0:200, 0:200].astype(np.float32)
    torso = ((x < 100) & (y > 20)).astype(np.float32)
    begins = 100 + np.where(y > 60, gap + opens * np.clip(y - 60, 0, 100) / 100, 0)
    sleeve = ((x >= begins) & (x < begins + 50) & (y > 20) & (y < 160)).astype(np.float32)
    rgb = np.zeros((200, 200, 3), np.float32)
    rgb[(torso > 0) | (sleeve > 0)] = (0.2, 0.4, 0.6)
    ring = np.array([(125.0, 10.0), (150.0, 160.0), (110.0, 160.0), (100.0, 60.0)])
    return rgb, {"torso": torso, "sleeves": sleeve}, ring


def test_cloth_touches_at_the_armpit_and_hangs_apart_below() -> None:
    rgb, covers, ring = pieces(1, 20)
    close_armpit(rgb, covers, ring)
    assert covers["sleeves"][61, 100] > 0.9
    assert rgb[61, 100] == pytest.approx((0.2, 0.4, 0.6), abs=0.02)
    assert covers["sleeves"][110, 105] == 0


def test_a_wide_opening_at_the_armpit_stays_open() -> None:
    rgb, covers, ring = pieces(20, 20)
    before = covers["sleeves"].copy()
    close_armpit(rgb, covers, ring)
    changed = np.abs(covers["sleeves"] - before) > 0.01
    assert changed.sum() < 40
    assert not changed[75:].any()


def test_a_hole_with_cloth_around_it_is_closed() -> None:
    rgb, covers, ring = pieces(0, 0)
    covers["sleeves"][70:80, 100:112] = 0
    rgb[70:80, 100:112] = 1
    close_armpit(rgb, covers, ring)
    assert covers["sleeves"][70:80, 100:112].min() > 0.9
    assert rgb[75, 106] == pytest.approx((0.2, 0.4, 0.6), abs=0.02)


def test_a_sleeve_begins_softly_and_only_over_cloth() -> None:
    torso = np.zeros((200, 200), np.float32)
    torso[20:120, :110] = 1
    sleeve = np.zeros((200, 200), np.float32)
    sleeve[20:180, 80:150] = 1
    ring = np.array([(100.0, 20.0), (150.0, 20.0), (150.0, 180.0), (100.0, 120.0)])
    whole = sleeve.copy()
    soften_seam(sleeve, torso, ring)
    # The seam runs down at column 100.
    assert sleeve[60, 85] == pytest.approx(0, abs=0.01)
    assert sleeve[60, 100] == pytest.approx(0.5, abs=0.05)
    assert (np.diff(sleeve[60, 85:115]) <= 0.12).all()
    assert sleeve[60, 120] == 1
    assert sleeve[150, 85] == whole[150, 85] == 1
    assert (sleeve + torso * (1 - sleeve))[20:180, 85:150].min() == 1


def test_paper_in_a_narrow_corner_lends_the_cloth_no_colour() -> None:
    rgb = np.full((400, 400, 3), 250, np.uint8)
    alpha = np.zeros((400, 400), np.float32)
    alpha[50:350, 100:300] = 1
    rgb[50:350, 100:300] = (30, 30, 32)
    # A slit as narrow as that between sleeve and torso: it was cut out with the garment.
    rgb[50:57, 199:201] = 250
    made = product_of(rgb, replace(garment("tee_black_print"), alpha=alpha))
    assert made.cover[54, 200] > 0.5
    assert made.colours[50:60, 195:205].max() < 0.3


def torso(sides: np.ndarray) -> np.ndarray:
    """A cover whose right side lies at `sides` (a column for each row) and whose left side mirrors it about column 200."""
    x = np.arange(400)[None]
    return (np.abs(x - 199.5) < (sides[:, None] - 199.5)).astype(np.float32)


def ends(cover: np.ndarray) -> np.ndarray:
    return cover[:, 200:].sum(axis=1) + 200


def test_a_wavy_side_is_drawn_smooth_and_keeps_its_shape() -> None:
    rows = np.arange(500.0)
    hips = 300 + 25 * np.sin((rows - 100) / 160)
    cover = torso(hips + 4 * np.sin(rows / 5))
    even_sides(cover, (20, 480), 200)
    found = ends(cover)[40:460]
    assert np.abs(np.diff(found, 2)).max() < 0.5
    assert np.abs(found - hips[40:460]).max() < 3
    assert np.abs(cover - cover[:, ::-1]).max() < 1e-3


def test_what_stands_off_from_a_side_is_left() -> None:
    rows = np.arange(500)
    frill = np.where((rows > 240) & (rows < 270), 340.0, 300.0)
    cover = torso(frill)
    even_sides(cover, (20, 480), 200)
    assert ends(cover)[255] > 325
    assert ends(cover)[100] == pytest.approx(300, abs=1)


def test_an_open_front_is_no_side() -> None:
    cover = torso(np.full(500, 300.0))
    cover[100:300, 190:210] = 0
    before = cover.copy()
    even_sides(cover, (20, 480), 200)
    assert (cover == before).all()
