"""A clip that begins with a picture: which options there are, what the sentence says of them, what must come out.

How it is made is left to the engines that offer `animate`: models of vendors, and camera moves on this machine.
"""

from typing import Any, ClassVar

from pydantic import Field

from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.workflows.clip_options import (
    ClipOptions,
    begins_with_still,
    criteria,
    features,
    frame_megapixels,
    parameters,
)
from bottega.workflows.clip_reading import read_clip_options, read_sound
from bottega.workflows.clip_wording import clip_wish, in_prose, prompts_for
from bottega.workflows.protocol import InputSpec, Options


class ImageToVideoOptions(ClipOptions):
    sound: bool = Field(default=False, description="With a sound track; only some models make one.")


class ImageToVideo:
    """A task of the operation `animate`: its first input is the still in the role working, the second, if any, the
    last frame in the role reference (feature `end_frame`)."""

    name: ClassVar[str] = "image_to_video"
    work_class: ClassVar[WorkClass] = WorkClass.IMAGE_TO_VIDEO
    title: ClassVar[str] = "Bring a picture to life"
    summary: ClassVar[str] = "A clip that begins with your picture, and ends with another one if you give it."
    examples: ClassVar[tuple[str, ...]] = (
        "Animate this photo: the waves roll in, the camera zooms in slowly",
        "Make her hair move in the wind, a vertical 5-second clip",
        "Bring this portrait to life and let him say “good morning”",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.WORKING, description="The picture that the clip begins with.", minimum=1),
        InputSpec(role=Role.REFERENCE, description="The picture that the clip ends with."),
    )
    options: ClassVar[type[Options]] = ImageToVideoOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """As `clip_reading` reads them, and `sound` where it is asked for or refused."""
        sound = read_sound(prompt)
        return read_clip_options(prompt) | ({} if sound is None else {"sound": sound})

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """A single picture is what the clip begins with, whatever its role. Raises MissingInput without one,
        InvalidOption for more than two pictures and for clips."""
        assert isinstance(options, ImageToVideoOptions)
        first, last = _frames(inputs)
        wish = clip_wish(
            request.prompt.strip(),
            options.camera,
            sound=options.sound,
            names_sound=read_sound(request.prompt) is True,
            still=True,
            end_frame=last is not None,
        )
        return Task(
            workflow=self.name,
            operation="animate",
            features=features(options, sound=options.sound, end_frame=last is not None),
            prompt=in_prose(wish),
            prompts=prompts_for(wish),
            inputs=(first,) if last is None else (first, last),
            parameters=parameters(options, sound=options.sound, still=first),
            seed=options.seed,
            output_megapixels=frame_megapixels(options),
        )

    def rubric(self, options: Options) -> Rubric:
        """As for every clip, and that it begins with the picture; a camera that draws back may begin nearer."""
        assert isinstance(options, ImageToVideoOptions)
        begins = () if options.camera in ("zoom_out", "dolly_out") else (begins_with_still(),)
        return Rubric(
            name="image_to_video",
            criteria=(*criteria(options, sound=options.sound), *begins),
            compare_with_source=True,
        )


def _frames(inputs: tuple[TaskInput, ...]) -> tuple[TaskInput, TaskInput | None]:
    if any(item.media.is_clip for item in inputs):
        raise InvalidOption(
            "A clip is brought to life already.",
            hint="Give a picture, or name the workflow video_enhancement to make the clip better.",
        )
    pictures = [item for item in inputs if item.media.is_picture]
    working = [item for item in pictures if item.role is Role.WORKING]
    others = [item for item in pictures if item.role in (Role.PERSON, Role.REFERENCE)]
    in_order = working + others  # a garment or a mask is no frame of a clip
    if not in_order:
        raise MissingInput("A picture to bring to life is needed.", hint="Add one in the role working.")
    if len(in_order) > 2:
        raise InvalidOption(
            f"A clip begins with one picture and may end with another; {len(in_order)} were given.",
            hint="Give the first one in the role working and the last one in the role reference.",
        )
    first = in_order[0].model_copy(update={"role": Role.WORKING})
    if len(in_order) == 1:
        return first, None
    return first, in_order[1].model_copy(update={"role": Role.REFERENCE})
