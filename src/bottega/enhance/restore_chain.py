"""Restoration as a chain of steps whose figures are taken once from the whole picture and then applied tile by tile.

A preview makes the tiles under its crop alone, so that it has the pixels of the final run. Which steps a picture should
have is left to the caller: `OLD_PHOTO` here, or `improve`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.enhance import restore_blur, restore_colour, restore_haze, restore_scratches
from bottega.enhance.restore_dct import (
    REACH,
    NoiseModel,
    estimate_quality,
    from_opponent,
    opponent,
    shrink,
    unblock,
)
from bottega.enhance.restore_dct import quantisation as table
from bottega.enhance.restore_noise import Noise, estimate_noise, without_noise
from bottega.enhance.samples import Scalar, stored_like, to_float
from bottega.errors import InvalidOption
from bottega.imaging.picture import F32

TILE = 512
"""Side of the tiles in pixels; a multiple of 8, as their reach is rounded to, keeps the phase of block grids."""
LEAST_NOISE = 1.5
"""Levels below which no noise is taken out: at a normal viewing distance it is not seen."""
SHARPEN_SIGMA = 1.0

Box = tuple[int, int, int, int]
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Step:
    """`name` of `STEPS`; `strength` 0 to 1; `figures` (JSON-ready) that were taken from the whole picture; `mask`, H x W, of the
    step that has one; `why` in plain words."""

    name: str
    strength: float
    figures: Mapping[str, Any]
    why: str
    mask: NDArray[np.bool_] | None = field(default=None, compare=False, repr=False)

    def weaker(self, factor: float) -> "Step":
        return Step(self.name, self.strength * factor, self.figures, self.why, self.mask)


@dataclass(frozen=True, slots=True)
class _Kind:
    plan: Callable[[Any, float], Step | None]
    apply: Callable[[F32, Step, int, int], F32]
    reach: int


def plan_step(name: str, rgb: NDArray[Scalar], strength: float = 1.0) -> Step | None:
    """The step `name` with its figures from `rgb` (H x W x 3 or 4); None where there is nothing for it to do, or where what
    is to be known cannot be told. Raises InvalidOption for an unknown name or a strength outside 0 to 1."""
    if name not in STEPS:
        raise InvalidOption(
            f"There is no restoration called {name!r}.", hint=f"There are: {', '.join(STEPS)}."
        )
    if not 0 <= strength <= 1:
        raise InvalidOption(f"The strength of a restoration goes from 0 to 1, {strength:g} was given.")
    return STEPS[name].plan(rgb[..., :3], strength) if strength > 0 else None


def plan_chain(names: Iterable[str], rgb: NDArray[Scalar], strength: float = 1.0) -> tuple[Step, ...]:
    """The steps among `names` that `rgb` needs, each with figures taken from the picture as the steps before leave it."""
    chain: list[Step] = []
    current = rgb
    for name in names:
        step = plan_step(name, current, strength)
        if step is not None:
            chain.append(step)
            current = run_chain(current, [step])
    return tuple(chain)


def run_chain(
    rgb: NDArray[Scalar], chain: Sequence[Step], *, progress: Progress | None = None
) -> NDArray[Scalar]:
    """The whole picture, in its own type; opacity (a fourth channel) is carried over. The memory beside the two pictures is
    that of one tile."""
    if not chain:
        return rgb.copy()
    result = rgb.copy()
    height, width = rgb.shape[:2]
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            box = (left, top, min(left + TILE, width), min(top + TILE, height))
            result[box[1] : box[3], box[0] : box[2], :3] = _tile(rgb, chain, box)
        if progress is not None:
            progress(min(1.0, (top + TILE) / height))
    return result


def preview(rgb: NDArray[Scalar], chain: Sequence[Step], crop: Box) -> NDArray[Scalar]:
    """`run_chain(rgb, chain)` within `crop` (left, top, right, bottom), bit for bit, made from the tiles under it.

    Raises InvalidOption for an empty crop or one outside the picture."""
    left, top, right, bottom = crop
    height, width = rgb.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise InvalidOption("The crop of a preview lies within the picture.")
    result = rgb[top:bottom, left:right].copy()
    if not chain:
        return result
    for y in range(top // TILE * TILE, bottom, TILE):
        for x in range(left // TILE * TILE, right, TILE):
            box = (x, y, min(x + TILE, width), min(y + TILE, height))
            made = _tile(rgb, chain, box)
            x0, y0, x1, y1 = max(x, left), max(y, top), min(box[2], right), min(box[3], bottom)
            result[y0 - top : y1 - top, x0 - left : x1 - left, :3] = made[y0 - y : y1 - y, x0 - x : x1 - x]
    return result


def _tile(rgb: NDArray[Scalar], chain: Sequence[Step], box: Box) -> NDArray[Scalar]:
    halo = -(-sum(STEPS[step.name].reach for step in chain) // 8) * 8
    left, top = max(0, box[0] - halo), max(0, box[1] - halo)
    window = rgb[top : box[3] + halo, left : box[2] + halo, :3]
    made = to_float(window)
    for step in chain:
        made = STEPS[step.name].apply(made, step, left, top)
    inside = made[box[1] - top : box[3] - top, box[0] - left : box[2] - left]
    return stored_like(inside, rgb)


# --- the steps -------------------------------------------------------------------------------------------------------


def _plan_deblock(rgb: NDArray[Any], strength: float) -> Step | None:
    from bottega.enhance.measure.artefacts import CERTAIN, block_grid

    # A part in the middle tells the grid and the quality of the whole.
    top, left = (max(0, side - 1536) // 16 * 8 for side in rgb.shape[:2])
    part = to_float(rgb[top : top + 1536, left : left + 1536]) * np.float32(255)
    light = np.ascontiguousarray(opponent(part)[..., 0])
    grid = block_grid(light)
    if grid.contrast < CERTAIN:
        return None
    quality = estimate_quality(light, (grid.x, grid.y))
    if quality is None or quality > 92:
        return None
    figures = {"quality": quality, "x": (grid.x + left) % 8, "y": (grid.y + top) % 8}
    return Step("deblock", strength, figures, f"JPEG blocks of about quality {quality:.0f} are seen")


def _deblock(rgb: F32, step: Step, left: int, top: int) -> F32:
    planes = opponent(rgb * np.float32(255))
    quality: float = step.figures["quality"]
    grid = (step.figures["x"] - left) % 8, (step.figures["y"] - top) % 8
    planes[..., 0] = unblock(np.ascontiguousarray(planes[..., 0]), quality, grid, step.strength)
    variance = 0.69 * float(table(quality)[:3, :3].mean()) ** 1.3 * step.strength**2
    for channel in (1, 2):
        planes[..., channel] = shrink(np.ascontiguousarray(planes[..., channel]), NoiseModel(variance))
    return np.clip(from_opponent(planes) / np.float32(255), 0, 1).astype(np.float32)


def _plan_denoise(rgb: NDArray[Any], strength: float) -> Step | None:
    noise = estimate_noise(rgb)
    if max(noise.typical(), noise.blue, noise.red) < LEAST_NOISE:
        return None
    figures = {
        "constant": noise.luma.constant,
        "slope": noise.luma.slope,
        "blue": noise.blue,
        "red": noise.red,
    }
    return Step("denoise", strength, figures, f"noise of {noise.typical():.1f} levels of 255 is seen")


def _denoise(rgb: F32, step: Step, left: int, top: int) -> F32:
    told = step.figures
    noise = Noise(NoiseModel(told["constant"], told["slope"]), told["blue"], told["red"])
    return without_noise(rgb, noise, step.strength)


def _plan_deblur(rgb: NDArray[Any], strength: float) -> Step | None:
    sigma = restore_blur.estimate_blur(rgb)
    if not restore_blur.LEAST <= sigma <= restore_blur.GREATEST:
        return None
    if estimate_noise(rgb).typical() > restore_blur.CLEAN:
        return None
    return Step("deblur", strength, {"sigma": sigma}, f"the sharpest edges are blurred by {sigma:.1f} pixels")


def _plan_dehaze(rgb: NDArray[Any], strength: float) -> Step | None:
    veil = restore_haze.estimate_veil(rgb)
    if not veil.found:
        return None
    figures = {"air": list(veil.air), "depth": veil.depth}
    return Step("dehaze", strength, figures, "haze lies over the picture: nothing in it is dark")


def _dehaze(rgb: F32, step: Step, left: int, top: int) -> F32:
    red, green, blue = step.figures["air"]
    veil = restore_haze.Veil((red, green, blue), step.figures["depth"])
    return restore_haze.dehaze(rgb, veil, step.strength)


def _plan_white_balance(rgb: NDArray[Any], strength: float) -> Step | None:
    cast = restore_colour.estimate_cast(rgb)
    share = cast.strength() * strength
    if share <= 0:
        return None
    figures = {"gains": list(cast.gains()), "degrees": cast.degrees}
    return Step("white_balance", share, figures, f"the light is {cast.degrees:.0f} degrees from neutral")


def _white_balance(rgb: F32, step: Step, left: int, top: int) -> F32:
    red, green, blue = step.figures["gains"]
    return restore_colour.balance(rgb, (red, green, blue), step.strength)


def _plan_unfade(rgb: NDArray[Any], strength: float) -> Step | None:
    black, white = restore_colour.fading(rgb)
    if max(black) < 0.12 and min(white) > 0.85:
        return None
    figures = {"black": list(black), "white": list(white)}
    return Step("unfade", strength, figures, "the channels have lost their black or white")


def _unfade(rgb: F32, step: Step, left: int, top: int) -> F32:
    (r0, g0, b0), (r1, g1, b1) = step.figures["black"], step.figures["white"]
    return restore_colour.unfade(rgb, (r0, g0, b0), (r1, g1, b1), step.strength)


def _plan_exposure(rgb: NDArray[Any], strength: float) -> Step | None:
    from bottega.enhance.restore import exposure_curve, tones
    from bottega.enhance.samples import white

    low, middle, high = tones(rgb, white(rgb.dtype))
    grid = np.linspace(0, 1, 256)
    largest = float(
        np.abs(exposure_curve(grid, low, middle, high) - grid)[(grid >= low) & (grid <= high)].max(initial=0)
    )
    if largest < 0.04:
        return None
    figures = {"low": low, "middle": middle, "high": high}
    return Step(
        "exposure", strength, figures, f"tones reach from {low:.0%} to {high:.0%}, the middle is {middle:.0%}"
    )


def _exposure(rgb: F32, step: Step, left: int, top: int) -> F32:
    from bottega.enhance.restore import exposure_curve

    grid = np.linspace(0, 1, 4097)
    curve = exposure_curve(grid, step.figures["low"], step.figures["middle"], step.figures["high"])
    mixed = grid + step.strength * (curve - grid)
    return np.interp(rgb, grid, mixed).astype(np.float32)


def _plan_scratches(rgb: NDArray[Any], strength: float) -> Step | None:
    mask = restore_scratches.find_scratches(rgb)
    share = float(mask.mean())
    if share == 0 or share > 0.15:
        return None
    return Step("scratches", 1.0, {"share": share}, f"scratches and dust on {share:.2%} of the area", mask)


def _scratches(rgb: F32, step: Step, left: int, top: int) -> F32:
    assert step.mask is not None
    height, width = rgb.shape[:2]
    return restore_scratches.paint_over(rgb, step.mask[top : top + height, left : left + width])


def _plan_sharpen(rgb: NDArray[Any], strength: float) -> Step | None:
    return Step("sharpen", strength, {}, "for what the picture is made for")


def _sharpen(rgb: F32, step: Step, left: int, top: int) -> F32:
    from bottega.enhance.upscale import unsharp_linear

    return unsharp_linear(rgb, step.strength, SHARPEN_SIGMA)


STEPS: dict[str, _Kind] = {
    "deblock": _Kind(_plan_deblock, _deblock, 2 * REACH + 8),
    "scratches": _Kind(_plan_scratches, _scratches, restore_scratches.REACH),
    "denoise": _Kind(_plan_denoise, _denoise, 2 * REACH),
    "deblur": _Kind(
        _plan_deblur,
        lambda rgb, step, left, top: restore_blur.deblur(rgb, step.figures["sigma"], step.strength),
        restore_blur.REACH,
    ),
    "dehaze": _Kind(_plan_dehaze, _dehaze, restore_haze.REACH),
    "unfade": _Kind(_plan_unfade, _unfade, 0),
    "white_balance": _Kind(_plan_white_balance, _white_balance, 0),
    "exposure": _Kind(_plan_exposure, _exposure, 0),
    "sharpen": _Kind(_plan_sharpen, _sharpen, 8),
}
"""In the order in which they are done: blocks before noise, since noise hides them; detail before tone, since tone curves
amplify; sharpening last."""

OLD_PHOTO = ("scratches", "deblock", "denoise", "unfade", "white_balance", "exposure")
"""A scanned print: its dust and scratches first, since every later step would spread them."""
