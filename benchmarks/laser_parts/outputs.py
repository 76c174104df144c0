"""Files: do all formats of one drawing have the same geometry when others read them, how fast, how large?

`rows(quick)` returns (name, value, aim, passed, anchor). Readers: svgelements, ezdxf with its auditor, pypdf (left out
where it is not installed), and the vertex lists of the LightBurn file.
"""

import io
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from assembled import Row
from bottega.errors import BottegaError
from bottega.laser.dxf import write_dxf
from bottega.laser.geometry import Curve, Drawing, Operation, Path, RasterImage, path_from_curves
from bottega.laser.layers import BurnSettings
from bottega.laser.lightburn import write_lbrn2
from bottega.laser.pdf import write_pdf
from bottega.laser.raster_png import write_png
from bottega.laser.svg import write_svg
from bottega.laser.svg_in import read_svg

SIDE_MM = 300.0
AGREE_MM = 0.01
PER_POINT = 72 / 25.4
BURN = {operation.value: BurnSettings(50, 1200) for operation in Operation}


def rows(quick: bool = False) -> list[Row]:
    """All rows; `quick` takes 20 random drawings instead of 200, and a tenth of the large one."""
    return [
        *_agreement(20 if quick else 200),
        *_speed(250 if quick else 2_500),
        *_refusals(50 if quick else 500),
    ]


def random_drawing(seed: int, count: int = 12) -> Drawing:
    """Cut lines only, in file order, so that readers need no layers: half polylines, half closed curves."""
    rng = np.random.default_rng(seed)
    paths: list[Path] = []
    for i in range(count):
        points = rng.uniform(0, SIDE_MM, (int(rng.integers(3, 12)), 2)).round(4)
        if i % 2:
            paths.append(Path(points, bool(rng.integers(2))))
            continue
        centre, radius = rng.uniform(60, SIDE_MM - 60, 2), float(rng.uniform(1, 60))
        paths.append(path_from_curves(_wobbly(rng, centre, radius), closed=True))
    return Drawing(tuple(paths), SIDE_MM, SIDE_MM)


def _wobbly(rng: np.random.Generator, centre: np.ndarray, radius: float) -> list[Curve]:
    angles = np.linspace(0, 2 * np.pi, 7)
    radii = radius * rng.uniform(0.5, 1, 7)
    radii[-1] = radii[0]
    at = centre + np.column_stack((np.cos(angles), np.sin(angles))) * radii[:, None]
    along = np.column_stack((-np.sin(angles), np.cos(angles))) * radii[:, None] * 0.35
    return [
        Curve(tuple(at[i]), tuple(at[i] + along[i]), tuple(at[i + 1] - along[i + 1]), tuple(at[i + 1]))
        for i in range(6)
    ]


def _agreement(count: int) -> Iterable[Row]:
    worst: dict[str, float] = {}
    for seed in range(count):
        drawing = random_drawing(seed)
        for name, read in READERS.items():
            try:
                found = read(drawing)
            except ModuleNotFoundError:
                continue
            worst[name] = max(worst.get(name, 0.0), _distance(found, drawing))
    for name, value in worst.items():
        yield Row(
            f"{name}: worst distance over {count} drawings",
            f"{value:.4f} mm",
            f"{AGREE_MM} mm",
            value <= AGREE_MM,
            "the drawing itself",
        )


def _distance(found: list[np.ndarray], drawing: Drawing) -> float:
    import shapely

    if len(found) != len(drawing.paths):
        return float("inf")
    worst = 0.0
    for points, path in zip(found, drawing.paths, strict=True):
        line = np.vstack((path.points, path.points[:1])) if path.closed else path.points
        worst = max(
            worst, float(shapely.hausdorff_distance(shapely.LineString(points), shapely.LineString(line)))
        )
    return worst


def _svg(drawing: Drawing) -> list[np.ndarray]:
    import svgelements as se

    steps = np.linspace(0, 1, 257)[1:]
    found: list[np.ndarray] = []
    document: Any = se.SVG.parse(io.BytesIO(write_svg(drawing)), reify=True, ppi=25.4)
    for shape in document.elements():
        if isinstance(shape, se.Path):
            points: list[Any] = []
            for segment in shape:
                curve = isinstance(segment, se.CubicBezier)
                points += list(segment.npoint(steps)) if curve else [segment.end]
            found.append(np.array([tuple(point) for point in points], float))
    return found


def _svg_ours(drawing: Drawing) -> list[np.ndarray]:
    paths = read_svg(write_svg(drawing)).paths
    return [np.vstack((p.points, p.points[:1])) if p.closed else p.points for p in paths]


def _dxf(drawing: Drawing, version: Any = "R2000") -> list[np.ndarray]:
    import ezdxf

    document = ezdxf.read(io.StringIO(write_dxf(drawing, version=version).decode("cp1252")))
    if document.audit().errors:
        raise AssertionError("the auditor found errors")
    found: list[np.ndarray] = []
    for entity in document.modelspace():
        light = entity.dxftype() == "LWPOLYLINE"
        points = [p[:2] for p in entity.get_points()] if light else [(v.x, v.y) for v in entity.points()]
        if entity.closed if light else entity.is_closed:
            points.append(points[0])
        found.append(np.array(points) * (1, -1) + (0, SIDE_MM))
    return found


