"""Image editing: crop, turn, size, light, colour and background as options; whatever else is asked for is an
instruction that only a generative model can follow, in the whole picture, in a mask, or with other pictures beside it.

Reading sentences is left to `image_editing_wording`, the task of a generative edit to `image_editing_models`.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.workflows.generative import (
    MOST_REFERENCES,
    GenerativeOptions,
    not_empty,
    pictures_of,
    same_shape,
    was_changed,
)
from bottega.workflows.image_editing_models import GenerativeEdit
from bottega.workflows.image_editing_wording import MAX_SIDE, aim_of, is_denial, read_edits
from bottega.workflows.protocol import InputSpec, Options


class EditOptions(GenerativeOptions):
    rotate: float = Field(
        default=0.0,
        ge=-360,
        le=360,
        description="Degrees, clockwise; quarter turns lose nothing, other angles crop.",
    )
    flip: Literal["horizontal", "vertical"] | None = Field(
        default=None, description="Mirror left and right (horizontal) or top and bottom (vertical)."
    )
    aspect: str | None = Field(
        default=None,
        pattern=r"^[1-9]\d{0,3}:[1-9]\d{0,3}$",
        description="Crop to these proportions, width:height, such as 1:1, 4:5 or 16:9; keeps what matters most.",
    )
    crop: str | None = Field(
        default=None,
        pattern=r"^\d{1,5},\d{1,5},[1-9]\d{0,4},[1-9]\d{0,4}$",
        description="Crop to this box: left,top,width,height in pixels, after turning and mirroring.",
    )
    width: int | None = Field(default=None, ge=1, le=MAX_SIDE, description="Width of the result, pixels.")
    height: int | None = Field(
        default=None,
        ge=1,
        le=MAX_SIDE,
        description="Height of the result, pixels; with a width too, it is cropped to fit.",
    )
    exposure: float = Field(default=0.0, ge=-3, le=3, description="Stops (EV): 1 is twice the light.")
    contrast: float = Field(default=0.0, ge=-1, le=1, description="Below 0 flatter, above 0 stronger.")
    temperature: float = Field(
        default=0.0, ge=-1, le=1, description="Below 0 cooler (bluer), above 0 warmer."
    )
    tint: float = Field(default=0.0, ge=-1, le=1, description="Below 0 greener, above 0 more magenta.")
    saturation: float = Field(
        default=0.0, ge=-1, le=1, description="-1 is black and white, 1 twice as colourful."
    )
    background: Literal["keep", "blur", "remove"] = Field(
        default="keep", description="Blur what is behind the subject, or make a plain background transparent."
    )
    instruction: str | None = Field(
        default=None,
        max_length=2000,
        description="What else is to change, in words; needs a generative model.",
    )
    strength: float | None = Field(
        default=None, ge=0, le=1, description="How far a generative model may go: 0.2 subtly, 0.9 boldly."
    )
    format: Literal["png", "jpeg", "webp"] | None = Field(
        default=None, description="File format of the result; by default that of the source, or PNG."
    )


ASKABLE = (
    "crop to a ratio, rotate, mirror, resize, brighter or darker, contrast, warmer or cooler, saturation or black and "
    "white, blur or remove the background"
)


_FOR_MODELS = {"n", "seed", "quality", "strength", "instruction"}


class ImageEditing:
    """What this machine can do has the features `edit:crop`, `edit:exposure` and so on. A generative edit has one of
    `edit:instruction`, `edit:erase`, `edit:replace`, `edit:recolour`, `edit:text_remove`, `edit:extend` and
    `edit:background_replace`, with `mask` where there is one."""

    name: ClassVar[str] = "image_editing"
    work_class: ClassVar[WorkClass] = WorkClass.IMAGE_EDITING
    title: ClassVar[str] = "Image editing"
    summary: ClassVar[str] = (
        "Crop, turn, size, light, colour and background; add, remove and replace with a model."
    )
    examples: ClassVar[tuple[str, ...]] = (
        "Make it warmer and crop to a square",
        "Rotate it 90 degrees to the left",
        "Flip it horizontally",
        "Blur the background",
        "Remove the lamp",
        "Replace the sky with a sunset",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture to edit.", minimum=1),
        InputSpec(role=Role.MASK, description="White, or transparent, where something may change."),
        InputSpec(
            role=Role.REFERENCE, description="Pictures of what is to be put in.", maximum=MOST_REFERENCES
        ),
    )
    options: ClassVar[type[Options]] = EditOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """See `image_editing_wording.read_edits`."""
        return read_edits(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a picture, InvalidOption when nothing is asked for or options contradict."""
        assert isinstance(options, EditOptions)
        working = pictures_of(inputs, Role.WORKING)
        if not working:
            raise MissingInput("A picture to edit is needed.", hint="Add one in the role working.")
        if len(working) > 1:
            raise InvalidOption(
                f"One picture is edited at a time, {len(working)} were given.",
                hint="Ask for the others in jobs of their own; one to take something from has the role reference.",
            )
        if options.background == "remove" and options.format == "jpeg":
            raise InvalidOption(
                "A JPEG file cannot be transparent.", hint="Ask for png or webp, or keep the background."
            )
        features = _features(options)
        if options.instruction or pictures_of(inputs, Role.MASK) or not features:
            said = options.instruction or request.prompt.strip()
            if not said or (not options.instruction and is_denial(said)):
                raise InvalidOption(
                    "It is not clear what to change in the picture.",
                    hint=f"Say what is to become of it, or ask for: {ASKABLE}.",
                )
            return GenerativeEdit(options, said, inputs).task(self.name, request.prompt.strip())
        return Task(
            workflow=self.name,
            operation="edit",
            features=features,
            prompt=request.prompt,
            inputs=(working[0],),
            parameters=options.model_dump(mode="json", exclude_defaults=True, exclude=_FOR_MODELS),
            output_megapixels=_output_megapixels(
                options, working[0].media.width or 1, working[0].media.height or 1
            ),
        )

    def rubric(self, options: Options) -> Rubric:
        """What can honestly be measured: a result that is not empty, no tones lost that were not asked to go, and,
        where the frame is the same, sharpness and likeness. Of what a model made: that something was changed, in a
        picture of the same shape; the rest is for those who look, `editing` among the vision rubrics."""
        assert isinstance(options, EditOptions)
        if options.instruction is not None or not _features(options):
            extends = options.instruction is not None and aim_of(options.instruction).feature == "edit:extend"
            shape = () if options.aspect or extends else (same_shape(),)
            return Rubric(
                name="edit", criteria=(not_empty(), was_changed(), *shape), compare_with_source=True
            )
        criteria = [not_empty()]
        compares = options.background != "remove"
        if compares:
            criteria.append(_clipping(options))
        if compares and _same_frame(options):
            criteria += _likeness(options)
        return Rubric(name="edit", criteria=tuple(criteria), compare_with_source=compares)


