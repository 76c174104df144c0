"""Small feeds in each format, and a database to read them into."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bottega.shop.feeds import Feed, open_feed
from bottega.shop.importing import ImportReport, import_feed
from bottega.shop.product import Product
from bottega.store.database import Database

OWNER = "ann"


def google_xml(path: Path, offers: Sequence[dict[str, Any]], *, head: str = "") -> Path:
    """A list as a field's value repeats the element."""

    def element(name: str, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return "".join(f"<g:{name}>{each}</g:{name}>" for each in values)

    items = "\n".join(
        "<item>" + "".join(element(name, value) for name, value in offer.items()) + "</item>"
        for offer in offers
    )
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?>{head}\n<rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
        f"<title>A shop</title>\n{items}\n</channel></rss>",
        encoding="utf-8",
    )
    return path


def json_lines(path: Path, offers: Sequence[Any]) -> Path:
    path.write_text(
        "".join(json.dumps(offer, ensure_ascii=False) + "\n" for offer in offers), encoding="utf-8"
    )
    return path


def offer(id_: str = "1", **fields: Any) -> dict[str, Any]:
    """Usable as it is."""
    return {"id": id_, "title": "Linen shirt", "price": "49.90 EUR", "availability": "in_stock"} | fields


def products(feed: Feed) -> list[Product]:
    return [product for _, product, _ in feed.offers() if product is not None]


def problems(feed: Feed) -> list[tuple[int, str]]:
    return [(record.line, reason) for record, product, reason in feed.offers() if product is None]


async def bring(
    database: Database, path: Path, *, owner: str = OWNER, shop: str = "shop", full: bool = True
) -> ImportReport:
    return await import_feed(database, open_feed(path, shop=shop), owner=owner, full=full)
