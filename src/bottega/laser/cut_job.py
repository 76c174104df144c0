"""From a drawing to a complete job: lines once, bridges, kerf, order, leads, tabs, G-code, check and estimate."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.bridges import Bridged, Frame, add_bridges
from bottega.laser.cut_gcode import LineSettings, Part, Work, vector_gcode
from bottega.laser.dialects import DIALECTS
from bottega.laser.gcode_check import GcodeReport, Machining, check_gcode
from bottega.laser.geometry import Drawing, Operation, Path, checked, laser_extra
from bottega.laser.kerf import Join, Lost, compensate
from bottega.laser.layers import ORDER
from bottega.laser.leads import LeadSettings, add_leads
from bottega.laser.merge import merge
from bottega.laser.order import arrange, nesting_errors, order_paths, travel_mm
from bottega.laser.scan import scan_paths, scan_picture, scanned_mm
from bottega.laser.size import in_range
from bottega.laser.tabs import TabSettings, add_tabs, tabbed_paths
from bottega.laser.toolpath import Toolpath

SIMPLIFY_MM = 0.005
"""Points nearer than this to the line between others are left out: half of GRBL's usual motor step."""
MICRO_DOLLARS = 1_000_000
GRBL_FAMILY = frozenset({"grbl", "grblhal", "fluidnc"})


@dataclass(frozen=True, slots=True)
class CutSettings:
    """How to burn a drawing.

    `operations`: by layer name, or by operation ("cut", "score", "fill", "engrave"), as looked up by `layers_of`.
    Kerf in mm (0 leaves lines where they are; `kerf_y_mm` None is `kerf_x_mm`). `bridges_mm` above 0 ties islands
    of a stencil (`bridge_frame` as in `add_bridges`). `interval_mm` between scanned lines. `effort` as in
    `order_paths`; `keep_order` burns in the order of the drawing within each operation.
    """

    operations: Mapping[str, LineSettings]
    work: Work = field(default_factory=Work)
    kerf_x_mm: float = 0.0
    kerf_y_mm: float | None = None
    join: Join = "mitre"
    leads: LeadSettings | None = None
    tabs: TabSettings | None = None
    bridges_mm: float = 0.0
    bridge_frame: Frame = "sheet"
    interval_mm: float = 0.1
    merge: bool = True
    keep_order: bool = False
    effort: float = 1.0


@dataclass(frozen=True, slots=True)
class CutJob:
    """`drawing`: the paths as they burn, in order. `check`: what an independent reading of the G-code found (None for
    dialects that are not GRBL's). `report`: plain values for people and programs."""

    gcode: str
    drawing: Drawing
    parts: tuple[Part, ...]
    check: GcodeReport | None
    lost: tuple[Lost, ...]
    report: dict[str, Any]


