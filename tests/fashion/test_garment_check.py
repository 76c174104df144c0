"""What may pass as a garment: product pictures; and what may not: everything else. A safety matter."""

import cv2
import numpy as np
import pytest
import skimage.data
from arbitrary_pictures import PHOTOGRAPHS, arbitrary, changed, photograph
from drawn_garments import draw

from bottega.errors import OutputError
from bottega.fashion.findings import Check, Grave
from bottega.fashion.garment.parse import check_garment, parse_garment
from bottega.fashion.garment.vision import SCHEMA, merge_vision

SIZE = (480, 640)
ANSWER = {
    "is_garment": True, "kind": "top", "colours": ["red"], "pattern": "plain", "worn": False, "isolated": True,
    "count": 1, "confidence": 0.9,
}  # fmt: skip


def codes(check: Check) -> set[str]:
    return {finding.code for finding in check.findings}


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_of_other_things_do_not_pass(name):
    picture = photograph(name)
    for turned in (picture, np.ascontiguousarray(picture[:, ::-1]), 255 - picture):
        assert not check_garment(turned).usable


@pytest.mark.slow
@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_no_part_of_such_a_photograph_passes(name):
    assert [check_garment(turned).usable for turned in changed(photograph(name))].count(True) == 0


def test_a_photograph_is_called_no_garment_or_not_isolated():
    found = [codes(check_garment(photograph(name))) for name in PHOTOGRAPHS]
    said = [bool(each & {"not_a_garment", "garment_not_isolated"}) for each in found]
    assert np.mean(said) >= 0.95


@pytest.mark.parametrize("shape", ["oval", "sheet", "strip"])
def test_simple_shapes_are_no_garments(shape):
    picture = np.full((640, 480, 3), 244, np.uint8)
    if shape == "oval":
        cv2.ellipse(picture, (240, 320), (130, 200), 0, 0, 360, (90, 60, 40), -1, cv2.LINE_AA)
    elif shape == "sheet":
        cv2.rectangle(picture, (120, 140), (360, 480), (90, 60, 40), -1)
    else:
        cv2.rectangle(picture, (200, 60), (280, 580), (90, 60, 40), -1)
    assert "not_a_garment" in codes(check_garment(picture))


def test_a_face_is_seen():
    assert "garment_worn" in codes(check_garment(skimage.data.astronaut()))


def test_any_picture_has_an_answer():
    for seed in range(60):
        garment = parse_garment(*arbitrary(seed))
        assert np.isfinite(garment.alpha).all()
        assert 0 <= garment.alpha.min() <= garment.alpha.max() <= 1
        assert 0 <= garment.confidence <= 1


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (2, 2), (17, 16)])
def test_the_smallest_pictures_stop(size):
    check = check_garment(np.full((*size, 3), 128, np.uint8))
    assert not check.usable
    assert "too_small" in codes(check)


def test_a_disc_is_no_garment():
    picture = cv2.circle(
        np.full((500, 400, 3), 245, np.uint8), (200, 250), 130, (60, 90, 160), -1, cv2.LINE_AA
    )
    assert "not_a_garment" in codes(check_garment(picture))


def test_two_garments_are_counted():
    one, two = (draw("tshirt", seed, size=SIZE, ground_kind="white", pattern="plain").rgb for seed in (1, 2))
    assert "several_garments" in codes(check_garment(np.hstack([one, two])))


def test_a_garment_that_runs_out_of_the_picture_is_cropped():
    drawn = draw("dress_midi", 3, size=SIZE, ground_kind="white", pattern="plain")
    rows = np.nonzero(drawn.mask.any(axis=1))[0]
    assert "cropped" in codes(check_garment(drawn.rgb[: int(rows.mean())]))
    assert "cropped" not in codes(check_garment(drawn.rgb))


def test_darkness_is_said():
    rgb = draw("shirt", 3, size=SIZE).rgb
    assert "too_dark" in codes(check_garment((rgb * 0.15).astype(np.uint8)))
    assert "too_dark" not in codes(check_garment(rgb))


def test_blur_is_said():
    rgb = draw("shirt", 3, size=SIZE, ground_kind="white", pattern="plain").rgb
    assert "blurred" in codes(check_garment(cv2.GaussianBlur(rgb, (0, 0), 9)))
    assert "blurred" not in codes(check_garment(rgb))


def test_lettering_beside_the_garment_is_said():
    rgb = draw("skirt", 3, size=SIZE, ground_kind="white", pattern="plain").rgb.copy()
    assert "text_overlay" not in codes(check_garment(rgb))
    cv2.putText(rgb, "SALE 49,90", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (200, 20, 20), 2, cv2.LINE_AA)
    assert "text_overlay" in codes(check_garment(rgb))


def test_transparent_cloth_is_sheer():
    drawn = draw("tank", 3, size=SIZE)
    assert parse_garment(drawn.rgb, (drawn.mask * 0.6).astype(np.float32)).sheer
    assert not parse_garment(drawn.rgb, drawn.mask.astype(np.float32)).sheer


def test_every_finding_says_what_to_do():
    for seed in range(30):
        for finding in check_garment(*arbitrary(seed)).findings:
            assert finding.message.endswith(".")
            assert finding.fix.endswith(".")


def test_a_vision_model_can_stop_what_we_let_through():
    merged = merge_vision(Check(), ANSWER | {"is_garment": False})
    assert not merged.usable
    assert merged.findings[0].judge == "vision_model"


def test_a_vision_model_cannot_lift_our_refusal():
    ours = check_garment(skimage.data.coffee())
    assert not ours.usable
    assert not merge_vision(ours, ANSWER).usable


def test_an_unsure_vision_model_only_notes():
    merged = merge_vision(Check(), ANSWER | {"worn": True, "confidence": 0.2})
    assert merged.usable
    assert merged.findings[0].grave is Grave.NOTE


def test_agreement_is_recorded_without_a_finding():
    merged = merge_vision(Check(), ANSWER)
    assert merged.findings == ()
    assert merged.judges == ("classical", "vision_model")


@pytest.mark.parametrize("wrong", [{"worn": "no"}, {"count": -1}, {"confidence": 2}, {"is_garment": None}])
def test_an_answer_of_another_shape_is_refused(wrong):
    with pytest.raises(OutputError):
        merge_vision(Check(), ANSWER | wrong)


def test_the_schema_is_what_the_answers_follow():
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(ANSWER, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(ANSWER | {"kind": "dog"}, SCHEMA)
