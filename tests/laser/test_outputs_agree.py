"""Every file of one drawing, read back by readers that are not ours, has the same geometry to 0.01 mm."""

import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bottega.laser.dxf import write_dxf
from bottega.laser.geometry import Curve, Drawing, Operation, Path, path_from_curves
from bottega.laser.layers import ORDER, BurnSettings
from bottega.laser.lightburn import write_lbrn2
from bottega.laser.pdf import write_pdf
from bottega.laser.svg import write_svg
from bottega.laser.svg_in import read_svg

shapely = pytest.importorskip("shapely")
ezdxf = pytest.importorskip("ezdxf")
svgelements = pytest.importorskip("svgelements")

WIDTH, HEIGHT = 200.0, 120.0
BURN = {operation.value: BurnSettings(50, 1200, passes=2) for operation in Operation}
STEPS = np.linspace(0, 1, 257)

Line = tuple[np.ndarray, bool]
"""Points in mm, y down, and whether the first follows the last."""

coordinate = st.tuples(
    st.integers(0, int(WIDTH * 100)).map(lambda v: v / 100),
    st.integers(0, int(HEIGHT * 100)).map(lambda v: v / 100),
)
operations = st.sampled_from(list(Operation))


@st.composite
def polylines(draw: st.DrawFn) -> Path:
    operation = draw(operations)
    points = draw(st.lists(coordinate, min_size=3, max_size=12, unique=True))
    assume(shapely.Polygon(points).area > 1)  # a fill without an inside is none
    return Path(np.array(points), operation.filled or draw(st.booleans()), operation, draw(names))


@st.composite
def curved(draw: st.DrawFn) -> Path:
    operation = draw(operations)
    knots = draw(st.lists(coordinate, min_size=4, max_size=13, unique=True))
    curves: list[Curve] = []
    for i in range(0, len(knots) - 3, 3):
        straight = draw(st.booleans())
        a, b, c, d = knots[i : i + 4]
        curves.append(Curve.line(a, d) if straight else Curve(a, b, c, d))
    assume(shapely.Polygon([curves[0].start, *(p for c in curves for p in (c.control_2, c.end))]).area > 1)
    return path_from_curves(
        curves, closed=operation.filled or draw(st.booleans()), operation=operation, layer=draw(names)
    )


names = st.sampled_from(["", "lid", "Надпись", "a<b>&\"c'"])
drawings = st.lists(st.one_of(polylines(), curved()), min_size=1, max_size=6).map(
    lambda paths: Drawing(tuple(paths), WIDTH, HEIGHT)
)


RANDOM = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@given(drawing=drawings)
@RANDOM
def test_all_formats_of_a_random_drawing_agree(drawing: Drawing) -> None:
    wanted = [(path.points, path.closed) for path in in_burning_order(drawing)]
    svg = write_svg(drawing)
    assert_same(svg_lines(svg), wanted)
    assert_same(dxf_lines(write_dxf(drawing)), wanted)
    assert_same(dxf_lines(write_dxf(drawing, version="R12")), wanted)
    assert_same(lbrn2_lines(write_lbrn2(drawing, settings=BURN)), wanted)
    back = in_burning_order(read_svg(svg))
    assert_same([(path.points, path.closed) for path in back], wanted)
    assert [path.operation for path in back] == [path.operation for path in in_burning_order(drawing)]


@given(drawing=drawings)
@RANDOM
def test_the_pdf_of_a_random_drawing_agrees(drawing: Drawing) -> None:
    pypdf = pytest.importorskip("pypdf")
    wanted = [(path.points, path.closed) for path in in_burning_order(drawing)]
    assert_same(pdf_lines(pypdf, write_pdf(drawing)), wanted)


def in_burning_order(drawing: Drawing) -> list[Path]:
    """As the files have them: by operation, then by layer in the order of its first path."""
    layers: dict[tuple[int, str], list[Path]] = {}
    for path in drawing.paths:
        layers.setdefault((ORDER.index(path.operation), path.layer), []).append(path)
    return [path for key in sorted(layers, key=lambda key: key[0]) for path in layers[key]]


def assert_same(found: list[Line], wanted: list[Line]) -> None:
    assert len(found) == len(wanted)
    for (points, closed), (true_points, true_closed) in zip(found, wanted, strict=True):
        one, other = ring(points, closed), ring(true_points, true_closed)
        assert float(shapely.hausdorff_distance(one, other)) <= 0.01
        assert np.abs(np.subtract(one.coords[0], other.coords[0])).max() <= 0.001


def ring(points: np.ndarray, closed: bool):
    return shapely.LineString(np.vstack((points, points[:1])) if closed else points)


def bezier(a, b, c, d) -> np.ndarray:
    a, b, c, d = (np.asarray(p, float) for p in (a, b, c, d))
    t, s = STEPS[1:, None], 1 - STEPS[1:, None]
    return s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d


