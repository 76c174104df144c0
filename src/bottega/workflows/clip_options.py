"""What the workflows that make clips share: options, the task's features and parameters, criteria.

Reading sentences is `clip_reading`'s, wording for models `clip_wording`'s.
"""

import math
from typing import Any, Final, Literal

from pydantic import Field

from bottega.domain.request import Request
from bottega.domain.task import TaskInput
from bottega.domain.verdict import Criterion
from bottega.errors import InvalidOption
from bottega.workflows.protocol import Options

Resolution = Literal["auto", "480p", "720p", "768p", "1080p", "2160p"]
Aspect = Literal["auto", "16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"]
Camera = Literal[
    "auto",
    "static",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "zoom_in",
    "zoom_out",
    "dolly_in",
    "dolly_out",
    "orbit",
    "handheld",
]

LENGTHS: Final = (4, 5, 6, 8, 10)
"""Seconds that the models of the catalogue make (2026-11)."""
LONGEST: Final = 60
SLACK_S: Final = 1.0
SLACK: Final = 0.2
"""A clip may be so many seconds, or such a share, longer or shorter than was asked for."""

_USUAL_LINES: Final = 720
_USUAL_SHAPES: Final = ("16:9", "1:1", "9:16")


class ClipOptions(Options):
    seconds: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST,
        description="Length in seconds; by default the model's own. Most models make 5, 6, 8 or 10.",
    )
    resolution: Resolution = Field(
        default="auto", description="At least this many lines; auto leaves it to the model. More cost more."
    )
    aspect: Aspect = Field(
        default="auto",
        description="Width to height: 16:9 is wide, 9:16 vertical; auto follows the picture or the model.",
    )
    camera: Camera = Field(default="auto", description="How the camera moves; auto: as the description says.")
    frame_rate: int | None = Field(
        default=None, ge=8, le=120, description="Pictures a second, with models that let it be chosen."
    )
    negative_prompt: str = Field(
        default="", max_length=500, description="What must not be seen, with models that take it apart."
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**32 - 1,
        description="The same seed gives the same clip again, with models that take one.",
    )


def described(request: Request) -> str:
    """What the clip is to show. Raises InvalidOption when nothing is said."""
    said = request.prompt.strip()
    if not said:
        raise InvalidOption(
            "There is no description of the clip.", hint='Say what happens in it, such as "waves at sunset".'
        )
    return said


def ordered_length(seconds: int) -> int:
    """The length to order for what was asked: the next one that models make, where that is near enough; else as it
    is. Never a shorter one."""
    longer = next((length for length in LENGTHS if length >= seconds), seconds)
    return longer if longer - seconds <= _slack(seconds) else seconds


def features(options: ClipOptions, *, sound: bool, end_frame: bool = False) -> frozenset[str]:
    """What a model must offer, in the catalogue's names. A camera move is none of it: models are told it in words."""
    wanted = {
        f"duration:{ordered_length(options.seconds or 0)}": options.seconds is not None,
        f"resolution:{options.resolution}": options.resolution != "auto",
        f"aspect:{options.aspect}": options.aspect != "auto",
        f"fps:{options.frame_rate}": options.frame_rate is not None,
        "negative_prompt": bool(options.negative_prompt.strip()),
        "seed": options.seed is not None,
        "sound": sound,
        "end_frame": end_frame,
    }
    return frozenset(name for name, asked in wanted.items() if asked)


def parameters(options: ClipOptions, *, sound: bool, still: TaskInput | None = None) -> dict[str, Any]:
    """For the engines; what was left to the model is not there. `sound` always is, because silence has to be ordered
    too. The `aspect` of a clip from a still is the usual one nearest to it where none was asked for; no model has to
    offer it."""
    given: dict[str, Any] = {"sound": sound}
    if options.seconds is not None:
        given["seconds"] = ordered_length(options.seconds)
    if options.resolution != "auto":
        given["resolution"] = options.resolution
    if options.aspect != "auto":
        given["aspect"] = options.aspect
    elif still is not None:
        given["aspect"] = nearest_shape(still)
    if options.camera != "auto":
        given["camera"] = options.camera
    if options.frame_rate is not None:
        given["fps"] = options.frame_rate
    if said := options.negative_prompt.strip():
        given["negative_prompt"] = said
    return given


