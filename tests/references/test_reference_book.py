"""Saving, listing, renaming and removing names, on both databases; owners are apart."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bottega.domain.request import Request, Role
from bottega.errors import Conflict, InvalidOption, NotFound
from bottega.references import ReferenceBook, ReferenceKind, UnknownMention
from bottega.references.book import MOST
from bottega.store.assets import AssetStore
from bottega.store.database import Database
from bottega.store.schema import named_references

PERSON, GARMENT, OTHER = ReferenceKind.PERSON, ReferenceKind.GARMENT, ReferenceKind.OTHER


@pytest.fixture
async def cat(assets: AssetStore, photographs: Path) -> str:
    return (await assets.add(photographs / "chelsea.png", owner="alice", name="cat.png")).id


@pytest.fixture
async def cup(assets: AssetStore, photographs: Path) -> str:
    return (await assets.add(photographs / "coffee.png", owner="alice", name="cup.png")).id


async def test_a_saved_name_is_found_in_any_case(book: ReferenceBook, cat: str) -> None:
    saved = await book.save("alice", "@Chelsea", PERSON, cat)
    assert (saved.name, saved.kind, saved.asset_id) == ("Chelsea", PERSON, cat)
    assert await book.get("alice", "@CHELSEA") == saved


async def test_a_taken_name_is_not_taken_over_unless_told_to(book: ReferenceBook, cat: str, cup: str) -> None:
    first = await book.save("alice", "pet", OTHER, cat)
    assert await book.save("alice", "pet", OTHER, cat) == first
    with pytest.raises(Conflict):
        await book.save("alice", "PET", OTHER, cup)
    assert (await book.get("alice", "pet")).asset_id == cat
    assert (await book.save("alice", "PET", OTHER, cup, replace=True)).name == "PET"
    assert [each.asset_id for each in await book.list("alice")] == [cup]


async def test_a_list_can_be_of_one_kind(book: ReferenceBook, cat: str, cup: str) -> None:
    await book.save("alice", "zoe", PERSON, cat)
    await book.save("alice", "Coat", GARMENT, cup)
    assert [each.name for each in await book.list("alice")] == ["Coat", "zoe"]
    assert [each.name for each in await book.list("alice", PERSON)] == ["zoe"]


async def test_renaming_keeps_the_rest(book: ReferenceBook, cat: str, cup: str) -> None:
    await book.save("alice", "pet", PERSON, cat)
    await book.save("alice", "cup", OTHER, cup)
    renamed = await book.change("alice", "pet", new_name="Кошка")
    assert (renamed.name, renamed.kind, renamed.asset_id) == ("Кошка", PERSON, cat)
    assert (await book.change("alice", "кошка", new_name="КОШКА")).name == "КОШКА"
    assert (await book.change("alice", "кошка", kind=OTHER)).kind is OTHER
    with pytest.raises(NotFound):
        await book.get("alice", "pet")
    with pytest.raises(Conflict):
        await book.change("alice", "кошка", new_name="CUP")
    with pytest.raises(InvalidOption):
        await book.change("alice", "кошка", new_name="a b")


async def test_a_removed_name_is_gone_and_the_picture_stays(
    book: ReferenceBook, assets: AssetStore, cat: str
) -> None:
    await book.save("alice", "pet", PERSON, cat)
    await book.remove("alice", "@pet")
    assert await book.list("alice") == ()
    assert (await assets.get(cat, "alice")).id == cat
    with pytest.raises(NotFound):
        await book.remove("alice", "pet")


async def test_owners_see_nothing_of_each_other(book: ReferenceBook, cat: str) -> None:
    await book.save("alice", "pet", PERSON, cat)
    assert await book.list("bob") == ()
    assert await book.suggest("bob", "pe") == ()
    for attempt in (
        book.get("bob", "pet"),
        book.remove("bob", "pet"),
        book.change("bob", "pet", new_name="mine"),
        book.save("bob", "pet", PERSON, cat),  # the picture is not his
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(UnknownMention) as caught:
        await book.resolve(Request(prompt="draw @pett"), "bob")
    assert caught.value.details["near"] == []
    assert (await book.get("alice", "pet")).asset_id == cat


async def test_a_sentence_is_resolved_with_the_owners_pictures(book: ReferenceBook, cat: str) -> None:
    await book.save("alice", "pet", PERSON, cat)
    resolved = await book.resolve(Request(prompt="draw @Pet"), "alice")
    assert [(ref.role, ref.asset_id) for ref in resolved.request.inputs] == [(Role.PERSON, cat)]


async def test_suggestions_begin_so_then_hold_it_then_are_near(book: ReferenceBook, cat: str) -> None:
    for name in ("sarah", "sara_2", "ann-sara", "bob", "zara"):
        await book.save("alice", name, PERSON, cat)
    assert [each.name for each in await book.suggest("alice", "@SARA")] == [
        "sara_2",
        "sarah",
        "ann-sara",
        "zara",
    ]
    assert len(await book.suggest("alice", "")) == 5
    assert [each.name for each in await book.suggest("alice", "", limit=2)] == ["ann-sara", "bob"]
    assert await book.suggest("alice", "%_\0'") == ()


async def test_of_many_who_save_a_name_at_once_one_has_it(
    book: ReferenceBook, cat: str, cup: str, database: Database
) -> None:
    tries = [book.save("alice", "pet", OTHER, picture) for picture in (cat, cup) * 6]
    results = await asyncio.gather(*tries, return_exceptions=True)
    winner = (await book.get("alice", "pet")).asset_id
    for picture, result in zip((cat, cup) * 6, results, strict=True):
        assert isinstance(result, Conflict) is (picture != winner), result


async def test_of_two_renamed_to_the_same_name_one_has_it(book: ReferenceBook, cat: str, cup: str) -> None:
    await book.save("alice", "one", OTHER, cat)
    await book.save("alice", "two", OTHER, cup)
    tries = [book.change("alice", name, new_name="same") for name in ("one", "two")]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert len(await book.list("alice")) == 2


async def test_the_book_is_not_endless(book: ReferenceBook, cat: str, database: Database) -> None:
    rows = [
        {
            "owner": "alice",
            "name": f"n{i}",
            "spelling": f"n{i}",
            "kind": "other",
            "asset_id": cat,
            "created_at": 0,
        }
        for i in range(MOST)
    ]
    await database.write(lambda c: c.execute(sa.insert(named_references), rows) and None)
    with pytest.raises(Conflict, match=str(MOST)):
        await book.save("alice", "one-more", OTHER, cat)
    assert (await book.save("alice", "n1", PERSON, cat, replace=True)).kind is PERSON
