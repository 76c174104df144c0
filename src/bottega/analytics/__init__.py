"""What happened, remembered, and the answers drawn from it: how long a model takes here, how often its results
are accepted, what was done and spent.

`record` runs in the transaction of whoever saw it happen. Routing is given `observations` by the pipeline.
"""

import time

import sqlalchemy as sa

from bottega.analytics.fit import SecondsFit, fit_seconds
from bottega.analytics.learning import learned
from bottega.analytics.observations import LAST_ATTEMPTS, Kind, record
from bottega.analytics.summary import DaySpend, ModelSummary, Summary, summarise
from bottega.domain.plan import Observation
from bottega.store.database import Database, epoch_now

__all__ = [
    "Analytics",
    "DaySpend",
    "Kind",
    "ModelSummary",
    "SecondsFit",
    "Summary",
    "fit_seconds",
    "record",
]

LEARNED_SECONDS = 2.0
STEADY_SAMPLES = LAST_ATTEMPTS // 2


class Analytics:
    """The answers, one read transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._learned: dict[str, tuple[dict[str, Observation], float]] = {}

    async def observations(self, workflow: str) -> dict[str, Observation]:
        """What each model's attempts at a workflow teach, by model id; older ones count less.

        Up to `LEARNED_SECONDS` old once every model has `STEADY_SAMPLES`: one attempt more says little then.
        """
        known, until = self._learned.get(workflow, ({}, 0.0))
        asked = time.monotonic()
        if asked < until:
            return dict(known)
        found = await self._database.read(lambda c: learned(c, workflow))
        if found and all(each.samples >= STEADY_SAMPLES for each in found.values()):
            self._learned[workflow] = (found, asked + LEARNED_SECONDS)
        return dict(found)

    async def note_refusal(self, owner: str, category: str) -> None:
        """Remember that the content policy refused something, and why; not what it was."""

        def note(connection: sa.Connection) -> None:
            record(
                connection,
                owner=owner,
                job_id="",
                kind=Kind.REFUSAL,
                workflow="",
                model_id="",
                at=epoch_now(connection),
                data={"category": category},
            )

        await self._database.write(note)

    async def summary(self, days: int = 30, owner: str | None = None) -> Summary:
        """The last `days` calendar days (UTC) with today as the last; of one owner, or of all.

        Raises InvalidOption unless `days` is 1 to 366.
        """
        return await self._database.read(lambda c: summarise(c, days, owner, epoch_now(c)))
