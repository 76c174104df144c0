"""What is measured in a file, alone or against another: pictures whole, clips by frames at even distances and their motion.

The measures themselves are `measure`'s.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bottega.enhance.jobs import is_clip, read_still
from bottega.enhance.ladder import Samples
from bottega.enhance.works import eight_bits
from bottega.errors import InvalidOption
from bottega.imaging.limits import Limits

FRAMES = 12
"""Of a clip that are measured as pictures are."""


def measure_file(
    path: Path,
    against: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
) -> dict[str, Any]:
    """The measures, JSON-ready: `own` of the file with `grades` in words, `against` the likeness of the two where another
    file is given, `motion` of a clip.

    Raises what reading raises, and InvalidOption for files that cannot be compared.
    """
    if against is not None and is_clip(path) != is_clip(against):
        raise InvalidOption("A picture is compared with a picture, and a clip with a clip.")
    return _clip(path, against, limits) if is_clip(path) else _picture(path, against, limits)


def likeness(pixels: Samples, other: Samples) -> dict[str, Any]:
    """Of two pictures (H x W x 3 or 4) of one size, see `measure.Likeness`; `equal`: in every colour of every pixel.

    Pictures of different depth are compared in 8 bits. Raises InvalidOption for other sizes."""
    from bottega.enhance.measure import compare

    if pixels.shape[:2] != other.shape[:2]:
        raise InvalidOption(
            f"Pictures are compared at one size; these are {pixels.shape[1]} x {pixels.shape[0]} and "
            f"{other.shape[1]} x {other.shape[0]}.",
            hint="Bring one to the size of the other: `bottega enhance upscale IN OUT --width W --height H`.",
        )
    first, second = pixels[..., :3], other[..., :3]
    if first.dtype != second.dtype:
        first, second = eight_bits(first), eight_bits(second)
    return _rounded({"equal": bool(np.array_equal(first, second)), **compare(first, second).as_dict()})


def _picture(path: Path, against: Path | None, limits: Limits) -> dict[str, Any]:
    _, pixels = read_still(path, limits)
    told: dict[str, Any] = {
        "kind": "picture",
        "file": str(path),
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "bits": pixels.dtype.itemsize * 8,
        "alpha": pixels.shape[2] == 4,
        **_own([pixels]),
    }
    if against is not None:
        told["against"] = {"file": str(against)} | likeness(pixels, read_still(against, limits)[1])
    return told


def _clip(path: Path, against: Path | None, limits: Limits) -> dict[str, Any]:
    from bottega.enhance.measure import measure_clip
    from bottega.enhance.video import probe
    from bottega.imaging.clip import sample_frames

    info = probe(path)
    video = info.video
    frames = sample_frames(path, FRAMES, limits)
    told: dict[str, Any] = {
        "kind": "clip",
        "file": str(path),
        "width": video.width,
        "height": video.height,
        "frames": video.frames,
        "frame_rate": round(float(video.frame_rate), 3),
        "duration": round(float(video.duration), 3),
        "variable_rate": video.variable_rate,
        "bits": video.bit_depth,
        "problems": list(info.problems),
        "frames_looked_at": len(frames),
        **_own(list(frames)),
    }
    if video.frames >= 3:
        told["motion"] = _rounded(measure_clip(_lumas(path)).as_dict())
    if against is not None:
        theirs = probe(against).video.frames
        if theirs != video.frames:
            raise InvalidOption(
                f"Clips are compared frame by frame; these have {video.frames} and {theirs} frames."
            )
        others = sample_frames(against, FRAMES, limits)
        found = [likeness(frame, other) for frame, other in zip(frames, others, strict=True)]
        equal = all(each.pop("equal") for each in found)
        told["against"] = {"file": str(against), "equal": equal, **_mean(found)}
    return told


def _own(pictures: list[Samples]) -> dict[str, Any]:
    from bottega.enhance.measure import grade, measure

    rows = [measure(np.ascontiguousarray(pixels[..., :3])) for pixels in pictures]
    told = [row.as_dict() for row in rows]
    graded = list(told[0]["grades"]) if told else []
    for row in told:
        del row["grades"], row["likeness"]
    own = _mean(told)
    return {"own": own, "grades": {name: str(grade(name, own[name])) for name in graded}}


def _lumas(path: Path) -> Iterator[Any]:
    """H x W uint8 of every picture of a clip."""
    from bottega.enhance.video.reading import index_frames, pictures

    for _, picture, _ in pictures(path, index_frames(path)):
        yield picture.to_ndarray(format="gray")


def _mean(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Over the rows that have a value; None where none has."""
    told: dict[str, Any] = {}
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows if row[name] is not None]
        told[name] = sum(values) / len(values) if values else None
    return _rounded(told)


def _rounded(told: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in told.items()}
