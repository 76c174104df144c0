"""Wake-ups inside the process: somebody waits for a topic, somebody says that something happened there.

A wake-up may be spurious and is never a promise: who wakes looks into the database.
"""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

JOBS = "jobs"
"""Something may be waiting to be run."""

CANCELS = "cancels"
"""A running job may have been asked to stop."""

ENDS = "ends"
"""Some job came to its end."""


def job_topic(job_id: str) -> str:
    """Events of one job."""
    return f"job:{job_id}"


def end_topic(job_id: str) -> str:
    """The end of one job, for who does not care how it went meanwhile."""
    return f"end:{job_id}"


class Waiter:
    """One subscription. Create and wait on the event loop; `wake` may be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, timeout_s: float) -> bool:
        """True when woken, False after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Signals:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiters: dict[str, set[Waiter]] = {}

    @contextmanager
    def subscribe(self, *topics: str) -> Generator[Waiter]:
        waiter = Waiter()
        with self._lock:
            for topic in topics:
                self._waiters.setdefault(topic, set()).add(waiter)
        try:
            yield waiter
        finally:
            with self._lock:
                for topic in topics:
                    waiters = self._waiters[topic]
                    waiters.discard(waiter)
                    if not waiters:
                        del self._waiters[topic]

    def send(self, *topics: str) -> None:
        with self._lock:
            woken = {waiter for topic in topics for waiter in self._waiters.get(topic, ())}
        for waiter in woken:
            waiter.wake()

    def send_all(self) -> None:
        """Another process changed something, and only the database knows what."""
        with self._lock:
            woken = {waiter for waiters in self._waiters.values() for waiter in waiters}
        for waiter in woken:
            waiter.wake()
