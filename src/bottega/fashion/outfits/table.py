"""Items as columns, so that a hundred thousand of them are judged at once. What is good is decided elsewhere."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.fashion.colours import lch
from bottega.fashion.outfits.data import Tables, Traits, tables, words_of
from bottega.fashion.outfits.values import SEASONS, STYLES, Item

_T = TypeVar("_T")
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

SLOTS: tuple[str, ...] = (
    "top", "bottom", "dress", "outerwear", "shoes", "bag", "belt", "scarf", "hat", "gloves", "jewellery", "sunglasses",
    "watch", "tie", "socks", "wallet",
)  # fmt: skip
"""Of each a look has one at most."""
SLOT_OF: Mapping[str, int] = {slot: at for at, slot in enumerate(SLOTS)}
_CLOTHES = frozenset({"top", "bottom", "dress", "outerwear", "scarf", "hat", "gloves"})
"""Slots in which a material decides about warmth."""
FORMALITY = (1.0, 5.0)
GENDERS = ("", "female", "male")


@dataclass(frozen=True, slots=True)
class ItemTable:
    """N items as columns of length N. `slot` is an index into `SLOTS`, -1 for what is none of them; `gender` into `GENDERS`;
    `currency` into `currencies`, -1 without a price; `group` is the same for variants. `styles`: N x 8. `lab`: N x 3, the
    dominant colour, NaN where none is known; `chroma` and `hue` (degrees) of it. `seasons`: bits, 0 for all. `kind`, `cut`,
    `age` and `fit` (category and sizes) are indices into the distinct values beside them."""

    items: tuple[Item, ...]
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
    lab: F64
    chroma: F64
    hue: F64
    patterned: Bool
    price: I64
    currency: I32
    currencies: tuple[str, ...]
    gender: I32
    age: I32
    ages: tuple[str, ...]
    fit: I32
    fits: tuple[tuple[str, frozenset[str]], ...]
    seasons: I32
    owned: Bool
    in_stock: Bool
    group: I32
    row_of: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.items)

    def is_kind(self, kinds: Collection[str]) -> Bool:
        """Which items are of one of the kinds; N."""
        return np.array([kind in kinds for kind in self.kinds], np.bool_)[self.kind]


def is_neutral(lab: F64) -> Bool:
    """Colours that the clothing trade combines with all others, `N x 3` -> `N`: greys, black, white, very dark blues, earth
    tones. Bounds in CIELAB (C* below 20; L* below 25 with C* below 35; hue 50 to 115 degrees with C* below 42) are set so
    that navy, camel, beige, khaki, olive and brown are neutral and burgundy, mustard and teal are not. Unknown is neutral."""
    lightness, chroma, hue = np.moveaxis(lch(lab), -1, 0)
    earth = (hue >= 50) & (hue <= 115) & (chroma < 42)
    dark = (lightness < 25) & (chroma < 35)
    return (chroma < 20) | dark | earth | np.isnan(chroma)


def hue_family(lab: F64) -> I32:
    """Which twelfth of the hue circle, `N x 3` -> `N`; -1 for neutrals."""
    hue = lch(lab)[..., 2]
    family = np.floor(((np.nan_to_num(hue) + 15) % 360) / 30).astype(np.int32)
    return np.where(is_neutral(lab), np.int32(-1), family).astype(np.int32)


def table_of(items: "Iterable[Item] | ItemTable") -> ItemTable:
    """Raises InvalidOption for two items with the same id. A table is given back as it is."""
    if isinstance(items, ItemTable):
        return items
    rows = tuple(items)
    row_of = {item.id: at for at, item in enumerate(rows)}
    if len(row_of) != len(rows):
        raise InvalidOption("Two items have the same id.", hint="Ids are unique, also across shops.")
    kinds = _Kinds(tables())
    traits = [kinds.of(item) for item in rows]
    currencies = tuple(sorted({item.price.currency for item in rows if item.price is not None}))
    code = {name: at for at, name in enumerate(currencies)}
    lab = np.array([i.colours[0] if i.colours else _UNKNOWN for i in rows], np.float64).reshape(-1, 3)
    polar = lch(lab)
    kind, kind_names = _coded([t.kind for t in traits])
    cut, cut_sets = _coded([t.cuts for t in traits])
    age, age_names = _coded([item.age_group for item in rows])
    fit, fit_sets = _coded([(str(item.category), item.sizes) for item in rows])
    columns = list(zip(*[t.numbers for t in traits], strict=True)) or [()] * 6
    return ItemTable(
        items=rows,
        slot=np.array(columns[0], np.int32),
        kind=kind,
        kinds=kind_names,
        cut=cut,
        cuts=cut_sets,
        formality=np.array(columns[1], np.float32),
        clo=np.array(columns[2], np.float32),
        least_c=np.array(columns[3], np.float32),
        most_c=np.array(columns[4], np.float32),
        rain=np.array(columns[5], np.bool_),
        styles=np.array([t.styles for t in traits], np.float32).reshape(-1, len(STYLES)),
        lab=lab,
        chroma=np.nan_to_num(polar[:, 1]),
        hue=np.nan_to_num(polar[:, 2]),
        patterned=np.array([item.pattern not in ("", "plain") for item in rows], np.bool_),
        price=np.array([item.price.amount if item.price else 0 for item in rows], np.int64),
        currency=np.array([code[item.price.currency] if item.price else -1 for item in rows], np.int32),
        currencies=currencies,
        gender=np.array([_gender(item.gender) for item in rows], np.int32),
        age=age,
        ages=age_names,
        fit=fit,
        fits=fit_sets,
        seasons=np.array([_season_bits(item.seasons) for item in rows], np.int32),
        owned=np.array([item.owned for item in rows], np.bool_),
        in_stock=np.array([item.in_stock for item in rows], np.bool_),
        group=_groups(rows),
        row_of=row_of,
    )


_UNKNOWN = (float("nan"),) * 3


def kind_of(table: ItemTable, row: int) -> str:
    return table.kinds[int(table.kind[row])]


def season_bit(season: str) -> int:
    return 1 << SEASONS.index(season) if season in SEASONS else 0  # type: ignore[arg-type]


def _season_bits(seasons: frozenset[str]) -> int:
    return sum(season_bit(season) for season in seasons)


def _gender(gender: str) -> int:
    return GENDERS.index(gender) if gender in GENDERS else 0


def _coded(values: Sequence[_T]) -> tuple[I32, tuple[_T, ...]]:
    """Indices into the distinct values, in the order in which they come."""
    seen: dict[_T, int] = {}
    codes = np.array([seen.setdefault(value, len(seen)) for value in values], np.int32)
    return codes, tuple(seen)


def _groups(rows: Sequence[Item]) -> I32:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(item.group_id or f"\0{item.id}", len(seen)) for item in rows], np.int32)


@dataclass(frozen=True, slots=True)
class _Traits:
    numbers: tuple[float, ...]
    """Slot, formality, clo, least and most degrees, rain."""
    kind: str
    cuts: frozenset[str]
    styles: tuple[float, ...]


class _Kinds:
    """Reads items; what the same words say is looked up once."""

    def __init__(self, known: Tables) -> None:
        self._known = known
        self._words: dict[str, Traits | None] = {}
        self._titles: dict[tuple[str, str, str, str], _Traits] = {}

    def of(self, item: Item) -> _Traits:
        kind = item.kind if item.kind in self._known.kinds else self._known.of_category.get(item.category, "")
        key = (kind, item.material, item.pattern, item.title)
        if key not in self._titles:
            self._titles[key] = self._read(*key)
        return self._titles[key]

    def _read(self, kind: str, material: str, pattern: str, title: str) -> _Traits:
        known = self._known
        base = known.kinds.get(kind)
        if base is None:
            return _Traits((-1, 0, 0, 0, 0, False), "", frozenset(), (0.0,) * len(STYLES))
        said = [t for word in words_of(title) if (t := self._word(word)) is not None]
        said = list({id(each): each for each in said}.values())
        cloth = known.materials.get(material)
        shifts = [each for each in (cloth, known.patterns.get(pattern), *said) if each is not None]
        least, most = base.least_c, base.most_c
        if cloth is not None and base.slot in _CLOTHES:
            least, most = max(least, cloth.least_c), min(most, cloth.most_c)
        rain = base.rain and (cloth is None or cloth.rain)
        formality = base.formality + sum(each.formality for each in shifts)
        clo = base.clo + (cloth.clo if cloth is not None and base.slot in _CLOTHES else 0.0)
        styles = tuple(
            min(1.0, sum(each.styles.get(style, 0.0) for each in (base, *shifts))) for style in STYLES
        )
        numbers = (
            SLOT_OF[base.slot],
            min(max(formality, FORMALITY[0]), FORMALITY[1]),
            clo,
            least,
            most,
            rain,
        )
        return _Traits(numbers, kind, frozenset(each.cut for each in said if each.cut), styles)

    def _word(self, word: str) -> Traits | None:
        """The traits of the longest beginning of a word that is known, of four letters or the whole word."""
        if word not in self._words:
            found = (
                self._known.words.get(word[:length])
                for length in range(len(word), 2, -1)
                if length == len(word) or length >= 4
            )
            self._words[word] = next((each for each in found if each is not None), None)
        return self._words[word]
