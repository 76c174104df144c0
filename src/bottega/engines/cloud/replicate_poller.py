"""Waits for the ends of all predictions that an engine has under way, with as few questions as will do.

Few are asked about one by one. Many are looked up on the pages of the account's list, a hundred at a time, and only
those that a page does not show are asked about alone. A webhook wakes it; that is all it is believed for.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bottega.engines.cloud.replicate_api import TERMINAL, ReplicateApi
from bottega.engines.cloud.replicate_schema import Json
from bottega.errors import BottegaError, OutcomeUnknown, ProviderError, ProviderUnavailable

Tell = Callable[[Json], None]
_SAME_MOMENT_S = 0.001
"""The list is asked for what is older than the newest prediction sought and this."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. A result is seen within `slowest_s` of its end; what takes more than `long_s` waits `patient_s`."""

    fastest_s: float = 0.25
    slowest_s: float = 1.25
    share: float = 0.05
    """Of its age that a prediction is left alone."""
    long_s: float = 600.0
    patient_s: float = 5.0
    sweep_s: float = 1.0
    """Between two readings of the list."""
    list_from: int = 16
    """So many that are due are looked up on pages."""
    at_once: int = 8
    webhook_factor: float = 4.0
    """How much less is asked once webhooks have been seen to arrive."""
    refusals: int = 5
    """Answers in a row that say there is nothing to wait for."""


@dataclass(slots=True)
class _Waiting:
    id: str
    created: float | None
    since: float
    due: float
    ended: asyncio.Future[Json]
    tells: list[Tell] = field(default_factory=list[Tell])
    users: int = 0
    status: str = ""
    refused: int = 0
    failed: int = 0


