"""What sentences in five languages say of occasion, weather, season, budget and who wears it."""

from typing import Any

import pytest
from pydantic import ValidationError

from bottega.workflows.outfit import OutfitOptions
from bottega.workflows.outfit_wording import read_outfit


@pytest.mark.parametrize(
    ("sentence", "occasion"),
    [
        ("what should I wear to a garden wedding", "wedding_guest"),
        ("was soll ich zu einer Hochzeit anziehen", "wedding_guest"),
        ("que porter pour un mariage", "wedding_guest"),
        ("¿qué me pongo para una boda?", "wedding_guest"),
        ("что надеть на свадьбу", "wedding_guest"),
        ("an outfit for a job interview", "job_interview"),
        ("was ziehe ich zum Vorstellungsgespräch an", "job_interview"),
    ],
)
def test_the_occasion_is_read(sentence: str, occasion: str) -> None:
    assert read_outfit(sentence)["occasion"] == occasion


def test_a_sentence_without_an_occasion_names_none() -> None:
    assert "occasion" not in read_outfit("what goes with brown suede boots?")


@pytest.mark.parametrize(
    ("sentence", "celsius"),
    [
        ("a look for 12 degrees", 12),
        ("an outfit for -5 °C", -5),
        ("an outfit for 68°F", 20),
        ("bei 25 Grad", 25),
        ("bei minus 3 Grad", -3),
        ("il fait 18 degrés", 18),
        ("con 30 grados", 30),
        ("при 10 градусах", 10),
        ("минус 15 градусов", -15),
    ],
)
def test_the_temperature_is_read_in_celsius(sentence: str, celsius: float) -> None:
    assert read_outfit(sentence)["temperature_c"] == celsius


@pytest.mark.parametrize(
    "sentence",
    ["it is cold outside", "es ist kalt", "il fait froid", "hace frío", "на улице холодно"],
)
def test_words_for_cold_stand_for_a_low_temperature(sentence: str) -> None:
    assert read_outfit(sentence)["temperature_c"] < 10


@pytest.mark.parametrize(
    "sentence", ["it is hot today", "es ist heiß", "il fait très chaud", "hace mucho calor", "сегодня жарко"]
)
def test_words_for_heat_stand_for_a_high_temperature(sentence: str) -> None:
    assert read_outfit(sentence)["temperature_c"] > 25


def test_a_warm_jacket_is_no_weather() -> None:
    assert "temperature_c" not in read_outfit("an outfit with a warm jacket")


@pytest.mark.parametrize(
    ("sentence", "rain"),
    [
        ("in the rain", True),
        ("bei Regen", True),
        ("sous la pluie", True),
        ("si llueve", True),
        ("если дождь", True),
        ("no rain expected", False),
        ("ohne Regen", False),
    ],
)
def test_rain_is_read_and_so_is_its_absence(sentence: str, rain: bool) -> None:
    assert read_outfit(sentence).get("rain", False) is rain


@pytest.mark.parametrize(
    ("sentence", "season"),
    [
        ("a wedding in May", "spring"),
        ("im Sommer", "summer"),
        ("en hiver", "winter"),
        ("para el otoño", "autumn"),
        ("летом в городе", "summer"),
        ("в октябре", "autumn"),
    ],
)
def test_the_season_is_read_from_its_name_or_a_month(sentence: str, season: str) -> None:
    assert read_outfit(sentence)["season"] == season


@pytest.mark.parametrize(
    ("sentence", "budget"),
    [
        ("a look under 300 EUR", "300.00 EUR"),
        ("höchstens 150 €", "150.00 EUR"),
        ("moins de 200 euros", "200.00 EUR"),
        ("menos de 80 euros", "80.00 EUR"),
        ("до 15000 рублей", "15000.00 RUB"),
    ],
)
def test_the_budget_is_read_with_its_currency(sentence: str, budget: str) -> None:
    read = read_outfit(sentence)
    assert read["budget"] == budget
    OutfitOptions(**read)


def test_a_figure_without_a_currency_is_no_budget() -> None:
    assert "budget" not in read_outfit("an outfit under 300")


@pytest.mark.parametrize(
    ("sentence", "gender"),
    [
        ("an outfit for my husband", "male"),
        ("ein Outfit für meine Frau", "female"),
        ("une tenue pour une femme", "female"),
        ("un conjunto para mi novio", "male"),
        ("образ для девушки", "female"),
    ],
)
def test_who_wears_it_is_read(sentence: str, gender: str) -> None:
    assert read_outfit(sentence)["gender"] == gender


def test_how_many_looks_are_wanted_is_read() -> None:
    assert read_outfit("show me 5 different outfits for the office")["count"] == 5


@pytest.mark.parametrize("budget", ["lots", "300", "-5 EUR"])
def test_a_budget_that_is_no_price_is_refused(budget: str) -> None:
    with pytest.raises(ValidationError):
        OutfitOptions(budget=budget)


def test_what_is_read_is_always_an_option() -> None:
    sentences: list[Any] = ["", "2 looks for the beach, 35 °C, in summer, women, under 99.90 USD, minimalist"]
    for sentence in sentences:
        OutfitOptions(**read_outfit(sentence))
