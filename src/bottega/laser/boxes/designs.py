"""The designs: each adds its plates and joints to an assembly, from the inner size (x, y, z) in mm.

x runs to the right, y to the back, z up; the cavity begins at the origin. Registered in `DESIGNS`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bottega.errors import InvalidOption
from bottega.laser.boxes.case import Case, capsule, case, disc, reshape, slits, spread
from bottega.laser.boxes.plates import GRID_MM, Assembly, Plate
from bottega.laser.boxes.settings import BoxSettings
from bottega.laser.geometry import RasterImage

Build = Callable[[Assembly, BoxSettings, float, float, float], None]


@dataclass(frozen=True, slots=True)
class Design:
    """`lids`: how many thicknesses the outer height has beyond the inner one."""

    id: str
    title: str
    build: Build
    lids: int


DESIGNS: dict[str, Design] = {}


def design(name: str, title: str, lids: int = 1) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        DESIGNS[name] = Design(name, title, build, lids)
        return build

    return register


def need(condition: bool, what: str) -> None:
    """Raises InvalidOption when the size leaves no room for a feature."""
    if not condition:
        raise InvalidOption(
            f"The box is too small for {what}.", hint="Make it larger, or the material thinner."
        )


@design("closed", "Closed box", 2)
def closed(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    engrave(case(a, (0, x), (0, y), (0, z))["top"], s, x, y)


@design("tray", "Open tray")
def tray(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    case(a, (0, x), (0, y), (0, z), without=("top",))


@design("divider-tray", "Tray with compartments")
def divider_tray(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    dividers(a, s, case(a, (0, x), (0, y), (0, z), without=("top",)), x, y, z)


@design("pen-holder", "Pen holder")
def pen_holder(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    dividers(a, s, case(a, (0, x), (0, y), (0, z), without=("top",)), x, y, 0.7 * z)


@design("grid", "Divider grid without a box", 0)
def grid(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    t = a.thickness
    across = [
        a.wall(f"across {i}", "x", at, (0, y), (0, z))
        for i, at in enumerate(spread(0, x, s.columns + 1, t), 1)
    ]
    along = [
        a.wall(f"along {i}", "y", at, (0, x), (0, z)) for i, at in enumerate(spread(0, y, s.rows + 1, t), 1)
    ]
    need(x > 3 * t * (s.columns + 1) and y > 3 * t * (s.rows + 1), "that many dividers")
    for one in across:
        for other in along:
            a.cross(one, other)


@design("lidded", "Box with a lift-off lid")
def lidded(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    case(a, (0, x), (0, y), (0, z), without=("top",))
    lift_off(a, s, x, y, z, 0.4 * z)


@design("gift", "Gift box with an engraved picture on the lid")
def gift(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    case(a, (0, x), (0, y), (0, z), without=("top",))
    engrave(lift_off(a, s, x, y, z, 0.35 * z)["top"], s, x, y)


@design("card-box", "Card box with a divider and a lift-off lid")
def card_box(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    body = case(a, (0, x), (0, y), (0, z), without=("top",))
    middle = a.wall("divider", "x", (x - a.thickness) / 2, (-a.thickness, y + a.thickness), (0, z))
    need(x > 6 * a.thickness, "a divider")
    a.slot(body["front"], middle)
    a.slot(body["back"], middle)
    lift_off(a, s, x, y, z, 0.5 * z)


@design("sliding-lid", "Box with a sliding lid in rails")
def sliding_lid(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    t, g = a.thickness, s.gap_mm
    rail = max(1.5 * t, 4.0)
    lid = z - rail - g - t
    need(lid - g - rail > t + 3 and x > 5 * t, "a sliding lid")
    case(a, (0, x), (0, y), (0, z), without=("top",), heights={"front": lid - g})
    for side, at in (("left", 0.0), ("right", x - t)):
        a.wall(f"upper rail {side}", "x", at, (0, y), (z - rail, z))
        a.wall(f"lower rail {side}", "x", at, (0, y), (lid - g - rail, lid - g))
    cover = a.wall("lid", "z", lid, (g, x - g), (-t, y - g))
    if min(x, y) > 40:
        cover.cut(disc(x / 2, 8, 6))
    engrave(cover, s, x, y)


@design("hinged-lid", "Box with a lid on pins")
def hinged_lid(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t, g = a.thickness, s.gap_mm
    radius = t / math.sqrt(2) + max(g, s.play_mm) / 2
    pivot, under = y - radius - 1.5 * t, z - 2 * t
    need(pivot > 3 * t and under > 3 and x > 4 * t, "a lid on pins")
    walls = case(a, (0, x), (0, y), (0, z), without=("top",), heights={"front": under})
    for side in ("left", "right"):
        walls[side].cut(disc(pivot, under + t / 2, radius))
    lid = shapely.box(g, -t, x - g, pivot + t / 2)
    ears = shapely.box(-t, pivot - t / 2, x + t, pivot + t / 2)
    engrave(a.shaped("lid", "z", under, shapely.union_all([lid, ears], grid_size=GRID_MM)), s, x, pivot)


@design("living-hinge", "Box with a lid that bends in a living hinge")
def living_hinge(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t = a.thickness
    bend = max(4 * t, 10.0)
    flap_height = z - bend
    need(flap_height > 2 * t + 3 and y > bend + 4 * t, "a living hinge")
    walls = case(a, (0, x), (0, y), (0, z), without=("top",), heights={"back": z - bend}, join=False)
    corner = (y + t - bend, z - bend)
    for side in ("left", "right"):
        straight = shapely.difference(walls[side].blank, shapely.box(*corner, y + t, z), grid_size=GRID_MM)
        quarter = shapely.intersection(disc(*corner, bend), shapely.box(*corner, y + t, z))
        reshape(walls[side], shapely.union_all([straight, quarter], grid_size=GRID_MM))
    a.fingers(*walls.values())
    lid = a.wall("lid", "z", z, (-t, x + t), (-t, corner[0]))
    flap = a.wall("flap", "y", y + t, (-t, x + t), (0, corner[1]))
    strip = math.pi / 2 * (bend + t / 2)
    lid.flat = shapely.box(-t, -t, x + t, corner[0] + strip + flap_height)
    lid.slits = slits(
        (-t, x + t), (corner[0], corner[0] + strip), max(0.6 * t, 1.5), min(25.0, (x + 2 * t) / 3), 3.0
    )
    flap.printed = False
    engrave(lid, s, x, corner[0])


@design("drawer", "Cabinet with drawers", 2)
def drawer(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    t, g = a.thickness, s.gap_mm
    walls = case(a, (0, x), (0, y), (0, z), without=("front",))
    floors = shelves(a, walls, spread(0, z, s.count, t), x, y)
    for k, low in enumerate([0.0, *(f + t for f in floors)], 1):
        high = [*floors, z][k - 1]
        need(high - low > 2 * t + 2 * g + 5, "that many drawers")
        box = case(
            a,
            (t + g, x - t - g),
            (t, y - t - g),
            (low + t + g, high - g),
            without=("top",),
            prefix=f"drawer {k} ",
        )
        if high - low > 24 and x > 60:
            box["front"].cut(disc(x / 2, (low + high + t) / 2, min(10.0, (high - low) / 4 - t)))


@design("shelf", "Shelf", 2)
def shelf(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    need(z > 2 * a.thickness * (s.count + 1), "that many shelves")
    walls = case(a, (0, x), (0, y), (0, z), without=("front",))
    shelves(a, walls, spread(0, z, s.count + 1, a.thickness), x, y)


@design("pigeonholes", "Pigeonholes", 2)
def pigeonholes(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    t = a.thickness
    walls = case(a, (0, x), (0, y), (0, z), without=("front",))
    levels = [
        a.wall(f"shelf {i}", "z", at, (-t, x + t), (0, y)) for i, at in enumerate(spread(0, z, s.rows, t), 1)
    ]
    posts = [
        a.wall(f"upright {i}", "x", at, (0, y), (-t, z + t))
        for i, at in enumerate(spread(0, x, s.columns, t), 1)
    ]
    need(x > 4 * t * s.columns and z > 4 * t * s.rows, "that many compartments")
    for level in levels:
        a.slot(walls["left"], level)
        a.slot(walls["right"], level)
    for post in posts:
        a.slot(walls["bottom"], post)
        a.slot(walls["top"], post)
        for level in levels:
            a.cross(level, post)


@design("matchbox", "Tray in a sleeve")
def matchbox(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    t, g = a.thickness, s.gap_mm
    case(a, (0, x), (0, y), (0, z), without=("top",), prefix="tray ")
    sleeve = case(
        a,
        (-t - g, x + t + g),
        (-t, y + t),
        (-t - g, z + g),
        without=("front", "back"),
        prefix="sleeve ",
    )
    engrave(sleeve["top"], s, x, y)


@design("tissue-box", "Tissue box", 2)
def tissue_box(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    case(a, (0, x), (0, y), (0, z))["top"].cut(capsule(x / 2, y / 2, 0.6 * x, 0.3 * min(x, y)))


@design("coin-bank", "Coin bank", 2)
def coin_bank(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    need(x > 45 and y > 12, "a coin slot of 35 mm")
    case(a, (0, x), (0, y), (0, z))["top"].cut(capsule(x / 2, y / 2, 35, 4))


@design("birdhouse", "Nesting box with an entrance", 2)
def birdhouse(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    walls = case(a, (0, x), (0, y), (0, z))
    walls["front"].cut(disc(x / 2, 0.65 * z, min(16.0, x / 4, z / 4)))
    for k in (0.25, 0.75):
        walls["bottom"].cut(disc(k * x, y / 2, min(3.0, x / 10, y / 10)))


@design("cable-box", "Cable box", 2)
def cable_box(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    walls = case(a, (0, x), (0, y), (0, z))
    for side in ("left", "right"):
        walls[side].cut(capsule(y / 2, z / 2, 0.5 * y, 0.4 * min(y, z)))


@design("lantern", "Lantern", 1)
def lantern(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    walls = case(a, (0, x), (0, y), (0, z), without=("top",))
    for name, width in (("front", x), ("back", x), ("left", y), ("right", y)):
        walls[name].cut(shapely.box(0.2 * width, 0.2 * z, 0.8 * width, 0.8 * z))


@design("planter", "Planter with drain holes")
def planter(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    floor = case(a, (0, x), (0, y), (0, z), without=("top",))["bottom"]
    for i in range(s.columns):
        for j in range(s.rows):
            centre = (x * (i + 0.5) / s.columns, y * (j + 0.5) / s.rows)
            floor.cut(disc(*centre, min(3.0, x / s.columns / 5, y / s.rows / 5)))


@design("crate", "Crate with handles")
def crate(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    walls = case(a, (0, x), (0, y), (0, z), without=("top",))
    for side in ("left", "right"):
        walls[side].cut(capsule(y / 2, 0.7 * z, 0.5 * y, min(0.2 * z, 0.4 * y)))


@design("tool-tote", "Tool tote with a handle")
def tool_tote(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t = a.thickness
    need(y > 7 * t, "a handle")
    walls = case(a, (0, x), (0, y), (0, z), without=("top",))
    lower, upper = shapely.box(-t, 0, x + t, z), shapely.box(0, 0, x, 1.9 * z)
    outline = shapely.union_all([lower, upper], grid_size=GRID_MM)
    handle = a.shaped("handle", "y", (y - t) / 2, outline)
    handle.cut(capsule(x / 2, 1.55 * z, 0.6 * x, 0.3 * min(x, z)))
    a.slot(walls["left"], handle)
    a.slot(walls["right"], handle)


@design("magazine-file", "Magazine file")
def magazine_file(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t = a.thickness
    low = 0.4 * z
    walls = case(a, (0, x), (0, y), (0, z), without=("top",), heights={"front": low}, join=False)
    for side in ("left", "right"):
        outline = [(-t, -t), (y + t, -t), (y + t, z), (0.6 * y, z), (0, low), (-t, low)]
        reshape(walls[side], shapely.Polygon(outline))
    a.fingers(*walls.values())


@design("desk-organiser", "Desk organiser with a step")
def desk_organiser(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t = a.thickness
    low, step = 0.5 * z, 0.5 * y
    need(y > 8 * t, "a step")
    walls = case(a, (0, x), (0, y), (0, z), without=("top",), heights={"front": low}, join=False)
    for side in ("left", "right"):
        outline = [(-t, -t), (y + t, -t), (y + t, z), (step - t, z), (step - t, low), (-t, low)]
        reshape(walls[side], shapely.Polygon(outline))
    a.fingers(*walls.values())
    wall = a.wall("step", "y", step, (-t, x + t), (0, z))
    a.slot(walls["left"], wall)
    a.slot(walls["right"], wall)


@design("monitor-stand", "Monitor stand", 1)
def monitor_stand(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    case(a, (0, x), (0, y), (0, z), without=("front", "bottom"))


@design("book-sleeve", "Slip case open at the front", 2)
def book_sleeve(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    walls = case(a, (0, x), (0, y), (0, z), without=("front",))
    notch = min(0.15 * z, 0.3 * y)
    for side in ("left", "right"):
        walls[side].cut(shapely.intersection(disc(0, z / 2, notch), shapely.box(-1, 0, y, z)))


@design("frame", "Picture frame of three layers", 0)
def frame(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t, rim = a.thickness, max(10.0, 0.12 * min(x, y))
    outer = shapely.box(-rim, -rim, x + rim, y + rim)
    lip = min(4.0, 0.1 * min(x, y))
    a.shaped("back", "z", 0, outer)
    opening = shapely.box(-s.gap_mm, -s.gap_mm, x + s.gap_mm, y + rim)
    a.shaped("spacer", "z", t, shapely.difference(outer, opening, grid_size=GRID_MM))
    front = a.shaped("front", "z", 2 * t, shapely.difference(outer, shapely.box(lip, lip, x - lip, y - lip)))
    front.name = "front"


@design("phone-stand", "Phone stand", 0)
def phone_stand(a: Assembly, s: BoxSettings, x: float, y: float, z: float) -> None:
    import shapely

    t = a.thickness
    lean = math.radians(70)
    up, out = np.array([math.cos(lean), math.sin(lean)]), np.array([-math.sin(lean), math.cos(lean)])
    ledge = 14.0 + 2 * t
    need(z > 30 and z > 8 * t and x > 4 * t, "a phone stand")
    base = np.array([ledge, 3 * t])
    a_side = [
        base + out * (-t * 3) + up * (z + t),
        base + out * (t) + up * (z + t),
        base + out * (ledge + t) + up * (-2 * t),
        base + out * (ledge + t) + up * (t),
    ]
    points = [*a_side, np.array([0.0, 0.0]), np.array([base[0] + 0.5 * z, 0.0])]
    outline = shapely.convex_hull(shapely.MultiPoint(points))
    sides = [a.shaped(name, "x", at, outline, rank=3) for name, at in (("left", -t), ("right", x))]
    back = a.tilted("back", base, up, shapely.box(-t, 0, x + t, z), rank=2)
    rest = a.tilted("ledge", base, out, shapely.box(-t, 0, x + t, ledge), rank=1)
    for side in sides:
        a.slot(side, back)
        a.slot(side, rest)
    del rest


# --- Shared pieces -------------------------------------------------------------------------------------------


def dividers(a: Assembly, s: BoxSettings, walls: Case, x: float, y: float, height: float) -> None:
    """Crossing dividers that stand on the bottom, tabbed into the walls."""
    t = a.thickness
    need(x > 4 * t * s.columns and y > 4 * t * s.rows, "that many compartments")
    across = [
        a.wall(f"across {i}", "x", at, (-t, y + t), (0, height))
        for i, at in enumerate(spread(0, x, s.columns, t), 1)
    ]
    along = [
        a.wall(f"along {i}", "y", at, (-t, x + t), (0, height))
        for i, at in enumerate(spread(0, y, s.rows, t), 1)
    ]
    for plate in across:
        a.slot(walls["front"], plate)
        a.slot(walls["back"], plate)
    for plate in along:
        a.slot(walls["left"], plate)
        a.slot(walls["right"], plate)
        for other in across:
            a.cross(plate, other)


def shelves(a: Assembly, walls: Case, levels: list[float], x: float, y: float) -> list[float]:
    """Shelves tabbed into the left, right and back wall; their levels."""
    t = a.thickness
    for i, at in enumerate(levels, 1):
        board = a.wall(f"shelf {i}", "z", at, (-t, x + t), (0, y + t))
        for side in ("left", "right", "back"):
            a.slot(walls[side], board)
    return levels


def lift_off(a: Assembly, s: BoxSettings, x: float, y: float, z: float, height: float) -> Case:
    """A lid with walls, over the body's, resting on them."""
    t, g = a.thickness, s.gap_mm
    side = t + g
    return case(a, (-side, x + side), (-side, y + side), (z - height, z), without=("bottom",), prefix="lid ")


def engrave(plate: Plate, s: BoxSettings, x: float, y: float) -> None:
    """The settings' picture in the middle of a face whose cavity is `x` by `y`, as large as fits with its aspect."""
    if s.picture is None:
        return
    rows, columns = s.picture.shape
    factor = 0.8 * min(x / columns, y / rows)
    width, height = columns * factor, rows * factor
    plate.rasters.append(
        RasterImage(s.picture, (x - width) / 2, (y + height) / 2, width, height, f"Picture on {plate.name}")
    )