# --- on this machine ------------------------------------------------------------------------------------------


def _features(options: EditOptions) -> frozenset[str]:
    asked = {
        "edit:crop": options.aspect or options.crop or (options.width and options.height),
        "edit:rotate": options.rotate % 360,
        "edit:flip": options.flip,
        "edit:resize": options.width or options.height,
        "edit:exposure": options.exposure,
        "edit:contrast": options.contrast,
        "edit:temperature": options.temperature or options.tint,
        "edit:saturation": options.saturation,
        "edit:background_blur": options.background == "blur",
        "edit:background_remove": options.background == "remove",
    }
    return frozenset(name for name, value in asked.items() if value)


def _output_megapixels(options: EditOptions, width: int, height: int) -> float:
    if options.rotate % 180 == 90:
        width, height = height, width
    wide, high = float(width), float(height)
    if options.crop:
        wide, high = (float(side) for side in options.crop.split(",")[2:])
    if options.aspect and not (options.width and options.height):
        ratio_width, ratio_height = (float(side) for side in options.aspect.split(":"))
        wide, high = (
            min(wide, high * ratio_width / ratio_height),
            min(high, wide * ratio_height / ratio_width),
        )
    if options.width and options.height:
        wide, high = float(options.width), float(options.height)
    elif options.width:
        wide, high = float(options.width), high * options.width / wide
    elif options.height:
        wide, high = wide * options.height / high, float(options.height)
    return wide * high / 1e6


# --- rubric --------------------------------------------------------------------------------------------------


def _same_frame(options: EditOptions) -> bool:
    """Whether a pixel of the result shows what the same pixel of the source shows."""
    moved = options.rotate % 360 or options.flip or options.aspect or options.crop
    return not (moved or options.width or options.height) and options.background == "keep"


def _clipping(options: EditOptions) -> Criterion:
    # Strong light and colour push some tones to the ends, as they would in a camera; a crop may choose a part that
    # is dark or bright as a whole. Twice what photographs of scikit-image show at full strength.
    colour = max(abs(options.temperature), abs(options.tint), options.saturation)
    allowed = 0.03 + 0.1 * abs(options.contrast) + 0.15 * colour + 0.15 * abs(options.exposure)
    return Criterion(
        measure="clipping_added",
        rule="at_most",
        threshold=round(allowed + (0.0 if _same_frame(options) else 0.15), 3),
        why="Shadows or highlights lost their tones.",
    )


def _likeness(options: EditOptions) -> tuple[Criterion, ...]:
    # Two different photographs reach an SSIM of 0.36; own results at full strength: 0.47 after 3 EV, 0.72 after
    # contrast, 0.93 after colour. Sharpness falls to 0.67 after 3 EV, nowhere else below 0.9.
    likeness = max(0.1, 0.7 - 0.1 * abs(options.exposure) - 0.2 * abs(options.contrast))
    return (
        Criterion(measure="sharpness_ratio", rule="at_least", threshold=0.5, why="The result is less sharp."),
        Criterion(
            measure="ssim_to_source",
            rule="at_least",
            threshold=round(likeness, 3),
            why="The result does not show what the picture shows.",
        ),
    )
