"""The pictures that an owner has saved under names; owners see nothing of each other's.

What a mention in a sentence does is left to `resolve`, the pictures themselves to the asset store.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bottega.domain.request import Request
from bottega.errors import Conflict, InputError, NotFound
from bottega.references.mentions import find_mentions
from bottega.references.names import check_name, key_of, near
from bottega.references.reference import Reference, ReferenceKind
from bottega.references.resolve import Resolved, resolve
from bottega.store.assets import AssetStore
from bottega.store.database import Database, epoch_now, insert_new
from bottega.store.schema import named_references as T

MOST = 1000
"""References of one owner."""
SUGGESTIONS = 10


class ReferenceBook:
    """Names are compared without regard to case and to Unicode's different spellings of the same."""

    def __init__(self, database: Database, assets: AssetStore) -> None:
        self._database = database
        self._assets = assets

    async def save(
        self, owner: str, name: str, kind: ReferenceKind, asset_id: str, *, replace: bool = False
    ) -> Reference:
        """Give one of the owner's pictures a name. Saving the same again changes nothing.

        Raises InvalidOption for an impossible name, NotFound for an asset that is not the owner's, InputError for
        one that is no picture, Conflict when the name is taken (unless `replace`) or the book is full.
        """
        spelling = check_name(name)
        asset = await self._assets.get(asset_id, owner)
        if not asset.media.is_picture:
            raise InputError(
                "Only a picture can be saved as a reference.", hint="Give a PNG, JPEG or WEBP file."
            )
        values = {"spelling": spelling, "kind": str(kind), "asset_id": asset_id}
        taken, full = await self._database.write(
            lambda c: _put(c, owner, key_of(spelling), values, replace=replace)
        )
        if taken:
            raise _taken(spelling)
        if full:
            raise Conflict(f"There are {MOST} references already.", hint="Remove one that is not needed.")
        return await self.get(owner, spelling)

    async def get(self, owner: str, name: str) -> Reference:
        """Raises NotFound for a name that does not exist and for somebody else's alike."""
        query = _of(owner).where(T.c.name == key_of(name.removeprefix("@")))
        row = await self._database.read(lambda c: c.execute(query).mappings().first())
        if row is None:
            raise _missing(name)
        return _reference(row)

    async def list(self, owner: str, kind: ReferenceKind | None = None) -> tuple[Reference, ...]:
        """The owner's references by name."""
        query = _of(owner).order_by(T.c.name)
        if kind is not None:
            query = query.where(T.c.kind == str(kind))
        rows = await self._database.read(lambda c: c.execute(query).mappings().all())
        return tuple(_reference(row) for row in rows)

    async def change(
        self, owner: str, name: str, *, new_name: str | None = None, kind: ReferenceKind | None = None
    ) -> Reference:
        """Rename a reference, or say that it is of another kind. Raises NotFound, InvalidOption, Conflict."""
        old = key_of(name.removeprefix("@"))
        values: dict[str, str] = {} if kind is None else {"kind": str(kind)}
        if new_name is not None:
            values |= {"spelling": check_name(new_name)}
            values |= {"name": key_of(values["spelling"])}
        moved: list[str] = []

        def work(connection: sa.Connection) -> bool:
            """False when the new name is taken."""
            goal = values.get("name", old)
            at_goal = _asset_at(connection, owner, goal)
            source = _asset_at(connection, owner, old)
            if source is None:
                # This may be the second run, after a commit whose answer was lost.
                if at_goal is not None and moved == [at_goal]:
                    return True
                raise _missing(name)
            if goal != old and at_goal is not None:
                return False
            if values:
                connection.execute(sa.update(T).where(T.c.owner == owner, T.c.name == old).values(values))
            moved[:] = [source]
            return True

        try:
            free = await self._database.write(work)
        except IntegrityError:  # another process took the name between looking and writing
            free = False
        if not free:
            raise _taken(values["spelling"])
        return await self.get(owner, values.get("name", old))

    async def remove(self, owner: str, name: str) -> None:
        """Forget a name; the picture stays among the assets. Raises NotFound."""
        key = key_of(name.removeprefix("@"))
        removed: list[bool] = []

        def work(connection: sa.Connection) -> None:
            done = connection.execute(sa.delete(T).where(T.c.owner == owner, T.c.name == key))
            removed.append(done.rowcount > 0)

        await self._database.write(work)
        if not any(removed):  # the first run may have done it, with its answer lost
            raise _missing(name)

    async def resolve(self, request: Request, owner: str) -> Resolved:
        """The request with the owner's pictures that its sentence mentions; see the module `resolve`."""
        if not find_mentions(request.prompt):
            return Resolved(request=request)
        return await asyncio.to_thread(resolve, request, await self.list(owner))

    async def suggest(self, owner: str, beginning: str, limit: int = SUGGESTIONS) -> tuple[Reference, ...]:
        """For completing a mention while it is typed: names that begin so, then those that hold it, then near ones."""
        references = await self.list(owner)
        typed = key_of(beginning.strip().removeprefix("@"))
        return await asyncio.to_thread(_completions, typed, references, limit)


def _completions(typed: str, references: Sequence[Reference], limit: int) -> tuple[Reference, ...]:
    known = {key_of(reference.name): reference for reference in references}
    starting = [key for key in known if key.startswith(typed)]
    holding = [key for key in known if typed in key]
    keys = dict.fromkeys([*starting, *holding, *near(typed, known)])
    return tuple(known[key] for key in list(keys)[:limit])


def _put(
    connection: sa.Connection, owner: str, key: str, values: dict[str, str], *, replace: bool
) -> tuple[bool, bool]:
    """Whether the name is taken, whether the book is full; neither when the row stands."""
    mine = sa.and_(T.c.owner == owner, T.c.name == key)
    find = sa.select(T).where(mine)
    row = connection.execute(find).mappings().first()
    if row is None:
        count = connection.execute(sa.select(sa.func.count()).where(T.c.owner == owner)).scalar_one()
        if count >= MOST:
            return False, True
        # Another process may save the same name at this moment: then one of the two rows stands, and is looked at.
        insert_new(
            connection, T, [{"owner": owner, "name": key, "created_at": epoch_now(connection), **values}]
        )
        row = connection.execute(find).mappings().one()
    if any(row[name] != value for name, value in values.items()):
        if not replace:
            return True, False
        connection.execute(sa.update(T).where(mine).values(values))
    return False, False


def _of(owner: str) -> "sa.Select[Any, Any, Any, Any]":
    named = T.c.spelling.label("name")
    return sa.select(named, T.c.kind, T.c.asset_id, T.c.created_at).where(T.c.owner == owner)


def _asset_at(connection: sa.Connection, owner: str, key: str) -> str | None:
    query = sa.select(T.c.asset_id).where(T.c.owner == owner, T.c.name == key)
    return connection.execute(query).scalar()


def _reference(row: Mapping[Any, Any]) -> Reference:
    return Reference.model_validate(dict(row))


def _missing(name: str) -> NotFound:
    return NotFound(
        f"There is no reference named {name[:80]!r}.", hint="The list of references shows all names."
    )


def _taken(name: str) -> Conflict:
    return Conflict(
        f"There is a reference named {name!r} already.", hint="Choose another name, or replace that one."
    )
