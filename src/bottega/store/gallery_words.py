"""What the gallery finds an asset by: its words, its kind, what made it. Plain values; rows are left to `gallery`."""

from collections.abc import Mapping
from typing import Any

_LONGEST = 4000


def folded(text: str) -> str:
    """The form in which words are compared: case-folded (Unicode, full), blanks made one."""
    return " ".join(text.casefold().split())


def gallery_row(asset: Mapping[str, Any]) -> dict[str, Any]:
    """The gallery's row for an asset, given as its JSON form or its database row (`media` and `provenance` as JSON)."""
    made: Mapping[str, Any] = asset["provenance"] or {}
    texts = [asset["name"], made.get("prompt", ""), made.get("workflow", ""), made.get("model_id", "")]
    return {
        "owner": asset["owner"],
        "asset_id": asset["id"],
        "created_at": asset["created_at"],
        "kind": "upload" if asset["kind"] == "upload" else "result",
        "media": _media(asset["media"]),
        "workflow": made.get("workflow", ""),
        "model_id": made.get("model_id", ""),
        # NUL is what PostgreSQL's texts cannot hold.
        "words": folded("\n".join(texts)).replace("\0", "")[:_LONGEST],
        "starred": False,
    }


def _media(media: Mapping[str, Any]) -> str:
    kind = media["media_type"]
    if kind.startswith("video/"):
        return "clip"
    return "picture" if kind.startswith("image/") and media.get("width") is not None else "document"
