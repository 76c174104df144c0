"""Models: the catalogue, with the state of each model's engine."""

from fastapi import APIRouter

from bottega.api.schemas import ModelAnswer, ModelList, price_in_words
from bottega.api.security import Shop, Who
from bottega.app import Bottega
from bottega.engines.protocol import Availability
from bottega.models import Model

router = APIRouter(tags=["models"])


@router.get("/models")
def list_models(shop: Shop, _: Who) -> ModelList:
    """Every model of the catalogue: what it does, what it costs, until when, and whether its engine can be used."""
    states = {name: engine.availability() for name, engine in shop.engines.items()}
    return ModelList(models=tuple(_answer(shop, model, states) for model in shop.catalogue))


def _answer(shop: Bottega, model: Model, states: dict[str, Availability]) -> ModelAnswer:
    engine = shop.engines.get(model.engine)
    missing = Availability(usable=False, reason=f"the engine {model.engine} is not part of this installation")
    state = states.get(model.engine, missing)
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
