"""Replicate: pictures and clips by hosted models, with plain HTTP and without retries.

A prediction is bought once. Its number is remembered as soon as it is known; where the answer to the order was lost,
the account's list is read until the prediction is found or is surely not there. Thousands may be under way: one
poller waits for all of them.
"""

import asyncio
import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast
from urllib.parse import urlencode, urlsplit

from bottega.domain.task import EngineResult, Task, Usage
from bottega.engines.cloud.delivered import billed, check_priced, usage_of
from bottega.engines.cloud.outgoing import Outgoing, PictureLimits, fit_picture, white_mask
from bottega.engines.cloud.replicate_api import AnswerLost, ReplicateApi
from bottega.engines.cloud.replicate_inputs import fit
from bottega.engines.cloud.replicate_outputs import (
    Fetcher,
    evidence,
    measured,
    predict_time,
    usage_without_output,
)
from bottega.engines.cloud.replicate_pictures import Placed
from bottega.engines.cloud.replicate_poller import Pace, Poller
from bottega.engines.cloud.replicate_schema import Json
from bottega.engines.cloud.replicate_search import MARK, Certainty, Search, Trace, digest, mark_of, seed_of
from bottega.engines.cloud.replicate_webhooks import Webhooks
from bottega.engines.protocol import (
    USABLE,
    Attempt,
    Availability,
    Cancellation,
    Found,
    NeverArrived,
    Reconciliation,
    StillUnknown,
    Stopped,
)
from bottega.errors import (
    BottegaError,
    ContentRefused,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
    TooLarge,
)
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.models.addresses import HOME
from bottega.settings import Settings

WEBHOOK_PATH = "/api/v1/webhooks/replicate"
_OPERATIONS = frozenset(
    {"generate", "edit", "enhance", "style", "hair", "reference", "tryon", "animate", "video", "video_sound"}
)
_DATA_URL_BYTES = 256 << 10
"""The vendor's advice for files inside the call (OpenAPI document, `input`)."""
_TAKEN = PictureLimits(frozenset({"image/png", "image/jpeg", "image/webp"}), max_bytes=100 * 10**6 - 1)
_FEW = 16
"""While more than these are under way files are uploaded whatever their size: a prediction repeats its input on
every page of the list."""
_REFUSED_WORDS = ("sensitive", "nsfw", "safety", "moderat", "e005", "content policy", "prohibited", "flagged")
_CANCEL_TRIES = 3
_QUOTED = 300


@dataclass(frozen=True, slots=True)
class _Order:
    """What is sent. `files` are the fields that hold files, `inline` those of them that hold the bytes themselves;
    `own_seed`: its seed was made for this call."""

    values: Json
    files: frozenset[str]
    inline: frozenset[str]
    own_seed: bool
    notes: tuple[str, ...]


