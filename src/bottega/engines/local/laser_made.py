"""What the laser engine makes besides engravings: traced pictures, SVG drawings, letters, boxes and test grids.

Parameters of a task in, jobs of the laser studio out; files are `laser_files`'s.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import numpy as np

from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.decode import decode
from bottega.imaging.picture import Picture
from bottega.laser.boxes import BoxSettings
from bottega.laser.geometry import (
    MIN_SHEET_MM,
    Drawing,
    Operation,
    bounds,
    from_shapely,
    laser_extra,
    scale,
    translate,
)
from bottega.laser.job import EngraveSettings, engrave
from bottega.laser.materials import find_machine, find_material, find_preset
from bottega.laser.raster_png import write_png
from bottega.laser.studio import TraceSettings
from bottega.laser.studio_cut import CutSettings, cut
from bottega.laser.studio_files import Format, Made
from bottega.laser.studio_more import GridSettings, box, grid_card
from bottega.laser.studio_picture import PictureSettings, picture_job
from bottega.laser.svg_in import open_svg
from bottega.laser.text import find_font, outline_text, stroke_paths

Progress = Callable[[float, str], None]
Parameters = Mapping[str, Any]
LineProcess = Literal["cut", "score", "engrave_and_cut"]

LINE_FORMATS: tuple[Format, ...] = ("gcode", "svg", "dxf", "lbrn2")
GRID_FORMATS: tuple[Format, ...] = ("gcode", "svg", "lbrn2")
LIGHTBURN_PATCHES = 29
"""One layer is the labels'."""
BOX_FORMATS: tuple[Format, ...] = ("gcode", "svg", "dxf", "lbrn2", "pdf")
_NAMED_THICKNESS = re.compile(r"(\d+(?:\.\d+)?)mm$")
ROOM_MM = 40.0
"""Of the bed, left around a box's sheets for kerf, leads and run-up."""
PICTURE_SHARE = 0.8
"""Of a box's face that its picture covers, as `boxes.designs` places it."""
DEFAULT_CAPITALS_MM = 10.0
CUT_MARGIN_MM = 2.0
PEN_SHARE = 0.08
"""Width of a stroke over the height of capitals, where strokes are burnt as areas."""


def chosen(parameters: Parameters, kind: type[Any], /, *, without: tuple[str, ...] = (), **more: Any) -> Any:
    """The settings of that dataclass which the parameters name; what is left out has its default."""
    known = {field.name for field in dataclasses.fields(kind)} - {"title", "operation", *without}
    given = {name: value for name, value in parameters.items() if name in known and value is not None}
    given |= {name: tuple(cast("list[Any]", v)) for name, v in given.items() if isinstance(v, list)}
    return kind(**{**given, **more})


def formats_of(parameters: Parameters, usual: tuple[Format, ...]) -> tuple[Format, ...]:
    wanted = cast("list[Format] | None", parameters.get("formats"))
    return tuple(wanted) if wanted else usual


# --- Pictures and drawings -----------------------------------------------------------------------------------


def traced(
    parameters: Parameters, process: LineProcess, picture: Picture, title: str, progress: Progress
) -> Made:
    """A picture cut, scored, or engraved and cut out. Raises what `picture_job` raises."""
    settings = PictureSettings(
        trace=chosen(parameters, TraceSettings, without=("centerline",), title=title),
        cut=chosen(parameters, CutSettings, title=title),
        engrave=chosen(
            parameters, EngraveSettings, without=("power_percent", "speed_mm_min", "passes"), title=title
        ),
        centerline=parameters.get("centerline"),
        margin_mm=float(parameters.get("margin_mm", 2.0)),
    )
    formats = formats_of(parameters, LINE_FORMATS)
    return picture_job(picture.as_u8(), picture.opacity(), process, settings, formats, progress=progress)


def drawn(parameters: Parameters, svg: bytes, title: str, progress: Progress) -> Made:
    """An SVG drawing as lines. Its colours say what they are for; `score` scores all of them, and `cut` cuts all of
    them where no colour asks for a cut. Raises what `open_svg` and `cut` raise."""
    drawing, notes, told = _read(parameters, svg)
    made = cut(
        drawing,
        chosen(parameters, CutSettings, title=title),
        formats_of(parameters, LINE_FORMATS),
        notes=notes,
        progress=progress,
    )
    return replace(made, report={**made.report, "operations_from": told})


def _read(parameters: Parameters, svg: bytes) -> tuple[Drawing, tuple[str, ...], str]:
    process = parameters.get("process")
    opened = open_svg(svg, operation=Operation.SCORE if process == "score" else None)
    told = "the sentence or the options" if process == "score" else "the drawing's colours"
    if process == "cut" and not any(path.operation is Operation.CUT for path in opened.drawing.paths):
        opened = open_svg(svg, operation=Operation.CUT)
        told = "the sentence or the options"
    return _to_size(opened.drawing, parameters), opened.notes, told


