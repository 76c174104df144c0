"""PDF of one page at true size (ISO 32000-1): vectors as lines and fills, pictures embedded, layers switchable.

A PDF unit is 1/72 inch. The page's content is drawn in millimetres with y down, under one matrix that turns them into
points, so that the numbers in the file are those of every other file of the job.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from bottega.laser.formatting import mm
from bottega.laser.geometry import Drawing, Path, RasterImage, checked
from bottega.laser.layers import BurnSettings, Layer, layers_of, rgb
from bottega.laser.size import MM_PER_INCH

POINTS_PER_MM = 72 / MM_PER_INCH
HAIRLINE_MM = 0.01
"""What printer drivers of lasers read as a line to cut rather than an area to engrave (Ponoko asks for 0.01 mm)."""


def write_pdf(
    drawing: Drawing,
    *,
    settings: Mapping[str, BurnSettings] | None = None,
    title: str = "",
    exact_colours: bool = False,
    line_mm: float = HAIRLINE_MM,
) -> bytes:
    """The drawing as PDF 1.5, a switchable layer for each of its layers in burning order, curves as curves.

    `settings` and `exact_colours` as in `layers_of`. Raises what `checked` and `layers_of` raise.
    """
    drawing = checked(drawing)
    layers = layers_of(drawing, settings, exact_colours=exact_colours)
    document = _Objects()
    catalogue, pages, page, information = (document.reserve() for _ in range(4))
    groups: list[int] = []
    images: list[int] = []
    content = [
        f"{_number(POINTS_PER_MM)} 0 0 {_number(-POINTS_PER_MM)} 0 {_points(drawing.height_mm)} cm 1 j 1 J"
    ]
    for layer in layers.all:
        content.append(f"/OC /L{len(groups)} BDC")
        groups.append(document.add(f"<< /Type /OCG /Name {_text(layer.name)} >>".encode()))
        for raster in layers.rasters.get(layer, ()):
            content.append(_placed(raster, len(images)))
            images.append(document.add_stream(*_image(raster)))
        content.append(_drawn(layer, layers.paths.get(layer, ()), line_mm))
        content.append("EMC")
    stream = document.add_stream("", "\n".join(line for line in content if line).encode())
    listed = _references(groups)
    properties = " ".join(f"/L{i} {n} 0 R" for i, n in enumerate(groups))
    pictures = " ".join(f"/I{i} {n} 0 R" for i, n in enumerate(images))
    document.put(
        catalogue,
        f"<< /Type /Catalog /Pages {pages} 0 R /OCProperties << /OCGs [{listed}] "
        f"/D << /Order [{listed}] /ON [{listed}] >> >> >>",
    )
    document.put(pages, f"<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>")
    document.put(
        page,
        f"<< /Type /Page /Parent {pages} 0 R "
        f"/MediaBox [0 0 {_points(drawing.width_mm)} {_points(drawing.height_mm)}] "
        f"/Resources << /Properties << {properties} >> /XObject << {pictures} >> >> /Contents {stream} 0 R >>",
    )
    document.put(information, f"<< /Title {_text(title)} /Producer (Bottega) >>")
    return document.file(catalogue, information)


def _drawn(layer: Layer, paths: Sequence[Path], line_mm: float) -> str:
    if not paths:
        return ""
    colour = " ".join(_number(value / 255, 4) for value in rgb(layer.colour))
    if layer.operation.filled:
        return "\n".join([f"{colour} rg", *(_outline(path) for path in paths), "f*"])
    return "\n".join([f"{colour} RG {_number(line_mm)} w", *(f"{_outline(path)} S" for path in paths)])


def _outline(path: Path) -> str:
    if path.curves:
        start = path.curves[0].start
        parts = [f"{mm(start[0])} {mm(start[1])} m"]
        for curve in path.curves:
            points = (curve.end,) if curve.is_line else (curve.control_1, curve.control_2, curve.end)
            parts.append(" ".join(f"{mm(x)} {mm(y)}" for x, y in points) + (" l" if curve.is_line else " c"))
    else:
        (x, y), *rest = path.points.tolist()
        parts = [f"{mm(x)} {mm(y)} m", *(f"{mm(x)} {mm(y)} l" for x, y in rest)]
    return "\n".join(parts) + (" h" if path.closed else "")


def _placed(raster: RasterImage, number: int) -> str:
    # The unit square of a picture has its first row on top, where y counts upwards.
    bottom = raster.y + raster.height_mm
    matrix = f"{mm(raster.width_mm)} 0 0 {mm(-raster.height_mm)} {mm(raster.x)} {mm(bottom)}"
    return f"q {matrix} cm /I{number} Do Q"


def _image(raster: RasterImage) -> tuple[str, bytes]:
    rows, columns = raster.pixels.shape
    one_bit = raster.pixels.dtype == np.bool_
    data = np.packbits(~raster.pixels, axis=1).tobytes() if one_bit else raster.grey.tobytes()
    return (
        f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows} /ColorSpace /DeviceGray "
        f"/BitsPerComponent {1 if one_bit else 8} /Interpolate false ",
        data,
    )


def _points(value_mm: float) -> str:
    return _number(value_mm * POINTS_PER_MM)


def _number(value: float, places: int = 6) -> str:
    return mm(value, places)


def _text(text: str) -> str:
    """A text string: UTF-16 with its mark, as hexadecimal digits, which need no escapes."""
    return "<" + (b"\xfe\xff" + text.encode("utf-16-be", "replace")).hex().upper() + ">"


def _references(numbers: list[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)


class _Objects:
    """The numbered objects of a PDF file on their way into it."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def reserve(self) -> int:
        return self.add(b"null")

    def add(self, body: bytes) -> int:
        self._bodies.append(body)
        return len(self._bodies)

    def put(self, number: int, body: str) -> None:
        self._bodies[number - 1] = body.encode("ascii")

    def add_stream(self, entries: str, data: bytes) -> int:
        packed = zlib.compress(data, 9)
        head = f"<< {entries}/Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii")
        return self.add(head + packed + b"\nendstream")

    def file(self, catalogue: int, information: int) -> bytes:
        out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        offsets: list[int] = []
        for number, body in enumerate(self._bodies, 1):
            offsets.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start, count = len(out), len(offsets) + 1
        out += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
        # The identifier is of the content, so that the same drawing gives the same file.
        identity = hashlib.sha256(out).hexdigest()[:32].upper()
        out += (
            f"trailer\n<< /Size {count} /Root {catalogue} 0 R /Info {information} 0 R "
            f"/ID [<{identity}> <{identity}>] >>\nstartxref\n{start}\n%%EOF\n"
        ).encode()
        return bytes(out)
