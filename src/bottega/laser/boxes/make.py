"""From settings to sheets: build a design, prove that it assembles, lay its parts out, compensate the kerf."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.boxes.designs import DESIGNS
from bottega.laser.boxes.fit import FitReport, check_fit
from bottega.laser.boxes.plates import F64, Assembly, Plate
from bottega.laser.boxes.settings import BoxSettings
from bottega.laser.geometry import Drawing, Operation, Path, RasterImage, from_shapely
from bottega.laser.kerf import compensate
from bottega.laser.nest import pack
from bottega.laser.text import stroke_text

if TYPE_CHECKING:
    from shapely import Polygon

LABEL_MM = 4.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part as cut: `shape` in mm, x right, y down, from its upper left corner; scored and open cut lines, pictures."""

    name: str
    shape: "Polygon"
    scores: tuple[F64, ...]
    slits: tuple[F64, ...]
    rasters: tuple[RasterImage, ...]

    @property
    def size_mm(self) -> tuple[float, float]:
        return self.shape.bounds[2], self.shape.bounds[3]


@dataclass(frozen=True, slots=True)
class Box:
    """`sheets`: kerf-compensated drawings to cut; `nominal`: the same without compensation."""

    design: str
    parts: tuple[Part, ...]
    sheets: tuple[Drawing, ...]
    nominal: tuple[Drawing, ...]
    fit: FitReport
    report: dict[str, Any]


def assemble(design: str, settings: BoxSettings) -> Assembly:
    """The plates of a design in space, with their joints. Raises InvalidOption for unknown designs and bad figures."""
    if design not in DESIGNS:
        raise InvalidOption(f"There is no box called {design!r}.", hint=f"Known: {', '.join(DESIGNS)}.")
    s = settings.checked()
    known, t = DESIGNS[design], settings.thickness_mm
    x, y, z = s.x_mm, s.y_mm, s.z_mm
    if s.outer:
        x, y, z = x - 2 * t, y - 2 * t, z - known.lids * t
    if min(x, y, z) < 2 * t or min(x, y, z) < 3:
        raise InvalidOption(
            f"The inside would be {x:.4g} x {y:.4g} x {z:.4g} mm, in material of {t:g} mm.",
            hint="Make the box larger, or use thinner material.",
        )
    assembly = Assembly(t, s.finger_mm, s.play_mm)
    known.build(assembly, s, x, y, z)
    return assembly


def make_box(design: str, settings: BoxSettings | None = None) -> Box:
    """Parts, sheets and the proof of fit of a design.

    Raises InvalidOption for unknown designs, figures out of range and sizes that leave no room for the joints,
    TooLarge when a part fits on no sheet.
    """
    s = settings or BoxSettings()
    assembly = assemble(design, s)
    fit = check_fit(assembly)
    if not fit.passed:
        raise InvalidOption(
            f"A {DESIGNS[design].title.lower()} of this size does not go together: {fit.faults[0]}.",
            hint="Make it larger, or use thinner material or narrower fingers.",
        )
    parts = tuple(_part(plate, s) for plate in assembly.plates if plate.printed)
    nominal, share = _sheets(parts, s)
    kerf_y = s.kerf_x_mm if s.kerf_y_mm is None else s.kerf_y_mm
    compensated = [compensate(sheet, s.kerf_x_mm, kerf_y) for sheet in nominal]
    return Box(
        design=design,
        parts=parts,
        sheets=tuple(c.drawing for c in compensated),
        nominal=nominal,
        fit=fit,
        report={
            "design": design,
            "title": DESIGNS[design].title,
            "parts": len(parts),
            "sheets": len(nominal),
            "sheet_use": round(share, 4),
            "joints": len(assembly.joints),
            "fit_error_mm": round(fit.fit_error_mm, 6),
            "overlap_mm3": round(fit.overlap_mm3, 6),
            "kerf_mm": [s.kerf_x_mm, kerf_y],
            "lost_to_kerf": [lost.what for c in compensated for lost in c.lost],
        },
    )


def _part(plate: Plate, s: BoxSettings) -> Part:
    import shapely

    outline: Any = plate.shape if plate.flat is None else plate.flat
    left, _, _, top = outline.bounds

    def down(points: F64) -> F64:
        return np.column_stack((points[:, 0] - left, top - points[:, 1]))

    shape = shapely.transform(outline, down)
    scores = [down(line) for line in plate.lines]
    if s.labels:
        scores += _label(plate.name, shape)
    return Part(
        plate.name,
        shape,
        tuple(scores),
        tuple(down(line) for line in plate.slits),
        tuple(replace(r, x=r.x - left, y=top - r.y) for r in plate.rasters),
    )


def _label(name: str, shape: "Polygon") -> list[F64]:
    """The name in single-line letters where the part has room for it, smaller on small parts; none on tiny ones."""
    import shapely

    for height in (LABEL_MM, 3.0, 2.0):
        strokes = stroke_text(name, height)
        if not strokes:
            return []
        points = np.vstack(strokes)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        room = shapely.buffer(shape, -1.0)
        x0, y0, x1, y1 = shape.bounds
        for fx, fy in ((0.5, 0.5), (0.5, 0.15), (0.5, 0.85), (0.1, 0.5), (0.9, 0.5)):
            corner = np.array([x0 + (x1 - x0 - size[0]) * fx, y0 + (y1 - y0 - size[1]) * fy])
            if shapely.box(*corner, *(corner + size)).within(room):
                return [stroke - low + corner for stroke in strokes]
    return []


def _sheets(parts: tuple[Part, ...], s: BoxSettings) -> tuple[tuple[Drawing, ...], float]:
    import shapely

    widest = max(s.kerf_x_mm, s.kerf_y_mm or 0.0)
    packing = pack(
        [part.size_mm for part in parts],
        s.sheet_width_mm,
        s.sheet_height_mm,
        spacing_mm=s.spacing_mm + widest,
        margin_mm=s.spacing_mm + widest,
    )
    paths: list[list[Path]] = [[] for _ in packing.used_mm]
    rasters: list[list[RasterImage]] = [[] for _ in packing.used_mm]
    for place in packing.placed:
        part = parts[place.index]
        corner, height = np.array([place.x, place.y]), part.size_mm[1]

        def put(points: F64, turned: bool = place.turned, to: F64 = corner, tall: float = height) -> F64:
            if turned:
                points = np.column_stack((tall - points[:, 1], points[:, 0]))
            return points + to

        target = paths[place.sheet]
        target += [Path(put(line), False, Operation.SCORE, "Labels") for line in part.scores]
        target += [Path(put(line), False, Operation.CUT, "Cut") for line in part.slits]
        target += from_shapely(shapely.transform(part.shape, put), layer="Cut")
        for raster in part.rasters:
            corners = put(
                np.array([(raster.x, raster.y), (raster.x + raster.width_mm, raster.y + raster.height_mm)])
            )
            x, y = corners.min(axis=0).tolist()
            width, tall = np.ptp(corners, axis=0).tolist()
            pixels = np.rot90(raster.pixels, -1) if place.turned else raster.pixels
            rasters[place.sheet].append(
                RasterImage(np.ascontiguousarray(pixels), x, y, width, tall, raster.layer)
            )
    covered = sum(w * h for w, h in packing.used_mm)
    used = sum(float(part.shape.area) for part in parts) / covered if covered else 0.0
    sheets = tuple(
        Drawing(tuple(p), s.sheet_width_mm, s.sheet_height_mm, tuple(r))
        for p, r in zip(paths, rasters, strict=True)
    )
    return sheets, used
