"""Which operations the simulated Stability API has: their fields, limits and credits.

From the vendor's v2beta description (19 image paths, transcribed 2026; control/sketch, structure and style from a third
party's constraint table). Known mistakes of that description are not repeated: `edit/erase` takes no prompt,
`sd3.5-flash` is priced and taken though the list of models omits it, outpaint's creativity is 0..1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

RATIOS = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
STYLES = (
    "enhance", "anime", "photographic", "digital-art", "comic-book", "fantasy-art", "line-art", "analog-film",
    "neon-punk", "isometric", "low-poly", "origami", "modeling-compound", "cinematic", "3d-model", "pixel-art",
    "tile-texture",
)  # fmt: skip
REQUEST_BYTES = 10 * 1024 * 1024
"""A larger request is answered with 413."""
LARGEST_SEED = 4294967294

RATIO_SIZES: Mapping[str, tuple[int, int]] = {
    "21:9": (1536, 640), "16:9": (1344, 768), "3:2": (1216, 832), "5:4": (1152, 896), "1:1": (1024, 1024),
    "4:5": (896, 1152), "2:3": (832, 1216), "9:16": (768, 1344), "9:21": (640, 1536),
}  # fmt: skip
"""Width and height in pixels of a picture of one megapixel at each aspect ratio (the SDXL buckets)."""


@dataclass(frozen=True)
class Text:
    longest: int = 10_000
    shortest: int = 0


@dataclass(frozen=True)
class Number:
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Choice:
    values: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Limits of an uploaded picture: sides and area in pixels, and the widest allowed aspect ratio (0: any)."""

    side_low: int = 64
    side_high: int = 0
    area_low: int = 4_096
    area_high: int = 9_437_184
    widest: float = 0.0


Field = Text | Number | Choice | Picture


@dataclass(frozen=True)
class Operation:
    """`path` is below /v2beta/stable-image. `credits` is charged per success; `by_model` where the model decides."""

    path: str
    credits: Decimal
    fields: Mapping[str, Field]
    required: tuple[str, ...]
    seconds: float = 5.0
    """How long it takes the vendor."""
    deferred: bool = False
    """Answers with an id; the result is fetched."""
    by_model: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    output: Literal["ratio", "input", "times4", "four_megapixels", "expanded"] = "ratio"
    """What decides the size of the result."""

    @property
    def name(self) -> str:
        """The operation as the log and the faults name it, such as `edit.inpaint`."""
        return self.path.replace("/", ".")


_PROMPT = Text(shortest=1)
_FORMATS = Choice(("png", "jpeg", "webp"))
_COMMON: Mapping[str, Field] = {"seed": Number(0, LARGEST_SEED, whole=True), "output_format": _FORMATS}
_WORDS: Mapping[str, Field] = {
    "prompt": _PROMPT,
    "negative_prompt": Text(),
    "style_preset": Choice(STYLES),
    **_COMMON,
}
_NARROW = Picture(widest=2.5)
_ANY = Picture(area_high=0)


def _operation(
    path: str,
    credits: str,
    fields: Mapping[str, Field],
    required: tuple[str, ...],
    output: Literal["ratio", "input", "times4", "four_megapixels", "expanded"] = "input",
    *,
    seconds: float = 5.0,
    deferred: bool = False,
    by_model: Mapping[str, str] | None = None,
) -> Operation:
    prices = {name: Decimal(price) for name, price in (by_model or {}).items()}
    return Operation(path, Decimal(credits), fields, required, seconds, deferred, prices, output)


