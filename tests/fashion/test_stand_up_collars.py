"""Turtlenecks: the tube is told from the front by outline or shade, and goes around the neck, not over the chin."""

import numpy as np
import pytest
from drawn_shop import Shot, style
from test_rendered_studio import garment, person, picture, worn

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.outfits.cutouts import with_cover
from bottega.fashion.tryon.body import body_of

WHO, WHAT = "p02", "turtle_grey"


def test_a_tube_above_the_shoulders_is_a_collar_and_not_part_of_the_front():
    for seed in (1, 4, 5):
        shown = style("turtleneck", seed, Shot(), size=(450, 600))
        parsed = parse_garment(shown.drawn.rgb)
        assert parsed.stand is not None
        rows = np.nonzero((parsed.stand > 0.5).any(axis=1))[0]
        assert rows[-1] - rows[0] > 0.05 * 450 * 0.25
        # Nothing of it is in the front's cut-out, and both together are the garment.
        assert float((parsed.stand * parsed.alpha).sum()) < 0.1 * float(parsed.stand.sum())
        whole = parsed.whole > 0.5
        assert (whole & shown.drawn.mask).sum() > 0.95 * (whole | shown.drawn.mask).sum()


@pytest.mark.parametrize("name", ["tee_white", "long_black_vee", "tank_red", "sweater_beige", "dress_green"])
def test_a_neckline_is_no_stand_up_collar(name):
    assert garment(name).stand is None


def test_it_stands_around_the_neck_in_the_colour_of_the_cloth():
    result = worn(WHO, WHAT)
    # Above the base of the neck, where the black V of the photograph leaves it bare.
    body = body_of(person(WHO))
    assert body is not None
    x, y = body.into(np.array(body.neck)) - (0, 0.07 * body.breadth)
    column, row = np.rint(body.out(x, y)).astype(int)
    before = picture("person_p02")[row, column].astype(int)
    after = result.rgb[row, column].astype(int)
    assert before.min() > 140
    assert after.max() < 140
    assert np.ptp(after) < 25


def test_it_leaves_the_face_as_it_was():
    result = worn(WHO, WHAT)
    face = person(WHO).regions["face"] > 0.5
    assert (result.rgb[face] == picture("person_p02")[face]).all()


@pytest.mark.parametrize("who", ["p01", "p02"])
def test_collar_and_front_are_one_piece_of_cloth_in_one_light(who):
    """No shadow of the front on the collar that it goes over into."""
    body = body_of(person(who))
    assert body is not None
    neck = float(body.into(np.array(body.neck))[1])
    levels = []
    for drop in np.arange(0.0, 0.15, 0.01) * body.breadth:
        x, y = np.rint(body.out(0.0, neck + drop)).astype(int)
        levels.append(float(worn(who, WHAT).rgb[y - 1 : y + 2, x - 12 : x + 13].mean()))
    assert np.abs(np.diff(levels)).max() < 2.5


def test_a_loose_collar_stands_off_the_neck_as_it_is_worn():
    """Its wearer's collar is half as broad again as the neck."""
    body = body_of(person("p15"))
    assert body is not None
    result = worn("p15", WHAT).rgb
    rim = round(float(body.neck[1])) - round(0.09 * body.breadth)

    def breadth(rgb):
        row = rgb[rim].astype(int)
        grey = np.flatnonzero((np.ptp(row, axis=1) < 20) & (row.max(axis=1) < 150))
        near = grey[np.abs(grey - body.neck[0]) < 0.5 * body.breadth]
        return float(np.ptp(near))

    assert breadth(result) == pytest.approx(breadth(picture("person_p15")), rel=0.1)


def test_the_neckline_may_be_covered_then():
    result = worn(WHO, WHAT)
    gate = next(gate for gate in result.verdict.gates if gate.name == "neckline")
    assert gate.passed is None


def test_a_cut_out_for_a_board_has_its_collar():
    parsed = garment(WHAT)
    assert parsed.stand is not None
    alpha = with_cover(picture(f"product_{WHAT}"), parsed)[..., 3]
    assert (alpha[parsed.stand > 0.6] > 127).all()
    assert (alpha[parsed.alpha > 0.6] > 127).all()
