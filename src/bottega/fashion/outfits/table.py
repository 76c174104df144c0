"""Items as columns, so that a hundred thousand of them are judged at once. What is good is decided elsewhere."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.fashion.colours import lch
from bottega.fashion.outfits.traits import F32, F64, I32, Bool, coded, traits_of
from bottega.fashion.outfits.values import SEASONS, Item

I64 = NDArray[np.int64]
GENDERS = ("", "female", "male")
_GENDER: Mapping[str, int] = {gender: at for at, gender in enumerate(GENDERS)}


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
    ids, titles, categories, kinds, prices, colours, *more = _columns(rows)
    materials, patterns, genders, ages, sizes, seasons, groups, in_stock, owned = more
    row_of = {id_: at for at, id_ in enumerate(ids)}
    if len(row_of) != len(rows):
        raise InvalidOption("Two items have the same id.", hint="Ids are unique, also across shops.")
    traits = traits_of(kinds, categories, materials, patterns, titles)
    currencies = tuple(sorted({price.currency for price in prices if price is not None}))
    code = {name: at for at, name in enumerate(currencies)}
    lab = np.array([each[0] if each else _UNKNOWN for each in colours], np.float64).reshape(-1, 3)
    polar = lch(lab)
    age, age_names = coded(ages)
    fit, fit_sets = coded(zip(categories, sizes, strict=True))
    return ItemTable(
        items=rows,
        slot=traits.slot,
        kind=traits.kind,
        kinds=traits.kinds,
        cut=traits.cut,
        cuts=traits.cuts,
        formality=traits.formality,
        clo=traits.clo,
        least_c=traits.least_c,
        most_c=traits.most_c,
        rain=traits.rain,
        styles=traits.styles,
        lab=lab,
        chroma=np.nan_to_num(polar[:, 1]),
        hue=np.nan_to_num(polar[:, 2]),
        patterned=np.array([pattern not in ("", "plain") for pattern in patterns], np.bool_),
        price=np.array([price.amount if price else 0 for price in prices], np.int64),
        currency=np.array([code[price.currency] if price else -1 for price in prices], np.int32),
        currencies=currencies,
        gender=np.array([_GENDER.get(gender, 0) for gender in genders], np.int32),
        age=age,
        ages=age_names,
        fit=fit,
        fits=fit_sets,
        seasons=_season_column(seasons),
        owned=np.array(owned, np.bool_),
        in_stock=np.array(in_stock, np.bool_),
        group=coded([group or f"\0{id_}" for group, id_ in zip(groups, ids, strict=True)])[0],
        row_of=row_of,
    )


_COLUMNS = (
    "id", "title", "category", "kind", "price", "colours", "material", "pattern", "gender", "age_group", "sizes",
    "seasons", "group_id", "in_stock", "owned",
)  # fmt: skip


def _columns(rows: Sequence[Item]) -> list[tuple[Any, ...]]:
    """The fields of `_COLUMNS`."""
    return [tuple(map(attrgetter(name), rows)) for name in _COLUMNS]


_UNKNOWN = (float("nan"),) * 3


def kind_of(table: ItemTable, row: int) -> str:
    return table.kinds[int(table.kind[row])]


def season_bit(season: str) -> int:
    return 1 << SEASONS.index(season) if season in SEASONS else 0  # type: ignore[arg-type]


def _season_bits(seasons: frozenset[str]) -> int:
    return sum(season_bit(season) for season in seasons)


def _season_column(seasons: Sequence[frozenset[str]]) -> I32:
    codes, each = coded(seasons)
    return np.array([_season_bits(one) for one in each], np.int32)[codes]
