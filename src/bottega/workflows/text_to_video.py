"""A clip from words, without sound: which options there are, what the sentence says of them, what must come out.

How it is made is left to the engines that offer `video`.
"""

from typing import Any, ClassVar

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request
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
from bottega.workflows.clip_reading import read_clip_options
from bottega.workflows.clip_wording import clip_wish, in_prose, prompts_for
from bottega.workflows.protocol import InputSpec, Options


class TextToVideo:
    """Silence is part of the order: models that can make sound are told not to, and cost less then."""

    name: ClassVar[str] = "text_to_video"
    work_class: ClassVar[WorkClass] = WorkClass.TEXT_TO_VIDEO
    title: ClassVar[str] = "Make a clip"
    summary: ClassVar[str] = "A silent clip from a description."
    examples: ClassVar[tuple[str, ...]] = (
        "A clip of a lantern floating down a river at night",
        "A 10-second vertical video of rain on a window, in 1080p",
        "A time lapse of clouds over a harbour, the camera does not move",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = ()
    options: ClassVar[type[Options]] = ClipOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """As `clip_reading` reads them."""
        return read_clip_options(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises InvalidOption when there is no description, or a picture."""
        assert isinstance(options, ClipOptions)
        said = described(request)
        if inputs:
            raise InvalidOption(
                "This clip is made from the description alone.",
                hint="Name the workflow image_to_video to begin with the picture, or leave it out.",
            )
        wish = clip_wish(said, options.camera)
        return Task(
            workflow=self.name,
            operation="video",
            features=features(options, sound=False),
            prompt=in_prose(wish),
            prompts=prompts_for(wish),
            parameters=parameters(options, sound=False),
            seed=options.seed,
            output_megapixels=frame_megapixels(options),
        )

    def rubric(self, options: Options) -> Rubric:
        """A sound track that came without being asked for is no fault."""
        assert isinstance(options, ClipOptions)
        return Rubric(name="text_to_video", criteria=criteria(options, sound=False))
