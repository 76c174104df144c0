"""The way down when an enhancement fails: what went wrong, what is tried next, and a defined end with every step told.

It knows nothing of pictures' files or of what the engines do; `works` says which engines there are for a task.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bottega.errors import (
    BottegaError,
    Cancelled,
    Category,
    ComputeTimeout,
    InvalidOption,
    OutputError,
    ResourceError,
    Severity,
)

Samples = NDArray[Any]
"""H x W x 3 (RGB) or x 4 (and straight alpha); uint8, uint16, or float32 in [0, 1]."""


class Fault(StrEnum):
    MODEL_LOADING = "model loading"
    INFERENCE = "inference"
    RESOURCE = "resource"
    INPUT = "input"
    OUTPUT = "output"
    TIMEOUT = "timeout"


class Fallback(StrEnum):
    """In the order in which they are considered."""

    RETRY = "retry"
    SMALLER_TILES = "smaller tiles"
    CPU = "processor instead of graphics card"
    PRECISION = "other precision"
    LIGHTER_MODEL = "lighter model"
    CLASSICAL = "classical engine"
    ORIGINAL = "original"


# Memory is not what failed: smaller tiles would fail the same way.
_OF_A_NETWORK = tuple(each for each in Fallback if each is not Fallback.SMALLER_TILES)

HELPS: dict[Fault, tuple[Fallback, ...]] = {
    Fault.MODEL_LOADING: _OF_A_NETWORK,
    Fault.INFERENCE: _OF_A_NETWORK,
    # The same again would need the same memory.
    Fault.RESOURCE: tuple(each for each in Fallback if each is not Fallback.RETRY),
    # Engines are deterministic: the same again would be as bad. Black and NaN are half precision's failures.
    Fault.OUTPUT: (
        Fallback.PRECISION,
        Fallback.CPU,
        Fallback.LIGHTER_MODEL,
        Fallback.CLASSICAL,
        Fallback.ORIGINAL,
    ),
    Fault.TIMEOUT: (
        Fallback.PRECISION,
        Fallback.LIGHTER_MODEL,
        Fallback.CLASSICAL,
        Fallback.ORIGINAL,
    ),
    # Only the caller can mend it.
    Fault.INPUT: (),
}
SEVERITY: dict[Fallback, Severity] = {
    Fallback.RETRY: Severity.LOW,
    Fallback.SMALLER_TILES: Severity.LOW,
    Fallback.CPU: Severity.LOW,
    Fallback.PRECISION: Severity.LOW,
    Fallback.LIGHTER_MODEL: Severity.MEDIUM,
    Fallback.CLASSICAL: Severity.MEDIUM,
    Fallback.ORIGINAL: Severity.HIGH,
}
BITS = {"float16": 16, "bfloat16": 16, "float32": 32}
DARK = 4 / 255


@dataclass(frozen=True, slots=True)
class Setting:
    """How an engine is run. `tile`: side in source pixels, None for what suits the engine."""

    tile: int | None = None
    device: str = "cpu"
    precision: str = "float32"

    def __str__(self) -> str:
        tiles = "" if self.tile is None else f", tiles of {self.tile}"
        return f"{self.device}, {self.precision}{tiles}"


@dataclass(frozen=True, slots=True)
class Engine:
    """`load` is called before each run, and what it raises counts as model loading; `run` gives the picture and what is
    to be told of it, under `left` what it gave up on the way. `tile`: the largest side of tiles, where it has tiles, and `least_tile` the smallest.
    `devices` and `precisions`: what it can do, the first preferred. `online`: it needs a network connection."""

    name: str
    run: Callable[[Setting, "Deadline"], tuple[Samples, dict[str, Any]]]
    kind: Literal["model", "classical"] = "model"
    load: Callable[[Setting], None] = lambda setting: None
    tile: int | None = None
    least_tile: int = 32
    devices: tuple[str, ...] = ("cpu",)
    precisions: tuple[str, ...] = ("float32",)
    online: bool = False

    @property
    def first(self) -> Setting:
        return Setting(None, self.devices[0], self.precisions[0])


@dataclass(frozen=True, slots=True)
class Policy:
    """`seconds`: of one run, extended once by as much when it has got somewhere; None for no limit. `retries`: of the same
    engine in the same setting, after `backoff`, twice as long each time. `offline`: engines that need a connection
    are passed over. `sleep` waits."""

    seconds: float | None = None
    retries: int = 2
    backoff: float = 0.1
    offline: bool = True
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if (self.seconds is not None and self.seconds <= 0) or self.retries < 0 or self.backoff < 0:
            raise InvalidOption("A time limit is above 0; retries and their waiting time are not below 0.")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that failed, and what was done about it; `fallback` None where nothing helps."""

    engine: str
    setting: str
    fault: Fault
    severity: Severity
    message: str
    fallback: Fallback | None
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "setting": self.setting,
            "fault": self.fault.value,
            "severity": self.severity.value,
            "message": self.message,
            "fallback": None if self.fallback is None else self.fallback.value,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state`: "done", "degraded" (by another engine than the first) or "original" (`pixels` is what was given).
    `extended`: a run was given its time a second time; `late`: the result was finished after the time was up."""

    pixels: Samples
    state: Literal["done", "degraded", "original"]
    engine: str
    setting: Setting | None
    steps: tuple[Step, ...]
    told: dict[str, Any] = field(default_factory=dict[str, Any])
    extended: bool = False
    late: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "state": self.state,
            "engine": self.engine,
            "setting": None if self.setting is None else str(self.setting),
            "time_extended": self.extended,
            "time_over": self.late,
            "steps": [step.as_dict() for step in self.steps],
            **self.told,
        }


class Deadline:
    """The time of one run, as a context manager. `stop` is set when the time is up, or by the caller's `cancelled`.

    When the time is up and the work has told progress since the start, it gets as much time once more.
    """

    def __init__(self, seconds: float | None, cancelled: threading.Event | None = None) -> None:
        self._seconds, self._cancelled = seconds, cancelled
        self.stop = cancelled if seconds is None and cancelled is not None else threading.Event()
        self.over = self.extended = False
        self._progress = 0.0
        self._timer: threading.Timer | None = None

    def __enter__(self) -> "Deadline":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def told(self, fraction: float) -> None:
        """Progress of the work, 0 to 1. Raises ComputeTimeout and Cancelled when it is to end."""
        self._progress = fraction
        self.check()

    def check(self) -> None:
        if self._cancelled is not None and self._cancelled.is_set():
            raise Cancelled("The enhancement was cancelled.")
        if self.over:
            raise ComputeTimeout(f"It took longer than {self._seconds:g} s.", hint="Allow more time.")

    def _start(self) -> None:
        if self._seconds is not None:
            self._timer = threading.Timer(self._seconds, self._up)
            self._timer.daemon = True
            self._timer.start()

    def _up(self) -> None:
        if self._progress > 0 and not self.extended:
            self.extended = True
            self._start()
            return
        self.over = True
        self.stop.set()


def climb_down(
    source: Samples,
    engines: Sequence[Engine],
    policy: Policy = Policy(),
    *,
    cancelled: threading.Event | None = None,
) -> Outcome:
    """The work by the first engine that does it, with whatever fallbacks that takes; at worst `source` itself.

    Raises what the caller can mend (errors of the category input) and Cancelled; nothing else. An engine that neither
    tells progress nor looks at the deadline is not stopped by it: what it finishes counts, and is `late`.
    """
    return _Descent(
        source, [e for e in engines if not (policy.offline and e.online)], policy, cancelled
    ).run()


class _Descent:
    def __init__(
        self,
        source: Samples,
        engines: Sequence[Engine],
        policy: Policy,
        cancelled: threading.Event | None,
    ) -> None:
        self.source, self.engines, self.policy, self.cancelled = source, engines, policy, cancelled
        self.steps: list[Step] = []
        self.at, self.retried = 0, 0
        self.setting = engines[0].first if engines else Setting()
        self.tried: set[tuple[int, Setting]] = set()
        self.extended = self.late = False

    def run(self) -> Outcome:
        while self.at < len(self.engines):
            engine, started = self.engines[self.at], time.perf_counter()
            self.tried.add((self.at, self.setting))
            try:
                pixels, told = self._attempt(engine)
            except Exception as error:  # noqa: BLE001 - whatever a library raises, the way down goes on
                self._fall(engine, error, time.perf_counter() - started)
                continue
            # Engines with a way down of their own say under `left` what they left.
            state = "done" if self.at == 0 and not told.get("left") else "degraded"
            steps = tuple(self.steps)
            return Outcome(pixels, state, engine.name, self.setting, steps, told, self.extended, self.late)
        return Outcome(self.source, "original", "none", None, tuple(self.steps), {}, self.extended)

    def _attempt(self, engine: Engine) -> tuple[Samples, dict[str, Any]]:
        with Deadline(self.policy.seconds, self.cancelled) as deadline:
            try:
                _load(engine, self.setting)
                deadline.check()
                made, told = engine.run(self.setting, deadline)
                self.late = deadline.over
            except Cancelled:
                # The work was told to stop by the same sign; whose it was decides what it means.
                deadline.check()
                raise
            finally:
                self.extended = self.extended or deadline.extended
        check_made(self.source, made)
        return made, told

    def _fall(self, engine: Engine, error: Exception, seconds: float) -> None:
        fault = fault_of(error)
        if isinstance(error, Cancelled) or (fault is Fault.INPUT and isinstance(error, BottegaError)):
            raise error
        cause = error.cause if isinstance(error, _LoadingFailed) else error
        message = getattr(cause, "message", "") or f"{type(cause).__name__}: {cause}".rstrip(": ")
        setting = str(self.setting)
        fallback = next(way for way in HELPS[fault] if self._take(way, fault))
        self.steps.append(Step(engine.name, setting, fault, SEVERITY[fallback], message, fallback, seconds))

    def _take(self, way: Fallback, fault: Fault) -> bool:
        """Whether this fallback is open; if so, it is taken."""
        engine = self.engines[self.at]
        match way:
            case Fallback.RETRY:
                if self.retried >= self.policy.retries:
                    return False
                self.policy.sleep(self.policy.backoff * 2**self.retried)
                self.retried += 1
                return True
            case Fallback.SMALLER_TILES:
                tile = (self.setting.tile or engine.tile or 0) // 2
                return tile >= engine.least_tile and self._to(replace(self.setting, tile=tile))
            case Fallback.CPU:
                return "cpu" in engine.devices and self._to(replace(self.setting, device="cpu"))
            case Fallback.PRECISION:
                return any(
                    self._to(replace(self.setting, precision=other))
                    for other in engine.precisions
                    if _helps(self.setting.precision, other, fault)
                )
            case Fallback.LIGHTER_MODEL | Fallback.CLASSICAL:
                kind = "model" if way is Fallback.LIGHTER_MODEL else "classical"
                for number in range(self.at + 1, len(self.engines)):
                    if self.engines[number].kind == kind:
                        self.at, self.retried, self.setting = number, 0, self.engines[number].first
                        return True
                return False
            case Fallback.ORIGINAL:
                self.at = len(self.engines)
                return True

    def _to(self, setting: Setting) -> bool:
        if (self.at, setting) in self.tried:
            return False
        self.setting, self.retried = setting, 0
        return True


class _LoadingFailed(Exception):
    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _load(engine: Engine, setting: Setting) -> None:
    try:
        engine.load(setting)
    except Exception as error:
        if isinstance(error, BottegaError) and error.category in (Category.INPUT, Category.INTERRUPT):
            raise
        if isinstance(error, MemoryError):
            raise
        raise _LoadingFailed(error) from error


def _helps(now: str, other: str, fault: Fault) -> bool:
    """Less precision takes less memory and time; wrong results are mended by more."""
    lower = BITS.get(other, 32) < BITS.get(now, 32)
    return lower if fault in (Fault.RESOURCE, Fault.TIMEOUT) else other != now and not lower


def fault_of(error: Exception) -> Fault:
    """The kind of fault an exception tells of."""
    if isinstance(error, _LoadingFailed):
        return Fault.MODEL_LOADING
    if isinstance(error, TimeoutError | ComputeTimeout):
        return Fault.TIMEOUT
    if isinstance(error, MemoryError | ResourceError | OSError):
        return Fault.RESOURCE
    if isinstance(error, OutputError):
        return Fault.OUTPUT
    if isinstance(error, BottegaError) and error.category is Category.INPUT:
        return Fault.INPUT
    return Fault.INFERENCE


def check_made(source: Samples, made: Samples) -> None:
    """Raises OutputError for what is no picture like `source`: other channels or samples, values that are no numbers, or a
    picture that is black where the source is not."""
    if made.ndim != 3 or made.shape[2] != source.shape[2] or made.dtype != source.dtype or 0 in made.shape:
        raise OutputError(
            f"The engine answered {source.shape} {source.dtype} with {made.shape} {made.dtype}."
        )
    if made.dtype.kind == "f" and not np.isfinite(made).all():
        raise OutputError("The result holds values that are no numbers.")
    if _dark_share(made) > 0.99 and _dark_share(source) < 0.9:
        raise OutputError("The result is black.")


def _dark_share(pixels: Samples) -> float:
    step = max(1, int((pixels.shape[0] * pixels.shape[1] / 2**20) ** 0.5))
    top = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
    return float((pixels[::step, ::step, :3].max(axis=2) < DARK * top).mean())
