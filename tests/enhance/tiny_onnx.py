"""Writes small ONNX files by hand, so that tests of users' networks need neither the onnx package nor stored files.

Field numbers are those of onnx.proto (ONNX 1.16, IR version 8), encoded as Protocol Buffers.
"""

from pathlib import Path

import numpy as np

FLOAT, FLOAT16, INT64 = 1, 10, 7


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, value: bytes | str) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def tensor(name: str, values: np.ndarray) -> bytes:
    kind = {"float32": FLOAT, "float16": FLOAT16, "int64": INT64}[values.dtype.name]
    dims = b"".join(_number(1, side) for side in values.shape)
    return dims + _number(2, kind) + _part(8, name) + _part(9, values.tobytes())


def node(kind: str, inputs: list[str], output: str, **attributes: int | str | list[int]) -> bytes:
    found = b"".join(_part(1, name) for name in inputs) + _part(2, output) + _part(4, kind)
    for name, value in attributes.items():
        attribute = _part(1, name)
        if isinstance(value, int):
            attribute += _number(3, value) + _number(20, 2)
        elif isinstance(value, str):
            attribute += _part(4, value) + _number(20, 3)
        else:
            attribute += b"".join(_number(8, each) for each in value) + _number(20, 7)
        found += _part(5, attribute)
    return found


def _value(name: str, kind: int, shape: list[int | str]) -> bytes:
    dims = b"".join(_part(1, _number(1, d) if isinstance(d, int) else _part(2, d)) for d in shape)
    return _part(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, dims)))


def write(
    file: Path,
    nodes: list[bytes],
    tensors: list[bytes],
    *,
    channels: int = 3,
    sides: tuple[int | str, int | str] = ("h", "w"),
    kind: int = FLOAT,
    properties: dict[str, str] | None = None,
) -> Path:
    """A model from `input` (N x channels x h x w) to `output`; the operators are those of opset 17."""
    graph = (
        b"".join(_part(1, each) for each in nodes)
        + _part(2, "tiny")
        + b"".join(_part(5, each) for each in tensors)
    )
    graph += _part(11, _value("input", kind, [1, channels, *sides]))
    graph += _part(12, _value("output", kind, [1, channels, "H", "W"]))
    model = _number(1, 8) + _part(7, graph) + _part(8, _part(1, "") + _number(2, 17))
    for key, value in (properties or {}).items():
        model += _part(14, _part(1, key) + _part(2, value))
    file.write_bytes(model)
    return file


def convolution(
    file: Path,
    factor: int,
    *,
    gain: float = 1.0,
    offsets: tuple[float, ...] = (0.0, 0.0, 0.0),
    padded: bool = True,
    channels: int = 3,
    sides: tuple[int | str, int | str] = ("h", "w"),
    half: bool = False,
    properties: dict[str, str] | None = None,
) -> Path:
    """Nearest-neighbour enlargement through a 3 x 3 blur, times `gain`, plus an offset for each channel."""
    dtype = np.float16 if half else np.float32
    kernel = np.zeros((channels * factor**2, channels, 3, 3), dtype=dtype)
    blur = np.array([[0, 1, 0], [1, 12, 1], [0, 1, 0]]) / 16
    for output in range(len(kernel)):
        kernel[output, output // factor**2] = gain * blur
    bias = np.repeat(np.array(offsets[:channels], dtype=dtype), factor**2)
    edge = 1 if padded else 0
    nodes = [
        node("Conv", ["input", "kernel", "bias"], "phases", pads=[edge] * 4, kernel_shape=[3, 3]),
        node("DepthToSpace", ["phases"], "output", blocksize=factor, mode="CRD"),
    ]
    return write(
        file,
        nodes,
        [tensor("kernel", kernel), tensor("bias", bias)],
        channels=channels,
        sides=sides,
        kind=FLOAT16 if half else FLOAT,
        properties=properties,
    )


def in_blocks(file: Path, block: int) -> Path:
    """A network of factor 1 that takes only sides that are multiples of `block`, as those with strided layers do."""
    nodes = [
        node("SpaceToDepth", ["input"], "cells", blocksize=block),
        node("DepthToSpace", ["cells"], "output", blocksize=block),
    ]
    return write(file, nodes, [])


def dividing_by_zero(file: Path, factor: int) -> Path:
    """Enlarges to values that are no numbers."""
    zero = tensor("zero", np.zeros(1, dtype=np.float32))
    kernel = tensor("kernel", np.zeros((3 * factor**2, 3, 1, 1), dtype=np.float32))
    nodes = [
        node("Conv", ["input", "kernel"], "phases"),
        node("DepthToSpace", ["phases"], "nothing", blocksize=factor, mode="CRD"),
        node("Div", ["nothing", "zero"], "output"),
    ]
    return write(file, nodes, [zero, kernel])
