"""Enhancement of a still: larger, sharper, less noisy, better exposed, and the same picture all the same.

Says which options there are and what the result must satisfy. Reading sentences is left to
`image_enhancement_wording`, the computing to the engines that offer `enhance`.
"""

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.box import Box
from bottega.workflows.generative import estimated_megapixels, not_empty, same_scene, same_shape, was_changed
from bottega.workflows.image_enhancement_wording import read_enhancement
from bottega.workflows.protocol import InputSpec, Options
from bottega.workflows.wording import Wish, prompts_for

MAX_SCALE = 8.0
MAX_MEGAPIXELS = 200
_LARGEST_SIDE = {"jpeg": 65_500, "webp": 16_383}
"""Of the file formats: libjpeg's JPEG_MAX_DIMENSION; RFC 9649."""

_USUAL_SHARPENING = 0.4
"""Goes with an enlargement; whoever enlarges in another way need not do it."""
_GENERATIVE = {"restore", "colourise", "creative"}
_SAME = 0.6
"""Likeness of a restored picture to the one given: repairs and colours leave light and dark where they were."""


class ImageEnhancementOptions(Options):
    scale: float = Field(
        default=2.0,
        ge=1,
        le=MAX_SCALE,
        description="How many times wider and higher. A size in pixels takes its place.",
    )
    width: int | None = Field(
        default=None, ge=16, le=65_500, description="Width in pixels; the proportions are kept."
    )
    height: int | None = Field(
        default=None,
        ge=16,
        le=65_500,
        description="Height in pixels; with a width, too, the picture fits inside both.",
    )
    long_side: int | None = Field(
        default=None,
        ge=16,
        le=65_500,
        description="Longer side in pixels, for pictures in either orientation.",
    )
    sharpen: float = Field(default=0.4, ge=0, le=1, description="Sharpening; 0 is none, 1 is strong.")
    denoise: float = Field(
        default=0.0, ge=0, le=1, description="Removal of noise and grain; 0 is none, 1 is strong."
    )
    auto_exposure: bool = Field(
        default=False, description="Correct a picture that is too dark, bright or flat."
    )
    improve: Literal["print", "screen", "web", "archive"] | None = Field(
        default=None,
        description="Make the most of the picture for a purpose: noise, exposure, sharpness and, unless it is given in "
        "pixels, the size are chosen by what is measured in it. Takes the place of scale and sharpen.",
    )
    restore: bool = Field(
        default=False,
        description="Repair an old or damaged picture: scratches, stains, fading, faces; needs a generative model.",
    )
    colourise: bool = Field(
        default=False, description="Give a black and white picture colours; needs a generative model."
    )
    creative: bool = Field(
        default=False,
        description="Let a generative model add detail that is not in the picture; it chooses the size itself.",
    )
    format: Literal["png", "jpeg", "webp"] | None = Field(
        default=None, description="File format of the result; by default that of the source, or PNG."
    )
    preview: str | None = Field(
        default=None,
        pattern=r"^\d{1,5},\d{1,5},\d{1,5}[,x]\d{1,5}$",
        description="Only this part of the picture, left,top,width,height in its pixels, as the whole run would make it.",
    )


