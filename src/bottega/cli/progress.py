"""A job's story as it goes: a moving bar on a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from bottega.cli.show import event_line
from bottega.domain.job import Event


class JobDisplay:
    """Use as a context manager; `tell` takes the events in order."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._message = ""
        if console.is_terminal:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("waiting", total=1.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Give the terminal back as it was."""
        if self._bar is not None:
            self._bar.stop()

    def tell(self, event: Event) -> None:
        if event.kind == "progress":
            self._progress(float(event.data.get("fraction", 0.0)), str(event.data.get("message", "")))
            return
        if event.kind == "attempt" and self._bar is not None and self._task is not None:
            self._bar.reset(self._task, description=str(event.data.get("model_id")))
        line = event_line(event)
        if line is not None:
            self.say(line)

    def say(self, line: object) -> None:
        """A line that stays, above the bar."""
        self._console.print(line)

    def _progress(self, fraction: float, message: str) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=fraction, description=message)
        elif message != self._message:
            self._console.print(f"  {fraction:4.0%}  {message}", markup=False)
        self._message = message
