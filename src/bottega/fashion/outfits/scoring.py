"""Scores items for a person and a purpose, each part by itself, and picks up to twenty that are good and differ."""

from collections.abc import Iterable, Mapping

import numpy as np

from bottega.fashion.colours import NAMES, lab_of, lch
from bottega.fashion.outfits.data import proportion_rules
from bottega.fashion.outfits.harmony import hue_pair_scores, palette_scores
from bottega.fashion.outfits.reasons import item_reasons
from bottega.fashion.outfits.rules import Demand, available, demand_of, not_avoided
from bottega.fashion.outfits.table import I64, ItemTable, is_neutral, season_bit, table_of
from bottega.fashion.outfits.traits import F64, SLOT_OF
from bottega.fashion.outfits.values import STYLES, Context, Item, Profile, Recommendations, Scored

MOST = 20
WEIGHTS: Mapping[str, float] = {
    "style": 0.25,
    "colour": 0.25,
    "occasion": 0.25,
    "weather": 0.17,
    "price": 0.08,
}
"""Of the parts that make the mean; parts that cannot be judged have no say."""
SHIFTS: Mapping[str, float] = {"proportions": 0.1, "liking": 0.3}
"""By how much a part moves the mean up (at 1) or down (at 0); at 0.5 it does not."""
_POOL = 600
"""Best items among which variety is looked for."""
_VARIETY = 0.3
"""Weight of being unlike what is chosen already against being good (maximal marginal relevance, Carbonell and Goldstein 1998)."""
_COLOUR_REACH = 10.0
"""CIEDE2000 at which a liking for a colour has fallen to 1/e."""


def score_items(
    items: Iterable[Item] | ItemTable, profile: Profile, context: Context, *, limit: int = MOST
) -> Recommendations:
    """The best `limit` items (at most twenty), each with its parts and reasons; of variants one.

    What is out of stock, not known to be in the wearer's size, for another gender or age, without a price, or over the
    budget is never among them. Raises InvalidOption for an occasion or a season that is not known.
    """
    table = table_of(items)
    demand = demand_of(context)
    budget = (context.budget.amount, context.budget.currency) if context.budget else None
    masks = available(table, profile, budget) | {"kind": table.slot >= 0}
    rows = np.flatnonzero(np.logical_and.reduce(list(masks.values())))
    parts = part_scores(table, rows, profile, context, demand)
    total = combined(parts, len(rows))
    chosen = _various(table, rows, total, min(limit, MOST))
    scored = tuple(_scored(table, rows, parts, total, int(at), profile, context, demand) for at in chosen)
    return Recommendations(scored, {name: int((~mask).sum()) for name, mask in masks.items()})


def _scored(
    table: ItemTable,
    rows: I64,
    parts: Mapping[str, F64],
    total: F64,
    at: int,
    profile: Profile,
    context: Context,
    demand: Demand,
) -> Scored:
    own = {name: float(values[at]) for name, values in parts.items() if not np.isnan(values[at])}
    reasons = item_reasons(table, int(rows[at]), own, profile, context, demand)
    return Scored(table.items[int(rows[at])], float(total[at]), own, reasons)


def combined(parts: Mapping[str, F64], count: int) -> F64:
    """The weighted mean of the parts that are known, moved by proportions and liking, in [0, 1]; 0.5 where no part is known,
    so that liking can still move it."""
    total, weight = np.zeros(count), np.zeros(count)
    for name, share in WEIGHTS.items():
        if name in parts:
            known = ~np.isnan(parts[name])
            total += np.where(known, share * np.nan_to_num(parts[name]), 0)
            weight += share * known
    mean = np.where(weight > 0, total / np.maximum(weight, 1e-9), 0.5)
    for name, reach in SHIFTS.items():
        if name in parts:
            mean = mean + reach * np.nan_to_num(2 * parts[name] - 1)
    return np.clip(mean, 0, 1)


