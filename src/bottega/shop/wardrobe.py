"""A user's own clothes: what they are and which picture shows them. Owners see nothing of each other's."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol

import sqlalchemy as sa
from pydantic import AfterValidator, Field

from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.errors import Conflict, InputError, NotFound
from bottega.shop.colours import named_colour
from bottega.shop.offers import kind_of
from bottega.shop.product import Category
from bottega.shop.words import stems
from bottega.store.database import Database, epoch_now, insert_new
from bottega.store.schema import wardrobe_items as W

MOST = 2000
"""Items of one owner."""
Season = Literal["spring", "summer", "autumn", "winter"]


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be kept")
    return text.strip()


def _plain(item_id: str) -> str:
    """No id has a NUL character, and PostgreSQL takes none."""
    return item_id.replace("\0", "?")


def _colour(text: str) -> str:
    if named_colour(text) is None:
        raise ValueError(f"{text!r} is no colour that is known here, such as navy or #14213d")
    return text.strip()


Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_storable)]
Colours = Annotated[
    tuple[Annotated[str, Field(max_length=40), AfterValidator(_colour)], ...], Field(max_length=8)
]


class NewItem(Value):
    """`category` and `kind` are read from the name where they are left out. Colours are words or `#rrggbb`."""

    name: Name
    asset_id: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    category: Category | None = None
    kind: Annotated[str, Field(max_length=60), AfterValidator(_storable)] = ""
    colours: Colours = ()
    seasons: frozenset[Season] = frozenset()
    notes: Annotated[str, Field(max_length=2000), AfterValidator(_storable)] = ""


class ItemChange(Value):
    """What is given replaces what was; the rest stays."""

    name: Name | None = None
    asset_id: str | None = Field(default=None, pattern="^([0-9a-f]{64})?$")
    category: Category | None = None
    kind: Annotated[str, Field(max_length=60), AfterValidator(_storable)] | None = None
    colours: Colours | None = None
    seasons: frozenset[Season] | None = None
    notes: Annotated[str, Field(max_length=2000), AfterValidator(_storable)] | None = None


class WardrobeItem(Value):
    """Times are seconds since the Unix epoch."""

    id: str
    owner: str
    name: str
    asset_id: str
    category: Category
    kind: str
    colours: tuple[str, ...]
    seasons: tuple[Season, ...]
    notes: str
    created_at: float
    changed_at: float


class Pictures(Protocol):
    """What is needed of the asset store. Raises NotFound for what is not the owner's."""

    async def get(self, asset_id: str, owner: str) -> Asset: ...


class Wardrobe:
    def __init__(self, database: Database, pictures: Pictures) -> None:
        self._database = database
        self._pictures = pictures

    async def add(self, owner: str, item: NewItem) -> WardrobeItem:
        """Raises NotFound for a picture that is not the owner's, InputError for one that is none, Conflict when the
        wardrobe is full."""
        await self._check_picture(owner, item.asset_id)
        category, kind = kind_of(stems(item.name))
        values: dict[str, Any] = {
            "id": f"item_{uuid.uuid4().hex}",
            "owner": owner,
            "name": item.name,
            "asset_id": item.asset_id,
            "category": item.category or category or "other",
            "kind": item.kind or (kind if item.category in (None, category) else ""),
            "colours": list(item.colours),
            "seasons": sorted(item.seasons),
            "notes": item.notes,
        }

        def work(connection: sa.Connection) -> bool:
            count = connection.execute(
                sa.select(sa.func.count()).select_from(W).where(W.c.owner == owner, W.c.id != values["id"])
            ).scalar_one()
            if count >= MOST:
                return False
            now = epoch_now(connection)
            insert_new(connection, W, [values | {"created_at": now, "changed_at": now}])
            return True

        if not await self._database.write(work):
            raise Conflict(f"There are {MOST} items already.", hint="Remove one that is not needed.")
        return await self.get(owner, values["id"])

    async def get(self, owner: str, item_id: str) -> WardrobeItem:
        """Raises NotFound for what does not exist and for somebody else's alike."""
        found = await self._read(sa.select(W).where(W.c.owner == owner, W.c.id == _plain(item_id)))
        if not found:
            raise NotFound("There is no such item in the wardrobe.")
        return found[0]

    async def list(
        self,
        owner: str,
        *,
        category: Category | None = None,
        season: Season | None = None,
        limit: int = 200,
    ) -> tuple[WardrobeItem, ...]:
        """Newest first. An item without seasons is for all of them."""
        query = sa.select(W).where(W.c.owner == owner).order_by(W.c.created_at.desc(), W.c.id)
        if category is not None:
            query = query.where(W.c.category == category)
        if season is None:
            return await self._read(query.limit(limit))
        found = await self._read(query)
        return tuple(item for item in found if not item.seasons or season in item.seasons)[:limit]

    async def change(self, owner: str, item_id: str, change: ItemChange) -> WardrobeItem:
        """Raises as `add` and `get` do."""
        values = change.model_dump(exclude_none=True)
        if "seasons" in values:
            values["seasons"] = sorted(values["seasons"])
        if "colours" in values:
            values["colours"] = list(values["colours"])
        await self._check_picture(owner, change.asset_id or "")

        def work(connection: sa.Connection) -> None:
            mine = sa.update(W).where(W.c.owner == owner, W.c.id == _plain(item_id))
            connection.execute(mine.values(**values, changed_at=epoch_now(connection)))

        if values:
            await self._database.write(work)
        return await self.get(owner, item_id)

    async def remove(self, owner: str, item_id: str) -> None:
        """The picture stays among the assets. Raises NotFound."""
        removed: list[bool] = []

        def work(connection: sa.Connection) -> None:
            done = connection.execute(sa.delete(W).where(W.c.owner == owner, W.c.id == _plain(item_id)))
            removed.append(done.rowcount > 0)

        await self._database.write(work)
        if not any(removed):  # the first run may have done it, with its answer lost
            raise NotFound("There is no such item in the wardrobe.")

    async def _check_picture(self, owner: str, asset_id: str) -> None:
        if asset_id and not (await self._pictures.get(asset_id, owner)).media.is_picture:
            raise InputError("Only a picture shows an item.", hint="Give a PNG, JPEG or WEBP file.")

    async def _read(self, query: sa.Select[Any]) -> tuple[WardrobeItem, ...]:
        rows: Sequence[Mapping[Any, Any]] = await self._database.read(
            lambda c: c.execute(query).mappings().all()
        )
        return tuple(WardrobeItem.model_validate(dict(row)) for row in rows)
