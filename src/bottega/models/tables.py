"""Price tables: which of a model's rows an order or an answer is billed by. What a row costs is added up elsewhere."""

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar

from pydantic import AfterValidator

from bottega.domain.base import Value
from bottega.domain.money import micro_usd

SIZE_PATTERN = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})")
_RESOLUTION = re.compile(r"(\d{3,4})p")
_TIERS = {"512": 512, "1k": 1024, "2k": 2048, "4k": 4096}
"""Side in pixels of a square picture of that tier, as Gemini names them (`imageSize`)."""
_SLACK_S = 0.5
"""A clip of 6 s is a few frames longer or shorter than 6 s."""


def _not_negative(value: str) -> str:
    if micro_usd(value) < 0:
        raise ValueError("a price cannot be negative")
    return value


Usd = Annotated[str, AfterValidator(_not_negative)]
"""US dollars as text, 0 or more."""


class ImageRow(Value):
    """One picture of this size and quality; an empty field means any."""

    size: str = ""
    quality: str = ""
    usd: Usd


class SecondRow(Value):
    """One second of a clip of this resolution, with or without sound; empty or None means any."""

    resolution: str = ""
    audio: bool | None = None
    usd: Usd


class RunRow(Value):
    """One whole clip of up to `seconds`; empty or None means any."""

    resolution: str = ""
    seconds: float | None = None
    audio: bool | None = None
    quality: str = ""
    usd: Usd


class _Row(Protocol):
    @property
    def usd(self) -> str: ...


R = TypeVar("R", bound=_Row)


class Spread(NamedTuple):
    """Dollars: the cheapest, the middle and the dearest row that may be meant."""

    low: Decimal
    likely: Decimal
    high: Decimal


def size_of(text: str) -> tuple[int, int] | None:
    """`1024x768` -> (1024, 768); None for anything else."""
    found = SIZE_PATTERN.fullmatch(text.strip().lower())
    return (int(found[1]), int(found[2])) if found else None


def normal_size(text: str) -> str:
    """`1024 X 768` -> `1024x768`, `2K` -> `2k`; empty for `auto`, which says nothing."""
    if (size := size_of(text)) is not None:
        return f"{size[0]}x{size[1]}"
    word = text.strip().lower()
    return "" if word == "auto" else word


def normal_resolution(text: str) -> str:
    """`1280x720` and `720P` -> `720p`, `4K` -> `2160p`; empty for `auto`."""
    word = text.strip().lower()
    if (size := size_of(word)) is not None:
        return f"{min(size)}p"
    return {"auto": "", "4k": "2160p", "2k": "1440p"}.get(word, word)


def is_tier(text: str) -> bool:
    """`1K`, `4k`, `512`."""
    return text.strip().lower() in _TIERS


def tier_of(size: str) -> str:
    """The smallest of 512, 1k, 2k and 4k that has the pixels of `size`; a tier's own name is returned as it is."""
    found = size_of(size)
    if found is None:
        return normal_size(size)
    pixels = found[0] * found[1]
    # The tiers' pictures are not exactly square powers of two: 1 % is let pass.
    return next((tier for tier, side in _TIERS.items() if pixels <= side * side * 1.01), "4k")


def image_rows(rows: Sequence[ImageRow], size: str, quality: str) -> Spread:
    """What one picture costs. What is not known (empty, `auto`, or nothing that the table lists) may be any row."""
    asked_size = normal_size(size)
    listed = {normal_size(row.size) for row in rows}
    if asked_size and asked_size not in listed and listed & set(_TIERS):
        asked_size = tier_of(asked_size)
    fields = [(normal_size(row.size), _word(row.quality)) for row in rows]
    return _spread(rows, fields, (asked_size, _word(quality)))


def second_rows(rows: Sequence[SecondRow], resolution: str, audio: bool | None) -> Spread:
    """What one second costs. A resolution between two rows is billed as the higher one."""
    listed = [normal_resolution(row.resolution) for row in rows]
    fields = [(name, _flag(row.audio)) for name, row in zip(listed, rows, strict=True)]
    return _spread(rows, fields, (_step_up(resolution, listed), _flag(audio)))


def run_rows(
    rows: Sequence[RunRow], resolution: str, seconds: float | None, audio: bool | None, quality: str
) -> Spread:
    """What one clip costs. A length between two rows is billed as the longer one."""
    listed = [normal_resolution(row.resolution) for row in rows]
    fields = [
        (name, str(row.seconds or ""), _flag(row.audio), _word(row.quality))
        for name, row in zip(listed, rows, strict=True)
    ]
    length = _next_length(seconds, [row.seconds for row in rows])
    return _spread(rows, fields, (_step_up(resolution, listed), length, _flag(audio), _word(quality)))


def _next_length(seconds: float | None, listed: Sequence[float | None]) -> str:
    """The listed length that a clip is billed as, as in the rows; empty when it is unknown or longer than all."""
    if seconds is None:
        return ""
    lengths = sorted(item for item in listed if item is not None)
    fits = (item for item in lengths if seconds <= item + _SLACK_S)
    if None not in listed:
        return str(next(fits, ""))
    return str(next((item for item in fits if item - _SLACK_S <= seconds), seconds))


def _word(text: str) -> str:
    word = text.strip().lower()
    return "" if word == "auto" else word


def _flag(value: bool | None) -> str:
    return "" if value is None else str(value)


def _step_up(resolution: str, listed: Sequence[str]) -> str:
    """The listed resolution that this one is billed as: itself, the next higher one, or unknown."""
    asked = normal_resolution(resolution)
    found = _RESOLUTION.fullmatch(asked)
    if asked in listed or "" in listed or found is None:
        return asked
    heights = sorted(int(match[1]) for name in listed if (match := _RESOLUTION.fullmatch(name)))
    return next((f"{height}p" for height in heights if int(found[1]) <= height), "")


def _spread(rows: Sequence[Any], fields: Sequence[tuple[str, ...]], asked: tuple[str, ...]) -> Spread:
    """Every value that an unknown field can have is gone through, so that the dearest is never below what any
    answer to this order is billed at."""
    possible: list[list[str]] = []
    for place, value in enumerate(asked):
        values = {row[place] for row in fields}
        known = value and (value in values or "" in values)
        possible.append([value] if known else sorted(values))
    meant: set[int] = set()
    unlisted = False
    for combination in itertools.product(*possible):
        found = _most_specific(fields, combination)
        meant.update(found)
        unlisted = unlisted or not found
    amounts = sorted(Decimal(rows[index].usd) for index in meant or range(len(rows)))
    # A combination that no row has is billed at the dearest row of all: nothing says that it costs less.
    high = max(Decimal(row.usd) for row in rows) if unlisted else amounts[-1]
    return Spread(amounts[0], amounts[(len(amounts) - 1) // 2], high)


def _most_specific(fields: Sequence[tuple[str, ...]], combination: tuple[str, ...]) -> list[int]:
    """Indices of the rows that fit with the fewest fields left open."""
    exact: dict[int, int] = {}
    for index, row in enumerate(fields):
        pairs = list(zip(row, combination, strict=True))
        if all(own in ("", value) for own, value in pairs):
            exact[index] = sum(own == value != "" for own, value in pairs)
    best = max(exact.values(), default=0)
    return [index for index, count in exact.items() if count == best]
