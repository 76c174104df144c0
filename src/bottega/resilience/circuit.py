"""The state machine of a circuit breaker, as pure functions on immutable values; where they are kept is left to
`breaker`.

After Nygard, "Release It!" (2nd edition, 2018), chapter 5: closed, open, half-open.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from bottega.settings import Settings

SLOTS = 6
"""Into so many parts the window of the failure rate is divided."""

Phase = Literal["closed", "open", "half-open"]
Outcome = Literal["succeeded", "failed", "ignored"]


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """Opens after `failures` in a row, or when of at least `rate_calls` calls within `window_s` the share
    `failure_rate` failed. Then nothing is let through for `open_s` seconds, or for as long as the provider asked to be
    left alone, at most `longest_open_s`. After that one call at a time is let through, as a probe; `successes` of
    them in a row close it, one failure opens it again. A probe that says nothing for `probe_s` no longer keeps the
    next one back. A `failure_rate` above 1 switches that rule off."""

    failures: int = 5
    open_s: float = 60.0
    successes: int = 3
    failure_rate: float = 0.5
    rate_calls: int = 20
    window_s: float = 60.0
    probe_s: float = 120.0
    longest_open_s: float = 3600.0

    @classmethod
    def from_settings(cls, settings: "Settings") -> Self:
        return cls(
            failures=settings.circuit_breaker_failures,
            open_s=settings.circuit_breaker_timeout,
            successes=settings.circuit_breaker_successes,
            failure_rate=settings.circuit_breaker_failure_rate,
            probe_s=settings.circuit_breaker_probe_seconds,
        )


@dataclass(frozen=True, slots=True)
class Circuit:
    """Times are seconds on the clock that its keeper goes by.

    `life` counts how often it opened or closed: a call that was let through in an earlier life says nothing about
    this one. `window` holds (slot, calls, failures).
    """

    is_open: bool = False
    life: int = 0
    failures: int = 0
    """In a row while closed; when open, those that opened it."""
    successes: int = 0
    """Of probes, since it was opened."""
    until: float = 0.0
    open_for: float = 0.0
    probe: str = ""
    probe_until: float = 0.0
    window: tuple[tuple[int, int, int], ...] = ()
    reason: str = ""

    def phase(self, now: float) -> Phase:
        if not self.is_open:
            return "closed"
        return "open" if now < self.until else "half-open"

    def encode(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """What cannot be read, as after a change of this class, counts as never seen."""
        try:
            values = json.loads(data)
            slots = tuple((int(slot), int(calls), int(bad)) for slot, calls, bad in values.pop("window"))
            return cls(**values, window=slots)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not let through; to be asked again in `seconds`."""

    seconds: float
    probing: bool = False


def admit(circuit: Circuit, now: float, policy: BreakerPolicy, token: str) -> tuple[Circuit, Waiting | None]:
    """Whether a call that will be known as `token` may be made; None: it may."""
    if not circuit.is_open:
        return circuit, None
    circuit = _within_reason(circuit, now, policy)
    if now < circuit.until:
        return circuit, Waiting(circuit.until - now)
    if circuit.probe and now < circuit.probe_until:
        return circuit, Waiting(circuit.probe_until - now, probing=True)
    return replace(circuit, probe=token, probe_until=now + policy.probe_s), None


def settle(
    circuit: Circuit,
    now: float,
    policy: BreakerPolicy,
    *,
    life: int,
    token: str,
    outcome: Outcome,
    retry_after: float = 0.0,
    reason: str = "",
) -> Circuit:
    """The circuit after a call ended that was let through as `token` in `life`."""
    if life != circuit.life:
        return circuit
    if circuit.is_open and circuit.probe == token:
        circuit = replace(circuit, probe="", probe_until=0.0)
    if outcome == "ignored":
        return circuit
    if circuit.is_open:
        if outcome == "failed":
            return _opened(circuit, now, policy, retry_after, reason)
        successes = circuit.successes + 1
        if successes >= policy.successes:
            return Circuit(life=circuit.life + 1)
        return replace(circuit, successes=successes)
    failed = outcome == "failed"
    circuit = replace(
        circuit,
        failures=circuit.failures + 1 if failed else 0,
        window=_counted(circuit.window, now, policy, failed=failed),
        reason=reason if failed else "",
    )
    if failed and (circuit.failures >= policy.failures or _fails_often(circuit, policy)):
        return _opened(circuit, now, policy, retry_after, reason)
    return circuit


def _opened(circuit: Circuit, now: float, policy: BreakerPolicy, retry_after: float, reason: str) -> Circuit:
    seconds = max(policy.open_s, min(retry_after, policy.longest_open_s))
    return Circuit(
        is_open=True,
        life=circuit.life + 1,
        failures=circuit.failures,
        until=now + seconds,
        open_for=seconds,
        reason=reason,
    )


def _within_reason(circuit: Circuit, now: float, policy: BreakerPolicy) -> Circuit:
    """A clock that was set back must not keep anything closed off for longer than was meant."""
    if circuit.until - now > circuit.open_for:
        circuit = replace(circuit, until=now + circuit.open_for)
    if circuit.probe and circuit.probe_until - now > policy.probe_s:
        circuit = replace(circuit, probe_until=now + policy.probe_s)
    return circuit


def _counted(
    window: tuple[tuple[int, int, int], ...], now: float, policy: BreakerPolicy, *, failed: bool
) -> tuple[tuple[int, int, int], ...]:
    slot = int(now * SLOTS / policy.window_s)
    counts = {s: (calls, bad) for s, calls, bad in window if slot - SLOTS < s <= slot}
    calls, bad = counts.get(slot, (0, 0))
    counts[slot] = (calls + 1, bad + failed)
    return tuple((s, *counts[s]) for s in sorted(counts))


def _fails_often(circuit: Circuit, policy: BreakerPolicy) -> bool:
    calls = sum(calls for _, calls, _ in circuit.window)
    bad = sum(bad for _, _, bad in circuit.window)
    return calls >= policy.rate_calls and bad >= policy.failure_rate * calls
