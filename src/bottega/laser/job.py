"""From a picture to a complete engraving job: preview, dots, G-code, SVG and the figures of the report."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.burn import coverage
from bottega.laser.dither import DEFAULT_SCREEN, GREY, KERNELS, METHODS, Bits, Screen, dither
from bottega.laser.energy import EnergyMap, energy_map
from bottega.laser.gcode import RasterSettings, check_settings, grey_gcode, placement, raster_gcode
from bottega.laser.gcode_check import GcodeReport, Machining, check_gcode
from bottega.laser.grey import GREY_LEVELS, grey_coverage, power_levels, s_words
from bottega.laser.materials import Machine, Material, Preset, find_machine, find_material, find_preset
from bottega.laser.outline import picture_outline
from bottega.laser.preview import burn_preview, burnt_picture, preview_scale
from bottega.laser.refine import refined
from bottega.laser.size import Grid, grid_for, in_range
from bottega.laser.svg import true_size_svg
from bottega.laser.tone import (
    Response,
    correct_dot_gain,
    fit_to_grid,
    for_material,
    luminance,
    raise_local_contrast,
    tone_error,
    visible_detail,
)

SERIAL_BYTES_PER_SECOND = 115_200 / 10
"""GRBL's usual serial line: ten bits a byte."""
SERIAL_SHARE = 0.8
"""Of the line that a job may fill: the rest is for the controller's answers and for pauses of the sender."""
EVEN = 3 / 255
"""Below this range of tones there is no picture to see, only noise of its coding."""


@dataclass(frozen=True, slots=True)
class EngraveSettings:
    """What to engrave on what. None means: the material's starting point on that machine.

    Sizes as in `grid_for`. `contrast` 0 to 1 raises local contrast; `invert` burns the light parts instead of
    the dark ones (on materials that burn lighter, it is the other way round). `dither` is one of `METHODS`, or
    "grey" for a power per dot in `grey_levels` steps. `halftone_mm` and `halftone_angle` are the screen of the dithers
    "halftone" and "lines" (None: eight lines). `response`: what the material shows of the tones asked for
    (`tone.for_material`). `scan_offset_mm`, `bidirectional`: as in `RasterSettings`.
    """

    material: str = "plywood-3mm"
    machine: str = "diode-10w"
    width_mm: float | None = None
    height_mm: float | None = None
    interval_mm: float | None = None
    beam_mm: float | None = None
    power_percent: float | None = None
    speed_mm_min: float | None = None
    passes: int | None = None
    dither: str = "jarvis"
    contrast: float = 0.0
    invert: bool = False
    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0
    title: str = "Laser engraving"
    halftone_mm: float | None = None
    halftone_angle: float = 45.0
    grey_levels: int = GREY_LEVELS
    response: Response = ()
    bidirectional: bool = True
    scan_offset_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class EngraveJob:
    """`preview`: RGB uint8 at `preview_dpi`. `dots`: rows x columns, True is burnt. `dots_png`: the same as a
    1-bit PNG, black where it burns; in grey mode an 8-bit one, darker where more power goes. `powers`: the S word of
    every dot in grey mode, otherwise None. `energy`: what each place gets. `checked`: the G-code as
    read back, with its moves (`studio_preview` draws them). `report`: plain values."""

    preview: U8
    preview_dpi: float
    dots: Bits
    dots_png: bytes
    grid: Grid
    gcode: str
    svg: str
    report: dict[str, Any]
    powers: NDArray[np.int32] | None = None
    energy: EnergyMap | None = None
    checked: GcodeReport | None = None

    @property
    def shown(self) -> U8:
        """The dots as a picture, rows x columns: 0 where most power goes, 255 where nothing burns."""
        if self.powers is None:
            return np.where(self.dots, np.uint8(0), np.uint8(255))
        share = self.powers / max(1, int(self.powers.max()))
        return np.rint(255 * (1 - share)).astype(np.uint8)


