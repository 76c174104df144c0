"""Asks language models for a value of a given type: one HTTP request per model asked, its price, exact errors.

Trying again later, and what to do without an answer, are left to the caller.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

import structlog
from pydantic import BaseModel, ValidationError

from bottega.domain.money import MicroUsd
from bottega.errors import BottegaError, ProviderError, ResourceError
from bottega.llm.costs import Cost, cost_of, figures_of, most_it_may_cost
from bottega.llm.faults import may_ask_another, refused_answer, translate, unreadable
from bottega.llm.spending import Hold, Spending
from bottega.llm.values import Answer, PassedOver, PictureBytes, UserPart
from bottega.llm.vendors import Connection, OutputMode, connect, split_id, why_not
from bottega.models import Catalogue, has_ended
from bottega.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import ModelRequestParameters

T = TypeVar("T", bound=BaseModel)
log = structlog.get_logger(__name__)
_TOOL: Final = "answer"
_TRANSPORT_SHARE: Final = 0.9


class LanguageModels:
    """All language models of an installation. One for the whole process; clients are kept per event loop.

    `compatible_mode` is how models of the OpenAI-compatible server are made to answer in a given form.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        *,
        compatible_mode: OutputMode = "native",
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._compatible_mode: OutputMode = compatible_mode
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Connection]] = (
            WeakKeyDictionary()
        )

    def availability(self, model_id: str) -> str:
        """Why the model cannot be asked now, with what to do about it; empty when it can. Asks nobody.

        Raises InvalidOption for an id that names no language model.
        """
        vendor, _ = split_id(model_id)
        model = self._catalogue.get(model_id)
        if model is not None and has_ended(model, datetime.now(UTC).date()):
            instead = f" Use {model.replacement}." if model.replacement else ""
            return f"{model_id} has ended.{instead}"
        reason = why_not(self._settings, vendor)
        return "" if reason is None else f"{reason[0]}. {reason[1]}"

    async def prepare(self, model_id: str) -> None:
        """Load the vendor's SDK and build the client, so that the first question need not wait for it (seconds).

        Raises InvalidOption and ResourceError as `ask` does.
        """
        await self._connection(model_id)

    async def ask(
        self,
        model_id: str,
        system: str,
        user_parts: Sequence[UserPart],
        output: type[T],
        *,
        timeout_s: float,
        max_tokens: int = 1024,
        fallbacks: Sequence[str] = (),
        spend: Spending | None = None,
    ) -> Answer[T]:
        """The model's answer as an `output`. `timeout_s` bounds each model's whole call, loading of an SDK excluded;
        `max_tokens` bounds the answer, thoughts included. `fallbacks` are asked in turn, each only when nothing was
        accepted before; `Answer.passed_over` says why.

        Raises ProviderUnavailable (429, 503, 529, refused connection; `details["retry_after"]` in seconds),
        ProviderError (no credit, bad key, 5xx, any other refusal), ContentRefused, OutputError for an answer of
        another form (`details["cost"]` and `["evidence"]`: it is charged), OutcomeUnknown when a call was sent and
        its answer lost, ResourceError for a vendor that is not configured, InvalidOption for an unknown model or
        one without a price, and what `spend` raises (BudgetExceeded).
        """
        passed: list[PassedOver] = []
        candidates = (model_id, *fallbacks)
        for place, candidate in enumerate(candidates, start=1):
            try:
                answer = await self._ask_one(
                    candidate, system, user_parts, output, timeout_s, max_tokens, spend
                )
            except (ProviderError, ResourceError) as error:
                not_sent = isinstance(error, ResourceError) or may_ask_another(error)
                if place == len(candidates) or not not_sent:
                    raise
                log.warning("llm.passed_over", model=candidate, error=error.message)
                passed.append(PassedOver(candidate, error.message))
            else:
                return replace(answer, passed_over=tuple(passed))
        raise AssertionError("unreachable: the last candidate returns or raises")

    async def aclose(self) -> None:
        """Close this event loop's clients; a later question builds new ones."""
        for connection in self._connections.pop(asyncio.get_running_loop(), {}).values():
            await connection.close()

    async def _connection(self, model_id: str) -> Connection:
        split_id(model_id)
        kept = self._connections.setdefault(asyncio.get_running_loop(), {})
        if model_id not in kept:
            name = self._remote(model_id)
            connection = await asyncio.to_thread(
                connect, self._settings, model_id, name, self._compatible_mode
            )
            kept.setdefault(model_id, connection)
        return kept[model_id]

    def _remote(self, model_id: str) -> str:
        """The vendor's name of the model."""
        model = self._catalogue.get(model_id)
        return model.remote if model is not None else split_id(model_id)[1]

    async def _ask_one(
        self,
        model_id: str,
        system: str,
        parts: Sequence[UserPart],
        output: type[T],
        timeout_s: float,
        max_tokens: int,
        spend: Spending | None,
    ) -> Answer[T]:
        connection = await self._connection(model_id)
        amount = most_it_may_cost(self._catalogue, model_id, system, parts, max_tokens)
        async with _held(spend, model_id, amount) as hold:
            started = time.monotonic()
            response = await _request(connection, model_id, system, parts, output, timeout_s, max_tokens)
            seconds = time.monotonic() - started
            written = sum(len(str(getattr(part, "content", ""))) for part in response.parts)
            cost = cost_of(self._catalogue, model_id, response.usage, system, parts, written)
            evidence = _evidence(response, cost)
            if hold is not None:
                await hold.settle(cost.amount, evidence)
        value = _checked(response, output, model_id, cost, evidence)
        return Answer(
            value=value,
            cost=cost.amount,
            metered=cost.metered,
            evidence=evidence,
            model_id=model_id,
            seconds=seconds,
            estimated=cost.estimated,
        )


