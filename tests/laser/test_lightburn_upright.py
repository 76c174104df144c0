"""A LightBurn project, read as on a GRBL machine with its zero in front on the left, burns where the G-code burns."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
from PIL import Image

from bottega.laser.gcode_check import Machining, check_gcode
from bottega.laser.geometry import Drawing, Operation, Path
from bottega.laser.job import EngraveSettings
from bottega.laser.studio import engrave
from bottega.laser.studio_cut import CutSettings, cut

ASYMMETRIC = np.full((60, 60), 255, np.uint8)
ASYMMETRIC[:20, :10] = 0  # a tall bar at the upper left
ASYMMETRIC[50:, 10:50] = 0  # and a wide one at the bottom


def test_a_picture_is_upright_and_in_its_place() -> None:
    settings = EngraveSettings(width_mm=30, dither="threshold")
    made = engrave(ASYMMETRIC, settings, ("gcode", "lbrn2"))
    shape = next(ET.fromstring(made.files["lbrn2"]).iter("Shape"))
    _, _, _, upright, x, y = map(float, (shape.findtext("XForm") or "").split())
    width, height = float(shape.get("W", "")), float(shape.get("H", ""))
    black = ~np.asarray(Image.open(io.BytesIO(base64.b64decode(shape.get("Data", "")))))
    assert upright == 1
    rows, columns = np.nonzero(black)
    pitch = width / black.shape[1]
    from_picture = np.column_stack(
        (x - width / 2 + (columns + 0.5) * pitch, y + height / 2 - (rows + 0.5) * pitch)
    )
    burns = check_gcode(made.files["gcode"].decode(), Machining()).burns
    from_gcode = (burns[:, :2] + burns[:, 2:4]) / 2 - made.report["origin_mm"]
    weights = np.abs(burns[:, 2] - burns[:, 0])
    assert np.allclose(from_picture.mean(axis=0), np.average(from_gcode, axis=0, weights=weights), atol=0.1)
    assert from_picture[:, 1].mean() < height / 2  # the wide bar at the bottom is heavier


def test_lines_lie_where_the_gcode_cuts() -> None:
    corner = Path(np.array([(10.0, 5.0), (30.0, 5.0), (10.0, 20.0)]), True, Operation.CUT)
    made = cut(Drawing((corner,), 60, 50), CutSettings(kerf_mm=0.0), ("gcode", "lbrn2"))
    shape = next(ET.fromstring(made.files["lbrn2"]).iter("Shape"))
    told = re.findall(r"V(-?[\d.]+) (-?[\d.]+)", shape.findtext("VertList") or "")
    vertices = {(round(float(x), 2), round(float(y), 2)) for x, y in told}
    burns = check_gcode(made.files["gcode"].decode(), Machining()).burns
    ends = np.round(burns[:, :2] - made.report["origin_mm"], 2)
    assert vertices >= {(10.0, 45.0), (30.0, 45.0), (10.0, 30.0)}
    assert vertices <= set(map(tuple, ends.tolist()))
