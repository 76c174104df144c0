"""What the local engines do with a task for a picture, in a compute process: decode, compute, encode, report the figures.

The computing is the studios' (`bottega.enhance`, `bottega.imaging`); a new operation is a function here and a line in
`OPERATIONS`.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bottega.compute import report_progress
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.local.origin import provenance_of
from bottega.engines.local.step_figures import measured
from bottega.enhance.opacity import without_hidden
from bottega.enhance.restore import auto_exposure, denoise, noise_sigma
from bottega.enhance.style import apply_style
from bottega.enhance.upscale import resize_lanczos, unsharp_linear, upscale_backprojection
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.box import Box
from bottega.imaging.decode import decode
from bottega.imaging.edit import apply_edits
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture

SOURCE_TYPE = "algorithmicallyEnhanced"
"""IPTC digital source type: a picture corrected by algorithms, without anything generated."""
LOSSY_QUALITY = 95
"""For JPEG and WebP. The detail that is restored here is the first that coarser quantisation drops."""
STRONGEST_SHARPENING = 1.5
"""Unsharp-mask amount at `sharpen` 1; above, photographs look drawn."""

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)

_MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/tiff": "tif"}
_HOLDS_ALPHA = frozenset({"image/png", "image/webp", "image/tiff"})
_WEBP_SIDE = 16_383

_TIERS: dict[str, Literal["fast", "balanced", "best"]] = {
    "enhance/fast": "fast",
    "enhance/balanced": "balanced",
    "enhance/best": "best",
}
"""Models that enlarge by networks."""

Samples = NDArray[Any]
"""uint8 or uint16, as in `Picture`."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished picture, what it is for a person, and the stem of its file name; of a preview, also the part of the
    source that it shows."""

    picture: Picture
    label: str
    stem: str
    before: Picture | None = None


@dataclass(slots=True)
class Work:
    """One task in progress. `steps` collects what was done and what it took, `told` what else belongs to the report."""

    task: Task
    model_id: str
    picture: Picture
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    told: dict[str, Any] = field(default_factory=dict[str, Any])

    @contextmanager
    def step(self, name: str, message: str, start: float, end: float) -> Generator[Callable[[float], None]]:
        """Time a step that takes the progress from `start` to `end`; yields a function for the progress within."""
        report_progress(start, message)
        with measured(self.steps, name):
            yield lambda fraction: report_progress(start + (end - start) * fraction, message)


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Do `task`, write the result into the folder `scratch`, and return it with the figures; a preview comes with a second
    picture, 8-bit PNG, of before and after side by side.

    Report: `input` and `output` (width, height in pixels, bit_depth), `steps` (see `step_figures`), and where a network
    enlarged, `enlargement` (see `superres.Report`); where it was chosen what to improve, `improvement`; of a preview,
    `preview` (`box`, `whole_picture_made`). Raises MissingInput without a working picture, InvalidOption for an operation or parameter that is not known here, and
    what decoding, computing and encoding raise.
    """
    operation = OPERATIONS.get(task.operation)
    if operation is None:
        raise InvalidOption(f"The classical engine cannot do {task.operation!r}.")
    working = task.first(Role.WORKING)
    if working is None:
        raise MissingInput("There is no picture to work on.", hint="Add a picture.")
    report_progress(0.0, "Reading the picture")
    work = Work(task, model_id, decode(working.path, _CHECKED_FILES))
    before = _figures(work.picture)
    made = operation(work)
    media_type = _media_type(task.parameters.get("format"), working.media.media_type, made.picture)
    name = f"{made.stem}.{_EXTENSIONS[media_type]}"
    with work.step("encode", "Writing the result", 0.9, 1.0):
        encode(
            made.picture,
            scratch / name,
            media_type,
            provenance_of(task, model_id, SOURCE_TYPE),
            quality=LOSSY_QUALITY,
        )
        outputs = [OutputFile(path=scratch / name, media_type=media_type, label=made.label, name=name)]
        if made.before is not None:
            outputs.append(_side_by_side(made.before, made.picture, scratch, task, model_id))
    return EngineResult(
        outputs=tuple(outputs),
        report={"input": before, "output": _figures(made.picture), "steps": work.steps} | work.told,
    )


# --- operations ------------------------------------------------------------------------------------------------------


