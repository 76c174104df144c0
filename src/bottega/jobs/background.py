"""What goes on in this process beside the requests: jobs and batches worked off, the trash emptied, persons forgotten."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from bottega.jobs.batches_runner import BatchRunner, MakePlan
from bottega.jobs.pipeline import Pipeline
from bottega.jobs.runner import Runner, RunnerOptions
from bottega.settings import Settings
from bottega.store.database import Database
from bottega.store.gallery_trash import Purge
from bottega.store.privacy import Privacy

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Background:
    """`start`, then it works until `stop`. `plan` is for the items of batches."""

    settings: Settings
    database: Database
    pipeline: Pipeline
    plan: MakePlan
    purge: Purge
    privacy: Privacy
    _runner: Runner | None = None
    _batches: BatchRunner | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    @property
    def is_active(self) -> bool:
        return self._runner is not None

    @property
    def running(self) -> int:
        """Jobs at this moment."""
        return self._runner.running if self._runner is not None else 0

    async def start(self, *, only_job: str | None = None, only_batch: str | None = None) -> None:
        """All that waits, or only the job that is named, or the jobs of one batch."""
        options = RunnerOptions(
            concurrency=self.settings.job_concurrency,
            waiting=self.settings.waiting_jobs,
            per_owner=self.settings.jobs_per_owner,
            lease_s=self.settings.lease_seconds,
            max_crashes=self.settings.max_crashes,
            only=only_job,
            only_batch=only_batch,
        )
        self._runner = Runner(self.database, self.pipeline.run, options)
        await self._runner.start()
        self._begin(self.privacy.run_now_and_then(), "person-pictures")
        if only_job is None:
            self._batches = BatchRunner(self.database, self.plan, self.settings.max_attempts, only=only_batch)
            self._batches.start()
        if only_job is None and only_batch is None:
            self._begin(self.purge.run_now_and_then(), "gallery-purge")

    async def stop(self) -> None:
        """Hand running jobs back, within the grace time, and end."""
        if self._batches is not None:
            await self._batches.stop()
            self._batches = None
        if self._runner is None:
            return
        await self._runner.stop(self.settings.shutdown_grace_seconds)
        self._runner = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._forget_persons()

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    async def _forget_persons(self) -> None:
        """At the end of a short life (the command line's) there is nobody who would do it later."""
        try:
            await self.privacy.sweep()
        except (DBAPIError, OSError) as error:  # the next start does it
            log.warning("privacy.sweep_failed", error=str(error))
