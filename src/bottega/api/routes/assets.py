"""Assets: upload, list, download, thumbnails."""

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse

from bottega.api.documents import BINARY, FILES, takes
from bottega.api.schemas import AssetAnswer, AssetList
from bottega.api.security import Shop, Who
from bottega.api.submissions import add_files
from bottega.api.uploads import content_type, received_file, received_form
from bottega.domain.asset import Asset
from bottega.errors import InputError, ResourceError, UnsupportedMedia
from bottega.imaging.media_type import CLIPS
from bottega.store.assets import extension_for

router = APIRouter(tags=["assets"])

_SHOWN = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "webp", "gif", "avif", "bmp", "tiff")) | CLIPS
"""Types that a browser may show in place: pictures and clips, which cannot hold scripts. All others are downloads."""
_PLAYED = "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
"""A clip that is opened by its address is played by a page of the browser's own, under the policy of the answer."""
_GUARDED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What an id names never changes; whose it is does not belong into shared caches.
    "Cache-Control": "private, max-age=31536000, immutable",
}


@router.post("/assets", status_code=201, openapi_extra=takes(form=FILES, picture=BINARY))
async def add_assets(
    request: Request,
    response: Response,
    shop: Shop,
    who: Who,
    name: Annotated[str, Query(max_length=200, description="File name of what is sent as the body.")] = "",
) -> AssetList:
    """Store pictures and clips: the files of a form (whatever their fields are called), or one as the body itself."""
    kind = content_type(request)
    if kind == "multipart/form-data":
        async with received_form(request, shop.settings) as form:
            if not form.files:
                raise InputError("The form has no file.", hint="Send at least one part with a filename.")
            assets = await add_files(form, shop, who)
    elif kind.startswith(("image/", "video/")):
        async with received_file(request, shop.settings) as path:
            noun = "picture" if kind.startswith("image/") else "clip"
            assets = [await shop.add_asset(path, name=name or noun, who=who)]
    else:
        raise UnsupportedMedia(
            "Pictures and clips are sent as a form or as the body itself.",
            hint="Send Content-Type multipart/form-data or image/png, image/jpeg, video/mp4, ...",
        )
    if len(assets) == 1:
        response.headers["Location"] = f"/api/v1/assets/{assets[0].id}"
    return AssetList(assets=tuple(AssetAnswer.of(asset) for asset in assets))


@router.get("/assets")
async def list_assets(
    shop: Shop,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False)] = None,
) -> AssetList:
    """One's own assets, newest first."""
    found = await shop.assets(who, limit=limit, before=before)
    return AssetList(
        assets=tuple(AssetAnswer.of(asset) for asset in found),
        next_before=found[-1].created_at if len(found) == limit else None,
    )


@router.get("/assets/{asset_id}")
async def get_asset(asset_id: str, shop: Shop, who: Who) -> AssetAnswer:
    return AssetAnswer.of(await shop.asset(asset_id, who))


@router.get("/assets/{asset_id}/content", response_class=Response)
async def get_asset_content(
    asset_id: str,
    shop: Shop,
    who: Who,
    download: Annotated[bool, Query(description="As an attachment, pictures and clips too.")] = False,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The file. Ranges are answered, so that clips can be played from anywhere; what is neither a picture nor a clip comes
    as an attachment."""
    asset = await shop.asset(asset_id, who)
    headers = {
        **_GUARDED,
        "ETag": f'"{asset.id}"',
        "Content-Disposition": disposition(asset, attachment=download),
    }
    if asset.media.is_clip:
        headers["Content-Security-Policy"] = _PLAYED
    if _known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    path = shop.asset_path(asset)
    if not await asyncio.to_thread(path.is_file):
        raise ResourceError(
            "The file of this asset is missing in the store.",
            hint="Restore it from a backup, or upload it again.",
        )
    return FileResponse(path, media_type=asset.media.media_type, headers=headers)


@router.get("/assets/{asset_id}/thumbnail", response_class=Response)
async def get_asset_thumbnail(
    asset_id: str,
    shop: Shop,
    who: Who,
    side: Annotated[int, Query(description="128, 256, 512 or 1024 pixels at most.")] = 256,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A small WebP of a picture, or of a clip's first frame that shows something; made when first asked for."""
    path = await shop.thumbnail(asset_id, side, who)
    headers = {**_GUARDED, "ETag": f'"{asset_id}-{side}"'}
    if _known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="image/webp", headers=headers)


def disposition(asset: Asset, *, attachment: bool) -> str:
    """A Content-Disposition (RFC 6266) whose name has the extension of what the content is.

    The name in full is percent-encoded UTF-8 (RFC 8187); beside it stands one in plain ASCII.
    """
    kind = asset.media.media_type
    how = "attachment" if attachment or kind not in _SHOWN else "inline"
    name, extension = asset.name, extension_for(kind)
    if not name.lower().endswith((extension, ".jpeg" if extension == ".jpg" else f"{extension}f")):
        name += extension
    plain = "".join(ch if ch.isascii() and (ch.isalnum() or ch in " ._-()") else "_" for ch in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _known(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has it already (RFC 9110, section 13.1.2: the weak comparison)."""
    if if_none_match is None:
        return False
    given = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in given or etag in given
