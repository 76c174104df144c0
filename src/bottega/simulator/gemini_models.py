"""What the simulated Gemini models can do: picture sizes by ratio and resolution, and how tokens are counted.

Sizes and tokens per picture are the vendor's published tables (image generation pages of 2025-10 to 2026-02).
Tokens of input pictures: the 2.x rule is checked against a recorded call (3008 x 2000 pixels: 3,354 tokens).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

RATIOS_2_5: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024), "2:3": (832, 1248), "3:2": (1248, 832), "3:4": (864, 1184), "4:3": (1184, 864),
    "4:5": (896, 1152), "5:4": (1152, 896), "9:16": (768, 1344), "16:9": (1344, 768), "21:9": (1536, 672),
}  # fmt: skip
"""Pixels at 1K, the only size of the 2.5 generation."""

RATIOS_3: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024), "2:3": (848, 1264), "3:2": (1264, 848), "3:4": (896, 1200), "4:3": (1200, 896),
    "4:5": (928, 1152), "5:4": (1152, 928), "9:16": (768, 1376), "16:9": (1376, 768), "21:9": (1584, 672),
}  # fmt: skip
"""Pixels at 1K; 512 is half of each side, 2K and 4K are two and four times."""

RATIOS_EXTREME: Mapping[str, tuple[int, int]] = {
    "1:4": (512, 2048), "4:1": (2048, 512), "1:8": (384, 3072), "8:1": (3072, 384),
}  # fmt: skip

SCALES: Mapping[str, float] = {"512": 0.5, "1K": 1.0, "2K": 2.0, "4K": 4.0}

TILE_TOKENS = 258
SMALL_SIDE = 384
"""2.x: a picture whose sides are both at most this long is one tile."""
TOKENS_PER_INPUT_3 = {"image": 560, "text": 1120}
"""3.x: tokens of one input picture, for the models that make pictures and for the others (default resolution)."""

NAMED = (
    "gemini-4-argon", "gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite", "gemini-2.5-flash",
    "gemini-3-pro-image", "gemini-3.1-flash-image", "gemini-3.1-flash-lite-image", "gemini-nano-banana-2.1",
    "gemini-2.5-flash-image",
)  # fmt: skip
"""What `models.list` tells. Any other `gemini-*` id that has not been shut down is answered too."""

ENDED = ("gemini-pro", "gemini-1.", "gemini-omni")
"""Beginnings of ids that have no generateContent (any more)."""


@dataclass(frozen=True)
class GeminiModel:
    """A model by its id; what it can do follows from its family."""

    id: str

    @property
    def makes_pictures(self) -> bool:
        return "-image" in self.id or "nano-banana" in self.id

    @property
    def generation(self) -> int:
        """2, 3, 4...; ids without a number count as 3."""
        digit = self.id.removeprefix("gemini-")[:1]
        return int(digit) if digit.isdigit() else 3

    @property
    def thinks(self) -> bool:
        if self.makes_pictures:
            return "pro" in self.id
        return self.generation >= 3 and "lite" not in self.id

    @property
    def ratios(self) -> Mapping[str, tuple[int, int]]:
        if self.generation < 3:
            return RATIOS_2_5
        return RATIOS_3 if "pro" in self.id else {**RATIOS_3, **RATIOS_EXTREME}

    @property
    def picture_tokens(self) -> Mapping[str, int]:
        """Output tokens of one picture by image size; the sizes that the model takes."""
        if self.generation < 3:
            return {"1K": 1290}
        if "pro" in self.id:
            return {"1K": 1120, "2K": 1120, "4K": 2000}
        return {"512": 747, "1K": 1120, "2K": 1680, "4K": 2520}

    @property
    def picture_kind(self) -> str:
        return "png" if self.generation < 3 else "jpeg"

    def picture_size(self, ratio: str, size: str) -> tuple[int, int]:
        """Pixels. Raises KeyError for a ratio or size that the model does not know."""
        width, height = self.ratios[ratio]
        scale = SCALES[size]
        return round(width * scale), round(height * scale)

    def nearest_ratio(self, width: int, height: int) -> str:
        """The ratio that an edit takes from its first picture when none was asked for."""
        return min(self.ratios, key=lambda name: abs(math.log(width / height) - _log_ratio(name)))

    def input_tokens(self, width: int, height: int) -> int:
        """Tokens of one input picture."""
        if self.generation >= 3:
            return TOKENS_PER_INPUT_3["image" if self.makes_pictures else "text"]
        if max(width, height) <= SMALL_SIDE:
            return TILE_TOKENS
        unit = min(max(min(width, height) // 1.5, 256), 768)
        tiles = math.ceil(width / unit) * math.ceil(height / unit)
        return TILE_TOKENS * (tiles + 1 if tiles > 1 else 1)

    def description(self) -> dict[str, object]:
        """As `models.get` tells it."""
        return {
            "name": f"models/{self.id}",
            "baseModelId": self.id,
            "version": "001",
            "displayName": self.id.replace("-", " ").title(),
            "description": f"Simulated {self.id}",
            "inputTokenLimit": 65_536 if self.makes_pictures else 1_048_576,
            "outputTokenLimit": 32_768 if self.makes_pictures else 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
            "temperature": 1,
            "topP": 0.95,
            "topK": 64,
            "maxTemperature": 2,
            "thinking": self.thinks,
        }


def find(name: str) -> GeminiModel | None:
    """The model of this id, or None when there is none (or none that is still alive)."""
    if not name.startswith("gemini-") or name.startswith(ENDED):
        return None
    return GeminiModel(name)


def _log_ratio(name: str) -> float:
    across, _, down = name.partition(":")
    return math.log(int(across) / int(down))
