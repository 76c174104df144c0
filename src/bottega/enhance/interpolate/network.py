"""Interpolation networks that users bring, RIFE-like: two frames and a moment in, the frame at that moment out.

ONNX files run in onnxruntime, TorchScript files (.pt, .pth) in PyTorch; large frames are run in tiles with blended borders.
"""

from abc import ABC, abstractmethod
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bottega.enhance.interpolate.samples import Frame, given_back, layout_of, movable
from bottega.errors import ComputeError, InvalidOption, NotFound, ResourceError
from bottega.imaging.picture import F32

MULTIPLE = 32
"""RIFE 4 shrinks by up to 16, and by 32 with its scale option; frames are padded to a multiple."""
TILE = 1024
OVERLAP = 64
"""Pixels; a tile sees this much of its neighbours, and is blended with them over it."""
TORCH_SUFFIXES = (".pth", ".pt")


class Network(ABC):
    """`run`: two N x 3 x H x W float32 in [0, 1] and t to one; sides are multiples of `multiple`."""

    def __init__(self, file: Path, *, tile: int = TILE, multiple: int = MULTIPLE) -> None:
        """Raises InvalidOption for a tile that leaves no room beside its overlaps."""
        if tile % multiple or tile < 4 * OVERLAP:
            raise InvalidOption(
                f"A tile of {tile} is not a multiple of {multiple} of at least {4 * OVERLAP}."
            )
        self.file, self.tile, self.multiple = file, tile, multiple

    @abstractmethod
    def run(self, a: F32, b: F32, t: float) -> F32: ...

    def between(self, a: Frame, b: Frame, t: float) -> Frame:
        """The frame at t. Grey is shown to the network as RGB; alpha is mixed, colours with it premultiplied.

        Raises ComputeError when the network fails or answers with something that is no frame."""
        layout = layout_of(a, b)
        first, second = (_unit(movable(each, layout)) for each in (a, b))
        colour = first.shape[2] - layout.has_alpha
        made = self._tiled(_rgb(first[..., :colour]), _rgb(second[..., :colour]), t)
        kept = made if colour == 3 else made.mean(axis=2, keepdims=True)
        if layout.has_alpha:
            cover = (1 - t) * first[..., -1:] + t * second[..., -1:]
            kept = np.concatenate([np.minimum(kept, cover), cover], axis=2)
        if layout.dtype == np.uint8 and not layout.has_alpha:
            kept = np.rint(np.clip(kept, 0, 1) * 255).astype(np.uint8)
        return given_back(kept.astype(kept.dtype, copy=False), layout)

    def _tiled(self, a: F32, b: F32, t: float) -> F32:
        height, width = a.shape[:2]
        total = np.zeros((height, width, 3), np.float32)
        weights = np.zeros((height, width, 1), np.float32)
        for top, left in product(self._starts(height), self._starts(width)):
            here = np.s_[top : top + self.tile, left : left + self.tile]
            made = self._padded(a[here], b[here], t)
            weight = _ramp(made.shape[0], top > 0, top + self.tile < height)[:, None, None]
            weight = weight * _ramp(made.shape[1], left > 0, left + self.tile < width)[None, :, None]
            total[here] += made * weight
            weights[here] += weight
        return total / weights

    def _starts(self, side: int) -> list[int]:
        return [0] if side <= self.tile else list(range(0, side - OVERLAP, self.tile - OVERLAP))

    def _padded(self, a: F32, b: F32, t: float) -> F32:
        height, width = a.shape[:2]
        below, right = -height % self.multiple, -width % self.multiple
        planes: list[F32] = [
            np.ascontiguousarray(
                cv2.copyMakeBorder(each, 0, below, 0, right, cv2.BORDER_REPLICATE).transpose(2, 0, 1)[None],
                dtype=np.float32,
            )
            for each in (a, b)
        ]
        made = np.asarray(self.run(planes[0], planes[1], t), dtype=np.float32)
        if made.shape != planes[0].shape or not np.isfinite(made).all():
            raise ComputeError(
                f"{self.file.name} answered {planes[0].shape} with {made.shape} or values that are no numbers.",
                hint="Give an interpolation network with an output as large as its frames.",
            )
        return made[0].transpose(1, 2, 0)[:height, :width]


