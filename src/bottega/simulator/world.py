"""What a simulated vendor knows: who called, what was sent, what shall go wrong, and what is answered next.

entry = await world.enter(request, "openai", "images.generate")
if entry.fault in HTTP_KINDS: return entry.finish(<the error in this vendor's dialect>)
await entry.act("before")            # hang, reset
...check the request...
entry.accept()                       # from here on a vendor would bill
await world.work(seconds)            # as long as it takes, divided by `speed`
await entry.act("after")             # hang_after_accept, reset_after_accept
return entry.finish(response)        # logs the status, spoils the body where that is the fault
"""

import asyncio
import hashlib
import io
import json
import random
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from PIL import Image
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response

from bottega.simulator.faults import AFTER_KINDS, BODY_KINDS, BentResponse, Fault, Faults, hang, reset
from bottega.simulator.media import Media

LOGGED_CHARACTERS = 512
"""Longer unbroken text (base64 pictures) is logged by its length and hash; `Entry.fields` has the whole."""

LARGEST_FIELD = 64 * 1024 * 1024
"""Bytes of one text field of a multipart body."""


@dataclass(frozen=True)
class SeenFile:
    """A picture or other file that came with a call; width and height are 0 where it is no readable picture."""

    field: str
    name: str
    media_type: str
    sha256: str
    size: int
    width: int
    height: int


@dataclass
class Seen:
    """One call. `headers` have lower-case names; `at` is seconds since the epoch; `accepted`: work that the vendor
    would bill; `status`: of the answer, 0 while there is none (or never will be); `fault`: what it met, or ""."""

    vendor: str
    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    fields: dict[str, Any]
    files: tuple[SeenFile, ...]
    at: float
    accepted: bool = False
    status: int = 0
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "files": [vars(file) for file in self.files]}


