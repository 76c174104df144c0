"""Flat plates in space, and the joints between them.

A design says where each plate lies as a full slab. Where two slabs overlap they share a bar; `finger`, `slot` and
`cross` divide that bar between the two along its length, which is all that a finger joint, a tab in a slot or a
half lap is. Nothing here knows of kerf: plates have their nominal shape.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.laser.geometry import RasterImage, laser_extra

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

F64 = NDArray[np.float64]
GRID_MM = 1e-6
"""Shapes are snapped to this grid, so that edges that should meet do."""
_SNAPPED_MM = 1e-5
"""Within it two places are one: either may have been moved by the grid."""
MIN_FINGER_MM = 1.0
_AXES = {"x": ((0, 1, 0), (0, 0, 1)), "y": ((1, 0, 0), (0, 0, 1)), "z": ((1, 0, 0), (0, 1, 0))}


@dataclass(eq=False)
class Plate:
    """A slab: `origin + a u + b v + w n` for (a, b) in `shape` and w in [0, thickness]; mm, n = u x v or its inverse.

    `rank` decides who keeps the corners where three plates meet: the higher. `blank` is the shape before joints.
    `lines` are scored (N x 2, local mm), `slits` cut as open lines, `rasters` are engraved (local mm of the
    upper left corner, b upwards). A plate that bends is cut as `flat`; one that is part of another's `flat` is not
    `printed`.
    """

    name: str
    origin: F64
    u: F64
    v: F64
    n: F64
    thickness: float
    blank: "BaseGeometry"
    rank: int = 0
    flat: "BaseGeometry | None" = None
    printed: bool = True
    shape: "BaseGeometry" = field(init=False)
    lines: list[F64] = field(default_factory=list[F64])
    slits: list[F64] = field(default_factory=list[F64])
    rasters: list[RasterImage] = field(default_factory=list[RasterImage])

    def __post_init__(self) -> None:
        self.shape = self.blank

    @property
    def low(self) -> float:
        """Where the slab begins along its normal."""
        return float(self.origin @ self.n)

    def local(self, points: F64) -> F64:
        """World points (N x 3) as local ones (N x 2)."""
        return (points - self.origin) @ np.column_stack((self.u, self.v))

    def cut(self, piece: "BaseGeometry") -> None:
        import shapely

        self.shape = shapely.difference(self.shape, piece, grid_size=GRID_MM)

    def strip(self, other: "Plate", s: tuple[float, float], grow: float = 0.0) -> "Polygon":
        """What the other slab covers here for `s` along the common edge, as a local rectangle."""
        import shapely

        d = direction(self, other)
        q0, q1 = other.low - grow, other.low + other.thickness + grow
        corners = [(s[0], q0), (s[1], q0), (s[1], q1), (s[0], q1)]
        base = self.origin
        return shapely.Polygon(
            [
                (
                    (t - d @ base) * (d @ self.u) + (q - other.n @ base) * (other.n @ self.u),
                    (t - d @ base) * (d @ self.v) + (q - other.n @ base) * (other.n @ self.v),
                )
                for t, q in corners
            ]
        )

    def reach(self, other: "Plate") -> tuple[float, float] | None:
        """From where to where along the common edge this blank has material within the other slab."""
        import shapely

        d = direction(self, other)
        far = 1e5
        shared = shapely.intersection(self.blank, self.strip(other, (-far, far)), grid_size=GRID_MM)
        if shared.is_empty or shared.area < 1e-6:
            return None
        along = shapely.get_coordinates(shared) @ np.array([d @ self.u, d @ self.v]) + d @ self.origin
        return float(along.min()), float(along.max())


def direction(one: Plate, other: Plate) -> F64:
    """The unit vector along the edge that two perpendicular plates share; the same whichever comes first."""
    d = np.cross(one.n, other.n)
    d = d / np.linalg.norm(d)
    biggest = int(np.argmax(np.abs(d) > 0.5))
    return d if d[biggest] > 0 else -d


@dataclass(frozen=True, slots=True)
class Joint:
    """`teeth`: the stretches (mm along the edge) that `holder` leaves to `tooth`, before the play is taken."""

    holder: str
    tooth: str
    teeth: tuple[tuple[float, float], ...]
    span: tuple[float, float]
    kind: str


class Assembly:
    """Plates and their joints. `finger_mm` is the wished finger width, `play_mm` slot width minus tooth width."""

    def __init__(self, thickness: float, finger_mm: float, play_mm: float) -> None:
        with laser_extra():
            import shapely
        del shapely
        self.thickness = thickness
        self.finger_mm = finger_mm
        self.play_mm = play_mm
        self.plates: list[Plate] = []
        self.joints: list[Joint] = []

    def wall(
        self,
        name: str,
        axis: str,
        at: float,
        one: tuple[float, float],
        two: tuple[float, float],
        *,
        rank: int = 0,
    ) -> Plate:
        """A rectangular plate across `axis` from `at` to `at` + thickness; its ranges on the other two axes, in order."""
        import shapely

        for low, high in (one, two):
            if not high - low > self.thickness:
                raise InvalidOption(
                    f"The part {name!r} would be {high - low:.4g} mm wide, in material of {self.thickness:g} mm.",
                    hint="Make the box larger, or use thinner material or fewer compartments.",
                )
        return self.shaped(name, axis, at, shapely.box(one[0], two[0], one[1], two[1]), rank=rank)

    def shaped(self, name: str, axis: str, at: float, shape: "BaseGeometry", *, rank: int = 0) -> Plate:
        """A plate of any outline across `axis`: the outline's coordinates are those of the other two axes."""
        u, v = (np.array(w, np.float64) for w in _AXES[axis])
        n = 1 - u - v
        plate = Plate(name, at * n, u, v, n, self.thickness, shape, rank)
        self.plates.append(plate)
        return plate

    def tilted(self, name: str, origin: Any, v: Any, shape: "BaseGeometry", *, rank: int = 0) -> Plate:
        """A plate whose local x is the world's x, and local y the direction `v` (y, z) from `origin` (y, z)."""
        up = np.array([0.0, *v]) / math.hypot(*v)
        u = np.array([1.0, 0.0, 0.0])
        plate = Plate(name, np.array([0.0, *origin]), u, up, np.cross(u, up), self.thickness, shape, rank)
        self.plates.append(plate)
        return plate

    def copy(self, plate: Plate, name: str, shift: tuple[float, float, float]) -> Plate:
        """A second, unjointed plate of the same blank, moved."""
        twin = Plate(
            name,
            plate.origin + np.array(shift),
            plate.u,
            plate.v,
            plate.n,
            plate.thickness,
            plate.blank,
            plate.rank,
        )
        self.plates.append(twin)
        return twin

    def finger(self, one: Plate, other: Plate) -> None:
        """A finger joint along the edge of both: the plate of higher rank keeps both ends."""
        holder, tooth = (one, other) if one.rank >= other.rank else (other, one)
        self._divide(holder, tooth, "finger", grow=0.0)

    def fingers(self, *plates: Plate) -> None:
        """Finger joints between all perpendicular plates of the list that share an edge."""
        for i, one in enumerate(plates):
            for other in plates[i + 1 :]:
                if abs(one.n @ other.n) < 1e-9 and one.reach(other) and other.reach(one):
                    self.finger(one, other)

    def slot(self, holder: Plate, tooth: Plate) -> None:
        """Tabs of `tooth`, which ends at the far face of `holder`, through slots within `holder`."""
        self._divide(holder, tooth, "slot", grow=self.play_mm / 2)

    def cross(self, one: Plate, other: Plate) -> None:
        """A half lap: `one` keeps the lower half of the common bar, `other` the upper."""
        low, high = self._span(one, other)
        middle, gap = (low + high) / 2, self.play_mm / 4
        far = 2.0 * self.thickness
        one.cut(one.strip(other, (middle - gap, high + far), self.play_mm / 2))
        other.cut(other.strip(one, (low - far, middle + gap), self.play_mm / 2))
        self.joints.append(Joint(one.name, other.name, ((middle, high),), (low, high), "cross"))

    def _span(self, one: Plate, other: Plate) -> tuple[float, float]:
        here, there = one.reach(other), other.reach(one)
        if here is None or there is None or min(here[1], there[1]) - max(here[0], there[0]) <= 0:
            raise InvalidOption(
                f"The parts {one.name!r} and {other.name!r} do not meet.", hint="Make the box larger."
            )
        return max(here[0], there[0]), min(here[1], there[1])

    def _divide(self, holder: Plate, tooth: Plate, kind: str, grow: float) -> None:
        low, high = self._span(holder, tooth)
        first, last = low + self._corner(holder, tooth, low, 1), high - self._corner(holder, tooth, high, -1)
        edges = finger_edges(first, last, self.finger_mm, f"{holder.name} and {tooth.name}")
        teeth = tuple((float(a), float(b)) for a, b in zip(edges[1:-1:2], edges[2:-1:2], strict=True))
        gap = self.play_mm / 4
        far = 2.0 * self.thickness
        for a, b in teeth:
            holder.cut(holder.strip(tooth, (a - gap, b + gap), grow))
        starts = [low - far, *(b - gap for _, b in teeth)]
        ends = [*(a + gap for a, _ in teeth), high + far]
        for a, b in zip(starts, ends, strict=True):
            tooth.cut(tooth.strip(holder, (a, b), 0.0))
        self.joints.append(Joint(holder.name, tooth.name, teeth, (low, high), kind))

    def _corner(self, one: Plate, other: Plate, at: float, inwards: int) -> float:
        """How much of the bar's end at `at` lies within a third plate that stands across it."""
        d = direction(one, other)
        for third in self.plates:
            along = float(third.n @ d)
            if third in (one, other) or abs(abs(along) - 1) > 1e-9:
                continue
            ends = sorted((third.low * along, (third.low + third.thickness) * along))
            deep = ends[1] - at if inwards > 0 else at - ends[0]
            if (
                ends[0] - _SNAPPED_MM <= at <= ends[1] + _SNAPPED_MM
                and deep > _SNAPPED_MM
                and third.reach(one)
                and third.reach(other)
            ):
                return deep
        return 0.0


def finger_edges(low: float, high: float, finger_mm: float, where: str) -> F64:
    """The borders of an odd number of equal fingers, three at least, near the wished width."""
    length = high - low
    if not length >= 3 * MIN_FINGER_MM:
        raise InvalidOption(
            f"The edge between {where} has {max(length, 0):.3g} mm for fingers; three need {3 * MIN_FINGER_MM:g} mm.",
            hint="Make the box larger, or use thinner material or fewer compartments.",
        )
    count = max(3, int(length / finger_mm + 1e-9))
    return np.linspace(low, high, count - (count % 2 == 0) + 1)
