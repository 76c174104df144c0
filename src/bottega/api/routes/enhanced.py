"""Addresses under `/enhanced`: what a sentence would become, all in one answer. Nothing is run and nothing bought.

Thin over `Bottega.classify` and `Bottega.plan`. Amounts are US dollars as numbers here, for clients that show them;
everywhere else money is in micro-dollars.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import from_json, to_json

from bottega.api.documents import takes
from bottega.api.schemas import Body, Sentence
from bottega.api.security import Asker, Shop, Who
from bottega.api.uploads import LARGEST_JSON, content_type, invalid, limited
from bottega.app import Bottega, Planned, context_of, make_request
from bottega.domain.base import Value
from bottega.domain.intent import Intent, IntentContext
from bottega.domain.money import MICRO, MicroUsd
from bottega.domain.principal import Principal
from bottega.domain.request import InputRef, Preference, Role
from bottega.domain.request import Request as WorkRequest
from bottega.errors import BottegaError, InputError, ProviderUnavailable, UnsupportedMedia
from bottega.intent.enhance_prompt import suggest_prompt
from bottega.intent.recorder import IntentMetrics
from bottega.references import Reference
from bottega.workflows.registry import workflow_for

router = APIRouter(prefix="/enhanced", tags=["enhanced"])
_OWN_ASSET = re.compile(r"(?:asset:)?([0-9a-f]{64})")
_OWN_ADDRESS = re.compile(r"(?:https?://(?P<host>[^/?#]+))?/api/v1/assets/(?P<id>[0-9a-f]{64})(?:/content)?")
ShortText = Annotated[str, StringConstraints(max_length=50)]
AsOption = Literal["style", "format"]
_AS_OPTIONS: tuple[AsOption, ...] = ("style", "format")


class EnhancedBody(Body):
    """A sentence, and what the form beside it says."""

    prompt: Sentence
    working_image_url: str | None = Field(
        default=None,
        max_length=2000,
        description="A public http or https address, or that of an asset of one's own.",
    )
    user_preferences: dict[ShortText, ShortText] | None = Field(
        default=None,
        max_length=16,
        description="`quality` is speed, balanced or quality; `style` and `format` are options of the workflow.",
    )
    use_ai_classification: bool = Field(
        default=True, description="False: the keyword rules decide instead of the default classifier."
    )


class ModelSelection(Value):
    """The plan's first candidate and those behind it; all None where no model can do it, and `reasoning` says why.

    `estimated_cost` is in US dollars and the most that it may cost, `estimated_time` in seconds (None: never measured).
    """

    model_id: str | None = None
    provider: str | None = None
    reasoning: str
    fallback_models: tuple[str, ...] = ()
    estimated_cost: float | None = None
    estimated_time: float | None = None


class EnhancedAnswer(Value):
    """`success` says whether a model here can do it; if not, `error` says why, as in a problem document.

    `final_prompt` is what would be sent: always the sentence as given. A suggestion for a short one stands beside it
    in `metadata.suggested_prompt`. Times are in seconds, costs in US dollars.
    """

    success: bool
    workflow_type: str
    final_prompt: str
    model_selection: ModelSelection
    references: tuple[dict[str, Any], ...] = ()
    intent_confidence: float
    reasoning: str
    processing_time: float
    estimated_cost: float | None = None
    estimated_time: float | None = None
    metadata: dict[str, Any]
    error: dict[str, Any] | None = None


class Differences(Value):
    """What is not the same in the two answers; `fields` holds both values of each such field."""

    workflow_type: bool
    model_selection: bool
    prompt_changes: bool
    fields: dict[str, dict[str, Any]]


class Comparison(Value):
    """The default classifier beside the keyword rules."""

    ai_classification: EnhancedAnswer
    existing_system: EnhancedAnswer
    differences: Differences


@router.post("/process", openapi_extra=takes(json=EnhancedBody))
async def process_enhanced(request: Request, shop: Shop, who: Asker) -> EnhancedAnswer:
    """What the sentence wants, which model would do it, at what price; and public pictures that would help, where a
    web search is set up."""
    started = time.perf_counter()
    body = await _read(request)
    given = await _given(body, request, shop, who)
    classifier = None if body.use_ai_classification else "rules"
    return await _decide(given, shop, who, classifier, started, search=True)


@router.post("/compare", openapi_extra=takes(json=EnhancedBody))
async def compare_enhanced(request: Request, shop: Shop, who: Asker) -> Comparison:
    """The same request by the default classifier and by the keyword rules, side by side."""
    body = await _read(request)
    given = await _given(body, request, shop, who)
    current = await _decide(given, shop, who, None, time.perf_counter())
    rules = await _decide(given, shop, who, "rules", time.perf_counter())
    return Comparison(
        ai_classification=current, existing_system=rules, differences=_differences(current, rules, body)
    )


@router.get("/metrics")
def enhanced_metrics(shop: Shop, _: Who) -> IntentMetrics:
    """How many sentences this process has classified, how fast, how many from the cache; zeros while there were none."""
    return shop.intents.metrics()


# --- what is given -------------------------------------------------------------------------------------------


async def _read(request: Request) -> EnhancedBody:
    """The JSON body; also where it is sent without its content type, as `curl -d` does."""
    kind = content_type(request)
    if kind not in ("", "application/json", "application/x-www-form-urlencoded") and not kind.endswith(
        "+json"
    ):
        raise UnsupportedMedia("The body must be JSON.", hint="Send it with Content-Type: application/json.")
    raw = b"".join([chunk async for chunk in limited(request, LARGEST_JSON)])
    try:
        return EnhancedBody.model_validate_json(raw)
    except ValidationError as error:
        raise invalid(error) from None


@dataclass(slots=True)
class _Given:
    """A request as far as it could be made; `trouble` is why it cannot be planned."""

    request: WorkRequest
    context: IntentContext
    wishes: dict[AsOption, str]
    references: tuple[Reference, ...] = ()
    trouble: BottegaError | None = None
    notes: list[str] = field(default_factory=list[str])


async def _given(body: EnhancedBody, http: Request, shop: Bottega, who: Principal) -> _Given:
    """Raises InputError for preferences that do not exist. A picture that cannot be had and a mention that is unknown
    are troubles: what the sentence wants can be told all the same."""
    preferences = body.user_preferences or {}
    trouble: BottegaError | None = None
    inputs: tuple[InputRef, ...] = ()
    try:
        if body.working_image_url:
            asset_id = await _picture(body.working_image_url, http, shop, who)
            inputs = (InputRef(role=Role.WORKING, asset_id=asset_id),)
    except (InputError, ProviderUnavailable) as error:
        trouble = error
    request = make_request(
        prompt=body.prompt.strip(), inputs=inputs, preference=preferences.get("quality", Preference.BALANCED)
    )
    references: tuple[Reference, ...] = ()
    try:
        resolved = await shop.references.resolve(request, who.owner)
        references = resolved.references
        request_context = context_of(resolved.request)
    except InputError as error:
        trouble = trouble or error
        request_context = context_of(request)
    if body.working_image_url and not inputs:  # at hand, though not here
        request_context = request_context.model_copy(update={"working_images": 1})
    unused = sorted(set(preferences) - {"quality", *_AS_OPTIONS})
    return _Given(
        request=request,
        context=request_context,
        wishes={name: preferences[name] for name in _AS_OPTIONS if preferences.get(name)},
        references=references,
        trouble=trouble,
        notes=[f"The preference {', '.join(unused)} is not known and was not used."] if unused else [],
    )


async def _picture(url: str, http: Request, shop: Bottega, who: Principal) -> str:
    """The id of the asset; a picture elsewhere is fetched and kept."""
    own = _OWN_ASSET.fullmatch(url)
    if own is not None:
        return (await shop.asset(own[1], who)).id
    here = _OWN_ADDRESS.fullmatch(url)
    if here is not None and here["host"] in (None, http.headers.get("host")):
        return (await shop.asset(here["id"], who)).id
    return (await shop.fetch_asset(url, who)).id


# --- what is decided -----------------------------------------------------------------------------------------


async def _decide(
    given: _Given,
    shop: Bottega,
    who: Principal,
    classifier: str | None,
    started: float,
    *,
    search: bool = False,
) -> EnhancedAnswer:
    intent = await shop.classify(given.request.prompt, given.context, who, classifier=classifier)
    trouble, notes = given.trouble, list(given.notes)
    planned: Planned | None = None
    if trouble is None:
        try:
            planned = await shop.plan(_with_wishes(given, intent, shop, notes), who, intent=intent)
        except BottegaError as error:
            if error.http_status >= 500:
                raise
            trouble = error
    public, searched = await _public_pictures(intent, shop, search)
    suggestion = suggest_prompt(given.request.prompt, intent.workflow) if intent.enhancement_needed else None
    selection = _selection(planned, trouble)
    return EnhancedAnswer(
        success=planned is not None,
        workflow_type=intent.workflow.value,
        final_prompt=given.request.prompt,
        model_selection=selection,
        references=(*map(_saved, given.references), *public),
        intent_confidence=intent.confidence,
        reasoning=f"{intent.reasoning} | {selection.reasoning}",
        processing_time=_since(started),
        estimated_cost=selection.estimated_cost,
        estimated_time=selection.estimated_time,
        metadata={
            "requires_web_search": intent.requires_web_search,
            "web_search_query": intent.web_search_query,
            "enhancement_needed": intent.enhancement_needed,
            "enhancement_applied": False,
            "suggested_prompt": suggestion.suggested if suggestion is not None else None,
            "intent": intent.model_dump(mode="json"),
            "workflow": planned.plan.workflow if planned is not None else None,
            "notes": [*notes, *searched],
        },
        error=_described(trouble) if trouble is not None else None,
    )


def _saved(reference: Reference) -> dict[str, Any]:
    return {"source": "saved", "role": reference.kind.role.value, **reference.model_dump(mode="json")}


def _described(error: BottegaError) -> dict[str, Any]:
    """What is no JSON value in its details is told as text, as in problem documents."""
    return from_json(to_json(error.as_dict(), fallback=str, inf_nan_mode="null"))


def _with_wishes(given: _Given, intent: Intent, shop: Bottega, notes: list[str]) -> WorkRequest:
    """Style and format as options, where the workflow has them. Raises WorkflowUnknown."""
    options: dict[str, str] = {}
    if given.wishes:
        workflow = workflow_for(shop.workflows, intent)
        for name, value in given.wishes.items():
            if name in workflow.options.model_fields:
                options[name] = value
            else:
                notes.append(f"{workflow.name} has no option {name}, so that preference was not used.")
    return given.request.model_copy(update={"options": options})


def _selection(planned: Planned | None, trouble: BottegaError | None) -> ModelSelection:
    if planned is None:
        assert trouble is not None
        return ModelSelection(reasoning=f"No model is chosen: {trouble.message}")
    first, *others = planned.plan.candidates
    return ModelSelection(
        model_id=first.model_id,
        provider=first.engine,
        reasoning="; ".join(first.reasons),
        fallback_models=tuple(each.model_id for each in others),
        estimated_cost=_dollars(planned.plan.price.high),
        estimated_time=planned.plan.time.seconds,
    )


async def _public_pictures(
    intent: Intent, shop: Bottega, search: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """What a web search finds for the intent, and what to say about it. A failed one changes nothing else."""
    query = intent.web_search_query
    if not search or shop.web_search is None or not query:
        return [], list(shop.planner.notes_on(intent))
    try:
        found = await shop.find_public_pictures(query)
    except BottegaError as error:
        return [], [f"The web search for “{query}” failed: {error.message} It goes on without."]
    told = f"{len(found)} public pictures of “{query}” were found; none of them was fetched."
    return [{"source": "web", **each.model_dump(mode="json")} for each in found], [told]


def _differences(current: EnhancedAnswer, rules: EnhancedAnswer, body: EnhancedBody) -> Differences:
    def compared(answer: EnhancedAnswer) -> dict[str, Any]:
        intent: dict[str, Any] = answer.metadata["intent"]
        return {
            "workflow_type": answer.workflow_type,
            "model_id": answer.model_selection.model_id,
            **{name: value for name, value in intent.items() if name not in ("workflow", "reasoning")},
        }

    first, second = compared(current), compared(rules)
    return Differences(
        workflow_type=current.workflow_type != rules.workflow_type,
        model_selection=first["model_id"] != second["model_id"],
        prompt_changes=current.final_prompt != body.prompt.strip(),
        fields={
            name: {"ai_classification": first[name], "existing_system": second[name]}
            for name in first
            if first[name] != second[name]
        },
    )


def _dollars(amount: MicroUsd) -> float:
    """For showing only; nothing is computed with it."""
    return amount / MICRO


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 6)