def _to_size(drawing: Drawing, parameters: Parameters) -> Drawing:
    """As large as it says itself, or scaled to what is asked for; with both sides given it fits inside them."""
    asked = (
        (float(parameters[name]), side)
        for name, side in (("width_mm", drawing.width_mm), ("height_mm", drawing.height_mm))
        if parameters.get(name)
    )
    factors = [wanted / side for wanted, side in asked]
    return scale(drawing, min(factors)) if factors else drawing


def as_picture(parameters: Parameters, svg: bytes) -> tuple[Picture, dict[str, Any]]:
    """An SVG drawing as a grey picture to engrave, black where it burns, and the parameters that go with it: its own
    size, and dark parts burnt on every material, since its ground is no part of it."""
    material, machine = find_material(parameters["material"]), find_machine(parameters["machine"])
    preset = find_preset(material, machine)
    drawing = _to_size(open_svg(svg).drawing, parameters)
    pitch = float(parameters.get("interval_mm") or preset.interval_mm)
    line = max(2 * pitch, float(parameters.get("beam_mm") or preset.beam_mm))
    picture = decode(write_png(drawing, interval_mm=pitch, line_mm=line))
    lighter = material.burns == "lighter"
    size = {"width_mm": drawing.width_mm, "height_mm": drawing.height_mm}
    fitting = {**parameters, **size, "invert": bool(parameters.get("invert")) != lighter}
    if not drawing.rasters and parameters.get("dither", "jarvis") == "jarvis":
        fitting["dither"] = "threshold"  # lines and areas have no tones; dots would fray their edges
    return picture, fitting


# --- Letters -------------------------------------------------------------------------------------------------


def lettered(parameters: Parameters, title: str, progress: Progress) -> Made:
    """Letters as strokes or outlines, as wide as asked for. Raises what `laser.text` and `cut` raise."""
    drawing, burnt = text_drawing(parameters)
    made = cut(
        drawing,
        chosen(parameters, CutSettings, title=title),
        formats_of(parameters, LINE_FORMATS),
        progress=progress,
    )
    left, top, right, bottom = bounds(drawing)
    figures = {
        "text": parameters["text"],
        "lettering": burnt,
        "text_mm": [round(right - left, 3), round(bottom - top, 3)],
    }
    return replace(made, report={**made.report, **figures})


def text_drawing(parameters: Parameters) -> tuple[Drawing, str]:
    """The letters on a sheet of their own size, and what is burnt of them.

    A material without figures for scoring gets its strokes as narrow areas.
    """
    text = str(parameters["text"]).replace("\\n", "\n")
    material, machine = find_material(parameters["material"]), find_machine(parameters["machine"])
    capitals = parameters.get("text_height_mm")
    height = float(capitals or DEFAULT_CAPITALS_MM)
    style = parameters.get("lettering") or _usual_lettering()
    if style != "single-line":
        operation = Operation.CUT if style == "cut" else Operation.ENGRAVE
        paths = outline_text(text, height, operation=operation)
        sheet = _fitted(Drawing(paths, 1, 1), parameters, fixed=bool(capitals))
        return (_around(sheet, CUT_MARGIN_MM) if style == "cut" else sheet), style
    paths = stroke_paths(text, height, 0.0, 0.0)
    if machine.id in material.score:
        return _fitted(Drawing(paths, 1, 1), parameters, fixed=bool(capitals)), "strokes"
    with laser_extra():
        import shapely
    beam = find_preset(material, machine).beam_mm
    lines = shapely.union_all([shapely.LineString(path.points) for path in paths])
    areas = lines.buffer(max(beam, PEN_SHARE * height) / 2)
    filled = from_shapely(areas, operation=Operation.ENGRAVE, layer="Text")
    return _fitted(Drawing(filled, 1, 1), parameters, fixed=bool(capitals)), "strokes as areas"


def _around(sheet: Drawing, margin: float) -> Drawing:
    """With room at all sides, since the kerf lies outside of cut letters."""
    size = sheet.width_mm + 2 * margin, sheet.height_mm + 2 * margin
    return replace(translate(sheet, margin, margin), width_mm=size[0], height_mm=size[1])


def _usual_lettering() -> str:
    """Outlines where the system has a font, else strokes."""
    try:
        find_font()
    except MissingInput:
        return "single-line"
    return "outline"


def _fitted(drawing: Drawing, parameters: Parameters, *, fixed: bool) -> Drawing:
    """On a sheet of its own size; scaled to the width and height that are asked for unless its letters have a size."""
    left, top, right, bottom = bounds(drawing)
    size = max(right - left, MIN_SHEET_MM), max(bottom - top, MIN_SHEET_MM)
    sheet = replace(translate(drawing, -left, -top), width_mm=size[0], height_mm=size[1])
    return sheet if fixed else _to_size(sheet, parameters)


# --- Boxes and test grids ------------------------------------------------------------------------------------


