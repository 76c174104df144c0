"""Previews: a crop of an enhancement made at once with the pixels of the final run, kept on disk, and before beside after.

The cache is for the command line and for library users; jobs have the store's.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import numpy as np

from bottega.enhance.ladder import Outcome, Policy, Samples, Setting, climb_down
from bottega.enhance.works import MARGIN, Work, alignment, digest, eight_bits, pixels_digest
from bottega.imaging.box import Box
from bottega.imaging.picture import U8

CODE_VERSION = 3
"""Raised when the same work would give other pixels."""
MOST_BYTES = 512 * 2**20
GAP = 8
"""White pixels between before and after."""


class EnhancementCache:
    """Results by their source's pixels and everything that decides them, in a folder of at most `most_bytes`.

    The ones not asked for longest go first. A damaged entry counts as none. Several processes may share the folder."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, *, version: str = "") -> None:
        """`version` of the program: another one's results are not taken."""
        self.folder, self.most_bytes, self.version = folder, most_bytes, version

    def key(self, pixels: Samples, work: Work, part: str = "") -> str:
        identity = [pixels_digest(pixels), work.identity(), part, CODE_VERSION, self.version]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()

    def get(self, key: str) -> Outcome | None:
        path = self._path(key)
        try:
            with np.load(path, allow_pickle=False) as stored:
                pixels, told = stored["pixels"], json.loads(str(stored["told"]))
            os.utime(path)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        return Outcome(pixels, told["state"], told["engine"], Setting(**told["setting"]), (), told["told"])

    def put(self, key: str, outcome: Outcome) -> None:
        """Keeps what came out as intended; what a fallback made is made anew next time. A full disk keeps nothing."""
        if outcome.state != "done" or outcome.setting is None:
            return
        setting = asdict(outcome.setting)
        told = {"state": outcome.state, "engine": outcome.engine, "setting": setting, "told": outcome.told}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, pixels=outcome.pixels, told=np.array(json.dumps(told)))
                Path(name).replace(self._path(key))
            finally:
                Path(name).unlink(missing_ok=True)
            self._make_room()
        except OSError:
            return

    def file_key(self, source: Path, identity: list[str]) -> str:
        """Raises NotFound."""
        return hashlib.sha256(
            json.dumps([digest(source), *identity, CODE_VERSION, self.version]).encode()
        ).hexdigest()

    def get_file(self, key: str, target: Path) -> dict[str, Any] | None:
        """Copies a kept file to `target`, and gives what was told of it; None where there is none."""
        path, notes = self._path(key).with_suffix(".clip"), self._path(key).with_suffix(".json")
        try:
            told = json.loads(notes.read_text("utf-8"))
            if path.stat().st_size != told["bytes"]:
                return None
            part = target.with_name(f".{target.name}.part")
            shutil.copyfile(path, part)
            part.replace(target)
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return told["told"]

    def put_file(self, key: str, file: Path, told: dict[str, Any]) -> None:
        """A full disk keeps nothing."""
        path = self._path(key).with_suffix(".clip")
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, part)
            size = part.stat().st_size
            part.replace(path)
            path.with_suffix(".json").write_text(json.dumps({"bytes": size, "told": told}), "utf-8")
            self._make_room()
        except OSError:
            part.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"

    def _make_room(self) -> None:
        entries = sorted(
            (path.stat().st_mtime, path.stat().st_size, path)
            for path in self.folder.iterdir()
            if path.suffix in (".npz", ".clip")
        )
        total = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= self.most_bytes:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
            total -= size


@dataclass(frozen=True, slots=True)
class Preview:
    """`before`: the crop as it is in the source; `outcome`: of the enhancement, `outcome.pixels` the crop's part of it;
    `whole`: whether the whole picture had to be made for it; `cached`: whether it was there already."""

    before: Samples
    outcome: Outcome
    box: Box
    whole: bool
    cached: bool
    seconds: float


