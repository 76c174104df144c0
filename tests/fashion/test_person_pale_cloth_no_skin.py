"""White and beige cloth in the shade has the lightness of skin and its yellow, but not its red: it is no bare arm."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.skin_model import fit_skin, skin_likeness
from bottega.fashion.person.values import PersonParse

FOLDER = Path(__file__).parent / "rendered"


@lru_cache
def person(name: str) -> PersonParse:
    return parse_person(np.asarray(Image.open(FOLDER / f"person_{name}.jpg").convert("RGB")))


def test_skin_in_shade_stays_skin_and_white_cloth_in_shade_is_none() -> None:
    rng = np.random.default_rng(2)
    face = np.array((74, 6.4, 12.2)) + rng.normal(0, (3, 1.2, 1.6), (400, 3))
    model = fit_skin(face.astype(np.float32))
    assert model is not None
    colours = np.array(
        ((74, 6.4, 12.2), (60, 5.0, 10.0), (78, 4.2, 10.5), (78, -0.2, 5.0), (70, 0.7, 9.0)), np.float32
    )
    found = skin_likeness(colours, model)
    assert (found[:3] > 0.5).all()
    assert (found[3:] < 0.2).all()


def test_a_white_shirt_in_shade_is_no_arm() -> None:
    found = person("p14")
    assert found.agreement > 0.9
    assert "legs" not in found.regions
    ys, _ = np.nonzero(found.regions["top"] > 0.5)
    assert (found.regions["top"][ys.min() + 200 : ys.max() - 60, 300:450] > 0.5).mean() > 0.9


@pytest.mark.parametrize("side", ["left_arm", "right_arm"])
def test_beige_trousers_are_neither_hands_nor_legs(side: str) -> None:
    found = person("p15")
    assert side in found.regions
    worn = found.regions["bottom"] > 0.5
    assert worn[600:900, 330:440].mean() > 0.95
    hands = found.regions["hands"] > 0.5
    assert not hands[:, 330:440].any()
