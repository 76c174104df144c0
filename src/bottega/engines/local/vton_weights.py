"""Weight files of try-on networks, looked at before anything is loaded: whether they are there, whole, and the right ones.

Only headers are read; the tensors themselves are loaded by the network's own package.
"""

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from bottega.errors import InputError

MODEL_FILE: Final = "model.safetensors"
POSE_FILES: Final = ("dwpose/yolox_l.onnx", "dwpose/dw-ll_ucoco_384.onnx")
"""As the makers' download script lays them out (README of fashn-vton-1.5, 2026)."""
PARAMETERS: Final = 972_000_000
"""Of FASHN VTON v1.5 (its model card, 2026)."""
TOLERANCE: Final = 0.1
LARGEST_HEADER: Final = 100_000_000
"""Bytes; the limit of the format's reference implementation."""
_BYTES: Final = {
    "F64": 8,
    "I64": 8,
    "F32": 4,
    "I32": 4,
    "F16": 2,
    "BF16": 2,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}
_LENGTH: Final = struct.Struct("<Q")


class UnusableWeights(InputError):
    """A weight file that is missing, cut short, damaged, or of another network."""

    code = "unusable-weights"
    title = "The weights cannot be used"


@dataclass(frozen=True, slots=True)
class Tensor:
    """`dtype` as safetensors names it, such as BF16."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def parameters(self) -> int:
        return math.prod(self.shape)


def check_folder(folder: Path, parameters: int = PARAMETERS) -> dict[str, Tensor]:
    """The tensors of the network in `folder`, by name. Raises UnusableWeights that says what is wrong."""
    missing = [name for name in (MODEL_FILE, *POSE_FILES) if not (folder / name).is_file()]
    if missing:
        raise UnusableWeights(
            f"the weights of FASHN VTON v1.5 are not complete: {', '.join(missing)} not found",
            hint=f"Put what its download script fetches into the folder weights/{folder.name} below BOTTEGA_HOME.",
        )
    tensors = read_header(folder / MODEL_FILE)
    count = sum(tensor.parameters for tensor in tensors.values())
    if abs(count / parameters - 1) > TOLERANCE:
        raise UnusableWeights(
            f"{MODEL_FILE} has {count / 1e6:.1f} million parameters; FASHN VTON v1.5 has {parameters / 1e6:.0f}",
            hint="It is the file of another network.",
        )
    return tensors


def read_header(path: Path) -> dict[str, Tensor]:
    """Names, types and shapes of a .safetensors file, checked against each other and the file's size (format of
    huggingface/safetensors, 2023). Raises UnusableWeights."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(_LENGTH.size)
        if len(start) < _LENGTH.size:
            raise _damaged(path, "it is too short")
        (length,) = _LENGTH.unpack(start)
        if not 2 <= length <= min(LARGEST_HEADER, size - _LENGTH.size):
            raise _damaged(path, "its header has no possible length")
        text = file.read(length)
    try:
        header: Any = json.loads(text)
    except ValueError:
        raise _damaged(path, "its header is no JSON") from None
    if not isinstance(header, dict):
        raise _damaged(path, "its header is no table")
    entries = cast(dict[str, Any], header)
    room = size - _LENGTH.size - length
    tensors = {
        name: _tensor(path, name, said, room) for name, said in entries.items() if name != "__metadata__"
    }
    if not tensors:
        raise _damaged(path, "it holds no tensors")
    if sum(tensor.parameters * _BYTES[tensor.dtype] for tensor in tensors.values()) != room:
        raise _damaged(path, "its tensors do not fill it: it may have been cut short")
    return tensors


def _tensor(path: Path, name: str, said: Any, room: int) -> Tensor:
    try:
        dtype, shape = str(said["dtype"]), tuple(int(side) for side in said["shape"])
        begin, end = (int(offset) for offset in said["data_offsets"])
    except (KeyError, TypeError, ValueError):
        raise _damaged(path, f"its entry {name!r} is not complete") from None
    if dtype not in _BYTES or any(side < 0 for side in shape):
        raise _damaged(path, f"{name!r} is of a type or shape that is not known")
    tensor = Tensor(dtype, shape)
    if not 0 <= begin <= end <= room or end - begin != tensor.parameters * _BYTES[dtype]:
        raise _damaged(path, f"{name!r} lies beyond its end or has another size than its shape")
    return tensor


def _damaged(path: Path, why: str) -> UnusableWeights:
    return UnusableWeights(f"{path.name} cannot be read: {why}", hint="Fetch it again.")