@dataclass(slots=True)
class Poller:
    """`wait` as often as wanted; one task asks for all, and ends with the last of them."""

    api: ReplicateApi
    pace: Pace = Pace()
    _waiting: dict[str, _Waiting] = field(default_factory=dict[str, _Waiting])
    _task: asyncio.Task[None] | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _swept: float = -math.inf
    _paused_until: float = -math.inf
    _webhooks_arrive: bool = False
    asked: int = 0
    """Questions so far, for measurements."""

    @property
    def ids(self) -> frozenset[str]:
        """Predictions that somebody waits for."""
        return frozenset(self._waiting)

    async def wait(self, prediction: Json, tell: Tell) -> Json:
        """The prediction at its end. `prediction` is what is known of it (`id`; `created_at` where known); `tell`
        gets it whenever its status has changed.

        Goes on through failures of the provider until the caller's time is over. Raises OutcomeUnknown when the
        provider says again and again that it does not know it, or does not let us ask.
        """
        if prediction.get("status") in TERMINAL:
            return prediction
        one = self._join(prediction, tell)
        try:
            return await asyncio.shield(one.ended)
        finally:
            one.users -= 1
            one.tells.remove(tell)
            if not one.users:
                self._waiting.pop(one.id, None)
                one.ended.cancel()
                self._woken.set()

    def wake(self, prediction_id: str) -> bool:
        """Look at once; False when nobody waits for it."""
        one = self._waiting.get(prediction_id)
        if one is None:
            return False
        self._webhooks_arrive = True
        one.due = -math.inf
        self._woken.set()
        return True

    def _join(self, prediction: Json, tell: Tell) -> _Waiting:
        key, now = str(prediction["id"]), time.monotonic()
        one = self._waiting.get(key)
        if one is None:
            future = asyncio.get_running_loop().create_future()
            one = _Waiting(key, moment(prediction.get("created_at")), now, now + self.pace.fastest_s, future)
            self._waiting[key] = one
        one.users += 1
        one.tells.append(tell)
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="replicate-poller")
        return one

    # --- the round -----------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            while self._waiting:  # somebody may come while the connections are closed
                async with self.api.connected():
                    while self._waiting:
                        await self._sleep()
                        await self._look(self._due())
        except Exception as error:  # a fault of ours: those who wait must hear of it
            for one in list(self._waiting.values()):
                _fail(one, error)
            raise

    async def _sleep(self) -> None:
        now = time.monotonic()
        until = min((one.due for one in self._waiting.values()), default=now)
        if sum(one.due <= now + self.pace.sweep_s for one in self._waiting.values()) >= self.pace.list_from:
            woken = any(one.due == -math.inf for one in self._waiting.values())
            until = now if woken else max(until, self._swept + self._sweep_interval)
        until = max(until, self._paused_until)
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - now)):
                await self._woken.wait()

    @property
    def _sweep_interval(self) -> float:
        return self.pace.sweep_s * (self.pace.webhook_factor if self._webhooks_arrive else 1.0)

    def _due(self) -> list[_Waiting]:
        now = time.monotonic()
        if now < self._paused_until:
            return []
        soon = now + self.pace.sweep_s / 4  # rather now than after another reading of the list
        return [one for one in self._waiting.values() if one.due <= soon and not one.ended.done()]

    async def _look(self, due: list[_Waiting]) -> None:
        woken = [one for one in due if one.due == -math.inf]
        others = [one for one in due if one.due != -math.inf]
        if len(others) >= self.pace.list_from:
            if time.monotonic() >= self._swept + self._sweep_interval:
                self._swept = time.monotonic()
                woken += await self._by_pages(others)
        else:
            woken += others
        await self._one_by_one(woken)

    async def _by_pages(self, due: list[_Waiting]) -> list[_Waiting]:
        """Looks at pages of the list; returns those that must be asked about alone."""
        alone = [one for one in due if one.created is None]
        left = sorted((one for one in due if one.created is not None), key=_created, reverse=True)
        while len(left) >= self.pace.list_from // 2:
            try:
                self.asked += 1
                page = await self.api.page(before=stamp(_created(left[0]) + _SAME_MOMENT_S))
            except BottegaError as error:
                self._pause(error)
                return []
            seen = {str(one["id"]) for one in page}
            self._saw(page)
            times = [at for at in (moment(one.get("created_at")) for one in page) if at is not None]
            rest = [one for one in left if one.id not in seen]
            if not times or len(left) - len(rest) < self.pace.list_from // 2:
                return alone + rest
            alone += [one for one in rest if _created(one) > min(times)]
            left = [one for one in rest if _created(one) <= min(times)]
        return alone + left

    async def _one_by_one(self, due: Iterable[_Waiting]) -> None:
        places = asyncio.Semaphore(self.pace.at_once)

        async def ask(one: _Waiting) -> None:
            async with places:
                if time.monotonic() < self._paused_until or one.ended.done():
                    return
                try:
                    self.asked += 1
                    self._saw([await self.api.get(one.id)])
                except BottegaError as error:
                    self._failed(one, error)

        await asyncio.gather(*(ask(one) for one in due))

    # --- what is learnt ------------------------------------------------------------------------------------------

    def _saw(self, predictions: Iterable[Json]) -> None:
        now = time.monotonic()
        for prediction in predictions:
            one = self._waiting.get(str(prediction["id"]))
            if one is None or one.ended.done():
                continue
            one.refused = one.failed = 0
            one.due = now + self._interval(now - one.since)
            one.created = one.created or moment(prediction.get("created_at"))
            if prediction["status"] != one.status:
                one.status = str(prediction["status"])
                for tell in one.tells:
                    tell(prediction)
            if prediction["status"] in TERMINAL:
                one.ended.set_result(prediction)

    def _interval(self, age: float) -> float:
        pace = self.pace
        usual = min(max(age * pace.share, pace.fastest_s), pace.slowest_s)
        interval = usual if age < pace.long_s else pace.patient_s
        if len(self._waiting) >= pace.list_from and age < pace.long_s:
            interval = min(interval, pace.sweep_s)  # one reading of the list for all
        return interval * (pace.webhook_factor if self._webhooks_arrive else 1.0)

    def _failed(self, one: _Waiting, error: BottegaError) -> None:
        """Nothing is given up for a provider that is away: it works on meanwhile, and bills."""
        one.failed += 1
        one.due = time.monotonic() + min(self.pace.fastest_s * 2**one.failed, 4 * self.pace.slowest_s)
        if isinstance(error, ProviderUnavailable):
            if error.details.get("status") == 429:
                self._pause(error)
            return
        one.refused += isinstance(error, ProviderError)
        if one.refused >= self.pace.refusals:
            unknown = OutcomeUnknown(
                f"Replicate cannot be asked about the prediction {one.id} any more: {error.message}",
                hint=error.hint,
                prediction=one.id,
            )
            _fail(one, unknown)

    def _pause(self, error: BottegaError) -> None:
        wait = error.details.get("retry_after")
        seconds = float(wait) if isinstance(wait, int | float) else self.pace.sweep_s
        self._paused_until = time.monotonic() + max(seconds, self.pace.fastest_s)


def _fail(one: _Waiting, error: Exception) -> None:
    if not one.ended.done():
        one.ended.set_exception(error)
        one.ended.exception()  # somebody may have stopped waiting: it is no news then


def _created(one: _Waiting) -> float:
    assert one.created is not None
    return one.created


def moment(text: object) -> float | None:
    """Seconds since the epoch of an ISO 8601 time."""
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
