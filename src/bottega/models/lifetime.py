"""Which models have ended or soon will, and what to use then."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from bottega.domain.base import Value
from bottega.models.catalogue import Model

SOON_DAYS: Final = 60


class Ending(Value):
    """`days_left` is negative for one that has ended, None when nobody says on which day."""

    model_id: str
    engine: str
    ended: bool
    ends: date | None = None
    days_left: int | None = None
    replacement: str | None = None


def has_ended(model: Model, today: date) -> bool:
    return model.status == "retired" or (model.ends is not None and model.ends < today)


def use_instead(model_id: str | None) -> str:
    """What to do about a model that this one replaces, as a sentence; empty where none does."""
    return f"Use {model_id} instead." if model_id else ""


def endings(models: Iterable[Model], today: date, *, within_days: int = SOON_DAYS) -> tuple[Ending, ...]:
    """Models that have ended, and those that end within so many days: the latter by date, then the former."""
    soon = today + timedelta(days=within_days)
    found = [
        Ending(
            model_id=model.id,
            engine=model.engine,
            ended=has_ended(model, today),
            ends=model.ends,
            days_left=(model.ends - today).days if model.ends else None,
            replacement=model.replacement,
        )
        for model in models
        if has_ended(model, today) or (model.ends is not None and model.ends <= soon)
    ]
    return tuple(sorted(found, key=lambda item: (item.ended, item.ends or date.min, item.model_id)))
