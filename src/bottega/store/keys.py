"""API keys: who asks. Only a hash of a key's secret part is kept, so a copy of the database opens nothing.

Whether keys are required, and what a scope permits, is decided by the faces.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.principal import LOCAL, Principal, Scope
from bottega.errors import InvalidOption, NotAuthenticated, NotFound
from bottega.store.database import Database, epoch_now
from bottega.store.schema import api_keys

USED_EVERY_SECONDS = 60.0
"""How fine `last_used_at` is: a busy key does not write on every request."""

_OWNER = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_ID = re.compile(r"[0-9a-f]{16}")
_PRESENTED = re.compile(r"btg_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_LONGEST_NAME = 100


class NewKey(Value):
    """A key just made. `secret` is what the client presents; it is shown this once and cannot be read again."""

    key_id: str
    secret: str = Field(repr=False)


class ApiKey(Value):
    """What may be shown of a key. Times are seconds since the Unix epoch, UTC."""

    id: str
    owner: str
    name: str
    scopes: frozenset[Scope]
    created_at: float
    last_used_at: float | None = None
    revoked_at: float | None = None

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None


def check_owner(owner: str) -> str:
    """The owner's name as it is. Raises InvalidOption unless it is 1 to 64 of letters, digits and `. _ @ -`."""
    if not _OWNER.fullmatch(owner):
        raise InvalidOption(
            f"{owner[:80]!r} cannot be an owner's name.",
            hint="Use 1 to 64 letters, digits, dots, underscores, hyphens or @.",
        )
    return owner


class KeyStore:
    """Keys look like `btg_<id>_<secret>`; the id finds the row, the secret proves it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, owner: str, name: str, scopes: Iterable[Scope] = (Scope.USER,)) -> NewKey:
        """Make a key for `owner`; `name` says what it is for.

        Raises InvalidOption for an impossible owner, a name that is empty, longer than 100 characters or not
        printable, or no scope at all.
        """
        check_owner(owner)
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise InvalidOption(f"A key's name has 1 to {_LONGEST_NAME} printable characters.")
        if not (granted := sorted(scope.value for scope in set(scopes))):
            raise InvalidOption("A key needs at least one scope.", hint="Give it user, admin or both.")
        key_id = secrets.token_hex(8)
        secret = secrets.token_urlsafe(32)

        def work(connection: sa.Connection) -> None:
            # The transaction may be run again after a commit whose answer was lost.
            if connection.execute(sa.select(api_keys.c.id).where(api_keys.c.id == key_id)).first() is None:
                connection.execute(
                    sa.insert(api_keys).values(
                        id=key_id,
                        owner=owner,
                        name=name,
                        hash=_hash(secret),
                        scopes=granted,
                        created_at=epoch_now(connection),
                    )
                )

        await self._database.write(work)
        return NewKey(key_id=key_id, secret=f"btg_{key_id}_{secret}")

    async def authenticate(self, presented: str) -> Principal | None:
        """Who presents this key; None for anything that is not an active key."""
        match = _PRESENTED.fullmatch(presented)
        if match is None:
            return None
        key_id, secret = match.groups()

        def work(connection: sa.Connection) -> tuple[sa.Row[tuple[object, ...]] | None, float]:
            row = connection.execute(_KEY, {"key_id": key_id}).first()
            return row, epoch_now(connection)

        row, now = await self._database.read(work)
        # Compared also when the id is unknown, so that the time taken does not tell which ids exist.
        genuine = hmac.compare_digest(_hash(secret), _NOBODY if row is None else row.hash)
        if row is None or not genuine or row.revoked_at is not None:
            return None
        if row.last_used_at is None or now - row.last_used_at >= USED_EVERY_SECONDS:
            await self._database.write(lambda c: _touch(c, key_id))
        scopes = frozenset(Scope(scope) for scope in row.scopes)
        return Principal(owner=row.owner, scopes=scopes, key_id=key_id)

    async def who_asks(self, headers: Mapping[str, str], *, keyless: bool) -> Principal:
        """Whose HTTP request it is, by its headers (looked up in lower case): `Authorization: Bearer` or
        `X-API-Key`. Without either it is the local user's where that is allowed (`keyless`).

        Raises NotAuthenticated: a wrong key is refused also where none is needed.
        """
        presented = _presented(headers)
        if presented is None:
            if keyless:
                return LOCAL
            raise NotAuthenticated(
                "This server needs an API key.",
                hint="Send it as `Authorization: Bearer btg_...` or as `X-API-Key: btg_...`.",
            )
        who = await self.authenticate(presented)
        if who is None:
            raise NotAuthenticated("This API key is not valid.", hint="It may be mistyped or revoked.")
        return who

    async def list(self, owner: str | None = None) -> tuple[ApiKey, ...]:
        """All keys, or one owner's, oldest first; revoked ones too."""
        visible = [column for column in api_keys.c if column.name != "hash"]
        query = sa.select(*visible).order_by(api_keys.c.created_at, api_keys.c.id)
        if owner is not None:
            query = query.where(api_keys.c.owner == owner)
        return await self._database.read(
            lambda c: tuple(ApiKey.model_validate(dict(row)) for row in c.execute(query).mappings())
        )

    async def revoke(self, key_id: str) -> None:
        """The key opens nothing from now on; again changes nothing. Raises NotFound for an unknown id."""

        def work(connection: sa.Connection) -> bool:
            known = sa.select(api_keys.c.id).where(api_keys.c.id == key_id)
            if connection.execute(known).first() is None:
                return False
            connection.execute(
                sa.update(api_keys)
                .where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
                .values(revoked_at=epoch_now(connection))
            )
            return True

        if not _ID.fullmatch(key_id) or not await self._database.write(work):
            raise NotFound("There is no key with this id.")

    async def any_active(self) -> bool:
        """Whether anybody at all could authenticate."""
        query = sa.select(api_keys.c.id).where(api_keys.c.revoked_at.is_(None)).limit(1)
        return await self._database.read(lambda c: c.execute(query).first() is not None)


_KEY = sa.select(api_keys).where(api_keys.c.id == sa.bindparam("key_id"))


def _presented(headers: Mapping[str, str]) -> str | None:
    """The key in a request, an empty text for credentials of another kind, None when there are none."""
    authorization = headers.get("authorization")
    if authorization is None:
        return headers.get("x-api-key")
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _touch(connection: sa.Connection, key_id: str) -> None:
    now = epoch_now(connection)
    long_ago = sa.or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= now - USED_EVERY_SECONDS)
    connection.execute(sa.update(api_keys).where(api_keys.c.id == key_id, long_ago).values(last_used_at=now))


def _hash(secret: str) -> str:
    """SHA-256, in hex. A slow password hash would add nothing: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


_NOBODY = "0" * 64