def engrave(
    pixels: U8 | F32,
    settings: EngraveSettings,
    *,
    alpha: F32 | None = None,
    progress: Callable[[float, str], None] = lambda fraction, message: None,
) -> EngraveJob:
    """Engrave a picture: H x W grey or H x W x 3 RGB, uint8 or float32 in [0, 1]; transparent parts stay blank.

    Raises InvalidOption for settings out of range, forbidden or unknown materials, jobs that do not fit the
    bed, and blank pictures.
    """
    if not pixels.size:
        raise InvalidOption("The picture has no pixels.")
    material, machine, preset, raster = resolved(settings)
    in_range("The contrast", settings.contrast, 0, 1, "")
    if settings.dither not in (*METHODS, GREY):
        raise InvalidOption(
            f"There is no dither called {settings.dither!r}.", hint=f"Known: {', '.join((*METHODS, GREY))}."
        )
    grid = grid_for(
        pixels.shape[1],
        pixels.shape[0],
        width_mm=settings.width_mm,
        height_mm=settings.height_mm,
        interval_mm=preset.interval_mm if settings.interval_mm is None else settings.interval_mm,
    )
    # Asked before the dithering of a large picture, which takes half a minute.
    check_settings(raster)
    placement(grid, raster)
    beam_mm = preset.beam_mm if settings.beam_mm is None else settings.beam_mm
    # Rounded, so that jobs of nearly one pitch share a measured curve.
    beam = round(in_range("The beam", beam_mm, 0.01, 2, "mm") / grid.pitch_y_mm, 3)
    progress(0.05, "fitting the picture to the lines")
    inverted = settings.invert != (material.burns == "lighter")
    grey, opacity = _prepared(pixels, alpha, grid, settings.contrast, inverted)
    if not np.isfinite(grey).all():
        raise InvalidOption("The picture holds values that are no numbers.")
    if float(grey.max() - grey.min()) < EVEN:
        raise InvalidOption(
            "There is nothing to engrave: the picture is one even tone.", hint="Use a picture with contrast."
        )
    progress(0.2, "dithering")
    aim = for_material(grey, settings.response)
    powers: NDArray[np.int32] | None = None
    shown: F32 | None = None
    if settings.dither == GREY:
        level = power_levels(aim, beam, settings.grey_levels)
        in_range("The power", raster.power_percent, 0.1, 100, "%")
        powers = s_words(level, settings.grey_levels, raster.power_s, raster.max_power_s)
        dots, burnt = powers > 0, grey_coverage(level, settings.grey_levels, beam)
        shown = (1 - level.astype(np.float32) / np.float32(settings.grey_levels - 1)).astype(np.float32)
    else:
        period = (
            DEFAULT_SCREEN.period if settings.halftone_mm is None else settings.halftone_mm / grid.pitch_y_mm
        )
        screen = Screen(round(period, 4), settings.halftone_angle)
        dots, burnt = dithered(aim, settings.dither, beam, screen)
    progress(0.4, "writing and checking the G-code, drawing the preview")
    # What is seen does not wait for what is run: beside each other they take two thirds of the time.
    with ThreadPoolExecutor(1) as beside:
        drawn = beside.submit(_preview, dots, burnt, beam, material, grey_steps=shown is not None)
        gcode, checked, raster = _written(dots, powers, grid, raster, _machining(settings, machine))
        energy = energy_map(checked.burns, raster, machine_watts(machine), grid, beam_mm)
        progress(0.75, "drawing the outline")
        rings, outline_kind = picture_outline(grey, opacity, grid)
        dots_png = one_bit_png(dots, grid.dpi) if shown is None else grey_png(shown, grid.dpi)
        preview = drawn.result()
    progress(0.9, "putting the job together")
    return EngraveJob(
        preview=preview,
        preview_dpi=grid.dpi * preview_scale(dots),
        dots=dots,
        dots_png=dots_png,
        grid=grid,
        gcode=gcode,
        svg=true_size_svg(grid, png=dots_png, outline=rings, title=settings.title),
        report={
            "width_mm": round(grid.width_mm, 3),
            "height_mm": round(grid.height_mm, 3),
            "interval_mm": round(grid.pitch_y_mm, 5),
            "pixels": [grid.columns, grid.rows],
            "beam_mm": beam_mm,
            "dither": settings.dither,
            "inverted": inverted,
            "material": material.id,
            "machine": machine.id,
            "power": raster.power_percent,
            "speed": raster.speed_mm_min,
            "passes": raster.passes,
            "figures": preset.source,
            "origin_mm": list(placement(grid, raster)),
            "burnt_share": round(float(dots.mean()), 5),
            "outline": outline_kind,
            "outline_paths": len(rings),
            **_gcode_figures(checked),
            "tone_error": round(tone_error(burnt, aim), 2),
            "bytes_per_second": round(checked.bytes_per_second),
            "energy": energy.figures(),
            "detail": round(visible_detail(burnt), 4),
            "warnings": [
                *_warnings(material, machine, preset, raster, beam, checked, inverted=inverted),
                *_slowed(settings, preset, raster),
                *energy.warnings(),
            ],
        },
        powers=powers,
        energy=energy,
        checked=checked,
    )


