"""A stored picture, clip or document, addressed by the hash of its content."""

from typing import Any

from pydantic import Field

from bottega.domain.base import Value


class MediaInfo(Value):
    """What was found in a file by looking at its content. Sizes in pixels, after EXIF orientation."""

    media_type: str
    width: int | None = None
    height: int | None = None
    frames: int = 1
    has_alpha: bool = False
    bit_depth: int = 8
    seconds: float | None = None
    """Of a clip, from its first picture to the end of its last."""
    frame_rate: float | None = None
    """Pictures a second, on average."""
    has_audio: bool = False

    @property
    def megapixels(self) -> float:
        return (self.width or 0) * (self.height or 0) / 1e6

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/") and self.width is not None

    @property
    def is_clip(self) -> bool:
        return self.media_type.startswith("video/")


class Provenance(Value):
    """Where a derived file comes from; written into the file and kept with the asset.

    `digital_source_type` is a term of the IPTC NewsCodes vocabulary of that name.
    """

    workflow: str = ""
    model_id: str = ""
    engine: str = ""
    prompt: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    parents: tuple[str, ...] = ()
    job_id: str = ""
    digital_source_type: str = ""
    software: str = "Bottega"


class Asset(Value):
    """`id` is the SHA-256 of the bytes, in hex; an owner sees only assets of their own."""

    id: str
    owner: str
    kind: str
    """`upload`, `result`, or `original` (a provider's untouched bytes)."""
    name: str
    label: str = ""
    media: MediaInfo
    size: int
    created_at: float
    provenance: Provenance | None = None
