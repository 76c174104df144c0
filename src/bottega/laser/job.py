"""From a picture to a complete engraving job: preview, dots, G-code, SVG and the figures of the report."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.burn import coverage
from bottega.laser.dither import KERNELS, METHODS, Bits, dither
from bottega.laser.gcode import RasterSettings, placement, raster_gcode
from bottega.laser.gcode_check import GcodeReport, Machining, check_gcode
from bottega.laser.materials import Machine, Material, Preset, find_machine, find_material, find_preset
from bottega.laser.outline import picture_outline
from bottega.laser.preview import burn_preview, preview_scale
from bottega.laser.size import Grid, grid_for, in_range
from bottega.laser.svg import true_size_svg
from bottega.laser.tone import (
    correct_dot_gain,
    fit_to_grid,
    luminance,
    raise_local_contrast,
    tone_error,
    visible_detail,
)

SERIAL_BYTES_PER_SECOND = 115_200 / 10
"""GRBL's usual serial line: ten bits a byte."""
EVEN = 3 / 255
"""Below this range of tones there is no picture to see, only noise of its coding."""


@dataclass(frozen=True, slots=True)
class EngraveSettings:
    """What to engrave on what. None means: the material's starting point on that machine.

    Sizes as in `grid_for`. `contrast` 0 to 1 raises local contrast; `invert` burns the light parts instead of
    the dark ones (on materials that burn lighter, it is the other way round).
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
    contrast: float = 0.3
    invert: bool = False
    bed_width_mm: float = 400.0
    bed_height_mm: float = 400.0
    title: str = "Laser engraving"


@dataclass(frozen=True, slots=True)
class EngraveJob:
    """`preview`: RGB uint8 at `preview_dpi`. `dots`: rows x columns, True is burnt. `dots_png`: the same as a
    1-bit PNG, black where it burns. `report`: plain values."""

    preview: U8
    preview_dpi: float
    dots: Bits
    dots_png: bytes
    grid: Grid
    gcode: str
    svg: str
    report: dict[str, Any]


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
    material, machine, preset, raster = resolved(settings)
    in_range("The contrast", settings.contrast, 0, 1, "")
    if settings.dither not in METHODS:
        raise InvalidOption(
            f"There is no dither called {settings.dither!r}.", hint=f"Known: {', '.join(METHODS)}."
        )
    grid = grid_for(
        pixels.shape[1],
        pixels.shape[0],
        width_mm=settings.width_mm,
        height_mm=settings.height_mm,
        interval_mm=settings.interval_mm or preset.interval_mm,
    )
    beam_mm = settings.beam_mm or preset.beam_mm
    # Rounded, so that jobs of nearly one pitch share a measured curve.
    beam = round(in_range("The beam", beam_mm, 0.01, 2, "mm") / grid.pitch_y_mm, 3)
    progress(0.05, "fitting the picture to the lines")
    inverted = settings.invert != (material.burns == "lighter")
    grey, opacity = _prepared(pixels, alpha, grid, settings.contrast, inverted)
    if float(grey.max() - grey.min()) < EVEN:
        raise InvalidOption(
            "There is nothing to engrave: the picture is one even tone.", hint="Use a picture with contrast."
        )
    progress(0.2, "dithering")
    dots, burnt = dithered(grey, settings.dither, beam)
    progress(0.4, "writing G-code")
    gcode = raster_gcode(dots, grid, raster)
    progress(0.5, "checking the G-code")
    checked = check_gcode(gcode, _machining(settings, machine))
    progress(0.75, "drawing the outline")
    rings, outline_kind = picture_outline(grey, opacity, grid)
    dots_png = one_bit_png(dots, grid.dpi)
    progress(0.85, "drawing the preview")
    preview = burn_preview(dots, beam, material)
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
            "tone_error": round(tone_error(burnt, grey), 2),
            "detail": round(visible_detail(burnt), 4),
            "warnings": _warnings(material, machine, preset, raster, beam, checked),
        },
    )


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
    )
    return material, machine, preset, raster


def dithered(grey: F32, method: str, beam: float) -> tuple[Bits, F32]:
    """Dots whose burn under a beam of `beam` dots shows `grey` (H x W float32, 0 = burnt), and that burn's coverage.

    The dot-gain curve does most of it. Error diffusion runs a second time with what the first still missed
    over a few dots added to the aim; the better of the two is kept. A threshold is line art: no correction.
    """
    told = grey if method == "threshold" else correct_dot_gain(grey, method, beam)
    dots = dither(told, method)
    burnt = coverage(dots, beam)
    if method not in KERNELS:
        return dots, burnt
    missed = cv2.GaussianBlur(grey - (1 - burnt), (0, 0), 3.0)
    aim = np.clip(grey + missed, 0, 1).astype(np.float32)
    second = dither(correct_dot_gain(aim, method, beam), method)
    burnt_second = coverage(second, beam)
    if tone_error(burnt_second, grey) < tone_error(burnt, grey):
        return second, burnt_second
    return dots, burnt


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
) -> list[str]:
    warnings = [f"Power and speed are a {preset.source}."]
    if material.caution:
        warnings.append(material.caution)
    if material.burns == "lighter":
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
    if checked.bytes_per_second > 0.8 * SERIAL_BYTES_PER_SECOND:
        warnings.append(
            f"The job needs {checked.bytes_per_second:.0f} bytes a second, near what a serial line of "
            "115200 baud carries: use a coarser interval or a lower speed."
        )
    return warnings


def _rounded_down(speed: float) -> int:
    return max(10, int(speed // 100 * 100) or int(speed // 10 * 10))
