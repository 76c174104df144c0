"""Clip paths, edges of symbols and white on black: what is burnt is what the file shows, point by point."""

import base64
import io
import math
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from bottega.errors import InvalidOption, UnsupportedMedia
from bottega.laser.geometry import Drawing, Operation, bounds, length
from bottega.laser.raster_png import write_png
from bottega.laser.svg_in import open_svg, read_svg

pytest.importorskip("svgelements")

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="20mm" viewBox="0 0 20 20">'
ALL = '<rect width="20" height="20" clip-path="url(#c)"/>'
DISC = '<circle cx="8" cy="9" r="5"/>'
CLIP = f'<clipPath id="c">{DISC}</clipPath>'
RED = 'fill="none" stroke="red" stroke-width="0.1"'

Truth = Callable[[np.ndarray, np.ndarray], np.ndarray]


def drawn(body: str) -> Drawing:
    return read_svg((HEAD + body + "</svg>").encode())


def burnt(drawing: Drawing) -> np.ndarray:
    """Which of 200 x 200 points, 0.1 mm apart, burn."""
    with Image.open(io.BytesIO(write_png(drawing, interval_mm=0.1))) as picture:
        return np.asarray(picture.convert("L")) < 128


def wanted(truth: Truth) -> np.ndarray:
    y, x = (np.mgrid[0:200, 0:200] + 0.5) / 10
    return truth(x, y)


def disc(x0: float, y0: float, rx: float, ry: float | None = None) -> Truth:
    return lambda x, y: ((x - x0) / rx) ** 2 + ((y - y0) / (ry or rx)) ** 2 < 1


def box(left: float, top: float, width: float, height: float) -> Truth:
    return lambda x, y: (x > left) & (x < left + width) & (y > top) & (y < top + height)


def both(one: Truth, other: Truth) -> Truth:
    return lambda x, y: one(x, y) & other(x, y)


def either(one: Truth, other: Truth) -> Truth:
    return lambda x, y: one(x, y) | other(x, y)


def without(one: Truth, other: Truth) -> Truth:
    return lambda x, y: one(x, y) & ~other(x, y)


TWO = '<rect width="10" height="10"/><rect x="5" y="5" width="10" height="10"/>'
RINGS = "M2 2h16v16h-16zM6 6h8v8h-8z"
PIXELS = io.BytesIO()
Image.new("L", (20, 20), 0).save(PIXELS, "PNG")
PICTURE = "data:image/png;base64," + base64.b64encode(PIXELS.getvalue()).decode()

