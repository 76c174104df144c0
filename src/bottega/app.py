"""Builds everything once, in one visible place: `Bottega`, used by every face and by library users."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from pydantic import ValidationError

from bottega import __version__
from bottega.analytics import Analytics
from bottega.compute import ComputePool
from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.domain.intent import Intent, IntentContext
from bottega.domain.job import Event, FinishedJob, Job, JobState
from bottega.domain.money import micro_usd
from bottega.domain.plan import Constraints, Plan
from bottega.domain.principal import LOCAL, Principal
from bottega.domain.request import InputRef, Preference, Request, Role
from bottega.domain.task import TaskInput
from bottega.engines.protocol import Engine
from bottega.engines.registry import built_in_engines
from bottega.errors import (
    Conflict,
    InputError,
    InvalidOption,
    MissingInput,
    NoCandidate,
    NotFound,
    WorkflowUnknown,
)
from bottega.intent.policy import check as check_policy
from bottega.intent.policy import parse_policy, refusal
from bottega.intent.recorder import IntentRecorder
from bottega.jobs.attempts import Attempts
from bottega.jobs.feed import follow
from bottega.jobs.identity import new_id
from bottega.jobs.pipeline import Pipeline
from bottega.jobs.queue import NewJob, enqueue, release, request_cancel
from bottega.jobs.records import JobPayload, count_by_state, find_submission, list_jobs, load_job
from bottega.jobs.runner import Runner, RunnerOptions
from bottega.models import Catalogue, load_catalogue
from bottega.references import (
    Reference,
    ReferenceBook,
    Resolved,
    WebReference,
    web_search,
    why_no_web_search,
    with_person_to_work_on,
)
from bottega.resilience import fetch
from bottega.routing import Learning, make_plan
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.store.assets import AssetStore
from bottega.store.cache import ResultCache
from bottega.store.database import Database
from bottega.store.keys import KeyStore
from bottega.store.signals import CANCELS, JOBS, job_topic
from bottega.workflows.protocol import Options, Workflow
from bottega.workflows.registry import all_workflows, find_workflow, workflow_for
from bottega.workflows.tasks import load_inputs

_FETCH_SECONDS = 30.0


class Planned(Value):
    """A request and what was decided about it; nothing is stored or run yet.

    The pictures that the sentence mentions are among the request's inputs; `references` are what they were saved as.
    `notes` are for people.
    """

    request: Request
    intent: Intent
    plan: Plan
    references: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to work on, and what it is for."""

    source: Path | bytes
    role: Role = Role.WORKING
    name: str = ""


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
        self.catalogue = catalogue or load_catalogue(self.settings.catalogue)
        self.engines = built_in_engines(self.settings) if engines is None else engines
        self.workflows = all_workflows()
        self.database = Database(self.settings.database)
        self.compute = ComputePool(self.settings.compute_processes, self.settings.compute_timeout_seconds)
        self.store = AssetStore(self.database, self.compute, self.settings)
        self.references = ReferenceBook(self.database, self.store)
        self.intents = IntentRecorder()
        self.web_search = web_search(self.settings)
        self.keys = KeyStore(self.database)
        self.ledger = Ledger(self.database, self.settings)
        self.analytics = Analytics(self.database)
        self._policy = parse_policy(self.settings.policy)
        self._pipeline = self._build_pipeline()
        self._runner: Runner | None = None

    def _build_pipeline(self) -> Pipeline:
        cache = ResultCache(self.database, self.settings.result_cache_days)
        attempts = Attempts(self.settings, self.engines, self.catalogue, self.store, cache, self.compute)
        return Pipeline(self.settings, self.workflows, self.store, attempts, cache, self.compute)

    # --- life ------------------------------------------------------------------------------------------------

    async def start(self, *, run_jobs: bool = True) -> None:
        """Open the database and, with `run_jobs`, begin to work off the queue."""
        await self.database.open()
        await self.ledger.open()
        if run_jobs:
            await self.work()

    async def work(self, *, only_job: str | None = None) -> None:
        """Begin to run jobs in this process: all that wait, or only the one named."""
        options = RunnerOptions(
            concurrency=self.settings.job_concurrency,
            waiting=self.settings.waiting_jobs,
            per_owner=self.settings.jobs_per_owner,
            lease_s=self.settings.lease_seconds,
            max_crashes=self.settings.max_crashes,
            only=only_job,
        )
        self._runner = Runner(self.database, self._pipeline.run, options)
        await self._runner.start()

    async def close(self) -> None:
        """Hand running jobs back, within the grace time, and end."""
        if self._runner is not None:
            await self._runner.stop(self.settings.shutdown_grace_seconds)
            self._runner = None
        await self.compute.close()
        await self.database.close()

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

    def classify(self, prompt: str, context: IntentContext, *, classifier: str | None = None) -> Intent:
        """What the sentence wants, with so many pictures at hand; `intents.metrics()` counts it.

        `classifier` names another one than the default. Raises InputError, InvalidOption.
        """
        return self.intents.classify(prompt, context, classifier)

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
        """Decide everything about a request; nothing is run and nothing written.

        `intent` is what its sentence was taken for already. Raises UnknownMention, WorkflowUnknown, MissingInput,
        InvalidOption, NoCandidate or BudgetExceeded, each saying what to do.
        """
        return await self._plan(await self.references.resolve(request, who.owner), who, intent)

    async def _plan(self, resolved: Resolved, who: Principal, intent: Intent | None = None) -> Planned:
        request = resolved.request
        await self._check_policy(request, who)
        inputs = await load_inputs(self.store, request, who.owner)
        request, inputs = _clips_named_as_such(request, inputs)
        intent = self._intent(request, intent)
        workflow = (
            find_workflow(self.workflows, request.workflow)
            if request.workflow is not None
            else workflow_for(self.workflows, intent)
        )
        served = with_person_to_work_on(resolved, {spec.role: spec.minimum for spec in workflow.inputs})
        if served != request:
            request, inputs = served, await load_inputs(self.store, served, who.owner)
        read = workflow.read_options(request.prompt)
        options = _options(workflow, {**read, **request.options})
        task = workflow.prepare(request, intent, options, inputs)
        constraints = await self._constraints(request, workflow, inputs, who)
        try:
            plan = make_plan(
                task,
                self.catalogue,
                constraints,
                request.preference,
                engines=frozenset(self.engines),
                local_engines=frozenset(name for name, engine in self.engines.items() if engine.local),
                options=options.model_dump(mode="json"),
                options_read=tuple(sorted(set(read) - set(request.options))),
                learn=Learning.for_request(request, constraints.observations, enabled=self.settings.learning),
                attempts=self.settings.max_attempts,
            )
        except NoCandidate as error:
            if not error.details.get("ruled_out"):  # nobody knows this work: say which engine to set up
                error.hint = self._setup_hints() or error.hint
            raise
        return Planned(
            request=request,
            intent=intent,
            plan=plan,
            references=resolved.references,
            notes=self.notes_on(intent),
        )

    def notes_on(self, intent: Intent) -> tuple[str, ...]:
        """What people should know of an intent beside the plan."""
        if not intent.requires_web_search:
            return ()
        wanted = f"Public pictures of “{intent.web_search_query}” would help."
        if self.web_search is not None:
            return (f"{wanted} They can be searched for, and one of them given as a reference.",)
        reason, hint = why_no_web_search(self.settings)
        return (f"{wanted} They are not searched for: {reason}. {hint} The work goes on without them.",)

    async def _check_policy(self, request: Request, who: Principal) -> None:
        """Raises PolicyRefused, and remembers that it did, for what the content policy does not allow."""
        pictured = bool(request.with_role(Role.PERSON))
        findings = check_policy(request.prompt, self._policy, person_pictured=pictured)
        if findings:
            await self.analytics.note_refusal(who.owner, findings[0].category.value)
            raise refusal(findings)

    def _setup_hints(self) -> str:
        """What to configure so that the engines that cannot be used now can be."""
        hints = (engine.availability().hint for engine in self.engines.values())
        return " ".join(hint for hint in hints if hint)

    def _intent(self, request: Request, known: Intent | None) -> Intent:
        if request.workflow is not None:
            workflow = find_workflow(self.workflows, request.workflow)
            subkind = workflow.name.partition("/")[2] or None
            return Intent(
                workflow=workflow.work_class,
                subkind=subkind,
                confidence=1.0,
                reasoning="You named the workflow.",
                classifier="user",
            )
        intent = known or self.classify(request.prompt, context_of(request))
        if intent.out_of_scope:
            raise WorkflowUnknown(
                "This does not read like work on pictures or clips.",
                hint="Say what the picture should become, or name the workflow.",
            )
        if intent.needs_clarification is not None:
            raise MissingInput(intent.needs_clarification, hint="Give the picture or clip that is meant.")
        return intent

    async def _constraints(
        self, request: Request, workflow: Workflow, inputs: Sequence[TaskInput], who: Principal
    ) -> Constraints:
        unavailable: dict[str, tuple[str, str]] = {}
        for name, engine in self.engines.items():
            availability = engine.availability()
            if not availability.usable:
                unavailable[name] = (availability.reason, availability.hint)
        return Constraints(
            budget_left=await self.ledger.budget_left(who.owner),
            max_cost=request.max_cost,
            stay_local=request.stay_local,
            megapixels=sum(item.media.megapixels for item in inputs),
            unavailable=unavailable,
            observations=await self.analytics.observations(workflow.name),
        )

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
        payload = JobPayload(request=planned.request, intent=planned.intent, plan=planned.plan)
        new = NewJob(
            id=new_id("job"),
            owner=who.owner,
            payload=payload.model_dump(mode="json"),
            submission_key=submission_key,
        )
        (job_id,) = await self.database.write(lambda c: enqueue(c, [new]), JOBS)
        return await self.job(job_id, who)

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
        await self.database.write(lambda c: request_cancel(c, job_id), CANCELS, job_topic(job_id))
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
        return await self.enqueue(await self._plan(again, who), who)

    async def finished(
        self,
        job_id: str,
        who: Principal = LOCAL,
        *,
        on_event: Callable[[Event], None] | None = None,
    ) -> FinishedJob:
        """Wait for the end of a job; returns it with the assets it made."""
        async for event in self.events(job_id, who):
            if on_event is not None:
                on_event(event)
        job = await self.job(job_id, who)
        made = job.result.outputs if job.result is not None else ()
        return FinishedJob(job=job, assets=tuple(await self.store.get_many(made, who.owner)))

    async def run(
        self,
        prompt: str = "",
        *,
        images: Sequence[Path | str | bytes | InputFile] = (),
        workflow: str | None = None,
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
        files = [_input_file(image) for image in images]
        stored = await asyncio.gather(*(self.add_asset(f.source, name=f.name, who=who) for f in files))
        return tuple(
            InputRef(role=file.role, asset_id=asset.id) for file, asset in zip(files, stored, strict=True)
        )

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
                "active": self._runner is not None,
                "running": self._runner.running if self._runner is not None else 0,
            },
            "engines": {name: engine.availability().model_dump() for name, engine in self.engines.items()},
        }


