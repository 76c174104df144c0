"""What kinds, materials, patterns and the words of titles say of items, for all items at once. The table takes it as columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.outfits.data import Tables, Traits, tables, words_of
from bottega.fashion.outfits.values import STYLES

_T = TypeVar("_T")
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

SLOTS: tuple[str, ...] = (
    "top", "bottom", "dress", "outerwear", "shoes", "bag", "belt", "scarf", "hat", "gloves", "jewellery", "sunglasses",
    "watch", "tie", "socks", "wallet",
)  # fmt: skip
"""Of each a look has one at most."""
SLOT_OF: Mapping[str, int] = {slot: at for at, slot in enumerate(SLOTS)}
_CLOTHES = frozenset({"top", "bottom", "dress", "outerwear", "scarf", "hat", "gloves"})
"""Slots in which a material decides about warmth."""
_FORMALITY = (1.0, 5.0)
_NONE = -1
"""The place of what is not known: the last, which says nothing."""


@dataclass(frozen=True, slots=True)
class TraitColumns:
    """Columns of `table.ItemTable`, of length N; `styles` N x 8."""

    slot: I32
    kind: I32
    kinds: tuple[str, ...]
    cut: I32
    cuts: tuple[frozenset[str], ...]
    formality: F32
    clo: F32
    least_c: F32
    most_c: F32
    rain: Bool
    styles: F32


def traits_of(
    kinds: Sequence[str],
    categories: Sequence[str],
    materials: Sequence[str],
    patterns: Sequence[str],
    titles: Sequence[str],
) -> TraitColumns:
    """Of N items, given as columns. A category stands in for a kind that is not known; without either an item is in no slot
    (-1), and nothing else is read of it."""
    known = tables()
    kind, kind_names = _kinds(known, kinds, categories)
    base = _Said(known.kinds)
    at = base.places(kind_names)[kind]
    has = at != _NONE
    cloth, pattern = _Said(known.materials), _Said(known.patterns)
    made = np.where(has, cloth.places(materials), _NONE)
    looks = np.where(has, pattern.places(patterns), _NONE)
    word = _Said(known.words)
    said, each_said = coded(_said_in(titles, word.place, has))
    words = _padded(each_said)[said]
    formality, styles = cloth.formality[made] + pattern.formality[looks], base.styles[at]
    styles = styles + cloth.styles[made] + pattern.styles[looks]
    for nth in words.T:
        formality, styles = formality + word.formality[nth], styles + word.styles[nth]
    slot = np.array([*(SLOT_OF[each.slot] for each in known.kinds.values()), -1], np.int32)[at]
    warm = np.isin(slot, [SLOT_OF[each] for each in _CLOTHES]) & (made != _NONE)
    least_c, most_c = base.least_c[at], base.most_c[at]
    cut, cuts = _cuts(known, said, each_said)
    return TraitColumns(
        slot=slot,
        kind=kind,
        kinds=kind_names,
        cut=cut,
        cuts=cuts,
        formality=np.where(has, np.clip(base.formality[at] + formality, *_FORMALITY), 0).astype(np.float32),
        clo=(base.clo[at] + np.where(warm, cloth.clo[made], 0)).astype(np.float32),
        least_c=np.where(warm, np.maximum(least_c, cloth.least_c[made]), least_c).astype(np.float32),
        most_c=np.where(warm, np.minimum(most_c, cloth.most_c[made]), most_c).astype(np.float32),
        rain=base.rain[at] & ((made == _NONE) | cloth.rain[made]),
        styles=np.minimum(styles, 1).astype(np.float32),
    )


def coded(values: Iterable[_T]) -> tuple[I32, tuple[_T, ...]]:
    """Indices into the distinct values, in the order in which they come."""
    seen: dict[_T, int] = {}
    codes = np.array([seen.setdefault(value, len(seen)) for value in values], np.int32)
    return codes, tuple(seen)


class _Said:
    """What M names say, in columns of M + 1: the last says nothing. `place` has where each name is."""

    def __init__(self, entries: Mapping[str, Traits]) -> None:
        every = list(entries.values())
        self.place = {name: at for at, name in enumerate(entries)}
        self.formality = np.array([*(each.formality for each in every), 0.0])
        self.clo = np.array([*(each.clo for each in every), 0.0])
        self.least_c = np.array([*(each.least_c for each in every), 0.0])
        self.most_c = np.array([*(each.most_c for each in every), 0.0])
        self.rain = np.array([*(each.rain for each in every), False])
        styles = [[each.styles.get(style, 0.0) for style in STYLES] for each in every]
        self.styles = np.array([*styles, [0.0] * len(STYLES)])

    def places(self, names: Sequence[str]) -> I32:
        place = self.place
        return np.array([place.get(name, _NONE) for name in names], np.int32)


def _kinds(known: Tables, kinds: Sequence[str], categories: Sequence[str]) -> tuple[I32, tuple[str, ...]]:
    code, pairs = coded(zip(kinds, categories, strict=True))
    own = [kind if kind in known.kinds else known.of_category.get(category, "") for kind, category in pairs]
    again, names = coded(own)
    return again[code], names


class _Pieces(dict[str, tuple[int, ...]]):
    """What each piece of a title between spaces says: places of beginnings of words. Looked up once."""

    def __init__(self, place: Mapping[str, int]) -> None:
        self._place = place

    def __missing__(self, piece: str) -> tuple[int, ...]:
        found = (self._longest(word) for word in words_of(piece))
        self[piece] = tuple(at for at in found if at is not None)
        return self[piece]

    def _longest(self, word: str) -> int | None:
        """The longest beginning of a word that is known, of four letters or the whole word."""
        found = (
            self._place.get(word[:length])
            for length in range(len(word), 2, -1)
            if length == len(word) or length >= 4
        )
        return next((each for each in found if each is not None), None)


def _said_in(titles: Sequence[str], place: Mapping[str, int], has: Bool) -> list[tuple[int, ...]]:
    """For each title the places of what its words say, each once and in order; nothing where not `has`."""
    pieces = _Pieces(place)
    said: list[tuple[int, ...]] = []
    for title, is_read in zip(titles, has.tolist(), strict=True):
        found = [at for piece in title.split() for at in pieces[piece]] if is_read else ()
        said.append(tuple(dict.fromkeys(found)))
    return said


def _padded(said: Sequence[tuple[int, ...]]) -> I32:
    """S x the most words of one title."""
    most = max(map(len, said), default=0)
    rows = [(*each, *(_NONE,) * (most - len(each))) for each in said]
    return np.array(rows, np.int32).reshape(len(said), most)


def _cuts(
    known: Tables, said: I32, each_said: Sequence[tuple[int, ...]]
) -> tuple[I32, tuple[frozenset[str], ...]]:
    words = [each.cut for each in known.words.values()]
    cut, cuts = coded(frozenset(words[at] for at in each if words[at]) for each in each_said)
    return cut[said], cuts
