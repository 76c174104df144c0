"""What the enhance engine does to bring a still to motion: a camera moves over it, and nothing in it does."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from bottega.compute import report_progress
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.local.step_figures import measured
from bottega.enhance.camera import MOVES, Move
from bottega.enhance.camera_clip import write_clip
from bottega.enhance.camera_frames import Shot, shot
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.decode import decode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import U8, Picture

USUAL_SECONDS, USUAL_FPS, USUAL_LINES = 5, 30, 720
USUAL_MOVE: Move = "zoom_in"

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Writes a silent clip of a camera move over the working picture into `scratch`.

    Parameters: `camera`, `seconds`, `fps`, `aspect`, `resolution` (lines of the shorter side) as `clip_options` gives them. Report:
    `input` and `output` (width, height; seconds, frames, frame_rate), `camera` (move, layers), `encoder`, `steps`. Raises
    MissingInput without a picture, InvalidOption for a camera that stands still, and what decoding and writing raise.
    """
    working = task.first(Role.WORKING)
    if working is None:
        raise MissingInput("There is no picture to bring to life.", hint="Add a picture.")
    move = _move(task)
    steps: list[dict[str, Any]] = []
    report_progress(0.0, "Reading the picture")
    still = decode(working.path, _CHECKED_FILES)
    size = frame_size(task.parameters, still.width, still.height)
    rate = Fraction(str(task.parameters.get("fps") or USUAL_FPS))
    report_progress(0.03, "Preparing the picture")
    told: dict[str, Any] = {}

    def enlarge(rgb: U8, wanted: tuple[int, int]) -> U8:
        from bottega.enhance.superres import enlarge as by_networks

        made = by_networks(rgb, wanted)
        told["enlargement"] = made.report.as_dict()
        return made.pixels

    with measured(steps, "prepare"):
        ready = shot(
            _over_white(still),
            move,
            size,
            seconds=float(task.parameters.get("seconds") or USUAL_SECONDS),
            fps=float(rate),
            seed=task.seed or 0,
            enlarge=enlarge,
        )
    target = scratch / "animated.mp4"
    with measured(steps, "frames"):
        encoder = write_clip(target, ready.frames(), size, rate, written=lambda n: _told(n, ready.count))
    made = {"width": size[0], "height": size[1], "frames": ready.count, "frame_rate": float(rate)}
    output = OutputFile(
        path=target, media_type="video/mp4", label=f"Clip, {move.replace('_', ' ')}", name="animated.mp4"
    )
    report = {
        "input": {"width": still.width, "height": still.height},
        "output": made | {"seconds": round(ready.count / float(rate), 4)},
        "camera": {"move": move, "layers": _layers(ready)},
        "encoder": encoder.name,
        "notes": ["the camera moves, nothing in the picture does"],
        "steps": steps,
    }
    return EngineResult(outputs=(output,), report=report | told)


def frame_size(wanted: dict[str, Any], width: int, height: int) -> tuple[int, int]:
    """(width, height) of the clip, even numbers: so many lines on the shorter side in the aspect asked for, or in the
    still's own."""
    across, _, down = str(wanted.get("aspect") or f"{width}:{height}").partition(":")
    lines = int(str(wanted.get("resolution") or f"{USUAL_LINES}p").removesuffix("p"))
    ratio = int(across) / int(down)
    sides = (lines * max(ratio, 1.0), lines * max(1 / ratio, 1.0))
    return 2 * round(sides[0] / 2), 2 * round(sides[1] / 2)


def _move(task: Task) -> Move:
    camera = str(task.parameters.get("camera") or USUAL_MOVE)
    if camera == "static":
        raise InvalidOption(
            "With a camera that stands still, nothing would move in this clip.",
            hint="Choose a camera move, or a model that moves what is in the picture.",
        )
    for move in MOVES:
        if move == camera:
            return move
    raise InvalidOption(f"There is no camera move {camera!r}.", hint=f"There are: {', '.join(MOVES)}.")


def _over_white(still: Picture) -> U8:
    rgb = still.as_u8()
    if still.alpha is None:
        return rgb
    cover = (still.alpha.astype(np.float32) / np.float32(np.iinfo(still.alpha.dtype).max))[..., None]
    return np.rint(rgb * cover + 255 * (1 - cover)).astype(np.uint8)


def _layers(ready: Shot) -> int:
    return 1 if ready.layers.subject is None else 2


def _told(done: int, count: int) -> None:
    report_progress(0.1 + 0.9 * done / count, f"Frame {done} of {count}")
