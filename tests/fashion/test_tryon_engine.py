"""The try-on as a whole: the garment where it belongs, everything else untouched, or a refusal that says why."""

from dataclasses import replace

import drawn_garments
import drawn_people
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.errors import InputError, InvalidOption
from bottega.fashion.findings import Check, Finding, Grave
from bottega.fashion.tryon.conditions import MOST_BARE_SHOULDERS
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.expected import expected_of
from bottega.fashion.tryon.fidelity import colour_distance, lab_samples
from bottega.fashion.tryon.remains import bare_shoulders
from bottega.fashion.tryon.values import TryOn, TryOnOptions, TryOnRefused

FIGURE = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)


def dressed(
    figure: drawn_people.Figure = FIGURE, name: str = "tshirt", seed: int = 3, **options: str
) -> tuple[TryOn, drawn_people.Drawn, drawn_garments.Drawn]:
    person, garment = drawn_people.draw(figure), drawn_garments.draw(name, seed, pattern="plain")
    done = try_on(
        person.rgb,
        garment.rgb,
        TryOnOptions(**options),  # type: ignore[arg-type]
        person=person_truth(person),
        garment=garment_truth(garment),
    )
    return done, person, garment


@pytest.mark.parametrize("name", ["tshirt", "shirt"])
def test_no_pixel_outside_the_edit_mask_changes(name: str) -> None:
    done, person, _ = dressed(name=name)
    outside = ~done.edit_mask
    assert (done.rgb[outside] == person.rgb[outside]).all()
    assert done.edit_mask.mean() < 0.6


def test_the_border_of_the_photograph_and_the_face_stay_as_they_were() -> None:
    done, person, _ = dressed()
    x, y, width, height = (round(v) for v in person_truth(person).face.box)  # type: ignore[union-attr]
    assert not done.edit_mask[y : y + round(0.8 * height), x : x + width].any()
    for rim in (np.s_[:16], np.s_[:, :16], np.s_[:, -16:]):
        assert not done.edit_mask[rim].any()


def test_the_colours_are_those_of_the_product_picture() -> None:
    done, person, garment = dressed()
    area = (done.layer[..., 3] > 250) & (person.regions["top"] > 0.9)
    shown = lab_samples(garment.rgb, garment.mask)
    assert colour_distance(shown, lab_samples(done.rgb, area)) < 10
    assert colour_distance(shown, lab_samples(person.rgb, area)) > 20


def test_nothing_of_the_old_garment_remains() -> None:
    done, person, _ = dressed(replace(FIGURE, sleeves="long", hem=2.1), "tshirt")
    worn = (person.regions["top"] > 0.95) & (person.regions.get("hands", 0 * person.silhouette) < 0.02)
    same = (np.abs(done.rgb.astype(int) - person.rgb).max(axis=2) <= 2)[worn]
    assert same.mean() < 0.03


def test_bare_arms_below_short_sleeves_have_the_persons_skin() -> None:
    done, person, _ = dressed(replace(FIGURE, sleeves="long"), "tshirt")
    (ex, ey), (wx, wy) = person.joints["elbow_left"], person.joints["wrist_left"]
    patch = done.rgb[
        round((ey + wy) / 2) - 4 : round((ey + wy) / 2) + 4,
        round((ex + wx) / 2) - 4 : round((ex + wx) / 2) + 4,
    ]
    lab = lab_samples(patch, np.ones(patch.shape[:2], bool)).mean(axis=0)
    assert np.hypot(*(lab[1:] - FIGURE.tone[1:])) < 8
    assert abs(lab[0] - FIGURE.tone[0]) < 20


def test_long_hair_stays_before_the_garment() -> None:
    done, person, _ = dressed(replace(FIGURE, hair="long", hair_front=True, head_px=150.0))
    strands = (person.regions["hair"] > 0.99) & (done.layer[..., 3] > 250)
    assert strands.sum() > 500
    assert (done.rgb[strands] == person.rgb[strands]).all()


@pytest.mark.slow
def test_the_same_arguments_give_the_same_pixels() -> None:
    assert (dressed()[0].rgb == dressed()[0].rgb).all()


def test_the_report_says_what_was_done() -> None:
    done, _, _ = dressed(name="shirt")
    assert done.report["engine"] == "geometric preview"
    assert done.report["sleeves"] == "long"
    assert done.report["arm_covered_left"] > 0.9
    assert done.verdict.accepted


def test_rolled_sleeves_end_below_the_elbow() -> None:
    done, _, _ = dressed(replace(FIGURE, sleeves="long"), "shirt", sleeves="rolled")
    assert 0.4 < done.report["arm_covered_left"] < 0.75


def test_trousers_go_under_the_worn_top() -> None:
    figure = replace(FIGURE, head_px=135.0, chin=(0.5, 0.17))
    done, person, _ = dressed(figure, "trousers", 2)
    top = person.regions["top"] > 0.99
    assert (done.rgb[top] == person.rgb[top]).mean() > 0.98
    bottom = person.regions["bottom"] > 0.9
    assert (done.rgb[bottom] != person.rgb[bottom]).any(axis=1).mean() > 0.9


