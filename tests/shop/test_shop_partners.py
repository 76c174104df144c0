"""Partners are asked over real HTTP; one that is down is spoken for by its imported feed, and the answer says so."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from feed_files import OWNER, bring, json_lines, offer

from bottega.errors import InvalidOption
from bottega.resilience import BreakerPolicy, Breakers
from bottega.shop.feeds import FeedMapping
from bottega.shop.partners import Partner, PartnerSearch, load_partners
from bottega.shop.search import ProductSearch, SearchRequest
from bottega.store.database import Database

GOODS = [
    {"sku": "1", "name": "Linen shirt", "cost": 4990},
    {"sku": "2", "name": "Linen shirt fine", "cost": 9990},
    {"sku": "", "name": "Broken"},
    "no object",
]


class Shop(BaseHTTPRequestHandler):
    asked: list[dict[str, list[str]]]
    answer: bytes
    status: int

    def do_GET(self) -> None:
        self.asked.append(parse_qs(urlsplit(self.path).query))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Shop]]]:
    answer = json.dumps({"data": {"goods": GOODS}}).encode()
    handler = type("OneShop", (Shop,), {"asked": [], "answer": answer, "status": 200})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", handler
        running.shutdown()


def partner(url: str, **fields: Any) -> Partner:
    mapping = FeedMapping(
        fields={"sku": "id", "name": "title", "cost": "price"}, currency="EUR", minor_units=True
    )
    values = {
        "name": "Acme",
        "url": f"{url}/find?q={{query}}&max={{most}}",
        "items": "data.goods",
        "mapping": mapping,
    }
    return Partner.model_validate(values | {"allow_private": True} | fields)


def asking(database: Database, *partners: Partner, failures: int = 5) -> PartnerSearch:
    return PartnerSearch(partners, ProductSearch(database), Breakers(BreakerPolicy(failures=failures)))


async def test_a_partner_answers_live_within_the_price(
    database: Database, server: tuple[str, type[Shop]]
) -> None:
    url, shop = server
    (said,) = await asking(database, partner(url)).search(
        OWNER, SearchRequest(text="linen shirt under 50 EUR")
    )
    assert (said.source, [hit.product.id for hit in said.hits], said.bad) == ("live", ["1"], 2)
    assert shop.asked == [{"q": ["linen shirt under 50 EUR"], "max": ["50"]}]
    assert said.hits[0].product.shop == "Acme"


@pytest.mark.parametrize(
    ("status", "answer"), [(503, b""), (200, b"<html>"), (200, b'{"data": 1}'), (404, b"")]
)
async def test_the_feed_speaks_for_a_partner_that_does_not(
    database: Database, server: tuple[str, type[Shop]], tmp_path: Path, status: int, answer: bytes
) -> None:
    url, shop = server
    shop.status, shop.answer = status, answer
    await bring(database, json_lines(tmp_path / "acme.jsonl", [offer("of the feed")]), shop="Acme")
    (said,) = await asking(database, partner(url)).search(OWNER, SearchRequest(text="shirt"))
    assert (said.source, [hit.product.id for hit in said.hits]) == ("feed", ["of the feed"])
    assert said.reason


async def test_a_partner_that_keeps_failing_is_left_alone(
    database: Database, server: tuple[str, type[Shop]]
) -> None:
    url, shop = server
    shop.status = 503
    search = asking(database, partner(url), failures=2)
    for _ in range(4):
        await search.search(OWNER, SearchRequest(text="shirt"))
    assert len(shop.asked) == 2


async def test_an_address_in_the_own_network_needs_leave(
    database: Database, server: tuple[str, type[Shop]]
) -> None:
    url, shop = server
    search = asking(database, partner(url, allow_private=False))
    (said,) = await search.search(OWNER, SearchRequest(text="shirt"))
    assert said.source == "feed"
    assert shop.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://{query}.example/",
        "ftp://a.example/{query}",
        "http://a.example/",
        "http://a.example/{query}{x}",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    path = tmp_path / "partners.toml"
    path.write_text(f'[[partners]]\nname = "A"\nurl = "{url}"\n')
    with pytest.raises(InvalidOption, match="url"):
        load_partners(path)


def test_without_a_file_there_are_no_partners(tmp_path: Path) -> None:
    assert load_partners(tmp_path / "partners.toml") == ()
