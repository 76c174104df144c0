"""The command group `references`, as a child process with a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GROUP = "from bottega.cli.references import group; group()"


class Command:
    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BOTTEGA_")}
        self._folder = folder
        self._environment = kept | {"BOTTEGA_HOME": str(folder / "home"), "COLUMNS": "200"}

    def said(self, *arguments: str | Path, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", GROUP, *map(str, arguments)],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def __call__(self, *arguments: str | Path, code: int = 0) -> Any:
        return json.loads(self.said(*arguments, "--json", code=code))


@pytest.fixture
def references(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_a_picture_is_saved_listed_renamed_and_forgotten(references: Command, photographs: Path) -> None:
    saved = references("save", "@Sarah", photographs / "chelsea.png", "--kind", "person")["reference"]
    assert (saved["name"], saved["kind"]) == ("Sarah", "person")
    taken = references("save", "sarah", photographs / "coffee.png", code=6)
    assert taken["error"]["code"] == "conflict"
    assert [each["name"] for each in references("list", "--kind", "person")["references"]] == ["Sarah"]
    assert references("list", "--kind", "place")["references"] == []
    assert references("rename", "sarah", "anna")["reference"]["asset_id"] == saved["asset_id"]
    assert references("remove", "@anna")["removed"] == "anna"
    assert references("remove", "anna", code=6)["error"]["code"] == "not-found"


def test_people_read_sentences_and_a_table(references: Command, photographs: Path) -> None:
    assert "Mention it as @cup." in references.said("save", "cup", photographs / "coffee.png")
    assert "@cup" in references.said("list")


def test_without_a_web_search_it_is_said(references: Command) -> None:
    assert "BOTTEGA_WEB_SEARCH_PROVIDER" in references("search", "gala", code=6)["error"]["hint"]
