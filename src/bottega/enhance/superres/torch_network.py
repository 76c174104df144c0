"""Networks in `.pth` and `.safetensors` files, recognised and loaded by spandrel, run by PyTorch (extra `networks`).

spandrel unpickles weights only, with everything else refused, and pads inputs to what an architecture takes.
"""

import json
import struct
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from bottega.enhance.superres.luma_net import first_line
from bottega.enhance.superres.user_network import LICENCE_UNKNOWN, TILE, WHOLE, UserNetwork
from bottega.errors import ComputeError, InvalidOption, ResourceError
from bottega.imaging.picture import F32

LARGEST_HEADER = 100_000_000
"""Bytes; the format's own limit on a .safetensors header."""
HALF_TOLERANCE = 0.02
"""Largest difference between half and full precision on noise; beyond it half precision is not used."""


class TorchNetwork(UserNetwork):
    """On a CUDA device when there is one, in half precision there if a trial shows that it agrees with full."""

    def __init__(self, file: Path, *, threads: int | None) -> None:
        """Raises ResourceError without the extra, InvalidOption for a file of no known enlarging architecture."""
        super().__init__(file)
        try:
            spandrel: Any = import_module("spandrel")
            torch: Any = import_module("torch")
        except ImportError as missing:
            raise ResourceError(
                f"Networks like {file.name} need the package {missing.name}, which is not installed.",
                hint="pip install 'bottega[networks]'",
            ) from missing
        except Exception as broken:
            # Builds of torch and torchvision that do not belong together fail with a RuntimeError.
            raise ResourceError(
                f"PyTorch cannot be loaded: {first_line(broken)}.",
                hint="Install builds of torch and torchvision that belong together.",
            ) from broken
        self._torch = torch
        if threads is not None:
            torch.set_num_threads(threads)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model: Any = self._loaded(spandrel)
        self.architecture = self._model.architecture.name
        self.channels, self.factor = self._model.input_channels, self._model.scale
        self.tile = {
            spandrel.ModelTiling.SUPPORTED: TILE,
            spandrel.ModelTiling.DISCOURAGED: 2 * TILE,
            spandrel.ModelTiling.INTERNAL: WHOLE,
        }[self._model.tiling]
        self.licence = _stated_licence(file)
        self.can_halve = self._device == "cuda" and self._model.supports_half and self._halves_well()

    def precision(self, *, half: bool) -> str:
        return "float16" if half else "float32"

    def run(self, planes: F32, *, half: bool) -> F32:
        torch = self._torch
        kind = torch.float16 if half else torch.float32
        try:
            if self._model.dtype != kind:
                self._model.to(kind)
            image = torch.from_numpy(np.ascontiguousarray(planes))[None].to(device=self._device, dtype=kind)
            return self._model(image)[0].float().cpu().numpy()
        except torch.cuda.OutOfMemoryError as failure:
            torch.cuda.empty_cache()
            raise MemoryError(str(failure)) from failure
        except RuntimeError as failure:
            # PyTorch's allocator on the processor raises nothing more specific.
            if "can't allocate memory" in str(failure) or "out of memory" in str(failure):
                raise MemoryError(str(failure)) from failure
            raise ComputeError(f"{self.file.name} failed: {first_line(failure)}") from failure

    def _loaded(self, spandrel: Any) -> Any:
        try:
            model = spandrel.ModelLoader(device=self._device).load_from_file(self.file)
        except Exception as unreadable:
            raise InvalidOption(
                f"{self.file.name} cannot be read as a network: {first_line(unreadable)}.",
                hint="Give a file of an architecture that spandrel knows, or export the network to ONNX.",
            ) from unreadable
        fits = isinstance(model, spandrel.ImageModelDescriptor) and model.input_channels in (1, 3)
        if not fits or model.input_channels != model.output_channels:
            raise InvalidOption(
                f"{self.file.name} ({model.architecture.name}) is no network that enlarges pictures."
            )
        return model.eval()

    def _halves_well(self) -> bool:
        noise = np.random.default_rng(0).random((self.channels, 64, 64), dtype=np.float32)
        try:
            difference = np.abs(self.run(noise, half=True) - self.run(noise, half=False))
        except (MemoryError, ComputeError):
            return False
        return bool(np.isfinite(difference).all() and difference.max() <= HALF_TOLERANCE)


def _stated_licence(file: Path) -> str:
    """The licence in the metadata of a .safetensors file; .pth files have none."""
    if file.suffix.lower() != ".safetensors":
        return LICENCE_UNKNOWN
    with file.open("rb") as content:
        (length,) = struct.unpack("<Q", content.read(8))
        header: Any = json.loads(content.read(min(length, LARGEST_HEADER)))
    stated: dict[str, str] = header.get("__metadata__", {})
    return next(
        (stated[key] for key in ("license", "licence", "modelspec.license") if stated.get(key)),
        LICENCE_UNKNOWN,
    )
