"""Reads what somebody looks for in a sentence: the price, the size, the colour and for whom, and which words are left.

English, German, French, Spanish and Russian; what was understood is shown with the answer, so that it can be corrected.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from bottega.shop.money import SYMBOLS, currency_of, decimals, plain_number
from bottega.shop.product import Category
from bottega.shop.vocabulary import Phrases, all_of, vocabulary
from bottega.shop.words import fold, stem

LONGEST = 400
_TOKEN = re.compile(
    r"\d+(?:[ \u00a0\u202f.,']\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?|[€$£₽¥₴₸₺₹₩]|[^\W\d_]+|[<>≤≥-]"
)
_FIGURE = re.compile(r"[0-9]+(?:[ .,'\u00a0\u202f][0-9]+)*")
_BARE_SIZES = frozenset(["xs", "xl", "xxl", "xxxl", "2xl", "3xl", "xxs"])
_LETTERS = frozenset("SML")
_SIGNS = {"<": "below", "≤": "below", ">": "above", "≥": "above"}
_AND = frozenset(["and", "und", "et", "y", "и", "-"])


@dataclass(frozen=True, slots=True)
class Amount:
    """As somebody says it. `currency` is empty where none was named."""

    value: Decimal
    currency: str

    def minor(self, currency: str) -> int:
        """In minor units of the currency."""
        return int(self.value.scaleb(decimals(currency)).to_integral_value())


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sentence asks for. `stems` are the words to be found, in order; `kinds`, `materials` and `colours` say what
    some of them mean, each by its stem. `least` and `most` bound the price."""

    text: str
    stems: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    materials: dict[str, str] = field(default_factory=dict[str, str])
    colours: tuple[str, ...] = ()
    category: Category | None = None
    gender: str = ""
    sizes: tuple[str, ...] = ()
    least: Amount | None = None
    most: Amount | None = None


@dataclass(slots=True)
class _Reading:
    """Tokens of a sentence; what has been understood is taken out."""

    tokens: list[str]
    folded: list[str]
    taken: set[int] = field(default_factory=set[int])

    def free(self, at: int) -> str:
        return "" if at in self.taken or not 0 <= at < len(self.folded) else self.folded[at]

    def take(self, first: int, end: int) -> None:
        self.taken.update(range(first, end))


def read_wish(text: str) -> Wish:
    """Reads at most 400 characters; never fails, in the worst case all words are left as words."""
    tokens = _TOKEN.findall(text[:LONGEST])
    reading = _Reading(tokens, [fold(token) for token in tokens])
    wish = _with_price(Wish(text.strip()), reading)
    wish = replace(wish, sizes=tuple(_sizes(reading, text)))
    return _with_words(wish, reading)


# --- price ---------------------------------------------------------------------------------------------------


def _with_price(wish: Wish, reading: _Reading) -> Wish:
    words = vocabulary().price_words
    for at in range(len(reading.tokens)):
        sign = _SIGNS.get(reading.tokens[at])
        length = 1
        if sign is None:
            for length in (3, 2, 1):
                if sign := words.get(tuple(reading.folded[at : at + length])):
                    break
        if sign is None:
            continue
        first, after = _amount(reading, at + length)
        if first is None:
            continue
        if sign == "between":
            if reading.free(after) not in _AND:
                continue
            second, after = _amount(reading, after + 1)
            if second is None:
                continue
            first = first if first.currency else replace(first, currency=second.currency)
            low, high = sorted((first, second), key=lambda amount: amount.value)
            reading.take(at, after)
            wish = replace(wish, least=low, most=high)
        else:
            reading.take(at, after)
            wish = replace(wish, most=first) if sign == "below" else replace(wish, least=first)
    return wish if wish.least or wish.most else _with_range(wish, reading)


def _with_range(wish: Wish, reading: _Reading) -> Wish:
    """`20-50 EUR`: two figures are a price only where a currency is named."""
    for at in range(len(reading.tokens)):
        first, after = _amount(reading, at)
        if first is None or reading.free(after) != "-":
            continue
        second, end = _amount(reading, after + 1)
        if second is not None and second.currency and first.value <= second.value:
            reading.take(at, end)
            return replace(
                wish, least=first if first.currency else replace(first, currency=second.currency), most=second
            )
    return wish


