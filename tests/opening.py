"""The type of the fixture `started`, which opens a Bottega for a test and closes it after."""

from typing import Protocol

from bottega import Bottega


class Start(Protocol):
    async def __call__(self, bottega: Bottega, *, run_jobs: bool = True) -> Bottega: ...
