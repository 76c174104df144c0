"""Pictures on their way to a vendor: as they are where the vendor takes them so, else upright, smaller or in another
format. Runs in a compute process; which limits a vendor has is its engine's to know."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bottega.errors import InvalidOption, TooLarge

if TYPE_CHECKING:
    from bottega.imaging.limits import Limits
    from bottega.imaging.picture import Picture

_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_ORIENTATION = 0x0112
"""The EXIF tag; 1 is upright."""
_PLAIN_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_STEP = 0.8
"""How much smaller each further try is, where a file is still too large."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What a vendor takes as one picture: media types, bytes of the file, pixels of a side and of the whole, and the
    longest side as a multiple of the shortest. None is no limit."""

    media_types: frozenset[str]
    max_bytes: int
    min_side: int = 1
    min_pixels: int = 1
    max_side: int | None = None
    max_pixels: int | None = None
    max_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A picture as it is sent. `note` says for people what was changed; empty when the file is sent as it is."""

    content: bytes
    media_type: str
    width: int
    height: int
    note: str = ""

    @property
    def extension(self) -> str:
        return _EXTENSIONS.get(self.media_type, self.media_type.partition("/")[2])

    @property
    def megapixels(self) -> float:
        return self.width * self.height / 1e6


def fit_picture(source: Path, fits: PictureLimits, limits: "Limits") -> Outgoing:
    """`source` within what the vendor takes; its own bytes whenever they are, but for its metadata: where and when a
    photograph was taken is nobody's business.

    `limits` are those on foreign files. Raises InvalidOption for a picture that is too small or too narrow, TooLarge
    when it cannot be made to fit, and what `imaging.decode` raises.
    """
    from bottega.imaging.decode import decode, read_bytes

    content = read_bytes(source, limits)
    found = _as_is(content, fits)
    picture = None if found else decode(content, limits)
    width, height = (found.width, found.height) if found else (picture.width, picture.height)  # type: ignore[union-attr]
    _check_shape(width, height, fits)
    scale = _scale(width, height, fits)
    if found and scale == 1 and len(content) <= fits.max_bytes:
        return found
    return _remade(picture or decode(content, limits), content, scale, fits)


def white_mask(mask: Path, size: tuple[int, int], limits: "Limits") -> bytes:
    """`imaging.mask.as_white`, in a process that may load what it needs."""
    from bottega.imaging.mask import as_white

    return as_white(mask, size, limits)


def _as_is(content: bytes, fits: PictureLimits) -> Outgoing | None:
    """The file itself, where its format, colours and orientation need no change."""
    from io import BytesIO

    from PIL import Image

    from bottega.imaging.media_type import sniff
    from bottega.imaging.profiles import is_srgb
    from bottega.imaging.strip import without_metadata

    media_type = sniff(content)
    if media_type not in fits.media_types or media_type not in _EXTENSIONS:
        return None
    try:
        with Image.open(BytesIO(content)) as opened:
            profile: object = opened.info.get("icc_profile")
            plain = (
                opened.mode in _PLAIN_MODES
                and getattr(opened, "n_frames", 1) == 1
                and opened.getexif().get(_ORIENTATION, 1) in (0, 1)
                and (not isinstance(profile, bytes) or is_srgb(profile))
            )
            width, height = opened.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # `decode` says what is wrong
    return Outgoing(without_metadata(content, media_type), media_type, width, height) if plain else None


def _check_shape(width: int, height: int, fits: PictureLimits) -> None:
    if min(width, height) < fits.min_side or width * height < fits.min_pixels:
        raise InvalidOption(
            f"The picture is {width} x {height} pixels; this model takes none with a side below {fits.min_side}, nor "
            f"with less than {fits.min_pixels} pixels.",
            hint="Use a larger picture, or another model.",
        )
    if fits.max_ratio is not None and max(width, height) > fits.max_ratio * min(width, height):
        raise InvalidOption(
            f"The picture is {width} x {height} pixels; this model takes none that is longer than {fits.max_ratio:g} "
            "times its width.",
            hint="Crop the picture, or use another model.",
        )


def _scale(width: int, height: int, fits: PictureLimits) -> float:
    """By how much the picture has to shrink, 1 for not at all."""
    scale = 1.0
    if fits.max_side is not None:
        scale = min(scale, fits.max_side / max(width, height))
    if fits.max_pixels is not None and width * height > fits.max_pixels:
        scale = min(scale, (fits.max_pixels / (width * height)) ** 0.5)
    return scale


def _remade(picture: "Picture", content: bytes, scale: float, fits: PictureLimits) -> Outgoing:
    from bottega.imaging.media_type import sniff

    lossless = sniff(content) not in ("image/jpeg", "image/avif", "image/heic")
    formats = [("image/png", 100)] if lossless else []
    lossy = "image/webp" if picture.alpha is not None else "image/jpeg"
    formats += [(lossy, quality) for quality in (95, 88)]
    formats = [item for item in formats if item[0] in fits.media_types]
    while True:
        small = _shrunk(picture, scale, fits.max_pixels)
        if min(small.width, small.height) < max(fits.min_side, 16):
            raise TooLarge(
                "The picture cannot be made small enough for this model.", hint="Use a smaller picture."
            )
        for media_type, quality in formats:
            encoded = _encoded(small, media_type, quality)
            if len(encoded) <= fits.max_bytes:
                note = _note(picture, small, media_type, sniff(content))
                return Outgoing(encoded, media_type, small.width, small.height, note)
        scale *= _STEP


def _shrunk(picture: "Picture", scale: float, max_pixels: int | None) -> "Picture":
    """Rounded down, so that a limit is never passed by a pixel."""
    from bottega.imaging.resize import shrink

    longest = max(picture.width, picture.height)
    side = max(1, int(longest * scale))
    while max_pixels is not None and side > 1 and _pixels(picture, side / longest) > max_pixels:
        side -= 1
    return shrink(picture, side)


def _pixels(picture: "Picture", scale: float) -> int:
    return round(picture.width * scale) * round(picture.height * scale)


def _encoded(picture: "Picture", media_type: str, quality: int) -> bytes:
    """8-bit RGB or RGBA, without any metadata but a profile that the values are still in."""
    from io import BytesIO

    import numpy as np
    from PIL import Image

    pixels = picture.rgb if picture.alpha is None else np.dstack([picture.rgb, picture.alpha])
    options: dict[str, Any] = {"quality": quality} if media_type != "image/png" else {}
    if media_type == "image/jpeg":
        options["subsampling"] = 0
    if picture.icc_profile is not None:
        options["icc_profile"] = picture.icc_profile
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, media_type.removeprefix("image/").upper(), **options)
    return buffer.getvalue()


def _note(picture: "Picture", small: "Picture", media_type: str, was: str | None) -> str:
    parts: list[str] = []
    if (small.width, small.height) != (picture.width, picture.height):
        parts.append(
            f"made smaller, {picture.width} x {picture.height} to {small.width} x {small.height} pixels"
        )
    if media_type != was:
        parts.append(f"sent as {_EXTENSIONS[media_type].upper()}")
    return ", ".join(parts) or "written anew, upright and in sRGB"
