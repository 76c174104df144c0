"""Plain values of the clip path: what is in a file, how it shall be encoded, what was done. No input or output here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from bottega.errors import InvalidOption

Pixels = np.ndarray[Any, np.dtype[Any]]
"""H x W x 3, R'G'B' in the clip's own primaries and transfer: uint8, uint16 or float32 in [0, 1]."""

PixelType = Literal["uint8", "uint16", "float32"]
AudioMode = Literal["copy", "drop", "stretch"]
VideoCodec = Literal["auto", "av1", "vp9", "h264", "hevc", "mpeg4", "ffv1"]

UNSPECIFIED = 2
"""Of primaries, transfer and matrix in ITU-T H.273, which all codecs and containers here number by."""


@dataclass(frozen=True)
class ColourTags:
    """Code points of ITU-T H.273; `full_range` None where the file does not say."""

    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED
    full_range: bool | None = None

    @property
    def hdr(self) -> Literal["", "PQ", "HLG"]:
        return "PQ" if self.transfer == 16 else "HLG" if self.transfer == 18 else ""


@dataclass(frozen=True)
class Mastering:
    """SMPTE ST 2086: chromaticities (x, y) of red, green, blue and white, and luminance in cd/m2."""

    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    white: tuple[float, float]
    darkest: float
    brightest: float


@dataclass(frozen=True)
class ContentLight:
    """CTA-861.3: brightest pixel and brightest frame average, cd/m2."""

    max_cll: int
    max_fall: int


@dataclass(frozen=True)
class StreamInfo:
    index: int
    kind: Literal["video", "audio", "subtitle", "attachment", "data", "unknown"]
    codec: str
    language: str
    disposition: tuple[str, ...]
    metadata: dict[str, str]


@dataclass(frozen=True)
class ChapterInfo:
    """Times in seconds."""

    start: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True)
class VideoInfo:
    """Of the pictures. `width` and `height` as coded; `display_size` upright, in square pixels.

    `rotation` is in degrees counter-clockwise, `display_matrix` its nine 16.16 fixed-point numbers. Times are seconds.
    """

    index: int
    codec: str
    pixel_format: str
    bit_depth: int
    width: int
    height: int
    sample_aspect: Fraction
    rotation: int
    display_matrix: tuple[int, ...] | None
    frame_rate: Fraction
    variable_rate: bool
    frames: int
    start: Fraction
    duration: Fraction
    time_base: Fraction
    colour: ColourTags
    interlaced: bool
    has_alpha: bool
    mastering: Mastering | None = None
    content_light: ContentLight | None = None

    @property
    def display_aspect(self) -> Fraction:
        return self.sample_aspect * self.width / self.height

    @property
    def sideways(self) -> bool:
        """Whether a quarter turn brings the coded pictures upright."""
        return round(self.rotation / 90) % 2 == 1

    @property
    def display_size(self) -> tuple[int, int]:
        width, height = max(1, round(self.width * self.sample_aspect)), self.height
        return (height, width) if self.sideways else (width, height)


@dataclass(frozen=True)
class ClipInfo:
    """What a file holds; `problems` says in words what is not as it should be and can be lived with."""

    path: Path
    container: str
    size_bytes: int
    video: VideoInfo
    streams: tuple[StreamInfo, ...]
    chapters: tuple[ChapterInfo, ...]
    metadata: dict[str, str]
    problems: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[StreamInfo, ...]:
        return tuple(stream for stream in self.streams if stream.kind == kind)


@dataclass(frozen=True)
class Frame:
    """One source picture; `time` and `duration` in seconds; `held` when it repeats its predecessor for want of data."""

    index: int
    time: Fraction
    duration: Fraction
    pixels: Pixels
    held: bool


class Window(NamedTuple):
    """Neighbouring source pictures; `frames[at]` is the current one. Shorter at both ends of the clip."""

    frames: tuple[Frame, ...]
    at: int

    @property
    def current(self) -> Frame:
        return self.frames[self.at]

    @property
    def next(self) -> Frame | None:
        return self.frames[self.at + 1] if self.at + 1 < len(self.frames) else None


PerFrame = Callable[[Pixels], Pixels]
TimelineFunction = Callable[[Window], Iterable[tuple[Fraction, Pixels]]]


@dataclass(frozen=True)
class Timeline:
    """Work that makes pictures at times of its own: frame interpolation, slow motion, temporal denoising.

    `function` is called once for each source picture with its window and yields (time in seconds on the OUTPUT's
    axis, pixels) with times that rise over the whole clip. It must depend on its window alone: what is resumed after
    a kill begins in the middle. `speed` 1/2 is half as fast; the output's axis is start + (t - start) / speed.
    """

    function: TimelineFunction
    before: int = 0
    after: int = 1
    speed: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0 or self.speed <= 0:
            raise InvalidOption("A window has no negative reach, and a speed is above 0.")


@dataclass(frozen=True)
class EncodeSettings:
    """How the target is encoded. `quality` 0 (smallest) to 100 (nearest); `lossless` keeps every pixel (FFV1 in MKV).

    `gpl` allows the encoders under the GNU licence (libx264, libx265). `pixels` is what the work is given.
    `segment_frames` source pictures are encoded on their own (None: by picture size); work that is slower than
    `checkpoint_seconds` for one segment is kept picture by picture, so that a kill costs no more than that.
    """

    codec: VideoCodec = "auto"
    quality: int = 75
    lossless: bool = False
    gpl: bool = False
    hardware: bool = False
    bit_depth: Literal[8, 10] | None = None
    pixels: PixelType = "uint8"
    audio: AudioMode = "copy"
    segment_frames: int | None = None
    checkpoint_seconds: float = 5.0

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= 100:
            raise InvalidOption("The quality is a number from 0 to 100.", quality=self.quality)
        if self.segment_frames is not None and self.segment_frames < 1:
            raise InvalidOption("A segment has at least one frame.", segment_frames=self.segment_frames)


@dataclass(frozen=True)
class ClipReport:
    """What `transform` did. `notes` says in words everything that is not as in the source; times in seconds."""

    target: Path
    encoder: str
    pixel_format: str
    width: int
    height: int
    frames_in: int
    frames_out: int
    held_frames: int
    duration: Fraction
    audio: str
    segments: int
    segments_reused: int
    frames_reused: int
    target_bytes: int
    peak_temporary_bytes: int
    notes: tuple[str, ...] = field(default=())
