"""Random jobs of every process of the laser studio: odd pictures, sizes, materials, machines, dithers, formats."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from laser_readers import file_faults

from bottega.errors import BottegaError
from bottega.laser.boxes import DESIGNS, BoxSettings
from bottega.laser.cut_job import GRBL_FAMILY
from bottega.laser.dialects import DIALECTS
from bottega.laser.dither import GREY, METHODS
from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.geometry import Drawing, Operation, Path
from bottega.laser.job import EngraveSettings
from bottega.laser.layers import BurnSettings
from bottega.laser.materials import find_machine, library
from bottega.laser.studio import TraceSettings, engrave, trace, with_alpha
from bottega.laser.studio_cut import CutSettings, cut, cut_svg
from bottega.laser.studio_files import Made
from bottega.laser.studio_more import GRIDS, GridSettings, box, grid_card
from bottega.laser.studio_picture import PictureSettings, picture_job
from bottega.laser.svg import write_svg

Random = np.random.Generator
VECTOR = ("gcode", "svg", "dxf", "lbrn2", "pdf", "png")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`process`, and either why it was refused, or its sheets' faults (empty when all is well)."""

    process: str
    refused: str = ""
    faults: tuple[str, ...] = ()


def outcome(seed: int) -> Outcome:
    """Make the job of that number and read back every file of it. Errors that are not ours are raised."""
    rng = np.random.default_rng(seed)
    process = PROCESSES[seed % len(PROCESSES)]
    try:
        made, bed, machine, dialect = process(rng)
    except BottegaError as refused:
        return Outcome(process.__name__, f"{type(refused).__name__}: {refused}")
    full = find_machine(machine).max_power_s if dialect in GRBL_FAMILY else DIALECTS[dialect].max_power_s
    faults: list[str] = []
    for sheet in made:
        faults += file_faults(sheet, bed=bed, max_power=full)
        if "gcode" in sheet.files and dialect in GRBL_FAMILY:
            faults += _strict(sheet, bed, machine)
    return Outcome(process.__name__, faults=tuple(faults))


def _strict(sheet: Made, bed: tuple[float, float], machine: str) -> list[str]:
    known = find_machine(machine)
    report = check_gcode(
        sheet.files["gcode"].decode("ascii"),
        Machining(
            bed_width_mm=bed[0],
            bed_height_mm=bed[1],
            max_power_s=known.max_power_s,
            acceleration_mm_s2=known.acceleration_mm_s2,
            rapid_mm_min=known.max_speed_mm_min,
        ),
    )
    faults = list(report.errors)
    if not len(report.burns):
        faults.append("it burns nothing")
    if report.longest_line > 79:
        faults.append(f"a line of {report.longest_line} characters")
    if not report.timing.seconds > 0:
        faults.append("it takes no time")
    return faults


# --- What is drawn -------------------------------------------------------------------------------------------


def random_picture(rng: Random) -> np.ndarray:
    """Noise, ramps, single dots, stripes, discs, or all but empty; H x W or H x W x 3 uint8; sides from 1 pixel."""
    rows, columns = np.maximum(1, 10 ** rng.uniform(0, 2.3, 2)).astype(int)
    y, x = np.mgrid[:rows, :columns]
    kind = rng.integers(6)
    if kind == 0:
        return rng.integers(0, 256, (rows, columns, 3)).astype(np.uint8)
    if kind == 1:
        grey = np.linspace(0, 255, rows * columns).reshape(rows, columns)
    elif kind == 2:
        grey = np.where(rng.random((rows, columns)) < 0.02, 0, 255)
    elif kind == 3:
        grey = np.where((x + y) % int(rng.integers(2, 12)) < 2, 0, 230)
    elif kind == 4:
        grey = np.full((rows, columns), 255)
        for _ in range(int(rng.integers(1, 8))):
            far = np.hypot(x - rng.uniform(0, columns), y - rng.uniform(0, rows))
            grey = np.where(far < rng.uniform(0.5, max(rows, columns) / 2), int(rng.integers(0, 256)), grey)
    else:
        grey = np.full((rows, columns), int(rng.integers(0, 256)))
        grey[int(rng.integers(rows)), int(rng.integers(columns))] ^= 255
    grey = grey.astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2) if rng.integers(2) else grey


def random_alpha(rng: Random, picture: np.ndarray) -> np.ndarray | None:
    """No opacity, an opaque disc, single clear pixels, or noise; H x W float32 in [0, 1]."""
    rows, columns = picture.shape[:2]
    kind = rng.integers(4)
    if kind == 0:
        return None
    if kind == 1:
        y, x = np.mgrid[:rows, :columns]
        return (np.hypot(x - columns / 2, y - rows / 2) < min(rows, columns) / 2.5).astype(np.float32)
    if kind == 2:
        return (rng.random((rows, columns)) > 0.001).astype(np.float32)
    return rng.random((rows, columns)).astype(np.float32)


