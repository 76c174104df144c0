"""From the fields of a feed's record to a `Product`: what the words of shops mean, and what makes a record unusable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from bottega.shop.colours import read_colours
from bottega.shop.money import Price, currency_of, read_price
from bottega.shop.product import Availability, Category, Colour, Product, Size
from bottega.shop.sizes import SYSTEMS, read_sizes
from bottega.shop.vocabulary import all_of, first_of, vocabulary
from bottega.shop.words import stem, stems

Row = Mapping[str, Any]
"""Field -> text, or a sequence of texts for `image_link`, `sizes` and `categories`. The names are those of the Google
Merchant specification, with `old_price`, `stock`, `sizes` (label or (label, stock)), `categories` and `shop` beside."""

LONGEST: Mapping[str, int] = {"id": 200, "title": 500, "description": 5000, "link": 2000, "brand": 200}
MOST_IMAGES = 20

_AVAILABILITY: dict[str, Availability] = {
    **dict.fromkeys(
        ("", "in stock", "in_stock", "instock", "true", "1", "yes", "available", "ja", "да", "в наличии"),
        "in_stock",
    ),
    **dict.fromkeys(
        (
            "out of stock",
            "out_of_stock",
            "outofstock",
            "false",
            "0",
            "no",
            "sold out",
            "nein",
            "нет",
            "нет в наличии",
        ),
        "out_of_stock",
    ),
    **dict.fromkeys(("preorder", "pre-order", "предзаказ"), "preorder"),
    **dict.fromkeys(("backorder", "back-order", "available for order", "под заказ"), "backorder"),
}


class BadRow(ValueError):
    """A record that is no offer; the text says why, for the feed's author."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a feed's records do not say themselves. `minor_units`: its prices are in kopecks or cents."""

    shop: str
    source: str
    currency: str = ""
    minor_units: bool = False


def read_offer(row: Row, defaults: Defaults) -> Product:
    """Raises BadRow."""
    get = row.get
    id_, title = _text(get("id")), _text(get("title"))
    if not id_:
        raise BadRow("it has no id")
    if not title:
        raise BadRow("it has no title")
    if len(id_) > LONGEST["id"]:
        raise BadRow(f"its id has more than {LONGEST['id']} characters")
    price, sale = _prices(row, defaults)
    brand = _text(get("brand"))[: LONGEST["brand"]]
    category, kind = classify(title, tuple(_texts(get("categories"))), _text(get("google_product_category")))
    sizes = _sizes(row)
    availability = _availability(_text(get("availability")))
    if availability == "in_stock" and sizes and not any(size.available for size in sizes):
        availability = "out_of_stock"
    return Product(
        id=id_,
        title=title[: LONGEST["title"]],
        shop=_text(get("shop"))[:100] or defaults.shop,
        group_id=_text(get("item_group_id"))[: LONGEST["id"]],
        description=_text(get("description"))[: LONGEST["description"]],
        link=_link(_text(get("link"))),
        image_links=_images(row),
        price=price,
        sale_price=sale,
        availability=availability,
        brand=brand,
        gender=_gender(row),
        age_group=first_of(vocabulary().ages, stems(_text(get("age_group")))) or "",
        colours=_colours(_text(get("color")), title),
        sizes=sizes,
        size_system=_size_system(_text(get("size_system"))),
        material=_text(get("material"))[:200],
        pattern=_text(get("pattern"))[:100],
        category=category,
        kind=kind,
        source=defaults.source,
    )


def _text(value: Any) -> str:
    """One line: without NUL, and with white space as single spaces."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        several = cast("Sequence[Any]", value)
        value = several[0] if several else ""
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and "\n" not in text and "  " not in text and "\0" not in text and "\t" not in text:
        return text.strip()
    return " ".join(text.replace("\0", "").split())


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [_text(each) for each in value]


def _link(text: str) -> str:
    if not text:
        return ""
    if not text.startswith(("http://", "https://")):
        raise BadRow("its link is no http address")
    if len(text) > LONGEST["link"]:
        raise BadRow(f"its link has more than {LONGEST['link']} characters")
    return text


def _images(row: Row) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in ("image_link", "additional_image_link"):
        value = row.get(name)
        if not value:
            continue
        texts = value.split(",http") if isinstance(value, str) else value
        for number, each in enumerate(texts):
            link = _text(f"http{each}" if number and isinstance(value, str) else each)
            if link.startswith(("http://", "https://")):
                found[link[: LONGEST["link"]]] = None
    return tuple(found)[:MOST_IMAGES]


# --- money and stock -----------------------------------------------------------------------------------------


