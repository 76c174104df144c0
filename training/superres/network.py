"""The network as it is trained: linear pairs that collapse into single convolutions, so that little is shipped."""

from pathlib import Path

import onnx
import torch
from graph import SLOPE, properties_of, weights_of
from torch import Tensor, nn
from torch.nn import functional

from bottega.enhance.superres.resample import cubic_taps


class Pair(nn.Module):
    """A k x k convolution to `expand` channels and a 1 x 1 back, with nothing between: one k x k convolution.

    Trains better than that one convolution does (Bhardwaj et al., "Collapsible Linear Blocks for Super-Efficient
    Super Resolution", MLSys 2022). `residual` adds the input, folded into the kernel. No padding.
    """

    def __init__(self, inputs: int, outputs: int, size: int, *, expand: int, residual: bool = False) -> None:
        super().__init__()
        self.expand = nn.Parameter(torch.empty(expand, inputs, size, size))
        self.project = nn.Parameter(torch.empty(outputs, expand))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.residual = residual
        nn.init.kaiming_normal_(self.expand, a=SLOPE)
        nn.init.normal_(self.project, std=(1 / expand) ** 0.5 * (0.3 if residual else 1.0))

    def kernel(self) -> Tensor:
        """The collapsed kernel, outputs x inputs x size x size."""
        kernel = torch.einsum("oe,eikl->oikl", self.project, self.expand)
        if self.residual:
            kernel = kernel + identity(kernel)
        return kernel

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.kernel(), self.bias)


def identity(kernel: Tensor) -> Tensor:
    """The kernel of this shape that changes nothing."""
    same = torch.zeros_like(kernel)
    middle = kernel.shape[-1] // 2
    for channel in range(kernel.shape[0]):
        same[channel, channel, middle, middle] = 1
    return same


def crop(x: Tensor, margin: int) -> Tensor:
    return x[..., margin:-margin, margin:-margin]


class Net(nn.Module):
    """Luma in [0, 1], N x 1 x (h + 2r) x (w + 2r), to N x 1 x sh x sw; r = `radius` source pixels of context are used up.

    A 5 x 5 convolution opens, `depth` residual 3 x 3 follow, a 3 x 3 closes to s * s channels that pixel shuffle lays
    out. To that is added a learnt 5 x 5 interpolation of the input, which starts as bicubic.
    """

    def __init__(self, scale: int, width: int = 32, depth: int = 4, expand: int = 128) -> None:
        super().__init__()
        self.scale, self.width, self.depth = scale, width, depth
        self.head = Pair(1, width, 5, expand=expand)
        self.body = nn.ModuleList(Pair(width, width, 3, expand=expand, residual=True) for _ in range(depth))
        self.tail = Pair(width, scale * scale, 3, expand=expand)
        self.skip = nn.Parameter(bicubic_kernel(scale))
        with torch.no_grad():
            self.tail.project.mul_(0.05)

    @property
    def radius(self) -> int:
        return 2 + self.depth + 1

    def forward(self, y: Tensor) -> Tensor:
        first = functional.leaky_relu(self.head(y), SLOPE)
        x = first
        for pair in self.body:
            x = functional.leaky_relu(pair(x), SLOPE)
        detail = self.tail(x + crop(first, self.depth))
        coarse = functional.conv2d(crop(y, self.radius - 2).float(), self.skip.float())
        return functional.pixel_shuffle(detail.float() + coarse, self.scale)

    def collapsed(self) -> dict[str, Tensor]:
        """The weights of the plain convolutions that this network is equal to, by name."""
        found = {"skip.weight": self.skip}
        for name, pair in [
            ("head", self.head),
            *((f"body{index}", pair) for index, pair in enumerate(self.body)),
            ("tail", self.tail),
        ]:
            found[f"{name}.weight"], found[f"{name}.bias"] = pair.kernel(), pair.bias
        return {name: value.detach().clone() for name, value in found.items()}


def bicubic_kernel(scale: int) -> Tensor:
    """scale * scale x 1 x 5 x 5: bicubic enlargement, one output per phase, in the order of pixel shuffle."""
    taps = cubic_taps(9, 9 * scale, start=4 * scale, stop=5 * scale)
    line = torch.zeros(scale, 9)
    for phase in range(scale):
        for weight, index in zip(taps.weights[phase], taps.indices[phase], strict=True):
            line[phase, int(index)] += float(weight)
    line = line[:, 2:7]
    return torch.einsum("ai,bj->abij", line, line).reshape(scale * scale, 1, 5, 5).contiguous()


def restored(file: Path, expand: int, seed: int) -> dict[str, Tensor]:
    """The state of a `Net` with pairs of `expand` channels that collapses into the convolutions of an exported file."""
    model = onnx.load(file)
    tensors = {
        name: torch.from_numpy(value.copy())
        for name, value in weights_of(model, int(properties_of(model)["scale"])).items()
    }
    chance = torch.Generator().manual_seed(seed)
    state = {"skip": tensors["skip.weight"]}
    for name, kernel in tensors.items():
        layer, _, kind = name.rpartition(".")
        if kind != "weight" or layer == "skip":
            continue
        residual = layer.startswith("body")
        prefix = f"body.{layer.removeprefix('body')}" if residual else layer
        wanted = kernel - identity(kernel) if residual else kernel
        project = torch.randn(len(kernel), expand, generator=chance) * (1 / expand) ** 0.5
        state[f"{prefix}.project"] = project
        state[f"{prefix}.expand"] = torch.einsum("eo,oikl->eikl", torch.linalg.pinv(project), wanted)
        state[f"{prefix}.bias"] = tensors[f"{layer}.bias"]
    return state