# --- Readers -------------------------------------------------------------------------------------------------


def svg_lines(data: bytes) -> list[Line]:
    """svgelements alone, at one unit per millimetre."""
    document = svgelements.SVG.parse(io.BytesIO(data), reify=True, ppi=25.4)
    assert abs(document.width - WIDTH) < 1e-3
    assert abs(document.height - HEIGHT) < 1e-3
    lines: list[Line] = []
    for shape in document.elements():
        if not isinstance(shape, svgelements.Path):
            continue
        for part in shape.as_subpaths():
            part = svgelements.Path(part)
            points = [np.asarray(part[0].end)]
            for segment in part[1:]:
                if isinstance(segment, svgelements.CubicBezier):
                    points += list(segment.npoint(STEPS[1:]))
                elif not isinstance(segment, svgelements.Close):
                    points.append(np.asarray(segment.end))
            lines.append((np.array(points, float), isinstance(part[-1], svgelements.Close)))
    return lines


def dxf_lines(data: bytes) -> list[Line]:
    """ezdxf, after its auditor found nothing; y turned down again."""
    document = ezdxf.read(io.StringIO(data.decode("cp1252")))
    auditor = document.audit()
    assert not auditor.errors
    assert not auditor.fixes
    lines: list[Line] = []
    for entity in document.modelspace():
        if entity.dxftype() == "LWPOLYLINE":
            points, closed = np.array(entity.get_points("xy")), entity.closed
        else:
            points, closed = np.array([(v.x, v.y) for v in entity.points()]), entity.is_closed
        lines.append((np.column_stack((points[:, 0], HEIGHT - points[:, 1])), bool(closed)))
    return lines


def pdf_lines(pypdf, data: bytes) -> list[Line]:
    """pypdf's operators under the matrices that it keeps, in points from the page's lower left, then mm."""
    page = pypdf.PdfReader(io.BytesIO(data), strict=True).pages[0]
    per_mm = 72 / 25.4
    assert abs(float(page.mediabox.width) - WIDTH * per_mm) < 1e-3
    assert abs(float(page.mediabox.height) - HEIGHT * per_mm) < 1e-3
    lines: list[Line] = []
    points: list[np.ndarray] = []

    def end(closed: bool) -> None:
        if points:
            lines.append((np.array(points), closed))
            points.clear()

    def visit(operator: bytes, operands: list, matrix: list[float], _text: list[float]) -> None:
        def place(x, y) -> np.ndarray:
            a, b, c, d, e, f = matrix
            x, y = float(x), float(y)
            return np.array([(a * x + c * y + e) / per_mm, HEIGHT - (b * x + d * y + f) / per_mm])

        if operator == b"m":
            end(False)
            points.append(place(*operands))
        elif operator == b"l":
            points.append(place(*operands))
        elif operator == b"c":
            corners = [place(*operands[i : i + 2]) for i in (0, 2, 4)]
            points.extend(bezier(points[-1], *corners))
        elif operator == b"h":
            end(True)
        elif operator in (b"S", b"f*"):
            end(False)

    page.extract_text(visitor_operand_before=visit)
    return lines


def lbrn2_lines(data: bytes) -> list[Line]:
    """The vertex and primitive lists as LightBurn's readers take them; y counts from the front, and is turned down again."""
    project = ET.fromstring(data)
    assert (project.get("MirrorX"), project.get("MirrorY")) == ("False", "False")
    lines: list[Line] = []
    for shape in project.iter("Shape"):
        assert shape.findtext("XForm") == "1 0 0 1 0 0"
        vertices = [vertex(text) for text in (shape.findtext("VertList") or "").split("V")[1:]]
        primitives = shape.findtext("PrimList") or ""
        count = len(vertices)
        if primitives == "LineClosed":
            steps = [("L", i, (i + 1) % count) for i in range(count)]
        else:
            steps = [(k, int(i), int(j)) for k, i, j in re.findall(r"([LB])(\d+) (\d+)", primitives)]
        assert all(before[2] == after[1] for before, after in pairwise(steps))
        points = [np.array(vertices[steps[0][1]]["V"])]
        for kind, i, j in steps:
            if kind == "B":
                points += list(
                    bezier(vertices[i]["V"], vertices[i]["c0"], vertices[j]["c1"], vertices[j]["V"])
                )
            else:
                points.append(np.array(vertices[j]["V"]))
        closed = steps[-1][2] == steps[0][1]
        found = np.array(points[:-1] if closed else points) * (1, -1) + (0, HEIGHT)
        lines.append((found, closed))
    return lines


def vertex(text: str) -> dict[str, tuple[float, float]]:
    number = r"(-?[\d.]+)"
    place = re.match(rf"{number} {number}", text)
    assert place is not None
    found = {"V": (float(place[1]), float(place[2]))}
    for name, x, y in re.findall(rf"(c[01])x{number}c[01]y{number}", text):
        found[name] = (float(x), float(y))
    return found
