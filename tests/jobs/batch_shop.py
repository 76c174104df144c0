"""A workshop whose only engine counts what it does, for the tests of batches; what it makes is a real picture."""

import asyncio
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.principal import LOCAL, Principal
from bottega.domain.task import EngineResult, OutputFile, Task, Usage
from bottega.engines.protocol import USABLE, Attempt, Availability, Cancellation, NeverArrived, Reconciliation
from bottega.errors import ProviderError
from bottega.jobs.batches_values import Batch, NewItem
from bottega.models import Catalogue, Model, PriceModel
from bottega.settings import Settings

PATIENCE_S = 120.0


@dataclass
class CountingEngine:
    """`books`: how often each prompt was worked on. Prompts in `failing` fail; `gate` is waited for, if there is one."""

    picture: Path
    failing: set[str] = field(default_factory=set[str])
    gate: asyncio.Event | None = None
    books: Counter[str] = field(default_factory=Counter[str])
    name: str = "press"
    local: bool = False

    def availability(self) -> Availability:
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        self.books[task.prompt] += 1
        if self.gate is not None:
            await self.gate.wait()
        if task.prompt in self.failing:
            raise ProviderError("The press is jammed.")
        target = attempt.scratch / "picture.png"
        shutil.copyfile(self.picture, target)
        price = model.price.price(task).likely if model.price else 0
        return EngineResult(
            outputs=(OutputFile(path=target, media_type="image/png", label="Result", name="picture.png"),),
            usage=Usage(cost=price, evidence={"pictures": 1}),
        )

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return NeverArrived()

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        return NeverArrived()


def press_catalogue(price: str = "0") -> Catalogue:
    """One model that generates pictures, free or at so many dollars."""
    return Catalogue(
        [
            Model(
                id="press/one",
                engine="press",
                title="Press",
                operations=frozenset({"generate"}),
                features=frozenset({"size:*", "seed", "quality:*", "variants"}),
                quality=0.9,
                price=PriceModel(free=True) if price == "0" else PriceModel(per_run=price, source="test"),
            )
        ]
    )


def workshop(
    home: Path, database_url: str, engine: CountingEngine, price: str = "0", **values: object
) -> Bottega:
    settings = Settings(
        home=home,
        database_url=database_url,
        shutdown_grace_seconds=0.2,
        compute_workers=1,
        learning=False,
        result_cache_days=0,
        **values,  # type: ignore[arg-type]
    )
    return Bottega(settings, engines={"press": engine}, catalogue=press_catalogue(price))


def wishes(count: int, prompt: str = "A still life with fruit, number {}") -> list[NewItem]:
    return [
        NewItem(
            key=f"k{number}",
            name=f"fruit {number}",
            request=make_request(prompt=prompt.format(number), workflow="image_generation"),
        )
        for number in range(1, count + 1)
    ]


async def over(bottega: Bottega, batch_id: str, who: Principal = LOCAL) -> Batch:
    async with asyncio.timeout(PATIENCE_S):
        return await bottega.batches.finished(batch_id, who)