def _preview(dots: Bits, burnt: F32, beam: float, material: Material, *, grey_steps: bool) -> U8:
    """The burnt material; in grey mode from the coverage of each dot, as its dots are not alike."""
    if not grey_steps:
        return burn_preview(dots, beam, material)
    scale = preview_scale(dots)
    return burnt_picture(np.kron(burnt, np.ones((scale, scale), np.float32)), beam * scale, material)


def resolved(settings: EngraveSettings) -> tuple[Material, Machine, Preset, RasterSettings]:
    """The material, the machine, its starting point there, and what will be burnt with."""
    material, machine = find_material(settings.material), find_machine(settings.machine)
    preset = find_preset(material, machine)
    speed = preset.speed_mm_min if settings.speed_mm_min is None else settings.speed_mm_min
    in_range(f"The speed of {machine.title}", speed, 1, machine.max_speed_mm_min, "mm/min")
    raster = RasterSettings(
        speed_mm_min=speed,
        power_percent=preset.power_percent if settings.power_percent is None else settings.power_percent,
        passes=preset.passes if settings.passes is None else settings.passes,
        max_power_s=machine.max_power_s,
        acceleration_mm_s2=machine.acceleration_mm_s2,
        bed_width_mm=settings.bed_width_mm,
        bed_height_mm=settings.bed_height_mm,
        bidirectional=settings.bidirectional,
        scan_offset_mm=settings.scan_offset_mm,
    )
    return material, machine, preset, raster


def dithered(grey: F32, method: str, beam: float, screen: Screen = DEFAULT_SCREEN) -> tuple[Bits, F32]:
    """Dots whose burn under a beam of `beam` dots shows `grey` (H x W float32, 0 = burnt), and that burn's coverage.

    The dot-gain curve does most of it; the dither runs a second time with what the first still missed over a few dots
    added to the aim, and the better of the two is kept. Where dots have no order of their own (error
    diffusion, blue noise) they are then moved one by one (`refine`). A threshold is line art: no correction.
    """
    if method == "threshold":
        dots = dither(grey, method)
        return dots, coverage(dots, beam)
    dots = dither(correct_dot_gain(grey, method, beam, screen), method, screen)
    burnt = coverage(dots, beam)
    # The missing tone of an ordered screen shows only over its whole period.
    reach = max(3.0, screen.period / 2) if method in ("halftone", "lines") else 3.0
    missed = cv2.GaussianBlur(grey - (1 - burnt), (0, 0), reach)
    aim = np.clip(grey + missed, 0, 1).astype(np.float32)
    second = dither(correct_dot_gain(aim, method, beam, screen), method, screen)
    burnt_second = coverage(second, beam)
    if tone_error(burnt_second, grey) < tone_error(burnt, grey):
        dots, burnt = second, burnt_second
    if method in KERNELS or method == "blue-noise":
        moved = refined(dots, grey, beam)
        return moved, coverage(moved, beam)
    return dots, burnt


def _written(
    dots: Bits, powers: NDArray[np.int32] | None, grid: Grid, raster: RasterSettings, machining: Machining
) -> tuple[str, GcodeReport, RasterSettings]:
    """The G-code, what it does, and how it burns: slower than asked where the serial line could not carry it.

    Power is lowered with the speed, so that the energy on the material stays what it was.
    """
    limit = SERIAL_SHARE * SERIAL_BYTES_PER_SECOND
    tries = 4
    while True:
        gcode = raster_gcode(dots, grid, raster) if powers is None else grey_gcode(powers, grid, raster)
        checked = check_gcode(gcode, machining)
        tries -= 1
        if checked.bytes_per_second <= limit or not tries:
            return gcode, checked, raster
        share = max(limit / checked.bytes_per_second * 0.97, 0.1)
        slower = replace(
            raster, speed_mm_min=raster.speed_mm_min * share, power_percent=raster.power_percent * share
        )
        if slower.speed_mm_min < 1 or slower.power_percent < 0.1 or slower.power_s < 1:
            return gcode, checked, raster
        if powers is not None:
            powers = np.minimum(np.rint(powers * (slower.power_s / raster.power_s)), slower.power_s).astype(
                np.int32
            )
        raster = slower


