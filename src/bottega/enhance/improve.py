"""The quality optimizer: measures a picture, plans steps, tries their strengths on a preview, runs them and verifies.

A step that does not help, or that harms anything that is measured, is left out, and that is said. Steps and tiles are
`restore_chain`'s; enlarging is the caller's, through `enlarge`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bottega.enhance.measure import Measures, measure
from bottega.enhance.opacity import without_hidden
from bottega.enhance.restore_chain import Step, plan_step, preview, run_chain
from bottega.enhance.samples import Scalar
from bottega.errors import InvalidOption

Samples = NDArray[Any]
Enlarge = Callable[[Samples, tuple[int, int]], Samples]
"""(pixels, (width, height)) -> pixels of that size, the same channels and type."""
Progress = Callable[[float], None]

TARGETS: dict[str, tuple[str, ...]] = {
    # An archive keeps what the picture says: no tone, no colour, no taste.
    "archive": ("deblock", "denoise"),
    "web": ("deblock", "denoise", "deblur", "dehaze", "white_balance", "exposure"),
    "print": ("deblock", "denoise", "deblur", "dehaze", "white_balance", "exposure"),
    "auto": ("deblock", "denoise", "deblur", "dehaze", "white_balance", "exposure"),
}
STRENGTHS = (1.0, 0.6, 0.3)
"""That are tried, from the strongest; the first that helps and harms nothing is taken."""
CROP = 384
"""Side in pixels of the three crops that steps are tried on, when the picture is larger than `SMALL`."""
SMALL = 1_000_000
DPI = 300
"""Dots an inch: the usual resolution of print."""
MOST_SCALE = 4.0

TOLERANCE: dict[str, float] = {
    # By how much a figure may grow without anyone seeing it; units as in `Measures`.
    "noise": 0.5,
    "blur": 0.03,
    "blocking": 0.1,
    "banding": 0.02,
    "ringing": 0.4,
    "clipped_dark": 0.002,
    "clipped_light": 0.002,
    "cast": 1.0,
    "haze": 0.03,
    "unnaturalness": 0.3,
}
LEEWAY = 0.1
"""Of unnaturalness: the share by which it may grow beside, since far from the model it is told less exactly."""
ALLOWED: dict[str, tuple[str, ...]] = {
    # Noise and blocks count as sharpness for the measure of blur, and hide a step's plateaus; what comes out from under
    # them was there before, black and white grounds too. Tone curves amplify all detail alike, which `_harm` allows for.
    "denoise": ("blur", "ringing", "banding", "blocking", "cast", "haze", "clipped_dark", "clipped_light"),
    "deblock": ("blur", "cast", "haze"),
    "deblur": ("noise", "ringing", "haze"),
    "dehaze": ("noise", "cast", "ringing", "blocking"),
    "white_balance": ("haze", "noise", "ringing"),
    "exposure": ("noise", "haze", "ringing", "blocking", "cast"),
}
AIMS: dict[str, tuple[str, float]] = {
    # The figure that a step is to bring down, and the least share of it.
    "denoise": ("noise", 0.2),
    "deblock": ("blocking", 0.2),
    "deblur": ("blur", 0.03),
    "dehaze": ("haze", 0.1),
    "white_balance": ("cast", 0.2),
}
FAINTEST_NOISE = 2.5
"""Levels of 255 from which noise is taken out unasked: the grain of a good scan of film is about 2."""
FAINTEST_CAST = 20.0
"""Degrees from which a light is corrected unasked: warm pictures are mostly meant that way."""
DULLEST, FLATTEST, DARKEST, LIGHTEST = 0.5, 0.45, 0.06, 0.92
"""Tones (see `restore.auto_exposure`) from which exposure is corrected unasked: no light above a half, less than that range
of tones, or a median beyond these."""


@dataclass(frozen=True, slots=True)
class Done:
    """One step of an improvement: what was done or left out, and why; the figures `before` and `after` it (of the whole
    picture, or of the preview where it was left out)."""

    name: str
    strength: float
    taken: bool
    why: str
    before: dict[str, float]
    after: dict[str, float]


@dataclass(frozen=True, slots=True)
class Improved:
    """`pixels`: the very array that was given where `nothing_to_do`. `chain`: the steps that were run, for `preview`."""

    pixels: Samples
    target: str
    before: Measures
    after: Measures
    steps: tuple[Done, ...]
    chain: tuple[Step, ...]

    @property
    def nothing_to_do(self) -> bool:
        return not any(step.taken for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, without the pixels."""
        steps = [
            {
                "name": s.name,
                "strength": s.strength,
                "taken": s.taken,
                "why": s.why,
                "before": s.before,
                "after": s.after,
            }
            for s in self.steps
        ]
        told = {"target": self.target, "nothing_to_do": self.nothing_to_do, "steps": steps}
        return told | {"before": self.before.as_dict(), "after": self.after.as_dict()}


