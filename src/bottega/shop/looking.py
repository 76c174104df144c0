"""What a search asks for, from the sentence and the filters given beside it, as an expression of terms and exact checks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from pydantic import Field

from bottega.domain.base import Value
from bottega.errors import InvalidOption
from bottega.shop.colours import cells_near, difference, named_colour
from bottega.shop.index import Either, Every, Expression, Prefix, either
from bottega.shop.money import Price
from bottega.shop.product import Category, Colour, Gender
from bottega.shop.query import LONGEST, Amount, Wish, read_wish
from bottega.shop.ranking import Candidate
from bottega.shop.sizes import size_keys
from bottega.shop.terms import brand_term, colour_term, kind_term, owner_term, price_range_terms, shop_term

CANDIDATES = 300
"""Offers that are looked at for one search."""
SAME_COLOUR = 20.0
"""CIEDE2000 up to which a colour is what was asked for, unless somebody says otherwise."""
_WIDE_KINDS: dict[str, Category] = {"shoes": "shoes", "dress": "dress"}
"""Words for a kind that stand for its whole category."""


class SearchRequest(Value):
    """Filters given here go before those that the sentence says. Prices are in the currency's major unit, as people say
    them; `colour` is a word or `#rrggbb`. `vector` is compared with the offers' vectors of `vector_kind`."""

    text: str = Field(default="", max_length=LONGEST)
    category: Category | None = None
    gender: Gender = ""
    sizes: tuple[str, ...] = Field(default=(), max_length=20)
    colour: str = Field(default="", max_length=80)
    colour_distance: float = Field(default=SAME_COLOUR, gt=0, le=100)
    least_price: Decimal | None = Field(default=None, ge=0, le=10**9)
    most_price: Decimal | None = Field(default=None, ge=0, le=10**9)
    currency: str = Field(default="", pattern="^([A-Z]{3})?$")
    brand: str = Field(default="", max_length=200)
    shop: str = Field(default="", max_length=200)
    in_stock: bool = True
    limit: int = Field(default=20, ge=1, le=100)
    vector: tuple[float, ...] = Field(default=(), max_length=4096)
    vector_kind: str = Field(default="image", max_length=40)


@dataclass(frozen=True, slots=True)
class Looking:
    """`filters` and `common` find offers by terms, a little too many; `fits` leaves those that really fit. `common` is what
    most offers have."""

    request: SearchRequest
    wish: Wish
    filters: tuple[Expression, ...]
    common: tuple[Expression, ...]
    currencies: tuple[str, ...]
    colours: tuple[Colour, ...] = ()
    sizes: frozenset[str] = field(default_factory=frozenset[str])

    def expression(self, words: Sequence[Expression]) -> Expression:
        # Both databases go from one part to the next only where the one before holds.
        return Every((*words, *self.filters, *self.common))

    def corrected(self, words: Mapping[str, Sequence[str]]) -> "Looking":
        """For ranking: with the first of the near words in place of some."""
        stems = tuple(words[word][0] if word in words else word for word in self.wish.stems)
        again = read_wish(" ".join(stems))
        kinds, materials = self.wish.kinds | again.kinds, self.wish.materials | again.materials
        return replace(self, wish=replace(self.wish, stems=stems, kinds=kinds, materials=materials))

    def with_near(self, words: Mapping[str, Sequence[str]]) -> list[Expression]:
        """Every word, or one of those near it."""
        return [
            either([_word(self.wish, other, described=True) for other in words.get(word, (word,))])
            for word in self.wish.stems
        ]

    def any_word(self, words: Mapping[str, Sequence[str]]) -> list[Expression]:
        parts = self.with_near(words)
        return [either(parts)] if parts else []

    def fits(self, candidate: Candidate) -> bool:
        """Whether price and colour are what was asked for; sets the candidate's distance of colour."""
        return self.fits_price(candidate.product.current_price) and self._fits_colours(candidate)

    def fits_filters(self, candidate: Candidate) -> bool:
        """Everything, for candidates that did not come through the index."""
        product, request = candidate.product, self.request
        keys = {
            key
            for size in product.sizes
            if size.available
            for key in size_keys(size.label, product.size_system)
        }
        gender = request.gender or self.wish.gender
        category = request.category or self.wish.category
        return (
            (product.is_buyable or not request.in_stock)
            and (not category or product.category == category)
            and (not gender or product.gender in (gender, "unisex"))
            and (not self.sizes or bool(keys & self.sizes))
            and (not request.brand or brand_term(product.brand) == brand_term(request.brand))
            and (not request.shop or product.shop.casefold() == request.shop.casefold())
            and self.fits(candidate)
        )

    def fits_price(self, price: Price | None) -> bool:
        wish = self.wish
        if wish.least is None and wish.most is None:
            return True
        if price is None or price.currency not in self.currencies:
            return False
        low = wish.least is None or price.amount >= wish.least.minor(price.currency)
        return low and (wish.most is None or price.amount <= wish.most.minor(price.currency))

    def _fits_colours(self, candidate: Candidate) -> bool:
        distances: list[float] = []
        for wanted in self.colours:
            named = [c for c in candidate.product.colours if wanted.name and c.name == wanted.name]
            apart = [difference(wanted.lab, c.lab) for c in candidate.product.colours if wanted.lab and c.lab]
            nearest = min(apart, default=None)
            by_name = bool(named) and not wanted.text.startswith("#")
            if not by_name and (nearest is None or nearest > self.request.colour_distance):
                return False
            distances.append(nearest if nearest is not None else 0.0)
        if distances:
            candidate.colour_distance = round(max(distances), 2)
        return True


