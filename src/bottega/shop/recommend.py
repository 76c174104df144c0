"""Recommendations for an owner: candidates from the catalogue and the wardrobe, scored by `fashion.outfits`."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from bottega.errors import NotFound
from bottega.shop.index import find, read_ready
from bottega.shop.items import SEPARATOR, item_of_offer, item_of_own
from bottega.shop.looking import SearchRequest, looking_for
from bottega.shop.money import Price as Cost
from bottega.shop.money import decimals
from bottega.shop.offer_rows import CURRENCIES
from bottega.shop.product import Category, to_record
from bottega.shop.search import EVERYBODY, ProductSearch
from bottega.shop.wardrobe import MOST as MOST_OWN
from bottega.shop.wardrobe import Wardrobe
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
_T = TypeVar("_T")


class Candidates:
    """Items that an owner can see."""

    def __init__(self, database: Database, search: ProductSearch, wardrobe: Wardrobe) -> None:
        self._database = database
        self._search = search
        self._wardrobe = wardrobe
        self._last: ItemTable | None = None

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
        items: dict[str, Item] = {}
        if wardrobe:
            items |= {own.id: item_of_own(own) for own in await self._wardrobe.list(owner, limit=MOST_OWN)}
        if shops:
            found = await read_ready(self._database, lambda c: _offers(c, owner, budget))
            items |= {item.id: item for item in found}
        for id_ in locked:
            if id_ not in items:
                items[id_] = await self._one(owner, id_)
        rows = tuple(items.values())
        return await self.computed(lambda: self._table(rows))

    def _table(self, items: "tuple[Item, ...]") -> "ItemTable":
        """The last one again where it is of the same items: most requests look at the same offers."""
        from bottega.fashion.outfits.table import table_of

        last = self._last
        if last is None or last.items != items:
            last = self._last = table_of(items)
        return last

    async def _one(self, owner: str, id_: str) -> "Item":
        shop, separator, key = id_.partition(SEPARATOR)
        if not separator:
            return item_of_own(await self._wardrobe.get(owner, id_))
        try:
            return item_of_offer(to_record(await self._search.get(owner, shop, key)))
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
        records: Sequence[Any] = find(connection, "p.record", looking.expression(()), PER_CATEGORY)
        found += [item for (record,) in records if looking.fits_price(_cost(item := _item(record)))]
    return list({item.id: item for item in found}.values())


@lru_cache(maxsize=_KEPT)
def _item(record: str) -> "Item":
    return item_of_offer(record)


def _cost(item: "Item") -> Cost | None:
    return Cost(item.price.amount, item.price.currency) if item.price else None


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
