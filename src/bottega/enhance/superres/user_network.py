"""Networks that users bring: what a file holds, found out by running it, and the engine that runs it tile by tile.

ONNX files run in onnxruntime; `.pth` and `.safetensors` are `torch_network`'s. Whether a result is any good is the gate's
business.
"""

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from bottega.enhance.superres.colour_guide import luma_601
from bottega.enhance.superres.engines import ColourEngine, cropped
from bottega.enhance.superres.luma_net import first_line, onnx_session, run_session
from bottega.enhance.superres.report import NetworkFile
from bottega.enhance.superres.resample import mirrored
from bottega.errors import BottegaError, InvalidOption, NotFound
from bottega.imaging.picture import F32

LICENCE_UNKNOWN = "not stated in the file; ask its author before using the results"
CONTEXT = 16
"""Source pixels around a tile, beyond those that are blended."""
BLEND = 16
TILE = 256
WHOLE = 1 << 24
"""A tile larger than any picture."""
LARGEST_FACTOR = 16
TORCH_SUFFIXES = (".pth", ".safetensors")


class UserNetwork(ABC):
    """`channels` 1 or 3; `factor` >= 1; `multiple` and `least`: what the sides of an input must be; `margin`: source
    pixels on each side of the input that the output lacks; `fixed`: the one (height, width) it takes, or None."""

    architecture: str
    channels: int
    factor: int
    licence: str = LICENCE_UNKNOWN
    multiple: int = 1
    least: int = 1
    square: bool = False
    margin: int = 0
    fixed: tuple[int, int] | None = None
    tile: int = TILE
    can_halve: bool = False

    def __init__(self, file: Path) -> None:
        self.file = file

    @abstractmethod
    def run(self, planes: F32, *, half: bool) -> F32:
        """C x H x W in [0, 1] to C x about factor * H x factor * W. Raises MemoryError and ComputeError."""

    @abstractmethod
    def precision(self, *, half: bool) -> str: ...

    def engine(self, *, half: bool) -> "UserEngine":
        return UserEngine(self, half=half)

    def told(self, *, half: bool) -> NetworkFile:
        """For the report; reads the whole file for its hash."""
        with self.file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        return NetworkFile(self.file.name, self.architecture, digest, self.licence, self.precision(half=half))


