"""Made-up items by the thousand, a person, and a checker of looks that shares no code with what composes them."""

import math
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bottega.fashion.outfits as package
from bottega.fashion.colours import ciede2000, lab_of
from bottega.fashion.outfits.table import table_of
from bottega.fashion.outfits.values import Context, Item, Look, Price, Profile

FOLDER = Path(package.__file__).parent
OCCASIONS: dict[str, Any] = tomllib.loads((FOLDER / "occasions.toml").read_text("utf-8"))
KINDS: dict[str, Any] = tomllib.loads((FOLDER / "kinds.toml").read_text("utf-8"))["kinds"]
MATERIALS: dict[str, Any] = tomllib.loads((FOLDER / "kinds.toml").read_text("utf-8"))["materials"]
MAIN = ("top", "bottom", "dress", "outerwear", "shoes")
_CUTS = ("relaxed", "slim", "classic", "cropped", "tailored", "oversized", "evening", "plain", "wrap", "")
_PATTERNS = ("plain", "plain", "plain", "", "striped", "checked", "floral", "print")
_TYPICAL = {"winter": 2.0, "spring": 13.0, "summer": 25.0, "autumn": 12.0}


def category_of(kind: str) -> str:
    slot = KINDS[kind]["slot"]
    return slot if slot in MAIN else "accessory"


def wardrobe(
    count: int, seed: int = 1, *, currencies: Sequence[str] = ("EUR", "EUR", "EUR", "USD")
) -> list[Item]:
    chance = random.Random(seed)
    kinds = list(KINDS)
    hexes = [f"#{chance.randrange(1 << 24):06x}" for _ in range(200)]
    hexes += ["#000000", "#ffffff", "#14213d", "#808080", "#d9c7a3", "#7b4a26"] * 25
    labs = [lab_of(each) for each in hexes]
    return [
        _item(number, chance, chance.choice(kinds), chance.choice(labs), currencies)
        for number in range(count)
    ]


def _item(number: int, chance: random.Random, kind: str, lab: Any, currencies: Sequence[str]) -> Item:
    category = category_of(kind)
    material = chance.choice(list(MATERIALS))
    sizes = (
        ("39", "40", "41")
        if category == "shoes"
        else ("one",)
        if category == "accessory"
        else ("s", "m", "l")
    )
    owned = chance.random() < 0.05
    return Item(
        id=f"i{number}",
        title=f"{chance.choice(_CUTS)} {material} {kind} {number % 97}",
        category=category,  # type: ignore[arg-type]
        kind=kind,
        price=None
        if owned or chance.random() < 0.02
        else Price(chance.randint(900, 40_000), chance.choice(currencies)),
        colours=(lab,) if chance.random() < 0.97 else (),
        material=material,
        pattern=chance.choice(_PATTERNS),
        gender=chance.choice(("female", "male", "unisex", "")),
        age_group=chance.choice(("adult", "adult", "adult", "", "kids")),
        sizes=frozenset(size for size in sizes if chance.random() < 0.7),
        seasons=frozenset(chance.sample(["spring", "summer", "autumn", "winter"], 2))
        if owned
        else frozenset(),
        brand=chance.choice(("Oak", "Lumo", "Velan")),
        group_id=f"g{number // 2}" if chance.random() < 0.2 else "",
        in_stock=chance.random() < 0.95,
        owned=owned,
    )


def request(chance: random.Random) -> tuple[Profile, Context, Price | None]:
    """Anything that somebody may ask for."""
    profile = Profile(
        gender=chance.choice(("female", "male", "")),
        age_group=chance.choice(("adult", "adult", "adult", "kids")),
        sizes={"top": frozenset({"m"}), "shoes": frozenset({"40"})} if chance.random() < 0.5 else {},
        styles={"classic": 1.0, "romantic": 0.4} if chance.random() < 0.5 else {},
        palette=(lab_of("#14213d"), lab_of("#c19a6b"), lab_of("#800020")) if chance.random() < 0.5 else (),
        proportions=frozenset({"hips_wider"}) if chance.random() < 0.3 else frozenset(),
        liking={f"colour:{'#14213d'}": 0.8, "kind:shirt": -0.5} if chance.random() < 0.3 else {},
    )
    context = Context(
        occasion=chance.choice([*OCCASIONS, ""]),
        season=chance.choice(("", "", "winter", "spring", "summer", "autumn")),
        temperature_c=chance.choice((None, None, float(chance.randint(-15, 36)))),
        rain=chance.random() < 0.25,
    )
    budget = (
        Price(chance.choice((4000, 9000, 15_000, 30_000, 60_000)), "EUR") if chance.random() < 0.5 else None
    )
    return profile, context, budget


# --- the checker ---------------------------------------------------------------------------------------------


def broken_rules(look: Look, profile: Profile, context: Context, budget: Price | None) -> list[str]:
    """Which of the published rules a look breaks; read from the data files and from the items, with plain loops."""
    occasion = OCCASIONS.get(context.occasion, {"formality": [1.0, 5.0]})
    slots = [KINDS[item.kind]["slot"] for item in look.items]
    bad = [f"two of {slot}" for slot in set(slots) if slots.count(slot) > 1]
    one_piece, separates = "dress" in slots, "top" in slots and "bottom" in slots
    if one_piece == separates or (one_piece and ("top" in slots or "bottom" in slots)):
        bad.append("neither a dress nor top and bottom")
    if slots.count("shoes") != 1:
        bad.append("not one pair of shoes")
    if sum(slot not in MAIN for slot in slots) > 3:
        bad.append("too many accessories")
    bad += _weather(look, slots, occasion, context)
    bad += _occasion(look, occasion, one_piece, context)
    bad += _together(look)
    bad += [f"{item.id}: {why}" for item in look.items for why in _for_whom(item, profile)]
    bad += _money(look, budget)
    kinds = [item.kind for item in look.items]
    if "tie" in kinds and "shirt" not in kinds:
        bad.append("a tie without a shirt")
    if "belt" in kinds and one_piece:
        bad.append("a belt on a dress")
    return bad


