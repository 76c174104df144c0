"""Composes looks for an occasion out of what shops offer and what is owned: rules first, then taste, then variety."""

from collections.abc import Iterable, Sequence

import numpy as np

from bottega.errors import InvalidOption, NotFound
from bottega.fashion.outfits.dressing import Dressing, frames_of
from bottega.fashion.outfits.missing import Lack
from bottega.fashion.outfits.pool import pools
from bottega.fashion.outfits.reasons import look_reasons
from bottega.fashion.outfits.rules import ACCESSORIES, available, demand_of, fitting
from bottega.fashion.outfits.search import Nodes, State
from bottega.fashion.outfits.table import ItemTable, table_of
from bottega.fashion.outfits.traits import SLOT_OF, SLOTS
from bottega.fashion.outfits.values import MAIN_SLOTS, Context, Item, Look, Looks, Price, Profile

MOST = 20
"""Looks of one request."""
_POOL, _WIDE_POOL = 120, 600
"""Best items of each slot that are searched; the wide pool where the other gives too few looks."""
_NODES, _WIDE_NODES = 800, 2500
_UNBOUNDED = 1 << 60
_ORDER = {slot: at for at, slot in enumerate(("dress", "top", "bottom", "outerwear", "shoes"))}


def compose(
    items: Iterable[Item] | ItemTable,
    context: Context,
    n: int = 5,
    locked: Sequence[str] = (),
    budget: Price | None = None,
    seed: int = 0,
    *,
    profile: Profile = Profile(),  # noqa: B008 - immutable
) -> Looks:
    """Up to `n` complete looks, best first; the same for the same arguments.

    Every look keeps the rules of `rules`. `locked` are ids of items that each look must have; `budget` is for the whole
    look, without what is owned. Any two looks share little (`rules.LIKEST`) and have different heroes unless it is locked.
    Where there are fewer than `n`, `missing` says why. Raises NotFound for a locked id that is no item, InvalidOption for
    locked items that exclude each other, an unknown occasion, or `n` outside 1 to 20.
    """
    if not 1 <= n <= MOST:
        raise InvalidOption(f"{n} looks cannot be made.", hint=f"Ask for 1 to {MOST}.")
    table = table_of(items)
    demand = demand_of(context)
    budget = budget or context.budget
    held = _locked(table, locked)
    masks = available(table, profile, (budget.amount, budget.currency) if budget else None)
    allowed = fitting(table, demand, np.logical_and.reduce(list(masks.values())))
    lack = Lack(table, masks, allowed, demand, budget, frames_of(demand, held), held)
    missing = lack.beforehand()
    if missing:
        return Looks((), missing, demand.occasion.id)
    slots = tuple(dict.fromkeys((*MAIN_SLOTS, *demand.occasion.accessories, *held)))
    left = budget.amount if budget else _UNBOUNDED
    dressing: Dressing | None = None
    for size, nodes in ((_POOL, _NODES), (_WIDE_POOL, _WIDE_NODES)):
        chosen = pools(table, allowed, slots, profile, context, demand, size=size, seed=seed, locked=held)
        patient = size == _WIDE_POOL
        dressing = Dressing(table, demand, profile.contrast, left, held, chosen, Nodes(nodes), patient)
        if len(dressing.looks(n)) == n:
            break
    assert dressing is not None
    looks = [_look(dressing, state, profile, budget) for state in dressing.found]
    looks.sort(key=lambda look: -look.score)
    return Looks(tuple(looks), lack.afterwards(len(looks), n), demand.occasion.id)


def _locked(table: ItemTable, ids: Sequence[str]) -> dict[str, int]:
    """Slot -> row. Raises NotFound, InvalidOption."""
    held: dict[str, int] = {}
    for id_ in dict.fromkeys(ids):
        row = table.row_of.get(id_)
        if row is None:
            raise NotFound(f"There is no item {id_[:80]!r} to be kept.")
        if table.slot[row] < 0:
            raise InvalidOption(f"{table.items[row].title[:80]!r} is nothing that a look is made of.")
        slot = SLOTS[int(table.slot[row])]
        if slot in held:
            raise InvalidOption(f"Two items are kept for the same place: {slot}.", hint="Keep one of them.")
        held[slot] = row
    if "dress" in held and ("top" in held or "bottom" in held):
        raise InvalidOption("A dress is worn without a top or a bottom.", hint="Keep one of them.")
    if sum(SLOT_OF[slot] >= SLOT_OF["bag"] for slot in held) > ACCESSORIES:
        raise InvalidOption(f"A look has {ACCESSORIES} accessories at most.", hint="Keep fewer.")
    return held


def _look(dressing: Dressing, state: State, profile: Profile, budget: Price | None) -> Look:
    score, parts = dressing.value(state)
    table = dressing.table
    rows = sorted(state.rows(dressing.pools), key=lambda row: _ORDER.get(SLOTS[int(table.slot[row])], 9))
    items = tuple(table.items[row] for row in rows)
    prices = [item.price for item in items if not item.owned and item.price is not None]
    total = Price(sum(price.amount for price in prices), prices[0].currency) if prices else None
    warmth = parts.get("warmth", 0.0)
    reasons = look_reasons(table, rows, profile, dressing.demand, warmth, total, budget)
    return Look(items, score, parts, reasons, total)
