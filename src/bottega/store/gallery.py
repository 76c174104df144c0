"""The gallery: an owner's uploads and results, found by words and filters, starred, in the trash.

Boards are left to `gallery_boards`, the end of what stays in the trash to `gallery_trash`.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from pydantic import Field

from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.errors import InputError, NotFound
from bottega.store.database import Database, epoch_now
from bottega.store.gallery_words import folded, gallery_row
from bottega.store.schema import assets as A
from bottega.store.schema import board_assets, boards
from bottega.store.schema import gallery as G

MOST_AT_ONCE = 200
TRASH_DAYS = 30
_DAY = 86_400.0
_MOST_WORDS = 12
_CURSOR = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?)-([0-9a-f]{64})")

Kind = Literal["upload", "result"]
Media = Literal["picture", "clip", "document"]


class GalleryFilter(Value):
    """What is looked for. `words` must all occur in prompt, name, model or workflow, in any order, as parts of words too.

    Times are seconds since the Unix epoch: `since` is included, `until` is not.
    """

    words: str = Field(default="", max_length=400)
    workflow: str = ""
    model: str = ""
    kind: Kind | None = None
    media: Media | None = None
    since: float | None = None
    until: float | None = None
    starred: bool | None = None
    board: str | None = None
    deleted: bool = False
    """What is in the trash, and nothing else."""


class GalleryItem(Value):
    """An asset in the gallery. `purge_at`: when it is removed for good, if it stays in the trash."""

    asset: Asset
    kind: Kind
    media: Media
    workflow: str
    model_id: str
    starred: bool
    deleted_at: float | None = None
    purge_at: float | None = None


class GalleryPage(Value):
    """`next_cursor` continues the list; None at its end."""

    items: tuple[GalleryItem, ...]
    next_cursor: str | None = None


class _Place(NamedTuple):
    created_at: float
    asset_id: str


class Gallery:
    """Everything is the owner's own: what belongs to somebody else is not found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, owner: str, wanted: GalleryFilter | None = None, *, limit: int = 60, cursor: str | None = None
    ) -> GalleryPage:
        """Newest first. Raises InputError for a cursor that is none, NotFound for a board that is not there."""
        wanted = wanted or GalleryFilter()
        place = None if cursor is None else _place(cursor)
        most = max(1, min(limit, MOST_AT_ONCE))

        def work(connection: sa.Connection) -> GalleryPage:
            if wanted.board is not None:
                check_board(connection, owner, wanted.board)
            query = _page_query(owner, wanted, place, most + 1)
            return _page_of(connection.execute(query).mappings().all(), most)

        return await self._database.read(work)

    async def item(self, owner: str, asset_id: str) -> GalleryItem:
        """Raises NotFound."""
        query = _shown(G).where(G.c.owner == owner, G.c.asset_id == asset_id)
        row = await self._database.read(lambda c: c.execute(query).mappings().one_or_none())
        if row is None:
            raise _no_asset(asset_id)
        return _item(row)

    async def star(self, owner: str, asset_ids: Sequence[str], *, starred: bool) -> None:
        """Raises NotFound, and changes nothing then."""
        await self._database.write(lambda c: _change(c, owner, asset_ids, {"starred": starred}))

    async def trash(self, owner: str, asset_ids: Sequence[str]) -> float:
        """Put into the trash; returns when they are removed for good. What is there already keeps its time.

        Raises NotFound, and changes nothing then.
        """

        def work(connection: sa.Connection) -> float:
            now = epoch_now(connection)
            _change(connection, owner, asset_ids, {"deleted_at": sa.func.coalesce(G.c.deleted_at, now)})
            return now + TRASH_DAYS * _DAY

        return await self._database.write(work)

    async def restore(self, owner: str, asset_ids: Sequence[str]) -> None:
        """Take out of the trash again. Raises NotFound, also for what has been removed for good."""
        await self._database.write(lambda c: _change(c, owner, asset_ids, {"deleted_at": None}))

    async def facets(self, owner: str) -> dict[str, tuple[str, ...]]:
        """The workflows and models that the owner's results have."""

        def work(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
            return {
                name: tuple(
                    connection.execute(
                        sa.select(column).where(G.c.owner == owner, column != "").distinct().order_by(column)
                    ).scalars()
                )
                for name, column in (("workflows", G.c.workflow), ("models", G.c.model_id))
            }

        return await self._database.read(work)


# --- what is written with an asset ---------------------------------------------------------------------------


def show_assets(connection: sa.Connection, assets: Sequence[Asset]) -> None:
    """Give assets their place in the gallery. One that comes again, and is in the trash, is taken out of it: its
    owner has just brought or made it."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    for asset in assets:
        insert = dialect.insert(G).values(gallery_row(asset.model_dump(mode="json")))
        connection.execute(
            insert.on_conflict_do_update(index_elements=["owner", "asset_id"], set_={"deleted_at": None})
        )


def show_again(connection: sa.Connection, owner: str, asset_ids: Sequence[str]) -> None:
    """Take them out of the trash, as far as they are there: they are the result of new work."""
    connection.execute(
        sa.update(G)
        .where(G.c.owner == owner, G.c.asset_id.in_(asset_ids), G.c.deleted_at.is_not(None))
        .values(deleted_at=None)
    )


# --- reading -------------------------------------------------------------------------------------------------


def _shown(found: sa.FromClause) -> sa.Select[Any]:
    """The rows of the gallery with the assets themselves."""
    return sa.select(
        A,
        found.c.kind.label("shown_kind"),
        found.c.media.label("shown_media"),
        found.c.workflow,
        found.c.model_id,
        found.c.starred,
        found.c.deleted_at,
    ).select_from(found.join(A, sa.and_(A.c.owner == found.c.owner, A.c.id == found.c.asset_id)))


def _page_query(owner: str, wanted: GalleryFilter, place: _Place | None, most: int) -> sa.Select[Any]:
    # A page is chosen from the gallery alone, along its index; joined first, PostgreSQL may join and sort everything.
    page = _query(owner, wanted, place).limit(most).subquery()
    return _shown(page).order_by(page.c.created_at.desc(), page.c.asset_id.desc())


def _query(owner: str, wanted: GalleryFilter, place: _Place | None) -> sa.Select[Any]:
    found = G.c.deleted_at.is_not(None) if wanted.deleted else G.c.deleted_at.is_(None)
    query = sa.select(G).where(G.c.owner == owner, found)
    for column, value in (
        (G.c.workflow, wanted.workflow),
        (G.c.model_id, wanted.model),
        (G.c.kind, wanted.kind),
        (G.c.media, wanted.media),
    ):
        if value:
            query = query.where(column == value)
    if wanted.starred is not None:
        query = query.where(G.c.starred.is_(wanted.starred))
    if wanted.since is not None:
        query = query.where(G.c.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(G.c.created_at < wanted.until)
    if wanted.board is not None:
        members = sa.select(board_assets.c.asset_id).where(board_assets.c.board_id == wanted.board)
        query = query.where(G.c.asset_id.in_(members))
    # Case-folded on both sides: SQLite's LIKE knows the case of ASCII letters only, PostgreSQL's none.
    for word in folded(wanted.words.replace("\0", " ")).split()[:_MOST_WORDS]:
        query = query.where(G.c.words.contains(word, autoescape=True))
    if place is not None:
        last = sa.tuple_(sa.literal(place.created_at), sa.literal(place.asset_id))
        query = query.where(sa.tuple_(G.c.created_at, G.c.asset_id) < last)
    return query.order_by(G.c.created_at.desc(), G.c.asset_id.desc())


def _page_of(rows: Sequence[Any], most: int) -> GalleryPage:
    items = tuple(_item(row) for row in rows[:most])
    last = items[-1].asset if len(rows) > most else None
    return GalleryPage(items=items, next_cursor=None if last is None else f"{last.created_at!r}-{last.id}")


def _item(row: Any) -> GalleryItem:
    asset = Asset.model_validate({column.name: row[column.name] for column in A.c})
    deleted = row["deleted_at"]
    return GalleryItem(
        asset=asset,
        kind=row["shown_kind"],
        media=row["shown_media"],
        workflow=row["workflow"],
        model_id=row["model_id"],
        starred=row["starred"],
        deleted_at=deleted,
        purge_at=None if deleted is None else deleted + TRASH_DAYS * _DAY,
    )


def _place(cursor: str) -> _Place:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InputError(
            "The cursor is none of this list.", hint="Send the `next_cursor` of the page before."
        )
    return _Place(float(match[1]), match[2])


# --- changing ------------------------------------------------------------------------------------------------


def _change(connection: sa.Connection, owner: str, asset_ids: Sequence[str], values: dict[str, Any]) -> None:
    check_assets(connection, owner, asset_ids)
    connection.execute(sa.update(G).where(G.c.owner == owner, G.c.asset_id.in_(asset_ids)).values(**values))


def check_assets(connection: sa.Connection, owner: str, asset_ids: Sequence[str]) -> None:
    """Raises NotFound unless all of them are in the owner's gallery."""
    query = sa.select(G.c.asset_id).where(G.c.owner == owner, G.c.asset_id.in_(asset_ids))
    found = set(connection.execute(query).scalars())
    for asset_id in asset_ids:
        if asset_id not in found:
            raise _no_asset(asset_id)


def check_board(connection: sa.Connection, owner: str, board_id: str) -> None:
    """Raises NotFound."""
    query = sa.select(boards.c.id).where(boards.c.id == board_id, boards.c.owner == owner)
    if connection.execute(query).first() is None:
        raise NotFound("There is no board with this id.")


def _no_asset(asset_id: str) -> NotFound:
    return NotFound(f"There is no asset {asset_id[:80]!r} in your gallery.")
