"""Materials and machines: every preset is usable, and what must never be lasered is refused by any of its names."""

import pytest

from bottega.errors import InvalidOption
from bottega.laser.materials import (
    find_machine,
    find_material,
    find_preset,
    library,
    mentioned_forbidden,
    mentioned_machine,
    mentioned_material,
    refuse_forbidden,
)


def test_every_material_has_figures_for_some_machine_within_its_speed() -> None:
    machines = {machine.id: machine for machine in library().machine}
    for material in library().material:
        assert material.presets
        for machine, preset in material.presets.items():
            assert preset.speed_mm_min <= machines[machine].max_speed_mm_min
            assert 0.9 <= preset.beam_mm / preset.interval_mm <= 1.7
            assert preset.source == "starting point, test first"


@pytest.mark.parametrize(
    "name",
    [
        *("PVC", "pvc sheet", "a vinyl record", "ПВХ", "виниловая плёнка", "vinyle", "vinilo", "Vinylfolie", "P.V.C."),
        *("faux leather", "кожзам", "искусственная кожа", "similicuir", "polipiel", "Kunstleder", "vegan-leather"),
        *("ABS", "АБС", "polycarbonate", "Lexan", "поликарбонат", "teflon", "тефлон", "carbon fibre", "углепластик"),
        *("fibre de carbone", "fibra de vidrio", "Glasfaser", "FR4", "styrofoam", "пенопласт", "Styropor", "HDPE"),
        *("chrome-tanned leather", "p\u200bvc", "pvc_sheet", "cork,pvc"),
    ],
)  # fmt: skip
def test_materials_that_harm_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(InvalidOption, match="must never be lasered"):
        find_material(name)


@pytest.mark.parametrize(
    "text", ["a PVC-free board", "no PVC please", "kein Vinyl", "без ПВХ", "absolute", "flab", "sans vinyle"]
)
def test_other_words_and_exclusions_are_not_taken_for_them(text: str) -> None:
    refuse_forbidden(text)
    assert mentioned_forbidden(text) is None


@pytest.mark.parametrize(
    ("name", "material"),
    [
        *(("plywood", "plywood-3mm"), ("фанера", "plywood-3mm"), ("bois", "plywood-3mm"), ("madera", "plywood-3mm")),
        *(("Holzbrett", "plywood-3mm"), ("MDF", "mdf-3mm"), ("пробка", "cork"), ("liège", "cork"), ("cuero", "leather")),
        *(("Leder", "leather"), ("оргстекло", "acrylic-cast"), ("Schieferplatte", "slate"), ("ardoise", "slate")),
        *(("картон", "card"), ("slate", "slate"), ("acrylic-cast", "acrylic-cast")),
    ],
)  # fmt: skip
def test_materials_are_known_by_their_names_in_five_languages(name: str, material: str) -> None:
    assert find_material(name).id == material


@pytest.mark.parametrize(
    ("text", "machine"),
    [("my 10W diode", "diode-10w"), ("20 watts", "diode-20w"), ("5 Вт", "diode-5w"), ("the K40", "co2-40w")],
)
def test_machines_are_known_by_power_or_name(text: str, machine: str) -> None:
    found = mentioned_machine(text)
    assert found is not None
    assert found.id == machine


def test_power_within_another_figure_is_no_machine() -> None:
    assert mentioned_machine("a 15 W or 2.5 W module") is None


def test_a_diode_is_refused_for_acrylic_with_the_machine_that_can() -> None:
    with pytest.raises(InvalidOption, match="pass through") as caught:
        find_preset(find_material("acrylic"), find_machine("diode-10w"))
    assert "co2-40w" in caught.value.hint


def test_unknown_materials_are_refused_rather_than_guessed() -> None:
    assert mentioned_material("unobtainium") is None
    with pytest.raises(InvalidOption, match="no figures"):
        find_material("unobtainium")
