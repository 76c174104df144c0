"""Stability AI's v2beta operations: which pictures and fields each takes, and a task as its form.

Limits and fields are those of the vendor's API description as read in 2026 (control/sketch, structure and style: of a
third party's table). Sending the form is left to the engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.cloud import stability_rules as rules
from bottega.engines.cloud.stability_rules import LIGHT, Form, Slot
from bottega.errors import InvalidOption, MissingInput, ProviderError
from bottega.models import Model
from bottega.models.tables import size_of

RATIOS = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
STYLES = frozenset(
    {
        *("enhance", "anime", "photographic", "digital-art", "comic-book", "fantasy-art", "line-art"),
        *("analog-film", "neon-punk", "isometric", "low-poly", "origami", "modeling-compound", "cinematic"),
        *("3d-model", "pixel-art", "tile-texture"),
    }
)
LARGEST_SEED = 4294967294
"""0 lets the vendor choose."""
_PLAIN_PROMPT = "the same picture, sharp and detailed"
_ROLES = (Role.WORKING, Role.PERSON, Role.GARMENT, Role.REFERENCE)


Special = Callable[[Task, Form], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes`: which of seed, negative_prompt, style_preset and aspect_ratio it knows. `strength`: what it calls a task's
    `strength`, if it has one. `deferred`: it answers with an id, and the result is fetched."""

    slots: tuple[Slot, ...] = ()
    prompt: str = "prompt"
    default_prompt: str = ""
    """For an operation that wants words where there may be nothing to say."""
    wordless: bool = False
    """The words may be left out."""
    takes: frozenset[str] = frozenset()
    strength: str = ""
    numbers: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Further parameters that are sent as they are, with their range."""
    mask: bool = False
    deferred: bool = False
    special: Special | None = None


def operation_of(model: Model) -> Operation:
    """Raises ProviderError for an entry whose `remote` is none of them."""
    found = OPERATIONS.get(model.remote)
    if found is None:
        raise ProviderError(
            f"Stability AI has no call {model.remote!r} that is known here.",
            hint=f"Correct `remote` in the catalogue entry {model.id}.",
        )
    return found


def form_of(task: Task, model: Model) -> Form:
    """The task as the vendor's form. Raises InvalidOption or MissingInput for what the operation cannot express."""
    operation = operation_of(model)
    if int(task.parameters.get("n") or 1) != 1:
        raise InvalidOption("Stability AI makes one picture a call.", hint="Ask for one picture.")
    mask = task.first(Role.MASK)
    if mask is not None and not operation.mask:
        raise InvalidOption(f"{model.title} takes no mask.", hint="Use a model that takes one.")
    if mask is None and operation.mask:
        raise MissingInput(
            f"{model.title} needs a mask.", hint="Give a picture that is white where it may change."
        )
    form = Form({"output_format": "png"}, _placed(task, operation, model), mask, [])
    _words(task, model, operation, form)
    _choices(task, model, operation, form)
    _numbers(task, operation, form)
    if operation.special is not None:
        operation.special(task, form)
    form.fields |= {name: _text(value) for name, value in model.fixed.items()}
    return form


def _placed(task: Task, operation: Operation, model: Model) -> list[tuple[Slot, TaskInput]]:
    """The task's pictures in their order, each in the next field."""
    pictures = [item for role in _ROLES for item in task.inputs if item.role is role]
    needed = sum(slot.required for slot in operation.slots)
    if len(pictures) < needed:
        raise MissingInput(
            f"{model.title} needs {needed} picture{'s' if needed > 1 else ''}.",
            hint="Give the picture to work on.",
        )
    if len(pictures) > len(operation.slots):
        raise InvalidOption(
            f"{model.title} takes {len(operation.slots) or 'no'} pictures, {len(pictures)} were given.",
            hint="Leave some out, or use another model.",
        )
    return list(zip(operation.slots, pictures, strict=False))


def _words(task: Task, model: Model, operation: Operation, form: Form) -> None:
    if not operation.prompt:
        return
    prompt = task.prompt_for(model.family).strip() or operation.default_prompt
    if prompt:
        form.fields[operation.prompt] = prompt
    elif not operation.wordless:
        raise InvalidOption("There is no description of what to make.", hint="Say in words what is wanted.")
    avoid = str(task.parameters.get("negative_prompt") or "").strip()
    if avoid and "negative_prompt" in operation.takes:
        form.fields["negative_prompt"] = avoid


def _choices(task: Task, model: Model, operation: Operation, form: Form) -> None:
    if "seed" in operation.takes and task.seed is not None:
        seed = task.seed if 1 <= task.seed <= LARGEST_SEED else 1 + task.seed % LARGEST_SEED
        form.fields["seed"] = str(seed)
        if seed != task.seed:
            form.notes.append(
                f"The seed {task.seed} is sent as {seed}: this vendor's go from 1 to {LARGEST_SEED}."
            )
    if "style_preset" in operation.takes and (preset := _preset(task)):
        if preset not in STYLES:
            raise InvalidOption(
                f"Stability AI has no style preset {preset!r}.",
                hint=f"There are {', '.join(sorted(STYLES))}.",
            )
        form.fields["style_preset"] = preset
    if "aspect_ratio" in operation.takes and (aspect := _aspect(task, model)):
        form.fields["aspect_ratio"] = aspect


