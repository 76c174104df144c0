"""Clothes that are nearly of the colour of what is beside them: wall, hair, skin, or trousers below a short hem."""

from typing import Any

import drawn_people
import drawn_photographs
import numpy as np
import pytest

from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.values import PersonParse

SMALL: dict[str, Any] = {"width": 384, "height": 512, "head_px": 84.0, "chin": (0.5, 0.22)}
BLACK = (24, 24, 28)


def parsed(seed: int = 5, **changes: Any) -> tuple[PersonParse, drawn_people.Drawn]:
    drawn = drawn_people.draw(drawn_people.Figure(**(SMALL | changes)))
    drawn = drawn_photographs.photographed(drawn, seed)
    return parse_person(drawn.rgb), drawn


def found(parse: PersonParse, drawn: drawn_people.Drawn, name: str) -> np.ndarray:
    """H x W: the region, empty where it is not there."""
    return np.asarray(parse.regions.get(name, np.zeros(drawn.silhouette.shape)) > 0.5)  # type: ignore[call-overload]


@pytest.mark.parametrize("seed", [2, 5])
def test_folds_of_a_white_top_with_the_colour_of_the_wall_belong_to_the_top(seed: int) -> None:
    parse, drawn = parsed(seed, top_rgb=(236, 236, 234), backdrop_rgb=(196, 197, 199), spread=0.25)
    top, truth = found(parse, drawn, "top"), drawn.regions["top"] > 0.5
    assert float(top[truth].mean()) > 0.78
    assert float(truth[top].mean()) > 0.95


def test_long_sleeves_reach_below_a_short_hem() -> None:
    parse, drawn = parsed(sleeves="long", hem=1.6, waistband=2.1, top_rgb=BLACK, spread=0.4)
    truth = drawn.regions["top"] > 0.9
    assert float(found(parse, drawn, "top")[truth].mean()) > 0.95
    assert float(found(parse, drawn, "bottom")[truth].mean()) < 0.01


def test_shoulders_of_a_black_top_are_no_black_hair() -> None:
    parse, drawn = parsed(top_rgb=BLACK, hair="long", hair_rgb=(28, 24, 24), neckline=0.3)
    shoulders = drawn.regions["top"] > 0.9
    shoulders[round(drawn.chin[1] + 0.42 * drawn.head_height) :] = False
    assert float(found(parse, drawn, "hair")[shoulders].mean()) < 0.15


def test_stripes_of_the_skins_colour_are_cloth() -> None:
    parse, drawn = parsed(
        top_rgb=(40, 90, 120), second_rgb=(205, 165, 140), pattern="striped", tone=drawn_people.TONES[2]
    )
    assert parse.agreement >= 0.8
    assert float(found(parse, drawn, "top")[drawn.regions["top"] > 0.9].mean()) > 0.75
