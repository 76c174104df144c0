"""Why an item or a look was chosen, as sentences for people: about colours, cuts and occasions, never about bodies as faults."""

import numpy as np

from bottega.fashion.colours import ciede2000, name_of
from bottega.fashion.outfits.data import proportion_rules
from bottega.fashion.outfits.harmony import HueFit, hue_fit
from bottega.fashion.outfits.rules import Demand
from bottega.fashion.outfits.table import ItemTable, is_neutral, kind_of
from bottega.fashion.outfits.traits import F64, SLOTS
from bottega.fashion.outfits.values import STYLES, Context, Price, Profile

_GOOD = 0.6
_TEMPLATES = {
    "i": "tones of one hue",
    "V": "neighbouring hues",
    "I": "complementary hues",
    "T": "hues of one half of the circle",
    "L": "hues a quarter of the circle apart",
    "Y": "neighbouring hues and their complement",
    "X": "two pairs of complementary hues",
}


def item_reasons(
    table: ItemTable, row: int, parts: dict[str, float], profile: Profile, context: Context, demand: Demand
) -> tuple[str, ...]:
    """At least one sentence; those that say the most first."""
    found = [
        _colour(table, row, parts, profile, context),
        _style(table, row, parts, profile),
        _occasion(table, row, parts, demand),
        _weather(parts, demand),
        *_proportions(table, row, profile),
        _liking(table, row, parts, profile),
        _price(table, row, context),
    ]
    said = tuple(dict.fromkeys(sentence for sentence in found if sentence))
    return said or ("In stock and within what was asked for.",)


def _colour(table: ItemTable, row: int, parts: dict[str, float], profile: Profile, context: Context) -> str:
    if parts.get("colour", 0) < _GOOD:
        return ""
    lab = table.lab[row]
    name = name_of((float(lab[0]), float(lab[1]), float(lab[2])))
    if profile.palette:
        apart = ciede2000(lab, np.array(profile.palette))
        nearest = profile.palette[int(apart.argmin())]
        if apart.min() <= 12:
            same = name_of(nearest)
            return (
                f"Its {name} is in your palette."
                if same == name
                else f"Its {name} is close to the {same} of your palette."
            )
    if is_neutral(table.lab[row : row + 1])[0]:
        return f"Its {name} is a neutral that goes with most colours."
    return f"Its {name} goes with what it is worn beside." if context.beside else ""


def _style(table: ItemTable, row: int, parts: dict[str, float], profile: Profile) -> str:
    if parts.get("style", 0) < _GOOD:
        return ""
    wanted = np.array([profile.styles.get(style, 0.0) for style in STYLES])
    best = STYLES[int(np.argmax(wanted * table.styles[row]))]
    return f"It is {best}, as you like it."


def _occasion(table: ItemTable, row: int, parts: dict[str, float], demand: Demand) -> str:
    if parts.get("occasion", 0) < _GOOD:
        return ""
    return f"Right for the occasion: {demand.occasion.name.lower()}."


def _weather(parts: dict[str, float], demand: Demand) -> str:
    if parts.get("weather", 0) < 0.9:
        return ""
    rain = " and rain" if demand.rain else ""
    if demand.temperature_c is not None:
        return f"Comfortable at {demand.temperature_c:.0f} °C{rain}."
    return f"Made for {demand.season or 'rain'}."


def _proportions(table: ItemTable, row: int, profile: Profile) -> list[str]:
    cuts, item = table.cuts[int(table.cut[row])], table.items[row]
    lightness = table.lab[row, 0]
    return [
        rule.reason
        for rule in proportion_rules()
        if rule.proportion in profile.proportions
        and rule.weight > 0
        and (not rule.slots or SLOTS[int(table.slot[row])] in rule.slots)
        and (not rule.kinds or kind_of(table, row) in rule.kinds)
        and (not rule.cuts or cuts & rule.cuts)
        and (not rule.patterns or item.pattern in rule.patterns)
        and (not rule.tone or (lightness < 40 if rule.tone == "dark" else lightness > 65))
    ]


def _liking(table: ItemTable, row: int, parts: dict[str, float], profile: Profile) -> str:
    if parts.get("liking", 0) < _GOOD:
        return ""
    kind = kind_of(table, row)
    liked = profile.liking.get(f"kind:{kind}", 0.0)
    return f"You liked {_plural(kind)} before." if liked > 0.1 else "It resembles what you liked before."


def _plural(kind: str) -> str:
    if kind.endswith("s") and kind not in ("dress",):
        return kind
    return {"dress": "dresses", "watch": "watches", "jewellery": "jewellery", "scarf": "scarves"}.get(
        kind, f"{kind}s"
    )


def _price(table: ItemTable, row: int, context: Context) -> str:
    price, budget = table.items[row].price, context.budget
    if table.items[row].owned:
        return "You have it already."
    if budget is None or price is None or price.amount > budget.amount:
        return ""
    return f"{price} is within your budget of {budget}."


# --- looks ---------------------------------------------------------------------------------------------------


def look_reasons(
    table: ItemTable,
    rows: list[int],
    profile: Profile,
    demand: Demand,
    warmth: float,
    total: Price | None,
    budget: Price | None,
) -> tuple[str, ...]:
    """Colours, occasion, weather (`warmth` 0 to 1), what is owned, what it costs."""
    lab: F64 = table.lab[rows]
    found = [_harmony(hue_fit(lab))]
    if demand.occasion.id:
        found.append(f"Every piece is as formal as the occasion asks: {demand.occasion.name.lower()}.")
    if demand.temperature_c is not None and warmth >= _GOOD:
        rain = " and rain" if demand.rain else ""
        found.append(f"Warm enough and not too warm for a walk at {demand.temperature_c:.0f} °C{rain}.")
    found += [reason for row in rows for reason in _proportions(table, row, profile)][:2]
    own = sum(bool(table.owned[row]) for row in rows)
    if own:
        found.append(f"{own} of {len(rows)} pieces are yours already.")
    if budget is not None and total is not None:
        found.append(f"{total} in all, within {budget}.")
    return tuple(dict.fromkeys(found))


def _harmony(fit: HueFit) -> str:
    if fit.template == "N":
        return "Neutral colours with one accent at most: they go together."
    if fit.score >= 0.5:
        return f"The colours are {_TEMPLATES[fit.template]}."
    return "The colours contrast freely."
