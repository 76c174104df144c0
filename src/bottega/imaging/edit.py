"""Composes the edits of one request in a fixed order; `geometry`, `adjust` and `background` do the work."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging import background, geometry
from bottega.imaging.adjust import Adjustments, adjust
from bottega.imaging.box import Box
from bottega.imaging.picture import Picture

Samples = NDArray[np.uint8] | NDArray[np.uint16]

KNOWN = (
    *("rotate", "flip", "crop", "aspect", "width", "height"),
    *("exposure", "contrast", "temperature", "tint", "saturation", "background"),
)


def apply_edits(picture: Picture, parameters: dict[str, Any]) -> Picture:
    """The picture after the edits in `parameters`; absent, None and neutral values change nothing.

    In this order: `rotate` (degrees clockwise), `flip` ("horizontal", "vertical"), `crop`
    ("left,top,width,height" in pixels) or `aspect` ("4:5", placed by saliency), `width` and `height` (pixels;
    both together crop to their ratio, nothing is stretched), `exposure` (EV), `contrast`, `temperature`, `tint`,
    `saturation` (-1 to 1), `background` ("keep", "blur", "remove"). Bit depth, alpha, profile and EXIF are
    kept, except that "blur" makes 8-bit pixels and "remove" makes the alpha. Raises InvalidOption.
    """
    _check(parameters)
    edited = _reshape(picture, parameters)
    wanted = Adjustments(
        exposure=_number(parameters, "exposure", 3.0),
        contrast=_number(parameters, "contrast", 1.0),
        temperature=_number(parameters, "temperature", 1.0),
        tint=_number(parameters, "tint", 1.0),
        saturation=_number(parameters, "saturation", 1.0),
    )
    edited = replace(edited, rgb=adjust(edited.rgb, wanted))
    match parameters.get("background") or "keep":
        case "blur":
            pixels = edited.as_u8()
            blurred = background.blur_background(pixels, background.subject_mask(pixels))
            return replace(edited, rgb=blurred, alpha=_alpha_as_u8(edited))
        case "remove":
            return _without_background(edited)
        case _:
            return edited


def _check(parameters: dict[str, Any]) -> None:
    unknown = sorted(set(parameters) - {*KNOWN, "format", "instruction"})
    if unknown:
        raise InvalidOption(
            f"There is no edit called {unknown[0]!r}.", hint=f"There are: {', '.join(KNOWN)}."
        )
    if parameters.get("instruction"):
        raise InvalidOption(
            f"These edits cannot do {parameters['instruction']!r}.",
            hint="Changing what a picture shows needs a generative model.",
        )
    if parameters.get("background") not in (None, "keep", "blur", "remove"):
        raise InvalidOption(
            f"The background can be kept, blurred or removed, not {parameters['background']!r}."
        )


def _number(parameters: dict[str, Any], name: str, limit: float) -> float:
    value = float(parameters.get(name) or 0.0)
    if not -limit <= value <= limit:
        raise InvalidOption(f"{name.capitalize()} goes from {-limit:g} to {limit:g}, {value:g} was given.")
    return value


def _reshape(picture: Picture, parameters: dict[str, Any]) -> Picture:
    layers: list[Samples] = [picture.rgb] if picture.alpha is None else [picture.rgb, picture.alpha]
    if degrees := float(parameters.get("rotate") or 0.0):
        layers = [geometry.rotate(layer, degrees) for layer in layers]
    if direction := parameters.get("flip"):
        layers = [geometry.flip(layer, str(direction)) for layer in layers]
    if box := _crop_box(layers[0], parameters):
        layers = [geometry.crop(layer, box) for layer in layers]
    height, width = layers[0].shape[:2]
    size = geometry.fit_size(width, height, parameters.get("width"), parameters.get("height"))
    if size != (width, height):
        layers = _resized(layers, size)
    return replace(picture, rgb=layers[0], alpha=layers[1] if len(layers) > 1 else None)


def _crop_box(rgb: Samples, parameters: dict[str, Any]) -> Box | None:
    outer = Box(0, 0, rgb.shape[1], rgb.shape[0])
    if text := parameters.get("crop"):
        outer = Box.parse(str(text))
        rgb = geometry.crop(rgb, outer)
    width, height, aspect = parameters.get("width"), parameters.get("height"), parameters.get("aspect")
    if width and height:
        ratio = int(width), int(height)
    elif aspect:
        ratio = geometry.parse_aspect(str(aspect))
    else:
        return outer if text else None
    importance = background.saliency(Picture(rgb=rgb).as_u8())
    inner = geometry.aspect_box(outer.width, outer.height, ratio, importance)
    return Box(outer.left + inner.left, outer.top + inner.top, inner.width, inner.height)


def _resized(layers: list[Samples], size: tuple[int, int]) -> list[Samples]:
    if len(layers) == 1:
        return [geometry.resize(layers[0], *size)]
    rgb, alpha = layers
    # Transparent pixels may hold any colour: weighted by alpha, it stays out of the visible ones.
    top = np.float32(np.iinfo(rgb.dtype).max)
    weighted = _quantised(rgb * (alpha[..., None] / top), rgb)
    small, small_alpha = geometry.resize(weighted, *size), geometry.resize(alpha, *size)
    share = np.maximum(small_alpha[..., None] / top, 1 / top)
    return [_quantised(np.clip(small / share, 0, top), rgb), small_alpha]


def _without_background(picture: Picture) -> Picture:
    colours, alpha = background.key_background(picture.as_u8())
    own = alpha
    if picture.alpha is not None:
        own = alpha * (picture.alpha.astype(np.float32) / np.iinfo(picture.alpha.dtype).max)
    if picture.rgb.dtype == np.uint16:
        # Inside the subject the original values stay; only the edge was computed from 8 bits.
        rgb = np.where((alpha >= 1)[..., None], picture.rgb, colours.astype(np.uint16) * 257).astype(
            np.uint16
        )
        return replace(picture, rgb=rgb, alpha=np.rint(own * 65535).astype(np.uint16))
    return replace(picture, rgb=colours, alpha=np.rint(own * 255).astype(np.uint8))


def _quantised(values: Any, like: Samples) -> Samples:
    return np.rint(values).astype(like.dtype)


def _alpha_as_u8(picture: Picture) -> NDArray[np.uint8] | None:
    if picture.alpha is None:
        return None
    if picture.alpha.dtype == np.uint16:
        return ((picture.alpha.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return picture.alpha.astype(np.uint8, copy=False)
