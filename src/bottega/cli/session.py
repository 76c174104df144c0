"""What every command shares: how it is run, how it answers, how it ends. What it does is left to the groups.

Module top levels of this package import typer and the light part of the standard library only, so that
`bottega --help` answers at once; everything else is imported inside the commands.
"""

import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from pydantic import ValidationError
    from rich.console import Console, RenderableType

    from bottega.app import Bottega
    from bottega.errors import BottegaError
    from bottega.settings import Settings

EXIT_CODES = (
    "Exit codes: 0 done and accepted; 1 failed; 2 wrong usage; 3 refused (no engine or workflow can do it, or the "
    "content was refused); 4 the result is below the quality threshold (the files are written and labelled); "
    "5 over budget; 6 an input or an option cannot be used; 130 cancelled."
)

PLAIN_WIDTH = 110
"""Columns where no terminal says how many it has."""

JsonOption = Annotated[
    bool,
    typer.Option("--json", help="One JSON document on standard output; progress goes to standard error."),
]


class Reply:
    """What a command answers: tables and sentences for people, or one JSON document.

    `document` is what `--json` prints; `show` prints for people and keeps silent with `--json`. `console` is
    standard output, with `--json` standard error.
    """

    def __init__(self, as_json: bool = False, **document: Any) -> None:
        self.as_json = as_json
        self.document: dict[str, Any] = document

    @cached_property
    def console(self) -> "Console":
        return make_console(stderr=self.as_json)

    def show(self, *parts: "RenderableType") -> None:
        if not self.as_json:
            for part in parts:
                self.console.print(part)

    def end(self) -> None:
        if self.as_json:
            typer.echo(json.dumps(self.document, indent=2, ensure_ascii=False))


def make_console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PLAIN_WIDTH
    return console


def debugging() -> bool:
    """With `BOTTEGA_DEBUG=1`, errors come with their tracebacks and the log with all its lines."""
    return os.environ.get("BOTTEGA_DEBUG", "") not in ("", "0")


def carry_out(reply: Reply, work: Callable[[], Awaitable[int]], *, logs: bool = True) -> NoReturn:
    """Run a command's work to its exit code; every error becomes a calm answer. `logs`: whether the work calls anything
    that logs; loading the logger takes as long as decoding a photograph."""
    import asyncio

    from bottega.errors import BottegaError, Cancelled

    if logs:
        from bottega.logs import configure_logging

        configure_logging(verbose=debugging())

    async def main() -> int:
        return await work()

    try:
        code = asyncio.run(main())
    except BottegaError as error:
        if debugging():
            raise
        say_error(reply, error.as_dict())
        code = error.exit_code
    except KeyboardInterrupt:
        reply.document["error"] = Cancelled("It was stopped from the keyboard.").as_dict()
        code = Cancelled.exit_code
    except Exception as error:
        if debugging():
            raise
        say_error(reply, _unexpected(error))
        code = 1
    reply.end()
    raise typer.Exit(code)


def one_thread_each() -> None:
    """Before numpy is loaded: the threads of a command are units of parallel work, and threads of linear algebra below
    them would only compete."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def say_error(reply: Reply, error: dict[str, Any]) -> None:
    """The error (of `BottegaError.as_dict`) on standard error and in the document."""
    from bottega.cli.show import error_view

    reply.document["error"] = error
    make_console(stderr=True).print(error_view(error))


def _unexpected(error: Exception) -> dict[str, Any]:
    """A fault that nobody foresaw, as an error; whether money was spent by then, only the ledger knows."""
    from bottega.errors import BottegaError

    known = BottegaError(
        f"An unexpected fault: {type(error).__name__}: {error}",
        hint="With BOTTEGA_DEBUG=1 the same command shows where it happened.",
    )
    return known.as_dict() | {"money": "`bottega ledger` shows what was spent and what is held"}


def load_settings(**changes: Any) -> "Settings":
    """The settings of the environment, some of them replaced. Raises InvalidOption that names the variable."""
    from pydantic import ValidationError

    from bottega.settings import Settings

    try:
        return Settings(**changes)
    except ValidationError as error:
        raise _invalid_setting(error) from None


def _invalid_setting(error: "ValidationError") -> "BottegaError":
    from bottega.errors import InvalidOption

    first = error.errors()[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return InvalidOption(
        f"The setting BOTTEGA_{name} cannot be used: {first['msg']}.",
        hint="It comes from the environment or from the file .env in this folder.",
    )


@asynccontextmanager
async def opened(settings: "Settings | None" = None) -> "AsyncGenerator[Bottega]":
    """The workshop with its database open; it runs no jobs until it is told to."""
    from bottega.app import Bottega

    bottega = Bottega(settings or load_settings())
    try:
        await bottega.start(run_jobs=False)
        yield bottega
    finally:
        await bottega.close()
