"""The few hundred items of each slot among which looks are searched, with what the search reads of them side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bottega.fashion.outfits.harmony import hue_pair_scores
from bottega.fashion.outfits.rules import TAILORED, Demand
from bottega.fashion.outfits.scoring import combined, part_scores
from bottega.fashion.outfits.table import I64, ItemTable, hue_family, is_neutral
from bottega.fashion.outfits.traits import F32, F64, I32, SLOT_OF, Bool
from bottega.fashion.outfits.values import Context, Profile

_JITTER = 0.04
"""Standard deviation of what chance adds to a score, so that another seed gives other looks that are about as good."""


@dataclass(frozen=True, slots=True)
class SlotPool:
    """S candidates of one slot, best first. `rows` of the table; `value` is the `score` moved by chance, for searching; `price` in minor units, 0 for what is owned; `currency` -1
    for what is owned; `hues`: a bit for the family of a dominant colour that is not neutral."""

    rows: I64
    score: F64
    value: F64
    formality: F32
    gender: I32
    currency: I32
    price: I64
    patterned: Bool
    hues: I32
    hue: F64
    lightness: F64
    quiet: Bool
    styles: F32
    tailored: Bool
    """False for outerwear that is not."""
    shirt: Bool

    def __len__(self) -> int:
        return len(self.rows)


def pools(
    table: ItemTable,
    allowed: Bool,
    slots: Iterable[str],
    profile: Profile,
    context: Context,
    demand: Demand,
    *,
    size: int,
    seed: int,
    locked: Mapping[str, int],
) -> dict[str, SlotPool]:
    """For each slot the `size` best of what is allowed and the cheapest quarter as many; of a locked slot what is locked."""
    chance = np.random.default_rng(seed)
    jitter = chance.normal(0, _JITTER, len(table))
    chosen: dict[str, I64] = {}
    for slot in slots:
        rows = np.flatnonzero(allowed & (table.slot == SLOT_OF[slot]))
        if slot in locked:
            rows = np.array([locked[slot]], np.int64)
        elif len(rows) > size:
            rough = combined(part_scores(table, rows, profile, context, demand, rough=True), len(rows))
            rows = _best_and_cheapest(table, rows, rough + jitter[rows], size)
        chosen[slot] = rows
    every = np.concatenate([*chosen.values(), np.empty(0, np.int64)])
    score = combined(part_scores(table, every, profile, context, demand), len(every))
    found: dict[str, SlotPool] = {}
    start = 0
    for slot, rows in chosen.items():
        found[slot] = _pool(table, rows, score[start : start + len(rows)], jitter[rows])
        start += len(rows)
    return found


def _best_and_cheapest(table: ItemTable, rows: I64, value: F64, size: int) -> I64:
    best = rows[np.argpartition(-value, size - 1)[:size]]
    few = min(size // 4, len(rows) - 1)
    price = np.where(table.owned[rows], 0, table.price[rows])
    cheap = rows[np.argpartition(price, few)[:few]]
    return np.union1d(best, cheap)


def _pool(table: ItemTable, rows: I64, score: F64, jitter: F64) -> SlotPool:
    order = np.lexsort((rows, -(score + jitter)))
    rows, score, jitter = rows[order], score[order], jitter[order]
    lab, owned = table.lab[rows], table.owned[rows]
    family = hue_family(lab) if len(rows) else np.empty(0, np.int32)
    styles = table.styles[rows]
    length = np.linalg.norm(styles, axis=1, keepdims=True)
    return SlotPool(
        rows=rows,
        score=score,
        value=score + jitter,
        formality=table.formality[rows],
        gender=table.gender[rows],
        currency=np.where(owned, np.int32(-1), table.currency[rows]),
        price=np.where(owned, 0, table.price[rows]),
        patterned=table.patterned[rows],
        hues=np.where(family >= 0, 1 << np.maximum(family, 0), 0).astype(np.int32),
        hue=table.hue[rows],
        lightness=np.nan_to_num(lab[:, 0], nan=50.0),
        quiet=is_neutral(lab),
        styles=(styles / np.maximum(length, 1e-6)).astype(np.float32),
        tailored=(table.is_kind(TAILORED) | (table.slot != SLOT_OF["outerwear"]))[rows],
        shirt=table.is_kind({"shirt"})[rows],
    )


def pair_scores(one: SlotPool, at: int, others: SlotPool) -> F64:
    """How well one candidate goes with each of another slot, in [0, 1]: hue or neutrals, lightness, formality, style."""
    hue = hue_pair_scores(float(one.hue[at]), others.hue)
    colour = np.where(others.quiet | bool(one.quiet[at]), 0.85, hue)
    step = np.abs(others.lightness - one.lightness[at])
    lightness = np.minimum(1.0, 0.6 + step / 60)
    formality = 1 - np.minimum(np.abs(others.formality - one.formality[at]) / 3, 1)
    style = others.styles @ one.styles[at]
    return 0.45 * colour + 0.15 * lightness + 0.2 * formality + 0.2 * style


class Pairs:
    """Pair scores between pools, a row each, computed once."""

    def __init__(self, pools: Mapping[str, SlotPool]) -> None:
        self._pools = pools
        self._rows: dict[tuple[str, int, str], F64] = {}

    def row(self, slot: str, at: int, other: str) -> F64:
        key = (slot, at, other)
        if key not in self._rows:
            self._rows[key] = pair_scores(self._pools[slot], at, self._pools[other])
        return self._rows[key]
