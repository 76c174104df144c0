"""Any server that speaks the OpenAI images API: generations and edits, with plain HTTP and without retries.

Its models and their prices are the operator's entries in the catalogue. Trying again and keeping account
are left to the pipeline.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast
from urllib.parse import SplitResult, urlsplit

from bottega.domain.money import MicroUsd
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task, TaskInput, Usage
from bottega.engines.protocol import (
    USABLE,
    Attempt,
    Availability,
    Cancellation,
    Reconciliation,
    StillUnknown,
)
from bottega.errors import (
    BottegaError,
    ContentRefused,
    InvalidOption,
    MissingInput,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
    UnsupportedMedia,
)
from bottega.imaging.media_type import sniff
from bottega.models import Model
from bottega.resilience import fetch
from bottega.settings import Settings

if TYPE_CHECKING:
    import httpx

_GUIDE = "docs/how-to/picture-generation.md"
_CONNECT_TIMEOUT_S = 10.0
_FETCH_TIMEOUT_S = 60.0
"""For a picture that the answer only links to."""
_ENVELOPE_BYTES = 1 << 20
"""What an answer may hold beside its pictures."""
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""The API's picture formats, in requests and answers."""
_MASK_BYTES = 4 * 10**6
"""The specification says "less than 4MB"."""
_REFUSALS = frozenset({"content_policy_violation", "moderation_blocked", "content_filter", "contentfilter"})
_OUT_OF_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_BASE64_ONLY = ("gpt-image", "chatgpt-image")
"""Families that refuse the field `response_format` because they always answer with base64 (OpenAPI document
of 2026-08-21, CreateImageRequest)."""


