"""Circuit breakers: a model of an engine that keeps failing is left alone for a while, by all processes together.

Only what speaks of the provider counts: neither a user's bad input nor a refusal of content does.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

from bottega.errors import (
    BottegaError,
    ContentRefused,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)
from bottega.resilience.circuit import BreakerPolicy, Circuit, Outcome, Phase, Waiting, admit, settle
from bottega.resilience.retry import retry_after_of
from bottega.resilience.shared import SharedAway, SharedState

A = TypeVar("A")
Key = tuple[str, str]
Change = Callable[[Circuit, float], tuple[Circuit, A]]

_HASH = "breakers:1"
_KEEP_SECONDS = 7 * 86_400
_PROBE_POLL_SECONDS = 5.0
"""While another call is the probe, its end may come at any time."""
_BAD_REQUEST = frozenset({400, 409, 411, 412, 413, 414, 415, 416, 422, 431})
"""HTTP statuses that speak of this one request (RFC 9110, section 15.5; RFC 6585); 401, 402, 403 and 404 do not:
with a refused key, an empty account or a retired model the next call fares no better."""

_SWAP = """
local current = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local time = redis.call('TIME')
if current ~= ARGV[2] then
    return {time[1], time[2], 0, current}
end
if ARGV[3] ~= current then
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return {time[1], time[2], 1, ARGV[3]}
"""
_ALL = """
local time = redis.call('TIME')
return {time[1], time[2], redis.call('HGETALL', KEYS[1])}
"""


def counts(error: BaseException) -> bool:
    """Whether the error speaks of the provider: it was not to be had, failed, lost the answer, or sent something
    unusable. What it says of the request itself (`details["status"]`) or of its content does not count."""
    if isinstance(error, ContentRefused):
        return False
    if isinstance(error, ProviderUnavailable | OutcomeUnknown | OutputError):
        return True
    return isinstance(error, ProviderError) and error.details.get("status") not in _BAD_REQUEST


@dataclass(frozen=True, slots=True)
class BreakerState:
    """One breaker, for people and for routing. `opens_again_at`: seconds since the epoch from which the first call is
    tried again, None unless it is open. `reason` is the failure that counted last."""

    engine: str
    model: str
    state: Phase
    failures: int
    successes: int
    opens_again_at: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not now. `until` is in seconds since the epoch, `retry_after_s` the same from now on."""

    engine: str
    model: str
    until: float
    retry_after_s: float
    reason: str

    def as_error(self) -> ProviderUnavailable:
        return ProviderUnavailable(
            f"{self.model} is left alone for now: {self.reason}",
            hint=f"It is tried again in {self.retry_after_s:.0f} s; another model may do the work meanwhile.",
            money=Money.NOTHING_SPENT,
            retry_after=self.retry_after_s,
            breaker="open",
        )


@dataclass(slots=True)
class Permit:
    """Leave to make one call, whose end is to be told: by one of the methods, or by `async with permit:`, where an
    error that leaves the block is judged by `counts`. Only the first telling counts. A permit about which nothing is
    told, because its process died, keeps a half-open breaker's next probe back for `probe_s` at most."""

    _breakers: "Breakers"
    _key: Key
    _life: int
    _token: str
    is_probe: bool
    _told: bool = False

    async def succeeded(self) -> None:
        await self._tell("succeeded")

    async def failed(self, error: BottegaError) -> None:
        """A failure, if the error speaks of the provider; otherwise as `ignored`."""
        await self._tell("failed" if counts(error) else "ignored", error)

    async def ignored(self) -> None:
        """The call says nothing about the provider: it was cancelled, or refused for what it asked."""
        await self._tell("ignored")

    async def _tell(self, outcome: Outcome, error: BottegaError | None = None) -> None:
        if self._told:
            return
        self._told = True
        if outcome == "ignored" and not self.is_probe:
            return
        await self._breakers.settle(self._key, self._life, self._token, outcome, error)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.succeeded()
        elif isinstance(error, BottegaError):
            await self.failed(error)
        else:
            await self.ignored()