@dataclass
class Entry:
    """One call being answered.

    `fields`: the JSON object or the form's text fields (a field sent repeatedly is a list); `files`: by field name,
    each with its bytes; `malformed`: why the body could not be read, or "" (the vendor answers 400 then).
    """

    world: "World"
    request: Request
    seen: Seen
    meets: Fault | None
    fields: dict[str, Any]
    files: dict[str, list[tuple[SeenFile, bytes]]] = field(default_factory=dict[str, Any])
    malformed: str = ""

    @property
    def fault(self) -> str:
        return self.seen.fault

    @property
    def wait(self) -> float:
        """Seconds that an error should ask the client to wait."""
        return self.meets.seconds if self.meets else 1.0

    def add_file(self, field_name: str, name: str, media_type: str, data: bytes) -> SeenFile:
        """Note a file that came inside the body (base64, data URL), as if it had been a part of its own."""
        seen = _look_at(field_name, name, media_type, data)
        self.files.setdefault(field_name, []).append((seen, data))
        self.seen.files = (*self.seen.files, seen)
        return seen

    def accept(self) -> None:
        self.seen.accepted = True

    async def act(self, moment: Literal["before", "after"]) -> None:
        """Performs the faults of the connection. Raises Ended when the conversation is over."""
        if moment == "before":
            if self.fault == "hang":
                await hang(self.request)
            if self.fault == "reset":
                await reset(self.request)
        elif self.fault in AFTER_KINDS:
            self.accept()
            await (hang if self.fault == "hang_after_accept" else reset)(self.request)

    def picture(self, data: bytes) -> bytes:
        """The picture as the client gets it: half of its bytes when the fault is `bad_picture`."""
        return data[: len(data) // 2] if self.fault == "bad_picture" else data

    def finish(self, response: Response) -> Response:
        """Logs the status; hands back the response, or the spoilt one that the fault asks for (2xx only)."""
        self.seen.status = response.status_code
        if self.fault in BODY_KINDS and response.status_code < 300:
            return BentResponse(self.fault, response, self.world.drip_seconds)
        return response


class World:
    """Everything that the simulated vendors share. `speed` divides the time that their work takes."""

    def __init__(self, seed: int = 0, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed is above 0")
        self.seed = seed
        self.speed = speed
        self.drip_seconds = 20.0
        """How long a body takes under `slow_drip`, in real seconds."""
        self.faults = Faults(seed)
        self.media = Media(seed)
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forgets calls, faults, queued answers and whatever the vendors keep; the ids start from the seed again."""
        self.log: list[Seen] = []
        self.state: dict[str, Any] = {}
        """What a vendor's file keeps between calls (predictions, uploads), under its own name."""
        self._answers: dict[tuple[str, str], deque[dict[str, Any]]] = {}
        self._ids = random.Random(self.seed)  # noqa: S311  # nothing secret
        self.faults.clear()

    def calls(self, vendor: str = "", operation: str = "") -> list[Seen]:
        return [
            seen
            for seen in list(self.log)
            if vendor in ("", seen.vendor) and operation in ("", seen.operation)
        ]

    async def work(self, seconds: float) -> None:
        """Wait as long as the vendor would work, divided by `speed`."""
        await asyncio.sleep(seconds / self.speed)

    def new_id(self, length: int = 24, alphabet: str = "0123456789abcdefghijklmnopqrstuvwxyz") -> str:
        """An identifier that follows from the seed and the number of ids given before."""
        with self._lock:
            return "".join(self._ids.choices(alphabet, k=length))

    def queue_answer(self, vendor: str, operation: str = "", **answer: Any) -> None:
        """What `vendor` answers next to `operation` (any, when empty). Which keys mean something is each vendor's."""
        with self._lock:
            self._answers.setdefault((vendor, operation), deque()).append(answer)

    def next_answer(self, vendor: str, operation: str) -> dict[str, Any] | None:
        with self._lock:
            for key in ((vendor, operation), (vendor, "")):
                if self._answers.get(key):
                    return self._answers[key].popleft()
        return None

    async def enter(self, request: Request, vendor: str, operation: str) -> Entry:
        """Reads a call (JSON, form or nothing), logs it and decides which fault it meets."""
        seen = Seen(
            vendor=vendor,
            operation=operation,
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers=dict(request.headers),
            fields={},
            files=(),
            at=time.time(),
        )
        meets = self.faults.pop(vendor, operation)
        seen.fault = meets.kind if meets else ""
        self.log.append(seen)
        entry = Entry(self, request, seen, meets, {})
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            await _read_form(entry)
        elif body := await request.body():
            _read_json(entry, body)
        seen.fields = {name: _short(value) for name, value in entry.fields.items()}
        return entry

    async def answered(
        self,
        request: Request,
        vendor: str,
        operation: str,
        refusal: Callable[[Entry], Response | None],
        answer: Callable[[Entry], Response | Awaitable[Response]],
    ) -> Response:
        """A call that takes no time: reads it, refuses it for its key or its fault, or answers."""
        entry = await self.enter(request, vendor, operation)
        if (error := refusal(entry)) is not None:
            return entry.finish(error)
        await entry.act("before")
        response = answer(entry)
        if not isinstance(response, Response):
            response = await response
        await entry.act("after")
        return entry.finish(response)


async def _read_form(entry: Entry) -> None:
    try:
        form: FormData = await entry.request.form(max_part_size=LARGEST_FIELD)
    except (MultiPartException, AssertionError) as error:
        entry.malformed = f"The form could not be read: {error}"
        return
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            entry.add_file(name, value.filename or "", value.content_type or "", await value.read())
        elif name in entry.fields:
            earlier = entry.fields[name]
            entry.fields[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            entry.fields[name] = value


def _read_json(entry: Entry, body: bytes) -> None:
    try:
        value: Any = json.loads(body)
    except ValueError as error:
        entry.malformed = f"The body is not JSON: {error}"
        return
    if isinstance(value, dict):
        entry.fields = value
    else:
        entry.malformed = "The body is not a JSON object."


def _look_at(field_name: str, name: str, media_type: str, data: bytes) -> SeenFile:
    width = height = 0
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        pass  # not a picture: 0 x 0, as documented
    return SeenFile(field_name, name, media_type, hashlib.sha256(data).hexdigest(), len(data), width, height)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _short(inner) for name, inner in fields.items()}
    if isinstance(value, list):
        return [_short(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, str) and len(value) > LOGGED_CHARACTERS and " " not in value[:LOGGED_CHARACTERS]:
        return (
            f"{value[:32]}... ({len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()})"
        )
    return value
