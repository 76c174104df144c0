"""The child process: reads calls from standard input, runs them one at a time, answers on standard output.

A frame is four bytes of length (big-endian) and a pickle. Both ends are this program, so pickle is safe here.
"""

import importlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from bottega.errors import BottegaError, ComputeError, ResourceError

HEADER = struct.Struct(">I")

_report: Callable[[float, str], None] | None = None


def report_progress(fraction: float, message: str) -> None:
    """Tell the caller how far the computation is (0 to 1). Does nothing outside a compute process."""
    if _report is not None:
        _report(fraction, message)


def write_frame(stream: BinaryIO, value: object) -> None:
    payload = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(HEADER.pack(len(payload)) + payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """The next value; EOFError at the end of the stream."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    (length,) = HEADER.unpack(header)
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError
    return pickle.loads(payload)  # noqa: S301 - the parent process is the only writer


def _run(module: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, Any]:
    try:
        function = getattr(importlib.import_module(module), name)
        return ("ok", function(*args, **kwargs))
    except BottegaError as error:
        return ("error", error)
    except MemoryError:
        return (
            "error",
            ResourceError(
                "There is not enough memory for this picture.",
                hint="Use a smaller picture or ask for a smaller result.",
            ),
        )
    except Exception as error:  # noqa: BLE001 - the process border: everything must cross it as an answer
        traceback.print_exc()
        return ("error", ComputeError(f"{name} failed: {type(error).__name__}: {error}"))


def main() -> None:
    global _report
    # What libraries print must not get into the frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.nice(5)  # the server's event loop comes first
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process

    calls: queue.SimpleQueue[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = queue.SimpleQueue()

    def read_calls() -> None:
        try:
            while True:
                calls.put(read_frame(sys.stdin.buffer))
        except EOFError:
            os._exit(0)  # the parent is gone, also while a computation runs

    threading.Thread(target=read_calls, daemon=True).start()
    _report = lambda fraction, message: write_frame(answers, ("progress", (fraction, message)))  # noqa: E731
    while True:
        module, name, args, kwargs = calls.get()
        write_frame(answers, _run(module, name, args, kwargs))
