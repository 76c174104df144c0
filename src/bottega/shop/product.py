"""What is known of one offer of a shop. Reading feeds and keeping offers are left to others."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from bottega.shop.money import Price

Category = Literal["top", "bottom", "dress", "outerwear", "shoes", "accessory", "other"]
Gender = Literal["female", "male", "unisex", ""]
AgeGroup = Literal["adult", "kids", "toddler", "infant", "newborn", ""]
Availability = Literal["in_stock", "preorder", "backorder", "out_of_stock"]

BUYABLE: frozenset[Availability] = frozenset({"in_stock", "preorder", "backorder"})


@dataclass(frozen=True, slots=True)
class Colour:
    """As the shop names it. `name` is the English basic name and `lab` the CIE L*a*b* (D65) where they are known, from the
    name or, better, from a picture; `hex` is `#rrggbb` in sRGB."""

    text: str
    name: str = ""
    hex: str = ""
    lab: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """`stock` in pieces; None where the feed says no more than that it can be bought, 0 where it cannot."""

    label: str
    stock: int | None = None

    @property
    def available(self) -> bool:
        return self.stock is None or self.stock > 0


@dataclass(frozen=True, slots=True)
class Product:
    """One offer. `id` is unique within its shop; offers with the same `group_id` differ in size or colour only.

    `kind` is finer than `category`: `shirt`, `jeans`, `sneakers`; empty where nothing says it. `size_system` is one of
    Google's (`EU`, `US`, `UK`, ...) or empty. Links are as the feed gives them: a partner's click-out is left intact.
    """

    id: str
    title: str
    shop: str
    group_id: str = ""
    description: str = ""
    link: str = ""
    image_links: tuple[str, ...] = ()
    price: Price | None = None
    sale_price: Price | None = None
    availability: Availability = "in_stock"
    brand: str = ""
    gender: Gender = ""
    age_group: AgeGroup = ""
    colours: tuple[Colour, ...] = ()
    sizes: tuple[Size, ...] = ()
    size_system: str = ""
    material: str = ""
    pattern: str = ""
    category: Category = "other"
    kind: str = ""
    source: str = ""
    updated_at: float = 0.0

    @property
    def current_price(self) -> Price | None:
        """What it costs now."""
        return self.sale_price or self.price

    @property
    def is_buyable(self) -> bool:
        return self.availability in BUYABLE and (not self.sizes or any(size.available for size in self.sizes))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; amounts in minor units."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        plain["image_links"] = list(self.image_links)
        plain["price"] = _price_dict(self.price)
        plain["sale_price"] = _price_dict(self.sale_price)
        plain["colours"] = [
            {"text": c.text, "name": c.name, "hex": c.hex, "lab": c.lab and list(c.lab)} for c in self.colours
        ]
        plain["sizes"] = [{"label": size.label, "stock": size.stock} for size in self.sizes]
        return plain


_PLAIN = (
    "id", "title", "shop", "group_id", "description", "link", "availability", "brand", "gender", "age_group",
    "size_system", "material", "pattern", "category", "kind", "source", "updated_at",
)  # fmt: skip


def _price_dict(price: Price | None) -> dict[str, Any] | None:
    return None if price is None else {"amount": price.amount, "currency": price.currency, "text": str(price)}


# --- as a stored record --------------------------------------------------------------------------------------


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
READING = 1
"""To be raised when terms are made differently, so that known offers are indexed anew by the next import."""


def to_record(product: Product) -> str:
    """The whole offer without its times, as compact JSON in a fixed order: equal offers have equal records."""
    p = product
    return _ENCODE(
        [
            p.id, p.title, p.shop, p.group_id, p.description, p.link, p.image_links,
            p.price and (p.price.amount, p.price.currency),
            p.sale_price and (p.sale_price.amount, p.sale_price.currency),
            p.availability, p.brand, p.gender, p.age_group,
            [(c.text, c.name, c.hex, c.lab) for c in p.colours],
            [(s.label, s.stock) for s in p.sizes],
            p.size_system, p.material, p.pattern, p.category, p.kind, p.source,
        ]
    )  # fmt: skip


def from_record(record: str, updated_at: float = 0.0) -> Product:
    (
        id_, title, shop, group_id, description, link, images, price, sale, availability, brand, gender, age_group,
        colours, sizes, size_system, material, pattern, category, kind, source,
    ) = json.loads(record)  # fmt: skip
    return Product(
        id=id_,
        title=title,
        shop=shop,
        group_id=group_id,
        description=description,
        link=link,
        image_links=tuple(images),
        price=Price(*price) if price else None,
        sale_price=Price(*sale) if sale else None,
        availability=availability,
        brand=brand,
        gender=gender,
        age_group=age_group,
        colours=tuple(Colour(text, name, hex_, lab and tuple(lab)) for text, name, hex_, lab in colours),
        sizes=tuple(Size(label, stock) for label, stock in sizes),
        size_system=size_system,
        material=material,
        pattern=pattern,
        category=category,
        kind=kind,
        source=source,
        updated_at=updated_at,
    )


def digest_of(record: str) -> str:
    """Of what is stored of an offer."""
    return blake2b(f"{READING}{record}".encode(), digest_size=12).hexdigest()
