"""Which size to take: probabilities that add up, both ways of a wish, refusals in words, never a guess without figures."""

import pytest

from bottega.errors import InvalidOption, MissingInput, NotFound
from bottega.fashion.size.advice import advise_size
from bottega.fashion.size.charts import bundled_charts, chart_for
from bottega.fashion.size.measurements import measurements_of
from bottega.fashion.size.values import Measurements, SizeChart
from bottega.fashion.wording import unfit_words

TOPS = chart_for("tops", "women")


@pytest.mark.parametrize("name", sorted(bundled_charts()))
def test_the_middle_of_every_size_gets_that_size(name: str) -> None:
    chart = bundled_charts()[name]
    for size in chart.sizes:
        body = {measure: sum(ends) / 2 for measure, ends in size.body.items()}
        advice = advise_size(Measurements.model_validate(body), chart, garment_kind=chart.kinds[0])
        assert advice.labels == size.labels
        assert advice.confidence > 0.5


@pytest.mark.parametrize("bust", [75, 82.5, 88, 90, 99.9, 130])
def test_chances_are_a_distribution_about_the_size(bust: float) -> None:
    advice = advise_size(Measurements(bust=bust), TOPS, garment_kind="tops")
    chances = [one.probability for one in advice.alternatives]
    assert chances == sorted(chances, reverse=True)
    assert 0.97 <= sum(chances) <= 1.0001
    assert advice.size == advice.alternatives[0].size


def test_larger_figures_never_give_a_smaller_size() -> None:
    order = [size.labels["EU"] for size in TOPS.sizes]
    taken = [
        order.index(advise_size(Measurements(bust=76 + 0.5 * step), TOPS, garment_kind="tops").size)
        for step in range(100)
    ]
    assert taken == sorted(taken)


def test_between_two_sizes_both_are_named_and_the_wish_decides() -> None:
    body = Measurements(bust=90)
    assert advise_size(body, TOPS, garment_kind="tops").between == ("38", "40")
    assert advise_size(body, TOPS, garment_kind="tops", fit="fitted").size == "38"
    assert advise_size(body, TOPS, garment_kind="tops", fit="loose").size == "40"


def test_in_the_middle_of_a_size_nothing_is_between() -> None:
    assert advise_size(Measurements(bust=88), TOPS, garment_kind="tops").between is None


@pytest.mark.parametrize(
    ("usual", "change"), [("36", "up"), ("38", "same"), ("UK 12", "down"), (None, "unknown")]
)
def test_the_usual_size_is_compared(usual: str | None, change: str) -> None:
    body = measurements_of({"bust": "88cm", "waist": "72", "hip": "96.5"})
    assert advise_size(body, TOPS, garment_kind="tops", usual_size=usual).change == change


def test_a_bare_number_is_the_charts_own_system() -> None:
    size = TOPS.find("38")
    assert size is not None
    assert size.labels["EU"] == "38"
    assert size.labels["RU"] != "38"


def test_what_is_missing_is_named_and_makes_it_less_sure() -> None:
    full = advise_size(Measurements(bust=88, waist=72, hip=96.5), TOPS, garment_kind="tops")
    part = advise_size(Measurements(bust=88), TOPS, garment_kind="tops")
    assert full.missing == ()
    assert part.missing == ("waist", "hip")
    assert part.confidence < full.confidence


def test_without_a_measurement_there_is_no_size() -> None:
    with pytest.raises(MissingInput) as refused:
        advise_size(Measurements(height=170), TOPS, garment_kind="tops")
    assert "photograph" in refused.value.hint


@pytest.mark.parametrize("bust", [62, 150])
def test_outside_the_chart_is_said_without_a_word_about_the_body(bust: float) -> None:
    with pytest.raises(InvalidOption) as refused:
        advise_size(Measurements(bust=bust), TOPS, garment_kind="tops")
    assert not unfit_words(refused.value.message + refused.value.hint)


def test_a_chart_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidOption):
        advise_size(Measurements(foot=24), chart_for("shoes", "women"), garment_kind="tops")


def test_an_unknown_usual_size_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidOption) as refused:
        advise_size(Measurements(bust=88), TOPS, garment_kind="tops", usual_size="9X")
    assert "38" in refused.value.hint


@pytest.mark.parametrize(
    ("label", "to", "same"),
    [("38", "UK", "10"), ("UK 10", "EU", "38"), ("US 6", "RU", "44"), ("EU 44", "INT", "L")],
)
def test_sizes_are_named_in_other_systems(label: str, to: str, same: str) -> None:
    found = TOPS.find(label)
    assert found is not None
    assert found.labels[to] == same


def test_a_name_that_a_chart_lacks_is_not_found() -> None:
    assert TOPS.find("99") is None
    with pytest.raises(NotFound):
        chart_for("dresses", "men")


def test_sizes_have_to_be_in_order() -> None:
    sizes = [
        {"labels": {"INT": name}, "body": {"bust": ends}} for name, ends in (("M", (90, 94)), ("S", (82, 86)))
    ]
    with pytest.raises(ValueError, match="small to large"):
        SizeChart.model_validate({"name": "x", "kinds": ["tops"], "sizes": sizes})
