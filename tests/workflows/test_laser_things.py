"""What a sentence says of laser work without a picture: boxes, letters, test grids, and of which material."""

import re
from typing import Any, get_args

import pytest

from bottega.laser.boxes import DESIGNS
from bottega.workflows.laser import Laser
from bottega.workflows.laser_options import BoxDesign
from bottega.workflows.laser_things import letters

READ = Laser().read_options
CLOSED = {"process": "box", "design": "closed", "x_mm": 100, "y_mm": 80, "z_mm": 40}


def test_every_box_of_the_studio_can_be_asked_for() -> None:
    assert set(get_args(BoxDesign)) == set(DESIGNS)


@pytest.mark.parametrize(
    "sentence",
    [
        "a closed box 100 x 80 x 40 mm from 3 mm plywood",
        "make a box 10 x 8 x 4 cm from 3 mm plywood",
        "eine Schachtel 100 x 80 x 40 mm aus 3 mm Sperrholz",
        "коробка 100 х 80 х 40 мм из фанеры 3 мм",
        "une boîte fermée de 100 x 80 x 40 mm en contreplaqué de 3 mm",
        "una caja cerrada de 100 x 80 x 40 mm en contrachapado de 3 mm",
        "design a box 100 mm wide, 80 mm deep and 40 mm high from plywood, 3 mm thick",
    ],
)
def test_a_box_is_read_in_five_languages(sentence: str) -> None:
    assert READ(sentence) == {**CLOSED, "thickness_mm": 3, "material": "plywood-3mm"}


@pytest.mark.parametrize(
    ("sentence", "design"),
    [
        ("make a box with a sliding lid, 120x80x50 mm", "sliding-lid"),
        ("Schachtel mit Schiebedeckel 120x80x50 mm", "sliding-lid"),
        ("скворечник 120x120x180 мм из фанеры", "birdhouse"),
        ("une boîte à mouchoirs 240 x 120 x 80 mm en bois", "tissue-box"),
        ("una caja con tapa deslizante 100x80x40 mm", "sliding-lid"),
        ("ein Vogelhaus 120 x 120 x 180 mm", "birdhouse"),
        ("an open box 100x80x40 mm", "tray"),
        ("a gift box 100x80x50 mm with this picture engraved on the lid", "gift"),
        ("a pen holder from plywood", "pen-holder"),
        ("cut a cabinet with 3 drawers 200x150x120 mm", "drawer"),
    ],
)
def test_the_kind_of_box_is_told_by_its_name(sentence: str, design: str) -> None:
    assert READ(sentence)["design"] == design


@pytest.mark.parametrize(
    "sentence",
    [
        "engrave this on a wooden box, 60 mm wide",
        "engrave a treasure box full of gold on cork",
        "cut this lantern out of plywood",
        "make a picture of a box for the laser",
        "graviere das auf eine Schachtel",
        "score the frame of this picture",
    ],
)
def test_a_box_that_is_shown_or_worked_on_is_not_made(sentence: str) -> None:
    assert READ(sentence).get("process") != "box"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("a 60 mm cube box", {"x_mm": 60, "y_mm": 60, "z_mm": 60}),
        ("a box 4 x 3 x 2 in outside", {"x_mm": 101.6, "y_mm": 76.2, "z_mm": 50.8, "outer": True}),
        ("a cabinet with 3 drawers 200x150x120 mm", {"count": 3}),
        ("a tray with compartments 200x150x40 mm, 4 columns, 3 rows", {"columns": 4, "rows": 3}),
        ("a box 90x60x30 mm, kerf 0.15 mm", {"kerf_mm": 0.15, "z_mm": 30}),
    ],
)
def test_sizes_and_parts_of_a_box(sentence: str, expected: dict[str, Any]) -> None:
    found = READ(sentence)
    assert {name: found.get(name) for name in expected} == expected
    assert not {"width_mm", "height_mm"} & set(found)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ('engrave the text "Anna & Tom" 60 mm wide on slate', "Anna & Tom"),
        ("выгравируй надпись «Анна и Том» на сланце, 60 мм", "Анна и Том"),
        ("grave le texte « Anna et Tom » sur ardoise, 60 mm", "Anna et Tom"),
        ("graba el texto “Anna y Tom” en pizarra, 60 mm de ancho", "Anna y Tom"),
        ("graviere den Text „Anna & Tom“ auf Schiefer, 60 mm breit", "Anna & Tom"),
        ('engrave "Café 1920" on slate, 60 mm', "Café 1920"),
    ],
)
def test_letters_are_taken_as_they_are_written(sentence: str, text: str) -> None:
    assert READ(sentence) == {"process": "text", "text": text, "width_mm": 60, "material": "slate"}


