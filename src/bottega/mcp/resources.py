"""The resources: `asset://<id>` is a stored file, `job://<id>` a job as JSON. Only their owner's."""

import base64
from typing import Any

from mcp_types import (
    BlobResourceContents,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)
from pydantic_core import to_json

from bottega.app import Bottega
from bottega.domain.asset import Asset
from bottega.domain.principal import Principal
from bottega.errors import InputError, NotFound, TooLarge
from bottega.mcp.answers import asset_document, asset_uri, job_document
from bottega.mcp.faults import plain
from bottega.mcp.results import read_file

PAGE = 50
LARGEST_READ = 32 * 2**20
"""Bytes of a file that is sent in one message."""
_JSON = "application/json"


async def list_resources(shop: Bottega, who: Principal, cursor: str | None) -> ListResourcesResult:
    """The asker's assets, newest first. Raises InputError for a cursor that is none of this list."""
    found = await shop.assets(who, limit=PAGE, before=_before(cursor))
    more = repr(found[-1].created_at) if len(found) == PAGE else None
    return ListResourcesResult(resources=[_resource(asset) for asset in found], next_cursor=more)


def _before(cursor: str | None) -> float | None:
    try:
        before = None if cursor is None else float(cursor)
    except ValueError:
        before = float("nan")
    if before != before or (before is not None and abs(before) == float("inf")):
        raise InputError("The cursor is none of this list.", hint="Begin without one.")
    return before


def _resource(asset: Asset) -> Resource:
    return Resource(
        uri=asset_uri(asset.id),
        name=asset.name,
        description=asset.label or None,
        mime_type=asset.media.media_type,
        size=asset.size,
    )


def list_templates() -> ListResourceTemplatesResult:
    return ListResourceTemplatesResult(
        resource_templates=[
            ResourceTemplate(
                name="asset",
                title="A stored file",
                uri_template="asset://{asset_id}",
                description="A picture or document that was handed in or made by a job.",
            ),
            ResourceTemplate(
                name="job",
                title="A job",
                uri_template="job://{job_id}",
                mime_type=_JSON,
                description="A job with its intent, plan, verdict, cost and files.",
            ),
        ]
    )


async def read_resource(shop: Bottega, who: Principal, uri: str) -> ReadResourceResult:
    """Raises NotFound for what does not exist and for what is somebody else's alike, TooLarge."""
    scheme, _, name = uri.partition("://")
    match scheme:
        case "asset":
            return await _read_asset(shop, who, name, uri)
        case "job":
            return await _read_job(shop, who, name, uri)
        case _:
            raise NotFound("There is no such resource.", hint="Resources are asset://ID and job://ID.")


async def _read_asset(shop: Bottega, who: Principal, asset_id: str, uri: str) -> ReadResourceResult:
    asset = await shop.asset(asset_id, who)
    if asset.size > LARGEST_READ:
        raise TooLarge(
            f"The file has more than the {LARGEST_READ // 2**20} MiB that are sent in one message.",
            hint="Take it from the HTTP API, or with `bottega jobs save`.",
            limit=LARGEST_READ,
        )
    content = await read_file(shop.asset_path(asset))
    media_type = asset.media.media_type
    if media_type.startswith("text/") or media_type in ("image/svg+xml", _JSON):
        return _text(uri, content.decode("utf-8", errors="replace"), media_type)
    blob = base64.b64encode(content).decode()
    return ReadResourceResult(contents=[BlobResourceContents(uri=uri, mime_type=media_type, blob=blob)])


async def _read_job(shop: Bottega, who: Principal, job_id: str, uri: str) -> ReadResourceResult:
    job = await shop.job(job_id, who)
    made = job.result.outputs if job.result is not None else ()
    assets = await shop.store.get_many(made, who.owner)
    document: dict[str, Any] = plain(job_document(job, [asset_document(asset) for asset in assets]))
    return _text(uri, to_json(document).decode(), _JSON)


def _text(uri: str, text: str, media_type: str) -> ReadResourceResult:
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=media_type, text=text)])
