"""Finds a prediction again whose number was never heard: the account's list is read until it is found, or is surely
not there.

The vendor knows no idempotency keys, but a prediction tells its input again. A call is known by what only it has: a
seed that was made for it, the address of a file that was uploaded for it, the query of its webhook.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from bottega.domain.base import Value
from bottega.engines.cloud.replicate_api import PAGE, ReplicateApi
from bottega.engines.cloud.replicate_outputs import addresses
from bottega.engines.cloud.replicate_poller import moment, stamp
from bottega.engines.cloud.replicate_schema import Json
from bottega.engines.protocol import NeverArrived, StillUnknown
from bottega.errors import OutputError, ProviderError, ProviderUnavailable

MARK = "call"
"""Name of the mark in the query of a webhook's address."""
_MOST_PAGES = 100
_DELAY_S = 300.0
"""A process may be slow between making a trace and sending."""
_HIDDEN = "predictions made at that time do not tell their input as it was sent"
_SEED_BITS = 31


class Trace(Value):
    """What a call can be known by. `since` and `until`: the vendor's seconds since the epoch between which it was
    made. `digest` is of the inputs `keys`, which are not files; `own_seed`: they hold a seed that was made for this
    call. `uploads` are the addresses of files by their field. `account`: a fingerprint of the key it was made with.
    """

    mark: str
    model: str
    keys: tuple[str, ...]
    digest: str
    own_seed: bool
    uploads: dict[str, Any] = Field(default_factory=dict[str, Any])
    since: float
    until: float
    account: str

    @property
    def is_unique(self) -> bool:
        """Whether another call cannot look the same."""
        return self.own_seed or bool(self.uploads)

    def covers(self, at: float) -> bool:
        return self.since <= at <= self.until

    def is_by(self, told: Json, files: str) -> bool | None:
        """Of a prediction with the same `digest`: whether it is this call; None when that cannot be said, because the
        vendor tells other addresses than those of its `files` that were sent."""
        if self.own_seed or all(told.get(key) == value for key, value in self.uploads.items()):
            return True
        seen = [one for key in self.uploads for one in addresses(told.get(key))]
        return False if seen and all(one.startswith(files) for one in seen) else None


def mark_of(idempotency_key: str) -> str:
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]


def seed_of(idempotency_key: str) -> int:
    """A seed of 31 bits that belongs to this call: as good as any other, and it is found again by it."""
    return int(mark_of(f"seed:{idempotency_key}"), 16) % 2**_SEED_BITS


