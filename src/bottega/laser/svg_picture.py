"""Placed pictures of an SVG: rectangles with a number while the document is read, then pictures on the sheet."""

import base64
import binascii
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np

from bottega.errors import InvalidOption, UnsupportedMedia
from bottega.imaging.colour import luma
from bottega.laser.geometry import Curve, RasterImage
from bottega.laser.svg_clips import enclose, window
from bottega.laser.svg_grammar import pixels
from bottega.laser.svg_viewports import fitted_box

PICTURE = "bottega-picture"
"""The attribute of such a rectangle: the picture's number."""
_SVG = "{http://www.w3.org/2000/svg}"


def as_rectangle(element: ET.Element, href: str, number: int, hidden: Mapping[str, str], dpi: float) -> bytes:
    """Turns an `image` into the rectangle that its picture covers, clipped where it covers more than the image (`slice`);
    returns the picture's file. `hidden`: its `display` and `visibility`.

    Raises UnsupportedMedia for pictures that are elsewhere or damaged, InvalidOption for ones without a size, and what `decode` raises.
    """
    from bottega.imaging.decode import decode

    content = _embedded(href)
    picture = decode(content)
    box = [pixels(element.get(name), dpi) for name in ("x", "y", "width", "height")]
    x, y = box[0] or 0.0, box[1] or 0.0
    aspect = picture.width / picture.height
    width, height = box[2], box[3]
    if width is None and height is None:
        width, height = float(picture.width), float(picture.height)
    width = height * aspect if width is None and height is not None else width or 0.0
    height = width / aspect if height is None else height
    if width <= 0 or height <= 0:
        raise InvalidOption("The SVG has a placed picture without a size.")
    edges = window(x, y, width, height)
    sx, sy, dx, dy = fitted_box(element, (picture.width, picture.height), (width, height))
    across, down = sx * picture.width, sy * picture.height
    kept = {name: element.attrib[name] for name in ("transform", "id") if name in element.attrib}
    element.attrib.clear()
    element.tag = f"{_SVG}rect"
    element.attrib.update({**kept, **hidden})
    element.attrib.update(
        x=repr(x + dx), y=repr(y + dy), width=repr(across), height=repr(down), fill="#000000", stroke="none"
    )
    element.set(PICTURE, str(number))
    if across > width * (1 + 1e-9) or down > height * (1 + 1e-9):
        enclose(element, edges)
    return content


def _embedded(href: str) -> bytes:
    head, comma, body = href.partition(",")
    if not (head.lower().startswith("data:") and comma):
        raise outside(href)
    try:
        raw = unquote_to_bytes(body)
        return base64.b64decode(raw, validate=False) if head.lower().endswith("base64") else raw
    except (binascii.Error, ValueError) as error:
        raise damaged(error) from error


def placed_picture(outlines: Iterable[tuple[list[Curve], bool]], content: bytes, layer: str) -> RasterImage:
    """A picture file on the rectangle's place; mirrored and quarter-turned ones are turned in their pixels. Clear pixels
    burn nothing. Raises InvalidOption for rectangles without a surface or at an angle, and what `decode` raises."""
    from bottega.imaging.decode import decode

    points = np.array([curve.start for curves, _ in outlines for curve in curves])
    if points.shape != (4, 2):
        raise InvalidOption("The SVG has a placed picture without a size.")
    origin, across, down = points[0], points[1] - points[0], points[3] - points[0]
    size = float(np.abs(points.max(axis=0) - points.min(axis=0)).max())
    upright = max(abs(across[1]), abs(down[0])) < 1e-6 * size
    lying = max(abs(across[0]), abs(down[1])) < 1e-6 * size
    if not (upright or lying):
        raise InvalidOption(
            "The SVG has a placed picture that stands at an angle.",
            hint="Turn the picture itself before placing it.",
        )
    picture = decode(content)
    grey = luma(picture.as_float())
    if picture.alpha is not None:
        opaque = picture.alpha.astype(np.float32) / np.iinfo(picture.alpha.dtype).max
        grey = grey * opaque + (1 - opaque)
    pixels: Any = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    if lying:
        pixels, across, down = pixels.T, down, across
    pixels = pixels[:: 1 if down[1] > 0 else -1, :: 1 if across[0] > 0 else -1]
    if np.isin(pixels, (0, 255)).all():
        pixels = pixels == 0
    corner = np.minimum(np.minimum(origin, points[2]), np.minimum(points[1], points[3]))
    extent = points.max(axis=0) - corner
    return RasterImage(
        np.ascontiguousarray(pixels),
        float(corner[0]),
        float(corner[1]),
        float(extent[0]),
        float(extent[1]),
        layer,
    )


def damaged(error: Exception) -> UnsupportedMedia:
    return UnsupportedMedia("The SVG is damaged or no SVG at all.", hint="Save it again.", cause=str(error))


def outside(href: str) -> UnsupportedMedia:
    return UnsupportedMedia(
        f"The SVG refers to another file ({href[:60]!r}), which is not fetched.",
        hint="Embed it and save again.",
    )
