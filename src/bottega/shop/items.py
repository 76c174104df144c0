"""Offers and own things as items of `fashion.outfits`. Which of them are looked at is left to `recommend`."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from bottega.shop.colours import lab_of, named_colour
from bottega.shop.product import BUYABLE, Size
from bottega.shop.sizes import size_keys
from bottega.shop.terms import materials_and_patterns
from bottega.shop.vocabulary import all_of, vocabulary
from bottega.shop.wardrobe import WardrobeItem
from bottega.shop.words import stems

if TYPE_CHECKING:  # numpy is imported by the first request, not at start
    from bottega.fashion.outfits.values import Item

SEPARATOR = "/"
"""Between the shop and the offer's id there, which are the id of the item that stands for the offer."""


def item_of_offer(record: str) -> "Item":
    """Of an offer as it is stored: see `product.to_record`. A request reads thousands, so that no Product is made of them."""
    from bottega.fashion.outfits.values import Item, Price

    (
        id_, title, shop, group_id, _description, _link, _images, price, sale, availability, brand, gender, age_group,
        colours, sizes, system, material, pattern, category, kind, _source,
    ) = json.loads(record)  # fmt: skip
    available = tuple([label for label, stock in sizes if Size(label, stock).available])
    made, looks = _made(materials_and_patterns(title, material, pattern))
    now = sale or price
    return Item(
        id=f"{shop}{SEPARATOR}{id_}",
        title=title,
        category=category,
        kind=kind,
        price=Price(*now) if now else None,
        colours=tuple([tuple(lab) for *_, lab in colours if lab is not None]),
        material=made,
        pattern=looks,
        gender=gender,
        age_group=age_group,
        sizes=_keys(available, system),
        brand=brand,
        group_id=f"{shop}{SEPARATOR}{group_id}" if group_id else "",
        in_stock=availability in BUYABLE and bool(available or not sizes),
    )


def _made(terms: Sequence[str]) -> tuple[str, str]:
    """The first material and the first pattern."""
    material = next((term[2:] for term in terms if term.startswith("xm")), "")
    return material, next((term[2:] for term in terms if term.startswith("xt")), "")


@lru_cache(maxsize=16_384)
def _keys(labels: tuple[str, ...], system: str) -> frozenset[str]:
    return frozenset(key for label in labels for key in size_keys(label, system))


def item_of_own(own: WardrobeItem) -> "Item":
    """Material and pattern are read from the name."""
    from bottega.fashion.outfits.values import Item

    said = stems(own.name)
    words = vocabulary()
    return Item(
        id=own.id,
        title=own.name,
        category=own.category,
        kind=own.kind,
        colours=tuple(lab_of(c.hex) for text in own.colours if (c := named_colour(text)) and c.hex),
        material=next((name for _, name, _ in all_of(words.materials, said)), ""),
        pattern=next((name for _, name, _ in all_of(words.patterns, said)), ""),
        seasons=frozenset(own.seasons),
        owned=True,
        picture=own.asset_id,
    )
