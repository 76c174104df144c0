"""`mcp`: the workshop as tools of the Model Context Protocol. What they answer is `bottega.mcp`'s and the app's."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bottega.cli.serve import answer, listen, told_to_stop
from bottega.cli.session import Reply, carry_out, load_settings, opened

if TYPE_CHECKING:
    from bottega.settings import Settings

DEFAULT_PORT = 8601
STDIO_GRACE_SECONDS = 1.0
"""A client that has closed the connection ends the program soon after; jobs are handed back before that."""

HOW_TO_ADD = (
    "To add it to a client, put this among the client's servers (most read a JSON file):\n\n"
    '{"mcpServers": {"bottega": {"command": "bottega", "args": ["mcp", "--root", "/home/anna/Pictures"]}}}\n\n'
    "A program that the client cannot find needs its full path as the command. Settings go into `env`, such as "
    '"env": {"BOTTEGA_HOME": "/home/anna/.bottega"}. A server started with --http is added by its address:\n\n'
    f'{{"mcpServers": {{"bottega": {{"url": "http://127.0.0.1:{DEFAULT_PORT}/mcp"}}}}}}'
)


def add_to(application: typer.Typer) -> None:
    application.command(epilog=HOW_TO_ADD)(mcp)


def mcp(
    root: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Clients may name files in this folder by their paths; may be repeated. Without it they send bytes.",
        ),
    ] = None,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over streamable HTTP, at /mcp, instead of stdio.")
    ] = False,
    host: Annotated[
        str | None, typer.Option(help="With --http: address to listen on; by default BOTTEGA_HOST.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="With --http: port to listen on; 0 takes a free one.")
    ] = DEFAULT_PORT,
    run_jobs: Annotated[
        bool,
        typer.Option("--jobs/--no-jobs", help="Whether this process runs jobs, or leaves them to others."),
    ] = True,
) -> None:
    """Offer the workflows as tools to clients of the Model Context Protocol (MCP).

    Over stdio, which is what a client starts by itself, whoever started it is the local user. With --http, on any
    address but this machine's own it refuses to start until there is an API key, as `serve` does.
    """
    if http and root:
        raise typer.BadParameter(
            "Files can be named by their paths over stdio only.", param_hint="--root with --http"
        )
    if not http and host is not None:
        raise typer.BadParameter("There is an address only with --http.", param_hint="--host")
    reply = Reply()

    async def work() -> int:
        _check_installed()
        if not http:
            return await _stdio(root or [], run_jobs=run_jobs)
        given = {"host": host} if host is not None else {}
        return await _http(reply, load_settings(port=port, **given), run_jobs=run_jobs)

    carry_out(reply, work)


def _check_installed() -> None:
    """Raises ResourceError when the extra is missing."""
    from bottega.errors import ResourceError

    if find_spec("mcp") is None:
        raise ResourceError(
            "The Model Context Protocol needs a package that is not installed.",
            hint="Install Bottega with its extra: pip install 'bottega[mcp]'.",
        )


async def _stdio(roots: list[Path], *, run_jobs: bool) -> int:
    import asyncio

    from bottega.mcp import create_server, serve_stdio

    settings = load_settings()
    grace = min(STDIO_GRACE_SECONDS, settings.shutdown_grace_seconds)
    over = asyncio.Event()
    with told_to_stop(over.set):
        async with opened(settings.model_copy(update={"shutdown_grace_seconds": grace})) as bottega:
            if run_jobs:
                await bottega.work()
            server = create_server(bottega, roots=roots, same_machine=True)
            serving = asyncio.create_task(serve_stdio(server))
            stopping = asyncio.create_task(over.wait())
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                stopping.cancel()
                serving.result()
                return 0
    # A thread waits for the client's next line and cannot be interrupted; all else is closed by now.
    os._exit(0)


async def _http(reply: Reply, settings: "Settings", *, run_jobs: bool) -> int:
    from bottega.api.security import check_may_serve, is_open
    from bottega.mcp import create_http_app

    with listen(settings.host, settings.port) as listening:
        async with opened(settings) as bottega:
            await check_may_serve(settings, bottega.keys)
            if run_jobs:
                await bottega.work()
            app = create_http_app(bottega, keyless=is_open(settings))
            await answer(reply, app, listening, path="/mcp")
    return 0
