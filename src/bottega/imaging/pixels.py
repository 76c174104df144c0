"""From a checked container to upright sRGB arrays, with Pillow and, for deep RGB, OpenCV.

Decoders answer damaged bytes with exceptions of every kind; turning those into errors for people is left to
`decode`.
"""

from io import BytesIO
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from bottega.errors import UnreadablePicture, UnsupportedMedia
from bottega.imaging.containers import Container
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture
from bottega.imaging.profiles import is_srgb, to_srgb
from bottega.imaging.tiff_tags import without_orientation

Samples = NDArray[np.uint8] | NDArray[np.uint16]
Array = NDArray[Any]
Decoded = tuple[Samples, Samples | None, bytes | None]
"""Colours, alpha, and the profile that the colours are still in."""

# The plugins themselves rather than Image.open: the type is known, and no other plugin gets to see the bytes.
_PLUGINS: dict[str, type[ImageFile.ImageFile]] = {
    "image/png": PngImagePlugin.PngImageFile,
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/avif": AvifImagePlugin.AvifImageFile,
}


def read_pixels(container: Container, limits: Limits) -> tuple[Picture, int]:
    """The first picture, upright, and the number of frames. Raises whatever the decoder raises."""
    if container.media_type == "image/avif" and not AvifImagePlugin.SUPPORTED:
        raise UnsupportedMedia("AVIF is not read on this machine.", hint="Save it as PNG or JPEG.")
    # Of a TIFF both decoders apply the orientation themselves.
    orientation, exif = without_orientation(container.exif) if container.exif else (1, None)
    frames = container.frames
    if container.deep and container.media_type == "image/tiff":
        rgb, alpha, profile = _read_deep(container)
    else:
        image = _open(container, limits)
        image.load()
        if container.media_type == "image/avif":
            frames = int(getattr(image, "n_frames", 1))
            limits.check_frames(frames)
            orientation = without_orientation(image.info.get("exif", b""))[0]
        if container.deep:
            # The load above is what finds out that a PNG is cut off or has a wrong checksum.
            image.close()
            rgb, alpha, profile = _read_deep(container)
        elif image.mode.startswith("I;16") or image.mode in ("I", "F"):
            rgb, alpha, profile = _read_grey(image, container)
        else:
            rgb, alpha, profile = _read_8_bit(image, container.profile)
    picture = Picture(
        rgb=upright(rgb, orientation),
        alpha=None if alpha is None else upright(alpha, orientation),
        icc_profile=profile,
        exif=exif,
    )
    return picture, frames


