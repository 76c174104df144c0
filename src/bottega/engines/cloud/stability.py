"""Stability AI: pictures from words, edits, upscaling and style, by the operation that the catalogue entry names.

Trying again and keeping account are left to the pipeline; only asking for a result that is under way, which costs
nothing, is done here as often as it takes.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any

from bottega.domain.task import EngineResult, Metered, Task, Usage
from bottega.engines.cloud.delivered import billed, check_priced, keep_picture, usage_of
from bottega.engines.cloud.outgoing import Outgoing, PictureLimits, fit_picture, white_mask
from bottega.engines.cloud.stability_api import NoReply, Part, Reply, StabilityApi
from bottega.engines.cloud.stability_operations import form_of, operation_of
from bottega.engines.cloud.stability_rules import Form
from bottega.engines.protocol import (
    USABLE,
    Attempt,
    Availability,
    Cancellation,
    Found,
    Reconciliation,
    StillUnknown,
)
from bottega.errors import (
    ContentRefused,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
    TooLarge,
)
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.settings import Settings

POLL_SECONDS = 10.0
"""The vendor may refuse to be asked more often than that."""
_GET_TIMEOUT_S = 60.0
_FAILURES = 3
"""So many answers in a row that make no sense are believed."""
_REQUEST_BYTES = 10 * 2**20
"""A larger request is refused with 413."""
_TEXT_BYTES = 128 * 2**10
_MASK_BYTES = 2 * 2**20
_ENVELOPE_BYTES = 1 << 20
_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_PICTURE, _JSON = "image/*", "application/json"
_ID = re.compile(r"[0-9A-Za-z_-]{8,128}")


class StabilityEngine:
    """`POST /v2beta/{remote}` with a form; deferred operations answer with a number, which is remembered at once and
    asked for every `poll_seconds`.

    Of a task's parameters `size` or `aspect`, `strength`, `negative_prompt`, `preset` and the operation's own (see
    `stability_operations`) are used.
    """

    name = "stability"
    local = False

    def __init__(self, settings: Settings, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._api_key = settings.stability_api_key.strip()
        self._base_url = settings.stability_base_url.strip().rstrip("/")
        self._limits = Limits.from_settings(settings)
        self._poll_seconds = poll_seconds
        self._api = StabilityApi(self._api_key, self._base_url, self._limits.max_bytes + _ENVELOPE_BYTES)

    def availability(self) -> Availability:
        if not self._api_key:
            return Availability(
                usable=False,
                reason="no key for the Stability API is configured",
                hint="Set BOTTEGA_STABILITY_API_KEY (STABILITY_API_KEY is read as well).",
            )
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            return Availability(
                usable=False,
                reason="the key for the Stability API holds characters that cannot be sent",
                hint="Correct BOTTEGA_STABILITY_API_KEY.",
            )
        if self._base_url and not self._base_url.lower().startswith(("https://", "http://")):
            return Availability(
                usable=False,
                reason="the address of the Stability API is not an http or https URL",
                hint="Correct BOTTEGA_STABILITY_BASE_URL, or leave it out.",
            )
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """One order, sent at most once; the output is the vendor's own bytes.

        Raises ProviderUnavailable (`details["retry_after"]` in seconds where it is known), ProviderError and
        OutcomeUnknown; ContentRefused, charged where the picture was made and then blurred; OutputError for an answer
        without a usable picture, charged; InvalidOption, MissingInput or TooLarge for what the operation cannot express.
        """
        ready = self.availability()
        if not ready.usable:
            raise ProviderError(f"It cannot be sent: {ready.reason}.", hint=ready.hint)
        check_priced(model)
        operation = operation_of(model)
        form = form_of(task, model)
        parts = await self._parts(form, attempt)
        attempt.progress(0.05, "Asking Stability AI")
        accept = _JSON if operation.deferred else _PICTURE
        try:
            reply = await self._api.post(model.remote, parts, accept, attempt.timeout_s)
        except NoReply as gone:
            raise self._api.lost(gone) from gone
        if reply.status != 200:
            raise self._api.failure(reply)
        if not operation.deferred:
            attempt.progress(0.85, "The answer has arrived")
            return await self._result(reply, task, model, attempt, form.notes)
        return await self._deferred(reply, task, model, attempt, form.notes)

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        """Waits for a deferred result whose number is remembered; it is kept for 24 hours."""
        number = _remembered(attempt)
        if number is None:
            return StillUnknown("Stability AI cannot be asked about a call whose number is not known")
        return Found(await self._wait(number, task, model, attempt, [], wait_first=False))

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        """Nothing can be stopped there; what is finished by now is handed over."""
        number = _remembered(attempt)
        if number is None:
            return StillUnknown("Stability AI cannot stop a call, nor be asked about one without a number")
        try:
            reply = await self._api.get(f"results/{number}", _PICTURE, _GET_TIMEOUT_S)
        except NoReply as gone:
            return StillUnknown(f"Stability AI was asked about {number}, and did not answer: {gone.what}")
        if reply.status == 200:
            return Found(await self._result(reply, task, model, attempt, [], number))
        return StillUnknown(f"Stability AI cannot stop {number}; when it is finished it is charged")

    # --- the order -----------------------------------------------------------------------------------------------

    async def _parts(self, form: Form, attempt: Attempt) -> list[Part]:
        """Text fields and files, below the vendor's limit on the whole; `form.notes` is told what was changed."""
        parts: list[Part] = [(name, (None, value)) for name, value in form.fields.items()]
        room = _REQUEST_BYTES - _TEXT_BYTES - (_MASK_BYTES if form.mask else 0)
        first: Outgoing | None = None
        for slot, item in form.pictures:
            fits = PictureLimits(
                _TYPES,
                max_bytes=room // len(form.pictures),
                min_side=slot.min_side,
                min_pixels=slot.min_pixels,
                max_side=slot.max_side,
                max_pixels=slot.max_pixels,
                max_ratio=slot.max_ratio,
            )
            sent = await attempt.compute.call(fit_picture, item.path, fits, self._limits)
            if sent.note:
                form.notes.append(f"The picture for `{slot.name}`: {sent.note}.")
            parts.append((slot.name, (f"{slot.name}.{sent.extension}", sent.content, sent.media_type)))
            first = first or sent
        if form.mask is not None and first is not None:
            size = (first.width, first.height)
            mask = await attempt.compute.call(white_mask, form.mask.path, size, self._limits)
            if len(mask) > _MASK_BYTES:
                raise TooLarge(
                    "The mask has more than 2 MiB as a PNG.", hint="Use a mask with plainer edges."
                )
            parts.append(("mask", ("mask.png", mask, "image/png")))
        return parts

    # --- deferred results ----------------------------------------------------------------------------------------

    async def _deferred(
        self, reply: Reply, task: Task, model: Model, attempt: Attempt, notes: list[str]
    ) -> EngineResult:
        number = str(reply.json().get("id") or "")
        if not _ID.fullmatch(number):
            raise OutcomeUnknown(
                "Stability AI took the request, and its answer holds no number to ask for the result by.",
                hint="Look at the account's credits, then settle the hold.",
            )
        await attempt.remember({"generation": number})
        await attempt.accepted()
        return await self._wait(number, task, model, attempt, notes)

    async def _wait(
        self,
        number: str,
        task: Task,
        model: Model,
        attempt: Attempt,
        notes: list[str],
        *,
        wait_first: bool = True,
    ) -> EngineResult:
        """Asks until there is a result. What comes damaged is asked for again, for it stays there for a day."""
        began = time.monotonic()
        failures, pause = 0, self._poll_seconds if wait_first else 0.0
        while True:
            left = attempt.timeout_s - (time.monotonic() - began) - pause
            if left <= 0:
                raise self._unknown(number, f"no result within {attempt.timeout_s:g} s")
            await asyncio.sleep(pause)
            pause = self._poll_seconds
            try:
                result = await self._look(number, task, model, attempt, notes, min(_GET_TIMEOUT_S, left))
            except ProviderUnavailable as error:
                pause = max(pause, float(error.details.get("retry_after") or 0))
                continue
            except (OutcomeUnknown, OutputError):
                failures += 1
                if failures >= _FAILURES:
                    raise
                continue
            if result is not None:
                return result
            failures = 0
            expected = model.seconds_fixed or 30.0
            attempt.progress(min(0.85, (time.monotonic() - began) / expected), "Stability AI is at work")

    async def _look(
        self, number: str, task: Task, model: Model, attempt: Attempt, notes: list[str], timeout_s: float
    ) -> EngineResult | None:
        """The result, or None while there is none. Raises ProviderUnavailable when it could not be asked; OutcomeUnknown
        or OutputError for answers that may be better next time; what else it raises is final."""
        try:
            reply = await self._api.get(f"results/{number}", _PICTURE, timeout_s)
        except NoReply as gone:
            raise ProviderUnavailable(f"Stability AI did not answer: {gone.what}.") from gone
        if reply.status == 202:
            return None
        if reply.status == 200:
            return await self._result(reply, task, model, attempt, notes, number)
        error = self._api.failure(reply)
        if isinstance(error, ContentRefused | ProviderUnavailable):
            raise error
        raise self._unknown(number, error.message)

    def _unknown(self, number: str, what: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"Stability AI has the request, and its result could not be fetched: {what.rstrip('.')}.",
            hint="Results are kept for 24 hours, and failed generations are not charged; look at the account's credits, "
            "then settle the hold.",
            generation=number,
        )

    # --- the answer ----------------------------------------------------------------------------------------------

    async def _result(
        self,
        reply: Reply,
        task: Task,
        model: Model,
        attempt: Attempt,
        notes: list[str],
        number: str = "",
    ) -> EngineResult:
        finish, seed = reply.headers.get("finish-reason", ""), reply.headers.get("seed", "")
        evidence: dict[str, Any] = {
            "operation": model.remote,
            "finish_reason": finish,
            "seed": seed,
            "request_id": reply.headers.get("x-request-id", ""),
            "generation": number,
        }
        if finish == "CONTENT_FILTERED":
            raise ContentRefused(
                "Stability AI made the picture and blurred it, because it is against its content policy.",
                hint="Change the description or the picture.",
                **billed(_usage(model, task, Metered(images=1), evidence)),
            )
        try:
            output, media = await keep_picture(reply.body, attempt, self._limits)
        except OutputError as error:
            usage = _usage(model, task, Metered(images=1), evidence)
            raise OutputError(
                f"Stability AI answered with success, but the answer is not usable: {error.message}",
                hint="Ask again; the call may be on the account.",
                **billed(usage),
            ) from error
        size = f"{media.width}x{media.height}"
        going_in = sum(item.media.megapixels for item in task.inputs)
        metered = Metered(images=1, megapixels=media.megapixels, input_megapixels=going_in, size=size)
        report: dict[str, Any] = {"operation": model.remote, "size": size}
        if seed.isdecimal():
            report["seed"] = int(seed)
        if notes:
            report["notes"] = list(notes)
        return EngineResult(outputs=(output,), report=report, usage=_usage(model, task, metered, evidence))


def _usage(model: Model, task: Task, metered: Metered, evidence: Mapping[str, Any]) -> Usage:
    """The price of a successful generation. One that was filtered is one too: the vendor's description of the field calls
    CONTENT_FILTERED a successful generation whose output has been blurred."""
    return usage_of(model, task, metered, {name: value for name, value in evidence.items() if value})


def _remembered(attempt: Attempt) -> str | None:
    number = (attempt.remembered or {}).get("generation")
    return number if isinstance(number, str) and _ID.fullmatch(number) else None