def _temperature(occasion: Any, context: Context) -> float | None:
    if occasion.get("indoors"):
        return None
    return context.temperature_c if context.temperature_c is not None else _TYPICAL.get(context.season)


def _weather(look: Look, slots: list[str], occasion: Any, context: Context) -> list[str]:
    bad: list[str] = []
    t = _temperature(occasion, context)
    rain = context.rain and not occasion.get("indoors")
    outer = [item for item in look.items if KINDS[item.kind]["slot"] == "outerwear"]
    if ((t is not None and t <= 14) or (rain and (t is None or t <= 20))) and not outer:
        bad.append("no outerwear")
    for item in look.items:
        kind, cloth = KINDS[item.kind], MATERIALS.get(item.material, {})
        clothes = kind["slot"] in ("top", "bottom", "dress", "outerwear", "scarf", "hat", "gloves")
        for limits in (kind, cloth if clothes else {}):
            comfortable = t is None or limits.get("least_c", -99) <= t <= limits.get("most_c", 99)
            bad += [] if comfortable else [f"{item.title} at {t}"]
        wet = kind["slot"] in ("outerwear", "shoes", "sunglasses", "bag", "hat")
        if rain and wet and not (kind.get("rain", True) and cloth.get("rain", True)):
            bad.append(f"{item.title} in the rain")
        if context.season and item.seasons and context.season not in item.seasons:
            bad.append(f"{item.title} in {context.season}")
        if t is not None and t <= 5 and item.kind in ("blazer", "vest"):
            bad.append(f"{item.title} as outerwear at {t}")
    return bad


def _occasion(look: Look, occasion: Any, one_piece: bool, context: Context) -> list[str]:
    bad: list[str] = []
    low, high = occasion["formality"]
    formality = table_of(
        look.items
    ).formality  # of each item by itself: what the words add is data, not a rule
    for item, value in zip(look.items, formality, strict=True):
        slot = KINDS[item.kind]["slot"]
        if not low - (0.8 if slot == "outerwear" else 0) - 1e-4 <= value <= high + 1e-4:
            bad.append(f"{item.title} has formality {value}")
        if item.kind in occasion.get("kinds_out", []):
            bad.append(f"{item.kind} on this occasion")
        if item.colours:
            lab = item.colours[0]
            if math.hypot(lab[1], lab[2]) > occasion.get("most_chroma", 1e9):
                bad.append(f"{item.title} is too colourful")
            bad += [
                f"{item.title} is in an avoided colour"
                for avoid in occasion.get("avoid", [])
                if slot in avoid.get("slots", [slot])
                and ciede2000(lab, lab_of(avoid["colour"])) <= avoid["within"]
            ]
    if formality.max() - formality.min() > 1.5 + 1e-4:
        bad.append("formality is spread too far")
    t = _temperature(occasion, context)
    tailored = any(item.kind in ("blazer", "vest", "coat") for item in look.items)
    if occasion.get("jacket") and not one_piece and not tailored and (t is None or t <= 26):
        bad.append("nothing tailored over top and bottom")
    return bad


def _together(look: Look) -> list[str]:
    bad: list[str] = []
    if sum(item.pattern not in ("", "plain") for item in look.items) > 1:
        bad.append("two patterns")
    families: set[int] = set()
    for item in look.items:
        if item.colours:
            lightness, a, b = item.colours[0]
            chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
            quiet = chroma < 20 or (lightness < 25 and chroma < 35) or (50 <= hue <= 115 and chroma < 42)
            if not quiet:
                families.add(int(((hue + 15) % 360) // 30))
    if len(families) > 3:
        bad.append("more than three families of hue")
    if {"female", "male"} <= {item.gender for item in look.items}:
        bad.append("two genders in one look")
    return bad


def _for_whom(item: Item, profile: Profile) -> list[str]:
    bad: list[str] = []
    if profile.gender and item.gender not in (profile.gender, "unisex", ""):
        bad.append("for another gender")
    if (item.age_group or "adult") != profile.age_group:
        bad.append("for another age")
    if not item.owned:
        if not item.in_stock:
            bad.append("out of stock")
        wanted = profile.sizes.get(item.category)
        if wanted and not (item.sizes & (wanted | {"one"})):
            bad.append("not in size")
        if item.price is None:
            bad.append("without a price")
    return bad


def _money(look: Look, budget: Price | None) -> list[str]:
    prices = [item.price for item in look.items if not item.owned and item.price is not None]
    currencies = {price.currency for price in prices}
    bad: list[str] = []
    if len(currencies) > 1:
        bad.append("two currencies")
    total = sum(price.amount for price in prices)
    if (look.total.amount if look.total else 0) != total:
        bad.append("the total is wrong")
    if budget is not None and prices and (total > budget.amount or currencies != {budget.currency}):
        bad.append("over the budget")
    return bad


def jaccard(one: Look, other: Look, without: frozenset[str] = frozenset()) -> float:
    first, second = one.ids - without, other.ids - without
    return len(first & second) / len(first | second) if first | second else 1.0
