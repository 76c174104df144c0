"""What search reads of an offer: one list of terms, words and filters alike, so that an index of words answers both.

The first letter says what a term is: `w` a word that names the offer, `d` a word of its description, `x` a filter.
"""

import math
from functools import lru_cache
from hashlib import blake2b

from bottega.shop.colours import cell_of
from bottega.shop.product import Product
from bottega.shop.sizes import size_keys
from bottega.shop.vocabulary import all_of, vocabulary
from bottega.shop.words import split, stem, stems

DESCRIPTION_WORDS = 40
_STEPS = 4
"""Price steps to a doubling."""
_BLOCK = 8
"""Steps of one level that are one step of the next."""
PRICE_LEVELS = 3
LAST_STEP = _STEPS * 48


def terms_of(product: Product, owner: str) -> str:
    """Apart by spaces, each once."""
    words = naming_words(product)
    found = dict.fromkeys(f"w{word}" for word in words)
    known = set(words)
    about = [stem(word) for word in split(product.description[:600])[:DESCRIPTION_WORDS]]
    found |= dict.fromkeys(f"d{word}" for word in about if word not in known)
    found |= dict.fromkeys(_filters(product, owner))
    return " ".join(found)


def naming_words(product: Product) -> list[str]:
    """Stems of what names an offer: title, brand, kind, colours, material, pattern. Compounds also by their parts."""
    colours = " ".join([f"{colour.text} {colour.name}" for colour in product.colours])
    said = f"{product.title} {product.brand} {product.kind} {colours} {product.material} {product.pattern}"
    words = dict.fromkeys(stems(said))
    for word in list(words):
        if len(word) > 5:
            for part in _parts(word):
                words[part] = None
    return list(words)


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[str, ...]:
    return vocabulary().parts(word) or ()


def _filters(product: Product, owner: str) -> list[str]:
    found = [owner_term(owner), shop_term(product.shop), f"xc{product.category}"]
    if product.is_buyable:
        found.append("xn")
    if product.kind:
        found.append(kind_term(product.kind))
    if product.gender:
        found.append(f"xg{product.gender}")
    if product.age_group:
        found.append(f"xa{product.age_group}")
    if product.brand:
        found.append(brand_term(product.brand))
    for size in product.sizes:
        if size.available:
            found += [f"xs{key}" for key in size_keys(size.label, product.size_system)]
    for colour in product.colours:
        if colour.name:
            found.append(colour_term(colour.name))
        if colour.hex:
            found.append(f"xh{cell_of(colour.hex)}")
    found += materials_and_patterns(product.title, product.material, product.pattern)
    price = product.current_price
    if price is not None:
        found += price_terms(price.amount, price.currency)
    return found


def materials_and_patterns(title: str, material: str, pattern: str) -> list[str]:
    """From their own fields, from the title where those are empty."""
    said = stems(title) if not (material and pattern) else []
    made = _materials(material) if material else _material_terms(said)
    looks = _patterns(pattern) if pattern else _pattern_terms(said)
    return [*made, *looks]


@lru_cache(maxsize=4096)
def _materials(text: str) -> tuple[str, ...]:
    return _material_terms(stems(text))


@lru_cache(maxsize=4096)
def _patterns(text: str) -> tuple[str, ...]:
    return _pattern_terms(stems(text))


def _material_terms(said: list[str]) -> tuple[str, ...]:
    whole = [part for word in said for part in ((word,) if len(word) < 6 else _parts(word) or (word,))]
    return tuple(f"xm{name}" for _, name, _ in all_of(vocabulary().materials, whole))


def _pattern_terms(said: list[str]) -> tuple[str, ...]:
    return tuple(f"xt{name}" for _, name, _ in all_of(vocabulary().patterns, said))


@lru_cache(maxsize=4096)
def owner_term(owner: str) -> str:
    return f"xo{_short(owner)}"


@lru_cache(maxsize=4096)
def shop_term(shop: str) -> str:
    return f"xw{_short(shop.casefold())}"


@lru_cache(maxsize=65_536)
def brand_term(brand: str) -> str:
    return "xb" + "".join(split(brand))


@lru_cache(maxsize=4096)
def kind_term(kind: str) -> str:
    return "xk" + "".join(split(kind))


@lru_cache(maxsize=4096)
def colour_term(name: str) -> str:
    return "xy" + "".join(split(name))


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()


# --- prices --------------------------------------------------------------------------------------------------


def price_step(amount: int) -> int:
    """On a logarithmic scale with four steps to a doubling."""
    return min(LAST_STEP, int(math.log2(amount + 1) * _STEPS))


@lru_cache(maxsize=65_536)
def price_terms(amount: int, currency: str) -> tuple[str, ...]:
    """The steps that hold the price, from fine to coarse."""
    step = price_step(amount)
    return tuple(_price_term(currency, level, step // _BLOCK**level) for level in range(PRICE_LEVELS))


def price_range_terms(least: int | None, most: int | None, currency: str) -> list[str]:
    """Terms of which each price in [least, most] (minor units) has one; at both ends a step reaches further."""
    low = 0 if least is None else price_step(max(least, 0))
    high = LAST_STEP if most is None else price_step(max(most, 0))
    found: list[str] = []
    for level in range(PRICE_LEVELS):
        last = level == PRICE_LEVELS - 1
        while low <= high and (last or low % _BLOCK):
            found.append(_price_term(currency, level, low))
            low += 1
        while low <= high and (high + 1) % _BLOCK:
            found.append(_price_term(currency, level, high))
            high -= 1
        if low > high:
            break
        low, high = low // _BLOCK, (high + 1) // _BLOCK - 1
    return found


def _price_term(currency: str, level: int, step: int) -> str:
    return f"xp{currency.lower()}{'abc'[level]}{step}"
