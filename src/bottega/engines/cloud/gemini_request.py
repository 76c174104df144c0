"""What a generateContent call says: a task as pictures with labels, words, a shape and a size."""

from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.cloud.outgoing import Outgoing
from bottega.errors import InvalidOption, MissingInput, ProviderError
from bottega.models import Model
from bottega.models.tables import size_of, tier_of

OPERATIONS = frozenset({"generate", "edit", "enhance", "style", "hair", "reference", "tryon"})
_TIERS = ("512", "1K", "2K", "4K")
_LABELS = {
    Role.WORKING: "the picture to work on",
    Role.PERSON: "the person",
    Role.GARMENT: "the garment",
    Role.REFERENCE: "a reference",
}


def pictures_of(task: Task) -> list[TaskInput]:
    if task.operation not in OPERATIONS:
        raise ProviderError(
            f"Gemini has no call for {task.operation!r}.", hint="Correct the catalogue entry."
        )
    if task.first(Role.MASK) is not None:
        raise InvalidOption(
            "Gemini takes no mask.", hint="Say in words what is to change, or use a model that takes a mask."
        )
    if int(task.parameters.get("n") or 1) != 1:
        raise InvalidOption("Gemini makes one picture a call.", hint="Ask for one picture.")
    pictures = [item for item in task.inputs if item.role in _LABELS]
    if not pictures and task.operation != "generate":
        raise MissingInput("There is no picture to work on.", hint="Give the picture to work on.")
    return pictures


def prompt_of(task: Task, model: Model) -> str:
    prompt = task.prompt_for(model.family).strip()
    if not prompt:
        raise InvalidOption("There is no description of what to make.", hint="Say in words what is wanted.")
    avoid = str(task.parameters.get("negative_prompt") or "").strip()
    return f"{prompt}\nDo not show: {avoid}" if avoid else prompt


def shape_of(task: Task, model: Model) -> tuple[str, str]:
    """`aspectRatio` and `imageSize`, empty where the vendor decides (the shape of the first picture; 1K).

    A size is met by the nearest shape, and by the smallest tier that has its pixels or else the largest one; the hold
    goes by the same tiers.
    """
    size, aspect = _said(task, "size"), _said(task, "aspect")
    found = size_of(size)
    ratios = model.sizes.ratios if model.sizes else ()
    if found and not aspect and model.sizes:
        aspect = model.sizes.nearest_ratio(*found) or ""
    if aspect and ratios and aspect not in ratios:
        raise InvalidOption(
            f"{model.title} makes no picture of the shape {aspect}.", hint=f"It makes {', '.join(ratios)}."
        )
    if found:
        return aspect, _tier_for(size, model)
    resolution = _said(task, "resolution").upper()
    if resolution and resolution not in _tiers(model):
        raise InvalidOption(
            f"{model.title} makes no picture of {resolution}.",
            hint=f"It makes {', '.join(_tiers(model)) or '1K'}.",
        )
    return aspect, resolution


def _said(task: Task, name: str) -> str:
    value = str(task.parameters.get(name) or "").strip()
    return "" if value == "auto" else value


def _tiers(model: Model) -> list[str]:
    """The image sizes that the entry lists, smallest first."""
    return [tier for tier in _TIERS if f"resolution:{tier}" in model.features]


def _tier_for(size: str, model: Model) -> str:
    offered = _tiers(model)
    wanted = _TIERS.index(tier_of(size).upper())
    return next((tier for tier in offered if _TIERS.index(tier) >= wanted), offered[-1] if offered else "")


def contents_of(pictures: list[TaskInput], sent: list[Outgoing], prompt: str) -> list[str | Outgoing]:
    """Each picture after a line that says what it is, in the task's order, then the words."""
    contents: list[str | Outgoing] = []
    for number, (item, picture) in enumerate(zip(pictures, sent, strict=True), 1):
        contents += [f"Picture {number}, {_LABELS[item.role]}:", picture]
    return [*contents, prompt]


def notes_of(sent: list[Outgoing]) -> list[str]:
    return [f"Picture {number}: {picture.note}." for number, picture in enumerate(sent, 1) if picture.note]