def _pdf(drawing: Drawing) -> list[np.ndarray]:
    import pypdf

    found: list[list[np.ndarray]] = []
    steps = np.linspace(0, 1, 257)[1:, None]

    def visit(operator: bytes, operands: list[Any], matrix: list[float], _: list[float]) -> None:
        if operator not in (b"m", b"l", b"c", b"h"):
            return
        a, b, c, d, e, f = matrix
        pairs = np.array([float(v) for v in operands]).reshape(-1, 2)
        at = pairs @ np.array([[a, b], [c, d]]) + (e, f)
        at = np.column_stack((at[:, 0] / PER_POINT, SIDE_MM - at[:, 1] / PER_POINT))
        if operator == b"m":
            found.append([at[0]])
        elif operator == b"l":
            found[-1].append(at[0])
        elif operator == b"h":
            found[-1].append(found[-1][0])
        else:
            t, s, start = steps, 1 - steps, found[-1][-1]
            found[-1].extend(s**3 * start + 3 * s * s * t * at[0] + 3 * s * t * t * at[1] + t**3 * at[2])

    page = pypdf.PdfReader(io.BytesIO(write_pdf(drawing)), strict=True).pages[0]
    page.extract_text(visitor_operand_before=visit)
    return [np.array(points) for points in found]


def _lbrn2(drawing: Drawing) -> list[np.ndarray]:
    """The vertex lists, y from the front; drawings here have straight paths and rings of curves alone, so primitives are
    implied."""
    found: list[np.ndarray] = []
    shapes = ET.fromstring(write_lbrn2(drawing, settings=BURN)).iter("Shape")
    for shape, path in zip(shapes, drawing.paths, strict=True):
        vertices = re.findall(
            r"V(-?[\d.]+) (-?[\d.]+)((?:c[01][xy]-?[\d.]+)+)", shape.findtext("VertList") or ""
        )
        points = [np.array([float(x), float(y)]) for x, y, _ in vertices]
        handles = [
            {k: float(v) for k, v in re.findall(r"(c[01][xy])(-?[\d.]+)", text)} for _, _, text in vertices
        ]
        if path.curves:
            found.append(_bezier_ring(points, handles))
        else:
            found.append(np.array([*points, points[0]] if path.closed else points))
    return [line * (1, -1) + (0, SIDE_MM) for line in found]


def _bezier_ring(points: list[np.ndarray], handles: list[dict[str, float]]) -> np.ndarray:
    t = np.linspace(0, 1, 257)[:, None]
    s = 1 - t
    pieces: list[np.ndarray] = []
    for i, start in enumerate(points):
        j = (i + 1) % len(points)
        leave = np.array([handles[i]["c0x"], handles[i]["c0y"]])
        arrive = np.array([handles[j]["c1x"], handles[j]["c1y"]])
        pieces.append(s**3 * start + 3 * s * s * t * leave + 3 * s * t * t * arrive + t**3 * points[j])
    return np.vstack(pieces)


READERS: dict[str, Callable[[Drawing], list[np.ndarray]]] = {
    "SVG, svgelements": _svg,
    "SVG, read_svg": _svg_ours,
    "DXF R2000, ezdxf": _dxf,
    "DXF R12, ezdxf": lambda drawing: _dxf(drawing, "R12"),
    "PDF, pypdf": _pdf,
    "lbrn2, vertex lists": _lbrn2,
}


def _speed(count: int) -> Iterable[Row]:
    drawing = random_drawing(1, count)
    dots = RasterImage(np.random.default_rng(1).random((1000, 1000)) < 0.5, 0, 0, 100, 100)
    writers: dict[str, Callable[[], bytes]] = {
        "svg": lambda: write_svg(drawing),
        "dxf": lambda: write_dxf(drawing),
        "pdf": lambda: write_pdf(drawing),
        "lbrn2": lambda: write_lbrn2(drawing, settings=BURN),
        "png of 1 Mpx of dots": lambda: write_png(Drawing((), 100, 100, (dots,))),
    }
    for name, write in writers.items():
        began = time.perf_counter()
        data = write()
        seconds = time.perf_counter() - began
        what = name if name.startswith("png") else f"{name} of {count} paths"
        aim = 3.0 if name == "dxf" else 2.0  # ezdxf takes some 10 microseconds a point
        yield Row(
            f"write {what}", f"{seconds:.2f} s, {len(data) / 1e3:.0f} kB", f"{aim:g} s", seconds <= aim, "-"
        )
    began = time.perf_counter()
    read_svg(write_svg(drawing))
    seconds = time.perf_counter() - began
    yield Row(f"write and read svg of {count} paths", f"{seconds:.2f} s", "5 s", seconds <= 5, "-")


def _refusals(count: int) -> Iterable[Row]:
    """Files with random damage either end in one of our errors or give finite geometry."""
    whole = write_svg(random_drawing(3, 4))
    outcomes = {"read": 0, "refused": 0, "wrong": 0}
    for seed in range(count):
        rng = np.random.default_rng(seed)
        data = bytearray(whole)
        for _ in range(int(rng.integers(1, 8))):
            at = int(rng.integers(len(data)))
            data[at : at + int(rng.integers(0, 3))] = bytes(
                rng.integers(32, 127, int(rng.integers(0, 3))).tolist()
            )
        try:
            drawing = read_svg(bytes(data))
        except BottegaError:
            outcomes["refused"] += 1
        else:
            finite = all(np.isfinite(path.points).all() for path in drawing.paths)
            outcomes["read" if finite else "wrong"] += 1
    value = ", ".join(f"{count} {name}" for name, count in outcomes.items())
    yield Row(f"{count} damaged SVG files", value, "0 wrong, no other error", outcomes["wrong"] == 0, "-")
