"""What OpenAI's picture models take: names, sizes, qualities, files; and how many tokens pictures count.

Sources: names, qualities and the limits on sides and ratio from the published description (2026-08-21) and the image
types of openai 3.52.0; the most pixels and the tokens of high quality as third parties cite the vendor's guide. Not
found in any source at hand, and so only this simulator's rule: the fewest pixels, the tokens of the other sizes and
qualities (they agree with the published price estimates at 1024 x 1024), of inputs and of partial pictures.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

from PIL import Image

from bottega.simulator.openai_dialect import REFUSED, ApiError
from bottega.simulator.openai_moderation import flagged
from bottega.simulator.world import SeenFile

RETIRED = frozenset({"dall-e-2", "dall-e-3", "gpt-image-1"})
"""Shut down 2026-05-12 and 2026-10-23."""

FIXED_SIZE_MODELS = frozenset({"gpt-image-1-mini", "gpt-image-1.5", "chatgpt-image-latest"})
MODELS = FIXED_SIZE_MODELS | {
    "gpt-image-2",
    "gpt-image-2-2026-04-21",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-sunburst-2026-09-08",
    "gpt-image-2.5-flare",
    "gpt-image-2.5-flare-2026-09-08",
    "gpt-image-2.6-sunburst",
    "gpt-image-2.6-flare",
}
DEFAULT_MODEL = "gpt-image-1.5"

FIXED_SIZES = ("1024x1024", "1024x1536", "1536x1024")
SIDE_STEP, LONGEST_SIDE, STEEPEST = 16, 3840, 3
FEWEST_PIXELS, MOST_PIXELS = 655_360, 8_294_400

LONGEST_PROMPT = 32_000
MOST_INPUTS = 16
LARGEST_INPUT = 50 * 1024 * 1024
LARGEST_MASK = 4 * 1024 * 1024
INPUT_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}

TOKENS_FIXED = {
    "1024x1024": {"low": 272, "medium": 1056, "high": 4160},
    "1024x1536": {"low": 408, "medium": 1584, "high": 6240},
    "1536x1024": {"low": 400, "medium": 1568, "high": 6208},
}
"""Output tokens of one picture by size and quality, models before gpt-image-2."""

TOKENS_HIGH = {"1024x1024": 7024, "1536x1024": 5488, "1024x1536": 5488}
QUALITY_DIVISOR = {"low": 36.0, "medium": 4.0, "high": 1.0, "xhigh": 0.5, "max": 0.25}
"""gpt-image-2 and later: high quality has TOKENS_HIGH; other qualities by this divisor, other sizes by their pixels
against 1024 x 1024."""

TOKENS_PARTIAL = 100
"""Each partial picture costs that many output tokens more."""


def picture_tokens_out(model: str, size: str, quality: str) -> int:
    """Output tokens of one picture; rounded up."""
    if model in FIXED_SIZE_MODELS:
        return TOKENS_FIXED[size][quality]
    width, height = (int(side) for side in size.split("x"))
    high = TOKENS_HIGH.get(size, TOKENS_HIGH["1024x1024"] * width * height / 1024**2)
    return -int(-high // QUALITY_DIVISOR[quality])


def picture_tokens_in(width: int, height: int, *, high_fidelity: bool) -> int:
    """65, and 129 for each 512-pixel tile begun once the shorter side is at most 512; high fidelity adds 4,096, or
    6,144 for a picture that is not square."""
    scale = min(1.0, 512 / min(width, height))
    tiles = -int(-width * scale // 512) * -int(-height * scale // 512)
    extra = (4096 if width == height else 6144) if high_fidelity else 0
    return 65 + 129 * tiles + extra


def known_model(name: str) -> str:
    if name in MODELS:
        return name
    if name in RETIRED:
        message = f"The model `{name}` has been deprecated."
    else:
        message = f"The model '{name}' does not exist."
    raise ApiError(404, message, param="model", code="model_not_found")


def check_fields(fields: Mapping[str, Any], model: str) -> None:
    """What the schema does not say: which model takes which value, and which values go together."""

    def wrong(param: str, message: str, code: str = "invalid_value") -> ApiError:
        return ApiError(400, message, param=param, code=code)

    for name in ("response_format", "style"):
        if name in fields:
            raise wrong(name, f"Unknown parameter: '{name}'.", "unknown_parameter")
    prompt = str(fields["prompt"])
    if not prompt.strip():
        raise wrong("prompt", "Invalid 'prompt': empty string.", "empty_string")
    if len(prompt) > LONGEST_PROMPT:
        raise wrong(
            "prompt",
            f"Invalid 'prompt': string too long. Maximum length is {LONGEST_PROMPT}.",
            "string_above_max_length",
        )
    quality = fields.get("quality")
    finest = model.startswith(("gpt-image-2.5", "gpt-image-2.6"))
    if quality in ("standard", "hd") or (quality in ("xhigh", "max") and not finest):
        raise wrong("quality", f"Invalid value: '{quality}'. It is not supported by {model}.")
    picture_format = fields.get("output_format", "png")
    if picture_format in ("gif", "svg") or "frame_count" in fields or "frame_duration_ms" in fields:
        raise wrong("output_format", "Invalid value: animated and vector pictures are not simulated.")
    if fields.get("background") == "transparent" and picture_format == "jpeg":
        raise wrong("background", "Transparent background is not supported for JPEG output format.")
    if picture_format == "png" and fields.get("output_compression", 100) < 100:
        raise wrong("output_compression", "Compression less than 100 is not supported for PNG output format.")
    if "input_fidelity" in fields and model not in FIXED_SIZE_MODELS:
        raise wrong("input_fidelity", f"The model '{model}' does not support the 'input_fidelity' parameter.")
    if fields.get("moderation") != "low" and flagged(prompt):
        raise ApiError(400, REFUSED, kind="image_generation_user_error", code="moderation_blocked")


def size_of(size: str, model: str, first: SeenFile | None) -> str:
    if size == "auto":
        if first is None or first.width == first.height:
            return "1024x1024"
        return "1536x1024" if first.width > first.height else "1024x1536"
    if size in FIXED_SIZES:
        return size

    def wrong(message: str) -> ApiError:
        return ApiError(400, f"Invalid size '{size}'. {message}", param="size", code="invalid_value")

    if model in FIXED_SIZE_MODELS:
        raise wrong(f"Supported sizes are {', '.join(FIXED_SIZES)}, and auto.")
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", size)
    if not found:
        raise wrong("Expected WIDTHxHEIGHT or auto.")
    width, height = int(found[1]), int(found[2])
    if width % SIDE_STEP or height % SIDE_STEP:
        raise wrong(f"Width and height must both be divisible by {SIDE_STEP}.")
    if max(width, height) > LONGEST_SIDE:
        raise wrong(f"The longest edge must be at most {LONGEST_SIDE} pixels.")
    if max(width, height) > STEEPEST * min(width, height):
        raise wrong("The aspect ratio must be between 1:3 and 3:1.")
    if not FEWEST_PIXELS <= width * height <= MOST_PIXELS:
        raise wrong(f"The pixel count must be between {FEWEST_PIXELS} and {MOST_PIXELS}.")
    return size


def check_inputs(files: list[tuple[SeenFile, bytes]]) -> None:
    if len(files) > MOST_INPUTS:
        raise ApiError(
            400,
            f"Invalid 'image': array too long. Expected an array with maximum length {MOST_INPUTS}.",
            param="image",
            code="array_above_max_length",
        )
    for seen, data in files:
        _check_picture(seen, data, LARGEST_INPUT)


def _check_picture(seen: SeenFile, data: bytes, largest: int) -> str:
    """Its format. The type that was declared counts, and so does what the bytes are."""
    name = seen.field.removesuffix("[]")
    if seen.media_type not in INPUT_TYPES:
        raise ApiError(
            400,
            f"Invalid file '{name}': unsupported mimetype ('{seen.media_type or 'application/octet-stream'}'). "
            "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
            param=name,
            code="unsupported_file_mimetype",
        )
    if seen.size >= largest:
        raise ApiError(413, f"Invalid file '{name}': it is too large.", param=name, code="file_too_large")
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            kind = str(picture.format)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        kind = ""
    if kind not in INPUT_TYPES.values():
        raise ApiError(
            400,
            f"Invalid image file or mode for '{name}', please check your image file.",
            kind="image_generation_user_error",
            param=name,
            code="invalid_image_file",
        )
    return kind


def check_mask(mask: tuple[SeenFile, bytes], first: SeenFile) -> None:
    seen, data = mask

    def wrong(message: str) -> ApiError:
        return ApiError(
            400,
            f"Invalid mask image format - {message}",
            kind="image_generation_user_error",
            param="mask",
            code="invalid_mask_image_format",
        )

    if _check_picture(seen, data, LARGEST_MASK) != "PNG":
        raise wrong("mask must be a PNG file")
    if (seen.width, seen.height) != (first.width, first.height):
        raise wrong("mask size does not match image size")
    with Image.open(io.BytesIO(data)) as picture:
        if not picture.has_transparency_data:
            raise wrong("mask image missing alpha channel")


def check_markup(markup: tuple[SeenFile, bytes], model: str, *, masked: bool) -> None:
    if masked:
        raise ApiError(400, "'markup' cannot be used with 'mask'.", param="markup", code="invalid_value")
    if not model.startswith(("gpt-image-2.5", "gpt-image-2.6")):
        raise ApiError(400, "Unknown parameter: 'markup'.", param="markup", code="unknown_parameter")
    _check_picture(*markup, LARGEST_INPUT)
