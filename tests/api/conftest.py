from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from api_server import Served, client_of, opened, served

from bottega.app import Bottega
from bottega.settings import Settings


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One real server for the tests of a file. Uploads may have 1 MiB."""
    home = tmp_path_factory.mktemp("home")
    with served(Settings(home=home, max_upload_bytes=2**20, compute_workers=2)) as running:
        yield running


@pytest.fixture
async def client(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=300) as client:
        yield client


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Bottega]:
    """Keyless, on a loopback address; jobs wait."""
    # Whatever was built in this checkout, this server has no page.
    settings = Settings(home=tmp_path / "home", web_dir=tmp_path / "not built", compute_workers=1)
    async with opened(settings) as bottega:
        yield bottega


@pytest.fixture
async def local(shop: Bottega) -> AsyncIterator[httpx.AsyncClient]:
    """The local user, without a network."""
    async with client_of(shop) as client:
        yield client


@pytest.fixture
async def open_shop(tmp_path: Path) -> AsyncIterator[Bottega]:
    """On a public address, so that everybody needs a key; jobs wait."""
    async with opened(Settings(home=tmp_path / "public", host="0.0.0.0", compute_workers=1)) as bottega:
        yield bottega


@pytest.fixture
async def public(open_shop: Bottega) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody yet: each request brings its key."""
    async with client_of(open_shop, "https://bottega.example") as client:
        yield client


@pytest.fixture(scope="session")
def photograph(photographs: Path) -> Path:
    return photographs / "coffee.png"
