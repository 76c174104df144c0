"""A made-up catalogue of made-up brands, so that search and outfits have something to work on in the first minute."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bottega.shop.vocabulary import vocabulary

SHOP: Final = "Bottega demo"
OFFERS: Final = 300
_BRANDS = (
    "Lumo Atelier",
    "Nordhaven",
    "Casa Mirela",
    "Tessuto Sette",
    "Oakline",
    "Velan",
    "Ruvia",
    "Petit Sillon",
)
_CUTS = ("relaxed", "slim", "classic", "cropped", "oversized", "tailored")
_TRIMS = ("fine", "classic", "modern", "handmade")
"""For what has no cut: shoes and accessories."""
_LETTERS = ("XS", "S", "M", "L", "XL")
_SHOE_SIZES = tuple(str(size) for size in range(36, 46))
_PATTERNS = ("plain", "plain", "plain", "striped", "checked", "floral", "dotted")
_COLOURS = (
    "black", "white", "grey", "beige", "cream", "camel", "brown", "red", "burgundy", "pink", "yellow", "green", "olive",
    "blue", "navy", "light-blue", "purple",
)  # fmt: skip
_LEATHERS = ("black", "black", "brown", "burgundy", "camel", "navy", "beige")
_METALS = ("gold", "silver")
_SUITS = ("navy", "navy", "black", "grey", "beige", "brown", "olive", "cream")
_SHIRTS = (
    "white",
    "white",
    "light-blue",
    "cream",
    "pink",
    "navy",
    "blue",
    "grey",
    "black",
    "green",
    "burgundy",
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """`names`: what shops call it; `euros`: from, to; `often`: its weight among the others."""

    materials: tuple[str, ...]
    euros: tuple[int, int]
    often: int
    names: tuple[str, ...] = ()
    whom: tuple[str, ...] = ("female", "male", "unisex")
    colours: tuple[str, ...] = _COLOURS


_KINDS: Final[dict[str, _Kind]] = {
    "shirt": _Kind(("linen", "cotton"), (29, 89), 3, colours=_SHIRTS),
    "t-shirt": _Kind(("cotton", "linen"), (12, 39), 3),
    "blouse": _Kind(("silk", "viscose", "satin"), (29, 99), 2, whom=("female",)),
    "sweater": _Kind(("wool", "cashmere", "cotton"), (39, 149), 3),
    "cardigan": _Kind(("wool", "cotton"), (39, 119), 2),
    "jeans": _Kind(("denim",), (39, 119), 3, colours=("blue", "navy", "light-blue", "black", "grey")),
    "trousers": _Kind(("wool", "linen", "cotton"), (39, 129), 3, colours=_SUITS),
    "shorts": _Kind(("linen", "cotton"), (19, 59), 2),
    "skirt": _Kind(("viscose", "wool", "satin"), (25, 89), 2, whom=("female",)),
    "dress": _Kind(("linen", "viscose", "silk"), (39, 179), 3, whom=("female",)),
    "jacket": _Kind(("denim", "leather", "cotton"), (59, 249), 2),
    "coat": _Kind(("wool", "cashmere"), (99, 349), 2, colours=(*_SUITS, "camel", "red")),
    "blazer": _Kind(("wool", "linen"), (79, 229), 2, whom=("female", "male"), colours=_SUITS),
    "sneakers": _Kind(("leather", "cotton"), (49, 139), 2),
    "boots": _Kind(("leather", "suede"), (79, 219), 2, colours=_LEATHERS),
    "sandals": _Kind(("leather",), (29, 99), 1, colours=_LEATHERS),
    "shoes": _Kind(
        ("leather", "suede"), (79, 229), 2, ("oxford shoes", "derby shoes", "loafers"), ("female", "male"), _LEATHERS
    ),
    "heels": _Kind(
        ("leather", "satin", "suede"), (59, 179), 1, ("pumps", "heels"), ("female",), (*_LEATHERS, "red", "gold", "silver")
    ),
    "bag": _Kind(("leather", "cotton"), (29, 199), 1, ("bag", "clutch", "tote"), colours=_LEATHERS),
    "belt": _Kind(("leather",), (19, 59), 1, colours=_LEATHERS),
    "tie": _Kind(("silk", "wool"), (19, 69), 1, whom=("male",), colours=("navy", "burgundy", "black", "green", "grey", "light-blue")),
    "jewellery": _Kind(("metal",), (19, 149), 1, ("necklace", "bracelet", "earrings"), ("female",), _METALS),
    "watch": _Kind(("metal", "leather"), (49, 249), 1, whom=("female", "male"), colours=("silver", "gold", "black", "brown")),
    "scarf": _Kind(("silk", "wool", "cashmere"), (19, 99), 1),
    "hat": _Kind(("wool", "cotton"), (15, 49), 1),
}  # fmt: skip
_FOR_EVERYBODY: Final[tuple[tuple[str, str, int], ...]] = (
    ("shoes", "male", 5), ("blazer", "male", 4), ("trousers", "male", 4), ("shirt", "male", 4), ("tie", "male", 6),
    ("bag", "male", 2), ("watch", "male", 2), ("belt", "male", 2),
    ("shoes", "female", 2), ("heels", "female", 5), ("dress", "female", 6), ("blouse", "female", 4), ("skirt", "female", 3),
    ("blazer", "female", 3), ("trousers", "female", 3), ("bag", "female", 4), ("jewellery", "female", 4), ("watch", "female", 2),
)  # fmt: skip
"""Kind, for whom, how many: so that a wedding and an interview have whole looks; the rest comes by chance."""


def demo_rows(offers: int = OFFERS, seed: int = 20) -> Iterator[dict[str, Any]]:
    """Fields of a JSON Lines feed, the same for the same seed. Pictures are left out; colours have their hex."""
    chance = random.Random(seed)  # noqa: S311 - made-up goods, no secret
    certain = [(kind, whom) for kind, whom, count in _FOR_EVERYBODY for _ in range(count)]
    weights = [kind.often for kind in _KINDS.values()]
    by_chance = chance.choices(list(_KINDS), weights, k=max(0, offers - len(certain)))
    wanted = [*certain, *((kind, chance.choice(_KINDS[kind].whom)) for kind in by_chance)][:offers]
    for number, (kind, whom) in enumerate(wanted, 1):
        yield _offer(f"demo-{number}", kind, whom, chance)


def _offer(id_: str, kind: str, whom: str, chance: random.Random) -> dict[str, Any]:
    about = _KINDS[kind]
    category = vocabulary().categories[kind]
    material, colour = chance.choice(about.materials), chance.choice(about.colours)
    cut = chance.choice(_TRIMS if category in ("shoes", "accessory") else _CUTS)
    name = chance.choice(about.names or (kind,))
    labels = _SHOE_SIZES if category == "shoes" else ("one size",) if category == "accessory" else _LETTERS
    pattern = chance.choice(_PATTERNS) if category in ("top", "dress", "bottom") else "plain"
    price = chance.randint(*about.euros)
    of = "" if material == "metal" else f"{material} "
    return {
        "id": id_,
        "item_group_id": id_,
        "title": f"{cut.title()} {of}{name} in {colour.replace('-', ' ')}",
        "description": f"A {cut} piece, {pattern}: {of}{name}. Made up for trying Bottega out; nobody sells it.",
        "price": f"{price}.00 EUR",
        **({"sale_price": f"{price * 4 // 5}.00 EUR"} if chance.random() < 0.2 else {}),
        "availability": "in_stock",
        "brand": chance.choice(_BRANDS),
        "gender": whom,
        "age_group": "adult",
        "color": vocabulary().hexes[colour],
        "sizes": [{"label": label, "stock": chance.choice((0, 1, 2, 5, 9))} for label in labels],
        "size_system": "EU" if category == "shoes" else "",
        "material": material,
        "pattern": pattern,
        "category": kind,
    }


def write_demo_feed(path: Path, offers: int = OFFERS) -> Path:
    """As a JSON Lines feed, read like any other; returns the path."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in demo_rows(offers))
    return path
