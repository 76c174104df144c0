"""A sentence says price, size, colour, for whom and what, in five languages; prices are read to the minor unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.imaging.colour_difference import ciede2000
from bottega.shop.colours import lab_of, named_colour
from bottega.shop.money import Price, read_price
from bottega.shop.offers import classify
from bottega.shop.query import read_wish
from bottega.shop.sizes import size_keys
from bottega.shop.terms import price_range_terms, price_terms


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("linen shirt under 50 EUR", "50", "EUR"),
        ("rote Kleider unter 80 €", "80", "EUR"),
        ("chemise en lin moins de 50 euros", "50", "EUR"),
        ("vestidos hasta 1.299 €", "1299", "EUR"),
        ("платье до 5000 рублей", "5000", "RUB"),
        ("платье дешевле 1 500 руб", "1500", "RUB"),
        ("jeans < $30", "30", "USD"),
        ("coat below 99.90", "99.90", ""),
    ],
)
def test_the_highest_price_is_read(text: str, value: str, currency: str) -> None:
    most = read_wish(text).most
    assert most is not None
    assert (most.value, most.currency) == (Decimal(value), currency)


def test_a_range_of_prices_is_read() -> None:
    for text in ("between 20 and 90 EUR", "zwischen 20 und 90 €", "entre 20 et 90 euros", "20-90 EUR"):
        wish = read_wish(f"scarf {text}")
        assert wish.least is not None
        assert wish.most is not None
        assert (wish.least.value, wish.most.value, wish.least.currency) == (20, 90, "EUR"), text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("shirt size M", "M"),
        ("Hemd Größe XL", "XL"),
        ("boots size 38.5", "38.5"),
        ("dress S", "S"),
        ("robe taille 40", "40"),
    ],
)
def test_the_size_is_read(text: str, size: str) -> None:
    assert read_wish(text).sizes == (size,)


def test_an_apostrophe_makes_no_size() -> None:
    assert read_wish("WOMEN'S SHIRT").sizes == ()


def test_gender_colour_kind_and_material_are_read() -> None:
    wish = read_wish("navy wool coat for men")
    assert (wish.gender, wish.colours, set(wish.kinds.values())) == ("male", ("navy",), {"coat"})
    assert set(wish.materials.values()) == {"wool"}


@given(st.text(max_size=500))
def test_no_text_is_too_strange(text: str) -> None:
    read_wish(text)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("49.90 EUR", Price(4990, "EUR")),
        ("€ 1.299,00", Price(129_900, "EUR")),
        ("1,299.00 USD", Price(129_900, "USD")),
        ("1 299 руб.", Price(129_900, "RUB")),
        ("1299 JPY", Price(1299, "JPY")),
        ("1.234 KWD", Price(1234, "KWD")),
        ("19.9900 EUR", Price(1999, "EUR")),
    ],
)
def test_prices_become_minor_units(text: str, price: Price) -> None:
    assert read_price(text) == price


@pytest.mark.parametrize("text", ["", "free", "-5 EUR", "12.345 EUR", "10", "10 XX", "99999999999999 EUR"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_price(text)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_range_has_a_term_of_each_price_in_it(a: int, b: int, c: int) -> None:
    low, price, high = sorted((a, b, c))
    assert set(price_terms(price, "EUR")) & set(price_range_terms(low, high, "EUR"))


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_price_far_above_a_range_has_none_of_its_terms(most: int, above: int) -> None:
    price = most * 2 + above + 10
    assert not set(price_terms(price, "EUR")) & set(price_range_terms(None, most, "EUR"))


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Shirt dress", "dress"),
        ("Dress shirt", "shirt"),
        ("Jeans jacket", "jacket"),
        ("Robe chemise en lin", "dress"),
        ("Kleid mit Gürtel", "dress"),
        ("Sommerkleider", "dress"),
        ("Льняная рубашка", "shirt"),
        ("Chemise en jean", "shirt"),
        ("Linen t-shirt", "t-shirt"),
        ("Gift card", ""),
    ],
)
def test_the_title_says_what_a_thing_is(title: str, kind: str) -> None:
    assert classify(title)[1] == kind


def test_the_feeds_category_goes_before_the_title() -> None:
    assert classify("Summer top", ("Clothing > Dresses",))[0] == "dress"
    assert classify("Oxford", (), "187")[0] == "shoes"
    assert classify("Linen shirt", (), "212") == ("top", "shirt")


def test_spellings_of_a_size_meet() -> None:
    assert size_keys("Medium")[0] == size_keys("M")[0]
    assert size_keys("XXL")[0] == size_keys("2XL")[0]
    assert "eu38" in size_keys("38", "EU")
    assert set(size_keys("S/M")) >= {"s", "m"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # Sharma, Wu and Dalal (2005), table 1: pairs 1, 4, 7, 10, 17 and 25.
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0010), 7.1792),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_difference_of_colours_is_that_of_the_standard(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    import numpy as np

    assert ciede2000(one, np.array([other]))[0] == pytest.approx(expected, abs=1e-4)


def test_a_colour_is_known_by_word_and_by_hex() -> None:
    navy = named_colour("dunkelblau")
    assert navy is not None
    assert navy.name == "navy"
    red = named_colour("#d2051f")
    assert red is not None
    assert (red.name, red.lab) == ("red", lab_of("#d2051f"))
    assert named_colour("loudly") is None
