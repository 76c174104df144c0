"""Sleeves as they are worn: round over the shoulder that is seen, and a clean end at the hand."""

from functools import lru_cache

import numpy as np
import pytest
from test_rendered_studio import garment, person, picture

from bottega.fashion.garment.cuffs import beyond_cuffs
from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.garment.shape import describe
from bottega.fashion.tryon.body import Arm, Body, body_of
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.contour import Contour
from bottega.fashion.tryon.placement import place_upper
from bottega.fashion.tryon.warp import Fitted, fit_garment
from bottega.imaging.colour import luma


def body(who: str) -> Body:
    found = body_of(person(who))
    assert found is not None
    return found


@lru_cache
def fitted(who: str, what: str) -> Fitted:
    cloth, product, own = cloth_of(garment(what)), garment(what), body(who)
    assert cloth is not None
    placement = place_upper(cloth, own, product, "regular", tucked=False, rolled=False)
    shape = person(who).silhouette.shape
    return fit_garment(
        picture(f"product_{what}"), product.alpha, placement, (shape[0], shape[1]), own.bare_arms
    )


def rays(own: Body, side: int) -> tuple[np.ndarray, np.ndarray]:
    """From the middle of a shoulder, over its round: starts and unit vectors, N x 2."""
    arm = own.left_arm if side < 0 else own.right_arm
    middle = arm.path[0] - side * 0.4 * arm.breadths[0] * own.across + 0.4 * arm.breadths[0] * own.down
    angles = np.radians(np.linspace(10, 80, 15))[:, None]
    return np.tile(middle, (15, 1)), side * np.sin(angles) * own.across - np.cos(angles) * own.down


@pytest.mark.parametrize(
    ("who", "what"),
    [("p02", "long_white"), ("p04", "long_black_vee"), ("p06", "turtle_grey"), ("p05", "turtle_grey")],
)
def test_a_sleeve_runs_over_the_shoulder_that_is_seen(who: str, what: str) -> None:
    own = body(who)
    cloth = Contour(fitted(who, what).alpha)
    seen = Contour(person(who).silhouette)
    for side in (-1, 1):
        starts, ways = rays(own, side)
        off = cloth.reach(starts, ways, 0.5 * own.breadth) - seen.reach(starts, ways, 0.5 * own.breadth)
        assert np.nanmax(off) < 0.03 * own.breadth
        assert np.nanmin(off) > -0.02 * own.breadth


def cuff_ends(name: str) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Of each sleeve the columns in the middle of its end, the rows in which it ends there, and how broad it is."""
    marks, solid = garment(name).landmarks, garment(name).alpha > 0.5
    hems = round(marks["hem_left"][0]) - 8, round(marks["hem_right"][0]) + 8
    found: list[tuple[np.ndarray, np.ndarray, float]] = []
    for first, last in ((0, hems[0]), (hems[1], solid.shape[1])):
        side = solid[:, first:last]
        lowest = int(np.flatnonzero(side.any(axis=1))[-1])
        run = np.flatnonzero(side[lowest - round(0.03 * len(solid))]) + first
        broad = float(np.ptp(run))
        columns = np.arange(round(run[0] + 0.15 * broad), round(run[-1] - 0.15 * broad))
        found.append((columns, len(solid) - 1 - solid[::-1, columns].argmax(axis=0), broad))
    return found


@pytest.mark.parametrize("name", ["long_white", "turtle_grey", "long_black_vee"])
def test_a_cuff_ends_in_a_line_without_its_inside(name: str) -> None:
    alpha, light = garment(name).alpha, luma(picture(f"product_{name}").astype(np.float32) / 255)
    usual = float(np.median(light[alpha > 0.95]))
    for columns, rows, across in cuff_ends(name):
        line = np.polyval(np.polyfit(columns, rows, 1), columns)
        assert np.abs(rows - line).max() < 0.05 * across
        last = [
            float(light[row - round(0.12 * across) : row - 2, column].min())
            for column, row in zip(columns, rows, strict=True)
        ]
        assert np.mean(np.array(last) < 0.7 * usual) < 0.1


def test_a_contrasting_cuff_is_no_inside() -> None:
    photo, mask = picture("product_long_white").copy(), garment("long_white").alpha > 0.5
    rows = np.flatnonzero(mask.any(axis=1))
    y, x = np.nonzero(mask)
    hem = garment("long_white").landmarks
    beside = (x < hem["hem_left"][0] - 4) | (x > hem["hem_right"][0] + 4)
    band = beside & (y > rows[-1] - 0.075 * len(rows))
    photo[y[band], x[band]] = photo[y[band], x[band]] // 3
    assert (parse_garment(photo).alpha[y[band], x[band]] > 0.5).mean() > 0.6


def test_sleeves_laid_flat_keep_their_ends() -> None:
    mask = np.zeros((512, 384), bool)
    mask[100:400, 130:254] = True
    for sign in (-1, 1):
        for step in np.linspace(0, 1, 400):
            row, column = round(105 + 240 * step), round(192 + sign * (60 + 90 * step))
            mask[row : row + 30, column - 14 : column + 15] = True
    lab = np.full((512, 384, 3), 60.0, np.float32)
    lab[362:380, :100] = lab[362:380, 284:] = 20.0
    taken = beyond_cuffs(lab, mask, describe(mask))
    assert taken.sum() < 0.012 * mask.sum()


def along_forearm(arm: Arm, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """H x W: how far along the forearm pixels lie, 1 at the wrist, and how far beside it in its breadths."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    way = arm.path[2] - arm.path[1]
    length = float(np.hypot(*way))
    along = ((x - arm.path[1][0]) * way[0] + (y - arm.path[1][1]) * way[1]) / length**2
    beside = ((x - arm.path[1][0]) * way[1] - (y - arm.path[1][1]) * way[0]) / length
    return along, np.abs(beside) / arm.breadths[2]


@pytest.mark.parametrize(
    ("who", "what"), [("p12", "long_black_vee"), ("p02", "long_white"), ("p06", "turtle_grey")]
)
def test_a_sleeve_ends_where_the_hand_begins(who: str, what: str) -> None:
    own, sleeves = body(who), fitted(who, what).sleeves > 0.5
    for arm in (own.left_arm, own.right_arm):
        assert arm.hand is not None
        along, beside = along_forearm(arm, sleeves.shape)
        near = beside < 0.5
        assert sleeves[near & (along > arm.hand + 0.1) & (along < 1.6)].sum() < 0.02 * arm.breadths[2] ** 2
        before = near & (along > arm.hand - 0.15) & (along < arm.hand - 0.05)
        assert sleeves[before].mean() > 0.9
