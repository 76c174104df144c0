"""Items as they stand in lists for people. Light to import: the server answers with them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bottega.fashion.outfits.values import Item


def piece_of(item: "Item") -> dict[str, Any]:
    """An item as it stands in a list for people; what one owns has no price."""
    return {
        "id": item.id,
        "title": item.title,
        "category": item.category,
        "kind": item.kind,
        "price": "" if item.owned or item.price is None else str(item.price),
        "owned": item.owned,
    }
