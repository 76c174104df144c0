"""Boxes, assembled in software: every joint fits, nothing overlaps, every part is one simple outline."""

import random
from dataclasses import replace

import numpy as np
import pytest

from bottega.errors import InvalidOption, TooLarge
from bottega.laser.boxes import DESIGNS, BoxSettings, assemble, make_box
from bottega.laser.boxes.fit import check_fit, overlap_mm3, unfilled_mm
from bottega.laser.geometry import Operation, is_simple
from bottega.laser.nest import pack


def random_settings(rng: random.Random, play: float) -> BoxSettings:
    return BoxSettings(
        x_mm=rng.uniform(80, 300),
        y_mm=rng.uniform(80, 250),
        z_mm=rng.uniform(60, 200),
        outer=rng.random() < 0.5,
        thickness_mm=rng.uniform(1.5, 5),
        finger_mm=rng.uniform(8, 25),
        play_mm=play,
        columns=rng.randint(1, 3),
        rows=rng.randint(1, 3),
        count=rng.randint(1, 2),
    )


@pytest.mark.parametrize("design", list(DESIGNS))
def test_a_random_box_goes_together_without_overlap_or_gap(design: str) -> None:
    rng = random.Random(design)
    tight = assemble(design, random_settings(rng, 0.0))
    report = check_fit(tight)
    assert report.faults == ()
    assert max((unfilled_mm(tight, joint) for joint in tight.joints), default=0) <= 0.01
    assert check_fit(assemble(design, random_settings(rng, 0.15))).faults == ()


def test_the_check_sees_a_part_that_is_too_long() -> None:
    assembly = assemble("closed", BoxSettings())
    front, left = (next(p for p in assembly.plates if p.name == n) for n in ("front", "left"))
    front.shape = front.blank
    assert overlap_mm3(front, left) > 1
    assert not check_fit(assembly).passed


def test_the_inside_is_as_asked_and_the_outside_with_outer() -> None:
    sizes = {p.name: p.size_mm for p in make_box("closed", BoxSettings(x_mm=100, y_mm=80, z_mm=50)).parts}
    assert sizes["front"] == pytest.approx((106, 56))
    assert sizes["top"] == pytest.approx((106, 86))
    outer = {
        p.name: p.size_mm
        for p in make_box("closed", BoxSettings(x_mm=100, y_mm=80, z_mm=50, outer=True)).parts
    }
    assert outer["front"] == pytest.approx((100, 50))


def test_kerf_is_added_in_x_and_y_separately_and_outlines_stay_simple() -> None:
    box = make_box("closed", BoxSettings(kerf_x_mm=0.2, kerf_y_mm=0.1))
    assert box.report["lost_to_kerf"] == []
    pairs = zip(box.nominal[0].paths, box.sheets[0].paths, strict=True)
    for before, after in pairs:
        if before.operation is Operation.CUT:
            assert is_simple(after)
            assert np.ptp(after.points, axis=0) - np.ptp(before.points, axis=0) == pytest.approx(
                (0.2, 0.1), abs=1e-4
            )


def test_the_picture_of_a_gift_box_is_on_its_lid_with_its_aspect() -> None:
    picture = np.eye(20, 30, dtype=bool)
    (raster,) = make_box("gift", BoxSettings(picture=picture)).sheets[0].rasters
    long, short = max(raster.width_mm, raster.height_mm), min(raster.width_mm, raster.height_mm)
    assert long / short == pytest.approx(1.5)


@pytest.mark.parametrize(
    "change",
    [{"x_mm": float("nan")}, {"x_mm": 0}, {"z_mm": 10_000}, {"thickness_mm": 0}, {"play_mm": -1}, {"columns": 0}, {"x_mm": 5}],
)  # fmt: skip
def test_sizes_that_make_no_box_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidOption):
        make_box("closed", replace(BoxSettings(), **change))


def test_a_part_larger_than_the_sheet_is_refused_and_many_take_several_sheets() -> None:
    with pytest.raises(TooLarge, match="does not fit"):
        make_box("closed", BoxSettings(x_mm=900))
    packing = pack([(90, 90)] * 9, 200, 200)
    assert packing.sheets == 3
