"""Functions that the tests run in child processes."""

import os
import signal
import time

from bottega.compute import report_progress
from bottega.errors import UnreadablePicture


def add(a: int, b: int) -> int:
    return a + b


def refuse() -> None:
    raise UnreadablePicture("It is torn.", hint="Scan it again.", page=3)


def divide_by_zero() -> float:
    return 1 / 0


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def sleep_for(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def count_to(n: int) -> int:
    for k in range(1, n + 1):
        report_progress(k / n, f"{k} of {n}")
    return n


def shout() -> str:
    print("noise on standard output")
    os.write(1, b"more noise, from native code\n")
    return "clean"


def process_number() -> int:
    return os.getpid()
