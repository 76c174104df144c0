"""The enhancements of one picture as values: what is to be done, which engines there are for it, what it depends on.

Running them is left to `ladder`, reading and writing files to `jobs`.
"""

import hashlib
import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bottega.enhance.ladder import Deadline, Engine, Samples, Setting
from bottega.errors import InvalidOption

if TYPE_CHECKING:
    from bottega.enhance.superres import Choices
    from bottega.enhance.superres.report import Report

LARGEST_ALIGNMENT = 64
"""Source pixels; scales that need coarser alignment than this are previewed by making the whole picture."""
CELL = 8
"""Source pixels of the cells in which `superres` compares colours at its default faithfulness."""
STEADY = 0.85
"""See `style_clip.KEPT`."""
MARGIN = 64
"""Source pixels around a crop: more than the networks, the anchor and the filters reach together."""


class Work(Protocol):
    """`name`: of the enhancement; `local`: whether a result depends on the pixels near it alone, so that a crop can be
    made on its own."""

    @property
    def name(self) -> str: ...

    @property
    def local(self) -> bool: ...

    def identity(self) -> dict[str, Any]:
        """JSON-ready: everything that decides the result beside the pixels."""
        ...

    def for_clip(self) -> "Work":
        """The same for every picture of a clip, without what would flicker. Raises InvalidOption where that is all."""
        ...

    def size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of the result. Raises InvalidOption."""
        ...

    def engines(self, source: Samples, size: tuple[int, int]) -> list[Engine]:
        """From the best to the surest; `size` of the result. Raises InvalidOption, MissingInput, NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class Upscale:
    """`scale` times the size, or to `width` or `height` pixels with the proportions kept, or to both exactly."""

    scale: float | None = None
    width: int | None = None
    height: int | None = None
    tier: str = "balanced"
    ensemble: bool = False
    weights: Path | None = None
    threads: int | None = None
    name: str = "upscale"

    @property
    def local(self) -> bool:
        # Of a network of the user's own nobody knows how far it sees.
        return self.weights is None

    def identity(self) -> dict[str, Any]:
        told = asdict(self)
        del told["threads"]
        told["weights"] = None if self.weights is None else digest(self.weights)
        return told

    def for_clip(self) -> Work:
        return self

    def size(self, width: int, height: int) -> tuple[int, int]:
        from bottega.enhance.superres.ladder import TIERS, checked_ratio
        from bottega.enhance.upscale import target_size

        if self.scale is not None and (self.width is not None or self.height is not None):
            raise InvalidOption("Give either a scale or a size.")
        if self.tier not in TIERS:
            raise InvalidOption(f"There is no tier {self.tier!r}.", hint=f"Choose one of {', '.join(TIERS)}.")
        if self.width is None and self.height is None:
            return target_size(width, height, checked_ratio(2.0 if self.scale is None else self.scale))
        if any(side is not None and side < 1 for side in (self.width, self.height)):
            raise InvalidOption("A width and a height are 1 pixel at least.")
        across = self.width or max(1, round(width * (self.height or 0) / height))
        down = self.height or max(1, round(height * (self.width or 0) / width))
        checked_ratio(max(across / width, down / height))
        return across, down

    def engines(self, source: Samples, size: tuple[int, int]) -> list[Engine]:
        return [self._engine(way, source, size) for way in self.ways(source.shape[1], source.shape[0], size)]

    def ways(self, width: int, height: int, size: tuple[int, int]) -> "list[Way]":
        """The engines for a `width` x `height` picture, from the best to the surest. Raises as `engines`."""
        from bottega.enhance.superres.engines import Networks
        from bottega.enhance.superres.ladder import rungs

        # Names the file that is none before any work is done.
        weights = self.weights
        ratio = max(size[0] / width, size[1] / height)
        rungs(ratio, "balanced", ensemble=False, weights=weights, threads=self.threads)
        tile = Networks.tile
        found: list[Way] = []
        if weights is not None:
            found.append(Way(weights.name, {"weights": weights, "tier": "balanced"}))
        if self.tier == "fast" and not self.ensemble:
            found.append(Way("small networks", {"tier": "fast"}, tile))
        elif self.tier != "classical" or self.ensemble:
            if self.tier == "best" or self.ensemble:
                found.append(Way("networks, eight-fold", {"tier": "best", "ensemble": True}, tile))
            found.append(Way("networks", {"tier": "balanced"}, tile))
        found.append(Way("classical", {"tier": "classical"}, kind="classical"))
        return found

    def _engine(self, way: "Way", source: Samples, size: tuple[int, int]) -> Engine:
        def run(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
            from bottega.enhance.superres import enlarge

            chosen: Choices = {**way.choices, "tile": setting.tile, "threads": self.threads}  # type: ignore[typeddict-item]
            made = enlarge(source, size, progress=deadline.told, cancelled=deadline.stop, **chosen)
            return made.pixels, way.told(made.report)

        return Engine(way.name, run, way.kind, tile=way.tile)


@dataclass(frozen=True, slots=True)
class Way:
    """An engine of `Upscale`: `choices` are those of `superres`, `tile` is the largest side of its tiles."""

    name: str
    choices: dict[str, Any]
    tile: int | None = None
    kind: Literal["model", "classical"] = "model"

    def told(self, report: "Report") -> dict[str, Any]:
        """What is told of an enlargement, JSON-ready."""
        left = [f"{each.engine} was left: {each.left_because}" for each in report.tried]
        if left:
            fell_short = report.gate is not None and not report.gate.passed
            nearest = (
                "none agrees with the source as it should; the nearest to it was taken, "
                if fell_short
                else ""
            )
            left.append(f"{nearest}made by {report.engine}")
        told: dict[str, Any] = {"enlargement": report.as_dict()}
        return told | ({"left": left} if left else {})


@dataclass(frozen=True, slots=True)
class Style:
    """`style` of `bottega.enhance.style`; `reference`: H x W x 3 uint8, where the style takes after a picture; `faces`: they
    keep their likeness. `steady`: of clips, the largest share kept of what was drawn before; 0 draws each picture anew."""

    style: str
    strength: float = 1.0
    reference: NDArray[np.uint8] | None = None
    faces: bool = True
    steady: float = STEADY
    name: str = "style"
    local: bool = False

    def identity(self) -> dict[str, Any]:
        reference = None if self.reference is None else pixels_digest(self.reference)
        return {
            "name": self.name,
            "style": self.style,
            "strength": self.strength,
            "reference": reference,
            "faces": self.faces,
            "steady": self.steady,
        }

    def for_clip(self) -> Work:
        if not 0 <= self.steady < 1:
            raise InvalidOption(f"Steadiness goes from 0 to below 1, {self.steady:g} was given.")
        return self

    def size(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def engines(self, source: Samples, size: tuple[int, int]) -> list[Engine]:
        from bottega.enhance.style import apply_style, check_style

        check_style(self.style, self.strength, self.reference)

        def run(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
            deadline.check()
            # Styles take integers; 16 bits hold what of float32 can be seen.
            given = as_integers(source)
            styled = apply_style(given, self.style, self.strength, self.reference, faces=self.faces)
            told: dict[str, Any] = {"style": self.style, "strength": self.strength}
            made = styled if source.dtype.kind == "u" else styled.astype(np.float32) / np.float32(65535)
            return made, told

        return [Engine(self.style, run, "classical")]


# --- crops -------------------------------------------------------------------------------------------------------------


def alignment(work: Work, width: int, height: int) -> int | None:
    """Source pixels to whose multiples a crop must begin so that it is made as in the whole picture; None where crops
    cannot be made on their own."""
    if not work.local:
        return None
    across, down = work.size(width, height)
    ratios = Fraction(across, width), Fraction(down, height)
    step = math.lcm(CELL, *(ratio.denominator for ratio in ratios))
    return step if step <= LARGEST_ALIGNMENT else None


# --- pixels ------------------------------------------------------------------------------------------------------------


def eight_bits(rgb: Samples) -> NDArray[np.uint8]:
    """H x W x 3 of any sample type, rounded to uint8."""
    if rgb.dtype == np.uint8:
        return np.ascontiguousarray(rgb)
    top = 1.0 if rgb.dtype.kind == "f" else 65535.0
    return np.rint(np.clip(rgb.astype(np.float32) / top, 0, 1) * 255).astype(np.uint8)


def pixels_digest(pixels: Samples) -> str:
    """SHA-256 in hex of the samples, their type and their shape."""
    found = hashlib.sha256(f"{pixels.dtype.str} {pixels.shape}".encode())
    found.update(np.ascontiguousarray(pixels).data)
    return found.hexdigest()


def digest(file: Path) -> str:
    """SHA-256 in hex of a file. Raises NotFound."""
    from bottega.errors import NotFound

    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise NotFound(f"{file.name} cannot be read: {error.strerror}.") from error


def as_integers(pixels: Samples) -> Samples:
    """uint8 and uint16 as they are; float32 in [0, 1] as uint16."""
    if pixels.dtype.kind == "u":
        return pixels
    return np.rint(np.clip(pixels, 0, 1) * 65535).astype(np.uint16)
