"""The program with a home of its own: in this process, or as a child process."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image
from typer.testing import CliRunner

from bottega.cli import application

BOTTEGA = str(Path(sys.executable).with_name("bottega"))


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


class Program:
    """Runs `bottega` in `folder`, with `folder/home` as its home and no settings of the outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BOTTEGA_")}
        return kept | {"BOTTEGA_HOME": str(self.folder / "home"), "COLUMNS": "200"} | settings

    def __call__(self, *arguments: str | Path, **settings: str) -> Ran:
        """In this process, where the libraries are loaded already; not from an asynchronous test."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name in list(os.environ):
                if name.startswith("BOTTEGA_"):
                    patch.delenv(name)
            for name, value in self.environment(**settings).items():
                patch.setenv(name, value)
            done = CliRunner().invoke(application, [str(each) for each in arguments])
        fault = done.exception
        if fault is not None and not isinstance(fault, SystemExit):
            raise fault
        return Ran(done.exit_code, done.stdout, done.stderr)

    def process(self, *arguments: str | Path, **settings: str) -> Ran:
        """As users run it: a process, which ends by itself and leaves nothing of its own behind."""
        done = subprocess.run(
            [BOTTEGA, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
        """Both outputs come through one pipe."""
        return subprocess.Popen(
            [BOTTEGA, *arguments],
            cwd=self.folder,
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # What a shell starts in the background has the keyboard's signal ignored, and hands that on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def jobs(self) -> list[dict[str, Any]]:
        return self("jobs", "list", "--json").document["jobs"]


def crop(source: Path, target: Path, side: int = 160) -> Path:
    """A square from the middle of a photograph: real texture, little work."""
    with Image.open(source) as picture:
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        picture.convert("RGB").crop((left, top, left + side, top + side)).save(target, quality=95)
    return target
