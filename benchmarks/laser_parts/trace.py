"""Tracing against known geometry: edge error, overlap, nodes and time beside potrace; centre lines.

`rows(quick)` returns (name, value, aim, passed, anchor). potrace runs in the same process tree where its program is
installed; its outlines are read back with svgelements.
"""

import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path as File
from typing import Any

import cv2
import numpy as np
import shapely
import svgelements
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from assembled import Row
from bottega.laser.centerline import centerline
from bottega.laser.geometry import Path, region
from bottega.laser.trace import trace

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]
SIDE, FINE = 1024, 8
TURN = np.linspace(0, 2 * math.pi, 1440, endpoint=False)


def drawings() -> dict[str, BaseGeometry]:
    """Four drawings in pixels: rings, waving lines 2 to 10 px wide, blobs, stars."""
    rng = np.random.default_rng(1)

    def closed(x: float, y: float, radius: Any) -> BaseGeometry:
        return shapely.Polygon(
            np.column_stack((x + radius * np.cos(TURN), y + radius * np.sin(TURN)))
        ).buffer(0)

    sizes = [
        (200, 200, 150),
        (500, 150, 90),
        (700, 150, 40),
        (800, 150, 15),
        (300, 650, 240),
        (750, 700, 200),
    ]
    rings = [closed(x + 0.3, y + 0.6, r).difference(closed(x + 0.3, y + 0.6, 0.6 * r)) for x, y, r in sizes]
    blobs = [
        closed(
            100 + 165 * (i % 6),
            120 + 190 * (i // 6),
            40
            * (1 + 0.35 * sum(rng.normal() * np.cos(k * TURN + rng.uniform(0, 6)) / k for k in range(2, 7))),
        )
        for i in range(30)
    ]
    x = np.linspace(30, 990, 400)
    waves = [
        shapely.LineString(np.column_stack((x, 100 + 50 * i + 30 * np.sin((x - 30) / 960 * (5 + i))))).buffer(
            1 + i / 4
        )
        for i in range(16)
    ]
    stars: list[BaseGeometry] = []
    for i in range(12):
        angle = np.arange(10 + 2 * i) * math.pi / (5 + i)
        radius = np.where(np.arange(len(angle)) % 2, 40.0, 100.0)
        middle = (130 + 250 * (i % 4), 150 + 310 * (i // 4))
        stars.append(
            shapely.Polygon(
                np.column_stack((middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle)))
            )
        )
    return {
        name: shapely.union_all(parts)
        for name, parts in (("rings", rings), ("waves", waves), ("blobs", blobs), ("stars", stars))
    }


def render(shape: BaseGeometry) -> U8:
    """Area-sampled black on white; OpenCV fills half a fine pixel more than the shape, which is taken off first."""
    fine = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
    for part in shapely.get_parts(shapely.buffer(shape, -0.5 / FINE, join_style="mitre")):
        lines = [part.exterior, *part.interiors]
        rings = [np.rint((np.array(r.coords) * FINE - 0.5) * 256).astype(np.int32) for r in lines]
        cv2.fillPoly(fine, rings, (255.0,), shift=8)
    return 255 - np.asarray(cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def degrade(picture: U8) -> U8:
    """Soft, lit from one side, noisy, JPEG: as a phone sees a drawing."""
    light = 0.75 + 0.25 * np.add.outer(np.linspace(0, 0.6, SIDE), np.linspace(0, 0.4, SIDE))
    seen = (20 + cv2.GaussianBlur(picture.astype(np.float64), (0, 0), 0.8) * 0.86) * light
    seen += np.random.default_rng(0).normal(0, 5, seen.shape)
    coded = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def one_bit(picture: U8) -> U8:
    """Without a grey pixel, as from a fax or a drawing program that does not smooth."""
    return np.where(picture < 128, 0, 255).astype(np.uint8)


SEEN: dict[str, Callable[[U8], U8]] = {"clean": np.copy, "degraded": degrade, "one bit": one_bit}


def judged(rings: list[F64], truth: BaseGeometry) -> tuple[float, float]:
    """Mean distance of both edges from each other in px, and intersection over union."""
    mine = shapely.MultiLineString([np.vstack((r, r[:1])) for r in rings])
    edge = shapely.boundary(truth)
    there = shapely.points(shapely.get_coordinates(shapely.segmentize(mine, 1.0)))
    back = shapely.points(shapely.get_coordinates(shapely.segmentize(edge, 1.0)))
    area = region([Path(r, True) for r in rings])
    error = (shapely.distance(there, edge).mean() + shapely.distance(back, mine).mean()) / 2
    return float(error), area.intersection(truth).area / area.union(truth).area


def potrace(picture: U8) -> tuple[list[F64], int]:
    """Outlines in px and nodes of the potrace program at its default settings."""
    with tempfile.TemporaryDirectory() as folder:
        bitmap, drawing = File(folder) / "in.pbm", File(folder) / "out.svg"
        packed = np.packbits(picture < 128, axis=1).tobytes()
        bitmap.write_bytes(f"P4\n{SIDE} {SIDE}\n".encode() + packed)
        subprocess.run(["potrace", "-b", "svg", "--flat", "-o", str(drawing), str(bitmap)], check=True)
        elements = list(svgelements.SVG.parse(str(drawing), ppi=72).elements())
    rings: list[F64] = []
    nodes = 0
    for element in elements:
        if not isinstance(element, svgelements.Path):
            continue
        for part in element.as_subpaths():
            pieces = [
                p for p in svgelements.Path(part) if not isinstance(p, svgelements.Move) and p.length() > 1e-6
            ]
            nodes += len(pieces)
            points = [p.point(t) for p in pieces for t in np.linspace(0, 1, 9)[1:]]
            rings.append(np.array([(p.x, p.y) for p in points]) * 0.75)
    return rings, nodes


def _strokes() -> list[F64]:
    t = np.linspace(0, 1, 400)
    waves = [np.column_stack((40 + 940 * t, 60 + 60 * i + 25 * np.sin(t * (6 + 2 * i)))) for i in range(6)]
    grid = [np.array([[100.0 + 80 * i, 480], [130.0 + 80 * i, 960]]) for i in range(10)]
    return waves + grid + [np.array([[60.0, 520 + 90 * i], [960.0, 500 + 90 * i]]) for i in range(5)]


def rows(quick: bool = False) -> list[Row]:
    cases = drawings()
    if quick:
        cases = {name: cases[name] for name in ("rings", "stars")}
    found: list[Row] = []
    anchored = shutil.which("potrace") is not None
    for kind, aim, least in (("clean", 0.08, 0.985), ("degraded", 0.12, 0.985), ("one bit", 0.16, 0.975)):
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        nodes = [0, 0]
        seconds = 0.0
        for shape in cases.values():
            picture = SEEN[kind](render(shape))
            begin = time.process_time()
            tracing = trace(picture, width_mm=SIDE / 10)
            seconds += time.process_time() - begin
            ours.append(judged([p.points * 10 for p in tracing.drawing.paths], shape))
            nodes[0] += tracing.report.nodes
            if anchored:
                rings, count = potrace(picture)
                theirs.append(judged(rings, shape))
                nodes[1] += count
        error, overlap = (float(np.mean([o[i] for o in ours])) for i in (0, 1))
        anchor = f"potrace {np.mean([t[0] for t in theirs]):.3f}" if theirs else "potrace not installed"
        other = f"potrace {np.mean([t[1] for t in theirs]):.4f}" if theirs else "potrace not installed"
        pace = seconds / (len(cases) * SIDE * SIDE / 1e6)
        found += [
            Row(f"trace, {kind}: edge error (px)", f"{error:.3f}", f"<= {aim}", error <= aim, anchor),
            Row(f"trace, {kind}: IoU", f"{overlap:.4f}", f">= {least}", overlap >= least, other),
            Row(
                f"trace, {kind}: nodes",
                str(nodes[0]),
                "<= potrace",
                nodes[0] <= nodes[1] if anchored else None,
                f"potrace {nodes[1]}" if anchored else "potrace not installed",
            ),
            Row(f"trace, {kind}: CPU s per Mpx", f"{pace:.2f}", "<= 0.5", pace <= 0.5, ""),
        ]
    return found + _middle_rows()


def _middle_rows() -> list[Row]:
    strokes = _strokes()
    picture = render(shapely.union_all([shapely.LineString(s).buffer(3) for s in strokes]))
    result = centerline(picture, width_mm=SIDE / 10)
    truth = shapely.MultiLineString(strokes)
    mine = shapely.MultiLineString([p.points * 10 for p in result.drawing.paths])
    there = shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(mine, 1.0))), truth)
    back = shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(truth, 1.0))), mine)
    both = np.concatenate((there, back))
    mean, far, missed = float(both.mean()), float(np.percentile(both, 95)), float((back > 3).mean())
    ratio, count = mine.length / truth.length, len(result.drawing.paths) / len(strokes)
    return [
        Row(
            "centre line: mean distance (px)",
            f"{mean:.3f}",
            "<= 0.35",
            mean <= 0.35,
            "autotrace 0.72 (earlier run)",
        ),
        Row("centre line: 95 % (px)", f"{far:.2f}", "<= 1.0", far <= 1, "autotrace 1.6 (earlier run)"),
        Row(
            "centre line: length ratio", f"{ratio:.3f}", "0.98-1.02", abs(ratio - 1) <= 0.02, "autotrace 0.90"
        ),
        Row("centre line: strokes", f"{count:.2f}", "0.9-1.2", 0.9 <= count <= 1.2, "autotrace 0.93"),
        Row("centre line: missed (%)", f"{100 * missed:.2f}", "<= 0.3", missed <= 0.003, "autotrace 1.5"),
    ]
