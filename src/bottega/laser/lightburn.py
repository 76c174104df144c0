"""LightBurn project files (`.lbrn2`): geometry and, for every layer, power, speed and passes in one file.

The format is plain XML and unpublished; what is written here is what LightBurn's own files and the readers that import
them agree on. Vertices are `V<x> <y>` with the handles `c0` (leaving) and `c1` (arriving), `c0x1`/`c1x1` where
there is none; primitives are `L i j` and `B i j`. MirrorX and MirrorY name the corner that coordinates count from: both
false is the front left one with y towards the rear, as on GRBL machines and in our G-code. There a picture whose
XForm turns nothing stands upright. Speeds are mm/s, a picture's place is its centre.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, pairwise
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.formatting import mm, printable
from bottega.laser.geometry import Curve, Drawing, Path, Point, RasterImage, affine, checked
from bottega.laser.layers import BurnSettings, Layer, Layers, layers_of
from bottega.laser.raster_png import png_of
from bottega.laser.size import MM_PER_INCH

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<LightBurnProject AppVersion="1.7.08" FormatVersion="1" MaterialHeight="0" MirrorX="False" MirrorY="False">\n'
)
_PLACES = 4
_GREY_DITHER = "jarvis"


def write_lbrn2(drawing: Drawing, *, settings: Mapping[str, BurnSettings], notes: str = "") -> bytes:
    """The drawing as a LightBurn project, the sheet's lower left corner in the front left corner of the bed.

    Every layer needs its settings (found as in `layers_of`); filled layers become Fill with their interval, the
    others Line, pictures Image: 1-bit ones pass through dot for dot, grey ones are dithered by LightBurn. Layers keep
    their order (engrave, fill, score, cut) as LightBurn's priority. Raises InvalidOption for a layer without settings,
    and what `checked` and `layers_of` raise.
    """
    drawing = checked(drawing)
    layers = layers_of(drawing, settings)
    lacking = next((layer for layer in layers.all if layer.settings is None), None)
    if lacking is not None:
        raise InvalidOption(
            f"A LightBurn file says how each layer burns, and nothing is known of {lacking.name!r} ({lacking.operation}).",
            hint="Give a material and a machine, or power and speed.",
        )
    body = [*_cut_settings(layers)]
    number = count()
    for layer in layers.all:
        body += [_bitmap(raster, layer, drawing.height_mm) for raster in layers.rasters.get(layer, ())]
        body += [
            _shape(_upwards(path, drawing.height_mm), layer, next(number))
            for path in layers.paths.get(layer, ())
        ]
    body.append(f'    <Notes ShowOnLoad="0" Notes={quoteattr(printable(notes), {chr(10): "&#10;"})}/>\n')
    return (_HEAD + "".join(body) + "</LightBurnProject>\n").encode()


def _cut_settings(layers: Layers) -> Iterable[str]:
    """One setting for each index, shapes and pictures apart; layers that share an index burn alike."""
    groups: dict[tuple[int, bool], list[Layer]] = {}
    for layer in layers.all:
        groups.setdefault((layer.index, layer.picture), []).append(layer)
    for priority, ((index, picture), group) in enumerate(groups.items()):
        settings = group[0].settings
        assert settings is not None
        names = list(dict.fromkeys(layer.name for layer in group))
        values = {
            "index": index,
            "name": ", ".join(names),
            # Constant power: a lower minimum would let LightBurn weaken slow corners on machines that ramp.
            "minPower": mm(settings.power_percent),
            "maxPower": mm(settings.power_percent),
            "speed": mm(settings.speed_mm_min / 60, 6),
            "numPasses": settings.passes,
            "priority": priority,
        }
        if picture:
            rasters = [raster for layer in group for raster in layers.rasters[layer]]
            values |= _picture_values(rasters, settings)
        elif group[0].operation.filled:
            values["interval"] = mm(settings.interval_mm, 6)
        yield _setting(picture, group[0].operation.filled, values)


def _picture_values(rasters: Sequence[RasterImage], settings: BurnSettings) -> dict[str, object]:
    """Pictures of dots are burnt dot for dot at their own pitch; grey ones at the layer's interval."""
    dots = all(raster.pixels.dtype == np.bool_ for raster in rasters)
    pitch = rasters[0].height_mm / rasters[0].pixels.shape[0] if dots else settings.interval_mm
    return {
        "interval": mm(pitch, 6),
        "dpi": mm(MM_PER_INCH / pitch, 6),
        "ditherMode": "threshold" if dots else _GREY_DITHER,
        "passThrough": int(dots),
    }


