"""Trains one enlargement network on one processor thread within a budget of minutes, and can be interrupted.

`PYTHONPATH=src python training/superres/train.py --data DIR --out RUN --scale 2 --minutes 60`; the same command again goes on where it
stopped. `--start OTHER/checkpoint.pt` begins with the layers of another network, `--start FILE.onnx` with those of one that
was exported. Export is `export.py`'s.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from data import Pair, Patches, held_out_pairs, load, training_pairs
from network import Net, restored

from bottega.enhance.superres.resample import imresize


@dataclass(frozen=True)
class Recipe:
    scale: int
    minutes: float
    width: int = 32
    depth: int = 4
    expand: int = 256
    batch: int = 16
    side: int = 32
    peak_rate: float = 1.5e-3
    warm_up_steps: int = 500
    average_decay: float = 0.999
    half_precision_until: float = 0.75
    """Share of the budget that computes in bfloat16; the rest, at small rates, is float32."""
    squared_from: float = 0.5
    """Share of the budget that minimises the mean absolute error; the rest the squared one, which PSNR is made of."""
    seed: int = 20261121


SQUARED_WEIGHT = 25.0
"""Of the squared error: its gradients are then about as large as those of the absolute one, at errors of 1/50."""


class Run:
    """Weights, their running average, the optimiser, and how much of the budget is used."""

    def __init__(self, recipe: Recipe, start: Path | None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.net = Net(recipe.scale, recipe.width, recipe.depth, recipe.expand)
        if start is not None:
            copied = warm_start(self.net, start_weights(start, recipe))
            print(f"{copied} tensors from {start}", flush=True)
        self.average = Net(recipe.scale, recipe.width, recipe.depth, recipe.expand)
        self.average.load_state_dict(self.net.state_dict())
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=recipe.peak_rate, fused=True)
        self.step = 0
        self.seconds = 0.0

    @property
    def share(self) -> float:
        """Of the budget, used."""
        return self.seconds / (60 * self.recipe.minutes)

    def train_step(self, small: torch.Tensor, large: torch.Tensor) -> float:
        recipe = self.recipe
        warm = min(1.0, (self.step + 1) / recipe.warm_up_steps)
        rate = recipe.peak_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, self.share)))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=self.share < recipe.half_precision_until):
            made = self.net(small)
        error = made - large
        squared = self.share >= recipe.squared_from
        loss = SQUARED_WEIGHT * (error * error).mean() if squared else error.abs().mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.step += 1
        # Shorter memory at first, or the average would start as the random weights.
        decay = min(recipe.average_decay, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.net.parameters()), 1 - decay)
        return float(loss.detach())

    def save(self, file: Path) -> None:
        state: dict[str, Any] = {
            "recipe": asdict(self.recipe),
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        unfinished = file.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(file)

    def resume(self, file: Path) -> None:
        state = torch.load(file, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]


def start_weights(file: Path, recipe: Recipe) -> dict[str, torch.Tensor]:
    """Of a checkpoint the averaged ones; of an exported network pairs that collapse into its convolutions."""
    if file.suffix == ".onnx":
        return restored(file, recipe.expand, recipe.seed)
    return torch.load(file, weights_only=True)["average"]


def warm_start(net: Net, weights: dict[str, torch.Tensor]) -> int:
    """Copy what has the same name and shape; layers that only the new network has begin close to the identity."""
    own = net.state_dict()
    same = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
    net.load_state_dict(same, strict=False)
    with torch.no_grad():
        for index, pair in enumerate(net.body):
            if f"body.{index}.project" not in same:
                pair.project.mul_(0.1)
    return len(same)


@torch.no_grad()
def psnr(net: Net | None, pairs: list[Pair], scale: int) -> list[float]:
    """PSNR in dB of the BT.601 luma in [16, 235], rounded to 8 bits, `scale` border pixels left out; without a net, of bicubic."""
    found: list[float] = []
    for pair in pairs:
        if net is None:
            inner = pair.small[pair.margin : -pair.margin, pair.margin : -pair.margin]
            made = imresize(np.ascontiguousarray(inner), pair.large.shape[::-1])
        else:
            spare = pair.margin - net.radius
            small = pair.small[spare:-spare, spare:-spare] if spare else pair.small
            made = net(torch.from_numpy(np.ascontiguousarray(small))[None, None])[0, 0].numpy()
        inside = (slice(scale, -scale), slice(scale, -scale))
        made_8, true_8 = (np.rint(16 + 219 * np.clip(image[inside], 0, 1)) for image in (made, pair.large))
        found.append(float(10 * np.log10(255**2 / np.mean((made_8 - true_8) ** 2))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of pictures; see DATA_CARD.md")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint.pt and log.jsonl")
    parser.add_argument("--scale", type=int, choices=(2, 3, 4), required=True)
    parser.add_argument(
        "--minutes", type=float, required=True, help="of wall time; the rate falls to 0 over them"
    )
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--expand", type=int, default=256)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=32, help="of the patches, in pixels before enlargement")
    parser.add_argument("--squared-from", type=float, default=0.5)
    parser.add_argument("--half-until", type=float, default=0.75)
    parser.add_argument("--peak-rate", type=float, default=1.5e-3)
    parser.add_argument("--start", type=Path, help="checkpoint or exported network to begin with")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(
        asked.scale,
        asked.minutes,
        width=asked.width,
        depth=asked.depth,
        expand=asked.expand,
        batch=asked.batch,
        side=asked.side,
        peak_rate=asked.peak_rate,
        half_precision_until=asked.half_until,
        squared_from=asked.squared_from,
    )
    checkpoint = asked.out / "checkpoint.pt"
    run = Run(recipe, asked.start if not checkpoint.exists() else None)
    if checkpoint.exists():
        run.resume(checkpoint)
    pictures = load(asked.data)
    margin = run.net.radius
    held_out = held_out_pairs(pictures, recipe.scale, margin)
    pairs = training_pairs(pictures, recipe.scale, margin)
    with (asked.out / "log.jsonl").open("a") as log:
        train(
            run, Patches(pairs, recipe.scale, recipe.side, recipe.seed + run.step), held_out, checkpoint, log
        )


def train(run: Run, patches: Patches, held_out: list[Pair], checkpoint: Path, log: Any) -> None:
    """To the end of the budget; every three minutes a checkpoint and a line in the log."""

    def note(loss: float | None, figures: list[float]) -> None:
        line = {
            "step": run.step,
            "minutes": round(run.seconds / 60, 2),
            "cpu_minutes": round(time.process_time() / 60, 2),
            "loss": loss,
            "held_out_db": round(float(np.mean(figures)), 3),
            "each_db": [round(figure, 2) for figure in figures],
        }
        print(json.dumps(line), file=log, flush=True)

    if run.step == 0:
        note(None, psnr(None, held_out, run.recipe.scale))
    losses: list[float] = []
    started, before = time.monotonic(), run.seconds
    next_note = run.seconds + 60
    while run.share < 1:
        small, large = patches.batch(run.recipe.batch)
        losses.append(run.train_step(torch.from_numpy(small), torch.from_numpy(large)))
        run.seconds = before + time.monotonic() - started
        if run.seconds >= next_note or run.share >= 1:
            run.save(checkpoint)
            note(round(float(np.mean(losses)), 6), psnr(run.average, held_out, run.recipe.scale))
            losses.clear()
            next_note = run.seconds + 180


if __name__ == "__main__":
    main()
