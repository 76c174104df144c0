"""Models: the catalogue, with the state of each model's engine."""

from fastapi import APIRouter

from bottega.api.schemas import ModelAnswer, ModelList, price_in_words
from bottega.api.security import Shop, Who
from bottega.app import Bottega
from bottega.models import Model

router = APIRouter(tags=["models"])


@router.get("/models")
def list_models(shop: Shop, _: Who) -> ModelList:
    """Every model of the catalogue: what it does, what it costs, until when, and whether its engine can be used."""
    return ModelList(models=tuple(_answer(shop, model) for model in shop.catalogue))


def _answer(shop: Bottega, model: Model) -> ModelAnswer:
    engine, state = shop.engines.get(model.engine), shop.availability_of(model)
    return ModelAnswer(
        id=model.id,
        title=model.title,
        engine=model.engine,
        operations=tuple(sorted(model.operations)),
        features=tuple(sorted(model.features)),
        quality=model.quality,
        price=price_in_words(model),
        price_source=model.price.source if model.price is not None else "",
        price_as_of=model.price.as_of if model.price is not None else None,
        status=model.status,
        ends=model.ends,
        replacement=model.replacement,
        licence=model.licence,
        leaves_machine=engine is None or not engine.local,
        usable=state.usable,
        reason=state.reason,
        hint=state.hint,
    )
