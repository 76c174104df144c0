"""Each gate measures what it means: a print is no tear, a flower of the skin's colour no undressing, plain cloth has no details,
and who wears the very garment already is judged like anybody else. Rendered pictures, and the drawings of the gates' tests."""

from dataclasses import replace
from functools import lru_cache

import cv2
import drawn_garments
import drawn_people
import numpy as np
import pytest
from test_rendered_studio import garment, person, picture, worn
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.evidence import evidence_of
from bottega.fashion.tryon.expected import expected_of
from bottega.fashion.tryon.fidelity import printed_share
from bottega.fashion.tryon.garment_gates import MOST_LEG_STEPS
from bottega.fashion.tryon.gates import judge_tryon
from bottega.fashion.tryon.joins import leg_steps
from bottega.fashion.tryon.values import Gate, Measure, TryOn, TryOnOptions, TryOnRefused, TryOnVerdict


def judged(who: str, what: str, result: np.ndarray) -> TryOnVerdict:
    return judge_tryon(
        picture(f"person_{who}"),
        picture(f"product_{what}"),
        result,
        mask=worn(who, what).edit_mask,
        layer=worn(who, what).garment_mask.astype(np.float32),
        person=person(who),
        garment=garment(what),
    )


def gate(found: TryOnVerdict, name: str) -> Gate:
    return next(one for one in found.gates if one.name == name)


def measure(found: TryOnVerdict, name: str) -> Measure:
    return next(one for one in found.measures if one.name == name)


# --- Rendered ------------------------------------------------------------------------------------------------


def test_the_garment_that_is_worn_already_has_its_own_sleeves_and_leaves_no_remains() -> None:
    found = worn("p05", "elbow_green").verdict
    assert gate(found, "sleeves").passed
    assert gate(found, "sleeves").value < 0.15
    assert measure(found, "old_garment_residue").score is None
    assert found.score is not None
    assert found.score > 0.9


def test_white_letters_before_a_white_wall_are_no_tear() -> None:
    found = worn("p01", "tee_black_print").verdict
    assert gate(found, "torn").passed
    assert gate(found, "torn").value < 0.01


def test_a_slit_in_a_printed_shirt_is_torn() -> None:
    done = worn("p01", "tee_black_print")
    torn = done.rgb.copy()
    ys, xs = np.nonzero(done.garment_mask)
    middle, low = round(float(np.median(xs))), round(float(np.percentile(ys, 75)))
    torn[low - 60 : low + 60, middle - 40 : middle + 20] = picture("person_p01")[8, 8]
    assert gate(judged("p01", "tee_black_print", torn), "torn").passed is False


