"""Light and colour of one thing in a picture, and of the picture."""

import pytest

from bottega.workflows.image_editing_wording import read_edits


@pytest.mark.parametrize(
    "sentence",
    [
        "make the sky darker",
        "brighten the face",
        "make the red dress more saturated",
        "make her hair a bit darker",
        "Mache das Kleid dunkler",
        "das Gesicht aufhellen",
        "rends le ciel plus sombre",
        "haz el cielo más oscuro",
        "сделай небо темнее",
    ],
)
def test_the_light_of_one_thing_is_for_a_generative_model(sentence: str) -> None:
    assert read_edits(sentence) == {"instruction": sentence}


@pytest.mark.parametrize(
    ("sentence", "option", "raised"),
    [
        ("make it darker", "exposure", False),
        ("make the picture brighter", "exposure", True),
        ("brighten my photo of the sky", "exposure", True),
        ("make the whole scene a bit darker", "exposure", False),
        ("make the shadows lighter", "exposure", True),
        ("make the colours warmer", "temperature", True),
        ("make my dog's photo brighter", "exposure", True),
        ("Mach das Bild etwas heller", "exposure", True),
        ("rends la photo plus claire", "exposure", True),
        ("haz la imagen más clara", "exposure", True),
        ("сделай фото светлее", "exposure", True),
        ("make the lighting warmer", "temperature", True),
    ],
)
def test_the_light_of_the_picture_is_for_this_machine(sentence: str, option: str, raised: bool) -> None:
    said = read_edits(sentence)
    assert "instruction" not in said
    assert (said[option] > 0) is raised


def test_what_else_is_asked_for_stays_beside_it() -> None:
    said = read_edits("crop it to a square and make the sky darker")
    assert said["aspect"] == "1:1"
    assert "exposure" not in said
    assert said["instruction"]
