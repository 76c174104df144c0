"""The laser studio as functions: a picture or a drawing in, files that a machine runs and a report out.

What each step does is its own module's; here they are put together as the command line, the workflow and the HTTP
interface use them. Pure: bytes and arrays in, bytes and plain values out. Cutting is `studio_cut`'s.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.geometry import Drawing, Operation, RasterImage
from bottega.laser.ink import shows_a_figure
from bottega.laser.job import EngraveJob, EngraveSettings, resolved
from bottega.laser.job import engrave as engrave_job
from bottega.laser.layers import BurnSettings
from bottega.laser.quality import assess_drawing, assess_engraving
from bottega.laser.size import in_range
from bottega.laser.studio_files import Made, drawing_files, sheet_figures, wanted_formats
from bottega.laser.studio_preview import energy_picture, moves_picture, moves_values
from bottega.laser.suggest import Suggestion, suggest

__all__ = ["Made", "Suggestion", "TraceSettings", "engrave", "suggest", "trace", "traced_drawing"]

Progress = Callable[[float, str], None]
MAX_LEVELS = 16
MAX_COLOURS = 24


def _quiet(fraction: float, message: str) -> None:
    pass


# --- Engraving -----------------------------------------------------------------------------------------------


def engrave(
    pixels: U8 | F32,
    settings: EngraveSettings,
    formats: Iterable[str] = ("gcode",),
    *,
    alpha: F32 | None = None,
    progress: Progress = _quiet,
) -> Made:
    """A picture burnt in lines of dots, at true size. Arguments and errors as `job.engrave`.

    SVG, PDF, LightBurn and PNG hold the very dots of the G-code; the sheet is the picture. DXF carries no pictures
    and is refused.
    """
    wanted = wanted_formats(formats)
    if "dxf" in wanted:
        raise InvalidOption(
            "DXF carries no pictures, and an engraving is one.",
            hint="Write G-code, SVG or LightBurn; or trace the picture first.",
        )
    job = engrave_job(pixels, settings, alpha=alpha, progress=progress)
    drawing = engraving_drawing(job)
    files = drawing_files(
        drawing,
        [name for name in wanted if name != "gcode"],
        settings=engrave_burn(settings, job),
        title=settings.title,
        notes=_notes(job),
    )
    if "gcode" in wanted:
        files["gcode"] = job.gcode.encode("ascii")
    pictures, dpi = engraving_pictures(job)
    return Made(
        files={name: files[name] for name in wanted},
        drawing=drawing,
        report=job.report,
        assessment=assess_engraving(job.report),
        pictures=pictures,
        dpi=dpi,
        toolpath=engraving_way(job),
    )


def engraving_pictures(job: EngraveJob) -> tuple[dict[str, U8], dict[str, float]]:
    """`preview` (the burnt material), `toolpath` (the way of the head) and `energy` of an engraving, and their dpi."""
    grid = job.grid
    found = {"preview": (job.preview, job.preview_dpi)}
    if job.checked is not None:
        origin = _origin(job)
        found["toolpath"] = moves_picture(job.checked.moves, grid.width_mm, grid.height_mm, origin)
    if job.energy is not None:
        found["energy"] = energy_picture(job.energy)
    return {name: each[0] for name, each in found.items()}, {name: each[1] for name, each in found.items()}


def engraving_way(job: EngraveJob) -> dict[str, Any]:
    """The way of the head as plain values (`studio_preview.moves_values`)."""
    if job.checked is None:
        return {}
    return moves_values(job.checked.moves, job.grid.width_mm, job.grid.height_mm, _origin(job))


def _origin(job: EngraveJob) -> tuple[float, float]:
    left, bottom = job.report["origin_mm"]
    return float(left), float(bottom)


def engraving_drawing(job: EngraveJob) -> Drawing:
    """The dots of an engraving as a picture on a sheet of its size."""
    grid = job.grid
    pixels = job.dots if job.powers is None else job.shown
    dots = RasterImage(pixels, 0.0, 0.0, grid.width_mm, grid.height_mm, layer="Engraving")
    return Drawing((), grid.width_mm, grid.height_mm, (dots,))


def engrave_burn(settings: EngraveSettings, job: EngraveJob) -> dict[str, BurnSettings]:
    """Power, speed, passes and interval of an engraving, as the writers want them."""
    _, _, _, raster = resolved(settings)
    burn = BurnSettings(raster.power_percent, raster.speed_mm_min, raster.passes, job.grid.pitch_y_mm)
    return {Operation.ENGRAVE.value: burn, Operation.FILL.value: burn}


def _notes(job: EngraveJob) -> str:
    report = job.report
    return "\n".join(
        (
            f"{report['material']} on {report['machine']}: {report['power']:g} % at {report['speed']:g} mm/min, "
            f"interval {report['interval_mm']:g} mm",
            *report["warnings"],
        )
    )


# --- Tracing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """What becomes of a picture's lines and areas. Sizes as in `grid_for`.

    `centerline` follows the middle of strokes instead of their edges; `levels` above 1 traces so many tones, `colours`
    above 0 so many colours, each to a layer of its own. `level` is the darkness in (0, 1) that counts as ink (None
    finds it). `operation` is what the laser does with the lines; None is cut, for centre lines score, for tones and
    colours fill.
    """

    width_mm: float | None = None
    height_mm: float | None = None
    centerline: bool = False
    levels: int = 1
    colours: int = 0
    level: float | None = None
    invert: bool = False
    speck_px: float | None = None
    tolerance_px: float = 0.45
    operation: Operation | None = None
    title: str = "Trace"

    def __post_init__(self) -> None:
        in_range("The number of levels", self.levels, 1, MAX_LEVELS, "")
        in_range("The number of colours", self.colours, 0, MAX_COLOURS, "")
        if sum((self.centerline, self.levels > 1, self.colours > 0)) > 1:
            raise InvalidOption(
                "Centre line, levels and colours are three ways to trace; they do not go together.",
                hint="Choose one of them.",
            )
        if self.level is not None:
            in_range("The level", self.level, 0.001, 0.999, "")


def trace(
    picture: NDArray[Any],
    settings: TraceSettings | None = None,
    formats: Iterable[str] = ("svg",),
    *,
    burn: dict[str, BurnSettings] | None = None,
    least_width_mm: float = 0.3,
) -> Made:
    """A picture as curves: H x W, H x W x 3 or x 4 of uint8 or floats in [0, 1].

    `burn` is needed for LightBurn files only. G-code of a drawing is `studio_cut.cut`'s. Raises what the tracers and
    the writers raise.
    """
    settings = settings or TraceSettings()
    wanted = wanted_formats(formats)
    if "gcode" in wanted:
        raise InvalidOption(
            "A trace has no power and speed.", hint="Trace to SVG, then cut the SVG to G-code."
        )
    if "lbrn2" in wanted and not burn:
        raise InvalidOption(
            "A LightBurn file says how each layer burns, and a trace has no power and speed.",
            hint="Trace to SVG, then cut the SVG to .lbrn2.",
        )
    drawing, figures = traced_drawing(picture, settings)
    return Made(
        files=drawing_files(drawing, wanted, settings=burn, title=settings.title),
        drawing=drawing,
        report=sheet_figures(drawing) | figures,
        assessment=assess_drawing(drawing, least_width_mm=least_width_mm),
    )


def traced_drawing(picture: NDArray[Any], settings: TraceSettings) -> tuple[Drawing, dict[str, Any]]:
    """The drawing of a trace and its figures (`method` and those of the tracer's report)."""
    if settings.centerline:
        from bottega.laser.centerline import centerline

        found = centerline(
            picture,
            width_mm=settings.width_mm,
            height_mm=settings.height_mm,
            level=settings.level,
            invert=settings.invert,
            speck_px=4.0 if settings.speck_px is None else settings.speck_px,
            operation=settings.operation or Operation.SCORE,
        )
        figures = _plain(asdict(found.report))
        # In a report, `width_mm` is that of the sheet.
        figures["stroke_width_mm"] = figures.pop("width_mm")
        return found.drawing, {"method": "centre line", **figures}
    if settings.levels > 1 or settings.colours:
        return _layered(picture, settings)
    from bottega.laser.trace import trace as outline

    found = outline(
        picture,
        width_mm=settings.width_mm,
        height_mm=settings.height_mm,
        level=settings.level,
        invert=settings.invert,
        speck_px=settings.speck_px,
        tolerance_px=settings.tolerance_px,
        operation=settings.operation or Operation.CUT,
    )
    return found.drawing, {"method": "outline", **_plain(asdict(found.report))}


def _layered(picture: NDArray[Any], settings: TraceSettings) -> tuple[Drawing, dict[str, Any]]:
    from bottega.laser.trace_layers import trace_colours, trace_tones

    speck = 9.0 if settings.speck_px is None else settings.speck_px
    operation = settings.operation or Operation.FILL
    if settings.colours:
        found = trace_colours(
            picture,
            width_mm=settings.width_mm,
            height_mm=settings.height_mm,
            colours=settings.colours,
            speck_px=speck,
            operation=operation,
        )
    else:
        found = trace_tones(
            picture,
            width_mm=settings.width_mm,
            height_mm=settings.height_mm,
            levels=settings.levels,
            separate=True,
            speck_px=speck,
            operation=operation,
        )
    layers = [_plain(asdict(layer)) for layer in found.layers]
    method = "colours" if settings.colours else "tones"
    return found.drawing, {"method": method, "layers": layers, "nodes": found.nodes}


def with_alpha(rgb: U8, alpha: F32 | None) -> U8:
    """H x W x 3 RGB and an opacity in [0, 1] as H x W x 4, or the colours alone where the opacity is not their shape."""
    if alpha is None:
        return rgb
    if not shows_a_figure(rgb, alpha):
        # What is clear has some colour or other: it is seen as the white of the ground.
        share = np.clip(alpha, 0, 1)[..., None]
        return np.rint(rgb * share + 255 * (1 - share)).astype(np.uint8)
    opacity = np.rint(np.clip(alpha, 0, 1) * 255).astype(np.uint8)
    return np.dstack((rgb, opacity))


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    """Rounded to what they mean."""
    return {
        name: round(float(value), 5) if isinstance(value, float) else value for name, value in figures.items()
    }
