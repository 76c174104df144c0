"""Cutting, scoring and filling of drawings for the studio: settings by material and machine, files, report, readiness.

The job itself is `cut_job`'s; here its settings are found and its results written in every format.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from bottega.errors import InvalidOption
from bottega.laser import cut_job
from bottega.laser.bridges import Frame
from bottega.laser.cut_gcode import LineSettings, Work
from bottega.laser.geometry import Drawing, Operation, bounds
from bottega.laser.layers import BurnSettings
from bottega.laser.leads import LeadSettings
from bottega.laser.materials import Machine, Material, Preset, find_machine, find_material, find_preset
from bottega.laser.merge import merge
from bottega.laser.order import ordered, travel_mm
from bottega.laser.quality import LEAST_WIDTH_MM, Finding, assess_drawing, assess_loose, together
from bottega.laser.sheet_preview import sheet_preview
from bottega.laser.size import in_range, run_up_mm
from bottega.laser.studio_files import Made, drawing_files, sheet_figures, wanted_formats
from bottega.laser.studio_preview import toolpath_picture, toolpath_values
from bottega.laser.svg_in import open_svg
from bottega.laser.tabs import TabSettings

_WORK: dict[Operation, Literal["engrave", "score", "cut"]] = {
    Operation.ENGRAVE: "engrave",
    Operation.FILL: "engrave",
    Operation.SCORE: "score",
    Operation.CUT: "cut",
}
Progress = Callable[[float, str], None]


def _quiet(fraction: float, message: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class CutSettings:
    """How a drawing is burnt. None means: the material's starting point on that machine.

    `power_percent`, `speed_mm_min` and `passes` are those of the cut (of the score, where nothing is cut). `tabs`
    hold each part in the sheet; `bridges_mm` above 0 makes a stencil whose islands do not fall out (`frame`: the plate
    is the sheet, or what the outermost cuts surround). `lead_mm` above 0 starts and ends cuts in the waste.
    `price_per_hour` in dollars.
    """

    material: str = "plywood-3mm"
    machine: str = "diode-10w"
    kerf_mm: float | None = None
    kerf_y_mm: float | None = None
    power_percent: float | None = None
    speed_mm_min: float | None = None
    passes: int | None = None
    tabs: int = 0
    tab_width_mm: float = 0.5
    bridges_mm: float = 0.0
    frame: Frame = "sheet"
    lead_mm: float = 0.0
    dialect: str = "grbl"
    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0
    price_per_hour: float = 0.0
    interval_mm: float | None = None
    effort: float = 1.0
    title: str = "Laser cutting"


def cut_svg(
    svg: bytes, settings: CutSettings, formats: Iterable[str] = ("gcode",), *, progress: Progress = _quiet
) -> Made:
    """An SVG drawing as a job: red lines are cut, blue ones scored, areas filled. Raises what `open_svg` and `cut` do."""
    opened = open_svg(svg)
    return cut(opened.drawing, settings, formats, notes=opened.notes, progress=progress)


def cut(
    drawing: Drawing,
    settings: CutSettings,
    formats: Iterable[str] = ("gcode",),
    *,
    notes: Iterable[str] = (),
    stencil_meant: bool = False,
    progress: Progress = _quiet,
) -> Made:
    """A drawing as a job, in every wanted format: the very lines that the G-code burns, in their order.

    `notes` are warnings that go into the report; `stencil_meant` as in `assess_loose`. Raises InvalidOption for settings out of range, forbidden or unknown
    materials, machines that cannot do it, and what does not fit the bed; and what `cut_job.cut` raises.
    """
    wanted = wanted_formats(formats)
    material, machine = find_material(settings.material), find_machine(settings.machine)
    presets = _presets(drawing, material, machine)
    lines = _lines(presets, settings, machine)
    kerf_x = _kerf(settings, presets)
    kerf_y = kerf_x if settings.kerf_y_mm is None else settings.kerf_y_mm
    interval = _interval(settings, presets)
    tabs = int(in_range("The number of tabs", settings.tabs, 0, 100, ""))
    in_range("The lead's length", settings.lead_mm, 0, 50, "mm")
    work = _placed(drawing, settings, machine, lines, (kerf_x, kerf_y))
    job = cut_job.cut(
        drawing,
        cut_job.CutSettings(
            operations=lines,
            work=work,
            kerf_x_mm=kerf_x,
            kerf_y_mm=kerf_y,
            leads=LeadSettings(length_mm=settings.lead_mm) if settings.lead_mm else None,
            tabs=TabSettings(width_mm=settings.tab_width_mm, count=tabs, kerf_mm=max(kerf_x, kerf_y))
            if tabs
            else None,
            bridges_mm=settings.bridges_mm,
            bridge_frame=settings.frame,
            interval_mm=interval,
            effort=settings.effort,
        ),
        dollars_per_hour=settings.price_per_hour,
        progress=lambda fraction, message: progress(0.9 * fraction, message),
    )
    burn = {
        name: BurnSettings(line.power_percent, line.speed_mm_min, line.passes, interval)
        for name, line in lines.items()
    }
    progress(0.92, "writing the files")
    files = drawing_files(
        job.drawing, [name for name in wanted if name != "gcode"], settings=burn, title=settings.title
    )
    if "gcode" in wanted:
        files["gcode"] = job.gcode.encode("ascii")
    # Judged as drawn: after the kerf every web is as much wider as the beam takes away.
    assessment = assess_drawing(
        drawing,
        kerf_mm=max(kerf_x, kerf_y),
        least_width_mm=max(LEAST_WIDTH_MM, 1.5 * max(kerf_x, kerf_y)),
        more=_findings(job, material, presets),
    )
    assessment = together(assessment, assess_loose(job.drawing, stencil_meant=stencil_meant))
    report = {
        **sheet_figures(job.drawing),
        "material": material.id,
        "machine": machine.id,
        "kerf_mm": [kerf_x, kerf_y],
        "origin_mm": [work.x_mm, work.y_mm],
        "operations": {
            name: {"power": line.power_percent, "speed": line.speed_mm_min, "passes": line.passes}
            for name, line in lines.items()
        },
        **job.report,
        "warnings": [*_warnings(material, presets), *notes],
    }
    way, dpi = toolpath_picture(job.drawing, line_mm=max(kerf_x, kerf_y, 0.1))
    burnt, burnt_dpi = sheet_preview(job.drawing, material, cut_mm=max(kerf_x, kerf_y, 0.1))
    return Made(
        files={name: files[name] for name in wanted},
        drawing=job.drawing,
        report=report,
        assessment=assessment,
        pictures={"preview": burnt, "toolpath": way},
        dpi={"preview": burnt_dpi, "toolpath": dpi},
        toolpath=toolpath_values(job.drawing),
    )


def optimize_svg(
    svg: bytes,
    formats: Iterable[str] = ("svg",),
    *,
    tolerance_mm: float = 0.02,
    effort: float = 1.0,
    title: str = "",
) -> Made:
    """The same lines once each, inner before outer, with little travel; nothing is moved. Raises what `open_svg`,
    `merge` and `order_paths` raise, and InvalidOption for formats that need power and speed."""
    wanted = wanted_formats(formats)
    if {"gcode", "lbrn2"} & set(wanted):
        raise InvalidOption(
            "An optimised drawing has no power and speed.", hint="`laser cut` writes G-code and LightBurn."
        )
    opened = open_svg(svg)
    before = opened.drawing
    merged = merge(before, tolerance_mm=tolerance_mm)
    after = ordered(merged.drawing, effort=effort)
    start = (0.0, before.height_mm)
    report = {
        **sheet_figures(after),
        "paths_before": len(before.paths),
        "nodes_before": before.node_count,
        "travel_before_mm": round(travel_mm(before.paths, start), 1),
        "travel_mm": round(travel_mm(after.paths, start), 1),
        "duplicate_mm": round(merged.removed_mm, 2),
        "duplicate_paths": merged.removed_paths,
        "joined": merged.joined,
        "warnings": list(opened.notes),
    }
    return Made(
        files=drawing_files(after, wanted, title=title),
        drawing=after,
        report=report,
        assessment=assess_drawing(after, in_order=True),
    )


# --- Settings ------------------------------------------------------------------------------------------------


def _presets(drawing: Drawing, material: Material, machine: Machine) -> dict[Operation, Preset]:
    """The starting point of each operation that the drawing has."""
    used = {path.operation for path in drawing.paths}
    if drawing.rasters:
        used.add(Operation.ENGRAVE)
    return {
        operation: find_preset(material, machine, _WORK[operation])
        for operation in Operation
        if operation in used
    }


def _lines(
    presets: dict[Operation, Preset], settings: CutSettings, machine: Machine
) -> dict[str, LineSettings]:
    main = next((op for op in (Operation.CUT, Operation.SCORE, *Operation) if op in presets), None)
    lines: dict[str, LineSettings] = {}
    for operation, preset in presets.items():
        mine = operation is main
        power = (
            settings.power_percent if mine and settings.power_percent is not None else preset.power_percent
        )
        speed = settings.speed_mm_min if mine and settings.speed_mm_min is not None else preset.speed_mm_min
        passes = settings.passes if mine and settings.passes is not None else preset.passes
        in_range(f"The speed of {machine.title}", speed, 1, machine.max_speed_mm_min, "mm/min")
        lines[operation.value] = LineSettings(power, speed, passes)
    return lines


def _kerf(settings: CutSettings, presets: dict[Operation, Preset]) -> float:
    if settings.kerf_mm is not None:
        return in_range("The kerf", settings.kerf_mm, 0, 5, "mm")
    preset = presets.get(Operation.CUT)
    return preset.cut_width_mm if preset is not None else 0.0


def _interval(settings: CutSettings, presets: dict[Operation, Preset]) -> float:
    if settings.interval_mm is not None:
        return settings.interval_mm
    filled = next((preset for operation, preset in presets.items() if operation.filled), None)
    return filled.interval_mm if filled is not None else 0.1


def _placed(
    drawing: Drawing,
    settings: CutSettings,
    machine: Machine,
    lines: dict[str, LineSettings],
    kerf: tuple[float, float],
) -> Work:
    """The sheet in the bed's lower left corner, moved from it only as far as kerf, leads and run-up need."""
    work = Work(
        bed_width_mm=settings.bed_width_mm,
        bed_height_mm=settings.bed_height_mm,
        dialect=settings.dialect,
        max_power_s=machine.max_power_s if settings.dialect in cut_job.GRBL_FAMILY else None,
        acceleration_mm_s2=machine.acceleration_mm_s2,
        rapid_mm_min=machine.max_speed_mm_min,
    )
    left, _, right, bottom = bounds(drawing)
    cuts = Operation.CUT.value in lines
    reach_x = kerf[0] / 2 + settings.lead_mm if cuts else 0.0
    reach_y = kerf[1] / 2 + settings.lead_mm if cuts else 0.0
    filled = [line for name, line in lines.items() if Operation(name).filled]
    run_up = max((run_up_mm(line.speed_mm_min, machine.acceleration_mm_s2) for line in filled), default=0.0)
    wanted_x = max(reach_x, run_up)
    # Half millimetres, for people who place the sheet by hand.
    x = math.ceil(max(0.0, wanted_x - left) * 2) / 2
    if right + x + wanted_x > settings.bed_width_mm:
        x = math.ceil(max(0.0, reach_x - left) * 2) / 2
    y = math.ceil(max(0.0, reach_y - (drawing.height_mm - bottom)) * 2) / 2
    return replace(work, x_mm=min(x, settings.bed_width_mm), y_mm=min(y, settings.bed_height_mm))


# --- What is said about it -----------------------------------------------------------------------------------


def _findings(job: cut_job.CutJob, material: Material, presets: dict[Operation, Preset]) -> list[Finding]:
    found = [
        Finding("lost", lost.what, "Make it wider than the kerf, or leave it out.", x=lost.x, y=lost.y)
        for lost in job.lost
    ]
    if job.check is not None and job.check.error_count:
        faults = "; ".join(job.check.errors[:2])
        found.append(
            Finding(
                "gcode",
                f"The G-code breaks a rule of the controller: {faults}.",
                "Report this as a defect.",
                True,
            )
        )
    missing: Any = job.report.get("without_lead", 0)
    if missing:
        found.append(
            Finding(
                "no-lead",
                f"{missing} cuts have no room for a lead: their start will show.",
                "Use shorter leads, or move the parts apart.",
            )
        )
    return found


def _warnings(material: Material, presets: dict[Operation, Preset]) -> list[str]:
    sources = dict.fromkeys(preset.source for preset in presets.values())
    said = [f"Power and speed are a {source}." for source in sources]
    return [*said, material.caution] if material.caution else said
