"""What a call to the OpenAI images API says, whoever answers it: path, fields and files, from a task.

Sending it, and reading the answer, are left to the engines and to `openai_shared_answer`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.protocol import Attempt
from bottega.errors import InvalidOption, MissingInput, ProviderError
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.models.tables import size_of

EDITS = frozenset({"edit", "style", "enhance", "hair", "reference", "tryon"})
"""Operations that change pictures, or start from them; all of them are the API's edits."""
OPERATIONS = EDITS | {"generate"}
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""The API's picture formats, in requests and answers."""
CONNECT_TIMEOUT_S = 10.0
MASK_BYTES = 4 * 10**6
"""The specification says "less than 4MB"."""
_ORDER = (Role.WORKING, Role.PERSON, Role.GARMENT, Role.REFERENCE)
_STANDARD_SIZES = {"1:1": "1024x1024", "3:2": "1536x1024", "2:3": "1024x1536"}
_PIXELS = 1024 * 1024
"""Of a picture of which only the shape is asked for."""

FilePart = tuple[str, bytes, str]
"""Name, content, media type: a file of which the API is told less is refused."""


@dataclass(frozen=True, slots=True)
class Call:
    """`pictures` in their order, and the mask of the first one; there are none where something new is made. `notes`
    say what was changed in pictures to make them fit."""

    fields: dict[str, Any]
    pictures: tuple[FilePart, ...] = ()
    mask: FilePart | None = None
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Literal["images/generations", "images/edits"]:
        return "images/edits" if self.pictures else "images/generations"

    @property
    def count(self) -> int:
        return int(self.fields["n"])


async def call_for(task: Task, model: Model, attempt: Attempt, limits: Limits) -> Call:
    """The call that performs the task. `limits` are those on the input files.

    Of the task's parameters `n`, `size` or `aspect`, and `quality` are used; what only one of the engines' servers
    understands is for that engine to add. Raises ProviderError for an operation or a model that cannot be called,
    InvalidOption, MissingInput and what `fit_picture` raises for a task that the API cannot express.
    """
    _check(task, model)
    fields: dict[str, Any] = {
        "model": model.remote,
        "prompt": task.prompt_for(model.family),
        "n": count(task),
    }
    if size := _size(task, model):
        fields["size"] = size
    quality = task.parameters.get("quality")
    if quality and quality != "auto":
        fields["quality"] = str(quality)
    pictures = [item for role in _ORDER for item in task.inputs if item.role is role]
    if not pictures:
        if task.operation != "generate":
            raise MissingInput("There is no picture to edit.", hint="Give the picture to work on.")
        return Call(fields)
    return await _with_files(fields, pictures, task.first(Role.MASK), attempt, limits)


def count(task: Task) -> int:
    """Pictures asked for."""
    return int(task.parameters.get("n") or 1)


def _check(task: Task, model: Model) -> None:
    if task.operation not in OPERATIONS:
        raise ProviderError(
            f"The OpenAI images API has no call for {task.operation!r}.",
            hint=f"Take that operation out of the catalogue entry {model.id}.",
        )
    if model.price is None or not model.price.is_known:
        raise ProviderError(
            f"The model {model.id} has no price, so it is not called.",
            hint="Give its catalogue entry a price; `price = { free = true }` for a server of your own.",
        )


# --- sizes ---------------------------------------------------------------------------------------------------


def _size(task: Task, model: Model) -> str:
    """Pixels as `1024x1536`; empty: the server decides."""
    size = str(task.parameters.get("size") or "")
    if size and size != "auto":
        return size
    aspect = str(task.parameters.get("aspect") or "")
    return size_for(aspect, model) if aspect and aspect != "auto" else size


def size_for(aspect: str, model: Model) -> str:
    """A size of the shape `aspect` (`16:9`) that the model makes: the nearest of those it lists, or about a megapixel
    in its steps. Raises InvalidOption for what is no shape, and for one that it does not make."""
    wide, _, high = aspect.partition(":")
    if not (wide.isdecimal() and high.isdecimal() and int(wide) and int(high)):
        raise InvalidOption(f"{aspect!r} is no shape.", hint="Give width:height, such as 2:3.")
    ratio = int(wide) / int(high)
    listed = {feature.removeprefix("size:") for feature in model.features if feature.startswith("size:")}
    if listed and "*" not in listed:
        sizes = [(name, found) for name in sorted(listed) if (found := size_of(name))]
        return min(sizes, key=lambda item: abs(math.log(item[1][0] / item[1][1] / ratio)))[0]
    if (standard := _STANDARD_SIZES.get(aspect)) and _objection(model, standard) is None:
        return standard
    step = max(16, model.sizes.multiple_of if model.sizes else 1)
    width = max(step, round(math.sqrt(_PIXELS * ratio) / step) * step)
    height = max(step, round(math.sqrt(_PIXELS / ratio) / step) * step)
    if objection := _objection(model, f"{width}x{height}"):
        raise InvalidOption(f"{model.title} {objection}.", hint="Ask for a shape that is less narrow.")
    return f"{width}x{height}"


def _objection(model: Model, size: str) -> str | None:
    return model.sizes.objection(size) if model.sizes else None


# --- files ---------------------------------------------------------------------------------------------------


async def _with_files(
    fields: dict[str, Any],
    pictures: list[TaskInput],
    mask: TaskInput | None,
    attempt: Attempt,
    limits: Limits,
) -> Call:
    from bottega.engines.cloud.openai_shared_work import prepare

    sources = [item.path for item in pictures]
    prepared = await attempt.compute.call(prepare, sources, mask.path if mask else None, limits)
    # Names of ours: what the user called the files is none of the server's business.
    parts = tuple(
        (f"image-{number}.{picture.extension}", picture.content, picture.media_type)
        for number, picture in enumerate(prepared.pictures, 1)
    )
    notes = tuple(picture.note for picture in prepared.pictures if picture.note)
    if prepared.mask is None:
        return Call(fields, parts, notes=notes)
    if len(prepared.mask) >= MASK_BYTES:
        raise InvalidOption("The mask is larger than 4 MB as a PNG.", hint="Use a mask with plainer edges.")
    return Call(fields, parts, ("mask.png", prepared.mask, "image/png"), notes)
