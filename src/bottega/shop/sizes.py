"""Sizes as shops write them, and what of them is the same size. Whether a size fits somebody is left to `fashion`."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from bottega.shop.product import Size
from bottega.shop.words import fold

SYSTEMS = frozenset({"AU", "BR", "CN", "DE", "EU", "FR", "IT", "JP", "MEX", "RU", "UK", "US", "INT"})
"""Those of the Google Merchant specification, with RU and INT of Russian feeds."""

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "extrasmall": "xs",
        "xsmall": "xs",
        "small": "s",
        "klein": "s",
        "medium": "m",
        "mittel": "m",
        "large": "l",
        "gross": "l",
        "extralarge": "xl",
        "xlarge": "xl",
        "xxs": "2xs",
        "xxxs": "3xs",
        "xxl": "2xl",
        "xxxl": "3xl",
        "xxxxl": "4xl",
        "onesize": "one",
        "onesizefitsall": "one",
        "os": "one",
        "einheitsgrosse": "one",
        "tailleunique": "one",
        "tu": "one",
        "tallaunica": "one",
        "безразмера": "one",
        "единыиразмер": "one",
    }
)
_APART = re.compile(r"\s*[,;|]\s*")
_PARTS = re.compile(r"\s*[/–-]\s*")
_HALF = re.compile(r"(\d)\s*(?:[.,]5|\s1/2|½)")
_WITH_SYSTEM = re.compile(r"(eu|eur|us|uk|fr|it|de|ru|rus|int)\s*[:-]?\s*(\d.*)")
_ALNUM = re.compile(r"[\W_]+")
LONGEST = 40
MOST = 200


@lru_cache(maxsize=16_384)
def read_sizes(text: str) -> tuple[Size, ...]:
    """`M`, `S, M, L`, `36:4; 38:0` (pieces in stock behind a colon)."""
    found: dict[str, Size] = {}
    for piece in _APART.split(text.strip())[:MOST]:
        label, colon, stock = piece.rpartition(":")
        if colon and stock.strip().isdecimal():
            size = Size(label.strip()[:LONGEST], int(stock))
        else:
            size = Size(piece[:LONGEST])
        if size.label:
            found[size.label] = size
    return tuple(found.values())


@lru_cache(maxsize=16_384)
def size_keys(label: str, system: str = "") -> tuple[str, ...]:
    """Under which letters and digits a size is found: `M` and `Medium` under `m`, `38.5` under `38h`, `S/M` under `sm`, `s`
    and `m`; with a system (in the label or given) also behind its letters: `eu38`."""
    folded = _HALF.sub(r"\1h", fold(label).strip())
    named = _WITH_SYSTEM.fullmatch(folded)
    if named is not None:
        system, folded = named[1][:2], named[2]
    whole = _key(folded)
    keys = [whole] if whole else []
    parts = [_key(part) for part in _PARTS.split(folded)]
    if len(parts) == 2 and all(parts):
        keys += parts
    if system:
        keys += [f"{system.lower()}{key}" for key in keys]
    return tuple(dict.fromkeys(keys))


def _key(text: str) -> str:
    plain = _ALNUM.sub("", text)
    return _NAMES.get(plain, plain)
