"""Prices by the token: what kinds cost, and how many of each a call is expected to use before it is made."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Self

from pydantic import Field, field_validator, model_validator

from bottega.domain.base import Value
from bottega.models.tables import Usd, normal_size, size_of, tier_of

IN_KINDS: Final = ("text_in", "image_in", "cached_text_in", "cached_image_in")
OUT_KINDS: Final = ("text_out", "image_out", "video_out")
KINDS: Final = IN_KINDS + OUT_KINDS
"""Counts are disjoint: what was read from a cache is not among `text_in` or `image_in` as well."""


class Expected(Value):
    """What is expected of a count, 0 or more: a hold takes `high`."""

    low: Decimal = Field(ge=0)
    likely: Decimal = Field(ge=0)
    high: Decimal = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.likely <= self.high:
            raise ValueError("an expected count needs low <= likely <= high")
        return self

    @classmethod
    def exactly(cls, count: int | str | Decimal) -> Self:
        return cls(low=Decimal(count), likely=Decimal(count), high=Decimal(count))

    def times(self, factor: int | Decimal) -> "Expected":
        return Expected(low=self.low * factor, likely=self.likely * factor, high=self.high * factor)

    def plus(self, other: "Expected") -> "Expected":
        return Expected(
            low=self.low + other.low, likely=self.likely + other.likely, high=self.high + other.high
        )


NOTHING: Final = Expected.exactly(0)


class PictureTokens(Value):
    """Image tokens of one picture of this size and quality; an empty field means any."""

    size: str = ""
    quality: str = ""
    low: Decimal = Field(ge=0)
    likely: Decimal = Field(ge=0)
    high: Decimal = Field(ge=0)


class AreaRule(Value):
    """Image tokens of one picture of width x height: s * round(s * short / long) * (offset + pixels) / divisor,
    rounded up, where s is the quality's step.

    The rule of OpenAI's price calculator for gpt-image-2 as read in its developer forum on 2026-06-05; it gives
    the vendor's published examples (196, 1756 and 7024 tokens at 1024x1024, 5488 at 1536x1024).
    """

    steps: dict[str, int] = Field(min_length=1)
    offset: int = Field(ge=0)
    divisor: int = Field(ge=1)
    auto_sizes: tuple[str, ...] = Field(min_length=1)
    """Sizes that the vendor chooses from when none is asked for."""
    margin: Decimal = Field(default=Decimal(1), ge=1)
    """The hold takes this much more, because the rule is not the vendor's written word."""

    @field_validator("auto_sizes")
    @classmethod
    def _are_sizes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [text for text in value if size_of(text) is None]:
            raise ValueError(f"{wrong[0]!r} is no size such as 1024x1024")
        return value

    def count(self, width: int, height: int, step: int) -> int:
        long, short = max(width, height), min(width, height)
        across = (2 * step * short + long) // (2 * long)
        return -(-step * across * (self.offset + width * height) // self.divisor)

    def expected(self, size: str, quality: str) -> Expected:
        known = size_of(size)
        sizes = [known] if known else [found for text in self.auto_sizes if (found := size_of(text))]
        steps = [self.steps[quality]] if quality in self.steps else sorted(self.steps.values())
        middle = steps[(len(steps) - 1) // 2]
        counts = sorted(self.count(*pair, step) for pair in sizes for step in steps)
        return Expected(
            low=Decimal(counts[0]),
            likely=Decimal(max(self.count(*pair, middle) for pair in sizes)),
            high=counts[-1] * self.margin,
        )


class TokensExpected(Value):
    """Allowances for one call, beside what the order itself says.

    `text_in` and `text_out` are for the call (instructions, thinking); the prompt is counted by its length.
    `image_in` is for each input picture, `image_out` or `image_out_rule` for each picture that is made,
    `partial` for each partial picture that is streamed, `video_out` for each second of a clip.
    """

    text_in: Expected = NOTHING
    image_in: Expected = NOTHING
    text_out: Expected = NOTHING
    image_out: tuple[PictureTokens, ...] = ()
    image_out_rule: AreaRule | None = None
    partial: int = Field(default=0, ge=0)
    video_out: Expected | None = None

    def picture(self, size: str, quality: str) -> Expected:
        """Image tokens of one picture. What is not known may be anything that is listed."""
        if self.image_out_rule is not None:
            return self.image_out_rule.expected(size, quality.strip().lower())
        if not self.image_out:
            return NOTHING
        sizes = {normal_size(row.size) for row in self.image_out}
        asked = normal_size(size)
        if asked not in sizes:
            asked = tier_of(size) if tier_of(size) in sizes else ""
        fits = self._rows(asked, quality.strip().lower()) or list(self.image_out)
        likely = sorted(row.likely for row in fits)
        return Expected(
            low=min(row.low for row in fits),
            likely=likely[(len(likely) - 1) // 2],
            high=max(row.high for row in fits),
        )

    def _rows(self, size: str, quality: str) -> list[PictureTokens]:
        qualities = {row.quality.lower() for row in self.image_out}
        if quality not in qualities:
            quality = ""
        return [
            row
            for row in self.image_out
            if (not size or normal_size(row.size) in ("", size))
            and (not quality or row.quality.lower() in ("", quality))
        ]


def prompt_tokens(prompt: str) -> Expected:
    """Tokens of a text. A byte-level tokeniser never makes more tokens than there are bytes of UTF-8; English has
    about four bytes to a token."""
    size = len(prompt.encode())
    return Expected(low=Decimal(size // 6), likely=Decimal(-(-size // 4)), high=Decimal(size))


def token_rate(prices: Mapping[str, Usd], kind: str) -> Decimal:
    """Dollars per million tokens of a kind. A kind that the vendor reports and the sheet does not list is never
    free: cached ones cost as others, and the rest as the dearest on the same side."""
    if kind in prices:
        return Decimal(prices[kind])
    if kind.startswith("cached_"):
        return token_rate(prices, kind.removeprefix("cached_"))
    side = "_out" if kind.endswith("_out") else "_in"
    same = [Decimal(amount) for name, amount in prices.items() if name.endswith(side)]
    return max(same or [Decimal(amount) for amount in prices.values()])
