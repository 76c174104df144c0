"""DXF for laser programs and controllers: polylines on named layers, in millimetres, y up.

Curves are flattened, since many importers drop SPLINE and ELLIPSE. R2000 says its unit ($INSUNITS 4 and
$MEASUREMENT 1); R12 has no unit, programs that ask for it must be told millimetres.
"""

import io
import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from bottega.errors import InvalidOption
from bottega.laser.geometry import Drawing, Path, checked, laser_extra
from bottega.laser.layers import BurnSettings, Layer, layers_of, rgb

if TYPE_CHECKING:
    from ezdxf.document import Drawing as Document

Version = Literal["R2000", "R12"]
_CODES: dict[Version, str] = {"R2000": "AC1015", "R12": "AC1009"}

# AutoCAD's colours 1 to 9 without the two greys that are hard to tell apart; 7 is black on paper.
_ACI: dict[int, tuple[int, int, int]] = {
    1: (255, 0, 0),
    2: (255, 255, 0),
    3: (0, 255, 0),
    4: (0, 255, 255),
    5: (0, 0, 255),
    6: (255, 0, 255),
    7: (0, 0, 0),
}
# What ezdxf writes of the moment and of itself; a file of the same drawing must have the same bytes.
_MOMENT = re.compile(r"(\$TD(?:U?CREATE|U?UPDATE)\n *40\n)[^\n]+")
_GUID = re.compile(r"(\$(?:VERSIONGUID|FINGERPRINTGUID)\n *2\n)[^\n]+")
_MARKER = re.compile(r"\d+\.\d+[\w.]* @ \d{4}-\d\d-\d\dT[^\n]+")
_JULIAN_2000 = "2451544.5"
_NO_GUID = "{00000000-0000-0000-0000-000000000000}"


def write_dxf(
    drawing: Drawing, *, version: Version = "R2000", settings: Mapping[str, BurnSettings] | None = None
) -> bytes:
    """The drawing's paths as DXF: LWPOLYLINE (R2000) or POLYLINE (R12), the sheet's lower left corner at 0, 0.

    Layers are named as in the drawing (R12: 31 characters of A-Z, 0-9, _ and -), each with a colour of AutoCAD's
    index, different ones as far as there are. Placed pictures are left out: DXF only points to picture files. Raises
    InvalidOption when nothing else is there, what `checked` and `layers_of` raise, and ResourceError without ezdxf.
    """
    drawing = checked(drawing)
    if not drawing.paths:
        raise InvalidOption(
            "DXF carries no pictures, and the drawing has nothing else.", hint="Write SVG, LightBurn or PNG."
        )
    with laser_extra():
        from ezdxf.document import Drawing as Document
    document = Document.new(_CODES[version])
    if version == "R2000":
        document.header["$INSUNITS"] = 4
        document.header["$MEASUREMENT"] = 1
    document.header["$EXTMIN"] = (0.0, 0.0, 0.0)
    document.header["$EXTMAX"] = (drawing.width_mm, drawing.height_mm, 0.0)
    layers = layers_of(drawing, settings)
    colours = _aci([layer for layer in layers.all if layer in layers.paths])
    names = _names(list(colours), version)
    for layer, aci in colours.items():
        document.layers.add(names[layer], color=aci)
        for path in layers.paths[layer]:
            _add(document, path, names[layer], drawing.height_mm, version)
    text = io.StringIO()
    document.write(text)
    return _timeless(text.getvalue()).encode(document.output_encoding, errors="dxfreplace")


def _add(document: "Document", path: Path, layer: str, height: float, version: Version) -> None:
    points = path.points.copy()
    points[:, 1] = height - points[:, 1]
    corners = cast("list[Any]", points.round(6).tolist())
    space = document.modelspace()
    if version == "R2000":
        space.add_lwpolyline(corners, close=path.closed, dxfattribs={"layer": layer})
    else:
        space.add_polyline2d(corners, close=path.closed, dxfattribs={"layer": layer})


def _aci(layers: list[Layer]) -> dict[Layer, int]:
    """The nearest colour of AutoCAD's index for each layer, one that no other colour has while there are some."""
    by_colour: dict[str, int] = {}
    for layer in layers:
        free = {i: c for i, c in _ACI.items() if i not in by_colour.values()} or _ACI
        by_colour.setdefault(
            layer.colour,
            min(
                free, key=lambda i: sum((a - b) ** 2 for a, b in zip(free[i], rgb(layer.colour), strict=True))
            ),
        )
    return {layer: by_colour[layer.colour] for layer in layers}


def _names(layers: list[Layer], version: Version) -> dict[Layer, str]:
    """Names that the format takes, different for different layers also when case does not count."""
    names: dict[Layer, str] = {}
    taken = {"0", "defpoints"}
    for layer in layers:
        name = (
            _r12_name(layer.name)
            if version == "R12"
            else re.sub(r'[<>/\\":;?*|=`,\x00-\x1f]', "_", layer.name)
        )
        name = name.strip() or layer.operation.value.upper()
        candidate, number = name, 2
        while candidate.casefold() in taken:
            candidate, number = f"{name[:27]}_{number}", number + 1
        taken.add(candidate.casefold())
        names[layer] = candidate
    return names


def _r12_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9_-]+", "_", plain.upper()).strip("_")[:31]


def _timeless(text: str) -> str:
    header, mark, rest = text.partition("\nENDSEC\n")
    header = _MOMENT.sub(rf"\g<1>{_JULIAN_2000}", header)
    header = _GUID.sub(rf"\g<1>{_NO_GUID}", header)
    return _MARKER.sub("bottega", header + mark + rest)