# --- Refusals ------------------------------------------------------------------------------------------------


def refused(
    person_changes: dict | None = None, garment_changes: dict | None = None, **figure: object
) -> tuple[str, ...]:
    person = drawn_people.draw(replace(FIGURE, **figure))  # type: ignore[arg-type]
    garment = drawn_garments.draw("tshirt", 3)
    with pytest.raises(TryOnRefused) as caught:
        try_on(
            person.rgb,
            garment.rgb,
            person=person_truth(person, **(person_changes or {})),
            garment=replace(garment_truth(garment), **(garment_changes or {})),
        )
    assert all(reason.message and reason.fix for reason in caught.value.reasons)
    return caught.value.codes


def test_what_cannot_be_shown_is_refused_with_its_reason() -> None:
    assert refused(pose="crossed") == ("arms_crossed",)
    assert refused(seated=True) == ("seated",)
    assert refused({"agreement": 0.5}) == ("low_confidence",)
    assert refused({"faces": 2}) == ("several_people",)
    assert refused({"frame": None}) == ("torso_hidden",)
    assert refused(None, {"worn": True}) == ("garment_worn",)
    assert refused(None, {"sheer": True}) == ("sheer",)
    assert refused(None, {"kind": "shoes"}) == ("garment_kind_unsupported",)
    assert refused(None, {"confidence": 0.4}) == ("garment_not_isolated",)
    assert refused(None, {"landmarks": {}}) == ("garment_shape_unclear",)


def test_a_person_turned_away_is_refused() -> None:
    person = person_truth(drawn_people.draw(FIGURE))
    assert person.frame is not None
    assert refused({"frame": replace(person.frame, facing="back")}) == ("turned_away",)


def test_hair_over_most_of_the_garment_is_refused() -> None:
    drawn = drawn_people.draw(FIGURE)
    regions = dict(drawn.regions)
    regions["hair"] = np.maximum(regions["hair"], 0.99 * regions["top"])
    assert refused({"regions": regions}) == ("hair_over_garment",)


def test_arms_under_long_sleeves_are_made_up_for_a_strap_top() -> None:
    done, person, _ = dressed(replace(FIGURE, sleeves="long", pose="beside"), "tank")
    for side in ("left", "right"):
        (ex, ey), (sx, sy) = person.joints[f"elbow_{side}"], person.joints[f"shoulder_{side}"]
        y, x = round(0.8 * ey + 0.2 * sy), round(0.8 * ex + 0.2 * sx)
        lab = lab_samples(done.rgb[y - 3 : y + 4, x - 3 : x + 4], np.ones((7, 7), bool)).mean(axis=0)
        assert np.hypot(*(lab[1:] - FIGURE.tone[1:])) < 8


def test_trousers_on_a_photograph_without_legs_are_refused() -> None:
    person, garment = drawn_people.draw(replace(FIGURE, head_px=215.0)), drawn_garments.draw("trousers", 2)
    with pytest.raises(TryOnRefused) as caught:
        try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    assert caught.value.codes == ("legs_hidden",)


def test_an_uncertain_kind_is_asked_for() -> None:
    assert refused(None, {"kind_confidence": 0.5}) == ("garment_kind_unsure",)


def test_sleeves_cover_shoulders_that_are_broader_than_the_joints_say() -> None:
    person = drawn_people.draw(replace(FIGURE, sleeves="none"))
    truth, garment = person_truth(person), garment_truth(drawn_garments.draw("tshirt", 3))
    assert truth.frame is not None
    middle = person.chin[0]
    narrow = {
        name: (middle + (0.8 if name.startswith("shoulder") else 1.0) * (x - middle), y, sure)
        for name, (x, y, sure) in truth.frame.joints.items()
    }
    known = person_truth(person, frame=replace(truth.frame, joints=narrow))
    expected = expected_of(known, garment, TryOnOptions())
    assert expected is not None
    assert bare_shoulders(expected) < MOST_BARE_SHOULDERS
    assert bare_shoulders(replace(expected, cover=0 * expected.cover)) > MOST_BARE_SHOULDERS


def test_findings_of_the_checks_that_stop_are_handed_on() -> None:
    finding = Finding(code="too_dark", grave=Grave.STOPS, message="It is dark.", fix="Use more light.")
    assert refused({"check": Check(findings=(finding,))}) == ("too_dark",)


def test_a_refusal_is_an_input_error_with_coded_details() -> None:
    finding = Finding(code="seated", grave=Grave.STOPS, message="Seated.", fix="Stand.")
    error = TryOnRefused((finding,))
    assert isinstance(error, InputError)
    assert error.as_dict()["code"] == "tryon_refused"
    assert error.as_dict()["details"]["reasons"][0]["code"] == "seated"


def test_arrays_of_another_kind_and_unknown_options_are_refused() -> None:
    with pytest.raises(InvalidOption):
        try_on(np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(InvalidOption):
        TryOnOptions(fit="baggy")  # type: ignore[arg-type]
