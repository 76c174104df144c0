"""How a garment sits: cues that move the right way, abstention, and sizes only from measurements."""

import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
import pytest
from drawn_people import Drawn, Figure, draw

import bottega.fashion
from bottega.errors import InvalidOption
from bottega.fashion.findings import Check
from bottega.fashion.fit import analyse_fit
from bottega.fashion.fit_values import TEXTS, FitAnalysis, FitCode
from bottega.fashion.garment.values import Garment
from bottega.fashion.person.checks import FINDINGS, finding
from bottega.fashion.person.parse import parse_person
from bottega.fashion.person.values import PersonParse
from bottega.fashion.size.charts import chart_for
from bottega.fashion.size.values import Measurements
from bottega.fashion.style.body import SILHOUETTES
from bottega.fashion.wording import unfit_words


@lru_cache(maxsize=8)
def _figure(figure: Figure = Figure()) -> tuple[Drawn, PersonParse]:  # noqa: B008
    drawn = draw(figure)
    return drawn, parse_person(drawn.rgb)


def _garment(**changes: Any) -> Garment:
    """A T-shirt laid flat, its chest 100 pixels wide; `seams` is the distance of its shoulder seams."""
    seams = changes.pop("seams", 96.0)
    marks = {
        "shoulder_left": (100 - seams / 2, 20.0, 0.9), "shoulder_right": (100 + seams / 2, 20.0, 0.9),
        "armpit_left": (50.0, 60.0, 0.9), "armpit_right": (150.0, 60.0, 0.9),
    }  # fmt: skip
    fields: dict[str, Any] = {
        "alpha": np.ones((200, 200), np.float32), "kind": "top", "kind_confidence": 0.9, "sleeves": "short", "length": "hip",
        "pattern": "plain", "colours": (), "landmarks": marks, "confidence": 0.95, "worn": False, "sheer": False, "check": Check(),
    }  # fmt: skip
    return Garment(**{**fields, **changes})


def _codes(found: FitAnalysis) -> set[str]:
    return {issue.code for issue in found.issues}


def test_a_top_of_usual_proportions_sits_well() -> None:
    _, person = _figure()
    found = analyse_fit(person, _garment())
    assert found.verdict in ("excellent", "good")
    assert 0 < found.confidence < 1
    assert found.size_suggestion == "unknown"


def test_seams_far_beyond_the_shoulders_are_said() -> None:
    _, person = _figure()
    usual, wide = analyse_fit(person, _garment()), analyse_fit(person, _garment(seams=150.0))
    assert "shoulder_overhang" not in _codes(usual)
    assert "shoulder_overhang" in _codes(wide)
    assert wide.score is not None
    assert usual.score is not None
    assert wide.score < usual.score


def test_a_wider_garment_has_more_ease_until_it_is_loose() -> None:
    drawn, person = _figure(Figure(sleeves="none"))
    torso = drawn.regions["top"] > 0.5
    wider = np.asarray(cv2.dilate(torso.astype(np.uint8), np.ones((1, 101), np.uint8))) > 0
    usual, loose = (analyse_fit(person, _garment(sleeves="none"), mask=mask) for mask in (torso, wider))
    assert loose.measured["chest_ease_ratio"] > usual.measured["chest_ease_ratio"]
    assert "loose" in _codes(loose)
    assert "loose" not in _codes(usual)


def test_a_hem_is_judged_by_what_the_garment_is() -> None:
    _, person = _figure()
    assert not _codes(analyse_fit(person, _garment(length="hip"))) & {"hem_long", "hem_short"}
    assert "hem_long" in _codes(analyse_fit(person, _garment(length="cropped")))
    assert "hem_short" in _codes(analyse_fit(person, _garment(length="knee")))


def test_sleeves_are_measured_along_the_arm() -> None:
    short, long = (_figure(Figure(sleeves=kind))[1] for kind in ("short", "long"))  # type: ignore[arg-type]
    assert not _codes(analyse_fit(short, _garment(sleeves="short"))) & {"sleeve_long", "sleeve_short"}
    assert "sleeve_long" in _codes(analyse_fit(long, _garment(sleeves="short")))
    assert "sleeve_short" in _codes(analyse_fit(short, _garment(sleeves="long")))


def test_level_folds_on_both_sides_are_pulling() -> None:
    drawn, person = _figure()
    rows = np.arange(drawn.rgb.shape[0])[:, None, None]
    folds = 1 + 0.4 * np.sin(rows / 4.0) * (drawn.regions["top"] > 0.5)[..., None]
    creased = np.clip(drawn.rgb * folds, 0, 255).astype(np.uint8)
    assert "pulling" not in _codes(analyse_fit(person, _garment(), drawn.rgb))
    assert "pulling" in _codes(analyse_fit(person, _garment(), creased))


def test_a_size_needs_measurements_and_a_chart() -> None:
    _, person = _figure()
    chart, body = chart_for("tops", "women"), Measurements(bust=88, waist=72, hip=96.5)
    assert analyse_fit(person, _garment(), measurements=body).size is None
    assert analyse_fit(person, _garment(), chart=chart).size_suggestion == "unknown"
    found = analyse_fit(person, _garment(), measurements=body, chart=chart, usual_size="36")
    assert found.size_suggestion == "size_up"
    assert found.judges == ("classical", "measurements")


def test_kinds_that_a_picture_does_not_tell_of_have_no_verdict() -> None:
    _, person = _figure()
    found = analyse_fit(person, _garment(kind="shoes"))
    assert (found.verdict, found.score) == (None, None)
    assert found.reason


@pytest.mark.parametrize("figure", [Figure(pose="crossed"), Figure(pose="raised")])
def test_other_poses_have_no_verdict(figure: Figure) -> None:
    assert analyse_fit(_figure(figure)[1], _garment()).verdict is None


def test_a_possible_child_has_no_verdict() -> None:
    _, person = _figure()
    child = replace(person, check=Check(findings=(finding("possible_child"),)))
    assert analyse_fit(child, _garment()).verdict is None


def test_a_result_of_another_size_is_refused() -> None:
    _, person = _figure()
    with pytest.raises(InvalidOption):
        analyse_fit(person, _garment(), np.zeros((10, 10, 3), np.uint8))


def test_nothing_that_is_said_judges_a_body() -> None:
    folder = Path(next(iter(bottega.fashion.__path__)))
    said = [text for pair in TEXTS.values() for text in pair]
    said += [text for _, message, fix in FINDINGS.values() for text in (message, fix)]
    said += [text for kind, texts in SILHOUETTES.items() for text in (kind, *texts)]
    for name in ("style/seasons.toml", "style/styles.toml", "size/charts.toml"):
        said += _strings(tomllib.loads((folder / name).read_text(encoding="utf-8")))
    assert len(said) > 300
    assert {text: unfit_words(text) for text in said if unfit_words(text)} == {}


def test_what_is_said_of_people_drawn_in_many_shapes_judges_none() -> None:
    _, person = _figure()
    for garment in (
        _garment(seams=150.0, length="cropped"),
        _garment(seams=40.0, sleeves="long", length="knee"),
    ):
        found = analyse_fit(person, garment)
        texts = [
            *found.recommendations,
            found.style_compatibility,
            found.reason,
            *(issue.message for issue in found.issues),
        ]
        assert not any(unfit_words(text) for text in texts)


def test_every_code_has_words_and_the_list_finds_what_it_is_for() -> None:
    assert set(TEXTS) == set(get_args(FitCode))
    assert unfit_words("A slimming cut hides your belly") == ("slimming", "belly")
    assert unfit_words("It leaves room at the chest") == ()


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []
