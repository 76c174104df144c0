"""An SVG at true size for laser programs: the engraving as an embedded picture, the outline as red lines.

One user unit is one millimetre (`width` and `height` in mm, the same `viewBox`), because programs disagree
on how large a bare pixel is (72, 90 or 96 to the inch). Red without a fill is what shops read as a cut line.
"""

import base64
from xml.sax.saxutils import escape, quoteattr

from bottega.laser.outline import Polyline
from bottega.laser.size import Grid

OUTLINE_COLOUR = "#FF0000"
OUTLINE_WIDTH_MM = 0.1


def true_size_svg(grid: Grid, *, png: bytes, outline: list[Polyline], title: str) -> str:
    """The document: layer `engraving` holds the PNG (one pixel per dot), layer `outline` closed paths.

    `outline` in mm, y down from the picture's upper left corner. Coordinates to 0.001 mm.
    """
    width, height = _mm(grid.width_mm), _mm(grid.height_mm)
    data = base64.b64encode(png).decode("ascii")
    paths = "\n".join(f'    <path d="{_path(ring)}"/>' for ring in outline)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
     xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
     width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">
  <title>{escape(_printable(title))}</title>
  <g id="engraving" inkscape:groupmode="layer" inkscape:label="Engraving">
    <image x="0" y="0" width="{width}" height="{height}" preserveAspectRatio="none"
           style="image-rendering:pixelated" xlink:href={quoteattr("data:image/png;base64," + data)}/>
  </g>
  <g id="outline" inkscape:groupmode="layer" inkscape:label="Outline"
     fill="none" stroke="{OUTLINE_COLOUR}" stroke-width="{OUTLINE_WIDTH_MM:g}">
{paths}
  </g>
</svg>
"""


def _path(ring: Polyline) -> str:
    points = " ".join(f"{_mm(x)},{_mm(y)}" for x, y in ring.tolist())
    return f"M{points}Z"


def _mm(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _printable(text: str) -> str:
    """Characters that XML 1.0 allows."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )
