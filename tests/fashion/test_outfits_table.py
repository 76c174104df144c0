"""The table of items: each column says of each item what the data files say, read item by item with plain loops."""

import itertools
import tomllib
from typing import Any

import numpy as np
import pytest
from drawn_wardrobes import FOLDER, wardrobe
from hypothesis import given
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.fashion.outfits.data import words_of
from bottega.fashion.outfits.table import table_of
from bottega.fashion.outfits.traits import SLOTS, traits_of
from bottega.fashion.outfits.values import STYLES, Item

DATA: dict[str, Any] = tomllib.loads((FOLDER / "kinds.toml").read_text("utf-8"))
BEGINNINGS = {begin: entry for entry in DATA["words"] for begin in entry["begin"].split()}
CLOTHES = ("top", "bottom", "dress", "outerwear", "scarf", "hat", "gloves")
ODD = [
    Item(
        "odd1",
        "Tee-shirt  \u2013slim-fit \u00c9vening\u00a0RELAXED\u2014\u00df",
        "top",
        "no kind",
        material="linen",
    ),
    Item("odd2", "cropped relaxed", "other", material="linen", pattern="floral"),
    Item("odd3", "", "dress"),
    Item("odd4", "slim slim SLIM tailored", "bottom", "jeans", material="no cloth", pattern="no pattern"),
]


def said_by(title: str) -> list[dict[str, Any]]:
    """Each once, in order: the longest beginning of a word that is known, of four letters or the whole word."""
    found: dict[str, dict[str, Any]] = {}
    for word in words_of(title):
        lengths = (n for n in range(len(word), 2, -1) if n == len(word) or n >= 4)
        begin = next((word[:n] for n in lengths if word[:n] in BEGINNINGS), None)
        if begin is not None:
            found[begin] = BEGINNINGS[begin]
    return list(found.values())


def read(item: Item) -> dict[str, Any]:
    kind = item.kind if item.kind in DATA["kinds"] else DATA["of_category"].get(item.category, "")
    if not kind:
        none = {"slot": None, "kind": "", "cuts": frozenset(), "rain": False, "styles": [0.0] * len(STYLES)}
        return none | dict.fromkeys(("formality", "clo", "least_c", "most_c"), 0.0)
    base, cloth = DATA["kinds"][kind], DATA["materials"].get(item.material)
    pattern, said = DATA["patterns"].get(item.pattern), said_by(item.title)
    shifts = [each for each in (cloth, pattern, *said) if each is not None]
    warm = [base, *([cloth] if cloth is not None and base["slot"] in CLOTHES else [])]
    return {
        "slot": base["slot"],
        "kind": kind,
        "cuts": frozenset(each["cut"] for each in said if each.get("cut")),
        "formality": min(
            max(base["formality"] + sum(each.get("formality", 0.0) for each in shifts), 1.0), 5.0
        ),
        "clo": sum(each.get("clo", 0.0) for each in warm),
        "least_c": max(each.get("least_c", -60.0) for each in warm),
        "most_c": min(each.get("most_c", 60.0) for each in warm),
        "rain": all(each.get("rain", True) for each in (base, cloth or {})),
        "styles": [
            min(1.0, sum(each.get("styles", {}).get(style, 0.0) for each in (base, *shifts)))
            for style in STYLES
        ],
    }


@pytest.mark.parametrize("items", [ODD, [*wardrobe(3000, seed=8), *ODD]], ids=["odd", "drawn"])
def test_every_item_is_read_as_by_itself(items: list[Item]) -> None:
    table = table_of(items)
    for row, item in enumerate(items):
        wanted = read(item)
        assert table.kinds[table.kind[row]] == wanted["kind"], item
        assert (SLOTS[table.slot[row]] if table.slot[row] >= 0 else None) == wanted["slot"]
        assert table.cuts[table.cut[row]] == wanted["cuts"], item
        assert bool(table.rain[row]) == wanted["rain"]
        for column in ("formality", "clo", "least_c", "most_c"):
            assert getattr(table, column)[row] == pytest.approx(wanted[column], abs=1e-5), (column, item)
        assert table.styles[row] == pytest.approx(wanted["styles"], abs=1e-6)
        assert bool(table.patterned[row]) == (item.pattern not in ("", "plain"))
        assert table.price[row] == (item.price.amount if item.price else 0)
        assert table.fits[table.fit[row]] == (item.category, item.sizes)


def test_variants_share_a_group_and_nothing_else_does() -> None:
    items = [item for item in wardrobe(400, seed=2) if item.group_id][:20] + ODD
    group = table_of(items).group
    for (one, first), (other, second) in itertools.combinations(zip(items, group, strict=True), 2):
        assert (first == second) == (bool(one.group_id) and one.group_id == other.group_id)


def test_no_items_are_a_table_of_length_none() -> None:
    table = table_of([])
    assert len(table) == len(table.slot) == 0
    assert table.lab.shape == (0, 3)
    assert table.styles.shape == (0, len(STYLES))


def test_two_items_with_one_id_are_refused() -> None:
    with pytest.raises(InvalidOption):
        table_of([ODD[0], ODD[0]])


@given(
    st.text(max_size=40) | st.text(st.sampled_from("slimtaored \t\u00a0-\u2013_/\u00c9\u0301"), max_size=60)
)
def test_a_title_says_what_its_words_say(title: str) -> None:
    """However it is cut into pieces on the way."""
    table = traits_of(["shirt"], ["top"], [""], [""], [title])
    said = said_by(title)
    assert table.cuts[table.cut[0]] == {each["cut"] for each in said if each.get("cut")}
    shift = sum(each.get("formality", 0.0) for each in said)
    formality = min(max(DATA["kinds"]["shirt"]["formality"] + shift, 1.0), 5.0)
    assert np.isclose(table.formality[0], formality, atol=1e-5)