def looking_for(
    request: SearchRequest, owners: Sequence[str], cells: Sequence[str], currencies: Sequence[str]
) -> Looking:
    """`cells` and `currencies` are those that offers have. Raises InvalidOption."""
    wish = _with_given(read_wish(request.text), request)
    filters: list[Expression] = []
    if category := request.category or wish.category:
        filters.append(f"xc{category}")
    if gender := request.gender or wish.gender:
        filters.append(either([f"xg{gender}", "xgunisex"]) if gender != "unisex" else "xgunisex")
    keys = [key for size in wish.sizes if (key := _size_key(size))]
    if keys:
        filters.append(either([f"xs{key}" for key in keys]))
    if request.brand:
        filters.append(brand_term(request.brand))
    if request.shop:
        filters.append(shop_term(request.shop))
    colours = _colours(request, wish)
    for colour in colours:
        near = cells_near(colour.lab, request.colour_distance, cells) if colour.lab else ()
        names = [] if colour.text.startswith("#") else [colour_term(colour.name)]
        filters.append(either([*names, *(f"xh{cell}" for cell in near)] or ["xhnone"]))
    money = _currencies(wish, request, currencies)
    if wish.least is not None or wish.most is not None:
        filters.append(either([term for code in money for term in _price_terms(wish, code)] or ["xpnone"]))
    common: list[Expression] = ["xn"] if request.in_stock else []
    if owners:
        common.append(either([owner_term(owner) for owner in owners]))
    return Looking(request, wish, tuple(filters), tuple(common), money, colours, frozenset(keys))


def _with_given(wish: Wish, request: SearchRequest) -> Wish:
    least, most = wish.least, wish.most
    if request.least_price is not None:
        least = Amount(request.least_price, request.currency)
    if request.most_price is not None:
        most = Amount(request.most_price, request.currency)
    if least is not None and most is not None and least.value > most.value:
        raise InvalidOption("The lowest price is above the highest.", hint="Exchange the two.")
    return replace(wish, least=least, most=most, sizes=request.sizes or wish.sizes)


def _size_key(size: str) -> str:
    keys = size_keys(size)
    return (
        (
            keys[-1]
            if keys[0] != keys[-1] and keys[-1].startswith(("eu", "us", "uk", "fr", "it", "de", "ru"))
            else keys[0]
        )
        if keys
        else ""
    )


def _colours(request: SearchRequest, wish: Wish) -> tuple[Colour, ...]:
    texts = [request.colour] if request.colour else list(wish.colours)
    found: list[Colour] = []
    for text in texts:
        colour = named_colour(text)
        if colour is None:
            raise InvalidOption(f"{text!r} is no colour that is known here.", hint="Such as navy or #14213d.")
        found.append(colour if not colour.hex or not text.startswith("#") else replace(colour, text=text))
    return tuple(found)


def _currencies(wish: Wish, request: SearchRequest, known: Sequence[str]) -> tuple[str, ...]:
    """The one that was named, else all that offers have."""
    named = [amount.currency for amount in (wish.least, wish.most) if amount is not None and amount.currency]
    if named or request.currency:
        return (named[0] if named else request.currency,)
    return tuple(known)


def _price_terms(wish: Wish, currency: str) -> list[str]:
    least = None if wish.least is None else wish.least.minor(currency)
    most = None if wish.most is None else wish.most.minor(currency)
    return price_range_terms(least, most, currency)


# --- words ---------------------------------------------------------------------------------------------------


def word_expressions(wish: Wish) -> Iterator[tuple[str, list[Expression]]]:
    """From strict to loose: how it is called, and what every offer must have."""
    if not wish.stems:
        yield "filters", []
        return
    yield "words", [_word(wish, word) for word in wish.stems]
    yield "description", [_word(wish, word, described=True) for word in wish.stems]
    *before, last = wish.stems
    if len(last) >= 3:
        start: Expression = Either((_word(wish, last, described=True), Prefix(f"w{last}")))
        yield "beginnings", [*(_word(wish, word, described=True) for word in before), start]


def _word(wish: Wish, word: str, *, described: bool = False) -> Expression:
    """The word itself, or what it means in any language."""
    parts = [f"w{word}"]
    if kind := wish.kinds.get(word):
        parts.append(kind_term(kind))
        if kind in _WIDE_KINDS:
            parts.append(f"xc{_WIDE_KINDS[kind]}")
    if material := wish.materials.get(word):
        parts.append(f"xm{material}")
    if described:
        parts.append(f"d{word}")
    return either(parts)


def describe(looking: Looking) -> dict[str, Any]:
    """What was understood, for the answer; only what filters."""
    wish, request = looking.wish, looking.request
    said: dict[str, Any] = {
        "words": list(wish.stems),
        "kinds": sorted(set(wish.kinds.values())),
        "materials": sorted(set(wish.materials.values())),
        "category": request.category or wish.category,
        "gender": request.gender or wish.gender,
        "sizes": list(wish.sizes),
        "colours": [{"name": colour.name, "hex": colour.hex} for colour in looking.colours],
        "least_price": None if wish.least is None else str(wish.least.value),
        "most_price": None if wish.most is None else str(wish.most.value),
        "currencies": list(looking.currencies) if wish.least or wish.most else [],
        "brand": request.brand,
        "shop": request.shop,
        "in_stock": request.in_stock,
    }
    return {name: value for name, value in said.items() if value not in (None, "", [])}