def random_drawing(rng: Random) -> Drawing:
    """Lines, rings, fills, within and beside each other, some crossing themselves, some of two points or tiny."""
    side = float(10 ** rng.uniform(0.3, 2.6))
    paths: list[Path] = []
    for _ in range(int(rng.integers(1, 14))):
        operation = list(Operation)[int(rng.integers(len(Operation)))]
        if rng.random() < 0.5:
            centre, radius = rng.uniform(0.3, 0.7, 2) * side, side * 10 ** rng.uniform(-2, -0.55)
            angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 60))))
            points = centre + radius * np.column_stack((np.cos(angle), np.sin(angle)))
            closed = True
        else:
            points = rng.uniform(0, side, (int(rng.integers(2, 12)), 2))
            closed = bool(rng.integers(2)) and len(points) > 2
        paths.append(Path(points, closed or operation.filled, operation))
    return Drawing(tuple(path for path in paths if len(path.points) > 2 or not path.closed), side, side)


def _formats(rng: Random, known: tuple[str, ...]) -> list[str]:
    return [name for name in known if rng.random() < 0.6] or [known[0]]


def _where(rng: Random) -> tuple[str, str]:
    known = library()
    return str(rng.choice([item.id for item in known.material])), str(
        rng.choice([item.id for item in known.machine])
    )


def _bed(rng: Random) -> tuple[float, float]:
    return float(rng.uniform(30, 600)), float(rng.uniform(30, 600))


def _maybe(rng: Random, value: float) -> float | None:
    return float(value) if rng.random() < 0.5 else None


# --- Processes -----------------------------------------------------------------------------------------------

Made4 = tuple[tuple[Made, ...], tuple[float, float], str, str]
"""The sheets, the bed, the machine, the dialect."""


def _engrave_settings(rng: Random, bed: tuple[float, float]) -> EngraveSettings:
    material, machine = _where(rng)
    return EngraveSettings(
        material=material,
        machine=machine,
        width_mm=_maybe(rng, 10 ** rng.uniform(0, 1.8)),
        height_mm=_maybe(rng, 10 ** rng.uniform(0, 1.8)),
        interval_mm=_maybe(rng, rng.uniform(0.08, 0.6)),
        beam_mm=_maybe(rng, rng.uniform(0.05, 0.3)),
        power_percent=_maybe(rng, rng.uniform(0.05, 101)),
        speed_mm_min=_maybe(rng, 10 ** rng.uniform(-0.1, 4.2)),
        passes=int(rng.integers(1, 4)) if rng.integers(2) else None,
        dither=str(rng.choice([*METHODS, GREY])),
        contrast=float(rng.uniform(0, 1)),
        invert=bool(rng.integers(2)),
        bed_width_mm=bed[0],
        bed_height_mm=bed[1],
        bidirectional=bool(rng.integers(2)),
        grey_levels=int(rng.integers(2, 257)),
    )


def _cut_settings(rng: Random, bed: tuple[float, float]) -> CutSettings:
    material, machine = _where(rng)
    return CutSettings(
        material=material,
        machine=machine,
        kerf_mm=_maybe(rng, rng.uniform(0, 0.5)),
        kerf_y_mm=_maybe(rng, rng.uniform(0, 0.5)),
        power_percent=_maybe(rng, rng.uniform(0.05, 101)),
        speed_mm_min=_maybe(rng, 10 ** rng.uniform(-0.1, 4.2)),
        passes=int(rng.integers(1, 4)) if rng.integers(2) else None,
        tabs=int(rng.integers(0, 4)),
        bridges_mm=float(rng.choice([0, 0, 0.5, 1.5])),
        frame=("sheet", "outermost")[int(rng.integers(2))],
        lead_mm=float(rng.choice([0, 0, 1, 3])),
        dialect=str(rng.choice(list(DIALECTS))),
        bed_width_mm=bed[0],
        bed_height_mm=bed[1],
        effort=0.05,
    )


def engraving(rng: Random) -> Made4:
    bed = _bed(rng)
    picture, settings = random_picture(rng), _engrave_settings(rng, bed)
    formats = _formats(rng, tuple(name for name in VECTOR if name != "dxf"))
    made = engrave(picture, settings, formats, alpha=random_alpha(rng, picture))
    return (made,), bed, settings.machine, "grbl"


def tracing(rng: Random) -> Made4:
    picture = random_picture(rng)
    if rng.integers(2) and picture.ndim == 3:
        picture = with_alpha(picture, random_alpha(rng, picture))
    ways = [
        {},
        {"centerline": True},
        {"levels": int(rng.integers(2, 6))},
        {"colours": int(rng.integers(1, 6))},
    ]
    settings = TraceSettings(
        width_mm=_maybe(rng, 10 ** rng.uniform(0, 2.5)),
        height_mm=_maybe(rng, 10 ** rng.uniform(0, 2.5)),
        level=_maybe(rng, rng.uniform(0, 1)),
        invert=bool(rng.integers(2)),
        speck_px=_maybe(rng, rng.uniform(0, 30)),
        tolerance_px=float(rng.uniform(0.1, 2)),
        **ways[int(rng.integers(4))],
    )
    burn = {operation.value: BurnSettings(50, 1200) for operation in Operation}
    made = trace(picture, settings, _formats(rng, VECTOR[1:]), burn=burn)
    return (made,), (0.0, 0.0), "diode-10w", "grbl"


