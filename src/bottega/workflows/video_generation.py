"""A clip with sound, from words or from a still: options, what the sentence says of them, what must come out.

How it is made is left to the engines that offer `video` or `animate` with `sound`.
"""

from typing import Any, ClassVar

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric
from bottega.errors import InvalidOption
from bottega.workflows.clip_options import (
    ClipOptions,
    criteria,
    described,
    features,
    frame_megapixels,
    parameters,
)
from bottega.workflows.clip_reading import read_clip_options, read_sound
from bottega.workflows.clip_wording import clip_wish, in_prose_with_sound, prompts_for
from bottega.workflows.protocol import InputSpec, Options


class VideoGeneration:
    """The sound is ordered always; what it is stands in the sentence, which goes to the model word for word."""

    name: ClassVar[str] = "video_generation"
    work_class: ClassVar[WorkClass] = WorkClass.VIDEO_GENERATION
    title: ClassVar[str] = "Make a clip with sound"
    summary: ClassVar[str] = (
        "A clip with voices, music or noises from a description, with or without a first picture."
    )
    examples: ClassVar[tuple[str, ...]] = (
        "Waves breaking at night, with the sound of the sea",
        "A 10-second clip of a street musician playing the accordion",
        "A baker says “Fresh from the oven!” in front of her shop, 16:9",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture that the clip begins with."),
        InputSpec(role=Role.REFERENCE, description="The same, named as a reference."),
    )
    options: ClassVar[type[Options]] = ClipOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """As `clip_reading` reads them."""
        return read_clip_options(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises InvalidOption when there is no description, more than one picture, or a clip."""
        assert isinstance(options, ClipOptions)
        still = _still(inputs)
        wish = clip_wish(
            described(request),
            options.camera,
            sound=True,
            names_sound=read_sound(request.prompt) is True,
            still=still is not None,
        )
        return Task(
            workflow=self.name,
            operation="video" if still is None else "animate",
            features=features(options, sound=True),
            prompt=in_prose_with_sound(wish),
            prompts=prompts_for(wish),
            inputs=() if still is None else (still,),
            parameters=parameters(options, sound=True, still=still),
            seed=options.seed,
            output_megapixels=frame_megapixels(options),
        )

    def rubric(self, options: Options) -> Rubric:
        """As for every clip, and that something can be heard."""
        assert isinstance(options, ClipOptions)
        return Rubric(name="video_generation", criteria=criteria(options, sound=True))


def _still(inputs: tuple[TaskInput, ...]) -> TaskInput | None:
    if not all(item.media.is_picture for item in inputs) or len(inputs) > 1:
        raise InvalidOption(
            "A clip with sound begins with one picture or none.",
            hint="Leave the others out, or name the workflow image_to_video to end with a second picture.",
        )
    return next((item.model_copy(update={"role": Role.WORKING}) for item in inputs), None)
