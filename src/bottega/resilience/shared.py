"""What several processes share through Redis: short scripts run there, in bounded time.

Redis is never needed for a result: whoever uses it catches `SharedAway` and goes on with what its own process knows.
"""

import asyncio
import time
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from bottega.errors import ResourceError

if TYPE_CHECKING:
    from redis.asyncio import Redis

ANSWER_SECONDS = 0.5
"""Redis answers within a millisecond; what takes longer than this is not waited for."""
PAUSE_SECONDS = 2.0
"""After a failure nobody asks for so long, so that a Redis that is away does not slow every call down."""
_CONNECTIONS = 32
_PREFIX = "bottega:"

log = structlog.get_logger(__name__)

Argument = str | bytes | int | float


class SharedAway(ResourceError):
    """Redis cannot be asked now."""

    code = "shared-state-away"
    title = "The shared state cannot be reached"


class SharedState:
    """`url` is `redis://`, `rediss://` or `unix://`; every key gets `prefix` in front. May be used from any event loop.

    Raises ResourceError when the URL is none, or the package is missing.
    """

    def __init__(self, url: str, *, prefix: str = _PREFIX) -> None:
        self._url = url
        self._prefix = prefix
        self._clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Redis] = (
            weakref.WeakKeyDictionary()
        )
        self._ask_again = 0.0
        self._is_away = False
        self._offset = time.time() - time.monotonic()
        self._connect()  # opens nothing yet, but refuses what can never be opened

    @property
    def is_away(self) -> bool:
        """Whether the last question went unanswered."""
        return self._is_away

    def clock(self) -> float:
        """Seconds since the epoch on the server's clock, as last told; in between it goes on monotonically, so that
        this host's clock may be set without harm."""
        return time.monotonic() + self._offset

    async def script(self, lua: str, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """What the script returns; strings are bytes. It may be run twice when a connection breaks.

        Raises SharedAway.
        """
        if time.monotonic() < self._ask_again:
            raise SharedAway("Redis did not answer a moment ago.")
        from redis.exceptions import RedisError

        try:
            async with asyncio.timeout(2 * ANSWER_SECONDS):
                registered = self._client().register_script(lua)
                answer = await registered(keys=[self._prefix + key for key in keys], args=list(args))
        except (RedisError, OSError) as error:  # a TimeoutError is an OSError
            self._note_away(error)
            raise SharedAway("Redis cannot be asked.") from error
        if self._is_away:
            self._is_away = False
            log.warning("redis.back")
        return answer

    async def clocked_script(self, lua: str, keys: Sequence[str], args: Sequence[Argument] = ()) -> list[Any]:
        """A `script` that returns a list whose first two items are those of Redis's TIME; the rest is returned."""
        seconds, microseconds, *rest = await self.script(lua, keys, args)
        self._offset = int(seconds) + int(microseconds) / 1e6 - time.monotonic()
        return rest

    async def close(self) -> None:
        """Disconnect what this event loop opened."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _note_away(self, error: Exception) -> None:
        self._ask_again = time.monotonic() + PAUSE_SECONDS
        if not self._is_away:
            self._is_away = True
            log.warning(
                "redis.away",
                error=f"{type(error).__name__}: {error}",
                meaning="each process goes on with what it knows itself",
            )

    def _client(self) -> "Redis":
        loop = asyncio.get_running_loop()
        if (client := self._clients.get(loop)) is None:
            client = self._clients[loop] = self._connect()
        return client

    def _connect(self) -> "Redis":
        try:
            from redis.asyncio import BlockingConnectionPool, Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff
        except ImportError as error:
            raise ResourceError(
                "BOTTEGA_REDIS_URL is set, and the package redis is not installed.",
                hint="Install it with: pip install 'bottega[redis]'",
            ) from error
        try:
            pool = BlockingConnectionPool.from_url(
                self._url,
                max_connections=_CONNECTIONS,
                timeout=ANSWER_SECONDS,
                socket_timeout=ANSWER_SECONDS,
                socket_connect_timeout=ANSWER_SECONDS,
                # Once more at once: an idle connection may have been closed by the server.
                retry=Retry(NoBackoff(), 1),
            )
        except ValueError as error:
            raise ResourceError(
                "BOTTEGA_REDIS_URL is no address of a Redis server.",
                hint="Write it as redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/socket.",
            ) from error
        return Redis.from_pool(pool)
