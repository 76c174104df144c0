"""Builds everything once, in one visible place: `Bottega`, used by every face and by library users."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from sqlalchemy import Connection

from bottega import __version__
from bottega.analytics import Analytics
from bottega.analytics.feedback import Feedback, FeedbackBook, Said
from bottega.analytics.insights import Insights
from bottega.compute import ComputePool
from bottega.domain.asset import Asset
from bottega.domain.intent import Intent, IntentContext
from bottega.domain.job import Event, FinishedJob, Job, JobState
from bottega.domain.principal import LOCAL, Principal
from bottega.domain.request import InputRef, Preference, Request
from bottega.engines.protocol import Availability, Engine
from bottega.engines.registry import built_in_engines
from bottega.errors import Conflict, InputError, NotFound
from bottega.intent.recorder import IntentRecorder
from bottega.jobs.attempts import Attempts
from bottega.jobs.background import Background
from bottega.jobs.batches import Batches
from bottega.jobs.batches_archive import ArchivedFile, Made, archive_names
from bottega.jobs.batches_make import ItemMaker
from bottega.jobs.batches_values import Batch
from bottega.jobs.calls import Calls
from bottega.jobs.feed import follow, until
from bottega.jobs.judging import Judging
from bottega.jobs.pipeline import Pipeline
from bottega.jobs.queue import enqueue, release, request_cancel
from bottega.jobs.records import count_by_state, find_submission, list_jobs, load_job, state_of
from bottega.jobs.submissions import new_job
from bottega.llm import LanguageModels
from bottega.models import Catalogue, Model, load_catalogue
from bottega.planning import Experiments, Planned, Planner, PolicyGate, Reader, context_of
from bottega.planning.gate import REMEMBERED_S
from bottega.planning.requests import InputFile, make_request
from bottega.references import ReferenceBook, Resolved, WebReference, web_search, why_no_web_search
from bottega.resilience import (
    BreakerPolicy,
    Breakers,
    RateLimits,
    SharedState,
    TooMany,
    fetch,
    user_limits,
)
from bottega.settings import Settings
from bottega.shop.stylist import Stylist
from bottega.shop.taste import OUTFIT
from bottega.spend import Ledger
from bottega.store.assets import AssetStore, assets_of, assets_there
from bottega.store.cache import ResultCache
from bottega.store.database import Database, epoch_now
from bottega.store.gallery import Gallery
from bottega.store.gallery_boards import Boards
from bottega.store.gallery_trash import Purge
from bottega.store.keyed_cache import DatabaseEntries, KeyedCache, RedisEntries
from bottega.store.keys import KeyStore
from bottega.store.preferences import PreferenceStore
from bottega.store.privacy import Privacy
from bottega.store.sessions import SessionStore
from bottega.store.signals import CANCELS, JOBS, end_topic, job_topic
from bottega.workflows.registry import all_workflows

__all__ = ["Bottega", "InputFile", "Planned", "context_of", "make_request"]

_FETCH_SECONDS = 30.0


class Bottega:
    """The workshop: plans, runs and remembers jobs.

    Use it as `async with Bottega() as bottega:`. `engines` and `catalogue` replace the built-in ones.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        engines: dict[str, Engine] | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.catalogue = catalogue or load_catalogue(
            self.settings.catalogue, gpu_second_price=self.settings.gpu_second_price
        )
        self.engines = built_in_engines(self.settings) if engines is None else engines
        self.workflows = all_workflows()
        self.database = Database(self.settings.database)
        self.compute = ComputePool(self.settings.compute_processes, self.settings.compute_timeout_seconds)
        self.store = AssetStore(self.database, self.compute, self.settings)
        self.shared = SharedState(self.settings.redis_url) if self.settings.redis_url else None
        self.breakers = Breakers(BreakerPolicy.from_settings(self.settings), self.shared)
        self.limits = RateLimits(self.shared)
        self.references = ReferenceBook(self.database, self.store)
        self.web_search = web_search(self.settings)
        self.keys = KeyStore(self.database)
        self.sessions = SessionStore(self.database)
        self.preferences = PreferenceStore(self.database)
        self.gallery = Gallery(self.database)
        self.stylist = Stylist(self.database, self.store)
        self.boards = Boards(self.database)
        self.purge = Purge(self.database, self.store)
        self.privacy = Privacy(self.database, self.store, hours=self.settings.person_pictures_hours)
        self.ledger = Ledger(self.database, self.settings)
        self.analytics = Analytics(self.database)
        self.language = LanguageModels(
            self.settings, self.catalogue, compatible_mode=self.settings.openai_compatible_output
        )
        entries = RedisEntries(self.shared) if self.shared else DatabaseEntries(self.database)
        kept = KeyedCache(entries, "intent", self.settings.intent_cache_ttl)
        self.reader = Reader(self.settings, self.language, self.ledger, kept)
        self.experiments = Experiments(self.database, self.workflows, self.catalogue, self.reader)
        self.feedback = FeedbackBook(self.database)
        self.insights = Insights(self.database)
        self.planner = self._build_planner(entries)
        self.batches = Batches(self.database, self.plan, self.settings.max_attempts)
        self.batch_items = ItemMaker(self._add_named, make_request)
        self._background = Background(
            self.settings, self.database, self._build_pipeline(), self.plan, self.purge, self.privacy
        )

    def _build_planner(self, entries: DatabaseEntries | RedisEntries) -> Planner:
        gate = PolicyGate(
            self.settings,
            self.language,
            self.ledger,
            self.analytics,
            self.compute,
            words=KeyedCache(entries, "moderated-words", REMEMBERED_S),
            pictures=KeyedCache(entries, "looked-at-picture", REMEMBERED_S),
        )
        return Planner(
            settings=self.settings,
            catalogue=self.catalogue,
            engines=self.engines,
            workflows=self.workflows,
            store=self.store,
            references=self.references,
            reader=self.reader,
            gate=gate,
            ledger=self.ledger,
            analytics=self.analytics,
            experiments=self.experiments,
            breakers=self.breakers,
            web_search=self.web_search,
        )

    def _build_pipeline(self) -> Pipeline:
        cache = ResultCache(
            self.database,
            self.settings.result_cache_days,
            digests=self.store.digests,
            shared=self.shared if self.settings.result_cache == "redis" else None,
        )
        attempts = Attempts(
            self.settings,
            self.engines,
            self.catalogue,
            self.store,
            self.compute,
            Calls(self.settings, self.breakers, self.limits),
        )
        judging = Judging(self.settings, self.language, self.ledger, self.store, self.compute)
        return Pipeline(self.settings, self.workflows, self.store, attempts, cache, judging)

    # --- life ------------------------------------------------------------------------------------------------

    async def start(self, *, run_jobs: bool = True) -> None:
        """Open the database and, with `run_jobs`, begin to work off the queue."""
        await self.database.open()
        await self.ledger.open()
        if run_jobs:
            await self.work()

    async def work(self, *, only_job: str | None = None, only_batch: str | None = None) -> None:
        """Begin to run jobs in this process: all that wait, or only the one named, or those of one batch."""
        await self._background.start(only_job=only_job, only_batch=only_batch)

    async def close(self) -> None:
        """Hand running jobs back, within the grace time, and end."""
        await self._background.stop()
        await self.language.aclose()
        await self.compute.close()
        await self.database.close()
        if self.shared is not None:
            await self.shared.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- assets ----------------------------------------------------------------------------------------------

    async def add_asset(self, source: Path | bytes, *, name: str = "", who: Principal = LOCAL) -> Asset:
        """Check a picture completely and keep it. Raises the InputError family."""
        named = name or (source.name if isinstance(source, Path) else "")
        return await self.store.add(source, owner=who.owner, name=named)

    async def _add_named(self, source: Path | bytes, name: str, who: Principal) -> Asset:
        return await self.add_asset(source, name=name, who=who)

    async def fetch_asset(self, url: str, who: Principal = LOCAL) -> Asset:
        """Fetch a picture from a public address, check it completely and keep it.

        Raises the InputError family, and ProviderUnavailable when it cannot be had now.
        """
        body = await fetch(url, max_bytes=self.settings.max_upload_bytes, timeout_s=_FETCH_SECONDS)
        name = unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])
        return await self.add_asset(body, name=name, who=who)

    async def asset(self, asset_id: str, who: Principal = LOCAL) -> Asset:
        return await self.store.get(asset_id, who.owner)

    async def assets(
        self, who: Principal = LOCAL, *, limit: int = 50, before: float | None = None
    ) -> list[Asset]:
        return await self.store.list(who.owner, limit=limit, before=before)

    def asset_path(self, asset: Asset) -> Path:
        """The asset's file. It must not be written to."""
        return self.store.path_of(asset.id)

    async def thumbnail(self, asset_id: str, side: int, who: Principal = LOCAL) -> Path:
        """A WebP of at most `side` pixels (128, 256, 512 or 1024)."""
        return await self.store.thumbnail(asset_id, side, who.owner)

    # --- deciding --------------------------------------------------------------------------------------------

    async def classify(
        self,
        prompt: str,
        context: IntentContext,
        who: Principal = LOCAL,
        *,
        classifier: str | None = None,
    ) -> Intent:
        """What the sentence wants, with so many pictures at hand; `intents.metrics()` counts it.

        `classifier` names another one than the default. Raises InputError, InvalidOption.
        """
        return await self.reader.read(prompt, context, owner=who.owner, classifier=classifier)

    @property
    def intents(self) -> IntentRecorder:
        """What was classified in this process."""
        return self.reader.recorder

    async def find_public_pictures(self, query: str, *, limit: int = 10) -> tuple[WebReference, ...]:
        """Search the web; the words leave the machine, and the service bills its key. Raises InputError where no web
        search is set up, ProviderUnavailable, ProviderError, OutputError."""
        if self.web_search is None:
            reason, hint = why_no_web_search(self.settings)
            raise InputError(f"Nothing can be searched: {reason}.", hint=hint)
        return await self.web_search.search(query, limit=limit)

    async def plan(
        self, request: Request, who: Principal = LOCAL, *, intent: Intent | None = None
    ) -> Planned:
        """Decide everything about a request; nothing is run. See `planning.Planner.plan`."""
        planned = await self.planner.plan(request, who, intent=intent)
        if planned.plan.workflow != OUTFIT:
            return planned
        # The clothes as they are now become part of the plan, so that it can be run again as it was.
        chosen = await self.stylist.choice(who.owner, planned.plan.options)
        plan = planned.plan.model_copy(update={"options": {**planned.plan.options, **chosen}})
        return planned.model_copy(update={"plan": plan})

    def availability_of(self, model: Model) -> Availability:
        """Whether a model of the catalogue can be used now, and if not, why."""
        if model.output == "text":
            reason = self.language.availability(model.id)
            return Availability(usable=not reason, reason=reason)
        engine = self.engines.get(model.engine)
        if engine is None:
            return Availability(
                usable=False, reason=f"the engine {model.engine} is not part of this installation"
            )
        return Availability(usable=False, reason=model.blocked) if model.blocked else engine.availability()

    async def may_ask(self, who: Principal, *, what: str = "work") -> None:
        """Count one more request of this user. Raises RateLimited, which says when to come back."""
        taken = await self.limits.take(f"{what}:{who.owner}", user_limits(self.settings))
        if isinstance(taken, TooMany):
            raise taken.as_error()

    # --- working ---------------------------------------------------------------------------------------------

    async def submit(
        self, request: Request, who: Principal = LOCAL, *, submission_key: str | None = None
    ) -> Job:
        """Plan a request and put it into the queue; from here on it survives everything.

        The same `submission_key` of the same owner makes one job, however often it is sent.
        """
        if submission_key is not None:
            earlier = await self.database.read(lambda c: find_submission(c, who.owner, submission_key))
            if earlier is not None:  # sent before: what it would be today does not matter
                return await self.job(earlier, who)
        planned = await self.plan(request, who)
        return await self.enqueue(planned, who, submission_key=submission_key)

    async def enqueue(
        self, planned: Planned, who: Principal = LOCAL, *, submission_key: str | None = None
    ) -> Job:
        """Put a planned request into the queue."""
        new = new_job(planned, who.owner, submission_key)

        def put_in(connection: Connection) -> tuple[str, float]:
            now = epoch_now(connection)
            return enqueue(connection, [new], now)[0], now

        job_id, now = await self.database.write(put_in, JOBS)
        if job_id != new.id:  # the same submission came before
            return await self.job(job_id, who)
        return Job(
            id=job_id,
            owner=who.owner,
            state=JobState.QUEUED,
            request=planned.request,
            intent=planned.intent,
            plan=planned.plan,
            experiment=planned.experiment,
            created_at=now,
        )

    async def job(self, job_id: str, who: Principal = LOCAL) -> Job:
        """Raises NotFound for what does not exist and for what is somebody else's alike."""
        job = await self.database.read(lambda c: load_job(c, job_id, who.owner))
        if job is None:
            raise NotFound(f"There is no job {job_id[:80]!r}.")
        return job

    async def jobs(
        self,
        who: Principal = LOCAL,
        *,
        limit: int = 50,
        before: float | None = None,
        state: JobState | None = None,
    ) -> list[Job]:
        """The owner's jobs, newest first; `before` is the `created_at` of the last one seen."""
        return await self.database.read(
            lambda c: list_jobs(c, who.owner, limit=limit, before=before, state=state)
        )

    async def events(self, job_id: str, who: Principal = LOCAL, after: int = 0) -> AsyncGenerator[Event]:
        """The job's story from the event after `after` on, as it goes, to its end."""
        await self.job(job_id, who)
        async with aclosing(follow(self.database, job_id, after)) as story:
            async for event in story:
                yield event

    async def cancel(self, job_id: str, who: Principal = LOCAL) -> Job:
        """Ask a job to stop. Nothing happens to one that has finished."""
        await self.job(job_id, who)
        await self.database.write(
            lambda c: request_cancel(c, job_id), CANCELS, job_topic(job_id), end_topic(job_id)
        )
        return await self.job(job_id, who)

    async def retry(self, job_id: str, who: Principal = LOCAL) -> Job:
        """Let a quarantined job go on, or run a finished one again as a new job.

        Raises Conflict while the job is waiting or running.
        """
        job = await self.job(job_id, who)
        if not job.state.is_final:
            raise Conflict(f"The job is {job.state}; only a finished one can be tried again.")
        if job.state is JobState.QUARANTINED:
            await self.database.write(lambda c: release(c, job_id), JOBS, job_topic(job_id))
            return await self.job(job_id, who)
        # Its mentions became inputs when it was first planned; what they name by now does not matter.
        again = Resolved(request=job.request.model_copy(update={"fresh": True}))
        return await self.enqueue(await self.planner.plan_resolved(again, who), who)

    async def rate(self, job_id: str, said: Said, who: Principal = LOCAL) -> Feedback:
        """Keep or change what its owner says of a finished job. Raises NotFound, Conflict, InputError."""
        return await self.feedback.give(await self.job(job_id, who), said)

    async def finished(
        self,
        job_id: str,
        who: Principal = LOCAL,
        *,
        on_event: Callable[[Event], None] | None = None,
    ) -> FinishedJob:
        """Wait for the end of a job; returns it with the assets it made."""
        if on_event is not None:
            async for event in self.events(job_id, who):
                on_event(event)

        def look(connection: Connection) -> FinishedJob | None:
            state = state_of(connection, job_id, who.owner)
            if state is not None and not state.is_final:
                return None
            job = load_job(connection, job_id, who.owner)
            if job is None:
                raise NotFound(f"There is no job {job_id[:80]!r}.")
            made = job.result.outputs if job.result is not None else ()
            return FinishedJob(job=job, assets=tuple(assets_of(connection, made, who.owner)))

        return await until(self.database, job_id, look)

    async def run(
        self,
        prompt: str = "",
        *,
        images: Sequence[Path | str | bytes | InputFile] = (),
        workflow: str | None = None,
        model: str | None = None,
        options: dict[str, Any] | None = None,
        preference: Preference | str = Preference.BALANCED,
        stay_local: bool = False,
        max_cost_usd: str | None = None,
        fresh: bool = False,
        who: Principal = LOCAL,
        on_event: Callable[[Event], None] | None = None,
    ) -> FinishedJob:
        """From a sentence and pictures to the finished job: store, plan, run, wait.

        `images` are paths or bytes to work on, or `InputFile`s with another role. A job that failed is returned
        like any other: look at `job.state`, `job.error` and `job.result.verdict`. Raises what `plan` raises.
        """
        request = make_request(
            prompt=prompt,
            inputs=await self.add_inputs(images, who),
            workflow=workflow,
            model=model,
            preference=preference,
            options=options or {},
            stay_local=stay_local,
            max_cost_usd=max_cost_usd,
            fresh=fresh,
        )
        job = await self.submit(request, who)
        return await self.finished(job.id, who, on_event=on_event)

    async def add_inputs(
        self, images: Sequence[Path | str | bytes | InputFile], who: Principal = LOCAL
    ) -> tuple[InputRef, ...]:
        """Keep files as assets and name them as inputs."""
        files = [InputFile.of(image) for image in images]
        stored = await asyncio.gather(*(self.add_asset(f.source, name=f.name, who=who) for f in files))
        return tuple(
            InputRef(role=file.role, asset_id=asset.id) for file, asset in zip(files, stored, strict=True)
        )

    async def batch_results(
        self, batch: Batch, who: Principal = LOCAL
    ) -> list[tuple[Made, list[ArchivedFile]]]:
        """A batch's items with their results and the names that these have in its archive."""
        items = await self.batches.items(batch.id, who, limit=batch.total)
        wanted = {asset_id for item in items for asset_id in item.outputs}

        def look(connection: Connection) -> dict[str, Asset]:
            return {asset.id: asset for asset in assets_there(connection, wanted, who.owner)}

        found = await self.database.read(look)
        made = [Made(item=item, assets=tuple(found[a] for a in item.outputs if a in found)) for item in items]
        return archive_names(made)

    async def save(self, finished: FinishedJob, folder: Path | str) -> list[Path]:
        """Copy the files that a job made into a folder, under their own names; returns where they are.

        A file that is there already is not overwritten: the new one gets a number.
        """
        target = Path(folder)
        return await asyncio.to_thread(
            lambda: [_copy_beside(self.asset_path(asset), target, asset.name) for asset in finished.assets]
        )

    # --- state -----------------------------------------------------------------------------------------------

    async def health(self) -> dict[str, Any]:
        """Whether this installation works, without anything secret."""
        started = time.monotonic()
        counts = await self.database.read(count_by_state)
        return {
            "status": "ok",
            "version": __version__,
            "database": {
                "kind": self.database.url.get_backend_name(),
                "answer_ms": round((time.monotonic() - started) * 1000, 1),
            },
            "jobs": counts,
            "runner": {
                "active": self._background.is_active,
                "running": self._background.running,
            },
            "engines": {name: engine.availability().model_dump() for name, engine in self.engines.items()},
            "breakers": [asdict(state) for state in await self.breakers.states()],
        }


def _copy_beside(source: Path, folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 1
    while True:
        target = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            with target.open("xb") as file:
                file.write(source.read_bytes())
        except FileExistsError:
            number += 1
        else:
            return target
