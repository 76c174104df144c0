"""Offers as items of outfits: read from their stored records, the same as what the feed says, and read anew when it changes."""

from pathlib import Path

import pytest
from feed_files import OWNER, bring, json_lines, offer

from bottega.errors import NotFound
from bottega.fashion.outfits.values import Item, Price
from bottega.shop.feeds import open_feed
from bottega.shop.items import item_of_offer
from bottega.shop.product import to_record
from bottega.shop.recommend import Candidates
from bottega.shop.search import ProductSearch
from bottega.shop.wardrobe import NewItem, Wardrobe
from bottega.store.database import Database

FULL = offer(
    "7",
    title="Striped linen shirt",
    price="60 EUR",
    sale_price="45.50 EUR",
    color="Navy / White",
    sizes=[{"label": "S", "stock": 0}, {"label": "M", "stock": 2}, {"label": "38.5"}],
    size_system="EU",
    gender="female",
    age_group="adult",
    brand="Oak",
    item_group_id="g",
)


class NoPictures:
    async def get(self, asset_id: str, owner: str) -> object:
        raise NotFound("There is no such picture.")


@pytest.fixture
async def candidates(database: Database, tmp_path: Path) -> Candidates:
    await bring(database, json_lines(tmp_path / "feed.jsonl", [FULL, offer("8", title="Jeans")]))
    wardrobe = Wardrobe(database, NoPictures())  # type: ignore[arg-type]
    return Candidates(database, ProductSearch(database), wardrobe)


def item_of(path: Path, **fields: object) -> Item:
    feed = open_feed(json_lines(path / "one.jsonl", [FULL | fields]), shop="shop")
    product = next(product for _, product, _ in feed.offers())
    assert product is not None
    return item_of_offer(to_record(product))


def test_an_item_is_what_the_offer_says(tmp_path: Path) -> None:
    item = item_of(tmp_path)
    assert (item.id, item.title, item.brand, item.group_id) == (
        "shop/7",
        "Striped linen shirt",
        "Oak",
        "shop/g",
    )
    assert (item.category, item.kind, item.material, item.pattern) == ("top", "shirt", "linen", "striped")
    assert (item.gender, item.age_group) == ("female", "adult")
    assert item.price == Price(4550, "EUR"), "what it costs now"
    assert item.sizes >= {"m", "38h", "eu38h"}
    assert "s" not in item.sizes, "sold out"
    assert [lightness < 50 for lightness, _, _ in item.colours] == [True, False]
    assert item.in_stock
    assert not item.owned


def test_fields_of_their_own_go_before_the_title(tmp_path: Path) -> None:
    item = item_of(tmp_path, material="silk", pattern="floral")
    assert (item.material, item.pattern) == ("silk", "floral")


@pytest.mark.parametrize(
    "fields",
    [{"availability": "out_of_stock"}, {"sizes": [{"label": "S", "stock": 0}]}],
    ids=["said", "no size left"],
)
def test_what_cannot_be_bought_is_out_of_stock(tmp_path: Path, fields: dict[str, object]) -> None:
    assert not item_of(tmp_path, **fields).in_stock


async def test_the_same_offers_are_one_table(candidates: Candidates) -> None:
    table = await candidates.table(OWNER, None)
    assert await candidates.table(OWNER, None) is table
    assert {item.id for item in table.items} == {"shop/7", "shop/8"}


async def test_a_changed_offer_and_a_new_thing_of_ones_own_are_seen_at_once(
    candidates: Candidates, database: Database, tmp_path: Path
) -> None:
    await candidates.table(OWNER, None)
    changed = [FULL | {"sale_price": "20 EUR"}, offer("8", title="Jeans")]
    await bring(database, json_lines(tmp_path / "again.jsonl", changed))
    own = await Wardrobe(database, NoPictures()).add(OWNER, NewItem(name="Linen shirt"))  # type: ignore[arg-type]
    table = await candidates.table(OWNER, None)
    assert table.items[table.row_of["shop/7"]].price == Price(2000, "EUR")
    assert table.price[table.row_of["shop/7"]] == 2000
    assert own.id in table.row_of


async def test_a_budget_leaves_out_what_costs_more(candidates: Candidates) -> None:
    table = await candidates.table(OWNER, Price(4600, "EUR"))
    assert {item.id for item in table.items} == {"shop/7"}
    assert len(await candidates.table(OWNER, Price(4600, "USD"))) == 0
