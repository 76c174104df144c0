"""What readers that are not ours find wrong with a job's files; empty when they agree with the job's drawing."""

import io
import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import ezdxf
import pypdf
import svgelements
from gcodeparser import GcodeParser
from PIL import Image

from bottega.laser.studio_files import Made

SIZE_MM = 0.01
_VERTEX = re.compile(r"V(-?[\d.]+) (-?[\d.]+)")


def file_faults(made: Made, *, bed: tuple[float, float], max_power: float) -> list[str]:
    """Faults of every file of a job; `bed` is its width and height in mm, `max_power` the S word of full power."""
    faults: list[str] = []
    for name, data in made.files.items():
        if name == "gcode":
            faults += _gcode(data.decode("ascii"), bed, max_power)
        else:
            faults += READERS[name](data, made)
    return faults


def _gcode(text: str, bed: tuple[float, float], max_power: float) -> list[str]:
    """gcodeparser: every line is a command, every target on the bed, and no power above full."""
    if not text.isascii() or "\r" in text:
        return ["gcode: not plain ASCII with LF"]
    faults: list[str] = []
    written = "\n".join(line for line in text.splitlines() if not line.startswith(";"))
    lines = GcodeParser(_explicit(written)).lines
    if not lines:
        return ["gcode: nothing in it"]
    for line in lines:
        for word, limit in (("X", bed[0]), ("Y", bed[1]), ("S", max_power)):
            value = line.get_param(word)
            # Words have three decimals, which may round a bed of 84.1456 mm up.
            if value is not None and not -5e-4 <= value <= limit + 5e-4:
                faults.append(f"gcode: {word}{value} beyond {limit:g}")
    return faults[:3]


def _explicit(text: str) -> str:
    """Lines that go on with the motion word before them, with that word: the parser knows no modal words."""
    out: list[str] = []
    motion = "G0"
    for line in text.splitlines():
        found = re.findall(r"G0?[0-3](?!\d)", line)
        motion = found[-1] if found else motion
        out.append(line if line[:1] in "GM" or not line else f"{motion} {line}")
    return "\n".join(out)


def _svg(data: bytes, made: Made) -> list[str]:
    document: Any = svgelements.SVG.parse(io.BytesIO(data), reify=True, ppi=25.4)
    faults = _size("svg", (document.width, document.height), made)
    kinds = [type(element).__name__ for element in document.elements()]
    subpaths = sum(
        len(list(element.as_subpaths()))
        for element in document.elements()
        if isinstance(element, svgelements.Path)
    )
    if subpaths != len(made.drawing.paths):
        faults.append(f"svg: {subpaths} paths instead of {len(made.drawing.paths)}")
    if kinds.count("Image") != len(made.drawing.rasters):
        faults.append(f"svg: {kinds.count('Image')} pictures instead of {len(made.drawing.rasters)}")
    return faults


def _dxf(data: bytes, made: Made) -> list[str]:
    document = ezdxf.read(io.StringIO(data.decode("cp1252")))
    auditor = document.audit()
    faults = [f"dxf: {error.message}" for error in (*auditor.errors, *auditor.fixes)]
    if document.units != ezdxf.units.MM:
        faults.append("dxf: not in millimetres")
    if len(document.modelspace()) != len(made.drawing.paths):
        faults.append(f"dxf: {len(document.modelspace())} entities instead of {len(made.drawing.paths)}")
    return faults


def _pdf(data: bytes, made: Made) -> list[str]:
    (page,) = pypdf.PdfReader(io.BytesIO(data), strict=True).pages
    size = (float(page.mediabox.width) / 72 * 25.4, float(page.mediabox.height) / 72 * 25.4)
    faults = _size("pdf", size, made)
    started = 0

    def visit(operator: bytes, operands: list[Any], matrix: list[float], _: list[float]) -> None:
        nonlocal started
        started += operator == b"m"
        if operator in (b"m", b"l", b"c") and not all(math.isfinite(float(value)) for value in operands):
            faults.append("pdf: a coordinate is no number")

    page.extract_text(visitor_operand_before=visit)
    if started != len(made.drawing.paths):
        faults.append(f"pdf: {started} paths instead of {len(made.drawing.paths)}")
    return faults


def _lbrn2(data: bytes, made: Made) -> list[str]:
    project = ET.fromstring(data)
    faults: list[str] = []
    settings = {int(index.get("Value", "")) for index in project.iterfind("*/index")}
    shapes = list(project.iter("Shape"))
    used = {int(shape.get("CutIndex", "")) for shape in shapes}
    if used - settings or not used <= set(range(30)):
        faults.append(f"lbrn2: layers {sorted(used)} with settings for {sorted(settings)}")
    if len(shapes) != len(made.drawing.paths) + len(made.drawing.rasters):
        faults.append(f"lbrn2: {len(shapes)} shapes")
    if not all(float(speed.get("Value", "")) > 0 for speed in project.iterfind("*/speed")):
        faults.append("lbrn2: a layer without speed")
    for shape in shapes:
        places = [(float(x), float(y)) for x, y in _VERTEX.findall(shape.findtext("VertList") or "")]
        if shape.get("Type") == "Path" and len(places) < 2:
            faults.append("lbrn2: a path without points")
    return faults


def _png(data: bytes, made: Made) -> list[str]:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        dpi = picture.info["dpi"]
        size = tuple(side / float(each) * 25.4 for side, each in zip(picture.size, dpi, strict=True))
    wanted = (made.drawing.width_mm, made.drawing.height_mm)
    # A sheet is padded to whole pixels, and a resolution is whole pixels a metre.
    slack = tuple(2 * 25.4 / float(each) + 1e-3 * side for each, side in zip(dpi, wanted, strict=True))
    near = all(abs(a - b) <= s for a, b, s in zip(size, wanted, slack, strict=True))
    return [] if near else [f"png: {size} mm instead of {wanted}"]


def _size(name: str, found: tuple[Any, Any], made: Made) -> list[str]:
    wanted = (made.drawing.width_mm, made.drawing.height_mm)
    near = all(abs(float(a) - b) <= SIZE_MM for a, b in zip(found, wanted, strict=True))
    return [] if near else [f"{name}: {found} mm instead of {wanted}"]


READERS = {"svg": _svg, "dxf": _dxf, "pdf": _pdf, "lbrn2": _lbrn2, "png": _png}
