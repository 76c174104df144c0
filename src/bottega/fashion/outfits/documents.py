"""Items and taste as plain JSON values, as the outfit workflow carries them from the wardrobe and the shops to the engine."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

from pydantic import Field, ValidationError

from bottega.domain.base import Value
from bottega.errors import InvalidOption
from bottega.fashion.outfits.values import Category, Item, Price, Profile

MOST = 2000
"""Items of one task."""
_Lab = tuple[float, float, float]


class ItemDocument(Value):
    """The fields of `fashion.outfits.values.Item`; `colours` are CIE L*a*b* (D65), `amount` minor units of `currency`."""

    id: str = Field(min_length=1, max_length=300)
    title: str = Field(max_length=500)
    category: Category
    kind: str = Field(default="", max_length=60)
    amount: int | None = Field(default=None, ge=0)
    currency: str = Field(default="", max_length=3)
    colours: tuple[_Lab, ...] = Field(default=(), max_length=12)
    material: str = Field(default="", max_length=60)
    pattern: str = Field(default="", max_length=60)
    gender: str = Field(default="", max_length=20)
    age_group: str = Field(default="", max_length=20)
    sizes: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    brand: str = Field(default="", max_length=200)
    group_id: str = Field(default="", max_length=500)
    owned: bool = False
    picture: str = Field(default="", pattern="^([0-9a-f]{64})?$")


class TasteDocument(Value):
    """What answers to looks have taught: see `fashion.outfits.values.Profile`."""

    liking: dict[str, float] = Field(default_factory=dict[str, float])
    liking_at: float = 0.0


def document_of(item: Item) -> dict[str, Any]:
    """Without what has its default. Items out of stock are not to be given: a document does not say it."""
    price = item.price
    document = ItemDocument(
        amount=price.amount if price else None,
        currency=price.currency if price else "",
        colours=tuple((round(lab[0], 2), round(lab[1], 2), round(lab[2], 2)) for lab in item.colours),
        sizes=tuple(sorted(item.sizes)),
        seasons=tuple(sorted(item.seasons)),
        **{name: getattr(item, name) for name in _SAME},
    )
    return document.model_dump(mode="json", exclude_defaults=True)


_SAME = (
    *("id", "title", "category", "kind", "material", "pattern", "gender", "age_group", "brand", "group_id"),
    *("owned", "picture"),
)


def items_of(documents: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Raises InvalidOption for a document that is none."""
    try:
        read = [ItemDocument.model_validate(document) for document in documents]
    except ValidationError as error:
        raise InvalidOption(f"An item cannot be read: {error.errors()[0]['msg']}.") from None
    return [
        Item(
            price=Price(one.amount, one.currency) if one.amount is not None and one.currency else None,
            colours=tuple(one.colours),
            sizes=frozenset(one.sizes),
            seasons=frozenset(one.seasons),
            **{name: getattr(one, name) for name in _SAME},
        )
        for one in read
    ]


def profile_with(
    taste: Mapping[str, Any], *, gender: str = "", styles: Iterable[str] = (), **known: Any
) -> Profile:
    """What was learned, with what is said and seen of the person. Raises InvalidOption."""
    try:
        read = TasteDocument.model_validate(taste)
    except ValidationError as error:
        raise InvalidOption(f"The taste cannot be read: {error.errors()[0]['msg']}.") from None
    return Profile(
        gender=cast("Literal['female', 'male', '']", gender),
        styles=MappingProxyType(dict.fromkeys(styles, 1.0)),
        liking=MappingProxyType({n: min(1.0, max(-1.0, v)) for n, v in read.liking.items()}),
        liking_at=read.liking_at,
        **known,
    )
