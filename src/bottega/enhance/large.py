"""Enlargement of picture files too large for memory: from the decoder to the encoder in bands of rows.

What cannot be read or written that way is left to `jobs`, which holds whole pictures.
"""

import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from bottega.enhance.ladder import Deadline, Engine, Outcome, Policy, Samples, Setting, climb_down
from bottega.enhance.metadata import NOT_CARRIED
from bottega.enhance.row_files import WRITTEN, row_file
from bottega.enhance.works import Upscale, Way
from bottega.errors import BottegaError, InputError, OutputError
from bottega.imaging.limits import Limits
from bottega.imaging.picture import U8

if TYPE_CHECKING:
    from PIL import Image

    from bottega.imaging.containers import Container

LARGE = 40_000_000
"""Pixels of a result from which it is made in bands: 120 MB."""
READ = ("image/png", "image/jpeg", "image/tiff")
SAMPLES = 2**20
"""Pixels of a result, about, that are looked at for whether it is black."""
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class LargeResult:
    """`before`, `after`: (height, width, channels); `outcome.pixels` is a sample of the result, which is in the file."""

    before: tuple[int, int, int]
    after: tuple[int, int, int]
    outcome: Outcome
    notes: list[str]


def enlarge_large(
    source: Path,
    target: Path,
    media_type: str,
    work: Upscale,
    *,
    least: int = LARGE,
    limits: Limits,
    policy: Policy,
    progress: Progress,
    cancelled: threading.Event | None,
) -> LargeResult | None:
    """`source` enlarged into `target`; None where that is not for here: results of fewer than `least` pixels, sources other
    than upright 8-bit sRGB of one frame, targets other than `WRITTEN`, and when no engine could do it.

    Raises InvalidOption, NotFound and OutputError as the ordinary way does, and Cancelled.
    """
    if media_type not in WRITTEN:
        return None
    rows = _opened(source, work, least, limits)
    if rows is None:
        return None
    height, width, channels = rows.shape
    size = work.size(width, height)
    shape = (size[1], size[0], channels)
    partial = target.with_name(f".{uuid4().hex}.part")
    making = _Making(rows, work, shape, partial, media_type, progress)
    try:
        engines = [making.engine(way) for way in work.ways(width, height, size)]
        outcome = climb_down(_sampled(rows), engines, policy, cancelled=cancelled)
        if outcome.state == "original":
            return None
        partial.replace(target)
    except OSError as error:
        raise _unwritable(error) from error
    except InputError:
        if making.unwritable is not None:
            raise _unwritable(making.unwritable) from making.unwritable
        raise
    finally:
        partial.unlink(missing_ok=True)
    notes = [NOT_CARRIED] if rows.exif is not None and media_type != "image/png" else []
    return LargeResult(rows.shape, shape, outcome, notes)


def _unwritable(error: OSError) -> OutputError:
    return OutputError(
        f"The picture cannot be written: {error.strerror}.", hint="Check the folder and the free space."
    )


