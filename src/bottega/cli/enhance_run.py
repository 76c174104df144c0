"""What the enhance commands share: a file or a folder through a work, with progress, a report and an exit code."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bottega import __version__
from bottega.cli.session import Reply, carry_out, load_settings, one_thread_each

if TYPE_CHECKING:
    from collections.abc import Generator

    from bottega.enhance.jobs import How
    from bottega.enhance.ladder import Policy
    from bottega.enhance.works import Work

Told = Callable[[float, str], None]
"""(fraction, what is worked on)."""


def run(reply: Reply, make: "Callable[[Told, threading.Event], dict[str, Any]]") -> None:
    """Make, say what came out. Stopping from the keyboard ends the work at its next step; what is finished is kept."""

    async def work() -> int:
        import asyncio

        from bottega.cli.enhance_show import report_view

        one_thread_each()
        cancelled = threading.Event()
        with progress_bar(reply) as told:
            try:
                report = await asyncio.to_thread(make, told, cancelled)
            except asyncio.CancelledError:
                cancelled.set()
                raise
        reply.document |= report
        reply.show(report_view(report))
        return exit_code(report)

    carry_out(reply, work)


def exit_code(report: "dict[str, Any]") -> int:
    """1 when a file failed, 4 when one could only be given back as it was."""
    if report.get("failed"):
        return 1
    return 4 if report.get("state") == "original" or report.get("untouched") else 0


def enhance(
    reply: Reply,
    source: Path,
    target: Path,
    work: "Callable[[], Work]",
    *,
    preview: str | None,
    compare: Path | None,
    resume: bool,
    seconds: float | None,
    quality: int | None,
) -> None:
    """The command for one enhancement: a file to a file, a folder to a folder."""

    def make(told: Told, cancelled: threading.Event) -> "dict[str, Any]":
        from bottega.cli.laser_files import check_targets
        from bottega.enhance.folder import enhance_folder
        from bottega.enhance.jobs import enhance_file
        from bottega.errors import InvalidOption

        how = how_of(preview=preview, compare=compare, resume=resume, seconds=seconds, quality=quality)
        if source.is_dir():
            if preview is not None or compare is not None:
                raise InvalidOption("Previews are made of one file.", hint="Name a picture or a clip.")
            return enhance_folder(
                source,
                target,
                work(),
                how,
                tell=lambda number, count, item, fraction: told(
                    (number + fraction) / count, f"{number + 1} of {count}: {item.source.name}"
                ),
                cancelled=cancelled,
            )
        check_targets([target, *([compare] if compare else [])], [source])
        return enhance_file(
            source,
            target,
            work(),
            how,
            progress=lambda fraction: told(fraction, source.name),
            cancelled=cancelled,
        )

    run(reply, make)


def how_of(
    *,
    preview: str | None = None,
    compare: Path | None = None,
    resume: bool = False,
    seconds: float | None = None,
    quality: int | None = None,
) -> "How":
    """With the limits of the settings; previews are kept under the home folder."""
    from bottega.enhance.jobs import How
    from bottega.enhance.preview_cache import EnhancementCache
    from bottega.errors import InvalidOption
    from bottega.imaging.limits import Limits

    if quality is not None and not 1 <= quality <= 100:
        raise InvalidOption("The quality is a number from 1 to 100.")
    settings = load_settings()
    folder = settings.home_dir / "cache" / "enhance"
    cache = None if preview is None else EnhancementCache(folder, version=__version__)
    return How(
        preview=preview,
        compare=compare,
        resume=resume,
        quality=quality,
        policy=policy_of(seconds),
        limits=Limits.from_settings(settings),
        cache=cache,
    )


def policy_of(seconds: float | None) -> "Policy":
    from bottega.enhance.ladder import Policy

    return Policy(seconds=seconds)


@contextmanager
def progress_bar(reply: Reply) -> "Generator[Told]":
    """A moving bar on a terminal; elsewhere nothing."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    if not reply.console.is_terminal:
        yield lambda fraction, what: None
        return
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TimeRemainingColumn(),
        console=reply.console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda fraction, what: bar.update(task, completed=fraction, description=what)
