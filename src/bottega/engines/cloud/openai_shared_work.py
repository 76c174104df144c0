"""What the engines of the OpenAI images API compute on pictures; runs in a compute process."""

from dataclasses import dataclass
from pathlib import Path

from bottega.engines.cloud.outgoing import Outgoing, PictureLimits, fit_picture
from bottega.imaging.limits import Limits

TAKEN = PictureLimits(
    media_types=frozenset({"image/png", "image/jpeg", "image/webp"}), max_bytes=50 * 10**6 - 1
)
"""Of an input picture: "a png, webp, or jpg file less than 50MB" (OpenAPI document of 2026-08-21)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Pictures as they are sent, and the mask of the first one as a PNG."""

    pictures: tuple[Outgoing, ...]
    mask: bytes | None


def prepare(sources: list[Path], mask: Path | None, limits: Limits) -> Prepared:
    """The files as the API takes them; the mask, transparent where the picture may change, fits the first one.

    Raises InvalidOption for a mask of another shape, and what `fit_picture` and `imaging.decode` raise.
    """
    pictures = tuple(fit_picture(path, TAKEN, limits) for path in sources)
    if mask is None:
        return Prepared(pictures, None)
    from bottega.imaging.mask import as_alpha

    return Prepared(pictures, as_alpha(mask, (pictures[0].width, pictures[0].height), limits))