def nearest_shape(still: TaskInput) -> str:
    """`9:16` for a portrait photograph."""
    ratio = (still.media.width or 1) / (still.media.height or 1)
    return min(_USUAL_SHAPES, key=lambda shape: abs(math.log(ratio / ratio_of(shape))))


def frame_megapixels(options: ClipOptions) -> float:
    """Of one picture of the clip: what time depends on, as far as the order says it."""
    lines = _USUAL_LINES if options.resolution == "auto" else _lines(options.resolution)
    return round(lines**2 * 16 / 9 / 1e6, 4)


def ratio_of(aspect: str) -> float:
    width, _, height = aspect.partition(":")
    return int(width) / int(height)


# --- criteria ---------------------------------------------------------------------------------------------------------


def criteria(options: ClipOptions, *, sound: bool) -> tuple[Criterion, ...]:
    """A clip that can be played to its end, shows something that moves, and is what was ordered as far as that can
    be measured."""
    found = [*_sane()]
    if options.seconds is not None:
        shortest = options.seconds - _slack(options.seconds)
        # A model that does not make this length makes its next longer one (`Model.fitted`).
        longest = max(options.seconds + _slack(options.seconds), 1.5 * options.seconds + SLACK_S)
        found.append(_at_least("clip_seconds", shortest, "The clip is shorter than ordered."))
        found.append(_at_most("clip_seconds", longest, "The clip is longer than ordered."))
    if options.resolution != "auto":
        # Models round sides to whole blocks: 1072 lines for 1080p, 464 for 480p.
        why = f"The clip has a lower resolution than {options.resolution}."
        found.append(_at_least("clip_lines", 0.95 * _lines(options.resolution), why))
    if options.aspect != "auto":
        # 832 x 480 for 16:9 is off by 3 %; the next shapes are 12 % apart.
        ratio = ratio_of(options.aspect)
        found += _around("clip_aspect", ratio, 0.05 * ratio, ("narrower", "wider"))
    if options.frame_rate is not None:
        found.append(
            _at_least(
                "clip_frame_rate",
                0.95 * options.frame_rate,
                "The clip has fewer pictures a second than asked for.",
            )
        )
    if sound:
        found.append(_at_least("clip_sound_tracks", 1, "The clip has no sound track."))
        found.append(_at_least("clip_sound_level", 0.001, "Nothing can be heard."))  # -60 dB of full scale
    return tuple(found)


def begins_with_still() -> Criterion:
    """Photographs as first frames of real encodings measure 0.97 and more, blended by a third with something else and
    cut to another shape 0.52 and more, against other photographs at most 0.35."""
    return _at_least("clip_first_frame", 0.42, "The clip does not begin with the picture.")


def _sane() -> tuple[Criterion, ...]:
    # A still encoded as a clip of 720p moves by 0.018 at most, a flame of half a percent of the picture by 0.23.
    return (
        _at_least("clip_decoded", 0.97, "Parts of the clip cannot be decoded."),
        _at_most("clip_flat_share", 0.5, "Most of the clip is black or one single tone."),
        _at_least("clip_motion", 0.02, "Nothing moves in the clip."),
        _at_most("clip_frozen_share", 0.7, "The clip stands still for most of its length."),
    )


def _around(measure: str, wanted: float, slack: float, words: tuple[str, str]) -> tuple[Criterion, Criterion]:
    less, more = words
    return (
        _at_least(measure, wanted - slack, f"The clip is {less} than ordered."),
        _at_most(measure, wanted + slack, f"The clip is {more} than ordered."),
    )


def _at_least(measure: str, threshold: float, why: str) -> Criterion:
    return Criterion(measure=measure, rule="at_least", threshold=round(threshold, 4), why=why)


def _at_most(measure: str, threshold: float, why: str) -> Criterion:
    return Criterion(measure=measure, rule="at_most", threshold=round(threshold, 4), why=why)


def _slack(seconds: float) -> float:
    return max(SLACK_S, SLACK * seconds)


def _lines(resolution: str) -> int:
    return int(resolution.removesuffix("p"))
