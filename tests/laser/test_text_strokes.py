"""Text in single lines and as outlines: sizes in mm, alignment, arcs, and characters that are lacking."""

import string

import numpy as np
import pytest

from bottega.errors import InvalidOption
from bottega.laser.geometry import length
from bottega.laser.text import along_arc, outline_text, stroke_text

RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё"


@pytest.mark.parametrize(
    "text", [string.ascii_letters, string.digits, RUSSIAN, "ÀÉÎÕÜåçñşžűÿ ßæøł", ".,:;!?-+=/()%&@#"]
)
def test_every_letter_has_strokes(text: str) -> None:
    for character in text.replace(" ", ""):
        assert stroke_text(character, 6)


def test_capitals_are_as_high_as_asked_and_stand_on_the_baseline() -> None:
    points = np.vstack(stroke_text("HE", 7.0))
    assert points[:, 1].min() == pytest.approx(-7)
    assert points[:, 1].max() == pytest.approx(0)


def test_alignment_is_about_zero() -> None:
    points = np.vstack(stroke_text("HOH", 5, align="centre"))
    assert points[:, 0].min() == pytest.approx(-points[:, 0].max())


def test_a_character_that_is_lacking_is_named() -> None:
    with pytest.raises(InvalidOption, match="漢"):
        stroke_text("漢", 5)


def test_an_arc_puts_the_baseline_on_the_circle() -> None:
    baseline = [np.array([(-20.0, 0.0), (20.0, 0.0)])]
    (bent,) = along_arc(baseline, 50)
    assert np.linalg.norm(bent, axis=1) == pytest.approx(50)
    assert bent[:, 1].max() < 0


def test_outlines_are_as_high_as_asked_with_holes() -> None:
    paths = outline_text("O", 10)
    assert len(paths) == 2
    assert all(p.closed and p.curves and length(p) > 10 for p in paths)
    (bar,) = outline_text("I", 10)
    assert np.ptp(bar.points[:, 1]) == pytest.approx(10, abs=0.05)


def test_a_font_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidOption, match="cannot be read"):
        outline_text("O", 10, b"not a font")