def _slowed(settings: EngraveSettings, preset: Preset, raster: RasterSettings) -> list[str]:
    asked = preset.speed_mm_min if settings.speed_mm_min is None else settings.speed_mm_min
    if raster.speed_mm_min >= asked:
        return []
    return [
        f"A serial line of 115200 baud cannot carry this picture at {asked:g} mm/min: it is burnt at "
        f"{raster.speed_mm_min:.4g} mm/min and {raster.power_percent:.3g} % power, the same energy."
    ]


def machine_watts(machine: Machine) -> float:
    """Optical watts at full power, as the machine's name says; 1 where it says nothing, which makes energies relative."""
    named = re.search(r"(\d+(?:\.\d+)?)w\b", machine.id.lower())
    return float(named[1]) if named else 1.0


def grey_png(shown: F32, dpi: float) -> bytes:
    """Grey values (0 = most power) as an 8-bit PNG with its resolution."""
    buffer = io.BytesIO()
    Image.fromarray(np.rint(shown * 255).astype(np.uint8)).save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def one_bit_png(dots: Bits, dpi: float) -> bytes:
    """The dots as a 1-bit PNG, black where it burns, with its resolution and nothing else about it."""
    buffer = io.BytesIO()
    Image.fromarray(~dots).save(buffer, "PNG", dpi=(dpi, dpi), optimize=True)
    return buffer.getvalue()


def _prepared(
    pixels: U8 | F32, alpha: F32 | None, grid: Grid, contrast: float, inverted: bool
) -> tuple[F32, F32 | None]:
    """The wanted grey (0 = burnt) and the opacity, both on the grid."""
    grey = luminance(pixels)
    if alpha is None:
        fitted, opacity = fit_to_grid(grey, grid), None
    else:
        # Weighted by opacity, so that invisible colours do not bleed into the edge.
        opacity = fit_to_grid(alpha, grid)
        fitted = np.clip(fit_to_grid(grey * alpha, grid) / np.maximum(opacity, 1e-3), 0, 1)
    shown = raise_local_contrast(fitted.astype(np.float32), contrast)
    if inverted:
        shown = 1 - shown
    if opacity is not None:
        shown = 1 - opacity * (1 - shown)
    return shown.astype(np.float32), opacity


def _machining(settings: EngraveSettings, machine: Machine) -> Machining:
    return Machining(
        bed_width_mm=settings.bed_width_mm,
        bed_height_mm=settings.bed_height_mm,
        max_power_s=machine.max_power_s,
        acceleration_mm_s2=machine.acceleration_mm_s2,
        rapid_mm_min=machine.max_speed_mm_min,
    )


def _gcode_figures(checked: GcodeReport) -> dict[str, Any]:
    return {
        "seconds_estimated": round(checked.timing.seconds, 1),
        "gcode_lines": checked.lines,
        "gcode_bytes": checked.size_bytes,
        "gcode_errors": checked.error_count,
        "gcode_faults": list(checked.errors),
        "longest_line": checked.longest_line,
        "power_mode_words": checked.power_mode_words,
        "constant_speed": checked.constant_speed,
    }


def _warnings(
    material: Material,
    machine: Machine,
    preset: Preset,
    raster: RasterSettings,
    beam: float,
    checked: GcodeReport,
    *,
    inverted: bool,
) -> list[str]:
    warnings = [f"Power and speed are a {preset.source}."]
    if material.caution:
        warnings.append(material.caution)
    if material.burns == "lighter" and inverted:
        warnings.append(
            f"{material.title} engraves lighter than its surface, so the light parts of the picture are burnt."
        )
    if beam > 2.2:
        warnings.append(
            f"The beam is {beam:.1f} times as wide as the line interval: detail is lost, a coarser interval loses less."
        )
    elif beam < 0.9:
        warnings.append("The beam is narrower than the line interval: full black will show bare lines.")
    held = checked.timing.held_speed_mm_min
    if held < raster.speed_mm_min * 0.99:
        warnings.append(
            f"GRBL plans 15 moves ahead, which on this picture holds about {_rounded_down(held)} mm/min; "
            f"at {raster.speed_mm_min:g} it slows down in fine detail (M4 lowers the power with it)."
        )
    if checked.bytes_per_second > SERIAL_SHARE * SERIAL_BYTES_PER_SECOND:
        warnings.append(
            f"The job needs {checked.bytes_per_second:.0f} bytes a second, near what a serial line of "
            "115200 baud carries: use a coarser interval."
        )
    return warnings


def _rounded_down(speed: float) -> int:
    return max(10, int(speed // 100 * 100) or int(speed // 10 * 10))