class _Making:
    """What all engines have in common: where rows come from and go to."""

    def __init__(
        self,
        rows: "_PillowRows",
        work: Upscale,
        shape: tuple[int, int, int],
        partial: Path,
        media_type: str,
        progress: Progress,
    ) -> None:
        self.rows, self.work, self.shape, self.partial = rows, work, shape, partial
        self.media_type, self.progress = media_type, progress
        self.unwritable: OSError | None = None

    def engine(self, way: Way) -> Engine:
        def run(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
            return self._run(way, setting, deadline)

        return Engine(way.name, run, way.kind, tile=way.tile)

    def _run(self, way: Way, setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
        from bottega.enhance.superres import Strips

        def told(fraction: float) -> None:
            deadline.told(fraction)
            self.progress(fraction)

        size = self.shape[1], self.shape[0]
        chosen: Any = {**way.choices, "tile": setting.tile, "threads": self.work.threads}
        strips = Strips(self.rows, size, progress=told, cancelled=deadline.stop, **chosen)
        step = _step(self.shape)
        seen: list[U8] = []
        top = 0
        try:
            with self.partial.open("wb") as file:
                writer = row_file(file, self.media_type, self.shape, self.rows.exif)
                for strip in strips:
                    writer.write(strip)
                    seen.append(strip[-top % step :: step, ::step].copy())
                    top += len(strip)
                writer.finish()
        except OSError as error:
            # Another engine's result could not be written either.
            self.unwritable = error
            raise InputError("The picture cannot be written.") from error
        return np.concatenate(seen), way.told(strips.report)


class _PillowRows:
    """A decoded picture where Pillow holds it, sliced by rows: H x W x 3 or 4, uint8. Grey is three equal channels."""

    def __init__(self, image: "Image.Image", exif: bytes | None) -> None:
        self._image, self.exif = image, exif
        self.shape = (image.height, image.width, 4 if image.mode == "RGBA" else 3)
        self.dtype = np.dtype(np.uint8)

    def __getitem__(self, rows: slice) -> U8:
        top, bottom, _ = rows.indices(self.shape[0])
        part = np.asarray(self._image.crop((0, top, self.shape[1], bottom)))
        return part if part.ndim == 3 else np.repeat(part[..., None], 3, axis=2)


def _opened(source: Path, work: Upscale, least: int, limits: Limits) -> _PillowRows | None:
    """None for what is not for here; what is wrong with a file the ordinary way says."""
    try:
        container = _container(source, limits)
        if container is None:
            return None
        size = work.size(container.width, container.height)
        if size[0] * size[1] < least or not _is_plain(container):
            return None
        return _decoded(source, container, limits)
    except (BottegaError, OSError, ValueError, SyntaxError, MemoryError):
        return None


def _container(source: Path, limits: Limits) -> "Container | None":
    """Complete and within the limits, or it raises; None for other types than `READ`."""
    from dataclasses import replace

    from bottega.imaging.containers import read_container
    from bottega.imaging.decode import HEAD_BYTES, read_bytes, sniff

    data = read_bytes(source, limits)
    media_type = sniff(data[:HEAD_BYTES])
    if media_type not in READ:
        return None
    found = read_container(media_type, data, limits)
    return replace(found, data=b"")  # read again from the file as it is decoded


def _is_plain(container: "Container") -> bool:
    """Whether its samples are those of an upright 8-bit sRGB picture as they are."""
    from bottega.imaging.profiles import is_srgb
    from bottega.imaging.tiff_tags import ORIENTATION, without_orientation

    turned = container.exif is not None and without_orientation(container.exif)[0] != 1
    if container.directory is not None:
        turned = turned or container.directory.integer(ORIENTATION, 1) != 1
    plain = container.frames == 1 and not container.deep and container.key is None and not turned
    return plain and (container.profile is None or is_srgb(container.profile))


def _decoded(source: Path, container: "Container", limits: Limits) -> _PillowRows | None:
    from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin

    from bottega.imaging.tiff_tags import without_orientation

    plugins: dict[str, Any] = {
        "image/png": PngImagePlugin.PngImageFile,
        "image/jpeg": JpegImagePlugin.JpegImageFile,
        "image/tiff": TiffImagePlugin.TiffImageFile,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = plugins[container.media_type](str(source))
        limits.check_size(*image.size)
        modes = ("RGB", "RGBA", "L") if container.profile is None else ("RGB", "RGBA")
        if image.mode not in modes or "transparency" in image.info:
            return None
        image.load()
    exif = None if container.exif is None else without_orientation(container.exif)[1]
    return _PillowRows(image, exif)


def _step(shape: tuple[int, int, int]) -> int:
    return max(1, isqrt(shape[0] * shape[1] // SAMPLES))


def _sampled(rows: _PillowRows) -> U8:
    step = _step(rows.shape)
    return np.concatenate([rows[top : top + 1][:, ::step] for top in range(0, rows.shape[0], step)])
