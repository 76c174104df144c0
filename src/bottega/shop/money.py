"""Prices as integers in the currency's minor unit, read from the many ways in which feeds and people write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS: Mapping[str, int] = {
    **dict.fromkeys(_WHOLE.split(), 0),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
}
"""ISO 4217 (list one, 2024) where the minor unit is not a hundredth."""

SYMBOLS: dict[str, str] = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "₽": "RUB",
    "¥": "JPY",
    "₴": "UAH",
    "₸": "KZT",
    "zł": "PLN",
    "₺": "TRY",
    "₹": "INR",
    "₩": "KRW",
    "kč": "CZK",
    "руб": "RUB",
    "руб.": "RUB",
    "р.": "RUB",
    "рублей": "RUB",
    "рубля": "RUB",
    "rur": "RUB",
    "byr": "BYN",
    "euro": "EUR",
    "euros": "EUR",
    "евро": "EUR",
    "dollar": "USD",
    "dollars": "USD",
    "dólares": "USD",
    "долларов": "USD",
    "pound": "GBP",
    "pounds": "GBP",
    "тенге": "KZT",
}
"""How a currency is written where its ISO code is not; `RUR` and `BYR` are codes that feeds have kept."""

MOST = 10**12
"""Minor units. More is a fault of the feed."""

_PRICE = re.compile(r"^\s*([^\d\s,.+-]*\.?)\s*(\d[\d\s.,'\u00a0\u202f]*)\s*([^\d\s]*)\s*$")
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` in minor units (cents, kopecks; yen have none) of the ISO 4217 `currency`."""

    amount: int
    currency: str

    def __str__(self) -> str:
        places = decimals(self.currency)
        return f"{Decimal(self.amount).scaleb(-places):.{places}f} {self.currency}"


def decimals(currency: str) -> int:
    """Digits behind the point."""
    return DECIMALS.get(currency, 2)


def currency_of(text: str) -> str | None:
    """The ISO code for a code, symbol or word; None for what is none."""
    known = SYMBOLS.get(text.strip().lower())
    if known is not None:
        return known
    code = text.strip().upper()
    return code if _CODE.fullmatch(code) else None


@lru_cache(maxsize=65_536)
def read_price(text: str, currency: str = "", *, minor: bool = False) -> Price:
    """`"49.90 EUR"`, `"€ 1.299,00"`, `"1 299"`, or minor units with `minor`. `currency` (an ISO code) is used where the
    text names none.

    Raises ValueError with the reason: no number, no currency, below zero, more digits than the currency has.
    """
    found = _PRICE.match(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no price")
    before, figure, after = found.groups()
    named = [code for part in (before, after) if part and (code := currency_of(part))]
    if (before or after) and not named:
        raise ValueError(f"the currency of {text[:40]!r} is not known")
    code = named[0] if named else currency
    if not code:
        raise ValueError(f"{text[:40]!r} has no currency")
    try:
        amount = Decimal(plain_number(figure))
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} is no price") from None
    whole = amount if minor else amount.scaleb(decimals(code))
    if whole != whole.to_integral_value():
        raise ValueError(f"{text[:40]!r} has more digits than its currency")
    if whole > MOST:
        raise ValueError(f"{text[:40]!r} is too much to be a price")
    return Price(int(whole), code)


def plain_number(figure: str) -> str:
    """`1.299,00`, `1,299.00`, `1 299`, `1'299` -> `1299.00` or `1299`. A single separator before exactly three digits is
    one of thousands unless the number begins with a zero."""
    text = re.sub(r"[\s'\u00a0\u202f]", "", figure).rstrip(".,")
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        thousands = "," if dot > comma else "."
        return text.replace(thousands, "").replace(",", ".")
    mark = "." if dot >= 0 else ","
    if text.count(mark) > 1:
        return text.replace(mark, "")
    whole, _, rest = text.partition(mark)
    if mark == "," and len(rest) == 3 and whole not in ("", "0"):
        return whole + rest
    return text.replace(",", ".")
