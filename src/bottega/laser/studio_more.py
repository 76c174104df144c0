"""The studio's boxes and test grids, and what an existing file comes to: time, lengths, cost."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bottega.errors import InvalidOption, UnreadablePicture
from bottega.laser.boxes import DESIGNS, BoxSettings, make_box
from bottega.laser.cut_job import cost_micro_dollars
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.geometry import Drawing
from bottega.laser.layers import PALETTE
from bottega.laser.materials import find_machine, find_material, find_preset
from bottega.laser.quality import Assessment, Finding
from bottega.laser.sheet_preview import sheet_preview
from bottega.laser.size import in_range
from bottega.laser.studio_cut import CutSettings, cut, cut_svg
from bottega.laser.studio_files import Made, drawing_files, sheet_figures, wanted_formats
from bottega.laser.studio_preview import moves_picture, moves_values


@dataclass(frozen=True, slots=True, eq=False)
class MadeBox:
    """`sheets`: a job for each sheet, in order; `report`: of the box as a whole, with how well its joints fit."""

    sheets: tuple[Made, ...]
    report: dict[str, Any]


def box(
    design: str,
    settings: BoxSettings | None = None,
    formats: Iterable[str] = ("svg",),
    *,
    burn: CutSettings | None = None,
) -> MadeBox:
    """A box of that design, its parts nested on sheets and each sheet a job in every wanted format.

    The kerf of the box's settings is what the cuts are moved by. Raises what `make_box` and `cut` raise.
    """
    settings = settings or BoxSettings()
    wanted = tuple(formats)
    made = make_box(design, settings)
    how = replace(
        burn or CutSettings(),
        kerf_mm=settings.kerf_x_mm,
        kerf_y_mm=settings.kerf_y_mm,
        title=DESIGNS[design].title,
    )
    sheets = tuple(cut(sheet, how, wanted) for sheet in made.nominal)
    return MadeBox(
        sheets=sheets,
        report={
            "design": design,
            "thickness_mm": settings.thickness_mm,
            **made.report,
            "sheets": len(sheets),
            "parts": len(made.parts),
            "part_names": [part.name for part in made.parts],
            "seconds_estimated": math.fsum(sheet.report.get("seconds_estimated", 0.0) for sheet in sheets),
        },
    )


def designs() -> dict[str, str]:
    """Every box that can be made, with its title."""
    return {name: design.title for name, design in DESIGNS.items()}


# --- Tests of a material -------------------------------------------------------------------------------------

GRIDS = ("power-speed", "interval", "passes", "kerf", "focus")


@dataclass(frozen=True, slots=True)
class GridSettings:
    """What a test grid varies; empty means: around the material's starting point on that machine. Powers in percent,
    speeds in mm/min, intervals and focus offsets in mm."""

    kind: str = "power-speed"
    material: str = "plywood-3mm"
    machine: str = "diode-10w"
    powers: tuple[float, ...] = ()
    speeds: tuple[float, ...] = ()
    intervals: tuple[float, ...] = ()
    passes: tuple[int, ...] = (1, 2, 3, 4)
    offsets: tuple[float, ...] = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
    cell_mm: float = 8.0
    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0


def grid_card(settings: GridSettings, formats: Iterable[str] = ("gcode",)) -> Made:
    """A card to burn and read the best figures from, as a job. Raises what `laser.testgrid` and `cut` raise."""
    from bottega.laser import testgrid as grids

    material, machine = find_material(settings.material), find_machine(settings.machine)
    preset = find_preset(material, machine)
    powers = settings.powers or tuple(
        sorted({min(100.0, round(preset.power_percent * share)) for share in (0.4, 0.6, 0.8, 1.0, 1.2)})
    )
    speeds = settings.speeds or tuple(
        sorted(
            {
                min(machine.max_speed_mm_min, round(preset.speed_mm_min * k, -1))
                for k in (0.5, 0.75, 1, 1.5, 2)
            }
        )
    )
    intervals = settings.intervals or (0.06, 0.08, 0.1, 0.125, 0.15, 0.2)
    for speed in speeds:
        in_range(f"The speed of {machine.title}", speed, 1, machine.max_speed_mm_min, "mm/min")
    burn = CutSettings(
        material=material.id,
        machine=machine.id,
        kerf_mm=0.0,
        bed_width_mm=settings.bed_width_mm,
        bed_height_mm=settings.bed_height_mm,
        title=f"Test grid, {settings.kind}",
    )
    match settings.kind:
        case "kerf":
            return cut(grids.kerf_comb(), burn, formats)
        case "focus":
            return cut(grids.focus_strip(settings.offsets), burn, formats)
        case "power-speed":
            grid = grids.power_speed_grid(
                powers, speeds, cell_mm=settings.cell_mm, interval_mm=preset.interval_mm
            )
        case "interval":
            grid = grids.interval_grid(
                intervals, preset.power_percent, preset.speed_mm_min, cell_mm=settings.cell_mm
            )
        case "passes":
            grid = grids.passes_grid(
                settings.passes, powers, preset.speed_mm_min, interval_mm=preset.interval_mm
            )
        case _:
            raise InvalidOption(
                f"There is no test grid called {settings.kind[:60]!r}.", hint=f"Known: {', '.join(GRIDS)}."
            )
    wanted = wanted_formats(formats)
    gcode = grids.grid_gcode(
        grid,
        bed_width_mm=settings.bed_width_mm,
        bed_height_mm=settings.bed_height_mm,
        max_power_s=machine.max_power_s,
        acceleration_mm_s2=machine.acceleration_mm_s2,
    )
    many = len({cell.burn for row in grid.rows for cell in row}) > len(PALETTE)
    if many and "lbrn2" in wanted:
        raise InvalidOption(
            f"LightBurn has {len(PALETTE)} layers, and each patch that burns differently needs one: "
            f"the card has {sum(map(len, grid.rows))} patches.",
            hint="Ask for fewer powers or speeds, or for G-code, which has no such limit.",
        )
    # In the other formats patches are drawn; what each burns with is in its layer's name.
    files = drawing_files(
        grid.drawing,
        [name for name in wanted if name != "gcode"],
        settings=None if many else grid.settings,
        title=burn.title,
    )
    if "gcode" in wanted:
        files["gcode"] = gcode.encode("ascii")
    told = estimate(gcode.encode("ascii"), "grid.gcode", burn)
    burnt, dpi = sheet_preview(grid.drawing, material)
    cells = [
        {"x_mm": c.x, "y_mm": c.y, "power": c.burn.power_percent, "speed": c.burn.speed_mm_min}
        | {"passes": c.burn.passes, "interval_mm": c.burn.interval_mm}
        for row in grid.rows
        for c in row
    ]
    return Made(
        files={name: files[name] for name in wanted},
        drawing=grid.drawing,
        report={**sheet_figures(grid.drawing), **told.report, "material": material.id, "cells": cells},
        assessment=told.assessment,
        pictures={"preview": burnt, **told.pictures},
        dpi={"preview": dpi, **told.dpi},
        toolpath=told.toolpath,
    )


# --- What a file comes to ------------------------------------------------------------------------------------


def estimate(data: bytes, name: str, settings: CutSettings | None = None) -> Made:
    """What a G-code or SVG file comes to on a machine. `name` tells the formats apart by its ending.

    Nothing is written. G-code is read as it is: faults are findings, not errors. Raises InvalidOption for other
    formats, UnreadablePicture for a text that is none, and what `cut_svg` raises.
    """
    settings = settings or CutSettings()
    ending = name.lower().rpartition(".")[2]
    if ending == "svg":
        made = cut_svg(data, settings, ("gcode",))
        return replace(made, files={})
    if ending not in ("gcode", "gc", "nc", "ngc"):
        raise InvalidOption(
            f"The time of {name[:80]!r} cannot be told from its kind.",
            hint="Give a .gcode, .nc or .svg file.",
        )
    machine = find_machine(settings.machine)
    in_range("The price of an hour", settings.price_per_hour, 0, 100_000, "dollars")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadablePicture(f"{name[:80]} is no G-code: it is not text.") from None
    checked = check_gcode(
        text,
        Machining(
            bed_width_mm=settings.bed_width_mm,
            bed_height_mm=settings.bed_height_mm,
            max_power_s=machine.max_power_s,
            acceleration_mm_s2=machine.acceleration_mm_s2,
            rapid_mm_min=machine.max_speed_mm_min,
            power_modes=1_000_000,
            arcs=True,
            depth=True,
        ),
    )
    timing = checked.timing
    if timing.seconds == 0:
        raise InvalidOption(f"{name[:80]} moves nothing.", hint="Is it G-code?")
    report: dict[str, Any] = {
        "machine": machine.id,
        "seconds_estimated": round(timing.seconds, 1),
        "burn_mm": round(timing.burn_mm, 1),
        "beam_off_mm": round(timing.travel_mm, 1),
        "cost_micro_dollars": cost_micro_dollars(timing.seconds, settings.price_per_hour),
        "gcode_lines": checked.lines,
        "gcode_bytes": checked.size_bytes,
        "gcode_errors": checked.error_count,
        "gcode_faults": list(checked.errors),
        "longest_line": checked.longest_line,
        "power_mode_words": checked.power_mode_words,
        "constant_speed": checked.constant_speed,
        "warnings": [],
    }
    faults = [
        Finding(
            "gcode",
            f"Faults in the G-code: {'; '.join(checked.errors[:3])}.",
            "Do not run it as it is.",
            True,
        )
    ]
    bed = (settings.bed_width_mm, settings.bed_height_mm)
    way, dpi = moves_picture(checked.moves, *bed, (0.0, 0.0))
    return Made(
        files={},
        drawing=Drawing((), *bed),
        report=report,
        assessment=Assessment(tuple(faults) if checked.error_count else (), {}),
        pictures={"toolpath": way},
        dpi={"toolpath": dpi},
        toolpath=moves_values(checked.moves, *bed, (0.0, 0.0)),
    )


def materials_report() -> Mapping[str, Any]:
    """Machines, materials with their starting points, and what must never be lasered, as plain values."""
    from bottega.laser.materials import library

    return library().model_dump(mode="json")
