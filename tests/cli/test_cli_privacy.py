"""`bottega privacy`: everything taken along, everything erased, by the program."""

import asyncio
import zipfile
from pathlib import Path

import pytest
from cli_program import Program, crop

from bottega import Bottega
from bottega.settings import Settings


@pytest.fixture
def bottega(tmp_path: Path) -> Program:
    return Program(tmp_path)


def _stored(folder: Path, photograph: Path) -> Path:
    """Where the one asset of the local user lies."""

    async def store() -> Path:
        studio = Bottega(Settings(home=folder / "home", compute_workers=1))
        await studio.start(run_jobs=False)
        try:
            return studio.asset_path(await studio.add_asset(crop(photograph, folder / "cat.png")))
        finally:
            await studio.close()

    return asyncio.run(store())


def test_an_export_has_the_files_and_an_erasure_leaves_none(bottega: Program, photographs: Path) -> None:
    path = _stored(bottega.folder, photographs / "chelsea.png")
    content = path.read_bytes()
    ran = bottega("privacy", "export", "all.zip", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["export"]["files"] == 1
    with zipfile.ZipFile(bottega.folder / "all.zip") as archive:
        assert archive.read(f"assets/{path.name}/cat.png") == content
    ran = bottega("privacy", "erase", "--yes", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["erased"]["files"] == 1
    files = [each for each in (bottega.folder / "home").rglob("*") if each.is_file()]
    assert not [each for each in files if each.read_bytes() == content]


def test_an_erasure_that_is_not_confirmed_erases_nothing(bottega: Program, photographs: Path) -> None:
    path = _stored(bottega.folder, photographs / "chelsea.png")
    assert bottega("privacy", "erase").code != 0
    assert path.exists()