def _enhance(work: Work) -> Made:
    """The picture, or the part of it that is to be seen first."""
    wanted = work.task.parameters
    if wanted.get("preview") is None:
        return Made(_enhanced(work, wanted), "Enhanced picture", "enhanced")
    return _previewed(work, Box.parse(str(wanted["preview"])))


def _previewed(work: Work, box: Box) -> Made:
    """The pixels that the whole run makes of `box`: of a part around it, where nothing of the picture as a whole decides."""
    from bottega.enhance.preview_cache import place_of, window_around
    from bottega.enhance.works import Upscale, alignment

    wanted, picture = work.task.parameters, work.picture
    source, full = (picture.width, picture.height), _target(wanted, picture)
    box = box.within(*source)
    whole = (
        any(wanted.get(name) for name in _OF_THE_WHOLE) or min(full[0] / source[0], full[1] / source[1]) < 1
    )
    step = None if whole else alignment(Upscale(width=full[0], height=full[1]), *source)
    window = Box(0, 0, *source) if step is None else window_around(box, *source, step)
    size = round(window.width * full[0] / source[0]), round(window.height * full[1] / source[1])
    everything = Box(0, 0, *source)
    work.picture = _part(picture, *place_of(window, everything, source, source))
    made = _enhanced(work, wanted | {"width": size[0], "height": size[1]})
    work.told["preview"] = {
        "box": [box.left, box.top, box.width, box.height],
        "whole_picture_made": step is None,
    }
    before = _part(picture, *place_of(box, everything, source, source))
    return Made(_part(made, *place_of(box, window, full, source)), "Preview", "preview", before)


def _side_by_side(before: Picture, after: Picture, scratch: Path, task: Task, model_id: str) -> OutputFile:
    """What a preview shows, as it is and as it will be; 8-bit PNG in the colours of the result."""
    from bottega.enhance.preview_cache import before_after

    both = before_after(
        *(each.rgb if each.alpha is None else _joined(each.rgb, each.alpha) for each in (before, after))
    )
    name = "before-after.png"
    record = provenance_of(task, model_id, SOURCE_TYPE)
    encode(Picture(both, icc_profile=after.icc_profile), scratch / name, "image/png", record)
    return OutputFile(
        path=scratch / name, media_type="image/png", label="Before and after, side by side", name=name
    )


_OF_THE_WHOLE = ("denoise", "auto_exposure", "improve")
"""Parameters whose effect on a pixel depends on the whole picture."""


def _part(picture: Picture, rows: slice, columns: slice) -> Picture:
    alpha = None if picture.alpha is None else np.ascontiguousarray(picture.alpha[rows, columns])
    return replace(picture, rgb=np.ascontiguousarray(picture.rgb[rows, columns]), alpha=alpha)


def _enhanced(work: Work, wanted: dict[str, Any]) -> Picture:
    """Noise first, while it is small and white; sharpening last, at the size at which it is seen."""
    alpha = work.picture.alpha
    if alpha is not None:
        seen = without_hidden(_joined(work.picture.rgb, alpha))
        work.picture = replace(work.picture, rgb=np.ascontiguousarray(seen[..., :3]))
    if "improve" in wanted:
        wanted = _improvement(work, wanted)
    rgb: Samples = work.picture.rgb
    if strength := float(wanted.get("denoise") or 0):
        with work.step("denoise", "Removing noise", 0.05, 0.2) as progress:
            rgb = denoise(rgb, strength, progress=progress)
    if wanted.get("auto_exposure"):
        with work.step("exposure", "Setting the exposure", 0.2, 0.25):
            rgb = auto_exposure(rgb)
    pixels = rgb if alpha is None else _joined(rgb, alpha)
    size = _target(wanted, work.picture)
    factor = (size[0] * size[1] / (work.picture.width * work.picture.height)) ** 0.5
    if size != (work.picture.width, work.picture.height):
        with work.step("scale", "Enlarging" if factor > 1 else "Resizing", 0.25, 0.65) as progress:
            pixels = _resized(work, pixels, size, progress)
    if amount := float(wanted.get("sharpen") or 0) * STRONGEST_SHARPENING:
        with work.step("sharpen", "Sharpening", 0.65, 0.9) as progress:
            pixels = unsharp_linear(pixels, amount, _sharpening_radius(factor), progress=progress)
    return replace(work.picture, rgb=pixels) if alpha is None else _with_alpha(work.picture, pixels)


