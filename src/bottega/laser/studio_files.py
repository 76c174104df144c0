"""What the studio hands back, and the formats it writes: one drawing, every file of it the same to 0.01 mm."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

from bottega.errors import InvalidOption
from bottega.imaging.picture import U8
from bottega.laser.geometry import Drawing, bounds
from bottega.laser.layers import BurnSettings
from bottega.laser.quality import Assessment

Format = Literal["gcode", "svg", "dxf", "lbrn2", "pdf", "png"]

FORMATS: tuple[Format, ...] = ("gcode", "svg", "dxf", "lbrn2", "pdf", "png")
MEDIA_TYPES: dict[Format, str] = {
    "gcode": "text/x.gcode",
    "svg": "image/svg+xml",
    "dxf": "application/dxf",
    "lbrn2": "application/vnd.lightburn+xml",
    "pdf": "application/pdf",
    "png": "image/png",
}
_BY_NAME: dict[str, Format] = {name: name for name in FORMATS}
_SUFFIXES: dict[str, Format] = {
    ".gcode": "gcode",
    ".gc": "gcode",
    ".nc": "gcode",
    ".ngc": "gcode",
    ".svg": "svg",
    ".dxf": "dxf",
    ".lbrn2": "lbrn2",
    ".pdf": "pdf",
    ".png": "png",
}


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """The files of one job by format, its drawing, and what is known of it.

    `report` holds plain values (mm, seconds, mm/min); `assessment` says whether it can be run. `pictures` are RGB
    uint8 by name (`preview`: the burnt material, `toolpath`: the way of the head), `dpi` their resolutions;
    `toolpath` is the same as plain values.
    """

    files: dict[Format, bytes]
    drawing: Drawing
    report: dict[str, Any]
    assessment: Assessment
    pictures: dict[str, U8] = field(default_factory=dict[str, U8])
    dpi: dict[str, float] = field(default_factory=dict[str, float])
    toolpath: dict[str, Any] = field(default_factory=dict[str, Any])

    def full_report(self) -> dict[str, Any]:
        """The report with the readiness in it, ready for JSON."""
        return self.report | {"readiness": self.assessment.as_dict()}


def format_of(name: str) -> Format:
    """The format that a file's name asks for. Raises InvalidOption that lists the known endings."""
    found = _SUFFIXES.get(PurePath(name).suffix.lower())
    if found is None:
        raise InvalidOption(
            f"The name {PurePath(name).name[:80]!r} says no format that is written here.",
            hint=f"Use one of {', '.join(dict.fromkeys(f'.{name}' for name in _SUFFIXES.values()))}.",
        )
    return found


def wanted_formats(formats: Iterable[str]) -> tuple[Format, ...]:
    """Each once. Raises InvalidOption for unknown ones and for none."""
    found: list[Format] = []
    for name in formats:
        known = _BY_NAME.get(name)
        if known is None:
            raise InvalidOption(f"There is no format {name!r}.", hint=f"Known: {', '.join(FORMATS)}.")
        if known not in found:
            found.append(known)
    if not found:
        raise InvalidOption("No format was asked for.", hint=f"Known: {', '.join(FORMATS)}.")
    return tuple(found)


def drawing_files(
    drawing: Drawing,
    formats: Iterable[Format],
    *,
    settings: Mapping[str, BurnSettings] | None = None,
    title: str = "",
    notes: str = "",
    interval_mm: float = 0.1,
) -> dict[Format, bytes]:
    """The drawing in every format but G-code, which needs a machine. Raises what the writers raise.

    `interval_mm`: a pixel of the PNG; on large sheets more.
    """
    from bottega.laser.dxf import write_dxf
    from bottega.laser.lightburn import write_lbrn2
    from bottega.laser.pdf import write_pdf
    from bottega.laser.raster_png import write_png
    from bottega.laser.svg import write_svg

    files: dict[Format, bytes] = {}
    for name in formats:
        if name == "svg":
            files[name] = write_svg(drawing, settings=settings, title=title)
        elif name == "dxf":
            files[name] = write_dxf(drawing, settings=settings)
        elif name == "lbrn2":
            files[name] = write_lbrn2(drawing, settings=settings or {}, notes=notes or title)
        elif name == "pdf":
            files[name] = write_pdf(drawing, settings=settings, title=title)
        elif name == "png":
            files[name] = write_png(drawing, interval_mm=_png_interval(drawing, interval_mm))
    return files


def _png_interval(drawing: Drawing, interval_mm: float) -> float:
    """The interval, or on sheets too large for it the finest that is drawn, to a hundredth of a mm."""
    from bottega.laser.raster_png import MAX_PIXELS

    finest = math.sqrt(drawing.width_mm * drawing.height_mm / MAX_PIXELS)
    # A hundredth more, since the sheet is padded to whole pixels.
    return interval_mm if finest < interval_mm else math.ceil(100 * finest + 1) / 100


def sheet_figures(drawing: Drawing) -> dict[str, Any]:
    """Size of the sheet and of what is on it, in mm, and how much that is."""
    left, top, right, bottom = bounds(drawing)
    return {
        "width_mm": round(drawing.width_mm, 4),
        "height_mm": round(drawing.height_mm, 4),
        "bounds_mm": [round(v, 4) for v in (left, top, right, bottom)],
        "paths": len(drawing.paths),
        "nodes": drawing.node_count,
        "pictures": len(drawing.rasters),
    }
