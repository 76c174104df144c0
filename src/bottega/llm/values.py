"""What goes to a language model and what comes back, as plain values."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from bottega.domain.money import MicroUsd
from bottega.domain.task import Metered

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class PictureBytes:
    """An encoded picture (`image/png`, `image/jpeg` or `image/webp`), as it is sent. The caller has decoded it once
    through `imaging` and made it small: vendors bill by size, and some refuse large ones."""

    data: bytes
    media_type: str


UserPart: TypeAlias = str | PictureBytes
"""A piece of the question, in the order in which the model sees it."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A model that was asked before the one that answered, and why it did not: nothing was accepted there."""

    model_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """`value` is checked against the type that was asked for.

    `cost` in micro-dollars is what `metered` comes to under the price of `model_id`; `estimated` says that it is not
    exact, because the catalogue has no price or the answer no token counts. `evidence` holds the provider's own
    figures. `seconds` is wall time.
    """

    value: T
    cost: MicroUsd
    metered: Metered
    evidence: dict[str, Any]
    model_id: str
    seconds: float
    estimated: bool
    passed_over: tuple[PassedOver, ...] = field(default=())
