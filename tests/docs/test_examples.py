"""The documentation's examples, run as they stand."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(p for p in (ROOT / "docs").rglob("*.md") if "reference" not in p.parts),
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BOTTEGA = str(Path(sys.executable).with_name("bottega"))


def _blocks(language: str) -> list[tuple[Path, str]]:
    return [
        (page, code)
        for page in PAGES
        for kind, code in FENCE.findall(page.read_text(encoding="utf-8"))
        if kind == language
    ]


def _commands() -> list[tuple[Path, list[str]]]:
    """The `$ bottega ...` lines of each page, in order; what serves or needs a server is left to other tests."""
    found: list[tuple[Path, list[str]]] = []
    for page in PAGES:
        lines = [
            line.removeprefix("$ ")
            for where, code in _blocks("console")
            if where == page
            for line in code.splitlines()
            if line.startswith("$ bottega ") and not line.endswith("&")
        ]
        if lines:
            found.append((page, lines))
    return found


@pytest.fixture
def workplace(tmp_path: Path, photographs: Path) -> Path:
    """A folder with a small photo.jpg."""
    with Image.open(photographs / "astronaut.png") as picture:
        picture.crop((120, 20, 376, 276)).save(tmp_path / "photo.jpg", quality=95)
    return tmp_path


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"BOTTEGA_HOME": str(folder / "home")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize(
    ("page", "code"), _blocks("python"), ids=lambda v: _name(v) if isinstance(v, Path) else ""
)
def test_python_examples_run(page: Path, code: str, workplace: Path) -> None:
    script = workplace / "example.py"
    script.write_text(code, encoding="utf-8")
    done = _run([sys.executable, str(script)], workplace)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("page", "lines"), _commands(), ids=lambda v: _name(v) if isinstance(v, Path) else ""
)
def test_commands_run(page: Path, lines: list[str], workplace: Path) -> None:
    for line in lines:
        done = _run([BOTTEGA, *shlex.split(line)[1:]], workplace)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_there_are_examples() -> None:
    assert len(_blocks("python")) >= 2
    assert sum(len(lines) for _, lines in _commands()) >= 8


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{_name(page)}: {target}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
