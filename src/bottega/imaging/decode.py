"""The one door for foreign bytes: type by content, limits, completeness, then an upright sRGB picture.

Light to import; the decoders are loaded when the first picture is read. Time limits are left to the compute
process that these functions run in.
"""

import stat
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from bottega.domain.asset import MediaInfo
from bottega.errors import BottegaError, ResourceError, UnreadablePicture, UnsupportedMedia
from bottega.imaging.clip import inspect_clip, is_clip
from bottega.imaging.containers import ACCEPTED, read_container
from bottega.imaging.limits import Limits
from bottega.imaging.media_type import HEAD_BYTES, describe, sniff

if TYPE_CHECKING:
    from bottega.imaging.picture import Picture

__all__ = ["ACCEPTED", "HEAD_BYTES", "Limits", "decode", "inspect", "read_bytes", "sniff"]

_HINT = "Send a PNG, JPEG, WebP, GIF, TIFF, BMP or AVIF picture."


def inspect(source: Path, limits: Limits = Limits()) -> MediaInfo:  # noqa: B008 - immutable
    """What is in the file, after reading it completely: the first picture is decoded, and the structure of the
    file is followed to its end, so that a file that is cut off is found out. Clips: see `clip.inspect_clip`.

    Raises UnreadablePicture, TooLarge, UnsupportedMedia, and ResourceError when memory runs out; nothing else.
    """
    return examine(source, limits)[0]


def examine(source: Path, limits: Limits) -> "tuple[MediaInfo, Picture | None]":
    """As `inspect`, with the picture that was decoded for it (see `decode`); None for a clip."""
    if is_clip(source):
        return inspect_clip(source, limits), None
    picture, media_type, frames = _read(read_bytes(source, limits), limits)
    media = MediaInfo(
        media_type=media_type,
        width=picture.width,
        height=picture.height,
        frames=frames,
        has_alpha=picture.alpha is not None,
        bit_depth=picture.rgb.dtype.itemsize * 8,
    )
    return media, picture


def decode(source: Path | bytes, limits: Limits = Limits()) -> "Picture":  # noqa: B008 - immutable
    """The file's first picture, upright.

    8-bit pictures are sRGB (profiles applied, see `profiles.to_srgb`). 16-bit RGB and grey stay uint16 and keep
    a profile that is not sRGB in `icc_profile`. Float files in [0, 1] become uint16. Grey becomes three equal
    channels; palettes, 1-bit and CMYK become RGB. Raises as `inspect`.
    """
    if isinstance(source, Path):
        data = read_bytes(source, limits)
    else:
        limits.check_bytes(len(source))
        data = source
    return _read(data, limits)[0]


def read_bytes(source: Path, limits: Limits) -> bytes:
    """The content of a regular file within `max_bytes`. Raises UnreadablePicture or TooLarge."""
    try:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePicture("This is not a file.", hint="Name a picture file.")
        limits.check_bytes(status.st_size)
        with source.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadablePicture(
            f"The file cannot be opened: {getattr(error, 'strerror', None) or error}.",
            hint="Check that it is there and may be read.",
        ) from error
    limits.check_bytes(len(data))
    return data


def _read(data: bytes, limits: Limits) -> "tuple[Picture, str, int]":
    media_type = _accepted_type(data)
    try:
        from bottega.imaging.pixels import read_pixels

        container = read_container(media_type, data, limits)
        with warnings.catch_warnings():
            # Libraries warn of harmless oddities in files; nobody reads that in a server.
            warnings.simplefilter("ignore")
            picture, frames = read_pixels(container, limits)
    except BottegaError:
        raise
    except MemoryError as error:
        raise ResourceError(
            "There is not enough memory for this picture.", hint="Use a smaller picture."
        ) from error
    except Exception as error:  # decoders answer damaged bytes with exceptions of every kind
        kind = media_type.removeprefix("image/").upper()
        raise UnreadablePicture(
            f"The {kind} file is damaged or cut off.", hint="Export or download it again.", cause=str(error)
        ) from error
    return picture, media_type, frames


def _accepted_type(data: bytes) -> str:
    if not data:
        raise UnreadablePicture("The file is empty.", hint=_HINT)
    media_type = sniff(data[:HEAD_BYTES])
    if media_type in ACCEPTED:
        return media_type
    if media_type is None:
        raise UnsupportedMedia("The content of this file is no picture that is read here.", hint=_HINT)
    raise UnsupportedMedia(f"This is {describe(media_type)}, not a picture that is read here.", hint=_HINT)
