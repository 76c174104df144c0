"""What a model costs: the range before a call, and the exact charge from what the answer says was used.

Amounts in a price model are US dollars as text. Everything is added up as decimals and rounded up to whole
micro-dollars once, so that a charge can be computed again from its evidence and comes out the same.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Literal, NamedTuple, cast

from pydantic import Field, field_validator

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, Price, format_usd, micro_usd
from bottega.domain.task import Metered, Task
from bottega.models.tables import (
    ImageRow,
    RunRow,
    SecondRow,
    Spread,
    Usd,
    image_rows,
    is_tier,
    normal_size,
    run_rows,
    second_rows,
    size_of,
)
from bottega.models.tokens import KINDS, NOTHING, Expected, TokensExpected, prompt_tokens, token_rate

_PLAIN = (
    "per_run",
    "per_image",
    "per_megapixel",
    "per_input_megapixel",
    "per_second",
    "per_gpu_second",
    "per_credit",
)
_UNITS = (
    "run",
    "picture",
    "megapixel",
    "megapixel that goes in",
    "second",
    "second of the machine",
    "credit",
)
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*s?")


class Unmeasured(ValueError):
    """The answer says nothing of what a paid model is billed by; it is not free for that."""


class _Order(NamedTuple):
    """What a call will be billed by, as far as the order says. `audio` and `seconds` None: not said."""

    metered: Metered
    audio: bool | None


class PriceModel(Value):
    """How a call is priced; every figure that is set is added up. `source` and `as_of` say where they are from.

    `free`: local work. `per_run`, `per_image`, `per_megapixel` (that come out), `per_input_megapixel`,
    `per_second` (of a clip), `per_gpu_second` (of the machine), `per_credit` (what a credit costs).
    `image_table` is for one picture, `second_table` for one second of a clip, `run_table` for one whole clip: the
    most specific row counts, and what is not known may be the dearest. `tokens` are dollars per million by kind.
    """

    free: bool = False
    per_run: Usd = "0"
    per_image: Usd = "0"
    per_megapixel: Usd = "0"
    per_input_megapixel: Usd = "0"
    per_second: Usd = "0"
    per_gpu_second: Usd = "0"
    per_credit: Usd = "0"
    image_table: tuple[ImageRow, ...] = ()
    second_table: tuple[SecondRow, ...] = ()
    run_table: tuple[RunRow, ...] = ()
    tokens: dict[str, Usd] = Field(default_factory=dict[str, Usd])
    tokens_expected: TokensExpected | None = None
    seconds_expected: Expected = Expected(low=Decimal(5), likely=Decimal(5), high=Decimal(10))
    """Length of a clip when the order names none."""
    seconds_step: Usd = "0"
    """A clip's length is billed in steps of this, to the nearest; 0: as it is."""
    gpu_seconds_expected: Expected | None = None
    """For each picture or clip."""
    gpu_seconds_per_megapixel: Expected = NOTHING
    """Beside those, for each megapixel that goes in or comes out, whichever are more."""
    credits_expected: Expected | None = None
    """For each picture or clip."""
    source: str = ""
    as_of: date | None = None
    estimated: bool = False
    """The source itself calls the figures approximate, or they are from a list that is not the vendor's."""

    @field_validator("tokens")
    @classmethod
    def _known_kinds(cls, value: dict[str, str]) -> dict[str, str]:
        if wrong := sorted(set(value) - set(KINDS)):
            raise ValueError(f"{wrong[0]!r} is no kind of token; there are {', '.join(KINDS)}")
        return value

    @property
    def is_known(self) -> bool:
        """Whether there is a price at all."""
        return self.free or self._is_paid

    @property
    def _is_paid(self) -> bool:
        tables = (*self.image_table, *self.second_table, *self.run_table)
        amounts = [getattr(self, name) for name in _PLAIN]
        amounts += [row.usd for row in tables] + list(self.tokens.values())
        return not self.free and any(Decimal(amount) for amount in amounts)

    @property
    def can_be_held(self) -> bool:
        """Whether it can be said beforehand what a call costs at most."""
        if self.free:
            return True
        counted = (
            (Decimal(self.per_gpu_second), self.gpu_seconds_expected),
            (Decimal(self.per_credit), self.credits_expected),
            (any(Decimal(amount) for amount in self.tokens.values()), self.tokens_expected),
        )
        return self.is_known and all(not price or expected is not None for price, expected in counted)

    @property
    def sheet(self) -> str:
        """Where the figures are from, and of when: `2026-10-07, replicate.com/pricing (estimate)`."""
        stated = ", ".join(filter(None, (self.as_of.isoformat() if self.as_of else "", self.source)))
        return f"{stated} (estimate)".strip() if self.estimated else stated

    def price(self, task: Task) -> Price:
        """What one attempt at the task costs, in micro-dollars: `high` is held, `likely` is weighed.

        Raises ValueError when it cannot be said (`can_be_held`).
        """
        if self.free:
            return Price()
        if self._is_paid and not self.can_be_held:
            raise ValueError("this price is counted in units of which nobody says how many a call needs")
        low, likely, high = (self._order(task, which) for which in ("low", "likely", "high"))
        bottom = self._total(low, lambda spread: spread.low)
        middle = max(bottom, self._total(likely, lambda spread: spread.likely))
        return Price(
            low=bottom,
            likely=middle,
            high=max(middle, self._total(high, lambda spread: spread.high)),
            basis=self._basis(task),
        )

    def charge(self, metered: Metered) -> MicroUsd:
        """What a call cost that used this, in micro-dollars: exact, and rounded up once.

        Raises Unmeasured when a paid call comes to nothing, because what it is billed by is missing
        (`completed` puts the order's figures there). `runs=0` says that nothing was billed.
        """
        if self.free:
            return 0
        total = self._total(_Order(metered, metered.audio), lambda spread: spread.high)
        if total == 0 and metered.runs and self._is_paid:
            raise Unmeasured("the answer does not say what was used")
        return total

    def completed(self, metered: Metered, task: Task) -> Metered:
        """`metered` with the order's dearest figures in the place of units that are billed and missing."""
        order = self._order(task, "high").metered
        given: dict[str, Any] = {}
        for name in ("images", "megapixels", "input_megapixels", "seconds", "gpu_seconds", "tokens"):
            if not getattr(metered, name):
                given[name] = getattr(order, name)
        for name in ("size", "quality", "resolution"):
            if not getattr(metered, name):
                given[name] = getattr(order, name)
        if not Decimal(metered.credits):
            given["credits"] = order.credits
        return metered.model_copy(update=given)

    def in_words(self) -> str:
        """`free`, `$0.04 per picture`, `$0.01 per run and $0.002 per megapixel`, `unknown`."""
        if self.free:
            return "free"
        if not self.is_known:
            return "unknown"
        stated = [
            f"{format_usd(micro_usd(getattr(self, name)))} per {unit}"
            for name, unit in zip(_PLAIN, _UNITS, strict=True)
            if Decimal(getattr(self, name))
        ]
        for rows, unit in (
            (self.image_table, "picture"),
            (self.second_table, "second"),
            (self.run_table, "clip"),
        ):
            if rows:
                stated.append(f"{_from_to([row.usd for row in rows])} per {unit}")
        if self.tokens:
            kinds = [f"{kind.replace('_', ' ')} ${amount}" for kind, amount in self.tokens.items()]
            stated.append(f"per million tokens: {', '.join(kinds)}")
        return " and ".join(stated) + (" (estimate)" if self.estimated else "")

    # --- adding up -----------------------------------------------------------------------------------------

    def _total(self, order: _Order, pick: Callable[[Spread], Decimal]) -> MicroUsd:
        used = order.metered
        seconds = self._billed(Decimal(str(used.seconds)))
        with localcontext() as context:
            context.prec = 60  # products of the longest figures stay exact
            total = used.runs * Decimal(self.per_run) + used.images * Decimal(self.per_image)
            total += Decimal(str(used.megapixels)) * Decimal(self.per_megapixel)
            total += Decimal(str(used.input_megapixels)) * Decimal(self.per_input_megapixel)
            total += seconds * Decimal(self.per_second)
            total += Decimal(str(used.gpu_seconds)) * Decimal(self.per_gpu_second)
            total += Decimal(used.credits) * Decimal(self.per_credit)
            if self.image_table:
                total += used.images * pick(image_rows(self.image_table, used.size, used.quality))
            if self.second_table:
                total += seconds * pick(second_rows(self.second_table, used.resolution, order.audio))
            if self.run_table:
                length = used.seconds or None
                total += used.runs * pick(
                    run_rows(self.run_table, used.resolution, length, order.audio, used.quality)
                )
            if self.tokens:
                for kind, count in used.tokens.items():
                    total += (max(0, count) * token_rate(self.tokens, kind)).scaleb(-6)
            return micro_usd(total)

    def _billed(self, seconds: Decimal) -> Decimal:
        step = Decimal(self.seconds_step)
        if not step or not seconds:
            return seconds
        # Halves go up: a vendor that rounds otherwise was held for at most one step too much.
        return max(step, (seconds / step + Decimal("0.5")) // 1 * step)

    def _basis(self, task: Task) -> Literal["fixed", "per-unit", "metered"]:
        if self.tokens or Decimal(self.per_gpu_second) or Decimal(self.per_credit):
            return "metered"
        by_size = (self.per_megapixel, self.per_input_megapixel, self.per_second)
        if any(Decimal(amount) for amount in by_size) or self.second_table or _pictures(task) > 1:
            return "per-unit"
        return "fixed"

    # --- reading the order ---------------------------------------------------------------------------------

    def _order(self, task: Task, which: Literal["low", "likely", "high"]) -> _Order:
        said = task.parameters
        pictures = _pictures(task)
        size = _text(said, "size", "image_size") or _picture_size(said)
        seconds = ordered_seconds(task)
        length = Decimal(str(seconds)) if seconds is not None else getattr(self.seconds_expected, which)

        def expected(what: Expected | None) -> Decimal:
            return getattr(what or NOTHING, which) * pictures

        coming_out = _output_megapixels(task, size)
        going_in = sum(item.media.megapixels for item in task.inputs)
        growing = getattr(self.gpu_seconds_per_megapixel, which) * Decimal(str(max(coming_out, going_in)))
        metered = Metered(
            images=pictures,
            megapixels=coming_out,
            input_megapixels=going_in,
            seconds=float(length),
            gpu_seconds=float(expected(self.gpu_seconds_expected) + growing),
            credits=str(expected(self.credits_expected)),
            size=normal_size(size),
            quality=_text(said, "quality"),
            resolution=_text(said, "resolution"),
            tokens=self._tokens(task, size, length, which),
        )
        return _Order(metered, _wants_sound(task))

    def _tokens(
        self, task: Task, size: str, seconds: Decimal, which: Literal["low", "likely", "high"]
    ) -> dict[str, int]:
        if self.tokens_expected is None:
            return {}
        guess = self.tokens_expected
        pictures, said = _pictures(task), task.parameters
        partial = guess.partial * _whole(said.get("partial_images"), 0) * pictures
        text_out = guess.text_out
        if (limit := _whole(said.get("max_tokens"), 0)) > 0:
            text_out = Expected(
                low=min(text_out.low, Decimal(limit)),
                likely=min(text_out.likely, Decimal(limit)),
                high=Decimal(limit),
            )
        counts = {
            # Which of the prompts is sent is the engine's to choose: the longest is counted.
            "text_in": guess.text_in.plus(
                prompt_tokens(max((task.prompt, *task.prompts.values()), key=lambda text: len(text.encode())))
            ),
            "image_in": guess.image_in.times(sum(item.media.is_picture for item in task.inputs)),
            "text_out": text_out,
            "image_out": guess.picture(size, _text(said, "quality")).times(pictures),
            "video_out": (guess.video_out or NOTHING).times(seconds),
        }
        whole = {kind: -int(-getattr(count, which) // 1) for kind, count in counts.items()}
        whole["image_out"] += partial if which != "low" else 0
        return {kind: count for kind, count in whole.items() if count}


def ordered_seconds(task: Task) -> float | None:
    """The length of the clip that is asked for (`seconds` or `duration`, `5` or `5s`); None when none is."""
    for name in ("seconds", "duration"):
        value = task.parameters.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return float(value)
        if isinstance(value, str) and (found := _SECONDS.fullmatch(value.strip().lower())):
            return float(found[1]) or None
    return None


def _wants_sound(task: Task) -> bool | None:
    for name in ("audio", "sound", "generate_audio"):
        value = task.parameters.get(name)
        if isinstance(value, bool):
            return value
    return True if "sound" in task.features or task.operation == "video_sound" else None


def _output_megapixels(task: Task, size: str) -> float:
    """Of all pictures together: as the task says, else by the size asked for, else as large as the largest input,
    else one megapixel each."""
    if task.output_megapixels:
        return task.output_megapixels
    found = size_of(size)
    if found is not None:
        return _pictures(task) * found[0] * found[1] / 1e6
    return _pictures(task) * (max((item.media.megapixels for item in task.inputs), default=0.0) or 1.0)


def _pictures(task: Task) -> int:
    return max(1, _whole(task.parameters.get("n"), 1))


def _whole(value: object, otherwise: int) -> int:
    if isinstance(value, bool) or value is None:
        return otherwise
    if isinstance(value, int | float):
        return int(value)
    return int(value) if isinstance(value, str) and value.strip().isdigit() else otherwise


def _text(said: dict[str, Any], *names: str) -> str:
    """The first of these parameters that is a text and says something."""
    for name in names:
        value = said.get(name)
        if isinstance(value, str) and value.strip().lower() not in ("", "auto"):
            return value.strip()
    return ""


def _picture_size(said: dict[str, Any]) -> str:
    """A `resolution` that names a picture's size (`1K`, `1024x768`); empty for that of a clip, such as `480p`."""
    word = _text(said, "resolution")
    return word if size_of(word) is not None or is_tier(word) else ""


def _from_to(amounts: list[str]) -> str:
    micro = sorted(micro_usd(amount) for amount in amounts)
    low, high = format_usd(micro[0]), format_usd(micro[-1])
    return low if low == high else f"{low} to {high}"


def price_from_evidence(evidence: dict[str, Any]) -> tuple["PriceModel", Metered] | None:
    """The price and the use that a charge was computed from, as kept with it; None when it was not computed.

    Raises pydantic's ValidationError for records of another form.
    """
    price, metered = evidence.get("price"), evidence.get("metered")
    if not isinstance(price, dict) or not isinstance(metered, dict) or not price:
        return None
    return PriceModel.model_validate(cast("Any", price)), Metered.model_validate(cast("Any", metered))