def _prices(row: Row, defaults: Defaults) -> tuple[Price | None, Price | None]:
    """The usual price and, where it is lower, the one that holds now."""
    currency = _text(row.get("currency"))
    code = currency_of(currency) if currency else defaults.currency
    if code is None:
        raise BadRow(f"its currency {currency[:20]!r} is not known")
    usual, sale, old = (
        _price(row.get(name), code, defaults.minor_units) for name in ("price", "sale_price", "old_price")
    )
    if old is not None and usual is not None and old.currency == usual.currency and old.amount > usual.amount:
        usual, sale = old, sale or usual
    if usual is None:
        return sale, None
    if sale is not None and (sale.currency != usual.currency or sale.amount >= usual.amount):
        sale = None
    return usual, sale


def _price(value: Any, code: str, minor: bool) -> Price | None:
    text = _text(value)
    if not text:
        return None
    try:
        return read_price(text, code, minor=minor)
    except ValueError as error:
        raise BadRow(str(error)) from None


def _availability(text: str) -> Availability:
    found = _AVAILABILITY.get(
        text.lower().removeprefix("http://schema.org/").removeprefix("https://schema.org/")
    )
    if found is None:
        raise BadRow(f"its availability {text[:40]!r} is not known")
    return found


def _sizes(row: Row) -> tuple[Size, ...]:
    value = row.get("sizes") or row.get("size")
    if not value:
        return ()
    if not isinstance(value, str):
        return tuple(_size(each) for each in value)
    sizes = read_sizes(value)
    stock = _text(row.get("stock"))
    if stock.isdecimal() and len(sizes) == 1 and sizes[0].stock is None:
        return (Size(sizes[0].label, int(stock)),)
    return sizes


def _size(entry: Any) -> Size:
    if isinstance(entry, str):
        return Size(entry.strip()[:40])
    label, stock = entry
    if stock is not None and not str(stock).isdecimal():
        raise BadRow(f"its stock {str(stock)[:20]!r} is no count")
    return Size(_text(label)[:40], None if stock is None else int(stock))


def _size_system(text: str) -> str:
    system = text.upper()
    return system if system in SYSTEMS else ""


# --- words ---------------------------------------------------------------------------------------------------


def _gender(row: Row) -> Any:
    words = vocabulary().genders
    said = _text(row.get("gender"))
    if said:
        return _said_gender(said)
    for text in [*_texts(row.get("categories")), _text(row.get("title"))]:
        if found := first_of(words, stems(text)):
            return found
    return ""


@lru_cache(maxsize=4096)
def _said_gender(text: str) -> str:
    return first_of(vocabulary().genders, stems(text)) or ""


def _colours(text: str, title: str) -> tuple[Colour, ...]:
    if text:
        return read_colours(text)
    found = list(dict.fromkeys(name for _, name, _ in all_of(vocabulary().colours, stems(title))))
    return read_colours("/".join(found)) if found else ()


@lru_cache(maxsize=65_536)
def _of_feed(categories: tuple[str, ...], google: str) -> tuple[Category | None, str]:
    words = vocabulary()
    for text in (google, *reversed(categories)):
        for segment in reversed(text.replace("/", ">").replace("|", ">").split(">")):
            part = segment.strip()
            if part in words.google:
                return words.google[part], ""
            said = stems(part)
            shelf: Category | None = first_of(words.shelves, said)
            category, kind = kind_of(said)
            if shelf is not None:
                return shelf, kind if category == shelf else ""
            if category is not None:
                return category, kind
    return None, ""


def classify(title: str, categories: tuple[str, ...] = (), google: str = "") -> tuple[Category, str]:
    """What a thing is. The feed's own categories decide; the title's words add the kind where they agree."""
    category, kind = _of_feed(categories, google)
    own_category, own_kind = kind_of(stems(title))
    if category is None:
        return own_category or "other", own_kind
    return (category, own_kind) if own_category == category else (category, kind)


def kind_of(said: Sequence[str]) -> tuple[Category | None, str]:
    """(category, kind) from a title's stems; (None, "") where no word says it. What stands behind `with`, `mit`, `для`
    belongs to the thing and does not name it."""
    words = vocabulary()
    prepositions = _stemmed_prepositions()
    end = next((at for at, word in enumerate(said) if at and word in prepositions), len(said))
    for part in (said[:end], said[end:]):
        found = [word for _, word, _ in all_of(words.kinds, part)]
        if not found:
            for word in reversed(part):
                if (parts := words.parts(word)) is not None and (hit := words.kinds.get((parts[1],))):
                    found = [hit]
                    break
        if found:
            word = found[-1] if found[-1].head_last else found[0]
            return word.category, word.kind
    return None, ""


@lru_cache(maxsize=1)
def _stemmed_prepositions() -> frozenset[str]:
    return frozenset(stem(word) for word in vocabulary().prepositions)