class ImageEnhancement:
    """A task has the features `scale:x<factor>`, `sharpen`, `denoise`, `exposure`, `improve` and `preview` as asked for. Its
    parameters are the options, with `width` and `height` the exact size of the result and `scale` the factor that this comes to.

    What takes a generative model has the features `restore`, `colourise` and `creative`; noise, sharpness and
    exposure are then part of its words."""

    name: ClassVar[str] = "image_enhancement"
    work_class: ClassVar[WorkClass] = WorkClass.IMAGE_ENHANCEMENT
    title: ClassVar[str] = "Enhance a picture"
    summary: ClassVar[str] = "The same picture larger, sharper, with less noise or better exposed."
    examples: ClassVar[tuple[str, ...]] = (
        "Sharpen this and double its size",
        "Enlarge it to 3000 pixels wide, it is a bit grainy",
        "Fix the exposure, it is too dark",
        "Upscale it to 4K without sharpening",
        "Improve it for print",
        "Restore this old scratched photo",
        "Colourise it",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture to enhance.", minimum=1),
    )
    options: ClassVar[type[Options]] = ImageEnhancementOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """See `image_enhancement_wording.read_enhancement`."""
        return read_enhancement(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a picture; InvalidOption for several, for a result that is too large, and when
        nothing is left to do."""
        assert isinstance(options, ImageEnhancementOptions)
        source = _only_picture(inputs)
        if _is_generative(options):
            if options.preview is not None:
                raise InvalidOption(
                    "A generative model makes the whole picture; a part of it cannot be seen before.",
                    hint="Leave the preview out.",
                )
            return _by_a_model(self.name, request, options, source)
        seen = None if options.preview is None else Box.parse(options.preview).within(*_sides(source.media))
        width, height = _result_size(options, source.media)
        _check_size(width, height, options, source.media)
        factor = round(width / (source.media.width or 1), 4)
        scales = (width, height) != (source.media.width, source.media.height)
        features = {
            name
            for name, wanted in (
                (f"scale:x{factor:g}", scales),
                ("sharpen", _is_sharpened_apart(options, scales=scales)),
                ("denoise", options.denoise > 0),
                ("exposure", options.auto_exposure),
                ("improve", options.improve is not None),
            )
            if wanted
        }
        if not features:
            raise InvalidOption(
                "There is nothing to do: the size stays, and nothing else is asked for.",
                hint="Ask for a larger size, sharpening, removal of noise, or a corrected exposure.",
            )
        if seen is not None:
            features.add("preview")
        size = {"width": width, "height": height, "scale": factor}
        share = 1.0 if seen is None else seen.width * seen.height / math.prod(_sides(source.media))
        return Task(
            workflow=self.name,
            operation="enhance",
            features=frozenset(features),
            prompt=request.prompt,
            inputs=(source,),
            parameters=options.model_dump(mode="json", exclude_none=True, exclude=_GENERATIVE) | size,
            output_megapixels=width * height * share / 1e6,
        )

    def rubric(self, options: Options) -> Rubric:
        """Still the same picture, not blurred, nothing blown out, and no noise made. Of what a model made: the same
        scene in the same shape; whether it is better is for those who look, `enhancement` among the vision rubrics."""
        assert isinstance(options, ImageEnhancementOptions)
        if _is_generative(options):
            criteria = (not_empty(), same_shape(), same_scene(_SAME))
            changed = (was_changed(),) if options.restore or options.colourise else ()
            return Rubric(name=self.name, criteria=(*criteria, *changed), compare_with_source=True)
        if options.preview is not None:
            # A part has nothing to be compared with, and may be a part of the sky.
            return Rubric(name=self.name, criteria=())
        return Rubric(name=self.name, criteria=_criteria(options), compare_with_source=True)


def _is_sharpened_apart(options: ImageEnhancementOptions, *, scales: bool) -> bool:
    usual = scales and options.sharpen == _USUAL_SHARPENING
    return options.sharpen > 0 and not usual and options.improve is None


# --- by a generative model -------------------------------------------------------------------------------------------


def _is_generative(options: ImageEnhancementOptions) -> bool:
    return options.restore or options.colourise or options.creative


def _by_a_model(workflow: str, request: Request, options: ImageEnhancementOptions, source: TaskInput) -> Task:
    """A size in pixels and a factor other than 1 are asked for in so many words; only a model that offers them is
    taken."""
    features = {name for name in ("restore", "colourise") if getattr(options, name)}
    parameters: dict[str, Any] = {} if options.format is None else {"format": options.format}
    width, height = _result_size(options, source.media)
    if options.creative:
        features.add("creative")
    elif (width, height) != (source.media.width, source.media.height):
        _check_size(width, height, options, source.media)
        factor = round(width / (source.media.width or 1), 4)
        features.add(f"scale:x{factor:g}")
        parameters["scale"] = factor
    return Task(
        workflow=workflow,
        operation="enhance",
        features=frozenset(features),
        prompt=request.prompt,
        prompts=prompts_for(_wish(options, request.prompt.strip())),
        inputs=(source,),
        parameters=parameters,
        output_megapixels=estimated_megapixels(source, 1),
    )


def _wish(options: ImageEnhancementOptions, said: str) -> Wish:
    work = {
        "repair scratches, stains, tears and fading": options.restore,
        "give it natural colours": options.colourise,
        "add fine detail that fits": options.creative,
        "take away noise and grain": options.denoise > 0,
        "correct the exposure": options.auto_exposure,
    }
    orders = [words for words, asked in work.items() if asked]
    return Wish(
        said=said,
        order=f"The same photograph in better quality: {', '.join(orders)}",
        result="A clean, sharp photograph of the same scene",
        keep=("the faces as they are, with their age and expression", "every detail", "the framing"),
    )


# --- on this machine -------------------------------------------------------------------------------------------------


def _criteria(options: ImageEnhancementOptions) -> tuple[Criterion, ...]:
    """Thresholds lie between what good results and failed ones (another picture, black, shifted, blurred, noisy,
    oversharpened) measure on the photographs of skimage.data, clean, blurred, dark, compressed and with noise of up
    to 35 levels. Noise taken away and light given change the likeness by themselves, so they lower its bound."""
    exposes, denoises = options.auto_exposure or bool(options.improve), options.denoise or options.improve
    likeness = 0.15 if exposes else 0.3 if denoises else 0.7
    criteria = [
        _at_least("ssim_to_source", likeness, "The result does not show what the picture shows."),
        _at_least(
            "sharpness_ratio", 0.15 if denoises else 0.85, "The result is less sharp than the picture."
        ),
        _at_most("clipping_added", 0.02, "Light or dark areas lost their detail."),
        # Light that is given to shadows is given to their noise.
        _at_most("noise_ratio", 6.0 if exposes else 2.5, "The result is noisier than the picture."),
    ]
    if not (options.width or options.height or options.long_side or options.improve):
        wrong = "The result does not have the size that was asked for."
        # Rounding to whole pixels, in small pictures.
        criteria.append(_at_least("size_ratio", 0.97 * options.scale, wrong))
        criteria.append(_at_most("size_ratio", 1.03 * options.scale, wrong))
    return tuple(criteria)


def _at_least(measure: str, threshold: float, why: str) -> Criterion:
    return Criterion(measure=measure, rule="at_least", threshold=threshold, why=why)


def _at_most(measure: str, threshold: float, why: str) -> Criterion:
    return Criterion(measure=measure, rule="at_most", threshold=threshold, why=why)


# --- sizes -----------------------------------------------------------------------------------------------------------


def _only_picture(inputs: tuple[TaskInput, ...]) -> TaskInput:
    working = [item for item in inputs if item.role is Role.WORKING]
    if not working or not working[0].media.is_picture:
        raise MissingInput("A picture to enhance is needed.", hint="Add one in the role working.")
    if len(working) > 1:
        raise InvalidOption(
            f"One picture is enhanced at a time, {len(working)} were given.",
            hint="Ask for the others in jobs of their own.",
        )
    return working[0]


def _sides(source: MediaInfo) -> tuple[int, int]:
    return source.width or 1, source.height or 1


def _result_size(options: ImageEnhancementOptions, source: MediaInfo) -> tuple[int, int]:
    """Width and height in pixels, in the proportions of the source; a box of both is filled as far as they allow."""
    width, height = _sides(source)
    factors: list[float] = []
    if options.width is not None:
        factors.append(options.width / width)
    if options.height is not None:
        factors.append(options.height / height)
    if options.long_side is not None:
        factors.append(options.long_side / max(width, height))
    if not factors and options.improve is not None:
        # Loads the studio's arithmetic, for this option alone.
        from bottega.enhance.works_repair import Improve

        return Improve(options.improve).size(width, height)
    factor = min(factors, default=options.scale)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _check_size(width: int, height: int, options: ImageEnhancementOptions, source: MediaInfo) -> None:
    megapixels = width * height / 1e6
    largest = max(width, height) / max(source.width or 1, source.height or 1)
    if largest > MAX_SCALE * 1.001:
        raise InvalidOption(
            f"From {source.width} x {source.height} to {width} x {height} pixels is {largest:.1f} times the size; "
            f"the limit is {MAX_SCALE:g}.",
            hint="Ask for a smaller size, or start from a larger picture.",
        )
    if megapixels > MAX_MEGAPIXELS:
        most = (MAX_MEGAPIXELS * 1e6 / ((source.width or 1) * (source.height or 1))) ** 0.5
        raise InvalidOption(
            f"The result would be {width} x {height} pixels, {megapixels:.0f} megapixels; "
            f"the limit is {MAX_MEGAPIXELS}.",
            hint=f"For this picture that is a scale of at most {int(most * 100) / 100:g}.",
        )
    limit = _LARGEST_SIDE.get(options.format or "")
    if limit is not None and max(width, height) > limit:
        raise InvalidOption(
            f"A {options.format} file holds at most {limit} pixels on a side; the result would be "
            f"{width} x {height}.",
            hint="Ask for PNG, or for a smaller size.",
        )