class ReplicateEngine:
    """One endpoint for official models (`owner/name`) and pinned versions (`owner/name:64 hex digits`).

    `remember` keeps the trace of a call before it is sent, and the prediction's `id` after.
    """

    name = "replicate"
    local = False

    def __init__(
        self, settings: Settings, *, pace: Pace | None = None, certainty: Certainty | None = None
    ) -> None:
        self._key = settings.replicate_api_key.strip()
        self._base_url = (settings.replicate_base_url or HOME["replicate"]).rstrip("/")
        self._webhook_url = settings.replicate_webhook_url.rstrip("/")
        self._certainty = certainty or Certainty()
        self.api = ReplicateApi(self._base_url, self._key)
        self.poller = Poller(self.api, pace or Pace())
        self._search = Search(self.api, self._certainty, lambda: self.poller.ids)
        self._webhooks = Webhooks(self.api)
        limits = Limits.from_settings(settings)
        self._fetcher = Fetcher(self.api.host, limits, settings.decode_timeout_seconds)
        self._limits = limits

    def availability(self) -> Availability:
        if not self._key:
            return Availability(
                usable=False,
                reason="there is no API key for Replicate",
                hint="Set BOTTEGA_REPLICATE_API_KEY (or REPLICATE_API_TOKEN).",
            )
        if not (self._key.isascii() and self._key.isprintable()):
            return Availability(
                usable=False,
                reason="the API key holds characters that cannot be sent",
                hint="Correct BOTTEGA_REPLICATE_API_KEY.",
            )
        if not _is_address(self._base_url, secure=False):
            return Availability(
                usable=False,
                reason="the address of Replicate is not an http or https URL",
                hint=f"Correct BOTTEGA_REPLICATE_BASE_URL, or leave it empty for {HOME['replicate']}.",
            )
        if self._webhook_url and not _is_address(self._webhook_url, secure=True):
            return Availability(
                usable=False,
                reason="Replicate calls webhooks by https only",
                hint="Correct BOTTEGA_REPLICATE_WEBHOOK_URL, or leave it empty: the provider is asked then.",
            )
        return USABLE

    # --- the protocol --------------------------------------------------------------------------------------------

    async def perform(self, task: Task, model: Model, attempt: Attempt) -> EngineResult:
        """One prediction, bought at most once.

        Outputs are the files as the vendor made them, of the promised kind and whole. The report holds the
        `prediction`'s number, `notes` on what was brought to the model's steps, `problems` with single files.

        Raises ProviderUnavailable for what was surely not taken (`details["retry_after"]` in seconds where the vendor
        said so); ContentRefused, ProviderError and OutputError with `details["cost"]` and `["metered"]` where it
        bills; OutcomeUnknown; InvalidOption, MissingInput or TooLarge before anything is sent.
        """
        self._check_ready(task, model)
        async with self.api.connected():
            order = await self._order(task, model, attempt)
            prediction = await self._buy(order, model, attempt)
            return await self._finish(prediction, task, model, attempt, order.notes)

    async def reconcile(self, task: Task, model: Model, attempt: Attempt) -> Reconciliation:
        note = attempt.remembered
        if note is None:
            return NeverArrived()  # it is remembered before it is sent
        if (reason := self._cannot_ask(note)) is not None:
            return StillUnknown(reason)
        async with self.api.connected():
            prediction = await self._prediction_of(note)
            if not isinstance(prediction, dict):
                return prediction
            # Also for a number that was known: that the call was taken up again is progress of the job.
            await attempt.remember(note | _number(prediction))
            notes = cast("list[str]", note.get("notes") or [])
            return Found(await self._finish(prediction, task, model, attempt, notes))

    async def cancel(self, task: Task, model: Model, attempt: Attempt) -> Cancellation:
        note = attempt.remembered
        if note is None:
            return NeverArrived()
        if (reason := self._cannot_ask(note)) is not None:
            return StillUnknown(reason)
        async with self.api.connected():
            prediction = await self._prediction_of(note)
            if not isinstance(prediction, dict):
                return prediction
            ended = await self.poller.wait(await self._stop(str(prediction["id"])), _quiet)
            if ended["status"] == "succeeded":
                return Found(await self._finish(ended, task, model, attempt))
            return Stopped(usage_without_output(model, ended))

    async def _prediction_of(self, note: Json) -> Json | NeverArrived | StillUnknown:
        """That of a call whose note was kept: by its number, else by what was sent."""
        return _remembered(note) or await self._search.look_up(Trace.model_validate(note["trace"]))

    async def _stop(self, prediction_id: str) -> Json:
        for _ in range(_CANCEL_TRIES):
            try:
                return await self.api.cancel(prediction_id)
            except (ProviderUnavailable, OutputError):
                await asyncio.sleep(self._certainty.again_s)
        return {"id": prediction_id}  # it may be stopping all the same: its end is waited for

    async def take_webhook(self, headers: Mapping[str, str], body: bytes) -> bool:
        """A message from the vendor: looks at the prediction that it is about; False when nobody waits for it.

        Raises NotAuthenticated for one that is not genuine, InputError, and ProviderUnavailable or ProviderError when
        the key that it is checked by cannot be read.
        """
        prediction_id = await self._webhooks.prediction_in(headers, body)
        return prediction_id is not None and self.poller.wake(prediction_id)

    # --- the order -----------------------------------------------------------------------------------------------

    def _check_ready(self, task: Task, model: Model) -> None:
        ready = self.availability()
        if not ready.usable:
            raise ProviderError(f"It cannot be sent: {ready.reason}.", hint=ready.hint)
        if task.operation not in _OPERATIONS or model.output not in ("image", "clip"):
            raise ProviderError(
                f"There is no way here to have {task.operation!r} done by Replicate.",
                hint=f"Take that operation out of the catalogue entry {model.id}.",
            )
        check_priced(model)

    async def _order(self, task: Task, model: Model, attempt: Attempt) -> _Order:
        schema = await self.api.schema(model.remote)
        prompt = task.prompt_for(model.family)
        draft = fit(task, model, schema, prompt=prompt, seed=seed_of(attempt.idempotency_key))
        attempt.progress(0.02, "Preparing the pictures" if draft.pictures else "Preparing the order")
        made_for_it = task.seed is None and draft.seed is not None
        values, inline = dict(draft.values), set[str]()
        files, notes = frozenset(placed.field for placed in draft.pictures), list(draft.notes)
        for placed in draft.pictures:
            # Where nothing else tells the call from its like, the address of an uploaded file does.
            outgoing = await self._content(placed, task, attempt)
            if outgoing.note:
                notes.append(f"A picture was {outgoing.note}.")
            if self._may_be_inline(outgoing.content, made_for_it):
                address = await asyncio.to_thread(_data_url, outgoing.content, outgoing.media_type)
                inline.add(placed.field)
            else:
                name = f"input.{outgoing.extension}"
                address = await self.api.upload(name, outgoing.content, outgoing.media_type)
            if placed.in_list:
                values.setdefault(placed.field, []).append(address)
            else:
                values[placed.field] = address
        schema.check(values)
        return _Order(values, files, frozenset(inline), made_for_it, tuple(notes))

    def _may_be_inline(self, content: bytes, made_for_it: bool) -> bool:
        known = made_for_it or bool(self._webhook_url)
        return known and len(content) <= _DATA_URL_BYTES and len(self.poller.ids) <= _FEW

    async def _content(self, placed: Placed, task: Task, attempt: Attempt) -> Outgoing:
        """The file as it is sent; a mask in the vendor's polarity, white where the picture may change."""
        item = placed.item
        if placed.is_mask:
            picture = next((one.media for one in task.inputs if one is not item), item.media)
            width, height = picture.width or 0, picture.height or 0
            content = await attempt.compute.call(white_mask, item.path, (width, height), self._limits)
            return Outgoing(content, "image/png", width, height)
        if item.media.is_clip:
            content = await asyncio.to_thread(item.path.read_bytes)
            if len(content) >= _TAKEN.max_bytes:
                raise TooLarge("Replicate takes files of less than 100 MB.", hint="Use a shorter clip.")
            return Outgoing(content, item.media.media_type, item.media.width or 0, item.media.height or 0)
        return await attempt.compute.call(fit_picture, item.path, _TAKEN, self._limits)

    def _trace(self, order: _Order, model: Model, attempt: Attempt) -> Trace:
        """To be made when the call is about to be sent: it says when that was."""
        since, until = self._search.window()
        keys = tuple(sorted(set(order.values) - order.files))
        return Trace(
            mark=mark_of(attempt.idempotency_key),
            model=model.remote,
            keys=keys,
            digest=digest(order.values, keys),
            own_seed=order.own_seed,
            uploads={name: order.values[name] for name in order.files - order.inline},
            since=since,
            until=until,
            account=self._account,
        )

    @property
    def _account(self) -> str:
        return hashlib.sha256(f"{self._base_url} {self._key}".encode()).hexdigest()[:16]

    # --- buying --------------------------------------------------------------------------------------------------

    async def _buy(self, order: _Order, model: Model, attempt: Attempt) -> Json:
        async with self.api.ordering:
            trace = self._trace(order, model, attempt)
            note: Json = {"trace": trace.model_dump(mode="json"), "notes": list(order.notes)}
            await attempt.remember(note)
            attempt.progress(0.05, "Asking Replicate")
            try:
                prediction = await self._create(order, trace, model, attempt)
            except AnswerLost as error:
                prediction, lost = None, error
            else:
                lost = None
        if prediction is None:
            assert lost is not None
            prediction = await self._after_lost_answer(trace, lost)
        await attempt.remember(note | _number(prediction))
        await attempt.accepted()
        return prediction

    async def _create(self, order: _Order, trace: Trace, model: Model, attempt: Attempt) -> Json:
        patience = attempt.timeout_s - min(self._certainty.deadline_margin_s, attempt.timeout_s / 4)
        query = urlencode({MARK: trace.mark})
        webhook = f"{self._webhook_url}{WEBHOOK_PATH}?{query}" if self._webhook_url else ""
        return await self.api.create(model.remote, order.values, cancel_after_s=patience, webhook=webhook)

    async def _after_lost_answer(self, trace: Trace, lost: AnswerLost) -> Json:
        match await self._search.look_up(trace):
            case NeverArrived():
                raise ProviderUnavailable(
                    f"Replicate did not take the order: {lost}.",
                    hint="Its list of predictions was looked through: nothing was bought.",
                ) from lost
            case StillUnknown(reason):
                raise OutcomeUnknown(
                    f"The order was sent to Replicate, and its answer was lost ({lost}): {reason}.",
                    hint="Look at the list of predictions at replicate.com before you ask again.",
                ) from lost
            case prediction:
                return prediction

    def _cannot_ask(self, note: Json) -> str | None:
        ready = self.availability()
        if not ready.usable:
            return ready.reason
        account = cast("Json", note.get("trace") or {}).get("account")
        return None if account == self._account else "it was made with another API key"

    # --- the end -------------------------------------------------------------------------------------------------

    async def _finish(
        self, prediction: Json, task: Task, model: Model, attempt: Attempt, notes: Sequence[str] = ()
    ) -> EngineResult:
        attempt.progress(0.1, "Replicate has the order")
        ended = await self.poller.wait(prediction, lambda now: _tell(attempt, now))
        if ended["status"] != "succeeded":
            self._raise_ended(ended, model)
        attempt.progress(0.9, "Fetching the result")
        files, problems = await self._fetcher.files(ended.get("output"), model, attempt)
        metered = measured(task, model, [media for _, media in files], ended)
        used = usage_of(model, task, metered, evidence(ended))
        if not files:
            what = "the provider has deleted it by now." if ended.get("data_removed") else problems[0]
            _raise_charged(OutputError, f"Replicate's result is not usable: {what}", used)
        report: dict[str, Any] = {"prediction": ended["id"], "predict_time": predict_time(ended)}
        if notes:
            report["notes"] = list(notes)
        sent = ended.get("input")
        if isinstance(sent, dict) and isinstance(seed := cast("Json", sent).get("seed"), int):
            report["seed"] = seed
        if problems:
            report["problems"] = problems
        return EngineResult(outputs=tuple(file for file, _ in files), report=report, usage=used)

    @staticmethod
    def _raise_ended(ended: Json, model: Model) -> NoReturn:
        used = usage_without_output(model, ended)
        said = str(ended.get("error") or "").strip()[:_QUOTED]
        if ended["status"] != "failed":
            what = "before it began" if ended["status"] == "aborted" else "before it had a result"
            _raise_charged(ProviderError, f"Replicate ended the prediction {what}.", used)
        if any(word in said.lower() for word in _REFUSED_WORDS):
            _raise_charged(
                ContentRefused,
                f"Replicate refused the content: {said}",
                used,
                "Change the words or the picture.",
            )
        _raise_charged(
            ProviderError, f"The model at Replicate failed: {said or 'it does not say why.'}", used
        )


def _raise_charged(kind: type[BottegaError], message: str, used: Usage, hint: str = "") -> NoReturn:
    """With what the vendor bills for it, if it does."""
    told = billed(used) | ({} if used.cost else {"money": Money.RELEASED})
    raise kind(message, hint=hint, **told)


def _tell(attempt: Attempt, prediction: Json) -> None:
    match prediction["status"]:
        case "starting":
            attempt.progress(0.12, "The model is starting")
        case "processing":
            attempt.progress(0.2, "The model is at work")
        case _:
            pass


def _quiet(prediction: Json) -> None:
    """For a prediction whose way is nobody's news."""


def _number(prediction: Json) -> Json:
    return {"id": prediction["id"], "created_at": prediction.get("created_at")}


def _remembered(note: Json) -> Json | None:
    return (
        {name: note.get(name) for name in ("id", "created_at")} if isinstance(note.get("id"), str) else None
    )


def _data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _is_address(text: str, *, secure: bool) -> bool:
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    schemes = ("https",) if secure and not local else ("http", "https")
    return parts.scheme in schemes and named and plain
