"""`serve` and `worker`: the processes that stay. What they answer and do is `bottega.api`'s and the app's."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bottega.cli.session import Reply, carry_out, load_settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.applications import Starlette

    from bottega.settings import Settings

CLIENTS_SECONDS = 3
"""How long connections may last after the order to stop: event streams are as long as their jobs, and resume."""

STOPPING = "Stopping: unfinished jobs go back into the queue. Once more to leave at once."


def add_to(application: typer.Typer) -> None:
    application.command()(serve)
    application.command()(worker)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; by default BOTTEGA_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="By default BOTTEGA_PORT; 0 takes a free one.")
    ] = None,
    run_jobs: Annotated[
        bool,
        typer.Option("--jobs/--no-jobs", help="Whether this process runs jobs, or leaves them to workers."),
    ] = True,
) -> None:
    """Serve the HTTP API and run jobs.

    On any address but this machine's own it refuses to start until there is an API key. SIGTERM or Ctrl-C ends it:
    running steps may end, unfinished jobs go back into the queue.
    """
    reply = Reply()

    async def work() -> int:
        given = {"host": host, "port": port}
        settings = load_settings(**{name: value for name, value in given.items() if value is not None})
        await _serve(reply, settings, run_jobs=run_jobs)
        return 0

    carry_out(reply, work)


def worker() -> None:
    """Run jobs without serving, until SIGTERM or Ctrl-C; as many of these as you like may share a database."""
    reply = Reply()

    async def work() -> int:
        import asyncio

        from bottega.cli.session import opened

        over = asyncio.Event()
        with told_to_stop(over.set):
            async with opened() as bottega:
                await bottega.work()
                reply.console.print(
                    f"Running jobs of {bottega.settings.home_dir}; Ctrl-C stops.", markup=False
                )
                await over.wait()
                reply.console.print(STOPPING)
        return 0

    carry_out(reply, work)


async def _serve(reply: Reply, settings: "Settings", *, run_jobs: bool) -> None:
    from bottega.api import create_app

    with listen(settings.host, settings.port) as listening:
        await answer(reply, create_app(settings=settings, run_jobs=run_jobs), listening)


async def answer(reply: Reply, app: "Starlette", listening: socket.socket, *, path: str = "") -> None:
    """Serve an ASGI application on a socket until SIGTERM or Ctrl-C. `path` is shown behind the address."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> "Generator[None]":
            """Uvicorn would send the signal to the process again, which would then end before its jobs are back."""
            yield

    config = uvicorn.Config(
        app,
        lifespan="off",  # entered here, so that what hinders the start is said like any other error
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLIENTS_SECONDS,
    )
    server = Server(config)

    def stop() -> None:
        reply.console.print(STOPPING)
        server.should_exit = True

    with told_to_stop(stop):
        async with app.router.lifespan_context(app):
            reply.console.print(
                f"Bottega answers on {address_of(listening)}{path}; Ctrl-C stops.", markup=False
            )
            await server.serve(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Raises ResourceError when the address cannot be had."""
    from bottega.errors import ResourceError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ResourceError(
            f"Nothing can listen on {host}:{port}: {error.strerror or error}.",
            hint="Another program may have the port: choose one with --port, or 0 for any.",
        ) from None


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def told_to_stop(stop: Callable[[], None]) -> "Generator[None]":
    """SIGTERM and Ctrl-C call `stop`; the second of them ends the process at once (its jobs are taken up again by
    the next one)."""
    import asyncio

    loop = asyncio.get_running_loop()
    told: list[int] = []

    def hear(number: int) -> None:
        told.append(number)
        if len(told) > 1:
            os._exit(128 + number)
        stop()

    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, hear, number)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
