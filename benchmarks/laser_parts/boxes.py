"""Boxes: of every design many random sizes, assembled and cut in software. Do they fit, is every outline simple?

`rows(quick)` returns (name, value, aim, passed, anchor). The anchor's figures are those of boxes.py 2026-08, measured on
three of its designs: the fit is right to 0.009 mm, and every outline with a kerf crosses itself.
"""

import random
import sys
import time
from dataclasses import dataclass, field

import shapely

from assembled import Row
from bottega.errors import InvalidOption
from bottega.laser.boxes import DESIGNS, Box, BoxSettings, assemble, make_box
from bottega.laser.boxes.beam import cut_error_mm
from bottega.laser.boxes.fit import check_fit
from bottega.laser.geometry import Operation, is_simple

FIT_MM = 0.01
MOST_TRIES = 20
"""For each box: sizes that leave no room for a design's parts are refused, and drawn again."""


@dataclass(slots=True)
class Tally:
    made: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list[str])
    fit_mm: float = 0.0
    cut_mm: float = 0.0
    overlap_mm3: float = 0.0
    crossing: int = 0
    rings: int = 0
    lost: int = 0
    use: list[float] = field(default_factory=list[float])


def random_settings(rng: random.Random) -> BoxSettings:
    """From a box for a ring to a crate, in veneer to thick board, tight or with play."""
    side = 10 ** rng.uniform(1.6, 2.6)
    return BoxSettings(
        x_mm=side * rng.uniform(0.5, 1.5),
        y_mm=side * rng.uniform(0.5, 1.5),
        z_mm=side * rng.uniform(0.4, 1.2),
        outer=rng.random() < 0.5,
        thickness_mm=rng.uniform(1, 8),
        finger_mm=rng.uniform(3, 40),
        play_mm=rng.choice([0.0, rng.uniform(0, 0.3)]),
        gap_mm=rng.uniform(0.05, 1),
        kerf_x_mm=rng.uniform(0.02, 0.4),
        kerf_y_mm=rng.choice([None, rng.uniform(0.02, 0.4)]),
        columns=rng.randint(1, 5),
        rows=rng.randint(1, 5),
        count=rng.randint(1, 4),
        labels=rng.random() < 0.5,
        sheet_width_mm=2000,
        sheet_height_mm=2000,
    )


def rows(quick: bool = False) -> list[Row]:
    each = 1 if quick else 100
    tally = Tally()
    for design in DESIGNS:
        _measure(design, each, tally)
    boxes = f"{tally.made} boxes of {len(DESIGNS)} designs"
    fit = tally.fit_mm + 2 * tally.cut_mm
    return [
        Row(f"{boxes}: do not go together", str(len(tally.faults)), "0", not tally.faults, ""),
        Row("fit error in joints, as cut", f"{fit:.4f} mm", f"<= {FIT_MM} mm", fit <= FIT_MM, "boxes.py 0.009 mm"),
        Row("of it edges moved for the kerf", f"{tally.cut_mm:.5f} mm", "", None, ""),
        Row(
            "volume shared by two parts, worst",
            f"{tally.overlap_mm3:.4f} mm3",
            "<= 0.01 mm3",
            tally.overlap_mm3 <= 0.01,
            "",
        ),
        Row(
            "outlines that cross themselves or others",
            f"{tally.crossing} of {tally.rings}",
            "0",
            tally.crossing == 0,
            "boxes.py 172 of 172",
        ),
        Row("details lost to the kerf", str(tally.lost), "0", tally.lost == 0, ""),
        Row(f"boxes made of those asked for, {each} a design", *_share(tally, each), ""),
    ]  # fmt: skip


def _share(tally: Tally, each: int) -> tuple[str, str, bool]:
    wanted = each * len(DESIGNS)
    value = f"{tally.made} of {wanted}, {tally.refused} sizes refused"
    return value, "all", tally.made == wanted


def _measure(design: str, each: int, tally: Tally) -> None:
    rng = random.Random(design)
    began = time.process_time()
    made = 0
    for _ in range(each * MOST_TRIES):
        if made == each:
            break
        settings = random_settings(rng)
        try:
            fit = check_fit(assemble(design, settings))
        except InvalidOption:
            tally.refused += 1
            continue
        made += 1
        tally.fit_mm = max(tally.fit_mm, fit.fit_error_mm)
        tally.overlap_mm3 = max(tally.overlap_mm3, fit.overlap_mm3)
        if fit.faults:
            tally.faults.append(f"{design}: {fit.faults[0]}")
            print(f"{design}: {fit.faults[0]} with {settings}", file=sys.stderr)
            continue
        _judge(make_box(design, settings), settings, tally)
    tally.made += made
    print(f"{design}: {made} boxes, {time.process_time() - began:.1f} s of one core", file=sys.stderr)


def _judge(box: Box, settings: BoxSettings, tally: Tally) -> None:
    kerf_y = settings.kerf_x_mm if settings.kerf_y_mm is None else settings.kerf_y_mm
    tally.lost += len(box.report["lost_to_kerf"])
    for drawn, sheet in zip(box.nominal, box.sheets, strict=True):
        error = cut_error_mm(drawn, sheet, settings.kerf_x_mm, kerf_y)
        if error > FIT_MM / 2:
            print(f"{box.design}: edges {error:.4f} mm off with {settings}", file=sys.stderr)
        tally.cut_mm = max(tally.cut_mm, error)
        closed = [path for path in sheet.paths if path.operation is Operation.CUT and path.closed]
        tally.rings += len(closed)
        lines = [shapely.LinearRing(path.points) for path in closed]
        tree = shapely.STRtree(lines)
        one, other = tree.query(lines, predicate="intersects")
        wrong = sum(not is_simple(path) for path in closed) + int((one < other).sum())
        if wrong:
            print(f"{box.design}: {wrong} outlines cross with {settings}", file=sys.stderr)
        tally.crossing += wrong
