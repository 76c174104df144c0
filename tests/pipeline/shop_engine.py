"""An engine for tests: it sells pictures at a price, keeps its own books, and fails on demand."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bottega import Bottega
from bottega.domain.task import EngineResult, OutputFile, Task, Usage
from bottega.engines.protocol import (
    USABLE,
    Attempt,
    Availability,
    Cancellation,
    Found,
    NeverArrived,
    Reconciliation,
    StillUnknown,
)
from bottega.models import Catalogue, Model, PriceModel

Open = Callable[..., Awaitable[Bottega]]


@dataclass
class Shop:
    """`goods` maps a model id to the file it delivers, or to the error it raises. `books` is what the shop
    itself knows: how often each idempotency key was accepted."""

    goods: dict[str, Path | Exception]
    local: bool = False
    name: str = "shop"
    answers_questions: bool = True
    delivering: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event | None = None
    books: Counter[str] = field(default_factory=Counter[str])

    def availability(self) -> Availability:
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        good = self.goods[model.id]
        if isinstance(good, Exception):
            raise good
        self.books[attempt.idempotency_key] += 1
        self.delivering.set()
        if self.gate is not None:
            await self.gate.wait()
        return self._deliver(good, task, model, attempt)

    def _deliver(self, good: Path, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        target = attempt.scratch / "picture.png"
        shutil.copyfile(good, target)
        price = model.price.price(task).likely if model.price else 0
        return EngineResult(
            outputs=(OutputFile(path=target, media_type="image/png", label="Result", name="picture.png"),),
            usage=Usage(cost=price, evidence={"pictures": 1}),
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        if not self.answers_questions:
            return StillUnknown("the shop does not answer questions")
        if not self.books[attempt.idempotency_key]:
            return NeverArrived()
        good = self.goods[model.id]
        assert isinstance(good, Path)
        return Found(self._deliver(good, task, model, attempt))

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        return await self.reconcile(task, model, attempt)


def shop_catalogue(**prices: str) -> Catalogue:
    """Models `shop/<name>` that generate pictures at so many dollars, best first."""
    return Catalogue(
        [
            Model(
                id=f"shop/{name}",
                engine="shop",
                title=name,
                operations=frozenset({"generate"}),
                features=frozenset({"size:*", "seed", "quality:*", "variants"}),
                quality=0.9 - 0.1 * place,
                price=PriceModel(free=True) if price == "0" else PriceModel(per_run=price, source="test"),
            )
            for place, (name, price) in enumerate(prices.items())
        ]
    )