def cutting(rng: Random) -> Made4:
    bed = _bed(rng)
    settings, drawing = _cut_settings(rng, bed), random_drawing(rng)
    formats = _formats(rng, VECTOR)
    made = (
        cut_svg(write_svg(drawing), settings, formats) if rng.integers(2) else cut(drawing, settings, formats)
    )
    return (made,), bed, settings.machine, settings.dialect


def picture_lines(rng: Random) -> Made4:
    bed = _bed(rng)
    picture = random_picture(rng)
    rgb = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    burn = _cut_settings(rng, bed)
    engraving = _engrave_settings(rng, bed)
    settings = PictureSettings(
        trace=TraceSettings(width_mm=engraving.width_mm, height_mm=engraving.height_mm),
        cut=burn,
        engrave=EngraveSettings(
            material=burn.material,
            machine=burn.machine,
            width_mm=engraving.width_mm,
            height_mm=engraving.height_mm,
            bed_width_mm=bed[0],
            bed_height_mm=bed[1],
        ),
        centerline=(None, True, False)[int(rng.integers(3))],
        margin_mm=float(rng.uniform(0, 10)),
    )
    process = ("cut", "score", "engrave_and_cut")[int(rng.integers(3))]
    formats = [name for name in _formats(rng, VECTOR) if process != "engrave_and_cut" or name != "dxf"]
    made = picture_job(rgb, random_alpha(rng, rgb), process, settings, formats or ["gcode"])
    return (made,), bed, burn.machine, burn.dialect


def boxes(rng: Random) -> Made4:
    bed = (float(rng.uniform(200, 900)), float(rng.uniform(200, 900)))
    burn = _cut_settings(rng, (bed[0] + 40, bed[1] + 40))
    settings = BoxSettings(
        x_mm=float(10 ** rng.uniform(1, 2.6)),
        y_mm=float(10 ** rng.uniform(1, 2.6)),
        z_mm=float(10 ** rng.uniform(1, 2.4)),
        outer=bool(rng.integers(2)),
        thickness_mm=float(rng.uniform(0.8, 8)),
        finger_mm=float(rng.uniform(2, 40)),
        play_mm=float(rng.choice([0, rng.uniform(0, 0.4)])),
        kerf_x_mm=float(rng.uniform(0, 0.4)),
        columns=int(rng.integers(1, 5)),
        rows=int(rng.integers(1, 5)),
        count=int(rng.integers(1, 4)),
        labels=bool(rng.integers(2)),
        sheet_width_mm=bed[0],
        sheet_height_mm=bed[1],
        picture=(rng.random((12, 20)) < 0.5) if rng.integers(2) else None,
    )
    design = str(rng.choice(list(DESIGNS)))
    formats = _formats(rng, ("gcode", "svg", "dxf", "lbrn2", "pdf"))
    if settings.picture is not None:
        formats = [name for name in formats if name != "dxf"] or ["gcode"]
    made = box(design, settings, formats, burn=burn)
    return made.sheets, (burn.bed_width_mm, burn.bed_height_mm), burn.machine, burn.dialect


def test_cards(rng: Random) -> Made4:
    material, machine = _where(rng)
    bed = (float(rng.uniform(60, 500)), float(rng.uniform(60, 500)))
    settings = GridSettings(
        kind=str(rng.choice(GRIDS)),
        material=material,
        machine=machine,
        powers=tuple(rng.uniform(0.1, 100, int(rng.integers(0, 8))).round(2).tolist()),
        speeds=tuple((10 ** rng.uniform(0, 4.1, int(rng.integers(0, 8)))).round(1).tolist()),
        intervals=tuple(rng.uniform(0.03, 0.5, int(rng.integers(0, 6))).round(3).tolist()),
        passes=tuple(rng.integers(1, 6, int(rng.integers(1, 5))).tolist()),
        cell_mm=float(rng.uniform(2, 15)),
        bed_width_mm=bed[0],
        bed_height_mm=bed[1],
    )
    made = grid_card(settings, _formats(rng, VECTOR if settings.kind in ("kerf", "focus") else ("gcode", "svg", "lbrn2", "pdf")))  # fmt: skip
    return (made,), bed, machine, "grbl"


PROCESSES: tuple[Callable[[Random], Made4], ...] = (
    engraving,
    tracing,
    cutting,
    picture_lines,
    boxes,
    test_cards,
)