def improve(
    rgb: NDArray[Scalar],
    target: str = "auto",
    *,
    width_mm: float | None = None,
    dpi: float = DPI,
    enlarge: Enlarge | None = None,
    progress: Progress | None = None,
) -> Improved:
    """`rgb` (H x W x 3 or 4; opacity is carried over, and what it hides is not looked at) made better for `target`: `print`, `web`, `archive` or `auto`.

    For print, `width_mm` at `dpi` gives the pixels that are needed; where the picture has fewer, `enlarge` is asked for them
    (at most four times the side), and without it the lack is told. Raises InvalidOption for an unknown target or size.
    """
    if target not in TARGETS:
        raise InvalidOption(f"Nothing is improved for {target!r}.", hint=f"There are: {', '.join(TARGETS)}.")
    if dpi <= 0 or (width_mm is not None and width_mm <= 0):
        raise InvalidOption("A print has a width and a resolution above 0.")
    tell: Progress = progress or _silent
    seen = without_hidden(rgb)
    before = measure(seen)
    chain, steps = _planned(seen, TARGETS[target])
    tell(0.3)
    pixels, after, chain, steps = _verified(seen, before, chain, steps)
    pixels = rgb if pixels is seen else pixels
    tell(0.9)
    if target == "print" and width_mm is not None:
        pixels, step = _sized(pixels, round(width_mm / 25.4 * dpi), enlarge)
        steps += step
        if step and step[0].taken:
            after = measure(pixels)
    tell(1.0)
    return Improved(pixels, target, before, after, tuple(steps), tuple(chain))


def _silent(fraction: float) -> None:
    pass


# --- planning --------------------------------------------------------------------------------------------------------


def _planned(rgb: NDArray[Scalar], names: Sequence[str]) -> tuple[list[Step], list[Done]]:
    """The steps that help on the preview, with strengths; and what was tried and left out."""
    chain: list[Step] = []
    left_out: list[Done] = []
    current, view = rgb, _View(rgb)
    for name in names:
        step = plan_step(name, current)
        if step is None or not _asked_for(step, current):
            continue
        found = _search(view, chain, step)
        if isinstance(found, Done):
            left_out.append(found)
            continue
        chain.append(found)
        # The figures of the next step are those of the picture as it will be.
        current = run_chain(current, [found])
    return chain, left_out


def _asked_for(step: Step, rgb: NDArray[Scalar]) -> bool:
    """Whether the fault is beyond what people do on purpose: dusk, fog and evening light are none."""
    if step.name == "denoise":
        light = max(0.0, step.figures["constant"] + 128 * step.figures["slope"]) ** 0.5
        return max(light, step.figures["blue"], step.figures["red"]) >= FAINTEST_NOISE
    if step.name == "white_balance":
        from bottega.enhance.restore_colour import estimate_cast, has_greys_and_hues

        return step.figures["degrees"] >= FAINTEST_CAST and has_greys_and_hues(
            rgb[..., :3], estimate_cast(rgb[..., :3])
        )
    if step.name == "exposure":
        low, middle, high = (step.figures[name] for name in ("low", "middle", "high"))
        return high < DULLEST or high - low < FLATTEST or not DARKEST < middle < LIGHTEST
    return True


