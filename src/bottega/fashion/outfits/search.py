"""Searches complete looks: depth first with backtracking, where every choice narrows what the other slots may still hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bottega.fashion.outfits.pool import Pairs, SlotPool
from bottega.fashion.outfits.rules import HUES, SPREAD
from bottega.fashion.outfits.traits import F64, Bool

_BITS = np.array([bin(value).count("1") for value in range(1 << 12)], np.int32)
"""How many families of hue a set holds."""
_EPSILON = 1e-6
_REUSE = 0.25
"""Taken from the value of a piece for each look that has it already."""


@dataclass(frozen=True, slots=True)
class State:
    """A look in the making. `picked`: slot -> place in its pool; `left`: what may still be spent, minor units; `currency` -1
    and `gender` 0 while nothing decides them; `jacket`: outerwear must be tailored."""

    picked: Mapping[str, int]
    least: float = 9.0
    most: float = -9.0
    gender: int = 0
    currency: int = -1
    left: int = 1 << 60
    patterned: bool = False
    hues: int = 0
    jacket: bool = False

    def rows(self, pools: Mapping[str, SlotPool]) -> list[int]:
        return [int(pools[slot].rows[at]) for slot, at in self.picked.items()]


class Nodes:
    """How many choices a search may still look at, so that a hopeless one ends."""

    def __init__(self, count: int) -> None:
        self.left = count

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def fits(pool: SlotPool, state: State) -> Bool:
    """Which candidates break no rule together with what is picked."""
    wide = state.most - SPREAD - _EPSILON, state.least + SPREAD + _EPSILON
    fine = (pool.formality >= wide[0]) & (pool.formality <= wide[1]) & (pool.price <= state.left)
    if state.gender:
        fine &= (pool.gender == 0) | (pool.gender == state.gender)
    if state.currency >= 0:
        fine &= (pool.currency < 0) | (pool.currency == state.currency)
    if state.patterned:
        fine &= ~pool.patterned
    if state.jacket:
        fine &= pool.tailored
    if state.hues:
        fine &= _BITS[pool.hues | state.hues] <= HUES
    return fine


def with_piece(state: State, slot: str, pool: SlotPool, at: int) -> State:
    formality = float(pool.formality[at])
    return replace(
        state,
        picked={**state.picked, slot: at},
        least=min(state.least, formality),
        most=max(state.most, formality),
        gender=state.gender or int(pool.gender[at]),
        currency=max(state.currency, int(pool.currency[at])),
        left=state.left - int(pool.price[at]),
        patterned=state.patterned or bool(pool.patterned[at]),
        hues=state.hues | int(pool.hues[at]),
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """What is searched: the pools, their pair scores, and how many looks have a row already."""

    pools: Mapping[str, SlotPool]
    pairs: Pairs
    used: Mapping[int, int]


def completions(ground: Ground, state: State, slots: Sequence[str], nodes: Nodes) -> Iterator[State]:
    """Looks that fill all `slots` beside what is picked, likely good ones first; all of them if the nodes suffice."""
    if not slots:
        yield state
        return
    if not nodes.take():
        return
    pools = ground.pools
    fine = {slot: fits(pools[slot], state) for slot in slots}
    if not all(mask.any() for mask in fine.values()):
        return
    slot, *rest = slots
    spare = state.left - sum(int(pools[other].price[fine[other]].min()) for other in rest)
    candidates = np.flatnonzero(fine[slot] & (pools[slot].price <= spare))
    value = piece_values(ground, state, slot)[candidates]
    for at in candidates[np.argsort(-value, kind="stable")]:
        yield from completions(ground, with_piece(state, slot, pools[slot], int(at)), rest, nodes)
        if nodes.left < 0:
            return


def piece_values(ground: Ground, state: State, slot: str) -> F64:
    """How good each candidate is by itself and with what is picked, less for what other looks have."""
    pool = ground.pools[slot]
    value = pool.value.copy()
    if state.picked:
        pairs = [ground.pairs.row(other, at, slot) for other, at in state.picked.items()]
        value = 0.5 * value + 0.5 * sum(pairs[1:], pairs[0]) / len(pairs)
    for row, times in ground.used.items():
        value[pool.rows == row] -= _REUSE * times
    return value
