"""What an outfit is chosen from: a bounded choice of a user's clothes and the shops' offers, and the user's taste."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bottega.errors import InvalidOption
from bottega.shop.money import read_price
from bottega.shop.recommend import Candidates
from bottega.shop.search import ProductSearch
from bottega.shop.taste import TasteBook
from bottega.shop.vectors import VectorBook
from bottega.shop.wardrobe import Wardrobe
from bottega.store.assets import AssetStore
from bottega.store.database import Database

if TYPE_CHECKING:  # numpy is imported by the first request, not at start
    from bottega.fashion.outfits.table import ItemTable
    from bottega.fashion.outfits.values import Context, Item, Price, Profile

MOST_OFFERS, MOST_OWN = 40, 60
"""Items of each slot that go into one task, of shops and of the wardrobe: the best for the occasion and the weather."""


class Stylist:
    """`search`, `vectors`, `candidates`, `wardrobe` and `book` serve the faces as well."""

    def __init__(self, database: Database, store: AssetStore) -> None:
        self.wardrobe = Wardrobe(database, store)
        self.search = ProductSearch(database)
        self.vectors = VectorBook(database)
        self.candidates = Candidates(database, self.search, self.wardrobe)
        self.book = TasteBook(database)

    async def profile(self, owner: str, **said: Any) -> "Profile":
        """What was learned of the owner's taste, with what is said: see `fashion.outfits.documents.profile_with`."""
        from bottega.fashion.outfits.documents import profile_with

        return profile_with(await self.book.taste(owner), **said)

    async def choice(self, owner: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """`items` and `taste` for the options of an outfit, as far as they are not given. Raises NotFound for a locked id
        that is no item, InvalidOption for an occasion that is not known."""
        from bottega.fashion.outfits.documents import document_of

        taste = options.get("taste") or await self.book.taste(owner)
        if options.get("items"):
            return {"items": options["items"], "taste": taste}
        budget, source = _budget(options), options.get("source", "both")
        locked: Sequence[str] = options.get("locked") or ()
        table = await self.candidates.table(
            owner, budget, locked, wardrobe=source != "shops", shops=source != "wardrobe"
        )
        profile = await self.profile(
            owner, gender=options.get("gender") or "", styles=options.get("styles") or ()
        )
        context = context_of(options)
        chosen = await self.candidates.computed(lambda: _best(table, profile, context, locked))
        return {"items": [document_of(item) for item in chosen], "taste": taste}


def _budget(options: Mapping[str, Any]) -> "Price | None":
    from bottega.fashion.outfits.values import Price

    text = str(options.get("budget") or "")
    if not text:
        return None
    try:
        price = read_price(text)
    except ValueError as error:
        raise InvalidOption(f"The budget cannot be read: {error}.", hint="Write it like 200EUR.") from None
    return Price(price.amount, price.currency)


def context_of(options: Mapping[str, Any]) -> "Context":
    """From `occasion`, `season`, `temperature_c`, `rain` and `budget`. Raises InvalidOption for a budget that is none."""
    from bottega.fashion.outfits.values import Context

    return Context(
        occasion=str(options.get("occasion") or ""),
        season=options.get("season") or "",
        temperature_c=options.get("temperature_c"),
        rain=bool(options.get("rain")),
        budget=_budget(options),
    )


def _best(table: "ItemTable", profile: "Profile", context: "Context", locked: Sequence[str]) -> "list[Item]":
    """Of each slot the best offers, the cheapest among them, and the best own things, of those that keep the hard rules."""
    import numpy as np

    from bottega.fashion.outfits.rules import available, demand_of, fitting
    from bottega.fashion.outfits.scoring import combined, part_scores
    from bottega.fashion.outfits.traits import SLOTS

    demand = demand_of(context)
    budget = (context.budget.amount, context.budget.currency) if context.budget else None
    masks = list(available(table, profile, budget).values())
    allowed = fitting(table, demand, np.logical_and.reduce(masks)) & (table.slot >= 0)
    rows = np.flatnonzero(allowed)
    score = np.full(len(table), -np.inf)
    if len(rows):
        score[rows] = combined(part_scores(table, rows, profile, context, demand, rough=True), len(rows))
    chosen: set[int] = {table.row_of[id_] for id_ in locked}
    for slot in range(len(SLOTS)):
        for owned, most in ((True, MOST_OWN), (False, MOST_OFFERS)):
            here = rows[(table.slot[rows] == slot) & (table.owned[rows] == owned)]
            best = here[np.argsort(-score[here], kind="stable")[:most]]
            cheap = here[np.argsort(table.price[here], kind="stable")[: most // 4]]
            chosen.update(int(row) for row in (*best, *cheap))
    return [table.items[row] for row in sorted(chosen)]
