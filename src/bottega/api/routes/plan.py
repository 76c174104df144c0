"""Decisions without work: the plan of a request with its price, the intent of a sentence."""

from fastapi import APIRouter, Request

from bottega.api.documents import takes
from bottega.api.schemas import IntentBody, PlanAnswer, SubmitBody, SubmitForm
from bottega.api.security import Asker, Shop, Who
from bottega.api.submissions import read_submission
from bottega.api.uploads import read_json
from bottega.domain.intent import Intent
from bottega.intent.taxonomy import ClassEntry, taxonomy

router = APIRouter(tags=["plan"])


@router.post("/plan", openapi_extra=takes(json=SubmitBody, form=SubmitForm))
async def plan_request(request: Request, shop: Shop, who: Asker) -> PlanAnswer:
    """Who would do it, at what price, and who was ruled out and why. Nothing is run and nothing bought.

    The files of a form are stored as assets, so that the plan's `request` can be submitted as it is.
    """
    planned = await shop.plan(await read_submission(request, shop, who), who)
    return PlanAnswer.of(planned.request, planned.intent, planned.plan, planned.notes)


@router.post("/intent", openapi_extra=takes(json=IntentBody))
async def classify_prompt(request: Request, shop: Shop, who: Asker) -> Intent:
    """What a sentence wants, with so many pictures at hand."""
    body = await read_json(request, IntentBody)
    return await shop.classify(body.prompt, body.context.context(), who, classifier=body.classifier)


@router.get("/intent/classes")
def list_classes(_: Who) -> tuple[ClassEntry, ...]:
    """What a sentence can ask for: each class with its description, what it needs, tie-breaks, sub-kinds, examples."""
    return taxonomy().classes
