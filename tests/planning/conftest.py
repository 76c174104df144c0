from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from bottega import Bottega
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator
from opening import Start


class OpenDesk(Protocol):
    async def __call__(self, **settings: Any) -> Bottega: ...


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def open_desk(tmp_path: Path, database_url: str, simulator: Simulator, started: Start) -> OpenDesk:
    """Opens a Bottega that knows the simulated OpenAI and runs no jobs; each is closed at the end."""

    async def open_one(**settings: Any) -> Bottega:
        given = {
            "home": tmp_path / "home",
            "database_url": database_url,
            "openai_api_key": KEY,
            "openai_base_url": simulator.base("openai"),
        }
        bottega = Bottega(Settings(**(given | settings)))
        return await started(bottega, run_jobs=False)

    return open_one
