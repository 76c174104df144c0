"""What is told about an enlargement: which engine made it, what was tried before, and the figures of the gate."""

from dataclasses import asdict, dataclass, field
from typing import Any, Generic

from numpy.typing import NDArray

from bottega.enhance.samples import Scalar
from bottega.enhance.superres.gate import Gate


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network that was run. `source`: "shipped" or the file's name; `licence`: as the file states it, or that it
    does not; `precision`: of the computation."""

    source: str
    architecture: str
    sha256: str
    licence: str
    precision: str = "float32"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An engine that was left, and why, in words."""

    engine: str
    left_because: str


@dataclass(frozen=True, slots=True)
class Report:
    """`engine`: what made the result; `scale`: across and down; `size`: (width, height) of the result; `passes`: the
    whole factors enlarged by in turn, before resampling; `tiles`: computed, over all passes; `seconds`: wall time
    of the attempt that was kept; `gate`: None when it was switched off."""

    engine: str
    tier: str
    scale: tuple[float, float]
    size: tuple[int, int]
    passes: tuple[int, ...]
    tiles: int
    seconds: float
    gate: Gate | None
    networks: tuple[NetworkFile, ...] = ()
    tried: tuple[Attempt, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        told = asdict(self)
        if self.gate is not None:
            told["gate"]["passed"] = self.gate.passed
        return told


@dataclass(frozen=True, slots=True)
class Enlarged(Generic[Scalar]):
    """`pixels`: as the source was stored (dimensions, channels, data type), larger."""

    pixels: NDArray[Scalar]
    report: Report
