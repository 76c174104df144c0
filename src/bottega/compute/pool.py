"""The parent's side: a few child processes, started when first needed, killed when a call is given up."""

import asyncio
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from bottega.compute.worker import HEADER
from bottega.errors import BottegaError, ComputeError, ComputeTimeout

# Each process is a unit of parallel work; threads of linear algebra below it would only compete.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

P = ParamSpec("P")
T = TypeVar("T")
Progress = Callable[[float, str], None]


class ComputePool:
    """Runs module-level functions with picklable arguments in child processes.

    A cancelled or overdue call kills its process; the next call gets a fresh one. A crash of native code
    ends one call, not the server.
    """

    def __init__(self, processes: int, timeout_s: float = 300.0) -> None:
        self._timeout_s = timeout_s
        self._free = asyncio.Semaphore(processes)
        self._idle: list[asyncio.subprocess.Process] = []

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` with the pool's time limit."""
        return await self.call_with(function, args, kwargs)

    async def call_with(
        self,
        function: Callable[..., T],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        timeout_s: float | None = None,
        progress: Progress | None = None,
    ) -> T:
        """Run `function(*args, **kwargs)`; `progress` receives what it reports.

        Raises what the function raises when that is a BottegaError, ComputeError for anything else,
        ComputeTimeout after `timeout_s` seconds of running (waiting for a free process not counted).
        """
        call = (function.__module__, function.__qualname__, args, kwargs or {})
        limit = self._timeout_s if timeout_s is None else timeout_s
        async with self._free:
            process = self._idle.pop() if self._idle else await self._start()
            try:
                async with asyncio.timeout(limit):
                    answer: T = await self._converse(process, call, progress)
            except BottegaError as error:
                self._keep(process)
                raise error from None
            except TimeoutError:
                await self._kill(process)
                raise ComputeTimeout(
                    f"{function.__name__} did not finish within {limit:.0f} s.",
                    hint="Use a smaller picture, or raise BOTTEGA_COMPUTE_TIMEOUT_SECONDS.",
                ) from None
            except (EOFError, BrokenPipeError, ConnectionResetError, asyncio.IncompleteReadError):
                code = await process.wait()
                raise ComputeError(
                    f"The process that ran {function.__name__} died ({_describe(code)}).",
                    hint="A killed process often means that memory ran out: try a smaller picture.",
                ) from None
            except BaseException:
                await self._kill(process)
                raise
            self._keep(process)
            return answer

    async def close(self) -> None:
        """End the idle processes; running calls end with their callers."""
        idle, self._idle = self._idle, []
        for process in idle:
            await self._kill(process)

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from bottega.compute.worker import main; main()",
            env=os.environ | _ONE_THREAD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    def _keep(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            self._idle.append(process)

    @staticmethod
    async def _kill(process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    @staticmethod
    async def _converse(process: asyncio.subprocess.Process, call: object, progress: Progress | None) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        payload = pickle.dumps(call, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.write(HEADER.pack(len(payload)) + payload)
        await process.stdin.drain()
        while True:
            (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
            kind, value = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - our own child
            if kind == "ok":
                return value
            if kind == "error":
                raise value
            if progress is not None:
                progress(*value)


def _describe(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"
