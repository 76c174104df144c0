"""Search by a picture: what looks most like it comes first, within the filters, on both databases and by every face."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from feed_files import OWNER, bring, json_lines, offer
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from bottega.api import create_app
from bottega.app import Bottega
from bottega.cli import fashion_shop
from bottega.domain.principal import LOCAL, Principal
from bottega.errors import InputError, InvalidOption
from bottega.imaging.limits import Limits
from bottega.settings import Settings
from bottega.shop.likeness import describe_offers, look, look_of_picture
from bottega.shop.search import ProductSearch, SearchRequest
from bottega.shop.vectors import LOOK, VectorBook
from bottega.store.database import Database

RED_SHIRT = ("top", (((47.0, 68.0, 42.0), 1.0),), "plain")
OFFERS = (
    offer("red", title="Plain shirt", color="Red", brand="Oak", price="30 EUR", sizes=["M"]),
    offer("wine", title="Plain blouse", color="Burgundy", price="90 EUR", sizes=["M"]),
    offer("navy", title="Plain shirt", color="Navy", price="30 EUR", sizes=["L"]),
    offer("stripes", title="Striped shirt", color="Red / White", price="30 EUR"),
    offer("jeans", title="Jeans", color="Blue", price="60 EUR"),
    offer("dress", title="Plain dress", color="Red", price="70 EUR"),
    offer("kid", title="Umbrella", price="10 EUR"),
)


def t_shirt(path: Path, colour: tuple[int, int, int]) -> Path:
    """A flat one, 600 x 700, on white."""
    picture = Image.new("RGB", (600, 700), (252, 252, 252))
    outline = [
        *((220, 90), (380, 90), (440, 110), (560, 230), (500, 300), (450, 250)),
        *((450, 520), (150, 520), (150, 250), (100, 300), (40, 230), (160, 110)),
    ]
    draw = ImageDraw.Draw(picture)
    draw.polygon(outline, fill=colour)
    draw.ellipse((245, 60, 355, 130), fill=(252, 252, 252))
    picture.save(path)
    return path


async def ids(search: ProductSearch, vector: Any, text: str = "", **filters: object) -> list[str]:
    request = {"text": text, "vector": tuple(float(x) for x in vector), "vector_kind": LOOK, **filters}
    answer = await search.search(OWNER, SearchRequest.model_validate(request))
    return [hit.product.id for hit in answer.hits]


@pytest.fixture
async def search(database: Database, tmp_path: Path) -> ProductSearch:
    await bring(database, json_lines(tmp_path / "feed.jsonl", OFFERS))
    return ProductSearch(database)


async def test_the_same_thing_in_another_colour_goes_before_another_thing(search: ProductSearch) -> None:
    found = await ids(search, look(*RED_SHIRT))
    assert found[0] == "red"
    assert set(found[1:3]) == {"wine", "stripes"}
    assert found.index("dress") < found.index("jeans")
    assert found[-1] == "kid"


async def test_filters_hold_beside_a_picture(search: ProductSearch) -> None:
    wanted = look(*RED_SHIRT)
    assert await ids(search, wanted, sizes=("L",)) == ["navy"]
    assert (await ids(search, wanted, most_price=50, currency="EUR"))[:2] == ["red", "stripes"]
    assert await ids(search, wanted, category="dress") == ["dress"]
    assert await ids(search, wanted, brand="Oak") == ["red"]


async def test_words_choose_and_the_picture_puts_in_order(search: ProductSearch) -> None:
    assert (await ids(search, look(*RED_SHIRT), "shirt"))[:2] == ["red", "stripes"]
    blue = look("top", (((20.0, 10.0, -30.0), 1.0),), "plain")
    assert (await ids(search, blue, "shirt"))[0] == "navy"


async def test_a_rare_filter_is_not_crowded_out_by_offers_that_look_more_alike(
    database: Database, tmp_path: Path
) -> None:
    many = [offer(str(n), title="Plain shirt", color="Red", brand="Elm") for n in range(700)]
    await bring(
        database,
        json_lines(tmp_path / "f.jsonl", [*many, offer("x", title="Hat", color="Blue", brand="Oak")]),
    )
    assert await ids(ProductSearch(database), look(*RED_SHIRT), brand="Oak") == ["x"]


async def test_of_a_common_word_the_nearest_are_found_wherever_they_stand(
    database: Database, tmp_path: Path
) -> None:
    many = [offer(str(n), title="Plain shirt", color="Navy") for n in range(900)]
    many.insert(870, offer("red", title="Plain shirt", color="Red"))
    await bring(database, json_lines(tmp_path / "f.jsonl", many))
    assert (await ids(ProductSearch(database), look(*RED_SHIRT), "plain shirt"))[0] == "red"


async def test_a_changed_offer_is_described_anew(
    database: Database, search: ProductSearch, tmp_path: Path
) -> None:
    assert (await ids(search, look(*RED_SHIRT)))[0] == "red"
    assert await describe_offers(database) == 0
    changed = [{**each, "color": "Green"} if each["id"] == "red" else each for each in OFFERS]
    await bring(database, json_lines(tmp_path / "feed.jsonl", changed))
    assert (await ids(search, look(*RED_SHIRT)))[0] != "red"
    assert await describe_offers(database) == 0


async def test_callers_bring_no_vectors_of_our_kind(database: Database, search: ProductSearch) -> None:
    with pytest.raises(InvalidOption, match="made here"):
        await VectorBook(database).put(OWNER, "shop", LOOK, {"red": [1.0]})


def test_a_picture_lies_near_what_it_shows(tmp_path: Path) -> None:
    seen = look_of_picture(t_shirt(tmp_path / "red.png", (200, 20, 40)), Limits())
    alike = [float(look(*other) @ seen) for other in (RED_SHIRT, ("top", RED_SHIRT[1], "striped"))]
    blue = float(look("bottom", (((30.0, 10.0, -50.0), 1.0),), "plain") @ seen)
    assert alike[0] > 0.9
    assert alike[0] > alike[1] > blue


def test_a_picture_of_nothing_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (400, 400), (250, 250, 250)).save(tmp_path / "empty.png")
    with pytest.raises(InputError):
        look_of_picture(tmp_path / "empty.png", Limits())


# --- the faces -----------------------------------------------------------------------------------------------


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Bottega]:
    async with Bottega(Settings(home=tmp_path / "home", compute_workers=1)) as bottega:
        feed = json_lines(tmp_path / "feed.jsonl", OFFERS)
        await bring(bottega.database, feed, owner=LOCAL.owner)
        yield bottega


async def test_a_picture_finds_offers_over_http(workshop: Bottega, tmp_path: Path) -> None:
    red = await workshop.add_asset(t_shirt(tmp_path / "red.png", (200, 20, 40)))
    hers = await workshop.add_asset(t_shirt(tmp_path / "hers.png", (20, 20, 90)), who=Principal(owner="bob"))
    transport = httpx.ASGITransport(create_app(workshop), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600/api/v1") as client:
        found = await client.get("/products", params={"like": red.id, "limit": 2})
        assert found.status_code == 200, found.text
        assert found.json()["matched"] == "vector"
        assert found.json()["products"][0]["id"] == "red"
        narrowed = await client.get("/products", params={"like": red.id, "q": "dress"})
        assert [each["id"] for each in narrowed.json()["products"]] == ["dress"]
        assert (await client.get("/products", params={"like": hers.id})).status_code == 404


async def test_vectors_of_a_callers_model_are_kept_and_searched_over_http(workshop: Bottega) -> None:
    transport = httpx.ASGITransport(create_app(workshop), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600/api/v1") as client:
        body = {"seller": "shop", "vectors": {"jeans": [0, 1], "red": [1, 0], "none": [1, 1]}}
        kept = await client.post("/products/vectors", json=body)
        assert kept.json() == {"unknown": ["none"]}, kept.text
        asked = {"request": {"vector": [0.1, 0.9], "limit": 1}}
        assert (await client.post("/products/search", json=asked)).json()["products"][0]["id"] == "jeans"
        for wrong in ({"kind": LOOK}, {"vectors": {"red": [0, 0]}}, {"seller": "a\0b"}):
            assert (await client.post("/products/vectors", json=body | wrong)).status_code == 422


def test_a_picture_finds_offers_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTTEGA_HOME", str(tmp_path / "home"))
    application = typer.Typer()
    fashion_shop.register(application)
    feed = json_lines(tmp_path / "feed.jsonl", OFFERS)
    runner = CliRunner()
    assert runner.invoke(application, ["import", str(feed), "--shop", "A"]).exit_code == 0
    picture = t_shirt(tmp_path / "red.png", (200, 20, 40))
    found = runner.invoke(application, ["search", "--like", str(picture), "--category", "top", "--json"])
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)["answer"]
    assert answer["products"][0]["id"] == "red"
    assert {each["category"] for each in answer["products"]} == {"top"}
    assert runner.invoke(application, ["search", "--like", "none.png"]).exit_code == 6
