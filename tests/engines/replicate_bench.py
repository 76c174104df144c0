"""What the tests of the Replicate engine share: an engine set up for the simulated vendor, and tasks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.task import Task, TaskInput
from bottega.engines.cloud.replicate import ReplicateEngine
from bottega.engines.cloud.replicate_poller import Pace
from bottega.engines.cloud.replicate_search import Certainty
from bottega.engines.protocol import Attempt
from bottega.models import Catalogue, Model, load_catalogue
from bottega.settings import Settings
from bottega.simulator.replicate_create import predictions
from bottega.simulator.serve import KEY, Simulator
from bottega.simulator.world import Seen

SURE = Certainty(settle_s=0.3, again_s=0.05, look_s=2.0)
QUICK = Pace(fastest_s=0.02, slowest_s=0.2, sweep_s=0.1)
_CATALOGUE: list[Catalogue] = []


def catalogue() -> Catalogue:
    if not _CATALOGUE:
        _CATALOGUE.append(load_catalogue())
    return _CATALOGUE[0]


def model(name: str, **changes: Any) -> Model:
    """An entry of the catalogue that ships, by the vendor's name."""
    return catalogue()[f"replicate/{name}"].model_copy(update=changes)


def picture(path: Path, size: tuple[int, int] = (64, 48), seed: int = 7) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def task(operation: str = "generate", *inputs: TaskInput, **changes: Any) -> Task:
    values: dict[str, Any] = {
        "workflow": "image_generation",
        "operation": operation,
        "prompt": "a red bicycle",
        "inputs": inputs,
    }
    return Task(**(values | changes))


@dataclass
class Bench:
    """An engine for the simulated vendor; what attempts remember is kept in `notes`, one after the other."""

    sim: Simulator
    folder: Path
    compute: ComputePool
    engine: ReplicateEngine
    notes: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    numbered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the number of a prediction was remembered."""

    def attempt(self, key: str = "job-1:attempt:m", **changes: Any) -> Attempt:
        scratch = self.folder / f"scratch-{len(list(self.folder.iterdir()))}"
        scratch.mkdir()
        attempt = Attempt(
            scratch=scratch,
            idempotency_key=key,
            compute=self.compute,
            progress=lambda _, message: self.said.append(message),
            timeout_s=1800.0,
            remember=self._remember,
        )
        return replace(attempt, **changes)

    async def _remember(self, note: dict[str, Any]) -> None:
        self.notes.append(json.loads(json.dumps(note)))
        if "id" in note:
            self.numbered.set()

    def calls(self, operation: str) -> list[Seen]:
        return self.sim.world.calls("replicate", operation)

    @property
    def bought(self) -> list[Seen]:
        return [seen for seen in self.calls("predictions.create") if seen.accepted]

    def sent(self, number: int = 0) -> dict[str, Any]:
        """The input of an order, without its pictures' bytes."""
        return self.calls("predictions.create")[number].fields["input"]

    def engine_with(self, **settings: Any) -> ReplicateEngine:
        return engine_for(self.sim, **settings)


def engine_for(
    sim: Simulator, *, pace: Pace = QUICK, certainty: Certainty = SURE, create_s: float = 5.0, **settings: Any
) -> ReplicateEngine:
    values: dict[str, Any] = {"replicate_base_url": sim.base("replicate"), "replicate_api_key": KEY}
    engine = ReplicateEngine(Settings(_env_file=None, **(values | settings)), pace=pace, certainty=certainty)
    engine.api.create_s = create_s
    return engine


async def over(sim: Simulator, prediction: dict[str, Any]) -> None:
    """Waits until the prediction has ended at the vendor."""
    async with asyncio.timeout(60):
        while predictions(sim.world)[prediction["id"]].status() in ("starting", "processing"):  # noqa: ASYNC110 - time is awaited
            await asyncio.sleep(0.01)


@asynccontextmanager
async def bench_in(
    folder: Path, make: Callable[[Simulator], ReplicateEngine] = engine_for, *, speed: float = 1000.0
) -> AsyncIterator[Bench]:
    compute = ComputePool(1)
    with Simulator(speed=speed) as sim:
        try:
            yield Bench(sim, folder, compute, make(sim))
        finally:
            await compute.close()
