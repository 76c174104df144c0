"""Finds looks that differ: for each, the best of what several heroes can be completed to, unlike the looks before it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bottega.fashion.outfits.harmony import look_harmony
from bottega.fashion.outfits.pool import Pairs, SlotPool
from bottega.fashion.outfits.rules import ACCESSORIES, LIKEST, SPREAD, Demand
from bottega.fashion.outfits.search import Ground, Nodes, State, completions, fits, piece_values, with_piece
from bottega.fashion.outfits.table import ItemTable
from bottega.fashion.outfits.traits import SLOT_OF

Frame = tuple[str, ...]
"""Slots that must be filled, hero first."""
SHARES: Mapping[str, float] = {"pieces": 0.4, "harmony": 0.25, "style": 0.15, "formality": 0.1, "warmth": 0.1}
"""Of the parts in the score of a look."""
_HEROES = 12
"""Heroes that are tried for one look; more only while none of them can be completed."""
_HERO_NODES = 40
"""Choices that are looked at for one hero."""
_WORN_AGAIN = 0.05
"""Taken from a look for each piece that an earlier one has."""
WALK_MET, STILL_AIR_CLO, SKIN_C = 2.0, 0.5, 33.0
"""Of a stroll: metabolic rate, insulation of the still air around clothes, temperature of comfortable skin."""


def frames_of(demand: Demand, locked: Mapping[str, int]) -> tuple[Frame, ...]:
    """A look as a dress, and as top and bottom, as far as what is locked leaves them."""
    outer = demand.needs_outerwear or "outerwear" in locked
    dress: Frame = ("dress", "shoes", "outerwear") if outer else ("dress", "shoes")
    over = outer or demand.needs_jacket
    separates: Frame = ("top", "bottom", "shoes", "outerwear") if over else ("top", "bottom", "shoes")
    if "dress" in locked:
        return (dress,)
    return (separates,) if "top" in locked or "bottom" in locked else (dress, separates)


def needed_clo(temperature_c: float) -> float:
    """Insulation in clo that keeps a stroller comfortable: the heat balance of Burton and Edholm (1955), of which a quarter
    leaves as moisture; 0.1 at least."""
    watts_per_clo = 58.2 * WALK_MET * 0.75 * 0.155
    return max(0.1, (SKIN_C - temperature_c) / watts_per_clo - STILL_AIR_CLO)


@dataclass(slots=True)
class Dressing:
    """One request being searched. `locked`: slot -> row of the table; `left`: minor units that may be spent."""

    table: ItemTable
    demand: Demand
    contrast: str
    left: int
    locked: Mapping[str, int]
    pools: Mapping[str, SlotPool]
    nodes: Nodes
    patient: bool
    """Whether a hero may use up all nodes."""
    used: Counter[int] = field(default_factory=Counter[int])
    heroes: set[int] = field(default_factory=set[int])
    found: list[State] = field(default_factory=list[State])
    ground: Ground = field(init=False)

    def __post_init__(self) -> None:
        self.ground = Ground(self.pools, Pairs(self.pools), self.used)

    def looks(self, n: int) -> list[State]:
        """Up to `n`, in the order in which they were found."""
        while len(self.found) < n and self.nodes.left >= 0:
            best: tuple[float, State] | None = None
            for group in self._hero_groups():
                for frame, hero in group:
                    state = self._completed(frame, hero)
                    if state is None:
                        continue
                    worn = sum(self.used[row] for row in state.rows(self.pools))
                    value = self.value(state)[0] - _WORN_AGAIN * worn
                    best = (value, state) if best is None or value > best[0] else best
                if best is not None:
                    break
            if best is None:
                break
            state = self._with_accessories(self._with_jacket(best[1]))
            self.used.update(state.rows(self.pools))
            self.heroes.add(state.rows(self.pools)[0])
            self.found.append(state)
        return self.found

    def _hero_groups(self) -> Iterator[list[tuple[Frame, int]]]:
        """Heroes that no look has yet, as (frame, place in the pool): the best of each frame, then one by one."""
        queues: list[list[tuple[Frame, int]]] = []
        for frame in frames_of(self.demand, self.locked):
            rows = self.pools[frame[0]].rows
            free = frame[0] in self.locked
            queues.append([(frame, at) for at, row in enumerate(rows) if free or int(row) not in self.heroes])
        share = max(1, _HEROES // max(1, sum(bool(queue) for queue in queues)))
        yield [hero for queue in queues for hero in queue[:share]]
        yield from ([hero] for queue in queues for hero in queue[share:])

    def _completed(self, frame: Frame, hero: int) -> State | None:
        """The first completion of a hero that differs enough from the looks that there are."""
        jacket = self.demand.needs_jacket and frame[0] != "dress"
        state = State({}, left=self.left, jacket=jacket)
        for slot in (frame[0], *[slot for slot in self.locked if slot not in frame]):
            at = hero if slot == frame[0] else 0
            if not fits(self.pools[slot], state)[at]:
                return None
            state = with_piece(state, slot, self.pools[slot], at)
        before = self.nodes.left
        nodes = self.nodes if self.patient else Nodes(min(_HERO_NODES, before))
        done = (
            s for s in completions(self.ground, state, frame[1:], nodes) if self._goes(s) and self._differs(s)
        )
        found = next(done, None)
        if nodes is not self.nodes:
            self.nodes.left -= min(_HERO_NODES, before) - nodes.left
        return found

    def _goes(self, state: State) -> bool:
        """A tie needs a shirt, a belt something else than a dress."""
        picked = state.picked
        if "tie" in picked and not ("top" in picked and self.pools["top"].shirt[picked["top"]]):
            return False
        return not ("dress" in picked and "belt" in picked)

    def _with_jacket(self, state: State) -> State:
        """A man's top and bottom with a blazer over them, where the occasion likes that, and rules, weather and money allow
        it."""
        pool = self.pools.get("outerwear")
        separates = "dress" not in state.picked and "outerwear" not in state.picked
        if pool is None or not self.demand.likes_jacket or not separates or state.gender == 1:
            return state
        fine = np.flatnonzero(fits(pool, state) & self.table.is_kind({"blazer"})[pool.rows])
        if not len(fine):
            return state
        value = piece_values(self.ground, state, "outerwear")[fine]
        other = with_piece(state, "outerwear", pool, int(fine[int(np.argmax(value))]))
        return other if self._goes(other) and self._differs(other) else state

    def _with_accessories(self, state: State) -> State:
        """Up to three that the occasion likes, as far as rules and money allow."""
        for slot in self.demand.occasion.accessories:
            if slot in self.locked or (slot == "tie" and state.gender == 1):
                continue
            if sum(SLOT_OF[each] >= SLOT_OF["bag"] for each in state.picked) >= ACCESSORIES:
                break
            fine = np.flatnonzero(fits(self.pools[slot], state))
            if not len(fine):
                continue
            value = piece_values(self.ground, state, slot)[fine]
            other = with_piece(state, slot, self.pools[slot], int(fine[int(np.argmax(value))]))
            if self._goes(other) and self._differs(other):
                state = other
        return state

    def _differs(self, state: State) -> bool:
        """Whether little of what is not locked is shared with any earlier look."""
        held = set(self.locked.values())
        rows = set(state.rows(self.pools)) - held
        for earlier in self.found:
            others = set(earlier.rows(self.pools)) - held
            union = len(rows | others)
            if union == 0 or len(rows & others) / union > LIKEST:
                return False
        return True

    def value(self, state: State) -> tuple[float, dict[str, float]]:
        """Score of a look and its parts, each in [0, 1]."""
        pools, picked = self.pools, state.picked
        rows: Sequence[int] = state.rows(pools)
        styles = np.array([pools[slot].styles[at] for slot, at in picked.items()])
        near, count = styles @ styles.T, len(rows)
        parts = {
            "pieces": float(np.clip(np.mean([pools[slot].score[at] for slot, at in picked.items()]), 0, 1)),
            "harmony": look_harmony(self.table.lab[rows], self.contrast),
            "style": float(np.clip((near.sum() - np.trace(near)) / max(1, count * (count - 1)), 0, 1)),
            "formality": 1 - 0.5 * max(0.0, state.most - state.least) / SPREAD,
        }
        if self.demand.temperature_c is not None:
            gap = float(self.table.clo[rows].sum()) - needed_clo(self.demand.temperature_c)
            parts["warmth"] = float(np.exp(-((gap / 0.8) ** 2)))
        weight = sum(SHARES[name] for name in parts)
        return sum(SHARES[name] * value for name, value in parts.items()) / weight, parts
