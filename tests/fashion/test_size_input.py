"""Measurements and charts as people write them, and what is refused before any advice is given."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.fashion.size.advice import advise_size
from bottega.fashion.size.charts import parse_chart, read_chart
from bottega.fashion.size.measurements import (
    measurements_of,
    parse_length,
    parse_measurements,
    read_measurements,
)
from bottega.fashion.size.values import Measurements


@pytest.mark.parametrize(
    ("text", "cm"),
    [("88", 88), ("88cm", 88), ("88,5 cm", 88.5), ("34in", 86.36), ('34"', 86.36), ("34 inches", 86.36),
     ("5'7\"", 170.18), ("1.7 m", 170), ("880 mm", 88), ("88 см", 88), (88, 88)],
)  # fmt: skip
def test_lengths_are_read(text: str | float, cm: float) -> None:
    assert parse_length(text) == pytest.approx(cm)


@pytest.mark.parametrize(
    "text", ["", "abc", "88 kg", "-5cm", "8 8", "1e3", "nan", "inf", float("nan"), float("inf"), True, -3]
)
def test_what_is_no_length_is_refused(text: str | float) -> None:
    with pytest.raises(InvalidOption):
        parse_length(text)


@given(st.text(max_size=30))
def test_any_text_is_a_positive_length_or_refused(text: str) -> None:
    with suppress(InvalidOption):
        assert parse_length(text) >= 0


@given(st.binary(max_size=200), st.sampled_from(["csv", "toml", "json"]))
def test_any_bytes_are_measurements_and_a_chart_or_refused(data: bytes, form: str) -> None:
    for read in (parse_measurements, parse_chart):
        with suppress(InvalidOption):
            assert read(data, form) is not None


def test_a_figure_in_inches_without_its_unit_is_asked_about() -> None:
    with pytest.raises(InvalidOption) as refused:
        measurements_of({"bust": 36})
    assert "36in" in refused.value.hint


@pytest.mark.parametrize(
    "values", [{"bust": 400}, {"foot": "3cm"}, {"height": "170cm", "inseam": "108cm"}, {"belly": 90}, {}]
)
def test_what_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InvalidOption):
        measurements_of(values)


def test_names_in_other_languages_are_known() -> None:
    assert measurements_of({"Brustumfang": 88, "taille": "28in", "рост": 170}) == Measurements(
        bust=88, waist=71.12, height=170
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("m.toml", "unit = 'cm'\n[measurements]\nbust = '88cm'\nwaist = 72\n"), ("m.json", '{"bust": "88cm", "waist": 72}'),
     ("m.csv", "name,value\nbust,88cm\nwaist,72\n"), ("n.csv", "bust;waist\n88;72\n")],
)  # fmt: skip
def test_files_of_all_forms_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_measurements(tmp_path / name) == Measurements(bust=88, waist=72)


CSV = b'EU;US;bust;waist_in\nS;4;82-86;26-28\nM;8;"87 - 92cm";28,5-30\n'


def test_a_shops_chart_is_imported_and_advises() -> None:
    chart = parse_chart(CSV, "csv", brand="Shop", made_for="women")
    assert chart.kinds == ("tops", "dresses", "outerwear")
    assert chart.sizes[0].body["waist"] == pytest.approx((66.04, 71.12))
    assert not chart.conventional
    assert advise_size(Measurements(bust=90), chart, garment_kind="tops").labels == {"EU": "M", "US": "8"}


def test_the_same_chart_in_toml_and_json(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(
        'name = "c"\nrows = [{ INT = "S", foot = "23-24" }, { INT = "M", foot = "24-25" }]\n'
    )
    (tmp_path / "c.json").write_text(
        '{"name": "c", "rows": [{"INT": "S", "foot": "23-24"}, {"INT": "M", "foot": "24-25"}]}'
    )
    assert read_chart(tmp_path / "c.toml") == read_chart(tmp_path / "c.json")
    assert read_chart(tmp_path / "c.toml").kinds == ("shoes",)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"EU,bust\nS,82-86\nM,8000\n", "Row 2"), (b"EU,colour\nS,red\n", "colour"), (b"EU,bust\n", "no rows"),
     (b"EU,bust\nL,100\nS,80\n", "small to large"), (b"bust\n80\n", "label"), (b"EU,bust\nS,\n", "measurement")],
)  # fmt: skip
def test_a_broken_chart_is_refused_with_the_place(data: bytes, said: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        parse_chart(data, "csv")
    assert said in refused.value.message