def digest(given: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """Of these inputs, whatever the order and the way that whole numbers are written."""
    told = {key: _plain(given.get(key)) for key in sorted(keys)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@dataclass(frozen=True, slots=True)
class Certainty:
    """Seconds. A call that is not on the list `settle_s` after it can last have arrived never did; the list is
    read every `again_s`, through failures for `look_s`. `slack_s` is allowed for clocks, `blind_slack_s` where the
    vendor's is not known."""

    settle_s: float = 10.0
    again_s: float = 1.0
    look_s: float = 120.0
    slack_s: float = 5.0
    blind_slack_s: float = 120.0
    deadline_margin_s: float = 15.0
    """So much before our own patience ends the vendor is to stop by itself."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one reading of the list showed: predictions that fit, and whether some can no longer be told apart."""

    found: tuple[Json, ...]
    hidden: bool


@dataclass(slots=True)
class Finder:
    """Reads the list once for all who look for something at that moment."""

    api: ReplicateApi
    _looking: list[tuple[Trace, asyncio.Future[Sighting]]] = field(
        default_factory=list[tuple[Trace, "asyncio.Future[Sighting]"]]
    )
    _task: asyncio.Task[None] | None = None

    async def look(self, trace: Trace) -> Sighting:
        """What the list shows in a reading that began after this call. Raises as `ReplicateApi.page`."""
        future: asyncio.Future[Sighting] = asyncio.get_running_loop().create_future()
        self._looking.append((trace, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="replicate-search")
        return await future

    async def _run(self) -> None:
        while self._looking:
            looking, self._looking = self._looking, []
            try:
                async with self.api.connected():
                    sightings = await self._read([trace for trace, _ in looking])
            except Exception as error:  # noqa: BLE001 - handed to those who look
                for _, future in looking:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), sighting in zip(looking, sightings, strict=True):
                if not future.done():
                    future.set_result(sighting)

    async def _read(self, traces: list[Trace]) -> list[Sighting]:
        found: dict[str, dict[str, Json]] = {trace.mark: {} for trace in traces}
        hidden: set[str] = set()
        candidates = _Candidates(traces, f"{self.api.base_url}/files/")
        since = stamp(min(trace.since for trace in traces))
        before = max(trace.until for trace in traces) + 1.0
        for _ in range(_MOST_PAGES):
            page = await self.api.page(before=stamp(before), after=since)
            times = [at for at in (moment(one.get("created_at")) for one in page) if at is not None]
            for prediction in page:
                for trace, is_it in candidates.judged(prediction):
                    if is_it:
                        found[trace.mark][str(prediction["id"])] = prediction
                    else:
                        hidden.add(trace.mark)
            if len(page) < PAGE or not times:
                break
            # A moment more, so that those made in the same instant are not passed over.
            before = min(min(times) + 1e-6, before - 1e-6)
        else:
            raise OutputError("The account made more predictions meanwhile than can be looked through.")
        return [Sighting(tuple(found[trace.mark].values()), trace.mark in hidden) for trace in traces]


@dataclass(slots=True)
class _Candidates:
    """Traces by what they are first told apart by."""

    traces: list[Trace]
    files: str
    """What the addresses of uploaded files begin with."""
    _by_mark: dict[str, Trace] = field(default_factory=dict[str, Trace])
    _by_model: dict[str, list[Trace]] = field(default_factory=dict[str, list[Trace]])

    def __post_init__(self) -> None:
        for trace in self.traces:
            self._by_mark[trace.mark] = trace
            name, _, version = trace.model.partition(":")
            self._by_model.setdefault(version or name, []).append(trace)

    def judged(self, prediction: Json) -> Generator[tuple[Trace, bool]]:
        """Traces whose call the prediction is (True), or may be (False): its input is not told as it was sent."""
        if mark := _mark_in(prediction.get("webhook")):
            if (marked := self._by_mark.get(mark)) is not None:
                yield marked, True
            return  # it is the call that it says, and no other
        at, given = moment(prediction.get("created_at")), cast("object", prediction.get("input"))
        near = [
            trace
            for key in (prediction.get("model"), prediction.get("version"))
            for trace in self._by_model.get(str(key), ())
            if at is not None and trace.covers(at)
        ]
        deleted = bool(prediction.get("data_removed")) and not given
        told = cast("Json", given) if isinstance(given, dict) else {}
        digests: dict[tuple[str, ...], str] = {}
        for trace in near:
            if deleted:
                yield trace, False
                continue
            if trace.keys not in digests:
                digests[trace.keys] = digest(told, trace.keys)
            if digests[trace.keys] != trace.digest:
                continue
            if (is_it := trace.is_by(told, self.files)) is not False:
                yield trace, bool(is_it)


def _mark_in(webhook: object) -> str:
    if not isinstance(webhook, str):
        return ""
    return next(iter(parse_qs(urlsplit(webhook).query).get(MARK, [])), "")


@dataclass(slots=True)
class Search:
    """Says of a call what became of it. `others`: predictions that are known to be other calls'."""

    api: ReplicateApi
    sure: Certainty
    others: Callable[[], frozenset[str]]
    _finder: Finder | None = None

    def window(self) -> tuple[float, float]:
        """Between which times of the vendor a call is made that is sent now."""
        now, known = self.api.vendor_time()
        slack = self.sure.slack_s if known else self.sure.blind_slack_s
        return now - slack, now + self.api.create_s + _DELAY_S + slack

    async def look_up(self, trace: Trace) -> Json | NeverArrived | StillUnknown:
        """The prediction, or why there is none. It is surely not there when a reading of the list that began some
        time after the call's end does not show it."""
        self._finder = finder = self._finder or Finder(self.api)
        begun = time.monotonic()
        while True:
            asked = time.monotonic()
            try:
                sighting = await finder.look(trace)
            except (ProviderUnavailable, OutputError) as error:
                if asked - begun > self.sure.look_s:
                    return StillUnknown(f"the provider cannot be asked now: {error.message}")
                wait = error.details.get("retry_after")
                await asyncio.sleep(
                    max(self.sure.again_s, float(wait) if isinstance(wait, int | float) else 0.0)
                )
                continue
            except ProviderError as error:
                return StillUnknown(f"the provider does not let us ask: {error.message}")
            if (found := self._chosen(trace, sighting)) is not None:
                return found
            if asked - begun >= self.sure.settle_s:
                return StillUnknown(_HIDDEN) if sighting.hidden else NeverArrived()
            await asyncio.sleep(min(self.sure.again_s, self.sure.settle_s - (asked - begun)))

    def _chosen(self, trace: Trace, sighting: Sighting) -> Json | StillUnknown | None:
        others = self.others()
        found = [one for one in sighting.found if one["id"] not in others]
        if len(found) > 1 and not trace.is_unique:
            return StillUnknown(f"{len(found)} predictions of exactly this order were made at that time")
        return found[0] if found else None
