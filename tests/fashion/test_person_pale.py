"""White clothes before a white wall."""

import drawn_people
import numpy as np
import pytest

from bottega.fashion.person.parse import parse_person

WHITE = {"top_rgb": (238, 238, 236), "noise": 0.8}


def of(**how: object) -> drawn_people.Drawn:
    return drawn_people.draw(drawn_people.Figure(seed=11, **(WHITE | how)))  # type: ignore[arg-type]


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize(
    "how",
    [
        {"backdrop_rgb": (230, 230, 231), "sleeves": "short"},
        {"backdrop_rgb": (226, 220, 230), "sleeves": "long", "spread": 0.25},
        {"backdrop_rgb": (247, 247, 247), "sleeves": "short", "pose": "one_hip", "spread": 0.2},
    ],
    ids=["short", "long", "hand at the hip"],
)
def test_the_outline_is_found_where_colour_says_little(how: dict[str, object]) -> None:
    drawn = of(**how)
    parsed = parse_person(drawn.rgb)
    assert overlap(parsed.silhouette, drawn.silhouette) > 0.97
    assert parsed.agreement > 0.8
    top = parsed.regions.get("top", parsed.regions.get("dress"))
    assert top is not None
    assert overlap(top, drawn.regions["top"]) > 0.9


def test_the_wall_between_arm_and_body_stays_wall() -> None:
    drawn = of(backdrop_rgb=(226, 220, 230), sleeves="long", spread=0.4)
    gap = np.zeros(drawn.silhouette.shape, bool)
    left, right = sorted(drawn.joints[name][0] for name in ("elbow_left", "waist_left"))
    row = round(drawn.joints["waist_left"][1])
    gap[row - 8 : row + 8, round(left) : round(right)] = True
    gap &= drawn.silhouette < 0.01
    assert gap.sum() > 100
    assert float(parse_person(drawn.rgb).silhouette[gap].mean()) < 0.1


def test_what_has_quite_the_colour_of_the_wall_is_refused() -> None:
    drawn = of(top_rgb=(231, 231, 232), backdrop_rgb=(230, 230, 231), sleeves="long", noise=2.5)
    parsed = parse_person(drawn.rgb)
    right = overlap(parsed.silhouette, drawn.silhouette) > 0.95
    assert right or not parsed.check.usable
