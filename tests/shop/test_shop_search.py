"""Search finds by words in five languages, by filters and by colour, the same on both databases, and never across owners."""

from decimal import Decimal
from pathlib import Path

import pytest
from feed_files import OWNER, bring, json_lines, offer

from bottega.errors import InvalidOption, NotFound
from bottega.shop.demo import SHOP, write_demo_feed
from bottega.shop.importing import EVERYBODY
from bottega.shop.search import ProductSearch, SearchAnswer, SearchRequest
from bottega.shop.vectors import VectorBook
from bottega.store.database import Database

OFFERS = (
    offer(
        "linen",
        title="Linen shirt",
        price="45 EUR",
        color="White",
        sizes=["S", "M"],
        gender="male",
        brand="Oak",
    ),
    offer("dear", title="Linen shirt fine", price="145 EUR", color="Navy", sizes=["M"], gender="male"),
    offer("tee", title="Linen t-shirt", price="20 EUR", color="Black", sizes=["L"], gender="unisex"),
    offer(
        "dress",
        title="Summer dress",
        price="70 EUR",
        color="#d2051f",
        gender="female",
        description="of linen",
    ),
    offer("wine", title="Evening dress", price="90 EUR", color="Burgundy", gender="female"),
    offer("kleid", title="Blaues Sommerkleid", price="60 EUR", gender="female"),
    offer("robe", title="Robe en lin verte", price="55 EUR", gender="female"),
    offer("рубашка", title="Льняная рубашка", price="3000 RUB", gender="male"),
    offer(
        "boots", title="Leather boots", price="120 EUR", sizes=[{"label": "38", "stock": 0}, {"label": "39"}]
    ),
    offer("out", title="Linen shirt sold out", availability="out_of_stock"),
)


@pytest.fixture
async def search(database: Database, tmp_path: Path) -> ProductSearch:
    await bring(database, json_lines(tmp_path / "feed.jsonl", OFFERS))
    return ProductSearch(database)


async def ids(search: ProductSearch, text: str = "", **filters: object) -> list[str]:
    answer = await search.search(OWNER, SearchRequest.model_validate({"text": text, **filters}))
    return [hit.product.id for hit in answer.hits]


async def answer(search: ProductSearch, text: str) -> SearchAnswer:
    return await search.search(OWNER, SearchRequest(text=text))


async def test_a_sentence_in_each_language_finds_shirts_of_linen(search: ProductSearch) -> None:
    for text in ("linen shirt", "Leinenhemd", "chemise en lin", "camisa de lino", "льняные рубашки"):
        found = await ids(search, text)
        assert {"linen", "dear", "рубашка"} <= set(found), text
        assert "boots" not in found


async def test_the_price_in_the_sentence_filters(search: ProductSearch) -> None:
    assert set(await ids(search, "linen shirt under 50 EUR")) == {"linen", "tee"}
    assert set(await ids(search, "dress between 55 and 65 euros")) == {"kleid", "robe"}


async def test_the_bounds_of_a_price_belong_to_it(search: ProductSearch) -> None:
    both = await ids(search, least_price=Decimal(45), most_price=Decimal(55), currency="EUR")
    assert set(both) == {"linen", "robe"}


async def test_a_price_in_one_currency_leaves_out_the_others(search: ProductSearch) -> None:
    assert await ids(search, "рубашка до 5000 рублей") == ["рубашка"]


async def test_what_is_named_goes_before_what_is_only_described(search: ProductSearch) -> None:
    assert (await ids(search, "linen shirt"))[0] == "linen"


async def test_a_shirt_goes_before_a_t_shirt(search: ProductSearch) -> None:
    found = await ids(search, "linen shirt")
    assert found.index("linen") < found.index("tee")


async def test_words_of_the_description_are_found_where_no_title_has_them(search: ProductSearch) -> None:
    found = await answer(search, "summer linen dress")
    assert [hit.product.id for hit in found.hits] == ["dress"]
    assert found.matched == "description"


async def test_a_size_must_be_in_stock(search: ProductSearch) -> None:
    assert await ids(search, "linen shirt size L") == ["tee"]
    assert await ids(search, "boots size 38") == []
    assert await ids(search, "boots size 39") == ["boots"]


async def test_a_gender_takes_unisex_along(search: ProductSearch) -> None:
    assert set(await ids(search, "linen t-shirt for men")) == {"tee"}
    assert "dress" not in await ids(search, "dress", gender="male")


async def test_a_colour_word_finds_near_shades(search: ProductSearch) -> None:
    found = await answer(search, "rote Kleider")
    assert found.hits[0].product.id == "dress"
    assert found.understood["colours"][0]["name"] == "red"
    assert "kleid" not in [hit.product.id for hit in found.hits]


async def test_a_hex_colour_is_held_to_its_distance(search: ProductSearch) -> None:
    assert await ids(search, colour="#d00000", colour_distance=6) == ["dress"]
    assert set(await ids(search, colour="#d00000", colour_distance=40)) >= {"dress", "wine"}


