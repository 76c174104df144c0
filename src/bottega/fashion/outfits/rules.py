"""The rules that no look breaks, as masks over items, and the numbers in them.

A look is one dress, or one top and one bottom; one pair of shoes; outerwear as the weather asks; at most one of every
slot and three accessories. Its pieces lie within the occasion's formality and within `SPREAD` of each other, hold at most
`HUES` families of hue and one pattern, cost what the budget allows in one currency, are for the same gender and age, in
stock, and in the wearer's size.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bottega.errors import InvalidOption
from bottega.fashion.colours import ciede2000
from bottega.fashion.outfits.data import Occasion, occasion_of
from bottega.fashion.outfits.table import GENDERS, ItemTable, season_bit
from bottega.fashion.outfits.traits import SLOT_OF, SLOTS, Bool
from bottega.fashion.outfits.values import SEASONS, Context, Profile

SPREAD = 1.5
"""Formality between the most and the least formal piece."""
OUTERWEAR_SLACK = 0.8
"""By which outerwear, which is taken off, may be less formal than the occasion."""
HUES = 3
ACCESSORIES = 3
LIKEST = 0.4
"""Jaccard index of any two looks at most, over what is not locked."""
COLD_C = 14.0
"""At or below, outerwear is needed."""
VERY_COLD_C = 5.0
"""At or below, a blazer or a vest is no outerwear."""
RAIN_LAYER_C = 20.0
"""In rain at or below, outerwear is needed; above, an umbrella does."""
JACKET_C = 26.0
"""Above, nobody is asked to wear a jacket."""
TYPICAL_C: Mapping[str, float] = {"winter": 2.0, "spring": 13.0, "summer": 25.0, "autumn": 12.0}
"""Daytime air temperature of a season in a temperate climate, where nobody gives one."""
TAILORED = frozenset({"blazer", "vest", "coat"})
"""What counts as something tailored over top and bottom."""
LIGHT = frozenset({"blazer", "vest"})


@dataclass(frozen=True, slots=True)
class Demand:
    """What an occasion and its weather ask for. `temperature_c` None: unknown, or indoors all the time."""

    occasion: Occasion
    temperature_c: float | None
    rain: bool
    season: str

    @property
    def needs_outerwear(self) -> bool:
        t = self.temperature_c
        cold = t is not None and t <= COLD_C
        return cold or (self.rain and (t is None or t <= RAIN_LAYER_C))

    @property
    def needs_jacket(self) -> bool:
        """Over top and bottom, where a dress stands for itself."""
        return self.occasion.jacket and (self.temperature_c is None or self.temperature_c <= JACKET_C)

    @property
    def likes_jacket(self) -> bool:
        """Wanted over a man's top and bottom, and never needed."""
        return self.occasion.jacket_liked and (self.temperature_c is None or self.temperature_c <= JACKET_C)


def demand_of(context: Context) -> Demand:
    """Raises InvalidOption for an occasion or a season that is not known, or a temperature that is none."""
    if context.season and context.season not in SEASONS:
        raise InvalidOption(f"{context.season!r} is no season.", hint=f"One of: {', '.join(SEASONS)}.")
    given = context.temperature_c
    if given is not None and not -60 <= given <= 60:
        raise InvalidOption(f"{given} °C is no weather.", hint="A temperature in degrees Celsius, -60 to 60.")
    occasion = occasion_of(context.occasion)
    if occasion.indoors:
        return Demand(occasion, None, False, context.season)
    temperature = given if given is not None else TYPICAL_C.get(context.season)
    return Demand(occasion, temperature, context.rain, context.season)


# --- what can be had -----------------------------------------------------------------------------------------


def available(table: ItemTable, profile: Profile, budget: "tuple[int, str] | None") -> dict[str, Bool]:
    """Hard filters by name, each a mask of N: in stock, in size, for whom, within the budget (minor units, currency), with a
    price where it is to be bought."""
    owned = table.owned
    masks = {
        "stock": table.in_stock | owned,
        "size": _in_size(table, profile),
        "gender": _for_gender(table, profile.gender),
        "age": np.array([_same_age(age, profile.age_group) for age in table.ages], np.bool_)[table.age],
        "price": owned | (table.currency >= 0),
    }
    if budget is not None:
        amount, currency = budget
        code = table.currencies.index(currency) if currency in table.currencies else -2
        masks["budget"] = owned | ((table.currency == code) & (table.price <= amount))
    return masks


def _same_age(age: str, wanted: str) -> bool:
    return (age or "adult") == (wanted or "adult")


def _for_gender(table: ItemTable, gender: str) -> Bool:
    if not gender:
        return np.ones(len(table), np.bool_)
    return (table.gender == 0) | (table.gender == GENDERS.index(gender))


def _in_size(table: ItemTable, profile: Profile) -> Bool:
    """Of a category for which the profile has no size, everything; of one for which it has, what is known to fit."""
    wanted = {category: frozenset(keys) | {"one"} for category, keys in profile.sizes.items() if keys}
    fits = [category not in wanted or not wanted[category].isdisjoint(keys) for category, keys in table.fits]
    return np.array(fits, np.bool_)[table.fit] | table.owned


# --- what is fit ---------------------------------------------------------------------------------------------


def fitting(table: ItemTable, demand: Demand, among: Bool) -> Bool:
    """Items that an occasion and its weather allow, whatever they are worn with, of those `among`; N."""
    fit = among & np.logical_and.reduce(list(fitting_by_rule(table, demand).values()))
    return fit & not_avoided(table, demand.occasion, fit)


def fitting_by_rule(table: ItemTable, demand: Demand) -> dict[str, Bool]:
    """Each rule on a single item by its name, but for the colours that are to be avoided."""
    occasion = demand.occasion
    low, high = occasion.formality
    outer = table.slot == SLOT_OF["outerwear"]
    least = np.where(outer, low - OUTERWEAR_SLACK, low)
    bit = season_bit(demand.season)
    return {
        "kind": (table.slot >= 0) & ~table.is_kind(occasion.kinds_out),
        "formality": (table.formality >= least - 1e-6) & (table.formality <= high + 1e-6),
        "weather": _for_weather(table, demand, outer),
        "season": (table.seasons == 0) | ((table.seasons & bit) > 0)
        if bit
        else np.ones(len(table), np.bool_),
        "chroma": table.chroma <= occasion.most_chroma,
    }


def _for_weather(table: ItemTable, demand: Demand, outer: Bool) -> Bool:
    fit = np.ones(len(table), np.bool_)
    t = demand.temperature_c
    if t is not None:
        fit &= (table.least_c <= t) & (table.most_c >= t)
        if t <= VERY_COLD_C:
            fit &= ~(outer & table.is_kind(LIGHT))
    if demand.rain:
        exposed = outer | np.isin(table.slot, [SLOT_OF[s] for s in ("shoes", "sunglasses", "bag", "hat")])
        fit &= table.rain | ~exposed
    return fit


def not_avoided(table: ItemTable, occasion: Occasion, among: Bool) -> Bool:
    """Whether the dominant colour is none that the occasion avoids in this slot; N, judged for those `among` only."""
    fine = np.ones(len(table), np.bool_)
    for avoid in occasion.avoid:
        slots = [SLOT_OF[slot] for slot in avoid.slots] or list(range(len(SLOTS)))
        rows = np.flatnonzero(among & np.isin(table.slot, slots))
        near = ciede2000(table.lab[rows], np.array(avoid.lab)) <= avoid.within
        fine[rows[near]] = False
    return fine
