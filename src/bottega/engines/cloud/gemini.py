"""Google's Gemini models that make pictures, through Google's own SDK: from words, and from pictures with words.

One call makes one picture. There is no mask: what is to change is said in words. Trying again and keeping account are
left to the pipeline.
"""

from __future__ import annotations

import asyncio
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn, cast

from bottega.domain.task import EngineResult, Metered, OutputFile, Task, TaskInput, Usage
from bottega.engines.cloud.delivered import billed, check_priced, keep_picture, usage_of
from bottega.engines.cloud.gemini_answer import Answer, Delivered, read_answer
from bottega.engines.cloud.gemini_errors import failure
from bottega.engines.cloud.gemini_request import contents_of, notes_of, pictures_of, prompt_of, shape_of
from bottega.engines.cloud.outgoing import Outgoing, PictureLimits, fit_picture
from bottega.engines.protocol import USABLE, Attempt, Availability, Cancellation, Reconciliation, StillUnknown
from bottega.errors import (
    BottegaError,
    ContentRefused,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.settings import Settings

if TYPE_CHECKING:
    from google.genai import types

    from bottega.domain.asset import MediaInfo
    from bottega.engines.cloud.gemini_client import GeminiClient, Watch

_REQUEST_BYTES = 20 * 10**6
"""Of one request with its pictures inside: the older of the vendor's limits (100 MB since January 2026)."""
_ENVELOPE_BYTES = 1 << 20
"""What a request or an answer may hold beside its pictures."""
_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})