class _View:
    """The crops that steps are tried on: the whole of a small picture, or its liveliest, its middle and its flattest part."""

    def __init__(self, rgb: Samples) -> None:
        self.rgb = rgb
        height, width = rgb.shape[:2]
        if height * width <= SMALL:
            self.boxes = [(0, 0, width, height)]
            return
        corners = [
            (int(x) // 8 * 8, int(y) // 8 * 8)
            for y in np.linspace(0, max(0, height - CROP), 5)
            for x in np.linspace(0, max(0, width - CROP), 5)
        ]
        boxes = [(x, y, min(x + CROP, width), min(y + CROP, height)) for x, y in corners]
        boxes.sort(
            key=lambda box: float(rgb[box[1] : box[3] : 4, box[0] : box[2] : 4, 1].std(dtype=np.float64))
        )
        self.boxes = [boxes[-1], boxes[len(boxes) // 2], boxes[0]]

    def measures(self, chain: Sequence[Step]) -> list[Measures]:
        return [measure(preview(self.rgb, chain, box)) for box in self.boxes]


def _search(view: _View, chain: Sequence[Step], step: Step) -> Step | Done:
    before = _mean(view.measures(chain))
    after, harm = before, ""
    for strength in STRENGTHS:
        tried = step.weaker(strength)
        after = _mean(view.measures([*chain, tried]))
        harm = _harm(step.name, before, after)
        if not harm:
            return tried
    return Done(step.name, 0.0, False, f"left out, since {harm} ({step.why})", before, after)


# --- the rule --------------------------------------------------------------------------------------------------------


def _figures(found: Measures) -> dict[str, float]:
    names = (*TOLERANCE, "sharpness", "contrast", "brightness", "colourfulness")
    return {name: float(getattr(found, name)) for name in names}


def _mean(found: Sequence[Measures]) -> dict[str, float]:
    each = [_figures(one) for one in found]
    return {name: float(np.mean([one[name] for one in each])) for name in each[0]}


def _harm(name: str, before: dict[str, float], after: dict[str, float]) -> str:
    """Why the step is not to be taken, in words that follow "since"; empty where it is."""
    for figure, tolerance in TOLERANCE.items():
        if figure in ALLOWED[name]:
            continue
        if figure == "unnaturalness":
            tolerance += LEEWAY * before[figure]
        if after[figure] > before[figure] + tolerance:
            return f"{figure.replace('_', ' ')} would rise from {before[figure]:.3g} to {after[figure]:.3g}"
    gain = max(after["contrast"], 1e-3) / max(before["contrast"], 1e-3)
    for figure in ("noise", "ringing", "blocking"):
        # A curve that doubles the contrast doubles these too; beyond that they grew on their own.
        limit = before[figure] * max(1.0, gain) * 1.25 + 2 * TOLERANCE[figure]
        if name != "denoise" and figure in ALLOWED[name] and after[figure] > limit:
            return f"{figure} would rise from {before[figure]:.3g} to {after[figure]:.3g}"
    aim = AIMS.get(name)
    if aim is not None and before[aim[0]] > 0 and after[aim[0]] > before[aim[0]] * (1 - aim[1]):
        return f"it would not help: {aim[0]} stays at {after[aim[0]]:.3g}"
    return ""


# --- running ---------------------------------------------------------------------------------------------------------


def _verified(
    rgb: NDArray[Scalar], before: Measures, chain: list[Step], steps: list[Done]
) -> tuple[Samples, Measures, list[Step], list[Done]]:
    """Run step by step on the whole picture; a step whose whole-picture figures break the rule is taken back."""
    pixels, now = rgb, before
    kept: list[Step] = []
    for step in chain:
        made = run_chain(pixels, [step])
        found = measure(made)
        old, new = _figures(now), _figures(found)
        harm = _harm(step.name, old, new)
        if harm:
            why = f"taken back on the whole picture, since {harm} ({step.why})"
            steps.append(Done(step.name, 0.0, False, why, old, new))
            continue
        steps.append(Done(step.name, step.strength, True, step.why, old, new))
        pixels, now = made, found
        kept.append(step)
    return pixels, now, kept, steps


def _sized(pixels: Samples, width: int, enlarge: Enlarge | None) -> tuple[Samples, list[Done]]:
    height = round(pixels.shape[0] * width / pixels.shape[1])
    if width <= pixels.shape[1]:
        return pixels, []
    figures = {"width": float(pixels.shape[1]), "height": float(pixels.shape[0])}
    wanted = {"width": float(width), "height": float(height)}
    need = f"print needs {width} x {height} pixels, there are {pixels.shape[1]} x {pixels.shape[0]}"
    if enlarge is None or width > MOST_SCALE * pixels.shape[1]:
        lack = (
            "nothing to enlarge with was given"
            if enlarge is None
            else f"more than {MOST_SCALE:g} times is made up"
        )
        return pixels, [Done("enlarge", 0.0, False, f"{need}; {lack}", figures, wanted)]
    return enlarge(pixels, (width, height)), [Done("enlarge", 1.0, True, need, figures, wanted)]
