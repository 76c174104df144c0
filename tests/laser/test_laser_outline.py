"""Outlines lie where the grey values say, close, and carry no specks; the SVG has them at true size."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bottega.laser.outline import outline, picture_outline, signed_area
from bottega.laser.size import Grid
from bottega.laser.svg import true_size_svg


def disc(size: int, x: float, y: float, radius: float) -> np.ndarray:
    """Antialiased darkness of a disc; coordinates from the upper left corner of the picture."""
    centres = np.arange(size) + 0.5
    distance = np.hypot(centres[None, :] - x, centres[:, None] - y)
    return np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)


@pytest.mark.parametrize("radius", [10.0, 25.3, 40.75])
def test_a_disc_is_found_to_a_fraction_of_a_pixel(radius: float) -> None:
    (ring,) = outline(disc(100, 50.2, 49.6, radius), 0.5, tolerance_px=0.02)
    error = np.abs(np.hypot(ring[:, 0] - 50.2, ring[:, 1] - 49.6) - radius)
    assert float(error.mean()) < 0.04
    assert math.isclose(signed_area(ring), math.pi * radius**2, rel_tol=0.01)


def test_simplification_stays_within_its_tolerance() -> None:
    (ring,) = outline(disc(200, 100, 100, 80), 0.5, tolerance_px=0.12)
    assert len(ring) < 120
    assert float(np.abs(np.hypot(*(ring - 100).T) - 80).max()) < 0.2


def test_holes_turn_the_other_way() -> None:
    rings = outline(disc(100, 50, 50, 40) - disc(100, 50, 50, 20), 0.5)
    areas = sorted(signed_area(ring) for ring in rings)
    assert [round(area / math.pi) for area in areas] == pytest.approx([-400, 1600], rel=0.02)


def test_specks_and_pinholes_are_dropped() -> None:
    picture = disc(100, 50, 50, 30)
    picture[5, 5] = 1
    picture[50, 50] = 0
    assert len(outline(picture, 0.5)) == 3
    assert len(outline(picture, 0.5, min_area_px=10)) == 1


def test_the_border_of_the_picture_closes_what_it_cuts() -> None:
    (ring,) = outline(np.ones((30, 40), np.float32), 0.5)
    assert signed_area(ring) == pytest.approx(30 * 40, abs=1)


def test_touching_squares_stay_closed() -> None:
    picture = np.zeros((20, 20), np.float32)
    picture[4:10, 4:10] = picture[10:16, 10:16] = 1
    assert sum(signed_area(ring) for ring in outline(picture, 0.5)) == pytest.approx(72, abs=3)


def test_transparency_gives_the_silhouette_and_grey_the_tonal_contour() -> None:
    grid = Grid(100, 100, 50, 50)
    shape = disc(100, 50, 50, 30)
    rings, kind = picture_outline(np.full((100, 100), 0.5, np.float32), shape, grid)
    assert kind == "silhouette"
    assert signed_area(rings[0]) == pytest.approx(math.pi * 15**2, rel=0.02)
    rings, kind = picture_outline(1 - shape, None, grid)
    assert kind == "tonal contour"
    assert signed_area(rings[0]) == pytest.approx(math.pi * 15**2, rel=0.03)


SVG = "{http://www.w3.org/2000/svg}"


def test_svg_has_its_true_size_and_its_layers() -> None:
    ring = np.array([[1.0, 1.0], [60.25, 1.0], [60.25, 40.0004]])
    text = true_size_svg(Grid(1000, 500, 101.6, 50.8), png=b"png", outline=[ring], title="A <b> & \x00 c")
    root = ET.fromstring(text)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == (
        "101.6mm",
        "50.8mm",
        "0 0 101.6 50.8",
    )
    assert root.findtext(f"{SVG}title") == "A <b> &  c"
    image = root.find(f"{SVG}g[@id='engraving']/{SVG}image")
    assert image is not None
    assert (image.get("width"), image.get("height")) == ("101.6", "50.8")
    layer = root.find(f"{SVG}g[@id='outline']")
    assert layer is not None
    assert (layer.get("fill"), layer.get("stroke")) == ("none", "#FF0000")
    assert [path.get("d") for path in layer] == ["M1,1 60.25,1 60.25,40Z"]
