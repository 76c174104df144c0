"""The gallery: uploads and results found by words and filters; stars, boards, the trash."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from bottega.api.documents import takes
from bottega.api.schemas import AssetAnswer, Body
from bottega.api.security import Shop, Who
from bottega.api.uploads import read_json
from bottega.domain.base import Value
from bottega.store.gallery import MOST_AT_ONCE, GalleryFilter, GalleryItem, Kind, Media
from bottega.store.gallery_boards import LONGEST_NAME, Board

router = APIRouter(tags=["gallery"])
AssetId = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Time = Annotated[float | None, Query(allow_inf_nan=False, description="Seconds since the Unix epoch.")]


class AssetsBody(Body):
    asset_ids: tuple[AssetId, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class StarBody(AssetsBody):
    starred: bool = True


class BoardBody(Body):
    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class GalleryAnswer(Value):
    """`purge_at`: when it is removed for good, if it stays in the trash."""

    asset: AssetAnswer
    kind: Kind
    media: Media
    workflow: str
    model_id: str
    starred: bool
    deleted_at: float | None = None
    purge_at: float | None = None

    @classmethod
    def of(cls, item: GalleryItem) -> "GalleryAnswer":
        values: dict[str, Any] = {**dict(item), "asset": AssetAnswer.of(item.asset)}
        return cls(**values)


class GalleryList(Value):
    """`next_cursor` continues the list; None at its end."""

    items: tuple[GalleryAnswer, ...]
    next_cursor: str | None = None


class GalleryFacets(Value):
    workflows: tuple[str, ...]
    models: tuple[str, ...]


class TrashAnswer(Value):
    """`purge_at`: until then it can be undone."""

    asset_ids: tuple[str, ...]
    purge_at: float | None = None


class BoardList(Value):
    boards: tuple[Board, ...]


@router.get("/gallery")
async def list_gallery(
    shop: Shop,
    who: Who,
    q: Annotated[str, Query(max_length=400, description="Words of prompt, name, model, workflow.")] = "",
    workflow: Annotated[str, Query(max_length=80)] = "",
    model: Annotated[str, Query(max_length=200)] = "",
    kind: Kind | None = None,
    media: Media | None = None,
    since: Time = None,
    until: Time = None,
    starred: bool | None = None,
    board: Annotated[str | None, Query(max_length=80)] = None,
    deleted: Annotated[bool, Query(description="What is in the trash, and nothing else.")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 60,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> GalleryList:
    """One's own uploads and results, newest first."""
    wanted = GalleryFilter(
        words=q,
        workflow=workflow.replace("\0", ""),
        model=model.replace("\0", ""),
        kind=kind,
        media=media,
        since=since,
        until=until,
        starred=starred,
        board=None if board is None else board.replace("\0", ""),
        deleted=deleted,
    )
    page = await shop.gallery.page(who.owner, wanted, limit=limit, cursor=cursor)
    return GalleryList(
        items=tuple(GalleryAnswer.of(item) for item in page.items), next_cursor=page.next_cursor
    )


@router.get("/gallery/facets")
async def list_gallery_facets(shop: Shop, who: Who) -> GalleryFacets:
    """The workflows and models that one's results have, to filter by."""
    found = await shop.gallery.facets(who.owner)
    return GalleryFacets(workflows=found["workflows"], models=found["models"])


@router.post("/gallery/star", openapi_extra=takes(json=StarBody.model_json_schema()))
async def star_assets(request: Request, shop: Shop, who: Who) -> TrashAnswer:
    """Star them, or take the star away."""
    body = await read_json(request, StarBody)
    await shop.gallery.star(who.owner, body.asset_ids, starred=body.starred)
    return TrashAnswer(asset_ids=body.asset_ids)


@router.post("/gallery/trash", openapi_extra=takes(json=AssetsBody.model_json_schema()))
async def trash_assets(request: Request, shop: Shop, who: Who) -> TrashAnswer:
    """Put into the trash; it can be undone for 30 days."""
    body = await read_json(request, AssetsBody)
    purge_at = await shop.gallery.trash(who.owner, body.asset_ids)
    return TrashAnswer(asset_ids=body.asset_ids, purge_at=purge_at)


@router.post("/gallery/restore", openapi_extra=takes(json=AssetsBody.model_json_schema()))
async def restore_assets(request: Request, shop: Shop, who: Who) -> TrashAnswer:
    """Take out of the trash again."""
    body = await read_json(request, AssetsBody)
    await shop.gallery.restore(who.owner, body.asset_ids)
    return TrashAnswer(asset_ids=body.asset_ids)


@router.get("/gallery/{asset_id}")
async def get_gallery_item(asset_id: str, shop: Shop, who: Who) -> GalleryAnswer:
    return GalleryAnswer.of(await shop.gallery.item(who.owner, asset_id.replace("\0", "")))


# --- boards --------------------------------------------------------------------------------------------------


@router.get("/boards")
async def list_boards(shop: Shop, who: Who) -> BoardList:
    """One's own boards, by name."""
    return BoardList(boards=await shop.boards.list(who.owner))


@router.post("/boards", status_code=201, openapi_extra=takes(json=BoardBody.model_json_schema()))
async def create_board(request: Request, shop: Shop, who: Who) -> Board:
    return await shop.boards.create(who.owner, (await read_json(request, BoardBody)).name)


@router.get("/boards/{board_id}")
async def get_board(board_id: str, shop: Shop, who: Who) -> Board:
    return await shop.boards.get(who.owner, board_id)


@router.patch("/boards/{board_id}", openapi_extra=takes(json=BoardBody.model_json_schema()))
async def rename_board(board_id: str, request: Request, shop: Shop, who: Who) -> Board:
    return await shop.boards.rename(who.owner, board_id, (await read_json(request, BoardBody)).name)


@router.delete("/boards/{board_id}", status_code=204)
async def remove_board(board_id: str, shop: Shop, who: Who) -> None:
    """The board alone; its assets stay."""
    await shop.boards.remove(who.owner, board_id)


@router.post("/boards/{board_id}/assets", openapi_extra=takes(json=AssetsBody.model_json_schema()))
async def add_to_board(board_id: str, request: Request, shop: Shop, who: Who) -> Board:
    return await shop.boards.add(who.owner, board_id, (await read_json(request, AssetsBody)).asset_ids)


@router.post("/boards/{board_id}/assets/remove", openapi_extra=takes(json=AssetsBody.model_json_schema()))
async def take_off_board(board_id: str, request: Request, shop: Shop, who: Who) -> Board:
    return await shop.boards.take_off(who.owner, board_id, (await read_json(request, AssetsBody)).asset_ids)
