"""One job, seen through to its end: run here, told as it goes, its files written, its end as an exit code."""

import asyncio
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager

from bottega.app import Bottega
from bottega.cli.files import Destination, write_outputs
from bottega.cli.progress import JobDisplay
from bottega.cli.session import Reply, make_console
from bottega.cli.show import error_view, finished_view
from bottega.domain.asset import Asset
from bottega.domain.job import FinishedJob, Job, JobState
from bottega.errors import BottegaError, BudgetExceeded, Cancelled

ACCEPTED, FAILED, REJECTED = 0, 1, 4
"""Exit codes of ends that are no errors' own."""


async def see_through(reply: Reply, bottega: Bottega, job: Job, destination: Destination) -> int:
    """Run this job in this process and no other, to its end; returns the exit code."""
    await bottega.work(only_job=job.id)
    with JobDisplay(reply.console) as display, _stopping(bottega, job.id, display):
        finished = await bottega.finished(job.id, on_event=display.tell)
    return await conclude(reply, bottega, finished, destination)


async def conclude(reply: Reply, bottega: Bottega, finished: FinishedJob, destination: Destination) -> int:
    """Write the files, say how it ended."""
    files: list[tuple[str, Asset]] = []
    try:
        files = await save_files(bottega, finished, destination)
    finally:
        fill(reply, finished, files)
    reply.show("", finished_view(finished, files))
    if finished.job.error is not None:
        make_console(stderr=True).print(error_view(finished.job.error))
    return exit_code(finished.job)


async def save_files(
    bottega: Bottega, finished: FinishedJob, destination: Destination
) -> list[tuple[str, Asset]]:
    sources = [(asset, bottega.asset_path(asset)) for asset in finished.assets]
    if not sources:
        return []
    return await asyncio.to_thread(write_outputs, sources, finished.job, destination)


def fill(reply: Reply, finished: FinishedJob, files: list[tuple[str, Asset]]) -> None:
    """The document of `run --json` and its relatives."""
    job, result = finished.job, finished.job.result
    reply.document |= {
        "intent": job.intent.model_dump(mode="json"),
        "plan": job.plan.model_dump(mode="json"),
        "job": {"id": job.id, "state": job.state.value, "created_at": job.created_at},
        "outputs": [
            {"path": path, "asset_id": asset.id, "label": asset.label, "size": asset.size}
            | asset.media.model_dump(include={"media_type", "width", "height"})
            for path, asset in files
        ],
        "error": job.error,
    }
    if result is not None:
        reply.document |= {
            "verdict": result.verdict.model_dump(mode="json"),
            "cost_micro_usd": result.cost,
            "seconds": result.seconds,
            "cached": result.cached,
            "attempts": [attempt.model_dump(mode="json") for attempt in result.attempts],
            "report": result.report,
        }
    elif job.error is not None:
        attempts = job.error.get("details", {}).get("attempts", [])
        reply.document |= {
            "attempts": attempts,
            "cost_micro_usd": sum(attempt["cost"] for attempt in attempts),
        }


def exit_code(job: Job) -> int:
    """How the job ended. A job whose candidates were all left for want of money ended over budget."""
    match job.state:
        case JobState.SUCCEEDED:
            return ACCEPTED
        case JobState.REJECTED:
            return REJECTED
        case JobState.CANCELLED:
            return Cancelled.exit_code
        case _:
            error = job.error or {}
            attempts = error.get("details", {}).get("attempts", [])
            if attempts and all(attempt["outcome"] == "over budget" for attempt in attempts):
                return BudgetExceeded.exit_code
            return _exit_codes(BottegaError).get(error.get("code", ""), FAILED)


def _exit_codes(kind: type[BottegaError]) -> dict[str, int]:
    codes = {kind.code: kind.exit_code}
    for below in kind.__subclasses__():
        codes |= _exit_codes(below)
    return codes


@contextmanager
def _stopping(bottega: Bottega, job_id: str, display: JobDisplay) -> Generator[None]:
    """Ctrl-C asks the job to stop, which ends it cleanly; a second Ctrl-C leaves at once, which is as safe as any
    other end of the process: what was recorded stays, and the job goes on when Bottega is started again."""
    loop = asyncio.get_running_loop()
    asked: list[asyncio.Task[Job]] = []

    def stop() -> None:
        if not asked:
            display.say("Stopping; once more to leave at once.")
            asked.append(loop.create_task(bottega.cancel(job_id)))
        else:
            display.stop()
            os._exit(Cancelled.exit_code)

    loop.add_signal_handler(signal.SIGINT, stop)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