SEEN: dict[str, tuple[str, Truth]] = {
    "a shape": (CLIP + ALL, disc(8, 9, 5)),
    "the clip after it": (ALL + CLIP, disc(8, 9, 5)),
    "quoted in a style": (CLIP + ALL.replace('clip-path="url(#c)"', """style="fill:#000; clip-path : url('#c')" """), disc(8, 9, 5)),
    "a style sheet": (f"<style>rect{{clip-path:url(#c)}}</style>{CLIP}<rect width='20' height='20'/>", disc(8, 9, 5)),
    "a group": (f'{CLIP}<g clip-path="url(#c)">{TWO}</g>', both(disc(8, 9, 5), either(box(0, 0, 10, 10), box(5, 5, 10, 10)))),
    "a moved group": (
        f'{CLIP}<g transform="translate(2 1) scale(1.5)" clip-path="url(#c)"><rect width="9" height="9"/></g>',
        both(disc(14, 14.5, 7.5), box(2, 1, 13.5, 13.5)),
    ),
    "a turned shape": (
        '<clipPath id="c"><rect x="-3" y="-3" width="6" height="6"/></clipPath>'
        '<rect x="-9" y="-9" width="18" height="18" transform="translate(10 10) rotate(45)" clip-path="url(#c)"/>',
        lambda x, y: np.abs(x - 10) + np.abs(y - 10) < 3 * math.sqrt(2),
    ),
    "the clip's own transform": (
        f'<clipPath id="c" transform="translate(3 2) scale(0.5)">{DISC}</clipPath>{ALL}', disc(7, 6.5, 2.5)
    ),
    "a transform in the clip": (
        f'<clipPath id="c"><circle r="1" transform="translate(10 8) scale(6 3)"/></clipPath>{ALL}', disc(10, 8, 6, 3)
    ),
    "units of the box": (
        '<clipPath id="c" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".5"/></clipPath>'
        '<rect x="2" y="4" width="10" height="6" clip-path="url(#c)"/>',
        disc(7, 7, 5, 3),
    ),
    "percentages of the box of a moved group": (
        '<clipPath id="c" clipPathUnits="objectBoundingBox"><rect width="50%" height="25%"/></clipPath>'
        f'<g transform="translate(1 2)" clip-path="url(#c)">{TWO}</g>',
        box(1, 2, 7.5, 3.75),
    ),
    "an even-odd clip": (
        f'<clipPath id="c"><path clip-rule="evenodd" d="{RINGS}"/></clipPath>{ALL}', without(box(2, 2, 16, 16), box(6, 6, 8, 8))
    ),
    "a nonzero clip, whatever the fill rule": (
        f'<clipPath id="c"><path fill-rule="evenodd" d="{RINGS}"/></clipPath>{ALL}', box(2, 2, 16, 16)
    ),
    "a rule from around the clip, not from around its use": (
        f'<g clip-rule="evenodd"><clipPath id="c"><path d="{RINGS}"/></clipPath></g><g clip-rule="nonzero">{ALL}</g>',
        without(box(2, 2, 16, 16), box(6, 6, 8, 8)),
    ),
    "shapes of a clip together": (
        f'<clipPath id="c">{TWO}</clipPath>{ALL}', either(box(0, 0, 10, 10), box(5, 5, 10, 10))
    ),
    "a clip of no paint": (
        f'<clipPath id="c"><g fill="none" opacity="0">{DISC}</g></clipPath>{ALL}', disc(8, 9, 5)
    ),
    "what is hidden in a clip": (
        f'<clipPath id="c">{DISC}<rect width="20" height="20" display="none"/>'
        f'<rect width="20" height="20" visibility="hidden"/></clipPath>{ALL}',
        disc(8, 9, 5),
    ),
    "a clipped clip": (
        f'<clipPath id="d"><rect width="8" height="20"/></clipPath><clipPath id="c" clip-path="url(#d)">{DISC}</clipPath>{ALL}',
        both(disc(8, 9, 5), box(0, 0, 8, 20)),
    ),
    "a clipped shape in a clip": (
        '<clipPath id="d"><rect width="8" height="20"/></clipPath><clipPath id="c">'
        f'<circle cx="8" cy="9" r="5" clip-path="url(#d)"/><rect x="15" width="2" height="2"/></clipPath>{ALL}',
        either(both(disc(8, 9, 5), box(0, 0, 8, 20)), box(15, 0, 2, 2)),
    ),
    "clips in clips": (
        f'{CLIP}<clipPath id="d"><rect x="6" y="6" width="9" height="9"/></clipPath>'
        f'<g clip-path="url(#d)"><g transform="translate(2 0)">{ALL}</g></g>',
        both(disc(10, 9, 5), box(6, 6, 9, 9)),
    ),
    "a use in a clip": (
        f'<defs><circle id="s" r="4"/></defs><clipPath id="c"><use href="#s" x="6" y="7"/></clipPath>{ALL}', disc(6, 7, 4)
    ),
    "a use that is clipped": (
        f'<defs><rect id="s" width="9" height="9"/></defs>{CLIP}<use href="#s" x="4" y="2" clip-path="url(#c)"/>',
        both(disc(8, 9, 5), box(4, 2, 9, 9)),
    ),
    "a clone of what is clipped": (
        f'{CLIP}<defs><rect id="s" width="9" height="12" clip-path="url(#c)"/></defs><use href="#s" transform="translate(4 3)"/>',
        both(disc(12, 12, 5), box(4, 3, 9, 12)),
    ),
    "an inner drawing": (
        '<svg x="3" y="4" width="6" height="5" viewBox="0 0 12 10"><circle cx="6" cy="5" r="6"/></svg>',
        both(disc(6, 6.5, 3), box(3, 4, 6, 5)),
    ),
    "an inner drawing with room beside it": (
        '<svg x="2" y="4" width="10" height="4" viewBox="0 0 4 4"><rect x="-9" width="30" height="30"/></svg>', box(2, 4, 10, 4)
    ),
    "an inner drawing that overflows": (
        '<svg x="3" y="4" width="6" height="5" viewBox="0 0 12 10" style="overflow:visible"><circle cx="6" cy="5" r="6"/></svg>',
        disc(6, 6.5, 3),
    ),
    "a symbol": (
        '<symbol id="s" viewBox="0 0 10 10"><circle cx="10" cy="10" r="10"/></symbol><use href="#s" x="2" y="3" width="8" height="8"/>',
        both(disc(10, 11, 8), box(2, 3, 8, 8)),
    ),
    "a clipped symbol and its use": (
        f'<symbol id="s" viewBox="0 0 20 20" clip-path="url(#c)"><rect width="20" height="20"/></symbol>{CLIP}'
        '<clipPath id="d"><rect width="6" height="20"/></clipPath><use href="#s" width="10" height="10" clip-path="url(#d)"/>',
        both(disc(4, 4.5, 2.5), box(0, 0, 6, 20)),
    ),
    "a picture": (
        f'{CLIP}<image width="20" height="20" href="{PICTURE}" clip-path="url(#c)"/>', disc(8, 9, 5)
    ),
    "a picture that covers its frame": (
        f'<image x="4" y="2" width="6" height="12" preserveAspectRatio="xMidYMid slice" href="{PICTURE}"/>', box(4, 2, 6, 12)
    ),
    "a picture at the end of its frame": (
        f'<image x="4" y="2" width="6" height="12" preserveAspectRatio="xMaxYMax" href="{PICTURE}"/>', box(4, 8, 6, 6)
    ),
    "overlapping shapes": (TWO, either(box(0, 0, 10, 10), box(5, 5, 10, 10))),
    "overlapping parts of a path": (
        '<path d="M0 0h10v10h-10zM5 5h10v10h-10z"/>', either(box(0, 0, 10, 10), box(5, 5, 10, 10))
    ),
    "a path that goes round twice": (f'<path d="{RINGS}"/>', box(2, 2, 16, 16)),
    "an hourglass, whose halves cancel out": (
        '<path d="M4 4h12L4 16h12z"/>',
        lambda x, y: (np.abs(x - 10) < np.abs(y - 10)) & (np.abs(y - 10) < 6),
    ),
    "a path with a hole": (f'<path fill-rule="evenodd" d="{RINGS}"/>', without(box(2, 2, 16, 16), box(6, 6, 8, 8))),
    "a path with a hole by its turn": (
        '<path d="M2 2h16v16h-16zM6 6v8h8v-8z"/>', without(box(2, 2, 16, 16), box(6, 6, 8, 8))
    ),
    "a grey shape on a black one": (
        '<rect width="10" height="10"/><rect x="5" y="5" width="10" height="10" fill="#808080"/>',
        either(box(0, 0, 10, 10), box(5, 5, 10, 10)),
    ),
    "colours of one layer": (
        '<g id="lid"><rect width="10" height="10"/><rect x="2" y="2" width="5" height="5" fill="#00e000"/></g>', box(0, 0, 10, 10)
    ),
    "white on black": (
        '<rect width="10" height="10"/><circle cx="5" cy="5" r="3" fill="#fff"/><rect x="4" y="4" width="2" height="2"/>',
        either(without(box(0, 0, 10, 10), disc(5, 5, 3)), box(4, 4, 2, 2)),
    ),
    "white that is nearly clear": (
        '<rect width="10" height="10"/><rect width="5" height="5" fill="#fff" fill-opacity="0.2"/>', box(0, 0, 10, 10)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_what_burns_is_what_is_seen(name: str) -> None:
    body, truth = SEEN[name]
    found, right = burnt(drawn(body)), wanted(truth)
    # Points whose neighbours differ lie on an edge, where either answer is rounding.
    edge = np.zeros_like(right)
    for axis in (0, 1):
        for step in (-1, 1):
            edge |= np.roll(right, step, axis) != right
    assert right.any()
    assert not (found ^ right)[~edge].any()


def test_areas_of_two_colours_that_meet_leave_no_seam() -> None:
    body = '<rect width="10" height="9.05"/><rect y="9.05" width="10" height="9" fill="#808080"/>'
    with Image.open(io.BytesIO(write_png(drawn(body), interval_mm=0.1))) as picture:
        assert np.asarray(picture.convert("L"))[:180, :100].max() == 0


def test_the_g_code_burns_what_the_preview_shows() -> None:
    from bottega.laser.scan import scan_paths, scanned_mm

    body, truth = SEEN["a grey shape on a black one"]
    rows = scan_paths(drawn(body).paths, 0.1)
    assert scanned_mm(rows) * 0.1 == pytest.approx(wanted(truth).sum() / 100, rel=0.02)


def test_clipped_lines_are_cut_where_the_clip_ends() -> None:
    clip = '<clipPath id="c"><rect width="20" height="10"/></clipPath>'
    (arc,) = drawn(f'{clip}<circle cx="10" cy="10" r="6" {RED} clip-path="url(#c)"/>').paths
    assert (arc.operation, arc.closed) == (Operation.CUT, False)
    assert length(arc) == pytest.approx(6 * math.pi, abs=0.01)
    assert bounds(arc) == pytest.approx((4, 4, 16, 10), abs=0.01)


def test_a_closed_line_cut_once_is_one_piece() -> None:
    clip = '<clipPath id="c"><rect width="12" height="20"/></clipPath>'
    (piece,) = drawn(f'{clip}<rect x="5" y="5" width="10" height="10" {RED} clip-path="url(#c)"/>').paths
    assert len(piece.points) == 4
    assert length(piece) == pytest.approx(24, abs=0.01)


def test_what_a_clip_does_not_touch_stays_as_it_is_drawn() -> None:
    clip = '<clipPath id="c"><rect x="3" y="4" width="10" height="10"/></clipPath>'
    body = f'<rect x="3" y="4" width="10" height="10" {RED}/><circle cx="8" cy="9" r="5" stroke="blue"/>'
    free, clipped = drawn(body).paths, drawn(f'{clip}<g clip-path="url(#c)">{body}</g>').paths
    assert len(free) == 3
    for one, other in zip(free, clipped, strict=True):
        assert (one.closed, one.operation, one.curves) == (other.closed, other.operation, other.curves)
        assert np.array_equal(one.points, other.points)


def test_cutting_everything_cuts_along_the_edge_of_what_is_seen() -> None:
    drawing = read_svg(f"{HEAD}{CLIP}{ALL}</svg>".encode(), operation=Operation.CUT)
    (path,) = drawing.paths
    assert (path.closed, path.operation) == (True, Operation.CUT)
    assert length(path) == pytest.approx(10 * math.pi, abs=0.02)


@pytest.mark.parametrize(
    "clip", ['<clipPath id="c"/>', '<clipPath id="c"><rect x="30" width="5" height="5"/></clipPath>']
)
def test_a_clip_that_lets_nothing_through_leaves_nothing(clip: str) -> None:
    kept = f'<rect x="1" y="1" width="2" height="2" {RED}/>'
    picture = f'<image width="5" height="5" href="{PICTURE}" clip-path="url(#c)"/>'
    drawing = drawn(f'{clip}{kept}<g clip-path="url(#c)">{TWO}<circle r="9" {RED}/></g>{picture}')
    assert len(drawing.paths) == 1
    assert drawing.rasters == ()


def test_a_coarse_picture_is_clipped_finely_and_cropped() -> None:
    clip = '<clipPath id="c"><circle cx="10" cy="10" r="3"/></clipPath>'
    (raster,) = drawn(f'{clip}<image width="20" height="20" href="{PICTURE}" clip-path="url(#c)"/>').rasters
    assert (raster.x, raster.y, raster.width_mm, raster.height_mm) == pytest.approx((7, 7, 6, 6))
    assert raster.pixels.shape == (60, 60)
    assert raster.pixels.mean() == pytest.approx(math.pi / 4, abs=0.01)


@pytest.mark.parametrize(
    ("value", "said"),
    [("url(#gone)", "not in it"), ("circle(40%)", "shape of CSS"), ("inset(1px)", "shape of CSS")],
)
def test_clips_that_are_not_followed_are_told(value: str, said: str) -> None:
    file = open_svg(f'{HEAD}<rect width="5" height="5" {RED} clip-path="{value}"/></svg>'.encode())
    (note,) = file.notes
    assert said in note
    assert len(file.drawing.paths) == 1


def test_clips_that_are_followed_need_no_word() -> None:
    assert open_svg(f"{HEAD}{CLIP}{ALL}</svg>".encode()).notes == ()


def test_a_mask_is_told_and_the_whole_shape_taken() -> None:
    mask = f'<mask id="m">{DISC}</mask><rect width="20" height="20" mask="url(#m)"/>'
    file = open_svg(f"{HEAD}{mask}</svg>".encode())
    assert any("mask" in note for note in file.notes)
    assert burnt(file.drawing).all()


def test_areas_wholly_under_white_are_left_out_and_told() -> None:
    body = '<rect x="2" y="2" width="5" height="5"/><rect width="20" height="20" fill="#fff" stroke="red"/>'
    file = open_svg(f"{HEAD}{body}</svg>".encode())
    assert [path.operation for path in file.drawing.paths] == [Operation.CUT]
    assert any("under white" in note for note in file.notes)


def test_layers_of_their_own_burn_one_over_the_other() -> None:
    body = '<g id="a"><rect width="9" height="9"/></g><g id="b"><rect width="4" height="4"/></g>'
    assert [path.layer for path in drawn(body).paths] == ["a", "b"]


def test_a_layer_that_is_clipped_keeps_its_name_and_a_clipped_shape_is_none() -> None:
    body = f'{CLIP}<g id="lid" clip-path="url(#c)">{TWO}</g><rect id="r" width="6" height="9" y="8" clip-path="url(#c)" {RED}/>'
    assert {path.layer for path in drawn(body).paths} == {"lid", ""}


@pytest.mark.parametrize(
    "body",
    [
        f'<clipPath id="c" clip-path="url(#c)">{DISC}</clipPath>{ALL}',
        f'<clipPath id="c" clip-path="url(#d)">{DISC}</clipPath><clipPath id="d" clip-path="url(#c)">{DISC}</clipPath>{ALL}',
        f'<clipPath id="c"><circle r="3" clip-path="url(#c)"/></clipPath>{ALL}',
        '<clipPath id="c"><use href="#s"/></clipPath><rect id="s" width="9" height="9" clip-path="url(#c)"/>',
    ],
)
def test_clips_of_themselves_are_refused(body: str) -> None:
    with pytest.raises(UnsupportedMedia, match="itself"):
        drawn(body)


def test_text_that_clips_is_refused_and_text_of_an_unused_clip_is_not() -> None:
    clip = '<clipPath id="c"><text>words</text></clipPath>'
    with pytest.raises(InvalidOption, match="text"):
        drawn(clip + ALL)
    assert len(drawn(f'{clip}<rect width="5" height="5"/>').paths) == 1


@pytest.mark.parametrize(
    "how", ['opacity="0"', 'style="opacity:0.0"', 'style="display:none"', 'style="visibility:hidden"']
)
def test_pictures_and_groups_that_are_not_shown_are_left_out(how: str) -> None:
    image = f'<image width="5" height="5" href="{PICTURE}" {how}/>'
    drawing = drawn(
        f'{image}<g {how}><rect width="3" height="3" opacity="1"/></g><rect width="2" height="2"/>'
    )
    assert (len(drawing.paths), len(drawing.rasters)) == (1, 0)


def test_two_operations_of_one_layer_are_scanned_apart() -> None:
    from bottega.laser.cut_job import CutSettings, LineSettings, cut
    from bottega.laser.materials import find_material
    from bottega.laser.sheet_preview import sheet_preview

    drawing = drawn(SEEN["colours of one layer"][0])
    job = cut(drawing, CutSettings(operations={"lid": LineSettings(50, 1000)}, interval_mm=0.1))
    area = 10 * 10 + 5 * 5
    assert job.report["engraved_mm"] * 0.1 == pytest.approx(area, rel=0.02)
    shown, dpi = sheet_preview(drawing, find_material("plywood-3mm"))
    middle, outside = (shown[round(at * dpi / 25.4), round(at * dpi / 25.4)].mean() for at in (4.5, 15.0))
    assert middle < outside / 2