async def _request(
    connection: Connection,
    model_id: str,
    system: str,
    parts: Sequence[UserPart],
    output: type[BaseModel],
    timeout_s: float,
    max_tokens: int,
) -> "ModelResponse":
    """Exactly one request."""
    from pydantic_ai.direct import model_request
    from pydantic_ai.settings import ModelSettings

    # The transport gives up first and knows at which stage; the deadline ends an answer that drips for ever.
    try:
        async with asyncio.timeout(timeout_s):
            return await model_request(
                connection.model,
                _messages(system, parts),
                model_settings=ModelSettings(
                    timeout=_TRANSPORT_SHARE * timeout_s, max_tokens=max_tokens, thinking=False
                ),
                model_request_parameters=_parameters(connection.mode, output),
            )
    except BottegaError:
        raise
    except Exception as error:
        raise translate(error, model_id, timeout_s) from error


def _messages(system: str, parts: Sequence[UserPart]) -> "list[ModelMessage]":
    from pydantic_ai.messages import BinaryContent, ModelRequest, SystemPromptPart, UserPromptPart

    content = [
        BinaryContent(data=part.data, media_type=part.media_type) if isinstance(part, PictureBytes) else part
        for part in parts
    ]
    return [ModelRequest(parts=[SystemPromptPart(content=system), UserPromptPart(content=content)])]


def _parameters(mode: OutputMode, output: type[BaseModel]) -> "ModelRequestParameters":
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    schema: dict[str, Any] = output.model_json_schema()
    about = (output.__doc__ or "").strip() or None
    if mode == "tool":
        tool = ToolDefinition(name=_TOOL, parameters_json_schema=schema, description=about, kind="output")
        return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
    shape = OutputObjectDefinition(json_schema=schema, name=output.__name__, description=about, strict=True)
    return ModelRequestParameters(output_mode=mode, output_object=shape, allow_text_output=True)


def _checked(
    response: "ModelResponse", output: type[T], model_id: str, cost: Cost, evidence: dict[str, Any]
) -> T:
    """The answer as an `output`. Raises ContentRefused and OutputError, with what was charged."""
    from pydantic_ai.messages import TextPart, ToolCallPart

    charged = {"cost": cost.amount, "estimated": cost.estimated, "evidence": evidence}
    if response.finish_reason == "content_filter":
        raise refused_answer(model_id, **charged)
    if response.finish_reason == "length":
        raise unreadable(model_id, "it was cut off at the length that was allowed", **charged)
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    try:
        if calls:
            return output.model_validate_json(calls[0].args_as_json_str())
        return output.model_validate_json(_without_fence(text))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(place) for place in first["loc"])
        raise unreadable(model_id, f"{where or 'the whole'}: {first['msg']}", **charged) from error


def _without_fence(text: str) -> str:
    """JSON out of a fenced block, as models without a schema like to write it."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text[3:-3].removeprefix("json").strip()
    return text


def _evidence(response: "ModelResponse", cost: Cost) -> dict[str, Any]:
    return {
        "response_id": response.provider_response_id,
        "model": response.model_name,
        "finish_reason": response.finish_reason,
        "usage": figures_of(response.usage),
        "metered": cost.metered.model_dump(mode="json"),
        "price": cost.price,
        "price_source": cost.source,
    }


def _held(
    spend: Spending | None, model_id: str, amount: MicroUsd
) -> AbstractAsyncContextManager[Hold | None]:
    return nullcontext() if spend is None or amount == 0 else spend.hold(model_id, amount)
