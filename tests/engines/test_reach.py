"""Asking a vendor whether it is there and takes the key, against the simulated ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from bottega.engines.cloud.reach import VENDORS, is_configured, reach
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def settings_for(simulator: Simulator, vendor: str, key: str) -> Settings:
    simulated = "compatible" if vendor == "openai_compatible" else vendor
    given: dict[str, Any] = {f"{vendor}_api_key": key, f"{vendor}_base_url": simulator.base(simulated)}
    return Settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_vendor_that_is_there_answers(simulator: Simulator, vendor: str) -> None:
    settings = settings_for(simulator, vendor, KEY)
    assert is_configured(settings, vendor)
    found = await reach(settings, vendor)
    assert found.ok, found.words


@pytest.mark.parametrize("vendor", [v for v in VENDORS if v != "openai_compatible"])
async def test_a_wrong_key_is_said_to_be_wrong(simulator: Simulator, vendor: str) -> None:
    simulator.world.faults.add("auth", vendor)
    found = await reach(settings_for(simulator, vendor, KEY), vendor)
    assert not found.ok
    assert "does not take the key" in found.words


async def test_nobody_there_is_said_in_words() -> None:
    settings = Settings(_env_file=None, openai_api_key="k", openai_base_url="http://127.0.0.1:9")  # pyright: ignore[reportCallIssue]
    found = await reach(settings, "openai")
    assert not found.ok
    assert "cannot be reached" in found.words


def test_what_is_not_set_up_is_not_asked() -> None:
    assert not any(is_configured(Settings(_env_file=None), vendor) for vendor in VENDORS)  # pyright: ignore[reportCallIssue]
