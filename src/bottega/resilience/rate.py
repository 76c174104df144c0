"""Rate limits over a moving window: at most so many in *any* stretch of that length, for one process or all."""

import math
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bottega.errors import ProviderUnavailable, RateLimited
from bottega.resilience.shared import SharedAway, SharedState

if TYPE_CHECKING:
    from bottega.settings import Settings

_SWEEP = 2  # keys that were not used for longest, looked at on each take


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `window_s` seconds."""

    count: int
    window_s: float

    def __post_init__(self) -> None:
        if self.count < 1 or not self.window_s > 0:
            raise ValueError("a limit needs a count of at least 1 and a window above 0")


def user_limits(settings: "Settings") -> tuple[Limit, ...]:
    """What one user may ask for; a setting of 0 is no limit."""
    return _limits((settings.rate_limit_per_minute, 60.0), (settings.rate_limit_per_hour, 3600.0))


def provider_limits(settings: "Settings") -> tuple[Limit, ...]:
    """How often one vendor may be called; a setting of 0 is no limit."""
    return _limits((settings.provider_rate_limit_per_minute, 60.0))


def _limits(*pairs: tuple[int, float]) -> tuple[Limit, ...]:
    return tuple(Limit(count, window) for count, window in pairs if count > 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """It counts now."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """It does not count; `retry_after_s` is when all limits have room again, if nobody else takes it."""

    retry_after_s: float
    limit: Limit

    def as_error(self) -> RateLimited:
        """`details["retry_after"]` is in whole seconds, as the header Retry-After wants them."""
        seconds = max(1, math.ceil(self.retry_after_s))
        return RateLimited(
            f"More than {self.limit.count} requests came within {_spoken(self.limit.window_s)}.",
            hint=f"Come back in {seconds} s.",
            retry_after=seconds,
        )

    def as_unavailable(self, provider: str) -> ProviderUnavailable:
        """For a limit on calls to a provider: nothing was sent, and `retrying` waits for as long as it takes."""
        return ProviderUnavailable(
            f"{provider} is called no more than {self.limit.count} times within {_spoken(self.limit.window_s)}.",
            hint=f"There is room again in {math.ceil(self.retry_after_s)} s.",
            retry_after=self.retry_after_s,
        )


def _spoken(seconds: float) -> str:
    names = {1.0: "a second", 60.0: "a minute", 3600.0: "an hour", 86_400.0: "a day"}
    return names.get(seconds, f"{seconds:g} s")


_TAKE = """
-- KEYS[1]: a sorted set of what was taken, by time in microseconds
-- ARGV: id, then count and window in microseconds of each limit
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    return {time[1], time[2], 1, 0, 0}  -- the same question again, after a lost connection
end
-- A clock that was set back: what seems to lie ahead was taken just now.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')) do
    redis.call('ZADD', KEYS[1], now, id)
end
local wait, which, longest = 0, 0, 0
for i = 2, #ARGV, 2 do
    local count, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
    longest = math.max(longest, window)
    local nth = redis.call('ZREVRANGE', KEYS[1], count - 1, count - 1, 'WITHSCORES')
    if nth[2] and nth[2] + window - now > wait then
        wait, which = nth[2] + window - now, i / 2
    end
end
if which > 0 then
    return {time[1], time[2], 0, wait, which}
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - longest))
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(longest / 1000) + 1)
return {time[1], time[2], 1, 0, 0}
"""


class RateLimits:
    """Counts per key (a user, a provider). With `shared` all processes count together, as long as Redis answers.

    The times of what was taken are kept, 8 to 40 bytes each, at most `max_entries` of them in this process: beyond
    that, the keys that were not used for longest are forgotten.
    """

    def __init__(
        self,
        shared: SharedState | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_entries: int = 1_000_000,
    ) -> None:
        self._shared = shared
        self._clock = clock
        self._max_entries = max_entries
        self._entries = 0
        self._keys: OrderedDict[str, tuple[deque[float], float]] = OrderedDict()

    async def take(self, key: str, limits: tuple[Limit, ...]) -> Taken | TooMany:
        """Count one more for `key`, if every limit has room for it. What is refused does not count.

        A key goes with the same windows each time: what is older than the longest of them is forgotten.
        """
        if not limits:
            return Taken()
        if self._shared is not None:
            try:
                return await _take_shared(self._shared, key, limits)
            except SharedAway:
                pass
        return self._take_here(key, limits)

    def _take_here(self, key: str, limits: tuple[Limit, ...]) -> Taken | TooMany:
        now = self._clock()
        self._forget_idle(now)
        times, longest = self._keys.get(key, (deque[float](), 0.0))
        longest = max(longest, *(limit.window_s for limit in limits))
        while times and times[0] <= now - longest:
            times.popleft()
            self._entries -= 1
        wait, limit = 0.0, limits[0]
        for each in limits:
            if (needed := _nth_newest(times, each.count) + each.window_s - now) > wait:
                wait, limit = needed, each
        if wait > 0:
            return TooMany(wait, limit)
        times.append(now)
        self._entries += 1
        self._keys[key] = (times, longest)
        self._keys.move_to_end(key)
        return Taken()

    def _forget_idle(self, now: float) -> None:
        for key in list(islice(self._keys, _SWEEP)):
            times, longest = self._keys[key]
            if not times or times[-1] <= now - longest:
                self._drop(key)
        while self._entries >= self._max_entries:
            self._drop(next(iter(self._keys)))

    def _drop(self, key: str) -> None:
        times, _ = self._keys.pop(key)
        self._entries -= len(times)


def _nth_newest(times: deque[float], n: int) -> float:
    return times[-n] if len(times) >= n else -math.inf


async def _take_shared(shared: SharedState, key: str, limits: tuple[Limit, ...]) -> Taken | TooMany:
    args: list[str | int] = [secrets.token_hex(8)]
    for limit in limits:
        args += [limit.count, round(limit.window_s * 1e6)]
    taken, wait, which = await shared.clocked_script(_TAKE, [f"rate:{key}"], args)
    return Taken() if taken else TooMany(wait / 1e6, limits[int(which) - 1])
