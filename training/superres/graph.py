"""The ONNX graph that ships, from the weights of the plain convolutions; and the weights back from a file.

`PYTHONPATH=src python training/superres/graph.py FILE.onnx...` lays files out anew as they would be exported today: the
weights and what the files tell of themselves stay. Needs `onnx`, and no torch.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
SLOPE = 0.1
"""Of the leaky rectifiers. Not learnt: onnxruntime fuses LeakyRelu with the convolution, and PRelu not."""
PACKED = 2
"""Side in source pixels of the squares that the last convolutions of a x2 network make at once.

onnxruntime computes convolutions for 16 channels at a time; a x2 network has 4. Of 2 x 2 pixels together it has 16, and takes
two fifths of the multiplications for it. The figures stay the same to the last bit: what is added are zeros."""

Array = NDArray[np.float32]


def graph_of(weights: dict[str, Array], scale: int) -> onnx.ModelProto:
    """`weights`: of `head`, `body0`..., `tail` (`.weight`, `.bias`) and `skip.weight`. Input `luma`, N x 1 x H x W; output
    `enlarged`, N x 1 x s(H - 2r) x s(W - 2r), with a row and column of no use where a x2 network's H or W is odd."""
    depth = sum(name.startswith("body") for name in weights) // 2
    radius = 2 + depth + 1
    side = PACKED if scale == 2 else 1
    laid_out = dict(weights)
    for name in ("tail.weight", "tail.bias", "skip.weight"):
        laid_out[name] = packed(weights[name], scale, side)
    tensors = [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in laid_out.items()]
    nodes: list[onnx.NodeProto] = []

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def cropped(source: str, margin: int, output: str) -> str:
        edges = {"starts": [margin, margin], "ends": [-margin, -margin], "axes": [2, 3]}
        for name, values in edges.items():
            tensors.append(numpy_helper.from_array(np.array(values, np.int64), f"{output}.{name}"))
        return node("Slice", [source, *(f"{output}.{name}" for name in edges)], output)

    strides = {} if side == 1 else {"strides": [side, side], "pads": [0, 0, side - 1, side - 1]}
    x = node("Conv", ["luma", "head.weight", "head.bias"], "head")
    first = x = node("LeakyRelu", [x], "head.active", alpha=SLOPE)
    for index in range(depth):
        x = node("Conv", [x, f"body{index}.weight", f"body{index}.bias"], f"body{index}")
        x = node("LeakyRelu", [x], f"body{index}.active", alpha=SLOPE)
    x = node("Add", [x, cropped(first, depth, "head.cropped")], "joined")
    detail = node("Conv", [x, "tail.weight", "tail.bias"], "detail", **strides)
    coarse = node("Conv", [cropped("luma", radius - 2, "luma.cropped"), "skip.weight"], "coarse", **strides)
    phases = node("Add", [detail, coarse], "phases")
    node("DepthToSpace", [phases], "enlarged", blocksize=scale * side, mode="CRD")
    graph = helper.make_graph(
        nodes,
        f"luma x{scale}",
        [helper.make_tensor_value_info("luma", TensorProto.FLOAT, ["n", 1, "h", "w"])],
        [helper.make_tensor_value_info("enlarged", TensorProto.FLOAT, ["n", 1, "sh", "sw"])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="bottega")
    model.ir_version = 8
    return model


def packed(values: Array, scale: int, side: int) -> Array:
    """A kernel (s * s x C x k x k) or bias (s * s) whose channels are the phases of one source pixel, for squares of `side`
    x `side` pixels at once: the phases of all of them, in the order of one pixel shuffle by s * `side`."""
    grown = [length + side - 1 for length in values.shape[2:]]
    square = np.zeros((side, scale, side, scale, *values.shape[1:2], *grown), dtype=np.float32)
    phases = values.reshape(scale, scale, *values.shape[1:])
    for down in range(side):
        for across in range(side):
            place = (slice(down, down + size) for size in values.shape[2:3])
            place = (*place, *(slice(across, across + size) for size in values.shape[3:4]))
            square[down, :, across, :][(..., *place)] = phases
    return square.reshape((scale * side) ** 2, *square.shape[4:])


def unpacked(values: Array, scale: int, side: int) -> Array:
    """The reverse: of the first pixel of the square."""
    square = values.reshape(side, scale, side, scale, *values.shape[1:])[0, :, 0]
    plain = square.reshape(scale * scale, *values.shape[1:])
    return plain if values.ndim == 1 or side == 1 else plain[..., : 1 - side, : 1 - side]


def weights_of(model: onnx.ModelProto, scale: int) -> dict[str, Array]:
    """What `graph_of` was given, in whichever way the file is laid out."""
    tensors = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    weights = {name: value for name, value in tensors.items() if name.endswith((".weight", ".bias"))}
    side = round((len(weights["tail.bias"]) / scale**2) ** 0.5)
    for name in ("tail.weight", "tail.bias", "skip.weight"):
        weights[name] = unpacked(weights[name], scale, side)
    return weights


def properties_of(model: onnx.ModelProto) -> dict[str, str]:
    return {each.key: each.value for each in model.metadata_props}


def write(model: onnx.ModelProto, properties: dict[str, str], file: Path) -> None:
    """Checks the model, writes it, and enters the SHA-256 of every network of the folder in its SHA256SUMS."""
    helper.set_model_props(model, properties)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())
    (file.parent / "SHA256SUMS").write_text(
        "".join(
            f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n"
            for each in sorted(file.parent.glob("*.onnx"))
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    for file in parser.parse_args().files:
        model = onnx.load(file)
        properties = properties_of(model)
        scale = int(properties["scale"])
        write(graph_of(weights_of(model, scale), scale), properties, file)
        print(f"{file.name}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
