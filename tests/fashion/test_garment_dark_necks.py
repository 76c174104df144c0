"""The front's edge of a neck with a label in it: a smooth curve on black cloth, and the same in the mirrored picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.fashion.garment.collar import find_inner_collar
from bottega.fashion.garment.cutout import cut_out
from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.garment.shape import describe

RENDERED = Path(__file__).parent / "rendered"


def product(name, mirrored):
    rgb = np.asarray(Image.open(RENDERED / f"product_{name}.jpg").convert("RGB"))
    return np.ascontiguousarray(rgb[:, ::-1]) if mirrored else rgb


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_front_s_edge_on_black_cloth_is_a_smooth_even_curve_where_the_cloth_gets_darker(mirrored):
    cut = cut_out(product("tee_black_print", mirrored), None, 0)
    shape = describe(cut.mask)
    inside = find_inner_collar(cut.lab, cut.mask, shape).area
    columns = np.flatnonzero(inside.any(axis=0))
    edge = len(inside) - 1 - inside[::-1, columns].argmax(axis=0)
    within = slice(8, len(columns) - 8)
    across = (columns - columns.mean())[within] / len(columns)
    smooth = np.polyval(np.polyfit(across, edge[within], 4), across)
    assert np.abs(edge[within] - smooth).max() < 1.2
    assert np.abs(edge[within] - edge[within][::-1]).mean() < 0.03 * shape.chest
    # Beside the label it parts the dark inside, L* 8, from the front, L* 15.
    for column in (columns[len(columns) // 4], columns[-len(columns) // 4]):
        row = int(edge[np.flatnonzero(columns == column)[0]])
        assert cut.lab[row - 4, column, 0] < 11 < cut.lab[row + 3, column, 0]


def test_the_neck_of_a_mirrored_picture_is_found_as_in_the_picture_itself():
    seen = [parse_garment(product("blouse_blue", mirrored)) for mirrored in (False, True)]
    rows = [garment.landmarks["collar_front"][1] for garment in seen]
    assert abs(rows[0] - rows[1]) < 5
    assert (np.abs(seen[0].alpha - seen[1].alpha[:, ::-1]) > 0.5).sum() < 400