class UserEngine(ColourEngine):
    """Windows are padded by mirroring to a size that the network takes, and what it makes of the padding is cut off."""

    def __init__(self, network: UserNetwork, *, half: bool) -> None:
        self.network, self.half = network, half
        self.name = f"{network.file.name} ({network.architecture}) x{network.factor}"
        self.factor = network.factor
        whole = network.tile >= WHOLE
        self.blend = 0 if whole else BLEND
        self.halo = CONTEXT + network.margin
        self.tile = network.tile
        self.divisible = not whole and network.fixed is None
        if network.fixed is not None:
            # Its one input size is the tile with everything around it.
            self.tile = min(network.fixed) - 2 * (self.halo + self.blend)
            if self.tile < 2 * self.blend:
                self.blend, self.halo = min(network.fixed) // 8, network.margin + min(network.fixed) // 8
                self.tile = min(network.fixed) - 2 * (self.halo + self.blend)

    def grey(self, plane: F32) -> F32:
        if self.network.channels == 1:
            return self._through(plane[None])[0]
        return luma_601(self._through(np.repeat(plane[None], 3, axis=0)))

    def colours(self, planes: F32, large: F32) -> None:
        if self.network.channels == 1:
            super().colours(planes, large)
        else:
            large[...] = self._through(planes)

    def _through(self, planes: F32) -> F32:
        network = self.network
        height, width = planes.shape[1:]
        tall, wide = (self._taken(side, axis) for axis, side in enumerate((height, width)))
        if network.square:
            tall = wide = max(tall, wide)
        rows, columns = mirrored(np.arange(tall), height), mirrored(np.arange(wide), width)
        made = network.run(np.ascontiguousarray(planes[:, rows[:, None], columns]), half=self.half)
        lacking = network.margin * self.factor
        kept = made[:, : height * self.factor - 2 * lacking, : width * self.factor - 2 * lacking]
        return cropped(kept, (self.halo - network.margin) * self.factor)

    def _taken(self, side: int, axis: int) -> int:
        if self.network.fixed is not None:
            return self.network.fixed[axis]
        multiple = self.network.multiple
        return -(-max(side, self.network.least) // multiple) * multiple


class OnnxNetwork(UserNetwork):
    """An ONNX file with one input, N x C x H x W in [0, 1], and an enlarged output."""

    def __init__(self, file: Path, *, threads: int | None) -> None:
        """Raises InvalidOption for a file that is no such network, ResourceError without onnxruntime."""
        super().__init__(file)
        try:
            # From memory, so that the file cannot name other files to be read.
            self._session = onnx_session(file.read_bytes(), threads)
        except BottegaError:
            raise
        except Exception as unreadable:
            raise _no_network(file, first_line(unreadable)) from unreadable
        meta = self._session.get_modelmeta()
        properties: dict[str, str] = meta.custom_metadata_map
        self.licence = properties.get("licence") or properties.get("license") or LICENCE_UNKNOWN
        self.architecture = meta.graph_name or "ONNX"
        self._input = self._described_input()
        self._probe()

    def precision(self, *, half: bool) -> str:
        return "float16" if self._type is np.float16 else "float32"

    def run(self, planes: F32, *, half: bool) -> F32:
        made = run_session(self._session, {self._input: planes[None].astype(self._type)})
        return np.asarray(made, dtype=np.float32)[0]

    def _described_input(self) -> str:
        inputs: list[Any] = self._session.get_inputs()
        types = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
        if len(inputs) != 1 or inputs[0].type not in types or len(inputs[0].shape) != 4:
            raise _no_network(self.file, "it must have one input, N x C x H x W, of float32 or float16")
        self._type = types[inputs[0].type]
        channels, height, width = inputs[0].shape[1:]
        self._channels = (channels,) if isinstance(channels, int) else (3, 1)
        if isinstance(height, int) and isinstance(width, int):
            self.fixed = (height, width)
        return str(inputs[0].name)

    def _probe(self) -> None:
        """Channels, factor and margin from the sizes of outputs; the multiple from which sizes it takes."""
        first, second = (self.fixed, None) if self.fixed else ((64, 64), (96, 96))
        for channels in self._channels:
            made = self._size_of(channels, first)
            if made is not None and made[0] == channels and channels in (1, 3):
                self.channels = channels
                break
        else:
            raise _no_network(self.file, "it takes neither 1 nor 3 channels and gives as many")
        if second is None:
            factor, self.margin = made[1] / first[0], 0
        else:
            larger = self._size_of(channels, second)
            factor = 0 if larger is None else (larger[1] - made[1]) / (second[0] - first[0])
            self.margin = round((first[0] - made[1] / factor) / 2) if factor else 0
        self.factor = round(factor)
        expected = tuple((side - 2 * self.margin) * self.factor for side in first)
        if not 1 <= self.factor <= LARGEST_FACTOR or self.margin < 0 or made[1:] != expected:
            raise _no_network(self.file, f"from {first} pixels it makes {made[1:]}")
        if self.fixed is None:
            self.multiple = next((step for step in (1, 2, 4, 8, 16) if self._takes(64 + step)), 32)

    def _takes(self, side: int) -> bool:
        expected = (side - 2 * self.margin) * self.factor
        return self._size_of(self.channels, (side, side)) == (self.channels, expected, expected)

    def _size_of(self, channels: int, sides: tuple[int, int]) -> tuple[int, ...] | None:
        noise = np.random.default_rng(0).random((channels, *sides), dtype=np.float32)
        try:
            made = self.run(noise, half=False)
        except BottegaError:
            return None
        except Exception:  # noqa: BLE001 - InvalidArgument of onnxruntime: it does not take this size
            return None
        return made.shape if made.ndim == 3 else None


def open_network(file: Path, *, threads: int | None = None) -> UserNetwork:
    """What the file holds. Raises NotFound, InvalidOption for what is no enlarging network, ResourceError when a library
    is missing."""
    if not file.is_file():
        raise NotFound(
            f"There is no file {file.name}.", hint="Give the path of an .onnx, .pth or .safetensors file."
        )
    if file.suffix.lower() == ".onnx":
        return OnnxNetwork(file, threads=threads)
    if file.suffix.lower() in TORCH_SUFFIXES:
        from bottega.enhance.superres.torch_network import TorchNetwork

        return TorchNetwork(file, threads=threads)
    raise InvalidOption(
        f"{file.name} is no network that can be read.", hint="Give an .onnx, .pth or .safetensors file."
    )


def _no_network(file: Path, why: str) -> InvalidOption:
    return InvalidOption(
        f"{file.name} is no network that enlarges pictures: {why}.",
        hint="Give an .onnx, .pth or .safetensors file of a super-resolution network.",
    )
