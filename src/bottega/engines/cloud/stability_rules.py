"""The rules of single Stability operations that a table cannot say: which fields belong together, and defaults that the
vendor wants said."""

from dataclasses import dataclass

from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption
from bottega.models.tables import size_of

_FARTHEST = 2000
"""Pixels that one side can be extended by."""
_DEFAULT_STRENGTH = "0.6"
"""Of a picture that is started from; the vendor wants it said."""

_LIGHT_FROM = frozenset({"left", "right", "above", "below"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A file field and its limits: pixels of a side and of the whole, longest to shortest side."""

    name: str
    required: bool = True
    min_side: int = 64
    min_pixels: int = 4_096
    max_side: int | None = None
    max_pixels: int | None = 9_437_184
    max_ratio: float | None = None


@dataclass(slots=True)
class Form:
    """What is sent: text fields, and pictures by the field they go to. `notes` say what was changed on the way."""

    fields: dict[str, str]
    pictures: list[tuple[Slot, TaskInput]]
    mask: TaskInput | None
    notes: list[str]


LIGHT = Slot("light_reference", required=False)


def started_from(task: Task, form: Form) -> None:
    """`generate/ultra`: a picture to start from comes with a strength."""
    if form.pictures:
        form.fields.setdefault("strength", _DEFAULT_STRENGTH)
    else:
        form.fields.pop("strength", None)


def sd3(task: Task, form: Form) -> None:
    started_from(task, form)
    if form.pictures:
        form.fields["mode"] = "image-to-image"
        form.fields.pop("aspect_ratio", None)  # the picture's own


def search(task: Task, form: Form) -> None:
    form.fields["search_prompt"] = _sought(task, "")


def select(task: Task, form: Form) -> None:
    form.fields["select_prompt"] = _sought(task, "hair" if task.operation == "hair" else "")


def _sought(task: Task, otherwise: str) -> str:
    for name in ("search", "select", "search_prompt", "select_prompt", "target"):
        if value := str(task.parameters.get(name) or "").strip():
            return value
    if otherwise:
        return otherwise
    raise InvalidOption(
        "It is not said which part of the picture is meant.",
        hint="Name it in the option `search`, such as `the lamp`.",
    )


def outpaint(task: Task, form: Form) -> None:
    """By `left`, `right`, `up`, `down` in pixels, else evenly on both sides to the `size` or `aspect` asked for."""
    sides = {side: int(task.parameters.get(side) or 0) for side in ("left", "right", "up", "down")}
    if not any(sides.values()):
        sides = _evenly(task, form.pictures[0][1])
    if not any(sides.values()):
        raise InvalidOption(
            "It is not said how far the picture is to be extended.",
            hint="Give left, right, up or down in pixels, or an aspect such as 16:9.",
        )
    for side, pixels in sides.items():
        if not 0 <= pixels <= _FARTHEST:
            raise InvalidOption(
                f"The picture cannot be extended by {pixels} pixels ({side}).",
                hint=f"At most {_FARTHEST} a side.",
            )
        form.fields[side] = str(pixels)


def _evenly(task: Task, picture: TaskInput) -> dict[str, int]:
    width, height = picture.media.width or 1, picture.media.height or 1
    wide, high = size_of(str(task.parameters.get("size") or "")) or (width, height)
    across, colon, down = str(task.parameters.get("aspect") or "").partition(":")
    if colon and across.isdecimal() and down.isdecimal() and int(across) and int(down):
        wide = max(width, round(height * int(across) / int(down)))
        high = max(height, round(width * int(down) / int(across)))
    more, taller = max(0, wide - width), max(0, high - height)
    return {"left": more // 2, "right": more - more // 2, "up": taller // 2, "down": taller - taller // 2}


def relight(task: Task, form: Form) -> None:
    """References are the new background and then the light; where only the light is to change, the light."""
    only_light = "edit:relight" in task.features and "edit:background_replace" not in task.features
    if only_light:
        form.fields["keep_original_background"] = "true"
        if len(form.pictures) > 2:
            raise InvalidOption("Only one picture can say where light comes from.", hint="Leave one out.")
        if len(form.pictures) == 2:
            form.pictures[1:2] = [(LIGHT, form.pictures[1][1])]
    foreground = str(task.parameters.get("foreground_prompt") or "").strip()
    if foreground:
        form.fields["foreground_prompt"] = foreground
    direction = str(task.parameters.get("light_source_direction") or task.parameters.get("light") or "")
    if direction and direction not in _LIGHT_FROM:
        raise InvalidOption(f"Light cannot come from {direction!r}.", hint="left, right, above or below.")
    if direction:
        form.fields["light_source_direction"] = direction
    elif all(slot is not LIGHT for slot, _ in form.pictures):
        form.fields.pop("light_source_strength", None)
