"""Results of tools: a sentence, the document as JSON, links to files, and pictures that a model can look at."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp_types import CallToolResult, ContentBlock, ImageContent, ResourceLink, TextContent
from pydantic_core import to_json

from bottega.app import Bottega
from bottega.domain.asset import Asset
from bottega.domain.principal import Principal
from bottega.errors import ResourceError
from bottega.mcp.answers import asset_uri, error_lines
from bottega.mcp.faults import plain

SHOWN_BYTES = 512 * 1024
"""All pictures of one result together: as base64 in one message they stay below the megabyte that clients take."""
PREVIEW_SIDE = 512
_SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""What models take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool has to say. `words` is for people and models, `document` the same for programs."""

    words: str
    document: dict[str, Any]
    blocks: Sequence[ContentBlock] = field(default=())
    is_error: bool = False

    def result(self) -> CallToolResult:
        """The document stands in the result twice: as structured content, and as text for clients that know none."""
        document = plain(self.document)
        text = TextContent(text=to_json(document).decode())
        return CallToolResult(
            content=[TextContent(text=self.words), text, *self.blocks],
            structured_content=document,
            is_error=self.is_error,
        )


def error_result(error: dict[str, Any]) -> CallToolResult:
    """Of what `BottegaError.as_dict` gives."""
    return Answer("\n".join(error_lines(error)), {"error": error}, is_error=True).result()


def link(asset: Asset) -> ResourceLink:
    return ResourceLink(
        uri=asset_uri(asset.id),
        name=asset.name,
        description=asset.label or None,
        mime_type=asset.media.media_type,
        size=asset.size,
    )


async def asset_blocks(shop: Bottega, who: Principal, assets: Sequence[Asset]) -> list[ContentBlock]:
    """A link to each file, then the pictures: as they are when small, else as previews, as far as there is room."""
    blocks: list[ContentBlock] = [link(asset) for asset in assets]
    room = SHOWN_BYTES
    for asset in assets:
        if not (asset.media.is_picture or asset.media.is_clip):
            continue
        content, media_type = await _shown(shop, who, asset, room)
        if len(content) > room:
            continue
        room -= len(content)
        blocks.append(ImageContent(data=base64.b64encode(content).decode(), mime_type=media_type))
    return blocks


async def _shown(shop: Bottega, who: Principal, asset: Asset, room: int) -> tuple[bytes, str]:
    if asset.size <= room and asset.media.media_type in _SHOWN_TYPES:
        return await read_file(shop.asset_path(asset)), asset.media.media_type
    preview = await shop.thumbnail(asset.id, PREVIEW_SIDE, who)
    return await read_file(preview), "image/webp"


async def read_file(path: Path) -> bytes:
    """Raises ResourceError when the store has lost it."""
    try:
        return await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise ResourceError(
            "The file of this asset is missing in the store.",
            hint="Restore it from a backup, or upload it again.",
        ) from error