def part_scores(
    table: ItemTable, rows: I64, profile: Profile, context: Context, demand: Demand, *, rough: bool = False
) -> dict[str, F64]:
    """Each part for R rows, in [0, 1], NaN where it cannot be judged; a part that nobody asked for is left out. `rough`
    compares colours by plain distance."""
    found: dict[str, F64] = {}
    if any(profile.styles.get(style, 0) > 0 for style in STYLES):
        found["style"] = _style(table, rows, profile)
    colour = _colour(table, rows, profile, context, rough)
    if colour is not None:
        found["colour"] = colour
    if demand.occasion.id:
        found["occasion"] = _occasion(table, rows, demand, rough)
    if demand.temperature_c is not None or demand.rain or demand.season:
        found["weather"] = _weather(table, rows, demand)
    if context.budget is not None and context.budget.amount > 0:
        share = np.where(table.owned[rows], 0, table.price[rows]) / context.budget.amount
        found["price"] = 1 - 0.5 * np.clip(share, 0, 1)
    if profile.proportions:
        found["proportions"] = _proportions(table, rows, profile)
    if profile.liking:
        found["liking"] = _liking(table, rows, profile, rough)
    return found


def _style(table: ItemTable, rows: I64, profile: Profile) -> F64:
    """Cosine between the weights of the person and what the item is."""
    wanted = np.array([max(0.0, profile.styles.get(style, 0.0)) for style in STYLES])
    has = table.styles[rows].astype(np.float64)
    length = np.linalg.norm(has, axis=1)
    return np.where(length > 0, has @ wanted / np.maximum(length, 1e-9) / np.linalg.norm(wanted), np.nan)


def _colour(table: ItemTable, rows: I64, profile: Profile, context: Context, rough: bool) -> F64 | None:
    """Nearness to the palette, and harmony with what is worn beside it."""
    judged: list[F64] = []
    lab = table.lab[rows]
    if profile.palette or profile.avoid:
        judged.append(
            palette_scores(lab, profile.palette or profile.avoid, profile.avoid, rough=rough)[0]
            if profile.palette
            else _without(lab, profile, rough)
        )
    for beside in context.beside:
        other = np.array([beside])
        pair = hue_pair_scores(float(lch(other)[0, 2]), table.hue[rows])
        quiet = is_neutral(lab) | bool(is_neutral(other)[0])
        judged.append(np.where(np.isnan(lab[:, 0]), np.nan, np.where(quiet, 0.85, pair)))
    return sum(judged[1:], judged[0]) / len(judged) if judged else None


def _without(lab: F64, profile: Profile, rough: bool) -> F64:
    """Only colours to be avoided are known: far from them is good."""
    _, near = palette_scores(lab, profile.avoid, rough=rough)
    return np.clip(near / 25, 0, 1)


def _occasion(table: ItemTable, rows: I64, demand: Demand, rough: bool) -> F64:
    occasion = demand.occasion
    low, high = occasion.formality
    formality = table.formality[rows].astype(np.float64)
    beyond = np.maximum(np.maximum(low - formality, formality - high), 0)
    off_middle = np.abs(formality - (low + high) / 2) / (high - low)
    score = np.where(beyond > 1e-6, 0.5 * np.exp(-2 * beyond), 1 - 0.4 * off_middle)
    # Where colour is welcome, quiet pieces give a little way, and the other way round.
    loud = np.clip(table.chroma[rows] / 60, 0, 1)
    score = score - 0.15 * np.abs(loud - occasion.festive)
    score = np.where(table.is_kind(occasion.kinds_out)[rows], 0.0, score)
    score = np.where(table.chroma[rows] > occasion.most_chroma, 0.1 * score, score)
    if not rough and occasion.avoid:
        among = np.zeros(len(table), np.bool_)
        among[rows] = True
        score = np.where(not_avoided(table, occasion, among)[rows], score, 0.0)
    return np.clip(score, 0, 1)


def _weather(table: ItemTable, rows: I64, demand: Demand) -> F64:
    score = np.ones(len(rows))
    t = demand.temperature_c
    if t is not None:
        gap = np.maximum(np.maximum(table.least_c[rows] - t, t - table.most_c[rows]), 0)
        score *= np.exp(-((gap / 6.0) ** 2))
    if demand.rain:
        score *= np.where(table.rain[rows], 1.0, 0.4)
    if bit := season_bit(demand.season):
        seasons = table.seasons[rows]
        score *= np.where((seasons == 0) | ((seasons & bit) > 0), 1.0, 0.2)
    return score


