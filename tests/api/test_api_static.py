"""Routes wait or run on a thread; they never compute on the event loop. Read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bottega.api

SOURCES = sorted(Path(bottega.api.__file__).parent.rglob("*.py"))
METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "api_route"}
LIGHT = (
    "bottega.imaging.limits",
    "bottega.imaging.media_type",
    "bottega.imaging.mask",  # named for a child process to call
    "bottega.laser.prompts",  # words, no arrays
    "bottega.laser.materials",  # a table
)
COMPUTING = ("numpy", "cv2", "PIL", "skimage", "bottega.imaging", "bottega.laser", "bottega.enhance")


def routes_that_never_wait(tree: ast.AST) -> list[str]:
    """Names of `async def` routes without await, async for or async with."""
    waiting = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(map(is_route, node.decorator_list))
        and not any(isinstance(inner, waiting) for statement in node.body for inner in ast.walk(statement))
    ]


def is_route(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in METHODS


def computing_imports(tree: ast.AST) -> list[str]:
    return [name for name in imported(tree) if _within(name, COMPUTING) and not _within(name, LIGHT)]


def _within(name: str, roots: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{root}.") for root in roots)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_are_routes_to_look_at() -> None:
    decorated = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(map(is_route, node.decorator_list))
    ]
    assert len(decorated) >= 25


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_async_routes_wait(path: Path) -> None:
    assert routes_that_never_wait(ast.parse(path.read_text())) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_that_computes_is_imported(path: Path) -> None:
    assert computing_imports(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "body",
    ["return sum(range(10**9))", "x = shop.health()", "async def inner(): ...\n    return 1"],
)
def test_a_computing_route_is_found(body: str) -> None:
    tree = ast.parse(f"@router.get('/x')\nasync def slow(shop):\n    {body}\n")
    assert routes_that_never_wait(tree) == ["slow"]


@pytest.mark.parametrize(
    "source",
    [
        "@router.get('/x')\nasync def waits(shop):\n    return await shop.health()\n",
        "@router.get('/x')\ndef threaded(shop):\n    return sum(range(10))\n",
        "async def helper():\n    return 1\n",
    ],
)
def test_waiting_threads_and_helpers_are_fine(source: str) -> None:
    assert routes_that_never_wait(ast.parse(source)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np",
        "import PIL.Image",
        "from PIL import Image",
        "from bottega.imaging.decode import inspect",
        "from bottega import imaging",
        "def late():\n    import cv2",
    ],
)
def test_a_computing_import_is_found(line: str) -> None:
    assert computing_imports(ast.parse(line))


def test_the_server_process_loads_no_picture_library() -> None:
    code = "import sys, bottega.api; print(sorted({'numpy', 'cv2', 'PIL', 'skimage'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
