"""Tells open event streams that the server is about to stop.

A server waits for open responses before it ends the application's lifespan, and a stream lasts as long as its job:
each would wait for the other. So the stop signal is heard here too, and passed on.
"""

import asyncio
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def set_on_signal(event: asyncio.Event) -> Generator[None]:
    """Set `event` when SIGINT or SIGTERM comes, then let the handler that was there before do its work.

    Signals that nobody handles, and all outside the main thread, are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(event.set)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    ours = [number for number, handler in before.items() if callable(handler)]
    for number in ours:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is heard:
                signal.signal(number, before[number])