def _proportions(table: ItemTable, rows: I64, profile: Profile) -> F64:
    """Half, moved by the rules that speak of an item; NaN where none does."""
    total, asked = np.zeros(len(rows)), np.zeros(len(rows), np.bool_)
    for weight, mask in rule_masks(table, rows, profile):
        total += weight * mask
        asked |= mask
    return np.where(asked, np.clip(0.5 + total / 2, 0, 1), np.nan)


def rule_masks(
    table: ItemTable, rows: I64, profile: Profile
) -> list[tuple[float, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]]:
    """(weight, which rows it speaks of) of each rule for the person's proportions."""
    found: list[tuple[float, np.ndarray[tuple[int], np.dtype[np.bool_]]]] = []
    lightness = table.lab[rows, 0]
    for rule in proportion_rules():
        if rule.proportion not in profile.proportions:
            continue
        mask = np.ones(len(rows), np.bool_)
        if rule.slots:
            mask &= np.isin(table.slot[rows], [SLOT_OF[slot] for slot in rule.slots])
        if rule.kinds:
            mask &= table.is_kind(rule.kinds)[rows]
        if rule.cuts:
            mask &= np.array([bool(cuts & rule.cuts) for cuts in table.cuts], np.bool_)[table.cut[rows]]
        if rule.patterns:
            mask &= np.array([table.items[int(row)].pattern in rule.patterns for row in rows], np.bool_)
        if rule.tone:
            mask &= lightness < 40 if rule.tone == "dark" else lightness > 65
        found.append((rule.weight, mask))
    return found


def _liking(table: ItemTable, rows: I64, profile: Profile, rough: bool) -> F64:
    """From what was liked and disliked before; a liking for a colour reaches its neighbours."""
    total = np.zeros(len(rows))
    lab = table.lab[rows]
    plain: dict[str, float] = {}
    for feature, weight in profile.liking.items():
        name, _, value = feature.partition(":")
        if name == "colour" and (value in NAMES or value.startswith("#")):
            value = NAMES.get(value, value)
            near = palette_scores(lab, (lab_of(value),), rough=rough)[1]
            total += weight * np.nan_to_num(np.exp(-((near / _COLOUR_REACH) ** 2)))
        elif name == "kind":
            total += weight * table.is_kind({value})[rows]
        elif name == "style" and value in STYLES:
            total += weight * table.styles[rows, STYLES.index(value)]
        else:
            plain[feature] = weight
    if plain:
        total += np.array([_plain_liking(table.items[int(row)], plain) for row in rows])
    return 0.5 + 0.5 * np.tanh(total)


def _plain_liking(item: Item, liking: Mapping[str, float]) -> float:
    features = (f"material:{item.material}", f"pattern:{item.pattern}", f"brand:{item.brand.casefold()}")
    return sum(liking.get(feature, 0.0) for feature in features)


# --- variety -------------------------------------------------------------------------------------------------


def _various(table: ItemTable, rows: I64, total: F64, limit: int) -> I64:
    """Positions in `rows`, best first, each good and unlike those before; one of each group."""
    order = np.lexsort((rows, -total))
    _, first = np.unique(table.group[rows[order]], return_index=True)
    pool = order[np.sort(first)][:_POOL]
    likest, chosen = np.zeros(len(pool)), list[int]()
    value = total[pool]
    open_ = np.ones(len(pool), np.bool_)
    while len(chosen) < min(limit, len(pool)):
        best = int(np.argmax(np.where(open_, (1 - _VARIETY) * value - _VARIETY * likest, -np.inf)))
        chosen.append(best)
        open_[best] = False
        likest = np.maximum(likest, likeness(table, rows[pool], int(rows[pool[best]])))
    return pool[np.array(chosen, np.int64)] if chosen else np.empty(0, np.int64)


def likeness(table: ItemTable, rows: I64, other: int) -> F64:
    """Of R rows to another, in [0, 1]: kind, slot, colour, formality."""
    colour = np.nan_to_num(np.linalg.norm(table.lab[rows] - table.lab[other], axis=1), nan=30.0)
    same_kind = table.kind[rows] == table.kind[other]
    same_slot = table.slot[rows] == table.slot[other]
    apart = np.abs(table.formality[rows] - table.formality[other])
    return 0.35 * same_kind + 0.2 * same_slot + 0.3 * np.exp(-((colour / 25) ** 2)) + 0.15 * np.exp(-apart)
