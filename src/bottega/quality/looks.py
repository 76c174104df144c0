"""Which pictures of a piece of work a vision model is shown, and what that may cost: the same for a plan and for its job.

Nothing is shown of a request that stays on this machine, and nothing where the settings name no model.
"""

from collections.abc import Callable, Collection
from typing import Final

from bottega.domain.money import Price, total
from bottega.domain.plan import VisionLooks
from bottega.domain.task import Task
from bottega.errors import InvalidOption
from bottega.models import Catalogue
from bottega.quality.vision import VisionRubric, price_of_verdict, rubric_for
from bottega.settings import Settings

_TRYON: Final = "tryon"
_ADVICE: Final = "style_advice"
_CLIPS: Final = frozenset({"video", "animate", "enhance_video"})
"""Operations whose result is a clip."""
FRAMES_SEEN: Final = 4
"""Of a clip, evenly spread."""


def is_asked(settings: Settings, *, stay_local: bool) -> bool:
    return bool(settings.judge_model) and not stay_local


def is_tryon(task: Task) -> bool:
    """Its pictures are checked before anything is bought."""
    return task.operation == _TRYON


def asks_before(task: Task) -> bool:
    """Whether the task asks for a look of the vision model before the work."""
    return task.operation == _ADVICE and bool(task.parameters.get("look"))


def rubric_of(task: Task) -> VisionRubric | None:
    return rubric_for(*task.workflow.partition("/")[::2])


def looks_at(
    task: Task,
    settings: Settings,
    catalogue: Catalogue,
    *,
    stay_local: bool,
    local_engines: Collection[str],
) -> VisionLooks | None:
    """The looks at a task's pictures and at each of its results; None where nobody is shown anything."""
    if not is_asked(settings, stay_local=stay_local):
        return None
    models = (settings.judge_model, *settings.judge_fallbacks)
    rubric = rubric_of(task)
    if rubric is None and not is_tryon(task) and not asks_before(task):
        return None
    before = _dearest(models, lambda model: _price_before(catalogue, model, task))
    each = Price()
    if rubric is not None:
        is_clip = task.operation in _CLIPS or any(item.media.is_clip for item in task.inputs)
        shown = sum(item.media.is_picture for item in task.inputs) + (FRAMES_SEEN if is_clip else 1)
        each = _dearest(models, lambda model: price_of_verdict(catalogue, model, rubric, shown, task.prompt))
    vendors = dict.fromkeys(model.partition("/")[0] for model in models)
    sent_to = tuple(vendor for vendor in vendors if vendor not in local_engines)
    return VisionLooks(models=models, sent_to=sent_to, before=before, each=each)


def _price_before(catalogue: Catalogue, model: str, task: Task) -> Price:
    # They bring libraries of pictures that planning of other work does without.
    if is_tryon(task):
        from bottega.quality.fashion_vision import price_of_look, subject_of

        return total(
            price_of_look(catalogue, model, subject)
            for item in task.inputs
            if (subject := subject_of(item.role)) is not None
        )
    if asks_before(task):
        from bottega.quality.style_vision import price_of_reading

        return price_of_reading(catalogue, model, task.prompt)
    return Price()


def _dearest(models: Collection[str], price: Callable[[str], Price]) -> Price:
    """Of models of which one answers. One whose price nobody knows cannot be paid, so it is not asked."""
    found: list[Price] = []
    for model in models:
        try:
            found.append(price(model))
        except InvalidOption:
            continue
    return max(found, key=lambda each: each.high, default=Price())
