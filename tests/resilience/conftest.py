"""Connections to Redis as of several processes."""

from collections.abc import AsyncIterator, Callable

import pytest

from bottega.resilience import SharedState


@pytest.fixture
async def new_shared(redis_url: str, redis_prefix: str) -> AsyncIterator[Callable[[], SharedState]]:
    """Makes connections as of several processes, which share one part of the server."""
    made: list[SharedState] = []

    def make(url: str = redis_url) -> SharedState:
        made.append(SharedState(url, prefix=redis_prefix))
        return made[-1]

    yield make
    for shared in made:
        await shared.close()