class GeminiEngine:
    """`generateContent` with pictures and words in, and a picture out; a catalogue entry's `remote` is the model.

    Of a task's parameters `size` or `resolution`, `aspect` and `negative_prompt` are used.
    """

    name = "gemini"
    local = False

    def __init__(self, settings: Settings) -> None:
        self._api_key = settings.gemini_api_key.strip()
        self._base_url = settings.gemini_base_url.strip().rstrip("/")
        self._limits = Limits.from_settings(settings)
        self._client: GeminiClient | None = None
        self._making = threading.Lock()

    def availability(self) -> Availability:
        if not self._api_key:
            return Availability(
                usable=False,
                reason="no key for the Gemini API is configured",
                hint="Set BOTTEGA_GEMINI_API_KEY (GEMINI_API_KEY and GOOGLE_API_KEY are read as well).",
            )
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            return Availability(
                usable=False,
                reason="the key for the Gemini API holds characters that cannot be sent",
                hint="Correct BOTTEGA_GEMINI_API_KEY.",
            )
        if self._base_url and not self._base_url.lower().startswith(("https://", "http://")):
            return Availability(
                usable=False,
                reason="the address of the Gemini API is not an http or https URL",
                hint="Correct BOTTEGA_GEMINI_BASE_URL, or leave it out.",
            )
        if find_spec("google") is None or find_spec("google.genai") is None:
            return Availability(
                usable=False,
                reason="Google's SDK is not installed",
                hint="Install it with: pip install 'bottega[gemini]'",
            )
        return USABLE

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """One call, sent at most once; outputs are the vendor's own bytes.

        Raises ProviderUnavailable (`details["retry_after"]` in seconds where the vendor said so), ProviderError,
        OutcomeUnknown; ContentRefused for a refusal and OutputError for an answer without a usable picture, both
        charged with what the vendor counts; InvalidOption, MissingInput or TooLarge for a task that it cannot express.
        """
        ready = self.availability()
        if not ready.usable:
            raise ProviderError(f"It cannot be sent: {ready.reason}.", hint=ready.hint)
        check_priced(model)
        pictures = pictures_of(task)
        prompt = prompt_of(task, model)
        aspect, tier = shape_of(task, model)
        sent = await self._fit(pictures, prompt, attempt)
        client = await asyncio.to_thread(self._made_client)
        attempt.progress(0.05, "Asking Gemini")
        body = await self._generate(
            client, model, contents_of(pictures, sent, prompt), (aspect, tier), attempt, task
        )
        attempt.progress(0.85, "The answer has arrived")
        answer = await asyncio.to_thread(read_answer, body)
        return await self._result(client, answer, task, model, attempt, notes_of(sent))

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        return StillUnknown("the Gemini API cannot be asked about an earlier call")

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        return StillUnknown("the Gemini API cannot stop a call, nor be asked about an earlier one")

    # --- the request ---------------------------------------------------------------------------------------------

    def _made_client(self) -> GeminiClient:
        from bottega.engines.cloud.gemini_client import GeminiClient

        with self._making:
            if self._client is None:
                self._client = GeminiClient(self._api_key, self._base_url)
            return self._client

    async def _fit(self, pictures: list[TaskInput], prompt: str, attempt: Attempt) -> list[Outgoing]:
        if not pictures:
            return []
        room = (_REQUEST_BYTES - _ENVELOPE_BYTES - len(prompt.encode())) * 3 // 4  # as base64
        fits = PictureLimits(_TYPES, max_bytes=room // len(pictures))
        return [await attempt.compute.call(fit_picture, item.path, fits, self._limits) for item in pictures]

    def _watch(self) -> Watch:
        from bottega.engines.cloud.gemini_client import Watch

        return Watch(limit=_ENVELOPE_BYTES + self._limits.max_bytes * 4 // 3)

    async def _generate(
        self,
        client: GeminiClient,
        model: Model,
        contents: list[str | Outgoing],
        shape: tuple[str, str],
        attempt: Attempt,
        task: Task,
    ) -> str:
        """The body of the answer."""
        import httpx
        from google.genai import errors, types

        from bottega.engines.cloud.gemini_client import AnswerTooLarge

        watch = self._watch()
        aspect, tier = shape
        image = (
            types.ImageConfig(aspect_ratio=aspect or None, image_size=tier or None)
            if aspect or tier
            else None
        )
        try:
            async with asyncio.timeout(attempt.timeout_s):
                return await client.generate(
                    model.remote, [_part(item) for item in contents], image, attempt.timeout_s, watch
                )
        except errors.APIError as error:
            raise failure(error.code, cast("object", error.details), self._api_key) from error
        except AnswerTooLarge as error:
            usage = usage_of(model, task, Metered(), {"problem": str(error)})
            raise OutputError(f"Gemini's answer is not usable: {error}.", **billed(usage)) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            late = f"no answer within {attempt.timeout_s:g} s" if watch.sent else "it was not taken in time"
            self._raise_lost(error, watch.sent, late)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            said = str(error).replace(self._api_key, "***") or type(error).__name__
            self._raise_lost(error, watch.sent, said[:300])

    def _raise_lost(self, error: Exception, sent: bool, what: str) -> NoReturn:
        if sent:
            raise OutcomeUnknown(
                f"The request was sent to Gemini, and its answer was lost: {what}.",
                hint="Look at the usage in Google AI Studio before you ask again: this API cannot be asked what became "
                "of a call.",
            ) from error
        raise ProviderUnavailable(
            f"Gemini did not take the request: {what}.",
            hint="Is this machine online, and is BOTTEGA_GEMINI_BASE_URL right, where it is set?",
        ) from error

    # --- the answer ----------------------------------------------------------------------------------------------

    async def _result(
        self,
        client: GeminiClient,
        answer: Answer,
        task: Task,
        model: Model,
        attempt: Attempt,
        notes: list[str],
    ) -> EngineResult:
        if (refusal := answer.refusal) is not None:
            raise ContentRefused(
                f"Gemini refused the content: {refusal}.",
                hint="Change the description or the pictures.",
                **billed(_usage(answer, task, model, [])),
                reason=answer.blocked or answer.finish,
            )
        outputs: list[OutputFile] = []
        media: list[MediaInfo] = []
        problems: list[str] = []
        for picture in answer.pictures:
            try:
                content = picture.content or await self._downloaded(client, picture, attempt)
                kept, info = await keep_picture(
                    content, attempt, self._limits, number=len(outputs) + 1, of=len(answer.pictures)
                )
            except BottegaError as error:
                problems.append(error.message)
                continue
            outputs.append(kept)
            media.append(info)
        usage = _usage(answer, task, model, media)
        if not outputs:
            raise OutputError(
                f"Gemini answered, but the answer is not usable: {_problem(answer, problems)}",
                hint="Ask again, or describe the picture in other words.",
                **billed(usage),
            )
        report: dict[str, Any] = {
            "size": f"{media[0].width}x{media[0].height}",
            "model": answer.model_version,
        }
        if answer.text:
            report["said"] = answer.text[:2000]
        if notes or problems:
            report["notes"] = notes + problems
        return EngineResult(outputs=tuple(outputs), report=report, usage=usage)

    async def _downloaded(self, client: GeminiClient, picture: Delivered, attempt: Attempt) -> bytes:
        """A picture that is kept in a file at the vendor. Raises OutputError."""
        import httpx
        from google.genai import errors

        if not picture.uri:
            raise OutputError("its base64 is damaged.")
        try:
            async with asyncio.timeout(attempt.timeout_s):
                return await client.download(picture.uri, attempt.timeout_s, self._watch())
        except (errors.APIError, httpx.HTTPError, TimeoutError, ValueError, IndexError) as error:
            raise OutputError(
                f"the picture could not be fetched ({type(error).__name__}); Google keeps it for a while as "
                f"{picture.uri[:200]}."
            ) from error


def _part(item: str | Outgoing) -> types.Part:
    from google.genai import types

    if isinstance(item, str):
        return types.Part.from_text(text=item)
    return types.Part.from_bytes(data=item.content, mime_type=item.media_type)


def _usage(answer: Answer, task: Task, model: Model, media: list[MediaInfo]) -> Usage:
    """By the vendor's own count of tokens. Where it is missing: the order's dearest figures, of which a refusal is
    billed for what went in alone."""
    assert model.price is not None
    evidence = {
        "usageMetadata": answer.usage,
        "modelVersion": answer.model_version,
        "responseId": answer.response_id,
        "finishReason": answer.blocked or answer.finish,
    }
    metered = Metered(
        images=len(media),
        megapixels=sum(item.megapixels for item in media),
        size=f"{media[0].width}x{media[0].height}" if media else "",
        tokens=answer.tokens,
    )
    if answer.refusal is not None and not answer.tokens:
        tokens = model.price.completed(metered, task).tokens
        went_in = {kind: count for kind, count in tokens.items() if kind.endswith("_in")}
        metered = metered.model_copy(update={"tokens": went_in})
    return usage_of(model, task, metered, evidence)


def _problem(answer: Answer, problems: list[str]) -> str:
    if problems:
        return problems[0]
    if not answer.readable:
        return "it is not the JSON of this API."
    said = answer.text or answer.message
    reason = f" ({answer.finish})" if answer.finish and answer.finish != "STOP" else ""
    return f"it holds no picture{reason}" + (f", but says: {said[:300]}" if said else ".")
