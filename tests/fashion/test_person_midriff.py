"""A bare midriff is skin between two garments, not arms laid over the body; arms over one garment are still found."""

import drawn_people
import numpy as np
import pytest

from bottega.fashion.person.parse import parse_person

CROPPED = {"hem": 1.7, "waistband": 2.1, "tone": drawn_people.TONES[1], "seed": 2}


@pytest.mark.parametrize("sleeves", ["none", "long"])
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_a_bare_midriff_is_no_crossing_arm(sleeves: str, spread: float) -> None:
    figure = drawn_people.Figure(sleeves=sleeves, spread=spread, **CROPPED)  # type: ignore[arg-type]
    drawn = drawn_people.draw(figure)
    parse = parse_person(drawn.rgb)
    assert parse.frame is not None
    assert parse.frame.arms == "beside"
    middle = drawn.regions["legs"] > 0.9
    middle[round(drawn.chin[1] + 2.1 * drawn.head_height) :] = False
    arms = [parse.regions[name] for name in ("left_arm", "right_arm", "hands") if name in parse.regions]
    assert float((np.maximum.reduce(arms) > 0.5)[middle].mean()) < 0.1
    for side in ("left", "right"):
        found, truth = parse.frame.joints[f"wrist_{side}"][:2], drawn.joints[f"wrist_{side}"]
        assert np.hypot(*np.subtract(found, truth)) < 0.4 * drawn.head_height


def test_arms_crossed_before_one_garment_stay_crossed() -> None:
    figure = drawn_people.Figure(pose="crossed", sleeves="short", tone=drawn_people.TONES[1], seed=2)
    parse = parse_person(drawn_people.draw(figure).rgb)
    assert "arms_crossed" in {finding.code for finding in parse.check.findings}


def test_a_narrow_bare_strip_above_the_trousers_is_skin() -> None:
    drawn = drawn_people.draw(drawn_people.Figure(**CROPPED | {"hem": 1.9, "waistband": 2.05}))  # type: ignore[arg-type]
    parse = parse_person(drawn.rgb)
    strip = drawn.regions["legs"] > 0.9
    strip[round(drawn.chin[1] + 2.1 * drawn.head_height) :] = False
    assert strip.any()
    assert float((parse.regions["legs"] > 0.5)[strip].mean()) > 0.8
    assert float((parse.regions["bottom"] > 0.5)[strip].mean()) < 0.2
