from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from shop_engine import Open, Shop

from bottega import Bottega
from bottega.models import Catalogue
from bottega.settings import Settings
from opening import Start


@pytest.fixture(scope="session")
def good_picture(photographs: Path) -> Path:
    return photographs / "coffee.png"


@pytest.fixture(scope="session")
def blank_picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "blank.png"
    Image.fromarray(np.full((256, 256, 3), 128, np.uint8)).save(path)
    return path


@pytest.fixture
def open_shop(tmp_path: Path, database_url: str, started: Start) -> Open:
    """Opens a Bottega on a test shop; every one that was opened is closed at the end."""

    async def open_one(
        shop: Shop, catalogue: Catalogue, *, run_jobs: bool = True, **settings: Any
    ) -> Bottega:
        chosen = Settings(
            home=tmp_path / "home",
            database_url=database_url,
            shutdown_grace_seconds=0.2,
            learning=False,  # the order of the candidates is part of what is tested
            **settings,
        )
        bottega = Bottega(chosen, engines={"shop": shop}, catalogue=catalogue)
        return await started(bottega, run_jobs=run_jobs)

    return open_one