def _preset(task: Task) -> str:
    asked = str(task.parameters.get("preset") or "").removeprefix("preset:")
    return asked or next(
        (f.removeprefix("preset:") for f in sorted(task.features) if f.startswith("preset:")), ""
    )


def _aspect(task: Task, model: Model) -> str:
    aspect, size = str(task.parameters.get("aspect") or ""), str(task.parameters.get("size") or "")
    ratios = (model.sizes.ratios if model.sizes else ()) or RATIOS
    if aspect and aspect != "auto":
        if aspect not in ratios:
            raise InvalidOption(
                f"{model.title} makes no picture of the shape {aspect}.",
                hint=f"It makes {', '.join(ratios)}.",
            )
        return aspect
    found = size_of(size)
    if found is None or model.sizes is None:
        return ""
    if (nearest := model.sizes.nearest_ratio(*found)) is None:
        raise InvalidOption(
            f"{model.title} makes no picture of the shape {size}.", hint=f"It makes {', '.join(ratios)}."
        )
    return nearest


def _numbers(task: Task, operation: Operation, form: Form) -> None:
    wanted = {name: task.parameters.get(name) for name in operation.numbers}
    if operation.strength and task.parameters.get("strength") is not None:
        wanted[operation.strength] = task.parameters["strength"]
    for name, value in wanted.items():
        if value is not None:
            form.fields[name] = _text(_within(name, value, *operation.numbers.get(name, (0.0, 1.0))))


def _within(name: str, value: object, low: float, high: float) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise InvalidOption(f"{name} is {value!r}.", hint=f"Give a number from {low:g} to {high:g}.")
    return number


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


# --- the table ---------------------------------------------------------------------------------------------------

_SEED = frozenset({"seed"})
_WORDS = frozenset({"seed", "negative_prompt"})
_STYLED = _WORDS | {"style_preset"}
_SHAPED = _STYLED | {"aspect_ratio"}
_WHOLE = Slot("image")
_NARROW = Slot("image", max_ratio=2.5)
_MEGAPIXEL = 1_048_576

OPERATIONS: Mapping[str, Operation] = {
    f"stable-image/{path}": operation
    for path, operation in {
        "generate/ultra": Operation(
            (Slot("image", required=False, max_side=16_384, max_pixels=None),),
            takes=_SHAPED,
            strength="strength",
            special=rules.started_from,
        ),
        "generate/core": Operation(takes=_SHAPED),
        "generate/sd3": Operation(
            (Slot("image", required=False),),
            takes=_SHAPED,
            strength="strength",
            numbers={"cfg_scale": (1, 10)},
            special=rules.sd3,
        ),
        "edit/erase": Operation((_WHOLE,), prompt="", takes=_SEED, numbers={"grow_mask": (0, 20)}, mask=True),
        "edit/inpaint": Operation((_WHOLE,), takes=_STYLED, numbers={"grow_mask": (0, 100)}, mask=True),
        "edit/outpaint": Operation(
            (_NARROW,),
            wordless=True,
            takes=_SEED | {"style_preset"},
            numbers={"creativity": (0, 1)},
            special=rules.outpaint,
        ),
        "edit/search-and-replace": Operation(
            (_NARROW,), takes=_STYLED, numbers={"grow_mask": (0, 20)}, special=rules.search
        ),
        "edit/search-and-recolor": Operation(
            (_NARROW,), takes=_STYLED, numbers={"grow_mask": (0, 20)}, special=rules.select
        ),
        "edit/remove-background": Operation((Slot("image", max_pixels=4_194_304),), prompt=""),
        "edit/replace-background-and-relight": Operation(
            (
                Slot("subject_image", max_ratio=2.5),
                Slot("background_reference", required=False),
                LIGHT,
            ),
            prompt="background_prompt",
            takes=_WORDS,
            numbers={
                "light_source_strength": (0, 1),
                "preserve_original_subject": (0, 1),
                "original_background_depth": (0, 1),
            },
            deferred=True,
            special=rules.relight,
        ),
        "upscale/fast": Operation(
            (Slot("image", min_side=32, min_pixels=1_024, max_side=1_536, max_pixels=_MEGAPIXEL),), prompt=""
        ),
        "upscale/conservative": Operation(
            (_NARROW,), default_prompt=_PLAIN_PROMPT, takes=_WORDS, numbers={"creativity": (0.2, 0.5)}
        ),
        "upscale/creative": Operation(
            (Slot("image", max_pixels=_MEGAPIXEL),),
            default_prompt=_PLAIN_PROMPT,
            takes=_STYLED,
            numbers={"creativity": (0.1, 0.5)},
            deferred=True,
        ),
        "control/sketch": Operation((_NARROW,), takes=_STYLED, strength="control_strength"),
        "control/structure": Operation((_NARROW,), takes=_STYLED, strength="control_strength"),
        "control/style": Operation((_NARROW,), takes=_SHAPED, strength="fidelity"),
        "control/style-transfer": Operation(
            (
                Slot("init_image", max_side=16_383, max_ratio=2.5),
                Slot("style_image", max_side=16_383),
            ),
            wordless=True,
            takes=_WORDS,
            strength="style_strength",
            numbers={"composition_fidelity": (0, 1), "change_strength": (0.1, 1)},
        ),
    }.items()
}
"""By the path after `/v2beta/`, which is an entry's `remote`."""