@pytest.mark.parametrize(
    ("sentence", "lettering"),
    [
        ('engrave the name "Anna" with a single line', "single-line"),
        ('score the text "Anna"', "single-line"),
        ('engrave the text "Anna" in bold letters', "outline"),
        ('cut the word "HOME" out of plywood', "cut"),
        ("graviere „Anna“ einlinig", "single-line"),
    ],
)
def test_words_say_how_letters_look(sentence: str, lettering: str) -> None:
    assert READ(sentence)["lettering"] == lettering


def test_a_name_is_lettering_where_it_is_burnt_on_something() -> None:
    found = READ("engrave Anna 40 mm wide on slate")
    assert (found["process"], found["text"], found["width_mm"]) == ("text", "Anna", 40)
    assert "text" not in READ("engrave a wolf on slate")


def test_quoted_words_are_no_orders() -> None:
    found = READ('engrave the text "100 mm of vinyl, cut it" on cork, 50 mm wide')
    assert found == {
        "process": "text",
        "text": "100 mm of vinyl, cut it",
        "width_mm": 50,
        "material": "cork",
    }


def test_what_is_quoted_without_being_letters_stays_in_the_sentence() -> None:
    assert letters('engrave this on "PVC"') == ("", 'engrave this on "PVC"')


@pytest.mark.parametrize(
    ("sentence", "grid"),
    [
        ("a laser test grid for cork", None),
        ("Testraster für Kork", None),
        ("тестовая сетка мощности для пробки", None),
        ("une grille de test pour le liège", None),
        ("una rejilla de prueba para corcho", None),
        ("a kerf test for cork", "kerf"),
        ("a test card of the line interval on cork", "interval"),
        ("Fokustest auf Kork", "focus"),
    ],
)
def test_test_grids_are_read_in_five_languages(sentence: str, grid: str | None) -> None:
    expected = {"process": "testgrid", "material": "cork"} | ({"grid": grid} if grid else {})
    assert READ(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "engrave a glass of wine",
        "engrave a cat on a glass of wine",
        "laser cut box for a glass of wine",
        "grave un chat sur un verre de vin",
        "engrave a paper boat, 60 mm wide",
        "a stone wall, engraved",
        "graviere ein Glas Wein",
        "grave un verre de vin",
        "выгравируй бумажный кораблик",
        "graba una copa de cristal",
        "a portrait in a glass",
        "engrave my leather boots photo",
    ],
)
def test_what_the_picture_shows_is_not_the_material(sentence: str) -> None:
    assert "material" not in READ(sentence)


@pytest.mark.parametrize(
    ("sentence", "material"),
    [
        ("engrave a glass of wine on cork", "cork"),
        ("graviere ein Glas Wein auf Kork", "cork"),
        ("выгравируй бокал на бумаге", "paper"),
        ("grave un verre de vin sur du liège", "cork"),
        ("engrave a paper boat with a stone on 6 mm plywood", "plywood-6mm"),
        ("aus 4 mm Sperrholz", "plywood-4mm"),
        ("slate coaster with this photo", "slate"),
        ("engrave it in leather", "leather"),
        ("not on plywood but on cork", "cork"),
        ("engrave glass with this logo", "glass"),
        ("grabar en vidrio de 3 mm", "glass"),
        ("extruded acrylic, 60 mm", "acrylic-extruded"),
        ("фанера 6 мм, лиса", "plywood-6mm"),
    ],
)
def test_the_material_is_where_the_sentence_says_what_is_burnt(sentence: str, material: str) -> None:
    assert READ(sentence)["material"] == material


@pytest.mark.parametrize(
    ("sentence", "process"),
    [
        ("make this laser-ready, 60 mm wide", "auto"),
        ("do whatever suits this picture with the laser", "auto"),
        ("mach das laserfertig", "auto"),
        ("cut this, automatically", "cut"),
        ("make this ready for laser engraving", None),
    ],
)
def test_the_choice_is_left_to_the_machine_unless_a_process_is_named(
    sentence: str, process: str | None
) -> None:
    assert READ(sentence).get("process") == process


def test_every_example_is_read() -> None:
    assert all(READ(example) for example in Laser.examples)
    assert any(re.search("box", example) for example in Laser.examples)
