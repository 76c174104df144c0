"""Says why there are fewer looks than asked for: which slot has nothing, which rule took it, or that nothing goes together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bottega.fashion.outfits.rules import TAILORED, Demand, fitting_by_rule, not_avoided
from bottega.fashion.outfits.table import ItemTable
from bottega.fashion.outfits.traits import SLOT_OF, Bool
from bottega.fashion.outfits.values import Missing, Price

_WHY = {
    "stock": "out of stock",
    "size": "not known to be in the wearer's size",
    "gender": "made for somebody else",
    "age": "for another age",
    "price": "without a price",
    "budget": "over the budget or in another currency",
    "kind": "not worn on this occasion",
    "formality": "too casual or too formal",
    "weather": "not for this weather",
    "season": "for another season",
    "chroma": "too colourful",
    "tailored": "not tailored",
    "colour": "in a colour that the occasion avoids",
}
_NAMES = {"top": "tops", "bottom": "bottoms", "dress": "dresses", "outerwear": "outerwear", "shoes": "shoes"}


@dataclass(frozen=True, slots=True)
class Lack:
    """What was to be had (`masks` by rule), and what of it is `allowed`; N each. `frames`: the slots of a look in each of its
    forms; `locked`: slot -> row."""

    table: ItemTable
    masks: Mapping[str, Bool]
    allowed: Bool
    demand: Demand
    budget: Price | None
    frames: Sequence[tuple[str, ...]]
    locked: Mapping[str, int]

    def beforehand(self) -> tuple[Missing, ...]:
        """What makes any look impossible; empty where a search may find one."""
        bad = [self._of_locked(slot, row) for slot, row in self.locked.items() if not self.allowed[row]]
        if bad:
            return tuple(bad)
        found: dict[str, Missing] = {}
        possible = self._possible()
        for frame in () if possible else self.frames:
            for slot in frame:
                if not self._rows(slot, frame).any():
                    found.setdefault(slot, self._of_slot(slot, frame))
        if found or self.budget is None:
            return tuple(found.values())
        least = min(self._cheapest(frame) for frame in possible)
        if least <= self.budget.amount:
            return ()
        needed = Price(least, self.budget.currency)
        said = f"Even the cheapest pieces that fit cost {needed} together; the budget is {self.budget}."
        return (Missing("budget", "", said),)

    def afterwards(self, made: int, wanted: int) -> tuple[Missing, ...]:
        """Why a search made fewer looks than were wanted."""
        if made >= wanted:
            return ()
        if made == 0:
            said = "There are pieces for every place, but none were found that go together in formality, colour and price."
            return (Missing("no_combination", "", said),)
        free = {slot for frame in self._possible() for slot in frame if slot not in self.locked}
        counts = {slot: int(self._rows(slot).sum()) for slot in sorted(free)}
        scarce = min(counts, key=lambda slot: counts[slot]) if counts else ""
        more = f" More {_NAMES[scarce]} would help: {counts[scarce]} fit." if scarce else ""
        looks = "look was found" if made == 1 else "looks were found that differ enough"
        return (Missing("too_few", scarce, f"Only {made} {looks}.{more}"),)

    def _possible(self) -> list[tuple[str, ...]]:
        return [frame for frame in self.frames if all(self._rows(slot, frame).any() for slot in frame)]

    def _rows(self, slot: str, frame: tuple[str, ...] = ()) -> Bool:
        """What is allowed in a slot, under a frame that may ask for something tailored."""
        if slot in self.locked:
            only = np.zeros(len(self.table), np.bool_)
            only[self.locked[slot]] = True
            return only
        mask = self.allowed & (self.table.slot == SLOT_OF[slot])
        return mask & self.table.is_kind(TAILORED) if self._jacket(slot, frame) else mask

    def _jacket(self, slot: str, frame: tuple[str, ...]) -> bool:
        return slot == "outerwear" and self.demand.needs_jacket and frame[:1] == ("top",)

    def _cheapest(self, frame: tuple[str, ...]) -> int:
        price = np.where(self.table.owned, 0, self.table.price)
        slots = dict.fromkeys((*frame, *self.locked))
        return sum(int(price[self._rows(slot, frame)].min()) for slot in slots)

    def _rules(self) -> dict[str, Bool]:
        every = np.ones(len(self.table), np.bool_)
        colour = not_avoided(self.table, self.demand.occasion, every)
        return {**self.masks, **fitting_by_rule(self.table, self.demand), "colour": colour}

    def _of_locked(self, slot: str, row: int) -> Missing:
        why = [_WHY[name] for name, mask in self._rules().items() if not mask[row]]
        title = self.table.items[row].title[:80]
        return Missing("locked_item", slot, f"{title} cannot be kept: it is {' and '.join(why)}.")

    def _of_slot(self, slot: str, frame: tuple[str, ...]) -> Missing:
        """Nothing of this slot is left: which rules took how many."""
        mine = self.table.slot == SLOT_OF[slot]
        count, name = int(mine.sum()), _NAMES[slot]
        if count == 0:
            return Missing("no_items", slot, f"There are no {name} to choose from.")
        taken = {rule: int((mine & ~mask).sum()) for rule, mask in self._rules().items()}
        if self._jacket(slot, frame):
            taken["tailored"] = int((mine & ~self.table.is_kind(TAILORED)).sum())
        worst = sorted((rule for rule, gone in taken.items() if gone), key=lambda rule: -taken[rule])[:3]
        why = ", ".join(f"{taken[rule]} {_WHY[rule]}" for rule in worst)
        return Missing("nothing_fits", slot, f"None of the {count} {name} fits: {why}.")
