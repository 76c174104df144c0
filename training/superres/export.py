"""Writes a checkpoint's averaged weights as the ONNX file that ships, and enters its SHA-256 in the list beside it.

`PYTHONPATH=src python training/superres/export.py RUN/checkpoint.pt FOLDER` writes FOLDER/luma_xN.onnx (luma_xN_small.onnx for
networks of fewer channels than `train.py` makes unless told otherwise) and FOLDER/SHA256SUMS, and compares the file's output
with the network's.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from graph import graph_of, write
from network import Net
from train import Recipe


def largest_difference(net: Net, file: Path) -> float:
    """Between the network in torch and the file in onnxruntime, on noise."""
    noise = np.random.default_rng(0).random((1, 1, 58, 64), dtype=np.float32)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        wanted = net(torch.from_numpy(noise)).numpy()
    return float(np.abs(session.run(None, {"luma": noise})[0] - wanted).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    state = torch.load(asked.checkpoint, weights_only=True)
    recipe = state["recipe"]
    net = Net(recipe["scale"], recipe["width"], recipe["depth"], recipe["expand"])
    net.load_state_dict(state["average"])
    properties = {
        "scale": str(net.scale),
        "radius": str(net.radius),
        "licence": "Apache-2.0",
        "trained": f"{state['step']} steps, seed {recipe['seed']}, {state['seconds'] / 60:.0f} minutes",
    }
    weights = {name: value.numpy().astype(np.float32) for name, value in net.collapsed().items()}
    asked.folder.mkdir(parents=True, exist_ok=True)
    file = asked.folder / f"luma_x{net.scale}{'_small' if net.width < Recipe.width else ''}.onnx"
    write(graph_of(weights, net.scale), properties, file)
    print(f"{file.name}: {file.stat().st_size} bytes, differs by at most {largest_difference(net, file):.1e}")


if __name__ == "__main__":
    main()
