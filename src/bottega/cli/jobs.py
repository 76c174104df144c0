"""`jobs`: what became of requests, and what to do about them."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bottega.cli.session import EXIT_CODES, JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from bottega.app import Bottega
    from bottega.domain.job import FinishedJob, Job

group = typer.Typer(name="jobs", help="See, follow, stop and repeat jobs.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(help="The job's id.", show_default=False)]
Out = Annotated[str | None, typer.Option(metavar="DIR_OR_FILE", help="Where the files go.")]
State = Literal["queued", "running", "succeeded", "rejected", "failed", "cancelled", "quarantined", "unknown"]
SO_FAR_SECONDS = 0.3


@group.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    state: Annotated[State | None, typer.Option(help="Only jobs in this state.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The newest jobs."""
    reply = Reply(as_json, jobs=[])

    async def work() -> int:
        from bottega.cli.show import jobs_table
        from bottega.domain.job import JobState

        async with opened() as bottega:
            jobs = await bottega.jobs(limit=limit, state=JobState(state) if state else None)
        reply.document["jobs"] = [job.model_dump(mode="json") for job in jobs]
        reply.show(jobs_table(jobs) if jobs else "There are no jobs yet.")
        return 0

    carry_out(reply, work)


@group.command()
def show(job_id: JobId, as_json: JsonOption = False) -> None:
    """One job: request, plan, story, files, verdict and cost."""
    reply = Reply(as_json, job=None, story=[], assets=[])

    async def work() -> int:
        async with opened() as bottega:
            job = await bottega.job(job_id)
            story = await _story(bottega, job)
            finished = await _with_assets(bottega, job)
            paths = [str(bottega.asset_path(asset)) for asset in finished.assets]
        reply.document |= {
            "job": job.model_dump(mode="json"),
            "story": story,
            "assets": [
                asset.model_dump(mode="json") | {"path": path}
                for asset, path in zip(finished.assets, paths, strict=True)
            ],
        }
        _show(reply, finished, story)
        return 0

    carry_out(reply, work)


@group.command(epilog=EXIT_CODES)
def follow(job_id: JobId, as_json: JsonOption = False) -> None:
    """A job's story from its beginning to its end, as it goes; Ctrl-C leaves without stopping the job."""
    reply = Reply(as_json, job=None)

    async def work() -> int:
        from bottega.cli.progress import JobDisplay
        from bottega.cli.show import finished_view
        from bottega.cli.work import exit_code

        async with opened() as bottega:
            job = await bottega.job(job_id)
            if job.state == "queued":
                reply.console.print(
                    "It waits for a process that runs jobs (`bottega serve`, `bottega worker`)."
                )
            with JobDisplay(reply.console) as display:
                finished = await bottega.finished(job_id, on_event=display.tell)
        reply.document["job"] = finished.job.model_dump(mode="json")
        reply.show("", finished_view(finished, ()))
        return exit_code(finished.job)

    carry_out(reply, work)


@group.command()
def cancel(job_id: JobId, as_json: JsonOption = False) -> None:
    """Ask a job to stop; nothing happens to one that has finished."""
    reply = Reply(as_json, job=None)

    async def work() -> int:
        async with opened() as bottega:
            job = await bottega.cancel(job_id)
        reply.document["job"] = job.model_dump(mode="json")
        asked = job.cancel_requested and not job.state.is_final
        reply.show(f"{job.id} was asked to stop." if asked else f"{job.id} is {job.state}.")
        return 0

    carry_out(reply, work)


@group.command(epilog=EXIT_CODES)
def retry(job_id: JobId, out: Out = None, as_json: JsonOption = False) -> None:
    """Run a finished job again as a new one, or let a quarantined one go on; then as `run` does."""
    from bottega.cli.run import EMPTY_RUN

    reply = Reply(as_json, **EMPTY_RUN)

    async def work() -> int:
        from bottega.cli.work import see_through

        async with opened() as bottega:
            job = await bottega.retry(job_id)
            return await see_through(reply, bottega, job, await _destination(bottega, job, out))

    carry_out(reply, work)


@group.command(epilog=EXIT_CODES)
def save(job_id: JobId, out: Out = None, as_json: JsonOption = False) -> None:
    """Write a finished job's files again, into this folder or where `--out` says."""
    from bottega.cli.run import EMPTY_RUN

    reply = Reply(as_json, **EMPTY_RUN)

    async def work() -> int:
        from bottega.cli.work import conclude
        from bottega.errors import Conflict

        async with opened() as bottega:
            job = await bottega.job(job_id)
            if not job.state.is_final:
                raise Conflict(
                    f"The job is {job.state}; it has no files yet.", hint="Follow it: bottega jobs follow"
                )
            finished = await _with_assets(bottega, job)
            return await conclude(reply, bottega, finished, await _destination(bottega, job, out))

    carry_out(reply, work)


async def _destination(bottega: "Bottega", job: "Job", out: str | None) -> Any:
    from pathlib import Path

    from bottega.cli.files import Destination, stem_of

    first = [Path((await bottega.asset(ref.asset_id)).name) for ref in job.request.inputs[:1]]
    destination = Destination.of(out, stem_of(first, job.request.prompt))
    destination.prepare()
    return destination


async def _story(bottega: "Bottega", job: "Job") -> list[dict[str, Any]]:
    """The events so far; what a job that is not over will still tell is not waited for."""
    import asyncio
    from contextlib import aclosing, suppress

    told: list[dict[str, Any]] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(None if job.state.is_final else SO_FAR_SECONDS):
            async with aclosing(bottega.events(job.id)) as events:
                async for event in events:
                    told.append(event.model_dump(mode="json"))  # noqa: PERF401 - kept when the time is over
    return told


async def _with_assets(bottega: "Bottega", job: "Job") -> "FinishedJob":
    from bottega.domain.job import FinishedJob

    made = job.result.outputs if job.result is not None else ()
    return FinishedJob(job=job, assets=tuple([await bottega.asset(asset_id) for asset_id in made]))


def _show(reply: Reply, finished: "FinishedJob", story: list[dict[str, Any]]) -> None:
    from rich.text import Text

    from bottega.cli import show as views
    from bottega.domain.job import Event

    job = finished.job
    state = Text(f"{job.state}", style=views.STATE_STYLES.get(job.state, ""))
    reply.show(Text.assemble((job.id, "bold"), "  ", state, f"  made {views.moment(job.created_at)}"))
    if job.request.prompt:
        reply.show(Text(f"“{job.request.prompt}”", style="italic"))
    reply.show("", views.intent_view(job.intent), "", views.plan_view(job.plan, job.request), "")
    lines = [line for item in story if (line := views.event_line(Event.model_validate(item))) is not None]
    if lines:
        reply.show(views.heading("Story"), views.indented(*lines), "")
    reply.show(views.finished_view(finished, [(asset.name, asset) for asset in finished.assets]))
    if finished.assets:
        reply.show(Text(f"`bottega jobs save {job.id}` writes the files.", style="dim"))
    if job.error is not None:
        reply.show(views.error_view(job.error))
