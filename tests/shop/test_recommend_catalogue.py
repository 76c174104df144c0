"""Recommendations and looks come from the demo catalogue and the own wardrobe, and never from another owner's things."""

from pathlib import Path

import pytest
from feed_files import OWNER, bring

from bottega.errors import NotFound
from bottega.fashion.outfits.values import Context, Price, Profile
from bottega.shop.demo import SHOP, write_demo_feed
from bottega.shop.looks import compose_looks
from bottega.shop.recommend import Candidates, recommend
from bottega.shop.search import ProductSearch
from bottega.shop.wardrobe import NewItem, Wardrobe
from bottega.store.database import Database


class NoPictures:
    async def get(self, asset_id: str, owner: str) -> object:
        raise NotFound("There is no such picture.")


@pytest.fixture
async def wardrobe(database: Database) -> Wardrobe:
    return Wardrobe(database, NoPictures())  # type: ignore[arg-type]


@pytest.fixture
async def candidates(database: Database, wardrobe: Wardrobe, tmp_path: Path) -> Candidates:
    await bring(database, write_demo_feed(tmp_path / "demo.jsonl"), shop=SHOP)
    return Candidates(database, ProductSearch(database), wardrobe)


async def test_recommendations_are_in_size_and_budget(candidates: Candidates) -> None:
    profile = Profile(gender="female", sizes={"top": frozenset({"m"}), "shoes": frozenset({"38"})})
    found = await recommend(candidates, OWNER, profile, Context("office", budget=Price(8000, "EUR")))
    assert len(found) == 20
    for scored in found:
        assert scored.item.price is not None
        assert scored.item.price.amount <= 8000
        assert scored.item.gender in ("female", "unisex")
        assert scored.item.category != "top" or "m" in scored.item.sizes


async def test_five_looks_from_the_demo_catalogue(candidates: Candidates) -> None:
    looks = await compose_looks(
        candidates, OWNER, Context("brunch", temperature_c=20), budget=Price(40_000, "EUR")
    )
    assert len(looks) == 5
    assert all(look.total is not None and look.total.amount <= 40_000 for look in looks)
    assert all(item.id.startswith(f"{SHOP}/") for look in looks for item in look.items)


async def test_an_own_thing_is_kept_in_every_look_and_costs_nothing(
    candidates: Candidates, wardrobe: Wardrobe
) -> None:
    own = await wardrobe.add(OWNER, NewItem(name="Linen shirt", colours=("white",)))
    looks = await compose_looks(candidates, OWNER, Context("brunch", temperature_c=22), n=3, locked=[own.id])
    assert len(looks) == 3
    for look in looks:
        mine = next(item for item in look.items if item.id == own.id)
        assert mine.owned
        assert mine.material == "linen"
        assert look.total is not None
        assert look.total.amount == sum(i.price.amount for i in look.items if i.price and not i.owned)


async def test_what_is_another_owners_cannot_be_kept(candidates: Candidates, wardrobe: Wardrobe) -> None:
    theirs = await wardrobe.add("bob", NewItem(name="Linen shirt"))
    for id_ in (theirs.id, f"{SHOP}/none"):
        with pytest.raises(NotFound):
            await compose_looks(candidates, OWNER, Context(), locked=[id_])


async def test_a_model_that_answers_nonsense_leaves_the_order_of_the_rules(candidates: Candidates) -> None:
    async def nonsense(prompt: str) -> str:
        return '{"order": ["look-of-my-own"]}'

    context = Context("brunch", temperature_c=20)
    plain = await compose_looks(candidates, OWNER, context)
    asked = await compose_looks(candidates, OWNER, context, ask=nonsense)
    assert asked.looks == plain.looks
    assert "does not exist" in asked.rerank_failed
