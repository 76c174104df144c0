"""What the classical engine does with a task, in a compute process: decode, compute, encode, and report the figures.

The computing is the studios' (`bottega.enhance`, `bottega.imaging`); a new operation is a function here and a line in
`OPERATIONS`.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bottega.compute import report_progress
from bottega.domain.asset import Provenance
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.enhance.restore import auto_exposure, denoise
from bottega.enhance.style import apply_style
from bottega.enhance.upscale import resize_lanczos, unsharp_linear, upscale_backprojection
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.decode import decode
from bottega.imaging.edit import apply_edits
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture

ENGINE = "classical"
SOURCE_TYPE = "algorithmicallyEnhanced"
"""IPTC digital source type: a picture altered by algorithms that were not trained on others."""
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

Samples = NDArray[Any]
"""uint8 or uint16, as in `Picture`."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished picture, what it is for a person, and the stem of its file name."""

    picture: Picture
    label: str
    stem: str


@dataclass(slots=True)
class Work:
    """One task in progress. `steps` collects what was done and the seconds it took."""

    task: Task
    model_id: str
    picture: Picture
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @contextmanager
    def step(self, name: str, message: str, start: float, end: float) -> Generator[Callable[[float], None]]:
        """Time a step that takes the progress from `start` to `end`; yields a function for the progress within."""
        report_progress(start, message)
        began = time.perf_counter()
        yield lambda fraction: report_progress(start + (end - start) * fraction, message)
        self.steps.append({"step": name, "seconds": round(time.perf_counter() - began, 3)})


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Do `task`, write the result into the folder `scratch`, and return it with the figures.

    Report: `input` and `output` (width, height in pixels, bit_depth), `steps` (step, seconds). Raises
    MissingInput without a working picture, InvalidOption for an operation or parameter that is not known here, and
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
        encode(made.picture, scratch / name, media_type, _provenance(task, model_id), quality=LOSSY_QUALITY)
    return EngineResult(
        outputs=(OutputFile(path=scratch / name, media_type=media_type, label=made.label, name=name),),
        report={"input": before, "output": _figures(made.picture), "steps": work.steps},
    )


# --- operations ------------------------------------------------------------------------------------------------------


def _enhance(work: Work) -> Made:
    """Noise first, while it is small and white; sharpening last, at the size at which it is seen."""
    wanted = work.task.parameters
    rgb: Samples = work.picture.rgb
    alpha = work.picture.alpha
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
        resize = resize_lanczos if work.model_id == "classical/lanczos" else upscale_backprojection
        with work.step("scale", "Enlarging" if factor > 1 else "Resizing", 0.25, 0.65) as progress:
            pixels = resize(pixels, size, progress=progress)
    if amount := float(wanted.get("sharpen") or 0) * STRONGEST_SHARPENING:
        with work.step("sharpen", "Sharpening", 0.65, 0.9) as progress:
            pixels = unsharp_linear(pixels, amount, _sharpening_radius(factor), progress=progress)
    done = replace(work.picture, rgb=pixels) if alpha is None else _with_alpha(work.picture, pixels)
    return Made(done, "Enhanced picture", "enhanced")


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
    return Made(Picture(rgb=styled, alpha=alpha), style.replace("_", " ").capitalize(), style)


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


def _provenance(task: Task, model_id: str) -> Provenance:
    return Provenance(
        workflow=task.workflow,
        model_id=model_id,
        engine=ENGINE,
        prompt=task.prompt,
        parameters=task.parameters,
        parents=tuple(item.asset_id for item in task.inputs),
        digital_source_type=SOURCE_TYPE,
    )
