"""The wardrobe, and the faces of the shop: HTTP routes and commands."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import typer
from feed_files import google_xml, offer
from PIL import Image
from typer.testing import CliRunner

from bottega.api import create_app
from bottega.app import Bottega
from bottega.cli import fashion_shop
from bottega.domain.principal import LOCAL, Principal
from bottega.errors import NotFound
from bottega.settings import Settings
from bottega.shop.demo import SHOP, write_demo_feed
from bottega.shop.feeds import open_feed
from bottega.shop.importing import import_feed
from bottega.shop.wardrobe import ItemChange, NewItem, Wardrobe


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Bottega]:
    bottega = Bottega(Settings(home=tmp_path / "home", compute_workers=1))
    await bottega.start(run_jobs=False)
    yield bottega
    await bottega.close()


@pytest.fixture
async def client(workshop: Bottega) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(workshop)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600/api/v1") as client:
        yield client


async def picture(workshop: Bottega, who: Principal) -> str:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 40)).save(file, "PNG")
    return (await workshop.add_asset(file.getvalue(), name="coat.png", who=who)).id


# --- wardrobe ------------------------------------------------------------------------------------------------


async def test_an_item_is_kept_changed_and_removed(workshop: Bottega) -> None:
    wardrobe = Wardrobe(workshop.database, workshop.store)
    asset_id = await picture(workshop, LOCAL)
    item = await wardrobe.add(
        "local", NewItem(name="Mein roter Wintermantel", asset_id=asset_id, colours=("red",))
    )
    assert (item.category, item.kind, item.asset_id) == ("outerwear", "coat", asset_id)
    changed = await wardrobe.change("local", item.id, ItemChange(notes="warm", seasons=frozenset({"winter"})))
    assert (changed.notes, changed.seasons, changed.name) == ("warm", ("winter",), item.name)
    assert await wardrobe.list("local", season="summer") == ()
    assert [each.id for each in await wardrobe.list("local", category="outerwear")] == [item.id]
    await wardrobe.remove("local", item.id)
    with pytest.raises(NotFound):
        await wardrobe.get("local", item.id)


async def test_nobody_reaches_another_owners_items_or_pictures(workshop: Bottega) -> None:
    wardrobe = Wardrobe(workshop.database, workshop.store)
    item = await wardrobe.add("local", NewItem(name="Coat"))
    assert await wardrobe.list("bob") == ()
    for attempt in (
        wardrobe.get("bob", item.id),
        wardrobe.change("bob", item.id, ItemChange(name="Mine")),
        wardrobe.remove("bob", item.id),
        wardrobe.add("bob", NewItem(name="Coat", asset_id=await picture(workshop, LOCAL))),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await wardrobe.get("local", item.id)).name == "Coat"


# --- HTTP ----------------------------------------------------------------------------------------------------


async def test_products_are_searched_and_read_over_http(
    workshop: Bottega, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await import_feed(
        workshop.database, open_feed(write_demo_feed(tmp_path / "d.jsonl"), shop=SHOP), owner="local"
    )
    response = await client.get(
        "/products", params={"q": "linen shirt under 90 EUR", "size": "M", "limit": 3}
    )
    assert response.status_code == 200, response.text
    answer = response.json()
    assert 1 <= len(answer["products"]) <= 3
    assert answer["understood"]["most_price"] == "90"
    first = answer["products"][0]
    one = await client.get(f"/products/{SHOP}/{first['id']}")
    assert one.json()["title"] == first["title"]
    assert (await client.get("/products/none/1")).status_code == 404
    assert (await client.get("/products", params={"colour": "loudly"})).status_code == 422
    posted = await client.post(
        "/products/search", json={"request": {"text": "dress", "limit": 2}, "live": True}
    )
    assert len(posted.json()["products"]) == 2


async def test_the_wardrobe_over_http(client: httpx.AsyncClient) -> None:
    made = await client.post("/wardrobe", json={"name": "Blue linen shirt", "colours": ["blue"]})
    assert made.status_code == 201, made.text
    url = f"/wardrobe/{made.json()['id']}"
    assert (await client.patch(url, json={"notes": "for work"})).json()["notes"] == "for work"
    assert [item["kind"] for item in (await client.get("/wardrobe")).json()["items"]] == ["shirt"]
    assert (await client.delete(url)).status_code == 204
    assert (await client.get(url)).status_code == 404
    assert (await client.post("/wardrobe", json={"name": "Shirt", "colours": ["loudly"]})).status_code == 422


# --- commands ------------------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTTEGA_HOME", str(tmp_path / "home"))
    app = typer.Typer()
    fashion_shop.register(app)
    return app


def test_the_demo_is_imported_and_found(program: typer.Typer) -> None:
    runner = CliRunner()
    brought = runner.invoke(program, ["import", "--demo", "--json"])
    assert brought.exit_code == 0, brought.output
    assert json.loads(brought.stdout)["report"]["new"] == 300
    found = runner.invoke(
        program, ["search", "linen shirt under 90 EUR", "--size", "M", "--limit", "2", "--json"]
    )
    assert found.exit_code == 0, found.output
    assert len(json.loads(found.stdout)["answer"]["products"]) == 2
    assert "Understood" in runner.invoke(program, ["search", "red dress"]).stdout


def test_bad_lines_are_shown(program: typer.Typer, tmp_path: Path) -> None:
    feed = google_xml(tmp_path / "feed.xml", [offer("1"), offer("2", price="cheap")])
    ran = CliRunner().invoke(program, ["import", str(feed), "--shop", "A"])
    assert ran.exit_code == 0, ran.output
    assert "line 4" in ran.stdout
    assert "1 not usable" in ran.stdout


@pytest.mark.parametrize(
    "arguments", [["import"], ["import", "none.xml"], ["search", "x", "--category", "hats"]]
)
def test_what_cannot_be_used_ends_with_6(program: typer.Typer, arguments: list[str]) -> None:
    assert CliRunner().invoke(program, arguments).exit_code == 6
