"""Waits for a job's end, telling its story as progress notifications."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from bottega.app import Bottega
from bottega.domain.job import Event, Job
from bottega.domain.principal import Principal

Report = Callable[[float, float, str], Awaitable[None]]
"""Takes progress, total and a sentence."""

_STEP = 0.001
_RUNNING = 0.9
"""The share of an attempt that is the engine's; the rest is checking and storing."""


async def wait_for_end(shop: Bottega, job_id: str, who: Principal, seconds: float, report: Report) -> Job:
    """The job at its end, or as it is after so many seconds. It goes on when the wait is given up.

    Raises NotFound.
    """
    if seconds > 0:
        story = Story(report)
        try:
            async with asyncio.timeout(seconds), aclosing(shop.events(job_id, who)) as events:
                async for event in events:
                    await story.tell(event)
        except TimeoutError:
            pass  # what is answered says that it goes on
    return await shop.job(job_id, who)


class Story:
    """Events in order, as progress that never goes back: each attempt is one unit of it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._attempts = 0
        self._told = 0.0

    async def tell(self, event: Event) -> None:
        if event.kind == "attempt":
            self._attempts += 1
        message = words(event)
        if message is None:
            return
        units = max(1, self._attempts)
        reached = float(units - 1)
        if event.kind == "progress":
            reached += _RUNNING * float(event.data.get("fraction", 0.0))
        elif event.kind == "finished":
            reached = float(units)
        # The protocol wants each notification to be above the one before.
        self._told = round(max(reached, self._told + _STEP), 3)
        await self._report(self._told, float(units), message)


def words(event: Event) -> str | None:
    """One event as a sentence; None for those that say nothing to a person."""
    data = event.data
    match event.kind:
        case "attempt":
            return f"Trying {data.get('model_id')} ({data.get('price')})"
        case "progress":
            return str(data.get("message") or "working")
        case "left":
            return f"Left {data.get('model_id')}: {data.get('outcome')}. {data.get('reason') or ''}".strip()
        case "verdict":
            reason = f". {data['reason']}" if data.get("reason") else ""
            return f"Checked: {data.get('state')}{reason}"
        case "cached":
            return "The same work was done before; its result is used"
        case "recovered":
            return "Taken up again after a crash"
        case "handed_over":
            return "Put back into the queue"
        case "cancel_requested":
            return "Asked to stop"
        case "finished":
            return f"Finished: {data.get('state')}"
        case _:
            return None
