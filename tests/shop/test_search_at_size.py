"""What keeps a search short in a large catalogue changes nothing of what it finds: parts of it, one statement, near words."""

import random
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from feed_files import OWNER, bring, json_lines, offer

from bottega.shop.index import Every, find, ready
from bottega.shop.search import ProductSearch, SearchRequest
from bottega.shop.terms import owner_term
from bottega.shop.vectors import NearWords, word_vector
from bottega.store.database import Database

LIMIT = 40
SIXTEENTH, QUARTER = 960, 192
"""Bits that are not set in the id of an offer that belongs to the part."""


@pytest.fixture
async def catalogue(database: Database, tmp_path: Path) -> Database:
    """Of 4,096 offers all are shirts, each sixteenth is of linen, each 256th of silk, three are of velvet."""
    rows = [
        offer(
            str(n),
            title="Shirt"
            + (" linen" if n % 16 == 0 else "")
            + (" silk" if n % 256 == 0 else "")
            + (" velvet" if n in (7, 1700, 4000) else ""),
        )
        for n in range(4096)
    ]
    await bring(database, json_lines(tmp_path / "feed.jsonl", rows))
    return database


async def found_ids(database: Database, *terms: str, limit: int = LIMIT) -> list[int]:
    expression = Every((*terms, owner_term(OWNER)))

    def work(connection: sa.Connection) -> list[int]:
        assert ready(connection)
        return [row[0] for row in find(connection, "p.id", expression, limit)]

    return await database.read(work)


async def test_a_common_word_is_answered_from_a_sixteenth(catalogue: Database) -> None:
    ids = await found_ids(catalogue, "wshirt")
    assert len(ids) == len(set(ids)) == LIMIT
    assert catalogue.is_sqlite or not any(id_ & SIXTEENTH for id_ in ids)


async def test_a_less_common_word_is_answered_from_a_quarter(catalogue: Database) -> None:
    """256 of linen: some 16 in the sixteenth, fewer than half of the limit; some 64 in the quarter."""
    ids = await found_ids(catalogue, "wshirt", "wlin")
    assert len(ids) == len(set(ids)) == LIMIT
    assert catalogue.is_sqlite or not any(id_ & QUARTER for id_ in ids)
    assert catalogue.is_sqlite or any(id_ & SIXTEENTH for id_ in ids)


@pytest.mark.parametrize(("word", "count"), [("wsilk", 16), ("wvelvet", 3), ("wnothing", 0)])
async def test_all_of_a_rare_word_are_found(catalogue: Database, word: str, count: int) -> None:
    ids = await found_ids(catalogue, word, "wshirt")
    assert len(ids) == len(set(ids)) == count


@pytest.mark.parametrize(
    ("text", "matched", "most"),
    [
        ("linen shirt under 900 EUR", "words", 3),
        ("linn shrt", "near words", 8),
        ("jupiter saturn neptune", "some words", 8),
    ],
)
async def test_a_search_is_few_statements(catalogue: Database, text: str, matched: str, most: int) -> None:
    """Each is a round trip to the database's server."""
    search, sent = ProductSearch(catalogue), list[str]()
    await search.search(OWNER, SearchRequest(text=text))
    engine = catalogue._read_engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    answer = await search.search(OWNER, SearchRequest(text=text))
    assert answer.matched == matched
    assert len(sent) <= most, sent


async def test_a_search_makes_the_index_where_it_is_missing(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.open()
    try:
        assert not await database.read(ready)
        await ProductSearch(database).search(OWNER, SearchRequest(text="shirt"))
        assert await database.read(ready)
    finally:
        await database.close()


async def test_an_import_leaves_nothing_aside_that_each_search_would_read(
    catalogue: Database, tmp_path: Path
) -> None:
    if catalogue.is_sqlite:
        pytest.skip("only PostgreSQL sets changes of the index aside")
    changed = [offer(str(n), title="Shirt of hemp") for n in range(0, 4096, 4)]
    report = await bring(catalogue, json_lines(tmp_path / "changed.jsonl", changed), full=False)
    assert report.changed == len(changed)
    pages = sa.text("SELECT gin_clean_pending_list('ix_products_terms')")
    assert await catalogue.write(lambda c: c.execute(pages).scalar_one()) == 0


def test_near_words_are_those_with_the_nearest_vectors() -> None:
    """The figures are kept apart by their place; the products are those of the whole vectors."""
    chance = random.Random(5)
    parts = ["lin", "en", "shi", "rt", "ka", "ro", "mi", "dal", "vel", "vet", "wo", "ol"]
    words = sorted({"".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(3000)})
    near = NearWords(words)
    matrix = np.array([word_vector(word) for word in words])
    for asked in ("linnen", "shrt", "karmi", "velvit"):
        found = near.of(asked)
        assert found
        products = matrix @ word_vector(asked)
        least = np.sort(products)[-30]
        assert all(products[words.index(word)] >= least - 1e-3 for word in found)
    assert near.of("xyzzy") == []
    assert near.of(words[17])[0] == words[17]
    assert NearWords(()).of("shirt") == []
