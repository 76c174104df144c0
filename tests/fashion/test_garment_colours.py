"""Colour differences as published, names as people use them."""

import numpy as np
import pytest

from bottega.fashion.colours import NAMES, ciede2000, hex_of, lab_of, lch, name_of

# G. Sharma, W. Wu, E. Dalal (2005), table 1: pairs 1, 4, 7, 10, 13, 16, 17, 20, 25, 31, 34.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0010), 7.1792),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0009, -2.4900), 4.8045),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "two", "difference"), SHARMA)
def test_differences_are_those_of_the_published_table(one, two, difference):
    assert float(ciede2000(one, two)) == pytest.approx(difference, abs=1e-4)


def test_a_difference_does_not_depend_on_the_order():
    rng = np.random.default_rng(1)
    one, two = rng.uniform((0, -100, -100), (100, 100, 100), (2, 500, 3))
    assert np.allclose(ciede2000(one, two), ciede2000(two, one))


def test_every_name_names_its_own_centre():
    assert [name_of(lab_of(colour)) for colour in NAMES.values()] == list(NAMES)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#000010", "black"),
        ("#fefefe", "white"),
        ("#1a2456", "navy"),
        ("#dd1c1a", "red"),
        ("#e6d5b8", "beige"),
    ],
)
def test_near_colours_take_the_name(colour, name):
    assert name_of(lab_of(colour)) == name


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#7b4a26", "#16d5e6"])
def test_a_colour_survives_the_way_to_lab_and_back(colour):
    assert hex_of(lab_of(colour)) == colour


def test_something_that_is_no_colour_is_refused():
    with pytest.raises(ValueError):
        lab_of("#12")


def test_hue_is_measured_from_red_towards_yellow():
    assert lch((50, 10, 0))[2] == pytest.approx(0)
    assert lch((50, 0, 10)).tolist() == pytest.approx([50, 10, 90])
