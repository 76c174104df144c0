"""Enhancement of a clip: larger, smoother, slower, cleaner or drawn, with its sound and everything else it carries.

Reading sentences is left to `video_enhancement_wording`, the computing to the engines that offer `enhance_video`.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Criterion, Rubric
from bottega.errors import InvalidOption, MissingInput
from bottega.workflows.protocol import InputSpec, Options
from bottega.workflows.video_enhancement_wording import asks_to_steady, read_video_enhancement

MAX_SCALE = 4.0
MAX_FRAME_MEGAPIXELS = 9.0
"""A frame of 4K (3840 x 2160), a little more for other shapes."""
MAX_RATE = 240.0
MAX_PREVIEW = 60.0
"""Seconds."""
_LEAST_SIDE = 16


class VideoEnhancementOptions(Options):
    scale: float | None = Field(
        default=None,
        ge=1,
        le=MAX_SCALE,
        description="How many times wider and higher; by default 2 when nothing else is asked for. A size in pixels takes "
        "its place.",
    )
    width: int | None = Field(
        default=None, ge=16, le=8192, description="Width in pixels; the proportions are kept."
    )
    height: int | None = Field(
        default=None,
        ge=16,
        le=8192,
        description="Height in pixels; with a width, too, the clip fits inside both.",
    )
    fps: float | None = Field(
        default=None, ge=1, le=MAX_RATE, description="Pictures a second; new ones are made along the motion."
    )
    factor: int | None = Field(
        default=None, ge=2, le=16, description="So many times as many pictures a second, instead of fps."
    )
    slow: float = Field(
        default=1.0,
        ge=1,
        le=16,
        description="Slow motion: so many times slower; the pitch of the sound is kept.",
    )
    style: (
        Literal[
            "pencil_sketch", "cartoon", "oil_paint", "watercolour", "mosaic", "colour_transfer", "texture"
        ]
        | None
    ) = Field(
        default=None,
        description="Draw the clip, steadily from picture to picture; colour_transfer and texture take after a reference "
        "picture.",
    )
    strength: float = Field(default=1.0, ge=0, le=1, description="Of the style; 0 is the original.")
    restore: float = Field(
        default=0.0, ge=0, le=1, description="Removal of noise and grain; 0 is none, 1 is strong."
    )
    sharpen: float = Field(default=0.0, ge=0, le=1, description="Sharpening; 0 is none, 1 is strong.")
    keep_audio: bool = Field(default=True, description="Keep the sound.")
    preview: str | None = Field(
        default=None,
        pattern=r"^\d{1,5}(\.\d{1,3})?s?(-\d{1,5}(\.\d{1,3})?s?)?$",
        description="Only the first seconds (2s) or a span of them (10-12s), as the whole run would make them.",
    )

    @model_validator(mode="after")
    def _one_rate(self) -> "VideoEnhancementOptions":
        if self.fps is not None and self.factor is not None:
            raise ValueError("give either pictures a second (fps) or a factor")
        return self

    @model_validator(mode="after")
    def _a_preview_of_something(self) -> "VideoEnhancementOptions":
        if self.preview is not None and not 0 < preview_seconds(self.preview) <= MAX_PREVIEW:
            raise ValueError("a preview has a beginning before its end, and lasts a minute at most")
        return self


def preview_seconds(preview: str) -> float:
    """How long a preview is: "2s" or "10-12s"."""
    times = [float(text.removesuffix("s")) for text in preview.split("-")]
    return times[-1] - (times[0] if len(times) == 2 else 0)


class VideoEnhancement:
    """A task has the features `scale:x<factor>`, `fps`, `slow`, `style:<name>`, `denoise` and `sharpen` as asked for. Its
    parameters are the options, with `width` and `height` the exact size of the result, upright and in square pixels."""

    name: ClassVar[str] = "video_enhancement"
    work_class: ClassVar[WorkClass] = WorkClass.VIDEO_ENHANCEMENT
    title: ClassVar[str] = "Enhance a clip"
    summary: ClassVar[str] = "The same clip larger, smoother, in slow motion, with less noise, or drawn."
    examples: ClassVar[tuple[str, ...]] = (
        "Upscale this video to 1080p",
        "Make it 60 fps",
        "Slow it down four times",
        "Remove the noise from this clip",
        "Turn the video into a cartoon, without sound",
    )
    inputs: ClassVar[tuple[InputSpec, ...]] = (
        InputSpec(role=Role.CLIP, description="The clip to enhance.", minimum=1),
        InputSpec(role=Role.REFERENCE, description="The picture whose colours or texture are taken over."),
    )
    options: ClassVar[type[Options]] = VideoEnhancementOptions

    def read_options(self, prompt: str) -> dict[str, Any]:
        """See `video_enhancement_wording.read_video_enhancement`."""
        return read_video_enhancement(prompt)

    def prepare(
        self, request: Request, intent: Intent, options: Options, inputs: tuple[TaskInput, ...]
    ) -> Task:
        """Raises MissingInput without a clip, or without the picture that a style takes after; InvalidOption for several, for a result that is too large, and when nothing
        is left to do."""
        assert isinstance(options, VideoEnhancementOptions)
        source = _only_clip(inputs)
        like = _reference(options, inputs)
        if asks_to_steady(request.prompt):
            raise InvalidOption(
                "A shaky clip cannot be made steady here yet.",
                hint="Ask for a larger size, more pictures a second, slow motion, a style, or removal of noise.",
            )
        media = source.media
        width, height = _result_size(options, media)
        _check_size(width, height, media)
        factor = round(width / (media.width or 1), 4)
        wanted = {
            f"scale:x{factor:g}": (width, height) != (media.width, media.height),
            "fps": options.fps is not None or options.factor is not None,
            "slow": options.slow > 1,
            f"style:{options.style}": options.style is not None and options.strength > 0,
            "denoise": options.restore > 0,
            "sharpen": options.sharpen > 0,
        }
        features = frozenset(name for name, asked in wanted.items() if asked)
        if not features and options.keep_audio:
            raise InvalidOption(
                "There is nothing to do: the size stays, and nothing else is asked for.",
                hint="Ask for a larger size, more pictures a second, slow motion, a style, or removal of noise.",
            )
        return Task(
            workflow=self.name,
            operation="enhance_video",
            features=features,
            prompt=request.prompt,
            inputs=(source, *like),
            parameters=options.model_dump(mode="json", exclude_none=True)
            | {"width": width, "height": height},
            output_megapixels=round(width * height / 1e6 * _pictures(options, media), 4),
        )

    def rubric(self, options: Options) -> Rubric:
        """A clip that can be played to its end and shows something, with the size and the rate that were asked for;
        whether it is better is for those who look, `video_enhancement` among the vision rubrics."""
        assert isinstance(options, VideoEnhancementOptions)
        return Rubric(name=self.name, criteria=_criteria(options), compare_with_source=False)


def _criteria(options: VideoEnhancementOptions) -> tuple[Criterion, ...]:
    criteria = [
        _bound("clip_decoded", "at_least", 0.97, "Parts of the clip cannot be decoded."),
        _bound("clip_flat_share", "at_most", 0.9, "The clip is black or one single tone."),
    ]
    if options.fps is not None:
        wrong = "The clip does not have the pictures a second that were asked for."
        # Short clips end up to a picture sooner or later.
        criteria.append(_bound("clip_frame_rate", "at_least", 0.95 * options.fps, wrong))
        criteria.append(_bound("clip_frame_rate", "at_most", 1.05 * options.fps, wrong))
    return tuple(criteria)


def _bound(measure: str, rule: Literal["at_least", "at_most"], threshold: float, why: str) -> Criterion:
    return Criterion(measure=measure, rule=rule, threshold=round(threshold, 4), why=why)


def _only_clip(inputs: tuple[TaskInput, ...]) -> TaskInput:
    clips = [item for item in inputs if item.media.is_clip]
    if not clips:
        raise MissingInput("A clip to enhance is needed.", hint="Add one in the role clip.")
    if len(clips) > 1:
        raise InvalidOption(
            f"One clip is enhanced at a time, {len(clips)} were given.",
            hint="Ask for the others in jobs of their own.",
        )
    return clips[0].model_copy(update={"role": Role.CLIP})


def _reference(options: VideoEnhancementOptions, inputs: tuple[TaskInput, ...]) -> tuple[TaskInput, ...]:
    if options.style not in ("colour_transfer", "texture"):
        return ()
    pictures = [item for item in inputs if item.media.is_picture]
    if not pictures:
        raise MissingInput(
            "To take over colours or a texture, the picture that has them is needed.",
            hint="Add it in the role reference.",
        )
    return (pictures[0].model_copy(update={"role": Role.REFERENCE}),)


def _result_size(options: VideoEnhancementOptions, source: MediaInfo) -> tuple[int, int]:
    """(width, height) in even pixels, which most encoders need, in the proportions of the source; the source's own where
    no size is asked for."""
    width, height = source.width or 1, source.height or 1
    boxed = [
        side / own for side, own in ((options.width, width), (options.height, height)) if side is not None
    ]
    factor = min(boxed, default=_scale(options))
    if factor == 1:
        return width, height
    sides = (2 * round(width * factor / 2), 2 * round(height * factor / 2))
    return max(_LEAST_SIDE, sides[0]), max(_LEAST_SIDE, sides[1])


def _scale(options: VideoEnhancementOptions) -> float:
    if options.scale is not None:
        return options.scale
    others = (
        options.fps, options.factor, options.style, options.slow > 1, options.restore, options.sharpen,
        not options.keep_audio,
    )  # fmt: skip
    return 1.0 if any(others) else 2.0


def _check_size(width: int, height: int, source: MediaInfo) -> None:
    larger = max(width, height) / max(source.width or 1, source.height or 1)
    if larger > MAX_SCALE * 1.01:
        raise InvalidOption(
            f"From {source.width} x {source.height} to {width} x {height} pixels is {larger:.1f} times the size; "
            f"the limit is {MAX_SCALE:g}.",
            hint="Ask for a smaller size.",
        )
    grows = larger > 1
    if grows and width * height / 1e6 > MAX_FRAME_MEGAPIXELS:
        raise InvalidOption(
            f"The clip would have {width} x {height} pixels; the limit is {MAX_FRAME_MEGAPIXELS:g} megapixels.",
            hint="Ask for 3840 x 2160 at most.",
        )


def _pictures(options: VideoEnhancementOptions, source: MediaInfo) -> float:
    """Of the result."""
    seconds, frames = source.seconds or 0.0, float(source.frames or 1)
    if options.preview is not None and seconds > 0:
        share = min(1.0, preview_seconds(options.preview) / seconds)
        seconds, frames = seconds * share, max(1.0, frames * share)
    if options.fps is not None:
        return max(1.0, seconds * options.slow * options.fps)
    if options.factor is not None:
        return frames * options.factor
    return frames * options.slow