@dataclass(slots=True)
class _Held:
    """What this process knows of one breaker; `published`, and `raw` in bytes, is what Redis had when last asked."""

    circuit: Circuit = Circuit()  # noqa: RUF009 - immutable
    published: Circuit = Circuit()  # noqa: RUF009
    raw: bytes = b""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Breakers:
    """All breakers of this process; with `shared` those of all processes, as long as Redis answers.

    Belongs to one event loop.
    """

    def __init__(self, policy: BreakerPolicy | None = None, shared: SharedState | None = None) -> None:
        self.policy = policy or BreakerPolicy()
        self._shared = shared
        self._held: dict[Key, _Held] = {}
        self._offset = time.time() - time.monotonic()

    async def allow(self, engine: str, model: str) -> Permit | Refused:
        """Leave to call the model, or until when not."""
        token = secrets.token_hex(8)

        def change(circuit: Circuit, now: float) -> tuple[Circuit, tuple[Waiting | None, Circuit, float]]:
            admitted, waiting = admit(circuit, now, self.policy, token)
            return admitted, (waiting, admitted, now)

        waiting, circuit, now = await self._update((engine, model), change)
        if waiting is None:
            return Permit(self, (engine, model), circuit.life, token, is_probe=circuit.is_open)
        seconds = min(waiting.seconds, _PROBE_POLL_SECONDS) if waiting.probing else waiting.seconds
        why = "one call is finding out whether it works again." if waiting.probing else circuit.reason
        return Refused(engine, model, now + seconds, seconds, why)

    async def states(self) -> tuple[BreakerState, ...]:
        """Every breaker that has been used, by engine and model."""
        known = {key: held.circuit for key, held in self._held.items()}
        if self._shared is not None:
            try:
                (pairs,) = await self._shared.clocked_script(_ALL, [_HASH])
            except SharedAway:
                pass
            else:
                names = [json.loads(name) for name in pairs[::2]]
                known |= {(e, m): Circuit.decode(raw) for (e, m), raw in zip(names, pairs[1::2], strict=True)}
        now = self._now()
        return tuple(_state(key, known[key], now) for key in sorted(known))

    async def settle(
        self, key: Key, life: int, token: str, outcome: Outcome, error: BottegaError | None
    ) -> None:
        """How a permitted call ended; `Permit` calls it."""
        retry_after = retry_after_of(error) if error is not None else 0.0
        reason = error.message if error is not None else ""

        def change(circuit: Circuit, now: float) -> tuple[Circuit, None]:
            after = settle(
                circuit,
                now,
                self.policy,
                life=life,
                token=token,
                outcome=outcome,
                retry_after=retry_after,
                reason=reason,
            )
            return after, None

        await self._update(key, change)

    def _now(self) -> float:
        """Epoch seconds that never step: anchored once, or to the clock of Redis."""
        return self._shared.clock() if self._shared is not None else time.monotonic() + self._offset

    async def _update(self, key: Key, change: Change[A]) -> A:
        held = self._held.setdefault(key, _Held())
        if self._shared is not None:
            try:
                return await self._swap(self._shared, key, held, change)
            except SharedAway:
                pass
        held.circuit, answer = change(held.circuit, self._now())
        return answer

    async def _swap(self, shared: SharedState, key: Key, held: _Held, change: Change[A]) -> A:
        """Compare and set, until nobody else was faster; one task of the process at a time, so that only processes
        compete. One of those that compete always wins."""
        name = json.dumps(key)
        async with held.lock:
            while True:
                changed, answer = change(held.circuit, shared.clock())
                raw = held.raw if changed == held.published else changed.encode()
                swapped, current = await shared.clocked_script(
                    _SWAP, [_HASH], [name, held.raw, raw, _KEEP_SECONDS]
                )
                if swapped:
                    held.circuit, held.published, held.raw = changed, changed, raw
                    return answer
                held.published, held.raw = Circuit.decode(current), current
                if current:  # otherwise Redis forgot, and what is known here still holds
                    held.circuit = held.published


def _state(key: Key, circuit: Circuit, now: float) -> BreakerState:
    phase = circuit.phase(now)
    return BreakerState(
        engine=key[0],
        model=key[1],
        state=phase,
        failures=circuit.failures,
        successes=circuit.successes,
        opens_again_at=circuit.until if phase == "open" else None,
        reason=circuit.reason,
    )
