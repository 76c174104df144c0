"""Colour profiles: brings 8-bit pictures to sRGB. Which profile a file carries is found out elsewhere."""

from contextlib import suppress
from io import BytesIO
from typing import Any, cast

import numpy as np
from PIL import Image, ImageCms

_GRID = np.linspace(0, 255, 9).round().astype(np.uint8)
_COLOURS = np.stack(np.meshgrid(_GRID, _GRID, _GRID, indexing="ij"), axis=-1).reshape(27, 27, 3)
_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An 8-bit RGB, L, CMYK or LAB image as sRGB, mode RGB.

    The profile's perceptual rendering is used; where it has none, the colour engine falls back to relative
    colorimetric with black point compensation. A grey picture with an RGB profile counts as RGB. A profile
    that is damaged, or made for another kind of pixels, is ignored: the values then count as sRGB, and CMYK
    is taken for ideal inks, R = (1 - C)(1 - K). Profiles that leave sRGB as it is to within one level are
    not applied, so that such pictures keep their values exactly.
    """
    if image.mode == "LAB":
        return _convert(image, _built_in("LAB")) or image.convert("L").convert("RGB")
    opened = _open(profile)
    if opened is None:
        return image.convert("RGB")
    space = _space(opened)
    if image.mode == "L" and space == "RGB":
        image = image.convert("RGB")
    if _SPACES.get(image.mode) != space:
        return image.convert("RGB")
    if image.mode == "RGB" and _keeps_srgb(opened):
        return image
    return _convert(image, opened) or image.convert("RGB")


def is_srgb(profile: bytes) -> bool:
    """Whether RGB values in this profile mean what they mean in sRGB; also true of a damaged or foreign one."""
    opened = _open(profile)
    return opened is None or _space(opened) != "RGB" or _keeps_srgb(opened)


def _open(profile: bytes | None) -> ImageCms.ImageCmsProfile | None:
    if profile is not None:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return ImageCms.ImageCmsProfile(BytesIO(profile))
    return None


def _keeps_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    converted = _convert(Image.fromarray(_COLOURS), profile)
    if converted is None:
        return True
    return int(np.abs(np.asarray(converted).astype(np.int16) - _COLOURS).max()) <= 1


# The binding to Little CMS carries no types, hence the casts.


def _built_in(name: str) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(cast(Any, ImageCms).createProfile(name))


def _space(profile: ImageCms.ImageCmsProfile) -> str:
    return str(cast(Any, profile.profile).xcolor_space).strip()


def _convert(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image | None:
    """None when the profile cannot be used as a source."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        transform = ImageCms.buildTransform(
            profile,
            _built_in("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.PERCEPTUAL,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return ImageCms.applyTransform(image, transform)
    return None