def upright(pixels: Array, orientation: int) -> Array:
    """Undo an EXIF orientation, 1 to 8 (CIPA DC-008, tag 274): H x W (x C) -> the same, perhaps turned."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _open(container: Container, limits: Limits) -> ImageFile.ImageFile:
    """The file, opened but not decoded. The decoder has to see the size that was checked."""
    try:
        image = _PLUGINS[container.media_type](BytesIO(container.data))
    except SyntaxError as error:
        if container.media_type != "image/tiff":
            raise
        raise UnsupportedMedia(
            "This kind of TIFF is not read here, or its header is damaged.",
            hint="Save it as RGB or grey with 8 or 16 bits per channel.",
            cause=str(error),
        ) from error
    limits.check_size(*image.size)
    # Pillow turns a TIFF as it is loaded, and swaps its sides before.
    if container.media_type != "image/avif" and sorted(image.size) != sorted(
        (container.width, container.height)
    ):
        raise UnreadablePicture(
            "The file contradicts itself about its size.", hint="Export the picture again."
        )
    return image


def _read_8_bit(image: Image.Image, profile: bytes | None) -> Decoded:
    alpha: Samples | None = None
    if image.mode == "La":
        image = image.convert("LA")
    if image.mode in ("RGBA", "RGBa", "LA", "PA") or "transparency" in image.info:
        grey = image.mode in ("LA", "L", "1")
        image = image.convert("RGBA")
        alpha = np.array(image.getchannel("A"))
        image = image.getchannel("R") if grey else image.convert("RGB")
    elif image.mode not in ("RGB", "L", "CMYK", "LAB"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    return np.array(to_srgb(image, profile)), alpha, None


def _read_grey(image: Image.Image, container: Container) -> Decoded:
    """Grey of 16 bits, of 32-bit whole numbers in the range of 16, or of floating point in [0, 1]."""
    grey = np.array(image)
    if grey.dtype.kind == "f":
        grey = _from_float(grey)
    elif grey.min() < 0 or grey.max() > 65535:
        raise UnsupportedMedia(
            "The file holds whole numbers outside 0 to 65535.", hint="Save it with 8 or 16 bits per channel."
        )
    grey = grey.astype(np.uint16)
    if container.directory is not None:
        if container.directory.integer(258, 16) == 12:
            grey = (grey << 4 | grey >> 8).astype(np.uint16)
        if container.directory.integer(262, 1) == 0:
            grey = (65535 - grey).astype(np.uint16)
    alpha = None
    if container.key is not None:
        alpha = np.where(grey == container.key[0], 0, 65535).astype(np.uint16)
    return np.repeat(grey[:, :, None], 3, axis=2), alpha, None


def _read_deep(container: Container) -> Decoded:
    """RGB of 16 bits or floating point, with or without alpha; PNG also grey with alpha."""
    if container.directory is not None and container.directory.integer(284, 1) != 1:
        raise UnsupportedMedia(
            "This TIFF keeps its channels apart.", hint="Save it with interleaved channels."
        )
    flags = cv2.IMREAD_UNCHANGED
    decoded = cast(Array | None, cv2.imdecode(np.frombuffer(container.data, np.uint8), flags))
    if decoded is None:
        raise UnreadablePicture("The file is damaged or cut off.", hint="Export the picture again.")
    if decoded.dtype.kind == "f":
        decoded = _from_float(decoded)
    if decoded.dtype.name not in ("uint8", "uint16") or decoded.ndim != 3 or decoded.shape[2] not in (3, 4):
        raise UnsupportedMedia(
            "The file's channels are of a kind that is not read here.",
            hint="Save it as RGB or grey with 8 or 16 bits per channel.",
        )
    rgb: Array = np.ascontiguousarray(decoded[:, :, 2::-1])
    alpha: Array | None = np.ascontiguousarray(decoded[:, :, 3]) if decoded.shape[2] == 4 else None
    if container.key is not None:
        alpha = np.where((rgb == container.key).all(axis=2), 0, 65535).astype(np.uint16)
    if alpha is not None and container.directory is not None and container.directory.integer(338, 2) == 1:
        rgb = _unmultiply(rgb, alpha)
    profile = container.profile
    return rgb, alpha, None if profile is None or is_srgb(profile) else profile


def _unmultiply(rgb: Array, alpha: Array) -> Array:
    """Associated alpha (TIFF 6.0, ExtraSamples 1) to unassociated."""
    top = np.iinfo(rgb.dtype).max
    full = rgb.astype(np.float32) * (top / np.maximum(alpha, 1).astype(np.float32))[:, :, None]
    return np.clip(np.rint(full), 0, top).astype(rgb.dtype)


def _from_float(values: Array) -> NDArray[np.uint16]:
    """Floating point in [0, 1], a tenth of overshoot clipped, to 16 bits. Other ranges have no agreed white."""
    low, high = float(values.min()), float(values.max())
    if not (low >= -0.1 and high <= 1.1):
        raise UnsupportedMedia(
            "The file holds floating-point values outside 0 to 1.",
            hint="Scale the values to 0 to 1, or save it with 8 or 16 bits per channel.",
        )
    return np.rint(np.clip(values, 0, 1) * 65535).astype(np.uint16)