class OpenAICompatibleEngine:
    """`POST {base}/images/generations` for `generate`, `{base}/images/edits` for `edit`.

    A catalogue id is `openai_compatible/<the server's name of the model>`. Of a task's parameters `n`, `size`
    and `quality` are sent, and the seed, which is an addition of several local servers: list the feature
    `seed` only for a model whose server knows it.
    """

    name = "openai_compatible"
    local = False

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.openai_compatible_base_url.rstrip("/")
        self._api_key = settings.openai_compatible_api_key.strip()
        self._max_picture_bytes = settings.max_upload_bytes

    def availability(self) -> Availability:
        if not self._base_url:
            return Availability(
                usable=False,
                reason="no OpenAI-compatible image server is configured",
                hint="Set BOTTEGA_OPENAI_COMPATIBLE_BASE_URL (for instance http://127.0.0.1:8080/v1) and list its "
                f"models with prices in the file named by BOTTEGA_CATALOGUE, see {_GUIDE}.",
            )
        if reason := _why_unusable(self._base_url):
            return Availability(
                usable=False,
                reason=reason,
                hint=f"Correct BOTTEGA_OPENAI_COMPATIBLE_BASE_URL, see {_GUIDE}.",
            )
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            return Availability(
                usable=False,
                reason="the API key holds characters that cannot be sent",
                hint="Correct BOTTEGA_OPENAI_COMPATIBLE_API_KEY.",
            )
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """One call, sent at most once.

        Outputs are the pictures as the server sent them, PNG, JPEG or WEBP by their first bytes; whether they
        are whole is checked by whoever decodes them. When only some of the pictures asked for are usable, those
        are handed over and the report says how many are missing.

        Raises ProviderUnavailable (`details["retry_after"]` in seconds where the server said so),
        ContentRefused, ProviderError, OutcomeUnknown, and OutputError for an answer without a usable
        picture, with `details["cost"]` in micro-dollars and `details["evidence"]` for the ledger;
        InvalidOption, MissingInput or UnsupportedMedia for a task that the API cannot express.
        """
        self._check_ready(task, model)
        call = await self._call(task, model, attempt)
        attempt.progress(0.05, f"Asking {self._host}")
        status, headers, body = await self._post(call, attempt)
        if not 200 <= status < 300:
            self._raise_for(status, headers, body)
        attempt.progress(0.8, "The answer has arrived")
        return await self._result(body, task, model, attempt)

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return StillUnknown("this API cannot be asked about an earlier call")

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        return StillUnknown("this API cannot stop a call, nor be asked about an earlier one")

    @property
    def _host(self) -> str:
        return urlsplit(self._base_url).hostname or "the server"

    def _check_ready(self, task: Task, model: Model) -> None:
        ready = self.availability()
        if not ready.usable:
            raise ProviderError(f"It cannot be sent: {ready.reason}.", hint=ready.hint)
        if task.operation not in ("generate", "edit"):
            raise ProviderError(
                f"The OpenAI images API has no call for {task.operation!r}.",
                hint=f"Take that operation out of the catalogue entry {model.id}.",
            )
        if model.price is None or not model.price.is_known:
            raise ProviderError(
                f"The model {model.id} has no price, so it is not called.",
                hint="Give its catalogue entry a price; `price = { free = true }` for a server of your own.",
            )

    # --- The request ------------------------------------------------------------------------------------------

    async def _call(self, task: Task, model: Model, attempt: Attempt) -> _Call:
        name = model.id.removeprefix(f"{self.name}/")
        fields: dict[str, Any] = {"model": name, "prompt": task.prompt, "n": _count(task)}
        if size := task.parameters.get("size"):
            fields["size"] = str(size)
        quality = task.parameters.get("quality")
        if quality and quality != "auto":
            fields["quality"] = str(quality)
        if not name.startswith(_BASE64_ONLY):
            fields["response_format"] = "b64_json"
        if task.seed is not None:
            fields["seed"] = task.seed
        if task.operation == "generate":
            return _Call("images/generations", fields)
        return _Call("images/edits", fields, await _files(task, attempt))

    async def _post(self, call: _Call, attempt: Attempt) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and body. An answer of which even a part is missing counts as lost; one that is too
        large is cut off, which leaves it unreadable."""
        import httpx

        sent = _Sent()
        secure = self._base_url.lower().startswith("https:")
        verify = await asyncio.to_thread(httpx.create_ssl_context) if secure else False
        timeout = httpx.Timeout(attempt.timeout_s, connect=min(_CONNECT_TIMEOUT_S, attempt.timeout_s))
        try:
            async with (
                asyncio.timeout(attempt.timeout_s),
                # One client a call: on a connection of an earlier call a reset would leave the outcome open.
                httpx.AsyncClient(verify=verify, timeout=timeout, trust_env=False) as client,
                client.stream(
                    "POST",
                    f"{self._base_url}/{call.path}",
                    headers=self._headers(attempt),
                    extensions={"trace": sent.trace},
                    **call.body(),
                ) as response,
            ):
                limit = _ENVELOPE_BYTES
                if response.is_success:
                    limit += call.fields["n"] * self._max_picture_bytes * 4 // 3  # as base64
                return response.status_code, response.headers, await _read(response, limit)
        except (TimeoutError, httpx.TimeoutException) as error:
            late = (
                f"no answer within {attempt.timeout_s:g} s" if sent.complete else "it was not taken in time"
            )
            self._raise_lost(error, sent.complete, late)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            self._raise_lost(error, sent.complete, self._redact(str(error)) or type(error).__name__)

    def _headers(self, attempt: Attempt) -> dict[str, str]:
        headers = {"Accept": "application/json", "Idempotency-Key": attempt.idempotency_key}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        return headers

    def _raise_lost(self, error: Exception, sent: bool, what: str) -> NoReturn:
        if sent:
            raise OutcomeUnknown(
                f"The request was sent to {self._host}, and its answer was lost: {what}.",
                hint="Look at the server's log or bill before you ask again: this API cannot be asked what became "
                "of a call.",
            ) from error
        raise ProviderUnavailable(
            f"The image server {self._host} did not take the request: {what}.",
            hint="Is it running, and is BOTTEGA_OPENAI_COMPATIBLE_BASE_URL right?",
        ) from error

    # --- Answers that are errors ------------------------------------------------------------------------------

    def _raise_for(self, status: int, headers: httpx.Headers, body: bytes) -> NoReturn:
        code, said = _error_fields(body)
        said = self._redact(said)
        quoted = f": {said}" if said else "."
        server = f"The image server {self._host}"
        details: dict[str, Any] = {"status": status, "provider_code": self._redact(code)}
        if code.lower() in _REFUSALS:
            raise ContentRefused(
                f"{server} refused the content{quoted}", hint="Change the prompt.", **details
            )
        if status in (401, 403):
            # What the server says here may repeat the key.
            raise ProviderError(
                f"{server} did not accept the API key (HTTP {status}).",
                hint="Check BOTTEGA_OPENAI_COMPATIBLE_API_KEY, and what the key may do.",
                **details,
            )
        if status == 402 or code in _OUT_OF_CREDIT:
            raise ProviderError(f"{server} says that the account has no credit left{quoted}", **details)
        if status in (429, 503):
            raise ProviderUnavailable(
                f"{server} is not taking requests now (HTTP {status}){quoted}",
                hint="Try again later.",
                retry_after=_retry_after(headers),
                **details,
            )
        if status >= 500 and status != 501:
            raise OutcomeUnknown(
                f"{server} failed after it had the request (HTTP {status}){quoted}",
                hint="Look at the server's log or bill before you ask again.",
                **details,
            )
        hint = (
            "Check the base URL and the model's name in the catalogue."
            if status == 404 or status < 400
            else ""
        )
        raise ProviderError(f"{server} refused the request (HTTP {status}){quoted}", hint=hint, **details)

    def _redact(self, text: str) -> str:
        text = text.replace(self._api_key, "***") if self._api_key else text
        return text if len(text) <= 300 else text[:299] + "…"

    # --- Answers that hold pictures ---------------------------------------------------------------------------

    async def _result(self, body: bytes, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        answer = await asyncio.to_thread(_parse, body)
        entries = _entries(answer)
        usage = _usage(task, model, len(entries), answer)
        entries = entries[: _count(task)]
        outputs: list[OutputFile] = []
        problems = [] if answer else ["it is not a JSON object, or is larger than the limit on pictures."]
        for entry in entries:
            try:
                outputs.append(await self._picture(entry, attempt, len(outputs) + 1, _count(task)))
            except BottegaError as error:
                problems.append(error.message)
        if not outputs:
            what = problems[0] if problems else "it holds no picture."
            raise OutputError(
                f"The image server {self._host} answered with success, but the answer is not usable: {what}",
                hint="Look at what the server sends; the call may be on its bill.",
                money=Money.CHARGED,
                cost=usage.cost,
                evidence=usage.evidence,
            )
        report: dict[str, Any] = {"pictures_asked": _count(task), "pictures": len(outputs)}
        if problems:
            report["problems"] = problems
        revised = [e["revised_prompt"] for e in entries if isinstance(e.get("revised_prompt"), str)]
        if revised:
            report["revised_prompt"] = revised[0]
        return EngineResult(outputs=tuple(outputs), report=report, usage=usage)

    async def _picture(self, entry: dict[str, Any], attempt: Attempt, number: int, asked: int) -> OutputFile:
        """Writes one picture of the answer to the scratch folder, byte for byte."""
        if isinstance(entry.get("b64_json"), str):
            content = await asyncio.to_thread(_decoded, entry["b64_json"])
        elif isinstance(entry.get("url"), str):
            # The operator chose this host, wherever it is; no other is fetched from.
            content = await fetch(
                entry["url"],
                max_bytes=self._max_picture_bytes,
                timeout_s=_FETCH_TIMEOUT_S,
                allow_private=True,
                allowed_hosts=frozenset({self._host}),
            )
        else:
            raise OutputError("it holds neither base64 nor an address.")
        media_type = sniff(content)
        if media_type not in _EXTENSIONS:
            raise OutputError("it is not a PNG, JPEG or WEBP picture.")
        name = f"picture-{number}.{_EXTENSIONS[media_type]}"
        path = attempt.scratch / name
        await asyncio.to_thread(path.write_bytes, content)
        label = f"Picture {number} of {asked}" if asked > 1 else "Picture"
        return OutputFile(path=path, media_type=media_type, label=label, name=name)


@dataclass(frozen=True, slots=True)
class _Call:
    path: str
    fields: dict[str, Any]
    files: list[tuple[str, tuple[str, bytes, str]]] | None = None

    def body(self) -> dict[str, Any]:
        """As httpx takes it: JSON, or a multipart form where there are files."""
        if self.files is None:
            return {"json": self.fields}
        return {"data": {key: str(value) for key, value in self.fields.items()}, "files": self.files}


class _Sent:
    """Whether the whole request went out: without its end no server can have begun to work on it."""

    def __init__(self) -> None:
        self.complete = False

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "http11.send_request_body.complete":
            self.complete = True


async def _read(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body[:limit])


async def _files(task: Task, attempt: Attempt) -> list[tuple[str, tuple[str, bytes, str]]]:
    """The multipart file parts: one picture as `image`, several as repeated `image[]`, then the mask."""
    pictures = [item for role in (Role.WORKING, Role.REFERENCE) for item in task.inputs if item.role is role]
    if not pictures:
        raise MissingInput("There is no picture to edit.", hint="Give the picture to work on.")
    for item in pictures:
        if item.media.media_type not in _EXTENSIONS:
            raise UnsupportedMedia(
                f"This model takes PNG, JPEG and WEBP pictures, not {item.media.media_type}.",
                hint="Convert the picture first.",
            )
    field = "image" if len(pictures) == 1 else "image[]"
    parts = [(field, await _part(item.path, item.media.media_type, n)) for n, item in enumerate(pictures, 1)]
    mask = task.first(Role.MASK)
    if mask is not None:
        parts.append(("mask", await _mask(mask, pictures[0], attempt)))
    return parts


async def _part(path: Path, media_type: str, number: int) -> tuple[str, bytes, str]:
    # A name of ours: what the user called the file is none of the server's business.
    content = await asyncio.to_thread(path.read_bytes)
    return f"image-{number}.{_EXTENSIONS[media_type]}", content, media_type


async def _mask(mask: TaskInput, picture: TaskInput, attempt: Attempt) -> tuple[str, bytes, str]:
    if (mask.media.width, mask.media.height) != (picture.media.width, picture.media.height):
        raise InvalidOption(
            f"The mask is {mask.media.width} x {mask.media.height} pixels, the picture {picture.media.width} x "
            f"{picture.media.height}.",
            hint="A mask has the size of the first picture.",
        )
    from bottega.engines.cloud.openai_compatible_work import mask_to_transparency

    target = attempt.scratch / "mask.png"
    await attempt.compute.call(mask_to_transparency, mask.path, target)
    content = await asyncio.to_thread(target.read_bytes)
    target.unlink()
    if len(content) >= _MASK_BYTES:
        raise InvalidOption("The mask is larger than 4 MB as a PNG.", hint="Use a mask with plainer edges.")
    return "mask.png", content, "image/png"


def _why_unusable(base_url: str) -> str | None:
    try:
        parts: SplitResult = urlsplit(base_url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "the address of the image server is not a valid URL"
    if parts.scheme not in ("http", "https") or not named or parts.query or parts.fragment:
        return "the address of the image server is not an http or https URL such as http://127.0.0.1:8080/v1"
    if parts.username is not None or parts.password is not None:
        return "the address of the image server holds a user name or password"
    return None


def _count(task: Task) -> int:
    return int(task.parameters.get("n") or 1)


def _error_fields(body: bytes) -> tuple[str, str]:
    """`code` and `message` of an API error; servers also send a bare string, or FastAPI's `detail`."""
    answer = _parse(body)
    error: object = answer.get("error", answer)
    if isinstance(error, str):
        return "", error
    if not isinstance(error, dict):
        return "", ""
    fields = cast("dict[str, object]", error)
    code, said = fields.get("code"), fields.get("message") or fields.get("detail")
    return (code if isinstance(code, str) else ""), (said if isinstance(said, str) else "")


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, from `retry-after-ms` or `Retry-After` (RFC 9110, section 10.2.3: seconds or a date)."""
    milliseconds, after = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if milliseconds.isdecimal():
        return int(milliseconds) / 1000
    if after.isdecimal():
        return float(after)
    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
    except ValueError:
        return None


def _parse(body: bytes) -> dict[str, Any]:
    """The JSON object, or an empty one when the body is none."""
    try:
        answer: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}


def _entries(answer: dict[str, Any]) -> list[dict[str, Any]]:
    data: object = answer.get("data")
    if not isinstance(data, list):
        return []
    return [cast("dict[str, Any]", entry) for entry in cast("list[object]", data) if isinstance(entry, dict)]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise OutputError("its base64 is damaged.") from None


def _usage(task: Task, model: Model, returned: int, answer: dict[str, Any]) -> Usage:
    """Cost by the catalogue's price for the pictures returned; for an answer that holds none, for those asked
    for, because the server may have made and billed them."""
    assert model.price is not None
    asked = _count(task)
    billed = min(returned, asked) or asked
    share = task.model_copy(
        update={
            "parameters": {**task.parameters, "n": billed},
            "output_megapixels": task.output_megapixels * billed / asked,
        }
    )
    cost: MicroUsd = model.price.price(share).likely
    usage: object = answer.get("usage")
    evidence: dict[str, Any] = {
        "usage": usage if isinstance(usage, dict) else None,
        "n": billed,
        "n_returned": returned,
        "n_asked": asked,
        "size": task.parameters.get("size"),
        "megapixels": share.output_megapixels,
        "price": model.price.model_dump(mode="json"),
    }
    return Usage(cost=cost, evidence=evidence)
