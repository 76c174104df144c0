"""From a picture to a job of lines: traced and cut or scored, or engraved and cut out along its outline."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.geometry import (
    Drawing,
    Operation,
    Path,
    from_shapely,
    laser_extra,
    polygonal,
    region,
    translate,
)
from bottega.laser.job import EngraveSettings
from bottega.laser.job import engrave as engrave_job
from bottega.laser.quality import assess_engraving, together
from bottega.laser.size import in_range
from bottega.laser.studio import (
    TraceSettings,
    engraving_drawing,
    engraving_pictures,
    traced_drawing,
    with_alpha,
)
from bottega.laser.studio_cut import CutSettings, cut
from bottega.laser.studio_files import Made

Process = Literal["cut", "score", "engrave_and_cut"]
UNEVEN = 0.35
"""Above this part of the way, a picture's ink is areas and not strokes: their edges are followed, not their middle."""
DEFAULT_MARGIN_MM = 2.0
MAX_MARGIN_MM = 100.0


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """`centerline` None lets the picture decide (scores only). `margin_mm`: how far outside of an engraved figure, or
    of the picture where nothing is transparent, it is cut out."""

    trace: TraceSettings = field(default_factory=TraceSettings)
    cut: CutSettings = field(default_factory=CutSettings)
    engrave: EngraveSettings = field(default_factory=EngraveSettings)
    centerline: bool | None = None
    margin_mm: float = DEFAULT_MARGIN_MM


def picture_job(
    pixels: U8,
    alpha: F32 | None,
    process: Process,
    settings: PictureSettings,
    formats: Iterable[str] = ("gcode",),
    *,
    progress: Callable[[float, str], None] = lambda fraction, message: None,
) -> Made:
    """RGB uint8 and the opacity in [0, 1], cut, scored, or engraved and cut out. Raises what tracing and cutting raise."""
    if process == "engrave_and_cut":
        return _engraved_and_cut(pixels, alpha, settings, formats, progress)
    progress(0.05, "tracing")
    drawing, figures = _traced(with_alpha(pixels, alpha), process, settings)
    made = cut(
        drawing,
        settings.cut,
        formats,
        stencil_meant=process == "cut",
        progress=lambda fraction, message: progress(0.3 + 0.7 * fraction, message),
    )
    return replace(made, report={**made.report, "trace": figures})


def _traced(picture: U8, process: Process, settings: PictureSettings) -> tuple[Drawing, dict[str, Any]]:
    if process == "cut":
        return traced_drawing(picture, replace(settings.trace, centerline=False, operation=Operation.CUT))
    score = replace(settings.trace, operation=Operation.SCORE)
    if settings.centerline is False or score.levels > 1 or score.colours:
        return traced_drawing(picture, replace(score, centerline=False))
    found = traced_drawing(picture, replace(score, centerline=True))
    if settings.centerline or found[1]["uneven"] <= UNEVEN:
        return found
    return traced_drawing(picture, replace(score, centerline=False))


def _engraved_and_cut(
    pixels: U8,
    alpha: F32 | None,
    settings: PictureSettings,
    formats: Iterable[str],
    progress: Callable[[float, str], None],
) -> Made:
    margin = in_range("The margin", settings.margin_mm, 0, MAX_MARGIN_MM, "mm")
    engraved = engrave_job(
        pixels,
        settings.engrave,
        alpha=alpha,
        progress=lambda fraction, message: progress(0.5 * fraction, message),
    )
    picture = engraving_drawing(engraved)
    size = (picture.width_mm, picture.height_mm)
    around = _outline(pixels, alpha, size, margin)
    sheet = Drawing(around, size[0] + 2 * margin, size[1] + 2 * margin)
    placed = translate(picture, margin, margin).rasters
    drawing = replace(sheet, paths=tuple(translate(path, margin, margin) for path in around), rasters=placed)
    made = cut(
        drawing,
        replace(settings.cut, interval_mm=engraved.grid.pitch_y_mm),
        formats,
        progress=lambda fraction, message: progress(0.5 + 0.5 * fraction, message),
    )
    kept = ("tone_error", "detail", "dither", "interval_mm", "beam_mm", "burnt_share", "pixels", "inverted")
    figures = {name: engraved.report[name] for name in kept}
    own, own_dpi = engraving_pictures(engraved)
    return replace(
        made,
        report={**figures, **made.report},
        assessment=together(assess_engraving(figures), made.assessment),
        pictures={**made.pictures, "preview": own["preview"], "energy": own["energy"]},
        dpi={**made.dpi, "preview": own_dpi["preview"], "energy": own_dpi["energy"]},
    )


def _outline(pixels: U8, alpha: F32 | None, size: tuple[float, float], margin: float) -> tuple[Path, ...]:
    """What is cut around: the opaque figure's outer edges, or the picture's own rectangle, `margin` mm further out."""
    with laser_extra():
        import shapely
    seen = with_alpha(pixels, alpha)
    if seen.shape[2] == 4:
        found, _ = traced_drawing(seen, TraceSettings(width_mm=size[0], height_mm=size[1]))
        drawn = shapely.get_parts(region(found.paths)).tolist()
        figure = shapely.union_all([shapely.Polygon(part.exterior) for part in drawn])
        shape = _grown(figure, max(margin, 1e-3))
        shape = polygonal(shape.simplify(0.01))
    else:
        shape = shapely.box(0, 0, *size).buffer(margin, quad_segs=16)
    paths = from_shapely(shape, operation=Operation.CUT)
    if not paths:
        raise InvalidOption("There is no outline to cut: the picture is transparent.")
    return paths


def _grown(figure: Any, margin: float) -> Any:
    """All that is nearer than `margin`, without holes. Part by part: ragged outlines in one go take minutes."""
    import shapely

    # Finer than what the outline is simplified by anyway.
    smooth = shapely.simplify(shapely.get_parts(figure), 0.005)
    grown = shapely.union_all(shapely.buffer(smooth, margin, quad_segs=16))
    return polygonal(shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(grown)]))