OPERATIONS: tuple[Operation, ...] = (
    _operation(
        "generate/ultra",
        "8",
        {
            **_WORDS,
            "aspect_ratio": Choice(RATIOS),
            "image": Picture(64, 16_384, 4_096, 0),
            "strength": Number(0, 1),
        },
        ("prompt",),
        "ratio",
        seconds=9,
    ),
    _operation(
        "generate/core", "3", {**_WORDS, "aspect_ratio": Choice(RATIOS)}, ("prompt",), "ratio", seconds=4
    ),
    _operation(
        "generate/sd3",
        "6.5",
        {
            **_WORDS,
            "mode": Choice(("text-to-image", "image-to-image")),
            "model": Choice(("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash")),
            "aspect_ratio": Choice(RATIOS),
            "image": _ANY,
            "strength": Number(0, 1),
            "cfg_scale": Number(1, 10),
        },
        ("prompt",),
        "ratio",
        by_model={
            "sd3.5-large": "6.5",
            "sd3.5-large-turbo": "4",
            "sd3.5-medium": "3.5",
            "sd3.5-flash": "2.5",
        },
    ),
    _operation(
        "edit/erase",
        "5",
        {"image": Picture(), "mask": _ANY, "grow_mask": Number(0, 20), **_COMMON},
        ("image",),
    ),
    _operation(
        "edit/inpaint",
        "5",
        {**_WORDS, "image": Picture(), "mask": _ANY, "grow_mask": Number(0, 100)},
        ("image", "prompt"),
    ),
    _operation(
        "edit/outpaint",
        "4",
        {
            "image": _NARROW,
            **{side: Number(0, 2000, whole=True) for side in ("left", "right", "up", "down")},
            "creativity": Number(0, 1),
            "prompt": Text(),
            "style_preset": Choice(STYLES),
            **_COMMON,
        },
        ("image",),
        "expanded",
    ),
    _operation(
        "edit/search-and-replace",
        "5",
        {**_WORDS, "image": _NARROW, "search_prompt": Text(), "grow_mask": Number(0, 20)},
        ("image", "prompt", "search_prompt"),
    ),
    _operation(
        "edit/search-and-recolor",
        "5",
        {**_WORDS, "image": _NARROW, "select_prompt": Text(), "grow_mask": Number(0, 20)},
        ("image", "prompt", "select_prompt"),
    ),
    _operation(
        "edit/remove-background",
        "5",
        {"image": Picture(area_high=4_194_304), "output_format": Choice(("png", "webp"))},
        ("image",),
    ),
    _operation(
        "edit/replace-background-and-relight",
        "8",
        {
            "subject_image": _NARROW,
            "background_reference": Picture(),
            "background_prompt": Text(),
            "foreground_prompt": Text(),
            "negative_prompt": Text(),
            "preserve_original_subject": Number(0, 1),
            "original_background_depth": Number(0, 1),
            "keep_original_background": Choice(("true", "false")),
            "light_source_direction": Choice(("left", "right", "above", "below")),
            "light_reference": Picture(),
            "light_source_strength": Number(0, 1),
            **_COMMON,
        },
        ("subject_image",),
        seconds=25,
        deferred=True,
    ),
    _operation(
        "upscale/fast",
        "2",
        {"image": Picture(32, 1_536, 1_024, 1_048_576), "output_format": _FORMATS},
        ("image",),
        "times4",
        seconds=1,
    ),
    _operation(
        "upscale/conservative",
        "40",
        {
            "image": _NARROW,
            "prompt": _PROMPT,
            "negative_prompt": Text(),
            "creativity": Number(0.2, 0.5),
            **_COMMON,
        },
        ("image", "prompt"),
        "four_megapixels",
        seconds=15,
    ),
    _operation(
        "upscale/creative",
        "60",
        {**_WORDS, "image": Picture(area_high=1_048_576), "creativity": Number(0.1, 0.5)},
        ("image", "prompt"),
        "four_megapixels",
        seconds=40,
        deferred=True,
    ),
    _operation(
        "control/style-transfer",
        "8",
        {
            "init_image": Picture(64, 16_383, widest=2.5),
            "style_image": Picture(64, 16_383),
            "prompt": Text(),
            "negative_prompt": Text(),
            "style_strength": Number(0, 1),
            "composition_fidelity": Number(0, 1),
            "change_strength": Number(0.1, 1),
            **_COMMON,
        },
        ("init_image", "style_image"),
    ),
    _operation(
        "control/sketch",
        "5",
        {**_WORDS, "image": _NARROW, "control_strength": Number(0, 1)},
        ("prompt", "image"),
    ),
    _operation(
        "control/structure",
        "5",
        {**_WORDS, "image": _NARROW, "control_strength": Number(0, 1)},
        ("prompt", "image"),
    ),
    _operation(
        "control/style",
        "5",
        {**_WORDS, "image": _NARROW, "fidelity": Number(0, 1), "aspect_ratio": Choice(RATIOS)},
        ("prompt", "image"),
        "ratio",
    ),
)