def cut(
    drawing: Drawing,
    settings: CutSettings,
    *,
    dollars_per_hour: float = 0.0,
    progress: Callable[[float, str], None] = lambda fraction, message: None,
) -> CutJob:
    """Everything that lies between a drawing and the machine.

    Raises InvalidOption for an empty drawing, sizes and settings out of range, an operation without settings, and
    what does not fit the bed; TooLarge above the limits of `geometry.checked`.
    """
    drawing = checked(drawing)
    in_range("The interval", settings.interval_mm, 0.02, 10, "mm")
    in_range("The bridges' width", settings.bridges_mm, 0, 50, "mm")
    in_range("The price of an hour", dollars_per_hour, 0, 100_000, "dollars")
    drawing = replace(drawing, paths=tuple(_plain(path) for path in drawing.paths))
    progress(0.1, "joining lines")
    merged = merge(drawing) if settings.merge else None
    drawing = merged.drawing if merged else drawing
    bridged: Bridged | None = None
    if settings.bridges_mm > 0:
        progress(0.2, "bridging islands")
        bridged = add_bridges(drawing, settings.bridges_mm, frame=settings.bridge_frame)
        drawing = bridged.drawing
    progress(0.3, "compensating the kerf")
    moved = compensate(drawing, settings.kerf_x_mm, settings.kerf_y_mm, join=settings.join)
    drawing = replace(moved.drawing, paths=tuple(_simplified(path) for path in moved.drawing.paths))
    progress(0.4, "finding the order")
    parts, drawing, extras = _parts(drawing, settings)
    progress(0.7, "writing G-code")
    gcode = vector_gcode(parts, drawing.width_mm, drawing.height_mm, settings.work)
    progress(0.8, "checking the G-code")
    check = None
    if settings.work.dialect in GRBL_FAMILY:
        check = check_gcode(gcode, machining(settings.work, parts, drawing))
    report = {
        "paths": len(drawing.paths),
        "nesting_errors": nesting_errors(drawing.paths),
        "moved_by_kerf": moved.moved,
        "lost_features": [
            {"x_mm": round(lost.x, 3), "y_mm": round(lost.y, 3), "what": lost.what} for lost in moved.lost
        ],
        "engraved_mm": round(sum(scanned_mm(part.rows) * part.settings.passes for part in parts), 1),
        **{f"{kind}_mm": round(_followed_mm(parts, kind), 1) for kind in (Operation.SCORE, Operation.CUT)},
        **extras,
    }
    if merged:
        report |= {
            "duplicate_mm": round(merged.removed_mm, 2),
            "duplicate_paths": merged.removed_paths,
            "joined": merged.joined,
        }
    if bridged:
        report |= {"islands": bridged.islands, "bridges": len(bridged.bridges)}
    if check:
        report |= {
            "seconds_estimated": round(check.timing.seconds, 1),
            "burn_mm": round(check.timing.burn_mm, 1),
            "beam_off_mm": round(check.timing.travel_mm, 1),
            "cost_micro_dollars": cost_micro_dollars(check.timing.seconds, dollars_per_hour),
            "gcode_lines": check.lines,
            "gcode_bytes": check.size_bytes,
            "gcode_errors": check.error_count,
            "gcode_faults": list(check.errors),
            "longest_line": check.longest_line,
            "power_mode_words": check.power_mode_words,
        }
    return CutJob(gcode, drawing, parts, check, moved.lost, report)


def cost_micro_dollars(seconds: float, dollars_per_hour: float) -> int:
    """The price of machine time, rounded up to a micro-dollar."""
    return math.ceil(round(seconds * dollars_per_hour / 3600 * MICRO_DOLLARS, 3))


def machining(work: Work, parts: tuple[Part, ...], drawing: Drawing) -> Machining:
    """What a job for that machine is checked against."""
    left, bottom, right, top = work.area(drawing.width_mm, drawing.height_mm)
    modes = [part.settings.constant_power for part in parts if part.toolpaths or part.rows]
    return Machining(
        bed_width_mm=right - left,
        bed_height_mm=top - bottom,
        max_power_s=round(work.max_power_s or DIALECTS[work.dialect].max_power_s),
        acceleration_mm_s2=work.acceleration_mm_s2,
        rapid_mm_min=work.rapid_mm_min,
        left_mm=left,
        bottom_mm=bottom,
        power_modes=1 + sum(a != b for a, b in pairwise(modes)),
        arcs=work.arcs,
        depth=any(part.settings.z_step_mm > 0 for part in parts),
    )


# --- Parts ---------------------------------------------------------------------------------------------------