def _amount(reading: _Reading, at: int) -> tuple[Amount | None, int]:
    """A figure with a currency before it, behind it, or none; and where it ends."""
    currency = _currency(reading.free(at))
    start = at + 1 if currency else at
    figure = reading.free(start)
    if not _FIGURE.fullmatch(figure):
        return None, at
    end = start + 1
    if not currency and (currency := _currency(reading.free(end))):
        end += 1
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", figure):  # nobody looks for thousandths of a euro
        figure = figure.replace(".", "")
    return Amount(Decimal(plain_number(figure)), currency), end


def _currency(token: str) -> str:
    """Codes only of currencies that shops use: three letters are a word otherwise."""
    if len(token) == 3 and token.isascii() and token.upper() not in _CODES:
        return ""
    return _folded_symbols().get(token) or currency_of(token) or "" if token else ""


@cache
def _folded_symbols() -> dict[str, str]:
    return {fold(symbol): code for symbol, code in SYMBOLS.items()}


_CODES = frozenset(
    [
        "EUR",
        "USD",
        "GBP",
        "RUB",
        "RUR",
        "CHF",
        "PLN",
        "CZK",
        "SEK",
        "NOK",
        "DKK",
        "JPY",
        "CNY",
        "UAH",
        "KZT",
        "BYN",
        "TRY",
        "CAD",
        "AUD",
        "INR",
        "BRL",
        "MXN",
        "HUF",
        "RON",
        "BGN",
        "ILS",
        "AED",
        "KRW",
    ]
)


# --- size ----------------------------------------------------------------------------------------------------


def _sizes(reading: _Reading, text: str) -> list[str]:
    words, found = vocabulary(), list[str]()
    shouted = text.upper() == text
    for at, token in enumerate(reading.tokens):
        word = reading.free(at)
        if (
            word in words.size_words
            and (size := reading.free(at + 1))
            and (size[0].isdigit() or len(size) <= 6)
        ):
            found.append(reading.tokens[at + 1])
            reading.take(at, at + 2)
        elif word in _BARE_SIZES or (token in _LETTERS and word and not shouted and f"'{token}" not in text):
            found.append(token)
            reading.take(at, at + 1)
    return found


# --- words ---------------------------------------------------------------------------------------------------


def _with_words(wish: Wish, reading: _Reading) -> Wish:
    words = vocabulary()
    left = [
        stem(word)
        for at, word in enumerate(reading.folded)
        if at not in reading.taken
        and word.isalnum()
        and word not in words.ignored
        and word not in words.prepositions
    ]
    left = [part for word in left for part in (words.parts(word) or (word,))]
    gender, left = _taken_out(left, words.genders)
    colours, left = _taken_out(left, words.colours)
    shelf, rest = _taken_out(left, words.shelves)
    kinds, left = _kinds_of(left)
    category: Category | None = None
    if shelf and not kinds and len(shelf) == 1:
        category, left = shelf[0], rest
    return replace(
        wish,
        stems=tuple(dict.fromkeys(left)),
        kinds=kinds,
        materials=_meanings(left, lambda word: words.materials.get((word,))),
        colours=tuple(dict.fromkeys(colours)),
        category=category,
        gender=gender[0] if len(set(gender)) == 1 else "",
    )


def _taken_out(said: list[str], table: Phrases) -> tuple[list[Any], list[str]]:
    """The values of the table's phrases, and the words that belong to none."""
    found = list(all_of(table, said))
    gone = {at + n for at, _, length in found for n in range(length)}
    return [value for _, value, _ in found], [word for at, word in enumerate(said) if at not in gone]


def _kinds_of(said: list[str]) -> tuple[dict[str, str], list[str]]:
    """Word -> kind, and the words with each phrase (`t shirt`) as the one word that it stands for."""
    found = {at: (word.kind, length) for at, word, length in all_of(vocabulary().kinds, said)}
    kinds: dict[str, str] = {}
    words: list[str] = []
    at = 0
    while at < len(said):
        kind, length = found.get(at, ("", 1))
        words.append("".join(said[at : at + length]))
        if kind:
            kinds[words[-1]] = kind
        at += length
    return kinds, words


def _meanings(said: list[str], look: Callable[[str], str | None]) -> dict[str, str]:
    return {word: meaning for word in said if (meaning := look(word)) is not None}