async def test_sold_out_offers_are_found_only_when_asked_for(search: ProductSearch) -> None:
    assert "out" not in await ids(search, "linen shirt")
    assert "out" in await ids(search, "linen shirt", in_stock=False)


async def test_brand_shop_and_category_filter(search: ProductSearch) -> None:
    assert await ids(search, brand="OAK") == ["linen"]
    assert await ids(search, category="shoes") == ["boots"]
    assert await ids(search, shop="another") == []
    assert len(await ids(search, shop="SHOP")) == len(OFFERS) - 1


async def test_near_words_stand_in_for_unknown_ones_and_are_named(search: ProductSearch) -> None:
    found = await answer(search, "lether bots")
    assert [hit.product.id for hit in found.hits] == ["boots"]
    assert found.matched == "near words"
    assert found.corrected


async def test_a_beginning_finds_the_word(search: ProductSearch) -> None:
    assert await ids(search, "boo") == ["boots"]


async def test_nothing_fitting_is_an_empty_answer(search: ProductSearch) -> None:
    assert await ids(search, "zzzzqqq xxyyzz") == []
    assert await ids(search, "'; DROP TABLE products; -- \" OR * NEAR(a b)") == []
    assert await ids(search, "boots") == ["boots"]


async def test_offers_of_one_group_are_one_hit(database: Database, tmp_path: Path) -> None:
    rows = [offer(f"coat-{size}", title="Coat", size=size, item_group_id="g") for size in "SML"]
    await bring(database, json_lines(tmp_path / "feed.jsonl", rows))
    found = await ProductSearch(database).search(OWNER, SearchRequest(text="coat"))
    assert len(found.hits) == 1
    assert len(found.hits[0].variants) == 2


async def test_owners_see_their_own_and_everybodys(database: Database, tmp_path: Path) -> None:
    for owner, id_ in (("ann", "hers"), ("bob", "his"), (EVERYBODY, "all")):
        await bring(database, json_lines(tmp_path / f"{id_}.jsonl", [offer(id_)]), owner=owner)
    search = ProductSearch(database)
    found = await search.search("ann", SearchRequest(text="shirt"))
    assert {hit.product.id for hit in found.hits} == {"hers", "all"}
    with pytest.raises(NotFound):
        await search.get("ann", "shop", "his")


async def test_an_empty_catalogue_answers_with_nothing(database: Database) -> None:
    assert not (await ProductSearch(database).search(OWNER, SearchRequest(text="shirt"))).hits


async def test_a_colour_that_is_none_is_refused(search: ProductSearch) -> None:
    with pytest.raises(InvalidOption, match="colour"):
        await ids(search, colour="loudly")


async def test_vectors_of_callers_rank_and_find(database: Database, search: ProductSearch) -> None:
    book = VectorBook(database)
    unknown = await book.put(
        OWNER,
        "shop",
        "image",
        {"wine": [0.0, 1.0], "dress": [1.0, 0.1], "kleid": [0.5, 0.5], "none": [1.0, 0.0]},
    )
    assert unknown == ("none",)
    assert (await ids(search, vector=(1.0, 0.0)))[:3] == ["dress", "kleid", "wine"]
    assert (await ids(search, "dress", vector=(0.0, 1.0)))[0] == "wine"
    assert await ids(search, vector=(0.0, 1.0), gender="male") == []


@pytest.mark.parametrize("vector", [(0.0, 0.0), (float("nan"), 1.0)])
async def test_a_vector_without_direction_is_refused(
    search: ProductSearch, vector: tuple[float, ...]
) -> None:
    with pytest.raises(InvalidOption):
        await ids(search, vector=vector)


async def test_the_demo_catalogue_has_every_category(database: Database, tmp_path: Path) -> None:
    report = await bring(database, write_demo_feed(tmp_path / "demo.jsonl"), shop=SHOP)
    assert (report.new, report.bad) == (300, 0)
    search = ProductSearch(database)
    for category in ("top", "bottom", "dress", "outerwear", "shoes", "accessory"):
        assert await ids(search, category=category), category
    assert await ids(search, "linen shirt under 90 EUR")


async def test_a_common_word_and_a_rare_one_are_found_in_a_large_catalogue(
    database: Database, tmp_path: Path
) -> None:
    """Common words are answered from a part of it; sizes of one thing stay together, and what is rare is not missed."""
    rows = [
        offer(str(n), title="Linen shirt" if n != 700 else "Linen shirt Quetzal", item_group_id=f"g{n // 4}")
        for n in range(4000)
    ]
    await bring(database, json_lines(tmp_path / "large.jsonl", rows))
    search = ProductSearch(database)
    common = await search.search(OWNER, SearchRequest(text="shirt"))
    assert len(common.hits) == 20
    assert sum(len(hit.variants) == 3 for hit in common.hits) >= 15  # others lie at the edge of the part
    assert await ids(search, "quetzal shirt") == ["700"]