def boxed(
    parameters: Parameters, picture: Picture | None, title: str
) -> tuple[tuple[Made, ...], dict[str, Any]]:
    """The sheets of a box, each a job, and the report of them all. Raises what `box` raises, InvalidOption for a picture
    on a box that has no face for one."""
    material, machine = find_material(parameters["material"]), find_machine(parameters["machine"])
    preset = find_preset(material, machine, "cut")
    thickness = float(parameters.get("thickness_mm") or sheet_thickness(material.id))
    kerf = parameters.get("kerf_mm")
    kerf = float(kerf) if kerf is not None else preset.cut_width_mm
    burn = chosen(parameters, CutSettings, without=("kerf_mm", "kerf_y_mm"), title=title)
    dots, pitch = _face(parameters, picture)
    settings = chosen(
        parameters,
        BoxSettings,
        without=("picture",),
        thickness_mm=thickness,
        kerf_x_mm=kerf,
        kerf_y_mm=parameters.get("kerf_y_mm"),
        sheet_width_mm=float(parameters.get("sheet_width_mm") or burn.bed_width_mm - ROOM_MM),
        sheet_height_mm=float(parameters.get("sheet_height_mm") or burn.bed_height_mm - ROOM_MM),
        picture=dots,
    )
    made = box(
        parameters.get("design", "closed"),
        settings,
        formats_of(parameters, BOX_FORMATS),
        burn=replace(burn, interval_mm=pitch),
    )
    if dots is not None and not any(sheet.drawing.rasters for sheet in made.sheets):
        raise InvalidOption(
            f"The box {parameters.get('design')!r} has no face for a picture.",
            hint="These have: closed, gift, sliding-lid, hinged-lid, living-hinge, matchbox. Or leave the picture out.",
        )
    report = made.report | {"kerf_mm": [kerf, settings.kerf_y_mm if settings.kerf_y_mm is not None else kerf]}
    notes = _on_thickness(material.id, thickness, given="thickness_mm" in parameters)
    return made.sheets, report | _summed(made.sheets, notes)


def sheet_thickness(material_id: str) -> float:
    """In mm, as the material is called; 3 where its name does not say."""
    found = _NAMED_THICKNESS.search(material_id)
    return float(found[1]) if found else 3.0


def _face(
    parameters: Parameters, picture: Picture | None
) -> tuple[np.ndarray[Any, Any] | None, float | None]:
    """The dots of the picture as the box places them, and their pitch in mm."""
    if picture is None:
        return None, None
    x, y = float(parameters.get("x_mm", 100)), float(parameters.get("y_mm", 80))
    width = PICTURE_SHARE * min(x, y * picture.width / picture.height)
    settings = chosen(
        parameters,
        EngraveSettings,
        without=("power_percent", "speed_mm_min", "passes", "height_mm", "bed_width_mm", "bed_height_mm"),
        width_mm=width,
        bed_width_mm=5000.0,
        bed_height_mm=5000.0,
    )
    job = engrave(picture.as_u8(), settings, alpha=picture.opacity())
    return (job.dots if job.powers is None else job.shown), job.grid.pitch_y_mm


def _on_thickness(material_id: str, thickness: float, *, given: bool) -> list[str]:
    named = _NAMED_THICKNESS.search(material_id)
    if named is None and not given:
        return [
            f"The thickness was taken as {thickness:g} mm: measure the material, or the joints do not fit."
        ]
    if named is not None and abs(float(named[1]) - thickness) > 0.5:
        return [f"Power and speed are those of {named[1]} mm, the box is of {thickness:g} mm: burn a test."]
    return []


def _summed(sheets: tuple[Made, ...], notes: list[str]) -> dict[str, Any]:
    """What is said of all sheets together."""
    figures = (
        "gcode_errors",
        "nesting_errors",
        "paths",
        "nodes",
        "gcode_lines",
        "gcode_bytes",
        "cost_micro_dollars",
    )
    report: dict[str, Any] = {
        name: sum(sheet.report[name] for sheet in sheets)
        for name in figures
        if all(name in sheet.report for sheet in sheets)
    }
    first = sheets[0].report
    warnings = list(dict.fromkeys(text for sheet in sheets for text in sheet.report["warnings"]))
    same = ("width_mm", "height_mm", "material", "machine", "operations")
    return report | {name: first[name] for name in same} | {"warnings": [*warnings, *notes]}


def gridded(parameters: Parameters, title: str) -> Made:
    """A card to burn and read the best figures from. Raises what `grid_card` raises."""
    settings = chosen(
        parameters, GridSettings, without=("passes",), kind=parameters.get("grid", "power-speed")
    )
    formats = formats_of(parameters, GRID_FORMATS)
    if (
        not parameters.get("formats")
        and len(settings.powers) * len(settings.speeds or range(5)) > LIGHTBURN_PATCHES
    ):
        formats = ("gcode", "svg")  # LightBurn has not so many layers
    made = grid_card(settings, formats)
    return replace(made, report={"title": title, **made.report})
