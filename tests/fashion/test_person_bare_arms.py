"""Arms that are bare up to the shoulder: the hand is at the lower end."""

import drawn_people
import numpy as np
import pytest

from bottega.fashion.person.parse import parse_person


@pytest.mark.parametrize("pose", ["beside", "one_hip"])
def test_wrists_of_bare_arms_are_found_at_the_hands(pose: str) -> None:
    figure = drawn_people.Figure(sleeves="none", pose=pose, tone=drawn_people.TONES[3], seed=3)  # type: ignore[arg-type]
    drawn = drawn_people.draw(figure)
    frame = parse_person(drawn.rgb).frame
    assert frame is not None
    for side in ("left", "right"):
        found, truth = np.array(frame.joints[f"wrist_{side}"][:2]), np.array(drawn.joints[f"wrist_{side}"])
        assert np.hypot(*(found - truth)) < 0.25 * drawn.head_height
