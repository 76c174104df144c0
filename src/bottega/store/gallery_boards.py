"""Boards: named collections of an owner's assets. An asset may be on many; a board's end leaves its assets alone."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from bottega.domain.base import Value
from bottega.errors import Conflict, InvalidOption, NotFound
from bottega.store.database import Database, epoch_now, insert_new
from bottega.store.gallery import check_assets, check_board
from bottega.store.schema import board_assets as M
from bottega.store.schema import boards as B
from bottega.store.schema import gallery as G

LONGEST_NAME = 100
MOST_BOARDS = 1000


class Board(Value):
    """`assets`: how many are on it, without those in the trash. `cover`: the one that was added last."""

    id: str
    name: str
    created_at: float
    assets: int = 0
    cover: str | None = None


class Boards:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, owner: str, name: str) -> Board:
        """Raises InvalidOption for an impossible name, Conflict for one that another board has."""
        name = _checked(name)
        board_id = f"board_{secrets.token_hex(12)}"

        def work(connection: sa.Connection) -> Board:
            _check_free(connection, owner, name, but=board_id)
            if _count(connection, owner) >= MOST_BOARDS:
                raise Conflict(f"There are {MOST_BOARDS} boards already.", hint="Remove one first.")
            row = {"id": board_id, "owner": owner, "name": name, "created_at": epoch_now(connection)}
            insert_new(connection, B, [row])
            return _load(connection, owner, board_id)

        return await self._database.write(work)

    async def list(self, owner: str) -> tuple[Board, ...]:
        """By name."""
        query = _SHOWN.where(B.c.owner == owner).order_by(sa.func.lower(B.c.name), B.c.id)
        rows = await self._database.read(lambda c: c.execute(query).mappings().all())
        return tuple(Board.model_validate(dict(row)) for row in rows)

    async def get(self, owner: str, board_id: str) -> Board:
        """Raises NotFound."""
        return await self._database.read(lambda c: _load(c, owner, board_id))

    async def rename(self, owner: str, board_id: str, name: str) -> Board:
        """Raises NotFound, InvalidOption, Conflict."""
        name = _checked(name)

        def work(connection: sa.Connection) -> Board:
            check_board(connection, owner, board_id)
            _check_free(connection, owner, name, but=board_id)
            connection.execute(sa.update(B).where(B.c.id == board_id).values(name=name))
            return _load(connection, owner, board_id)

        return await self._database.write(work)

    async def remove(self, owner: str, board_id: str) -> None:
        """The board alone; its assets stay. Raises NotFound."""

        def work(connection: sa.Connection) -> None:
            check_board(connection, owner, board_id)
            connection.execute(sa.delete(M).where(M.c.board_id == board_id))
            connection.execute(sa.delete(B).where(B.c.id == board_id))

        await self._database.write(work)

    async def add(self, owner: str, board_id: str, asset_ids: Sequence[str]) -> Board:
        """What is on it already stays as it is. Raises NotFound, and changes nothing then."""

        def work(connection: sa.Connection) -> Board:
            check_board(connection, owner, board_id)
            check_assets(connection, owner, asset_ids)
            now = epoch_now(connection)
            rows = [{"board_id": board_id, "asset_id": each, "added_at": now} for each in asset_ids]
            insert_new(connection, M, rows)
            return _load(connection, owner, board_id)

        return await self._database.write(work)

    async def take_off(self, owner: str, board_id: str, asset_ids: Sequence[str]) -> Board:
        """What is not on it is left out. Raises NotFound for the board."""

        def work(connection: sa.Connection) -> Board:
            check_board(connection, owner, board_id)
            connection.execute(sa.delete(M).where(M.c.board_id == board_id, M.c.asset_id.in_(asset_ids)))
            return _load(connection, owner, board_id)

        return await self._database.write(work)


_on_board = sa.and_(G.c.owner == B.c.owner, G.c.asset_id == M.c.asset_id, G.c.deleted_at.is_(None))
_SHOWN = sa.select(
    B.c.id,
    B.c.name,
    B.c.created_at,
    sa.select(sa.func.count())
    .select_from(M.join(G, _on_board))
    .where(M.c.board_id == B.c.id)
    .correlate(B)
    .scalar_subquery()
    .label("assets"),
    sa.select(M.c.asset_id)
    .select_from(M.join(G, _on_board))
    .where(M.c.board_id == B.c.id)
    .correlate(B)
    .order_by(M.c.added_at.desc(), M.c.asset_id)
    .limit(1)
    .scalar_subquery()
    .label("cover"),
)


def _load(connection: sa.Connection, owner: str, board_id: str) -> Board:
    query = _SHOWN.where(B.c.owner == owner, B.c.id == board_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no board with this id.")
    return Board.model_validate(dict(row))


def _count(connection: sa.Connection, owner: str) -> int:
    return connection.execute(
        sa.select(sa.func.count()).select_from(B).where(B.c.owner == owner)
    ).scalar_one()


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidOption(f"A board's name has 1 to {LONGEST_NAME} printable characters.")
    return name


def _check_free(connection: sa.Connection, owner: str, name: str, *, but: str) -> None:
    taken = sa.select(B.c.id).where(B.c.owner == owner, B.c.name == name, B.c.id != but)
    if connection.execute(taken).first() is not None:
        raise Conflict(f"There is a board named {name!r} already.", hint="Take another name.")