class OnnxNetwork(Network):
    """An ONNX file with the inputs `img0`, `img1` (N x 3 x H x W) and, if it makes any moment, `timestep`; files with
    one input of six or seven channels (both frames, then the moment as a plane) are taken too."""

    def __init__(self, file: Path, *, threads: int | None = None, tile: int = TILE) -> None:
        """Raises InvalidOption for a file that is no such network, ResourceError without onnxruntime."""
        super().__init__(file, tile=tile)
        runtime = _library("onnxruntime", "onnxruntime", file)
        options = runtime.SessionOptions()
        if threads is not None:
            options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            # From memory, so that the file cannot name other files to be read.
            self._session = runtime.InferenceSession(
                file.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as unreadable:
            raise _no_network(file, str(unreadable).splitlines()[0]) from unreadable
        inputs: list[Any] = self._session.get_inputs()
        self._names = [str(each.name) for each in inputs]
        self._ranks = [len(each.shape) for each in inputs]
        self._scalar = any(len(each.shape) == 0 for each in inputs)
        kinds = {each.type for each in inputs}
        known = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
        if len(kinds) != 1 or not kinds <= set(known) or len(inputs) not in (1, 2, 3):
            raise _no_network(file, "it must have the inputs img0, img1 and timestep, of one float type")
        self._kind = known[kinds.pop()]
        self._planes = self._counted(inputs[0].shape) if len(inputs) == 1 else 3
        self._names = self._ordered()

    def run(self, a: F32, b: F32, t: float) -> F32:
        height, width = a.shape[2:]
        if len(self._names) == 1:
            moment = np.full((1, 1, height, width), t, np.float32)
            parts = [a, b, moment][: 3 if self._planes == 7 else 2]
            feeds = {self._names[0]: np.concatenate(parts, axis=1)}
        else:
            feeds = dict(zip(self._names, (a, b), strict=False))
            if len(self._names) == 3:
                feeds[self._names[2]] = self._moment(t, height, width)
        if self._makes_the_middle_only and t != 0.5:
            raise InvalidOption(
                f"{self.file.name} makes the middle frame only.",
                hint="Ask for twice the frame rate, or give a network with a timestep.",
            )
        try:
            made = self._session.run(None, {name: value.astype(self._kind) for name, value in feeds.items()})
        except Exception as failure:
            raise ComputeError(f"{self.file.name} failed: {str(failure).splitlines()[0]}") from failure
        return np.asarray(made[0], dtype=np.float32)

    @property
    def _makes_the_middle_only(self) -> bool:
        return len(self._names) == 2 or (len(self._names) == 1 and self._planes == 6)

    def _counted(self, shape: list[Any]) -> int:
        if len(shape) != 4 or shape[1] not in (6, 7):
            raise _no_network(self.file, "its one input must have six or seven channels")
        return int(shape[1])

    def _ordered(self) -> list[str]:
        """img0, img1, timestep by their names where those are known, else in the order of the file."""
        wanted = ("img0", "img1", "timestep")[: len(self._names)]
        return list(wanted) if set(wanted) == set(self._names) else self._names

    def _moment(self, t: float, height: int, width: int) -> F32:
        described = next(each for each in self._session.get_inputs() if each.name == self._names[2])
        shape: list[Any] = described.shape
        if len(shape) < 4:
            return np.full([1] * len(shape), t, np.float32)
        flat = all(side == 1 for side in shape[2:])
        return np.full((1, 1, 1, 1) if flat else (1, 1, height, width), t, np.float32)


class TorchNetwork(Network):
    """A TorchScript file whose forward takes (img0, img1, timestep), timestep N x 1 x 1 x 1."""

    def __init__(self, file: Path, *, threads: int | None = None, tile: int = TILE) -> None:
        """Raises ResourceError without PyTorch, InvalidOption for a file that is no TorchScript."""
        super().__init__(file, tile=tile)
        self._torch = _library("torch", "bottega[networks]", file)
        if threads is not None:
            self._torch.set_num_threads(threads)
        self._device = "cuda" if self._torch.cuda.is_available() else "cpu"
        try:
            self._model: Any = self._torch.jit.load(str(file), map_location=self._device).eval()
        except Exception as unreadable:
            raise _no_network(
                file, "it is no TorchScript; a file of weights alone does not say how to use them"
            ) from unreadable

    def run(self, a: F32, b: F32, t: float) -> F32:
        torch = self._torch
        frames = [torch.from_numpy(each).to(self._device) for each in (a, b)]
        moment = torch.full((1, 1, 1, 1), t, device=self._device)
        try:
            with torch.no_grad():
                return self._model(*frames, moment).float().cpu().numpy()
        except RuntimeError as failure:
            raise ComputeError(f"{self.file.name} failed: {str(failure).splitlines()[-1]}") from failure


def open_network(file: Path, *, threads: int | None = None, tile: int = TILE) -> Network:
    """What the file holds. Raises NotFound, InvalidOption for what is no such network, ResourceError when a library is
    missing."""
    if not file.is_file():
        raise NotFound(f"There is no file {file.name}.", hint="Give the path of an .onnx, .pt or .pth file.")
    if file.suffix.lower() == ".onnx":
        return OnnxNetwork(file, threads=threads, tile=tile)
    if file.suffix.lower() in TORCH_SUFFIXES:
        return TorchNetwork(file, threads=threads, tile=tile)
    raise _no_network(file, "its name ends in neither .onnx, .pt nor .pth")


def opened(network: Network | Path | str | None) -> Network | None:
    """An open network from what a caller gave."""
    return open_network(Path(network)) if isinstance(network, str | Path) else network


def _unit(planes: Frame) -> F32:
    return planes if planes.dtype == np.float32 else planes.astype(np.float32) * np.float32(1 / 255)


def _rgb(colour: F32) -> F32:
    return colour if colour.shape[2] == 3 else np.repeat(colour, 3, axis=2)


def _ramp(length: int, rising: bool, falling: bool) -> F32:
    ramp = np.ones(length, np.float32)
    span = min(OVERLAP, length)
    climb = ((np.arange(span) + 0.5) / OVERLAP).astype(np.float32)
    if rising:
        ramp[:span] *= climb
    if falling:
        ramp[-span:] *= climb[::-1]
    return ramp


def _library(name: str, package: str, file: Path) -> Any:
    try:
        return import_module(name)
    except ImportError as missing:
        raise ResourceError(
            f"Networks like {file.name} need the package {missing.name}, which is not installed.",
            hint=f"pip install '{package}'",
        ) from missing


def _no_network(file: Path, why: str) -> InvalidOption:
    return InvalidOption(
        f"{file.name} is no interpolation network: {why}.",
        hint="Give an .onnx file with the inputs img0, img1 and timestep, or a TorchScript file.",
    )
