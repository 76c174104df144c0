"""What a vision-language model's answer adds to a check, and what it cannot change."""

import jsonschema

from bottega.fashion.findings import Check
from bottega.fashion.person.checks import FINDINGS, finding
from bottega.fashion.person.vision import CODES, SCHEMA, merge_vision


def _said(*pairs: tuple[str, float]) -> dict[str, object]:
    return {"findings": [{"code": code, "confidence": confidence} for code, confidence in pairs]}


def test_a_new_finding_is_added_in_our_own_words() -> None:
    merged = merge_vision(Check(), _said(("turned_away", 0.9)))
    (one,) = merged.findings
    assert (one.code, one.judge, one.message) == ("turned_away", "vision_model", FINDINGS["turned_away"][1])
    assert not merged.usable
    assert merged.judges == ("classical", "vision_model")


def test_what_was_measured_stays() -> None:
    check = Check(findings=(finding("too_dark", median_lightness=12),))
    assert merge_vision(check, _said()).with_codes("too_dark")


def test_agreement_raises_the_confidence_only() -> None:
    check = Check(findings=(finding("seated", confidence=0.5),))
    (one,) = merge_vision(check, _said(("seated", 0.95))).findings
    assert (one.confidence, one.judge) == (0.95, "classical")


def test_an_unsure_answer_changes_nothing() -> None:
    assert merge_vision(Check(), _said(("no_person", 0.3))).findings == ()


def test_an_answer_against_the_schema_changes_nothing() -> None:
    for answer in (
        {},
        {"findings": "no_person"},
        {"findings": [1, {"code": "ugly", "confidence": 1}]},
        _said(("seated", 7)),
    ):
        assert merge_vision(Check(), answer).findings == ()  # type: ignore[arg-type]


def test_every_code_that_is_asked_for_fits_the_schema() -> None:
    jsonschema.validate(_said(*((code, 1.0) for code in CODES)), SCHEMA)
    assert set(CODES) <= set(FINDINGS)