def _parts(drawing: Drawing, settings: CutSettings) -> tuple[tuple[Part, ...], Drawing, dict[str, Any]]:
    """What burns with which setting, in order; the drawing in that order; figures for the report."""
    at = (0.0, drawing.height_mm)
    parts: list[Part] = []
    burnt: list[Path] = []
    tabs = missing = 0
    travel = 0.0
    scanned = [path for path in drawing.paths if path.operation.filled]
    for (operation, layer), paths in _fills(scanned).items():
        name = layer or operation.value
        rows = scan_paths(paths, settings.interval_mm)
        if rows:
            parts.append(Part(name, _settings(settings, name, operation), rows=tuple(rows)))
        burnt += paths
    for raster in drawing.rasters:
        rows = scan_picture(raster, settings.interval_mm)
        if rows:
            name = raster.layer or "engrave"
            parts.append(Part(name, _settings(settings, name, Operation.ENGRAVE), rows=tuple(rows)))
    for operation in (Operation.SCORE, Operation.CUT):
        group = [path for path in drawing.paths if path.operation is operation]
        if not group:
            continue
        if settings.keep_order:
            ordered = tuple(group)
        else:
            found = order_paths(group, start=at, effort=settings.effort)
            ordered = arrange(group, found)
        travel += travel_mm(ordered, at)
        last = ordered[-1]
        at = tuple(last.points[0 if last.closed else -1].tolist())
        toolpaths, without = _toolpaths(ordered, settings, drawing)
        missing += without
        if settings.tabs and operation is Operation.CUT:
            holds = tabbed_paths(ordered, holes=settings.tabs.holes)
            for index, wanted in enumerate(holds):
                if wanted:
                    toolpaths[index], count = add_tabs(toolpaths[index], settings.tabs)
                    tabs += count
        burnt += ordered
        parts += _runs(ordered, toolpaths, settings)
    extras = {"travel_mm": round(travel, 1), "tabs": tabs, "without_lead": missing}
    return tuple(parts), replace(drawing, paths=tuple(burnt)), extras


def _toolpaths(
    ordered: tuple[Path, ...], settings: CutSettings, drawing: Drawing
) -> tuple[list[Toolpath], int]:
    if settings.leads is None or ordered[0].operation is not Operation.CUT:
        return [Toolpath.of(path) for path in ordered], 0
    return add_leads(ordered, settings.leads, drawing.width_mm, drawing.height_mm)


def _runs(ordered: tuple[Path, ...], toolpaths: list[Toolpath], settings: CutSettings) -> list[Part]:
    """Consecutive toolpaths of one layer as one part: the order across layers stays as it was found."""
    parts: list[Part] = []
    for path, toolpath in zip(ordered, toolpaths, strict=True):
        name = path.layer or path.operation.value
        how = _settings(settings, name, path.operation)
        if parts and parts[-1].name == name and parts[-1].settings == how:
            parts[-1] = replace(parts[-1], toolpaths=(*parts[-1].toolpaths, toolpath))
        else:
            parts.append(Part(name, how, (toolpath,)))
    return parts


def _fills(paths: list[Path]) -> dict[tuple[Operation, str], list[Path]]:
    found: dict[tuple[Operation, str], list[Path]] = {}
    for path in sorted(paths, key=lambda path: ORDER.index(path.operation)):
        found.setdefault(path.fill_group, []).append(path)
    return found


def _settings(settings: CutSettings, name: str, operation: Operation) -> LineSettings:
    found = settings.operations.get(name) or settings.operations.get(operation.value)
    if found is None and operation.filled:
        other = Operation.FILL if operation is Operation.ENGRAVE else Operation.ENGRAVE
        found = settings.operations.get(other.value)
    if found is None:
        raise InvalidOption(
            f"There is no power and speed for {operation.value!r}, which the drawing has.",
            hint="Give settings for this operation, or remove it from the drawing.",
        )
    return found


def _followed_mm(parts: tuple[Part, ...], operation: Operation) -> float:
    return math.fsum(
        float(np.hypot(*np.diff(t.points, axis=0).T)[t.on].sum()) * part.settings.passes
        for part in parts
        for t in part.toolpaths
        if t.operation is operation
    )


def _plain(path: Path) -> Path:
    return replace(path, curves=()) if path.curves else path


def _simplified(path: Path) -> Path:
    """Without points that change nothing: fewer of them are fewer moves to look ahead over."""
    if path.operation.filled or len(path.points) < 4:
        return path
    with laser_extra():
        import shapely
    ring = np.vstack((path.points, path.points[:1])) if path.closed else path.points
    points = shapely.get_coordinates(shapely.LineString(ring).simplify(SIMPLIFY_MM, preserve_topology=False))
    points = points[:-1] if path.closed else points
    return replace(path, points=points) if len(points) >= (3 if path.closed else 2) else path
