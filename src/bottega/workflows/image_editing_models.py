"""The task of an edit that only a generative model can do: its aim, its mask, other pictures, and how it is put."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption
from bottega.workflows.generative import (
    as_role,
    check_references,
    choice_features,
    choice_parameters,
    estimated_megapixels,
    pictures_of,
)
from bottega.workflows.image_editing_wording import Aim, aim_of
from bottega.workflows.wording import Wish, prompts_for

_MASK_SHAPE: Final = 0.02
"""Relative difference of proportions up to which a mask lies on its picture."""
_EXTENDED: Final = 0.25
"""How far a picture is extended on each side when nobody says, of that side."""
_KEPT: Final = ("everything that the wish does not speak of", "faces", "the light", "the framing")
_MEASURED: Final = ("rotate", "flip", "crop", "width", "height")


class Edits(Protocol):
    """The options of `image_editing` as far as a model is told of them."""

    @property
    def n(self) -> int: ...
    @property
    def seed(self) -> int | None: ...
    @property
    def aspect(self) -> str | None: ...
    @property
    def strength(self) -> float | None: ...
    @property
    def exposure(self) -> float: ...
    @property
    def contrast(self) -> float: ...
    @property
    def temperature(self) -> float: ...
    @property
    def saturation(self) -> float: ...
    @property
    def background(self) -> str: ...


@dataclass(frozen=True)
class GenerativeEdit:
    """`said` is the instruction; `inputs` have one picture in the role working."""

    options: Edits
    said: str
    inputs: tuple[TaskInput, ...]

    def task(self, workflow: str, prompt: str) -> Task:
        """Raises InvalidOption for options that no such model can honour, for a mask of another shape, and for too
        many pictures."""
        self._check()
        features = {self.aim.feature}
        if self.masks:
            features.add("mask")
        if self.options.aspect and self.aim.feature != "edit:extend":
            features.add(f"aspect:{self.options.aspect}")
        return Task(
            workflow=workflow,
            operation="edit",
            features=frozenset(features) | choice_features(self.options),
            prompt=prompt or self.said,
            prompts=prompts_for(self._wish()),
            inputs=(self.working, *self.masks, *as_role(self.others, Role.REFERENCE)),
            parameters=self._parameters(),
            seed=self.options.seed,
            output_megapixels=estimated_megapixels(self.working, self.options.n),
        )

    @property
    def working(self) -> TaskInput:
        return pictures_of(self.inputs, Role.WORKING)[0]

    @cached_property
    def masks(self) -> list[TaskInput]:
        return pictures_of(self.inputs, Role.MASK)

    @cached_property
    def others(self) -> list[TaskInput]:
        """What something is taken from."""
        return pictures_of(self.inputs, Role.PERSON, Role.GARMENT, Role.REFERENCE)

    @cached_property
    def aim(self) -> Aim:
        return Aim() if self.others else aim_of(self.said)

    def _check(self) -> None:
        # Models that paint do not turn, crop or resize to the pixel.
        if asked := [name for name in _MEASURED if getattr(self.options, name)]:
            raise InvalidOption(
                f"The content of a picture and its {asked[0]} cannot be changed in one go.",
                hint="Change the content first, then turn, crop or resize the result in a job of its own.",
            )
        check_references(self.others)
        if len(self.masks) > 1:
            raise InvalidOption(
                f"One mask is used, {len(self.masks)} were given.", hint="Join them into one picture."
            )
        for mask in self.masks:
            width, height = mask.media.width or 1, mask.media.height or 1
            across, down = self.working.media.width or 1, self.working.media.height or 1
            if abs(width * down - height * across) > _MASK_SHAPE * width * down + max(across, down):
                raise InvalidOption(
                    f"The mask ({width} x {height}) has not the shape of the picture ({across} x {down}).",
                    hint="A mask lies on its picture: make it from the picture itself.",
                )

    def _parameters(self) -> dict[str, Any]:
        """`instruction` and the choices that were made; `search_prompt` and `select_prompt` for models that are told what
        to look for; `left`, `right`, `up` and `down` in pixels for an extension to no shape in particular."""
        parameters: dict[str, Any] = {"instruction": self.said} | choice_parameters(self.options)
        for name in ("aspect", "strength", "format"):
            if (value := getattr(self.options, name)) is not None:
                parameters[name] = value
        match self.aim.feature:
            case "edit:replace":
                parameters["search_prompt"] = self.aim.subject
            case "edit:recolour":
                parameters["select_prompt"] = self.aim.subject
            case "edit:extend" if self.options.aspect is None:
                media = self.working.media
                across, down = round((media.width or 1) * _EXTENDED), round((media.height or 1) * _EXTENDED)
                parameters |= {"left": across, "right": across, "up": down, "down": down}
            case _:
                pass
        return parameters

    def _wish(self) -> Wish:
        several = len(self.others)
        return Wish(
            said=self.said,
            order=f"Edit the {'first ' if several else ''}picture as wished, and nothing else in it",
            result="A photograph",
            details=_details(self.options),
            keep=_KEPT,
            pictures=("the picture to edit", *["to take from what the wish names"] * several),
            target=self.aim.target,
            subject=self.aim.subject,
            masked=bool(self.masks),
        )


def _details(options: Edits) -> tuple[str, ...]:
    strength = options.strength
    said = {
        "change it only subtly": strength is not None and strength < 0.4,
        "change it boldly": strength is not None and strength > 0.75,
        "brighter": options.exposure > 0,
        "darker": options.exposure < 0,
        "more contrast": options.contrast > 0,
        "less contrast": options.contrast < 0,
        "warmer": options.temperature > 0,
        "cooler": options.temperature < 0,
        "more saturated": options.saturation > 0,
        "black and white": options.saturation == -1,
        "less saturated": -1 < options.saturation < 0,
        "the background out of focus": options.background == "blur",
        "a transparent background": options.background == "remove",
        f"in the proportions {options.aspect}": options.aspect is not None,
    }
    return tuple(words for words, asked in said.items() if asked)
