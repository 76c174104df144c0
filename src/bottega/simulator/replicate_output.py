"""What a simulated prediction gives: sizes and lengths from its input, and the files themselves, drawn when fetched."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bottega.simulator.media import Media
from bottega.simulator.replicate_inputs import file_fields
from bottega.simulator.replicate_model import HostedModel

CLIP_PIXELS = 24_000_000
"""About how many pixels a clip has in all: large ones get fewer frames per second, so that drawing them stays cheap."""
FRAMES_PER_SECOND = (4, 24)
"""The fewest and the most frames per second that are drawn."""

_MEGAPIXELS = {"0.5 MP": 0.5, "1 MP": 1.0, "2 MP": 2.0, "4 MP": 4.0, "0.25": 0.25, "1": 1.0}
_SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
_DEFAULT_KINDS = {"bytedance/seedream-4.5": "jpg", "cuuupid/idm-vton": "jpg", "prunaai/p-image-edit": "jpg"}
_SHORT_SIDES = {
    "wavespeedai/wan-2.1-i2v-480p": 480,
    "minimax/video-01": 720,
    "kwaivgi/kling-v2.5-turbo-pro": 1080,
    "kwaivgi/kling-v2.6": 1080,
}


@dataclass(frozen=True)
class Form:
    """A file that a prediction makes. `extension`: png, jpg, webp or mp4; `seconds`: 0 for a picture."""

    extension: str
    width: int
    height: int
    seconds: float = 0.0
    audio: bool = False


def count(model: HostedModel, filled: Mapping[str, Any]) -> int:
    """How many files come out."""
    if model.name == "seedream-4.5":
        return int(filled["max_images"]) if filled["sequential_image_generation"] == "auto" else 1
    return int(filled.get(model.count_field, 1)) if model.count_field else 1


def form(model: HostedModel, filled: Mapping[str, Any], first: tuple[int, int] | None) -> Form:
    """`filled`: the input with its defaults; `first`: width and height of the first input picture, if there is one."""
    if model.kind == "clip":
        width, height = _clip_size(model, filled, first)
        return Form("mp4", width, height, clip_seconds(model, filled), _sounds(model, filled))
    extension = str(filled.get("output_format", _DEFAULT_KINDS.get(model.full_name, "png")))
    return Form(extension, *_picture_size(model, filled, first))


def draw(
    media: Media,
    model: HostedModel,
    filled: Mapping[str, Any],
    inputs: Sequence[bytes],
    shape: Form,
    variant: int,
) -> bytes:
    """The file. Takes up to a few seconds for a clip: not for the event loop."""
    hidden = file_fields(model)
    asked = {
        "vendor": "replicate",
        "operation": "predictions.create",
        "model": model.full_name,
        **{name: value for name, value in filled.items() if name not in hidden},
    }
    if shape.extension != "mp4":
        kind = {"jpg": "jpeg"}.get(shape.extension, shape.extension)
        return media.picture(shape.width, shape.height, asked, inputs, kind=kind, variant=variant)
    slowest, fastest = FRAMES_PER_SECOND
    fps = int(CLIP_PIXELS / (shape.width * shape.height * shape.seconds))
    fps = min(max(fps, slowest), fastest)
    return media.clip(
        shape.width, shape.height, shape.seconds, asked, inputs, fps=fps, audio=shape.audio, variant=variant
    )


def clip_seconds(model: HostedModel, filled: Mapping[str, Any]) -> float:
    """The length of the clip: as asked, or frames by the model's rate."""
    if "duration" in filled:
        return float(filled["duration"])
    if "num_frames" in filled:
        rate = filled.get("frames_per_second", filled.get("fps", 16))
        return int(filled["num_frames"]) / float(rate)
    if "length" in filled:
        return int(filled["length"]) / 24
    return 6.0


def _sounds(model: HostedModel, filled: Mapping[str, Any]) -> bool:
    return not model.silent and bool(filled.get("generate_audio", True))


def _ratio(filled: Mapping[str, Any], first: tuple[int, int] | None, default: str) -> float:
    """Width over height."""
    name = str(filled.get("aspect_ratio", "match_input_image" if first else default))
    if ":" in name:
        across, _, down = name.partition(":")
        return int(across) / int(down)
    if first:
        return first[0] / first[1]
    across, _, down = default.partition(":")
    return int(across) / int(down)


def _clip_size(
    model: HostedModel, filled: Mapping[str, Any], first: tuple[int, int] | None
) -> tuple[int, int]:
    ratio = _ratio(filled, first, "16:9")
    if first and "aspect_ratio" in filled and model.owner == "kwaivgi":
        ratio = first[0] / first[1]  # a start image decides over the aspect ratio
    if "target_size" in filled:
        return _sides(int(filled["target_size"]) ** 2 / 1_000_000, ratio, 32)
    if "resolution" in filled:
        short = int(str(filled["resolution"]).removesuffix("p"))
    elif "mode" in filled:
        short = 1080 if filled["mode"] == "pro" else 720
    else:
        short = _SHORT_SIDES.get(model.full_name, 720)
    long = round(short * max(ratio, 1 / ratio) / 2) * 2
    return (long, short) if ratio >= 1 else (short, long)


def _picture_size(
    model: HostedModel, filled: Mapping[str, Any], first: tuple[int, int] | None
) -> tuple[int, int]:
    if "scale" in filled and first:
        scale = float(filled["scale"])
        return max(1, round(first[0] * scale)), max(1, round(first[1] * scale))
    custom = "custom" in (filled.get("aspect_ratio", "custom"), filled.get("size"))
    if custom and "width" in filled and "height" in filled:
        return int(filled["width"]), int(filled["height"])
    if first and model.name in ("flux-fill-pro", "idm-vton", "segmenter"):
        return first
    ratio = _ratio(filled, first, "1:1")
    size = str(filled.get("size", filled.get("resolution", filled.get("megapixels", "1 MP"))))
    if size == "match_input_image" and first:
        return _sides(min(max(first[0] * first[1] / 1_000_000, 0.5), 4.0), ratio, 16)
    if size in _SIDES:
        return _sides(_SIDES[size] ** 2 / 1_000_000, ratio, 16)
    megapixels = 4.0 if model.name.endswith("ultra") else _MEGAPIXELS.get(size, 1.0)
    return _sides(megapixels, ratio, 16)


def _sides(megapixels: float, ratio: float, step: int) -> tuple[int, int]:
    """Width and height with this area and ratio, as multiples of `step`. A megapixel is 1024 x 1024 at 1:1."""
    height = math.sqrt(megapixels * 1_048_576 / ratio)
    if megapixels not in (0.25, 0.5, 1.0, 2.0, 4.0):
        height = math.sqrt(megapixels * 1_000_000 / ratio)
    return max(step, round(height * ratio / step) * step), max(step, round(height / step) * step)
