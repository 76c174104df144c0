"""Arms under sleeves: as broad as they are where they come out, narrower than a wide sleeve, in the sleeve's middle."""

from dataclasses import replace

import drawn_people
import numpy as np
from tryon_truth import person_truth

from bottega.fashion.tryon.body import Body, body_of, hands_of
from bottega.fashion.tryon.limbs import Limb, length_hidden, limb_of
from bottega.fashion.tryon.zones import limbs_of
from bottega.imaging.picture import F32

FIGURE = drawn_people.Figure(
    width=384, height=512, head_px=80.0, chin=(0.5, 0.2), tone=drawn_people.TONES[2], spread=0.3, seed=4
)


def left_limb(figure: drawn_people.Figure, wider: int = 0, moved: float = 0.0) -> tuple[Limb, Body, F32]:
    """The left arm of a drawn person and the worn top; sleeves `wider` pixels on each side, elbow and wrist of the frame
    `moved` pixels outward."""
    import cv2

    person = person_truth(drawn_people.draw(figure))
    assert person.frame is not None
    if moved:
        joints = dict(person.frame.joints)
        for name in ("elbow_left", "wrist_left"):
            x, y, sure = joints[name]
            joints[name] = (x - moved, y, sure)
        person = replace(person, frame=replace(person.frame, joints=joints))
    top = person.regions["top"]
    if wider:
        top = np.asarray(cv2.dilate(top, np.ones((1, 2 * wider + 1), np.uint8)), np.float32)
    body = body_of(person)
    assert body is not None
    bare = hands_of(person, body)
    for name in ("left_arm", "right_arm"):
        if name in person.regions:
            bare = np.maximum(bare, person.regions[name])
    return limb_of(body.left_arm, body, bare, top, bare), body, top


def test_under_a_short_sleeve_the_arm_goes_on_as_it_comes_out() -> None:
    limb, _, _ = left_limb(replace(FIGURE, sleeves="short"))
    first = int(np.flatnonzero(limb.seen)[0])
    assert first > 6
    # Neither edge jumps where the sleeve ends.
    for edge in (limb.outer, limb.inner):
        bends = np.abs(np.diff(edge[first - 6 : first + 6], 2, axis=0)).max()
        assert float(bends) < 2.5
    shares = limb.halves[first - 4 : first] / limb.halves[first]
    assert float(np.abs(shares - 1).max()) < 0.15


def test_an_arm_does_not_fill_a_wide_sleeve() -> None:
    limb, body, top = left_limb(replace(FIGURE, sleeves="long"), wider=9)
    middle = len(limb.axis) // 2
    row, column = round(float(limb.axis[middle, 1])), round(float(limb.axis[middle, 0]))
    gaps = np.flatnonzero(top[row] < 0.5)
    wide = int(gaps[gaps > column][0] - gaps[gaps < column][-1])
    assert 2 * limb.halves[middle] < 0.75 * wide
    assert 2 * limb.halves[middle] > 0.12 * body.breadth


def test_an_arm_tapers_to_the_wrist() -> None:
    limb, _, _ = left_limb(replace(FIGURE, sleeves="long"))
    upper, wrist = limb.halves[len(limb.axis) // 8], limb.halves[round(2.0 / 2.4 * (len(limb.axis) - 1))]
    assert 0.4 < float(wrist / upper) < 0.85


def test_the_sleeve_says_where_the_arm_is_when_the_frame_is_off() -> None:
    true, _, _ = left_limb(replace(FIGURE, sleeves="long"))
    moved, _, _ = left_limb(replace(FIGURE, sleeves="long"), moved=10.0)
    at = slice(len(true.axis) // 2, round(0.8 * len(true.axis)))
    assert float(np.abs(moved.axis[at, 0] - true.axis[at, 0]).mean()) < 4


def test_an_arm_beside_its_sleeve_has_strayed() -> None:
    assert length_hidden(left_limb(replace(FIGURE, sleeves="long"))[0]) < 0.1
    assert length_hidden(left_limb(replace(FIGURE, sleeves="long"), moved=45.0)[0]) > 0.3


def test_only_arms_that_were_found_are_limbs() -> None:
    person = person_truth(drawn_people.draw(FIGURE))
    body = body_of(person)
    assert body is not None
    lost = replace(body, left_arm=replace(body.left_arm, found=False))
    assert len(limbs_of(person, body)) == 2
    assert len(limbs_of(person, lost)) == 1
