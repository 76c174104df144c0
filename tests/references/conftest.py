from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bottega.compute import ComputePool
from bottega.references import ReferenceBook
from bottega.settings import Settings
from bottega.store.assets import AssetStore
from bottega.store.database import Database


@pytest.fixture
async def assets(database: Database, tmp_path: Path) -> AsyncIterator[AssetStore]:
    compute = ComputePool(1, 60)
    yield AssetStore(database, compute, Settings(home=tmp_path))
    await compute.close()


@pytest.fixture
async def book(database: Database, assets: AssetStore) -> ReferenceBook:
    return ReferenceBook(database, assets)