def _setting(picture: bool, filled: bool, values: Mapping[str, object]) -> str:
    tag = "CutSetting_Img" if picture else "CutSetting"
    kind = "Image" if picture else "Scan" if filled else "Cut"
    lines = "".join(
        f"        <{name} Value={quoteattr(printable(str(value)))}/>\n" for name, value in values.items()
    )
    return f'    <{tag} type="{kind}">\n{lines}    </{tag}>\n'


def _upwards(path: Path, height_mm: float) -> Path:
    """With y counted from the sheet's lower edge upwards."""
    return affine(path, ((1, 0, 0), (0, -1, height_mm)))


def _bitmap(raster: RasterImage, layer: Layer, sheet_mm: float) -> str:
    data = base64.b64encode(png_of(raster)).decode("ascii")
    centre = (raster.x + raster.width_mm / 2, sheet_mm - raster.y - raster.height_mm / 2)
    return (
        f'    <Shape Type="Bitmap" CutIndex="{layer.index}" W="{mm(raster.width_mm, _PLACES)}" '
        f'H="{mm(raster.height_mm, _PLACES)}" Gamma="1" Contrast="0" Brightness="0" EnhanceAmount="0" '
        f'EnhanceRadius="0" EnhanceDenoise="0" File="{escape(layer.operation.value)}.png" Data="{data}">\n'
        f"        <XForm>1 0 0 1 {mm(centre[0], _PLACES)} {mm(centre[1], _PLACES)}</XForm>\n    </Shape>\n"
    )


def _shape(path: Path, layer: Layer, number: int) -> str:
    vertices, primitives = _curved(path) if path.curves else _straight(path)
    return (
        f'    <Shape Type="Path" CutIndex="{layer.index}" VertID="{number}" PrimID="{number}">\n'
        f"        <XForm>1 0 0 1 0 0</XForm>\n        <VertList>{vertices}</VertList>\n"
        f"        <PrimList>{primitives}</PrimList>\n    </Shape>\n"
    )


def _straight(path: Path) -> tuple[str, str]:
    vertices = "".join(_vertex((x, y), None, None) for x, y in path.points.tolist())
    if path.closed:
        return vertices, "LineClosed"
    return vertices, "".join(f"L{i} {j}" for i, j in pairwise(range(len(path.points))))


def _curved(path: Path) -> tuple[str, str]:
    """Vertices are the curves' ends; a closed path comes back to the first."""
    curves = path.curves
    nodes = [curve.start for curve in curves]
    if not path.closed:
        nodes.append(curves[-1].end)
    leaving = [None if c.is_line else c.control_1 for c in curves]
    arriving = [None if c.is_line else c.control_2 for c in curves]
    if path.closed:
        arriving = [arriving[-1], *arriving[:-1]]
    else:
        leaving, arriving = [*leaving, None], [None, *arriving]
    vertices = "".join(map(_vertex, nodes, leaving, arriving))
    primitives = "".join(f"{_letter(curve)}{i} {(i + 1) % len(nodes)}" for i, curve in enumerate(curves))
    return vertices, primitives


def _letter(curve: Curve) -> str:
    return "L" if curve.is_line else "B"


def _vertex(point: Point, leaving: Point | None, arriving: Point | None) -> str:
    return (
        f"V{mm(point[0], _PLACES)} {mm(point[1], _PLACES)}{_handle('c0', leaving)}{_handle('c1', arriving)}"
    )


def _handle(name: str, control: Point | None) -> str:
    if control is None:
        return f"{name}x1"
    return f"{name}x{mm(control[0], _PLACES)}{name}y{mm(control[1], _PLACES)}"