def test_a_print_that_was_painted_over_is_missed() -> None:
    done = worn("p06", "tee_black_print")
    assert gate(done.verdict, "garment_details").passed
    plain = done.rgb.copy()
    white = done.garment_mask & (plain.min(axis=2) > 60)
    wide = cv2.dilate(white.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    plain[wide & done.garment_mask] = np.median(plain[done.garment_mask], axis=0)
    assert gate(judged("p06", "tee_black_print", plain), "garment_details").passed is False


@pytest.mark.parametrize(
    "name", ["blouse_blue", "turtle_grey", "sweater_beige", "tee_white", "long_black_vee"]
)
def test_seams_and_folds_are_no_print(name: str) -> None:
    marks = garment(name).landmarks
    box = marks["armpit_left"][0], marks["collar_front"][1], marks["armpit_right"][0]
    assert printed_share(picture(f"product_{name}"), garment(name).alpha, box) < 0.025


@pytest.mark.parametrize("name", ["tee_black_print", "tee_sun", "tee_pink_flower", "tank_floral"])
def test_letters_pictures_and_flowers_are(name: str) -> None:
    marks = garment(name).landmarks
    box = marks["armpit_left"][0], marks["collar_front"][1], marks["armpit_right"][0]
    assert printed_share(picture(f"product_{name}"), garment(name).alpha, box) > 0.025


def test_flowers_of_the_skin_s_colour_do_not_undress_and_a_bare_belly_does() -> None:
    done = worn("p11", "tank_floral")
    assert gate(done.verdict, "no_undressing").passed
    bared = done.rgb.copy()
    photo, regions = picture("person_p11"), person("p11").regions
    skin = np.median(photo[regions["neck"] > 0.9], axis=0)
    ys, xs = np.nonzero(done.garment_mask)
    middle, low = round(float(np.median(xs))), round(float(np.percentile(ys, 60)))
    bared[low - 60 : low, middle - 50 : middle + 50] = skin
    assert gate(judged("p11", "tank_floral", bared), "no_undressing").passed is False


# --- Drawn ---------------------------------------------------------------------------------------------------

FIGURE = drawn_people.Figure(sleeves="none", tone=drawn_people.TONES[1], seed=11)


@lru_cache
def scene() -> tuple[drawn_people.Drawn, drawn_garments.Drawn, TryOn]:
    figure, product = drawn_people.draw(FIGURE), drawn_garments.draw("elbow_top", 12, pattern="plain")
    return (
        figure,
        product,
        try_on(figure.rgb, product.rgb, person=person_truth(figure), garment=garment_truth(product)),
    )


def verdict(result: np.ndarray) -> TryOnVerdict:
    figure, product, done = scene()
    return judge_tryon(
        figure.rgb,
        product.rgb,
        result,
        mask=done.edit_mask,
        person=person_truth(figure),
        garment=garment_truth(product),
    )


def test_hands_of_others_are_stopped() -> None:
    figure, _, done = scene()
    assert gate(verdict(done.rgb), "hands").passed
    other = done.rgb.copy()
    hands = figure.regions["hands"] > 0.5
    other[hands] = np.roll(done.rgb, 40, axis=0)[hands] // 2 + 30
    assert gate(verdict(other), "hands").passed is False


def test_a_bare_arm_beside_its_sleeve_is_stopped() -> None:
    figure, product, done = scene()
    assert gate(verdict(done.rgb), "arms_covered").passed
    expected = expected_of(person_truth(figure), garment_truth(product), TryOnOptions())
    assert expected is not None
    arm = expected.body.right_arm
    middle = 0.4 * arm.path[0] + 0.6 * arm.path[1]
    y, x = np.mgrid[: done.rgb.shape[0], : done.rgb.shape[1]]
    beside = (np.hypot(x - middle[0], y - middle[1]) < 0.5 * arm.breadths[1]) & (x > middle[0])
    spoilt = np.where(beside[..., None], figure.rgb, done.rgb)
    assert "arms_covered" in verdict(spoilt).failed


def test_more_that_is_made_up_beside_the_garment_scores_less() -> None:
    figure, _, done = scene()
    found = measure(verdict(done.rgb), "made_up_area")
    more = done.rgb.copy()
    beside = (person_truth(figure).silhouette > 0.5) & ~done.garment_mask
    beside[: round(0.45 * more.shape[0])] = False
    more[beside] = 255 - more[beside]
    worse = measure(
        judge_tryon(
            figure.rgb,
            scene()[1].rgb,
            more,
            person=person_truth(figure),
            garment=garment_truth(scene()[1]),
        ),
        "made_up_area",
    )
    assert found.score is not None
    assert worse.score is not None
    assert worse.value > found.value + 0.2
    assert worse.score < found.score


def test_legs_that_do_not_go_on_below_a_skirt_are_stopped() -> None:
    done = worn("p11", "trousers_beige")
    assert gate(done.verdict, "legs_meet").passed is not False
    spoilt = picture("person_p11").copy()
    photo, legs = spoilt.copy(), person("p11").regions["legs"] > 0.5
    skirt = person("p11").regions["bottom"] > 0.5
    hem = int(np.flatnonzero(skirt.any(axis=1))[-1])
    # The lower part of the skirt is taken away, and no legs are put in its place.
    spoilt[skirt] = photo[hem, 4]
    expected = expected_of(person("p11"), garment("skirt_red"), TryOnOptions())
    assert expected is not None
    cover = expected.cover.copy()
    cover[hem - 60 :] = 0
    seen = evidence_of(
        photo,
        picture("product_skirt_red"),
        spoilt,
        None,
        person("p11"),
        garment("skirt_red"),
        replace(expected, cover=cover),
        TryOnOptions(),
    )
    steps = leg_steps(seen)
    assert legs.any()
    assert steps is not None
    assert steps > MOST_LEG_STEPS
    spoilt[hem - 60 : hem + 1] = photo[hem + 12]
    assert (leg_steps(replace(seen, result=spoilt)) or 0.0) < MOST_LEG_STEPS


def test_a_body_without_shoulders_is_refused_with_a_reason() -> None:
    seen = person("p01")
    assert seen.frame is not None
    joints = dict(seen.frame.joints)
    x, y, sure = joints["shoulder_left"]
    joints["shoulder_right"] = (x + 2, y, sure)
    narrow = replace(seen, frame=replace(seen.frame, joints=joints))
    with pytest.raises(TryOnRefused) as refused:
        try_on(
            picture("person_p01"), picture("product_tee_white"), person=narrow, garment=garment("tee_white")
        )
    assert [reason["code"] for reason in refused.value.details["reasons"]] == ["torso_hidden"]
