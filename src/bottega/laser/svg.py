"""SVG at true size for laser programs: a drawing on layers, or an engraving with its outline.

One user unit is one millimetre (`width` and `height` in mm, the same `viewBox`), because programs disagree
on how large a bare pixel is (72, 90 or 96 to the inch). A stroke without a fill is read as a line to follow, a fill
without a stroke as an area to scan; the colour picks the layer.
"""

import base64
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from bottega.laser.formatting import mm, printable, svg_path
from bottega.laser.geometry import Drawing, Path, RasterImage, checked
from bottega.laser.layers import BurnSettings, Layer, layers_of
from bottega.laser.outline import Polyline
from bottega.laser.raster_png import png_of
from bottega.laser.size import Grid

OUTLINE_COLOUR = "#FF0000"
OUTLINE_WIDTH_MM = 0.1
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"\n'
    '     xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
)


def write_svg(
    drawing: Drawing,
    *,
    settings: Mapping[str, BurnSettings] | None = None,
    title: str = "",
    exact_colours: bool = False,
    line_mm: float = OUTLINE_WIDTH_MM,
) -> bytes:
    """The drawing as SVG: a group per layer in burning order, curves as curves, pictures embedded as PNG.

    Filled paths of a layer are one compound path under the even-odd rule, so that holes stay holes. `settings` and
    `exact_colours` as in `layers_of`: the same settings give the same colours in every file of a job. Raises what `checked` and
    `layers_of` raise.
    """
    drawing = checked(drawing)
    layers = layers_of(drawing, settings, exact_colours=exact_colours)
    groups = [
        _group(number, layer, layers.paths.get(layer, ()), layers.rasters.get(layer, ()), line_mm)
        for number, layer in enumerate(layers.all)
    ]
    width, height = mm(drawing.width_mm, 4), mm(drawing.height_mm, 4)
    heading = f"  <title>{escape(printable(title))}</title>\n" if title else ""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{_SVG}\n'
        f'     width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">\n'
        f"{heading}{''.join(groups)}</svg>\n"
    )
    return document.encode()


def _group(
    number: int, layer: Layer, paths: tuple[Path, ...], rasters: tuple[RasterImage, ...], line_mm: float
) -> str:
    if layer.operation.filled:
        paint = f'fill="{layer.colour}" fill-rule="evenodd" stroke="none"'
        data = ["".join(svg_path(path) for path in paths)] if paths else []
    else:
        paint = f'fill="none" stroke="{layer.colour}" stroke-width="{mm(line_mm)}"'
        data = [svg_path(path) for path in paths]
    lines = [_image(raster) for raster in rasters] + [f'    <path d="{d}"/>\n' for d in data]
    label = quoteattr(printable(layer.name))
    identity = f"{layer.operation.value}-{number}"
    return f'  <g id="{identity}" inkscape:groupmode="layer" inkscape:label={label} {paint}>\n{"".join(lines)}  </g>\n'


def _image(raster: RasterImage) -> str:
    data = base64.b64encode(png_of(raster)).decode("ascii")
    return (
        f'    <image x="{mm(raster.x, 4)}" y="{mm(raster.y, 4)}" width="{mm(raster.width_mm, 4)}" '
        f'height="{mm(raster.height_mm, 4)}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'xlink:href="data:image/png;base64,{data}"/>\n'
    )


def true_size_svg(grid: Grid, *, png: bytes, outline: list[Polyline], title: str) -> str:
    """The document: layer `engraving` holds the PNG (one pixel per dot), layer `outline` closed paths.

    `outline` in mm, y down from the picture's upper left corner. Coordinates to 0.001 mm.
    """
    width, height = mm(grid.width_mm), mm(grid.height_mm)
    data = base64.b64encode(png).decode("ascii")
    paths = "\n".join(f'    <path d="{svg_path(Path(ring, closed=True))}"/>' for ring in outline)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{_SVG}
     width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">
  <title>{escape(printable(title))}</title>
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
