"""What goes into a batch, what is seen of it and of its items."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd, Price
from bottega.domain.request import Request
from bottega.errors import InputError, InvalidOption

MOST_ITEMS = 1000
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class BatchState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class NewItem(Value):
    """One thing to do. `request` None: it could not be understood, and `error` (of `BottegaError.as_dict`) says why.

    `key` is the caller's own name for it within the batch: the same key makes one job.
    """

    key: str
    name: str = ""
    request: Request | None = None
    error: dict[str, Any] | None = None


class Batch(Value):
    """`counts` by the state of the items; `done` of `total` came to an end of any kind. Money in micro-dollars: `spent`
    with what is on hold for calls under way. Times are seconds since the Unix epoch."""

    id: str
    owner: str
    name: str
    state: BatchState
    reason: str = ""
    """Why it is paused."""
    total: int
    done: int
    counts: dict[str, int]
    spent: MicroUsd
    budget: MicroUsd | None = None
    pause_on_error: bool = False
    created_at: float
    finished_at: float | None = None


class BatchItem(Value):
    """`state`: `waiting`, `refused`, `cancelled`, or that of its job."""

    number: int
    key: str
    name: str
    state: str
    attempt: int
    job_id: str | None = None
    cost: MicroUsd = 0
    outputs: tuple[str, ...] = ()
    model_id: str = ""
    error: dict[str, Any] | None = None
    prompt: str = ""


class ItemPlan(Value):
    """What an item would be: its price, or why it cannot be done."""

    number: int
    key: str
    name: str
    workflow: str = ""
    model_id: str = ""
    price: Price | None = None
    error: dict[str, Any] | None = None


class BatchPlan(Value):
    """The price of the whole, by the first candidate of each item; `at_most` with every further attempt."""

    total: int
    price: Price
    at_most: MicroUsd
    seconds: float | None = None
    problems: int
    items: tuple[ItemPlan, ...]


def check_items(items: Sequence[NewItem]) -> None:
    """Raises InputError for none, too many, an impossible key, or a key used twice."""
    if not items:
        raise InputError("The batch has no items.", hint="Give files, a table (CSV), or a list of items.")
    if len(items) > MOST_ITEMS:
        raise InputError(
            f"The batch has {len(items):,} items; {MOST_ITEMS:,} are the most.",
            hint="Make several batches of it.",
            limit=MOST_ITEMS,
        )
    seen: set[str] = set()
    for item in items:
        if not _KEY.fullmatch(item.key):
            raise InvalidOption(
                f"The key {item.key[:80]!r} of an item cannot be used.",
                hint="Use 1 to 200 printable ASCII characters without blanks.",
            )
        if item.key in seen:
            raise InputError(f"Two items have the key {item.key[:80]!r}.", hint="Give each its own.")
        seen.add(item.key)
