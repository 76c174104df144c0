from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bottega.app import Bottega
from bottega.settings import Settings


@pytest.fixture
def cup(tmp_path: Path, photographs: Path) -> Path:
    """A small photograph in a folder of its own."""
    path = tmp_path / "pictures" / "cup.png"
    path.parent.mkdir()
    with Image.open(photographs / "coffee.png") as picture:
        picture.crop((240, 120, 336, 216)).save(path)
    return path


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Bottega]:
    """Open; jobs wait."""
    bottega = Bottega(Settings(home=tmp_path / "home", compute_workers=1))
    await bottega.start(run_jobs=False)
    yield bottega
    await bottega.close()