def enhanced(
    pixels: Samples,
    work: Work,
    *,
    policy: Policy = Policy(),  # noqa: B008 - immutable
    cancelled: threading.Event | None = None,
    cache: EnhancementCache | None = None,
) -> tuple[Outcome, bool]:
    """The enhancement of a whole picture (see `ladder.Samples`), and whether the cache had it. Raises as `climb_down`."""
    key = "" if cache is None else cache.key(pixels, work)
    found = None if cache is None else cache.get(key)
    if found is not None:
        return found, True
    size = work.size(pixels.shape[1], pixels.shape[0])
    outcome = climb_down(pixels, work.engines(pixels, size), policy, cancelled=cancelled)
    if cache is not None:
        cache.put(key, outcome)
    return outcome, False


def preview(
    pixels: Samples,
    work: Work,
    box: Box,
    *,
    policy: Policy = Policy(),  # noqa: B008 - immutable
    cancelled: threading.Event | None = None,
    cache: EnhancementCache | None = None,
) -> Preview:
    """What the final run makes of the crop `box`. Works that look at the whole picture are run on the whole picture.

    Raises InvalidOption for a crop outside, and as `climb_down`.
    """
    started = time.perf_counter()
    height, width = pixels.shape[:2]
    box = box.within(width, height)
    step = alignment(work, width, height)
    if step is None:
        outcome, cached = enhanced(pixels, work, policy=policy, cancelled=cancelled, cache=cache)
        made, window = outcome, Box(0, 0, width, height)
    else:
        window = window_around(box, width, height, step)
        inner = pixels[window.top : window.top + window.height, window.left : window.left + window.width]
        full = work.size(width, height)
        size = round(window.width * full[0] / width), round(window.height * full[1] / height)
        key = "" if cache is None else cache.key(inner, work, f"crop to {size}")
        found = None if cache is None else cache.get(key)
        cached = found is not None
        made = found or climb_down(inner, work.engines(inner, size), policy, cancelled=cancelled)
        if cache is not None and not cached:
            cache.put(key, made)
    cut = _cut(made, window, box, work.size(width, height), (width, height))
    before = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
    return Preview(before, cut, box, step is None, cached, round(time.perf_counter() - started, 3))


def before_after(before: Samples, after: Samples) -> U8:
    """Both at the size of the larger, side by side; H x W x 3, transparent parts on white."""
    import cv2

    both = _on_white(before), _on_white(after)
    size = max(each.shape[1] for each in both), max(each.shape[0] for each in both)
    # Enlarged plainly: what the enhancement adds is to be seen.
    left, right = (
        cast("U8", cv2.resize(each, size, interpolation=cv2.INTER_CUBIC))
        if (each.shape[1], each.shape[0]) != size
        else each
        for each in both
    )
    gap = np.full((size[1], GAP, 3), 255, np.uint8)
    return np.concatenate([left, gap, right], axis=1)


def window_around(box: Box, width: int, height: int, step: int) -> Box:
    """The part of a `width` x `height` picture that `box` is made from as in the whole; `step`: of `works.alignment`."""
    left = max(0, box.left - MARGIN) // step * step
    top = max(0, box.top - MARGIN) // step * step
    right = min(width, -(-(box.left + box.width + MARGIN) // step) * step)
    bottom = min(height, -(-(box.top + box.height + MARGIN) // step) * step)
    return Box(left, top, right - left, bottom - top)


def place_of(box: Box, window: Box, full: tuple[int, int], source: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of `box` in what was made of `window`, where a picture of the size `source` becomes `full`."""
    across, down = full[0] / source[0], full[1] / source[1]
    left, top = round((box.left - window.left) * across), round((box.top - window.top) * down)
    right = max(left + 1, round((box.left - window.left + box.width) * across))
    bottom = max(top + 1, round((box.top - window.top + box.height) * down))
    return slice(top, bottom), slice(left, right)


def _cut(made: Outcome, window: Box, box: Box, full: tuple[int, int], source: tuple[int, int]) -> Outcome:
    """The part of `made`, which shows `window`, that shows `box`."""
    rows, columns = place_of(box, window, source if made.state == "original" else full, source)
    return replace(made, pixels=made.pixels[rows, columns])


def _on_white(pixels: Samples) -> U8:
    colours = eight_bits(pixels[..., :3])
    if pixels.shape[2] == 3:
        return colours
    top = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
    alpha = pixels[..., 3:].astype(np.float32) / np.float32(top)
    return np.rint(colours * alpha + 255 * (1 - alpha)).astype(np.uint8)
