"""Money is integers: micro-dollars (1 USD = 1,000,000). Floats never touch an amount."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Literal, Self

from pydantic import model_validator

from bottega.domain.base import Value

MicroUsd = int
MICRO = 1_000_000
MOST_USD = 1_000_000_000_000
"""Larger amounts are slips of the keyboard; sums of smaller ones fit into 64 bits."""


def micro_usd(amount: str | int | Decimal) -> MicroUsd:
    """Dollars to micro-dollars, fractions of a micro-dollar rounded up (a hold must never be short).

    Raises ValueError for anything that is not a finite number; floats are refused by type.
    """
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"{amount!r} is not an amount of dollars") from error
    if not value.is_finite():
        raise ValueError(f"{amount!r} is not a finite amount")
    if abs(value) > MOST_USD:
        raise ValueError(f"{amount!r} is more than {MOST_USD} dollars")
    return int((value * MICRO).to_integral_value(rounding=ROUND_CEILING))


def format_usd(amount: MicroUsd) -> str:
    """`1234500` -> `$1.2345`; at least two decimals, all that are needed, never rounded; 0 is `free`."""
    if amount == 0:
        return "free"
    sign = "-" if amount < 0 else ""
    whole, fraction = divmod(abs(amount), MICRO)
    return f"{sign}${whole}.{f'{fraction:06d}'.rstrip('0').ljust(2, '0')}"


class Price(Value):
    """What a call may cost, in micro-dollars. `basis` says where the range comes from."""

    low: MicroUsd = 0
    likely: MicroUsd = 0
    high: MicroUsd = 0
    basis: Literal["free", "fixed", "per-unit", "metered"] = "free"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError("a price range needs 0 <= low <= likely <= high")
        return self

    def __str__(self) -> str:
        if self.low == self.high:
            return format_usd(self.high)
        return f"{format_usd(self.low)} to {format_usd(self.high)}"


def total(prices: Iterable[Price]) -> Price:
    """What calls cost together; of a single one its own basis."""
    paid = [price for price in prices if price.high]
    if len(paid) == 1:
        return paid[0]
    low, likely, high = (
        sum(amounts) for amounts in ((p.low for p in paid), (p.likely for p in paid), (p.high for p in paid))
    )
    basis = "free" if high == 0 else "fixed" if low == high else "metered"
    return Price(low=low, likely=likely, high=high, basis=basis)
