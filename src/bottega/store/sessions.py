"""Sessions of browsers: a cookie in place of an API key, and the token that proves a page of ours sent a request.

A session is worth what its key is worth: scopes are the key's of this moment, and a revoked key ends it. Only a hash of
what the cookie holds is kept. What a request needs is decided by the faces.
"""

import hashlib
import hmac
import re
import secrets

import sqlalchemy as sa
from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.principal import Principal, Scope
from bottega.errors import NotAuthenticated
from bottega.store.database import Database, epoch_now, insert_new
from bottega.store.expiry import drop_expired
from bottega.store.schema import api_keys as K
from bottega.store.schema import web_sessions as S

SESSION_SECONDS = 14 * 86_400.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class WebSession(Value):
    """Who a browser is, until when (seconds since the Unix epoch)."""

    who: Principal
    expires_at: float


class NewSession(WebSession):
    """`secret` goes into the cookie and is not kept."""

    secret: str = Field(repr=False)


def csrf_token(secret: str) -> str:
    """The token of the session with this secret; nobody without the secret can make it (HMAC-SHA-256, hex)."""
    return hmac.new(secret.encode(), b"bottega csrf token", hashlib.sha256).hexdigest()


def is_csrf_token(token: str, secret: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(token.encode(), csrf_token(secret).encode())


class SessionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, who: Principal) -> NewSession:
        """A session for who has shown a key. Raises NotAuthenticated for a principal without one."""
        if who.key_id is None:
            raise NotAuthenticated("A session is opened with an API key.", hint="Send the key: `btg_...`.")
        secret = secrets.token_urlsafe(32)
        key_id = who.key_id

        def work(connection: sa.Connection) -> float:
            now = epoch_now(connection)
            drop_expired(connection, S, now)
            row = {
                "hash": _hash(secret),
                "key_id": key_id,
                "created_at": now,
                "expires_at": now + SESSION_SECONDS,
            }
            insert_new(connection, S, [row])
            return now + SESSION_SECONDS

        expires_at = await self._database.write(work)
        return NewSession(who=who, expires_at=expires_at, secret=secret)

    async def find(self, secret: str) -> WebSession | None:
        """None for what is no session, no longer one, or one of a key that was revoked."""
        if not _SECRET.fullmatch(secret):
            return None

        def work(connection: sa.Connection) -> WebSession | None:
            row = connection.execute(_FIND, {"hashed": _hash(secret), "now": epoch_now(connection)}).first()
            if row is None:
                return None
            scopes = frozenset(Scope(scope) for scope in row.scopes)
            who = Principal(owner=row.owner, scopes=scopes, key_id=row.key_id)
            return WebSession(who=who, expires_at=row.expires_at)

        return await self._database.read(work)

    async def end(self, secret: str) -> None:
        """Again changes nothing."""
        await self._database.write(lambda c: c.execute(sa.delete(S).where(S.c.hash == _hash(secret))))


_FIND = (
    sa.select(S.c.key_id, S.c.expires_at, K.c.owner, K.c.scopes)
    .join(K, K.c.id == S.c.key_id)
    .where(S.c.hash == sa.bindparam("hashed"), S.c.expires_at > sa.bindparam("now"), K.c.revoked_at.is_(None))
)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