def _resized(
    work: Work, pixels: Samples, size: tuple[int, int], progress: Callable[[float], None]
) -> Samples:
    """By the model of the task; smaller pictures are resampled by all of them."""
    tier = _TIERS.get(work.model_id)
    if tier is None or size[0] < pixels.shape[1] or size[1] < pixels.shape[0]:
        resize = resize_lanczos if work.model_id == "classical/lanczos" else upscale_backprojection
        return resize(pixels, size, progress=progress)
    from bottega.enhance.superres import enlarge

    enlarged = enlarge(pixels, size, tier=tier, progress=progress)
    work.told["enlargement"] = enlarged.report.as_dict()
    return enlarged.pixels


def _improvement(work: Work, wanted: dict[str, Any]) -> dict[str, Any]:
    """The parameters, with noise removed where it can be seen, the exposure corrected, and sharpened for the purpose."""
    from bottega.enhance.works_repair import NOISY, PURPOSES

    purpose = PURPOSES.get(str(wanted["improve"]))
    if purpose is None:
        raise InvalidOption(f"Nothing is improved for {wanted['improve']!r}.")
    rgb: Samples = work.picture.rgb
    levels = noise_sigma(rgb) * 255
    strength = float(wanted.get("denoise") or 0) or (0.5 if levels >= NOISY else 0.0)
    chosen = {"denoise": strength, "auto_exposure": True, "sharpen": purpose.sharpen / STRONGEST_SHARPENING}
    work.told["improvement"] = {"purpose": wanted["improve"], "noise_levels": round(levels, 2), **chosen}
    return wanted | chosen


def _style(work: Work) -> Made:
    wanted = work.task.parameters
    style = str(wanted.get("style"))
    strength = wanted.get("strength")
    given = work.task.first(Role.REFERENCE)
    reference = None if given is None else decode(given.path, _CHECKED_FILES).as_u8()
    with work.step(style, "Drawing", 0.1, 0.9):
        styled = apply_style(
            work.picture.as_u8(), style, 1.0 if strength is None else float(strength), reference
        )
    alpha = work.picture.alpha
    if alpha is not None and alpha.dtype == np.uint16:
        alpha = Picture(rgb=alpha[..., None]).as_u8()[..., 0]
    # 16-bit pictures come in their own profile.
    made = Picture(rgb=styled, alpha=alpha, icc_profile=work.picture.icc_profile)
    return Made(made, style.replace("_", " ").capitalize(), style)


def _edit(work: Work) -> Made:
    with work.step("edit", "Editing", 0.1, 0.9):
        edited = apply_edits(work.picture, work.task.parameters)
    return Made(edited, "Edited picture", "edited")


OPERATIONS: dict[str, Callable[[Work], Made]] = {
    "enhance": _enhance,
    "style": _style,
    "edit": _edit,
}


# --- around them -------------------------------------------------------------------------------------------------------


def _target(wanted: dict[str, Any], picture: Picture) -> tuple[int, int]:
    width, height = wanted.get("width"), wanted.get("height")
    return (int(width), int(height)) if width and height else (picture.width, picture.height)


def _sharpening_radius(factor: float) -> float:
    """About the blur, in output pixels, that a source pixel of the enlargement has."""
    return float(np.clip(0.5 * factor, 0.8, 3.0))


def _joined(rgb: Samples, alpha: Samples) -> Samples:
    return np.dstack([rgb, alpha])


def _with_alpha(picture: Picture, pixels: Samples) -> Picture:
    return replace(picture, rgb=np.ascontiguousarray(pixels[..., :3]), alpha=pixels[..., 3].copy())


def _figures(picture: Picture) -> dict[str, int]:
    return {
        "width": picture.width,
        "height": picture.height,
        "bit_depth": picture.rgb.dtype.itemsize * 8,
    }


def _media_type(wanted: Literal["png", "jpeg", "webp"] | None, source: str, picture: Picture) -> str:
    """The format asked for; else that of the source, where it is written here and holds the result; else PNG."""
    if wanted is not None:
        return _MEDIA_TYPES[wanted]
    holds = source in _EXTENSIONS and (picture.alpha is None or source in _HOLDS_ALPHA)
    too_wide = source == "image/webp" and max(picture.width, picture.height) > _WEBP_SIDE
    return source if holds and not too_wide else "image/png"
