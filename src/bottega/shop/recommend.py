"""Recommendations for an owner: candidates from the catalogue and the wardrobe, scored by `fashion.outfits`."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from bottega.errors import NotFound
from bottega.shop.colours import lab_of, named_colour
from bottega.shop.index import find, read_ready
from bottega.shop.looking import SearchRequest, looking_for
from bottega.shop.money import Price as Cost
from bottega.shop.money import decimals
from bottega.shop.offer_rows import CURRENCIES
from bottega.shop.product import Category, Product, from_record
from bottega.shop.search import EVERYBODY, ProductSearch
from bottega.shop.sizes import size_keys
from bottega.shop.terms import materials_and_patterns
from bottega.shop.vocabulary import all_of, vocabulary
from bottega.shop.wardrobe import MOST as MOST_OWN
from bottega.shop.wardrobe import Wardrobe, WardrobeItem
from bottega.shop.words import stems
from bottega.store.database import Database
from bottega.store.schema import product_vocabulary as V

if TYPE_CHECKING:  # numpy is imported by the first request, not at start
    from bottega.fashion.outfits.table import ItemTable
    from bottega.fashion.outfits.values import Context, Item, Price, Profile, Recommendations

MOST = 20
"""Recommendations of one request."""
PER_CATEGORY = 3000
"""Offers of one category that are looked at for one request."""
_CATEGORIES: tuple[Category, ...] = ("top", "bottom", "dress", "outerwear", "shoes", "accessory")
_KEPT = 7 * PER_CATEGORY
"""Offers that need not be read again: those of one request, and some. With fewer places than one request has offers, each
would push out one that the next request begins with."""
_SEPARATOR = "/"
_T = TypeVar("_T")


def offer_id(product: Product) -> str:
    """Of the item that stands for an offer: its shop and its id there."""
    return f"{product.shop}{_SEPARATOR}{product.id}"


def item_of_offer(product: Product) -> "Item":
    from bottega.fashion.outfits.values import Item, Price

    made = materials_and_patterns(product)
    price = product.current_price
    keys = [
        key for size in product.sizes if size.available for key in size_keys(size.label, product.size_system)
    ]
    return Item(
        id=offer_id(product),
        title=product.title,
        category=product.category,
        kind=product.kind,
        price=Price(price.amount, price.currency) if price else None,
        colours=tuple(colour.lab for colour in product.colours if colour.lab is not None),
        material=next((term[2:] for term in made if term.startswith("xm")), ""),
        pattern=next((term[2:] for term in made if term.startswith("xt")), ""),
        gender=product.gender,
        age_group=product.age_group,
        sizes=frozenset(keys),
        brand=product.brand,
        group_id=f"{product.shop}{_SEPARATOR}{product.group_id}" if product.group_id else "",
        in_stock=product.is_buyable,
    )


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


class Candidates:
    """Items that an owner can see."""

    def __init__(self, database: Database, search: ProductSearch, wardrobe: Wardrobe) -> None:
        self._database = database
        self._search = search
        self._wardrobe = wardrobe

    async def table(
        self,
        owner: str,
        budget: "Price | None",
        locked: Sequence[str] = (),
        *,
        wardrobe: bool = True,
        shops: bool = True,
    ) -> "ItemTable":
        """Offers that may be bought for this budget, a bounded number of each category, the own things, and what
        is locked whatever it is. Raises NotFound for a locked id that is neither."""
        from bottega.fashion.outfits.table import table_of

        items: dict[str, Item] = {}
        if wardrobe:
            items |= {own.id: item_of_own(own) for own in await self._wardrobe.list(owner, limit=MOST_OWN)}
        if shops:
            found = await read_ready(self._database, lambda c: _offers(c, owner, budget))
            items |= {item.id: item for item in found}
        for id_ in locked:
            if id_ not in items:
                items[id_] = await self._one(owner, id_)
        return await self.computed(lambda: table_of(items.values()))

    async def _one(self, owner: str, id_: str) -> "Item":
        shop, separator, key = id_.partition(_SEPARATOR)
        if not separator:
            return item_of_own(await self._wardrobe.get(owner, id_))
        try:
            return item_of_offer(await self._search.get(owner, shop, key))
        except NotFound:
            raise NotFound(f"There is no item {id_[:80]!r} to be kept.") from None

    @staticmethod
    async def computed(work: Callable[[], _T]) -> _T:
        """Off the event loop."""
        return await asyncio.to_thread(work)


def _offers(connection: sa.Connection, owner: str, budget: "Price | None") -> "list[Item]":
    found: list[Item] = []
    known = list(connection.execute(sa.select(V.c.term).where(V.c.kind == CURRENCIES)).scalars())
    for category in _CATEGORIES:
        most = Decimal(budget.amount).scaleb(-decimals(budget.currency)) if budget else None
        request = SearchRequest(
            category=category,
            most_price=most,
            currency=budget.currency if budget else "",
        )
        looking = looking_for(request, (owner, EVERYBODY), (), known)
        rows: Sequence[Any] = find(connection, "p.record", looking.expression(()), PER_CATEGORY)
        for (record,) in rows:
            price, item = _item(record)
            if looking.fits_price(price):
                found.append(item)
    return list({item.id: item for item in found}.values())


@lru_cache(maxsize=_KEPT)
def _item(record: str) -> "tuple[Cost | None, Item]":
    """With what it costs now."""
    product = from_record(record)
    return product.current_price, item_of_offer(product)


async def recommend(
    candidates: Candidates,
    owner: str,
    profile: "Profile",
    context: "Context",
    *,
    limit: int = MOST,
    with_wardrobe: bool = False,
) -> "Recommendations":
    """As `fashion.outfits.score_items`, over what the owner can see: offers, and with `with_wardrobe` own things too."""
    from bottega.fashion.outfits.scoring import score_items

    table = await candidates.table(owner, context.budget, wardrobe=with_wardrobe)
    return await candidates.computed(lambda: score_items(table, profile, context, limit=limit))
