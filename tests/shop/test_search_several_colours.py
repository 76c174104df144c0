"""Several colours that must all match: the same offers as when every offer is looked at, in few passes of the index."""

import itertools
import random
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from feed_files import OWNER, bring, json_lines, offer
from hypothesis import given
from hypothesis import strategies as st

from bottega.imaging.colour_difference import ciede2000
from bottega.shop.colours import cell_of, cells_near, lab_of
from bottega.shop.importing import EVERYBODY
from bottega.shop.index import Either, Every, Prefix, holds
from bottega.shop.search import ProductSearch, SearchAnswer, SearchRequest
from bottega.shop.words import LONGEST_WORD, split, stem, stems
from bottega.store.database import Database

COLOURS = ("Black", "White", "Yellow", "Red", "Green")
KINDS = ("Shirt", "Dress", "Scarf")


def colours_of(number: int) -> tuple[str, ...]:
    """One to four; three together are rare."""
    chance = random.Random(number)
    return tuple(chance.sample(COLOURS, chance.choice((1, 1, 1, 1, 2, 3, 4))))


@pytest.fixture
async def search(database: Database, tmp_path: Path) -> ProductSearch:
    """600 offers, of which each tenth is sold out; another owner's have all colours."""
    rows = [
        offer(
            str(n),
            title=f"{KINDS[n % 3]} Nova {n}",
            color=" / ".join(colours_of(n)),
            description="goes with a scarf",
            availability="out_of_stock" if n % 10 == 0 else "in_stock",
        )
        for n in range(600)
    ]
    await bring(database, json_lines(tmp_path / "feed.jsonl", rows))
    theirs = [offer(f"b{n}", title="Shirt", color=" / ".join(COLOURS)) for n in range(20)]
    await bring(database, json_lines(tmp_path / "bob.jsonl", theirs), owner="bob")
    ours = [offer("all", title="Shirt of everybody", color=" / ".join(COLOURS))]
    await bring(database, json_lines(tmp_path / "all.jsonl", ours), owner=EVERYBODY, shop="all")
    return ProductSearch(database)


def everything(found: SearchAnswer) -> set[str]:
    return {id_ for hit in found.hits for id_ in (hit.product.id, *hit.variants)}


@pytest.mark.parametrize("wanted", list(itertools.combinations(COLOURS, 3)))
async def test_those_are_found_that_have_all_three(search: ProductSearch, wanted: tuple[str, ...]) -> None:
    for at, kind in enumerate(KINDS):
        found = await search.search(OWNER, SearchRequest(text=f"{kind} {' '.join(wanted)}", limit=100))
        expected = {str(n) for n in range(at, 600, 3) if n % 10 and {*wanted} <= {*colours_of(n)}}
        assert found.matched == "words"
        assert everything(found) == expected | ({"all"} if kind == "Shirt" else set())


async def test_the_words_are_read_more_loosely_among_them_too(search: ProductSearch) -> None:
    asked = SearchRequest(text="goes black white red", limit=100)
    found = await search.search(OWNER, asked)
    assert found.matched == "description"
    assert len(everything(found)) == sum(
        bool(n % 10) and {"Black", "White", "Red"} <= {*colours_of(n)} for n in range(600)
    )
    begun = await search.search(OWNER, SearchRequest(text="shi black white red"))
    assert begun.matched == "beginnings"
    near = await search.search(OWNER, SearchRequest(text="schirt black white red"))
    assert near.matched == "near words"
    assert near.corrected == {"schirt": near.corrected["schirt"]}


async def test_colours_that_no_offer_has_are_asked_for_once(search: ProductSearch) -> None:
    """However many ways there are to read the words."""
    sent = list[str]()
    asked = SearchRequest(text="linen schirt blue purple pink")
    await search.search(OWNER, asked)  # the near words are made
    sa.event.listen(search._database._read_engine, "before_cursor_execute", lambda *g: sent.append(g[2]))
    assert not (await search.search(OWNER, asked)).hits
    assert sum("p.record" in statement for statement in sent) == 1


def test_an_expression_holds_for_terms_as_the_index_reads_it() -> None:
    terms = {"wshirt", "xyred"}
    assert holds(Every(("wshirt", Either(("xyblue", "xyred")))), terms)
    assert holds(Every(()), terms)
    assert not holds(Every(("wshirt", "xyblue")), terms)
    assert holds(Prefix("wsh"), terms)
    assert not holds(Prefix("wx"), terms)


def test_no_colour_within_the_distance_is_in_a_cell_left_out() -> None:
    cells = [f"{n:03x}" for n in range(4096)]
    chance = np.random.default_rng(3)
    every = chance.integers(0, 256, (4000, 3))
    every[:2000] //= 4  # dark cells are the widest
    hexes = ["#" + "".join(f"{int(channel):02x}" for channel in rgb) for rgb in every]
    labs = np.array([lab_of(hex_) for hex_ in hexes])
    for hex_ in ("#000000", "#0b1030", "#1f3a1e", "#d0021b", "#f5deb3", "#808080", "#2040ff"):
        apart = ciede2000(lab_of(hex_), labs)
        for distance in (5.0, 20.0):
            near = set(cells_near(lab_of(hex_), distance, cells))
            inside = {cell_of(hexes[at]) for at in np.flatnonzero(apart <= distance)}
            assert inside or distance < 20
            assert inside <= near
    assert cells_near(lab_of("#000000"), 20, ()) == ()


def test_grey_is_not_looked_at_for_red() -> None:
    """The middle of a cell is too coarse a measure: each cell more is read for all its offers."""
    assert cells_near(lab_of("#d0021b"), 20, ["888", "c02"]) == ("c02",)


@given(st.text(max_size=80) | st.text(st.sampled_from("aéß \t\u00a0-_/ẞİ\u0301w"), max_size=90))
def test_stems_of_a_text_are_those_of_its_words(text: str) -> None:
    assert stems(text) == [stem(word) for word in split(text)]
    assert all(len(word) <= LONGEST_WORD for word in stems(text))
