"""The simulator as a running server: in a thread for tests and examples, or in the foreground (`bottega simulate`)."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import uvicorn

from bottega.simulator.app import PREFIXES, build_app
from bottega.simulator.world import World

KEY = "simulated"
"""A key that every simulated vendor takes; any other that is not empty will do."""

START_SECONDS = 20.0


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are the caller's; uvicorn would send them to the process again."""
        yield


def server_of(world: World) -> uvicorn.Server:
    """A uvicorn server (asyncio loop, h11: what the connection faults are written for) that says nothing itself."""
    return _Server(
        uvicorn.Config(
            build_app(world),
            loop="asyncio",
            http="h11",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )


class Simulator:
    """A context manager: the server runs in a thread, on a free port of this machine, until the end of the block.

    `speed` divides the time that vendors take for their work; the default makes a test wait for nothing.
    """

    def __init__(
        self, seed: int = 0, speed: float = 1000.0, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.world = World(seed, speed)
        # asyncio sets TCP_NODELAY only on sockets that name the protocol; without it each answer is 40 ms late.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self._socket.listen(2048)
        self._server = server_of(self.world)
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        host, port = self._socket.getsockname()[:2]
        self.url = f"http://{host}:{port}"

    def base(self, vendor: str) -> str:
        """The base URL that a client of this vendor is given. Raises KeyError for one that is not simulated."""
        return self.url + PREFIXES[vendor]

    def __enter__(self) -> Self:
        self._thread.start()
        with socket.create_connection(self._socket.getsockname()[:2], START_SECONDS):
            pass  # the port answers; uvicorn takes connections from the socket's backlog
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))