def context_of(request: Request) -> IntentContext:
    """What the classifier may know of a request whose mentions are among its inputs."""
    roles = [ref.role for ref in request.inputs]
    return IntentContext(
        working_images=roles.count(Role.WORKING),
        working_videos=roles.count(Role.CLIP),
        references=sum(role in (Role.REFERENCE, Role.PERSON, Role.GARMENT) for role in roles),
    )


def _clips_named_as_such(
    request: Request, inputs: tuple[TaskInput, ...]
) -> tuple[Request, tuple[TaskInput, ...]]:
    """What is given to be worked on and moves is a clip, whatever it was called."""
    named = tuple(
        item.model_copy(update={"role": Role.CLIP})
        if item.media.is_clip and item.role is Role.WORKING
        else item
        for item in inputs
    )
    if named == inputs:
        return request, inputs
    refs = tuple(InputRef(role=item.role, asset_id=item.asset_id) for item in named)
    return request.model_copy(update={"inputs": refs}), named


def make_request(*, max_cost_usd: str | None = None, **fields: Any) -> Request:
    """A Request from loose values; what is wrong with them is said as an InputError."""
    try:
        cap = None if max_cost_usd is None else micro_usd(max_cost_usd)
        return Request.model_validate({**fields, "max_cost": cap})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(f"The {name} cannot be used: {first['msg']}.", field=name) from None
    except ValueError as error:
        raise InputError(f"The limit on the cost cannot be used: {error}.", field="max_cost_usd") from None


def _input_file(image: Path | str | bytes | InputFile) -> InputFile:
    if isinstance(image, InputFile):
        return image
    return InputFile(Path(image).expanduser() if isinstance(image, str) else image)


def _options(workflow: Workflow, values: dict[str, Any]) -> Options:
    try:
        return workflow.options.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "options"
        known = ", ".join(workflow.options.model_fields)
        if first["type"] == "extra_forbidden":
            raise InvalidOption(
                f"{workflow.name} has no option {name!r}.", hint=f"Its options are: {known}."
            ) from None
        raise InvalidOption(
            f"The option {name} cannot be {first['input']!r}: {first['msg']}.",
            hint=f"The options of {workflow.name} are: {known}.",
            option=name,
        ) from None


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
