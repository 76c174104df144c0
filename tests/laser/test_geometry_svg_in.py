"""SVG comes in at true size, with its transforms, layers and colours; hostile files end in words, not in drawings."""

import base64
import contextlib
import io
import math
import time

import numpy as np
import pytest
from PIL import Image

from bottega.errors import BottegaError, InvalidOption, TooLarge, UnsupportedMedia
from bottega.laser.geometry import Operation, bounds
from bottega.laser.svg_in import Convention, read_svg

pytest.importorskip("svgelements")

NAMES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
)
SQUARE = '<rect x="1" y="1" width="4" height="4"/>'


def svg(body: str, head: str = 'width="20mm" height="20mm" viewBox="0 0 20 20"') -> bytes:
    return f"<svg {NAMES} {head}>{body}</svg>".encode()


def picture(pixels: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("head", "sheet", "box"),
    [
        ('width="10mm" height="10mm" viewBox="0 0 10 10"', (10, 10), (1, 1, 5, 5)),
        ('width="10cm" height="4in" viewBox="0 0 100 101.6"', (100, 101.6), (1, 1, 5, 5)),
        ('width="72pt" height="6pc"', (25.4, 25.4), (25.4 / 96, 25.4 / 96, 5 * 25.4 / 96, 5 * 25.4 / 96)),
        ('width="96" height="96px" viewBox="1 1 4 4"', (25.4, 25.4), (0, 0, 25.4, 25.4)),
        ('viewBox="0 0 96 192"', (25.4, 50.8), (25.4 / 96, 25.4 / 96, 5 * 25.4 / 96, 5 * 25.4 / 96)),
        ('width="100%" height="100%" viewBox="0 0 96 96"', (25.4, 25.4), None),
        ('width="10mm" viewBox="0 0 10 20"', (10, 20), (1, 1, 5, 5)),
        ('width="10mm" height="10mm" viewBox="0 0 10 20"', (10, 10), (3, 0.5, 5, 2.5)),
        (
            'width="10mm" height="10mm" viewBox="0 0 10 20" preserveAspectRatio="none"',
            (10, 10),
            (1, 0.5, 5, 2.5),
        ),
        ("", (5 * 25.4 / 96, 5 * 25.4 / 96), None),
    ],
)
def test_units_and_view_boxes_give_true_millimetres(head, sheet, box) -> None:
    drawing = read_svg(svg(SQUARE, head))
    assert np.allclose((drawing.width_mm, drawing.height_mm), sheet, atol=1e-6)
    if box is not None:
        assert np.allclose(bounds(drawing.paths[0]), box, atol=1e-6)


def test_old_files_can_be_told_their_pixels() -> None:
    drawing = read_svg(svg(SQUARE, 'width="90" height="90"'), dpi=90)
    assert math.isclose(drawing.width_mm, 25.4)
    assert np.allclose(bounds(drawing.paths[0]), np.array((1, 1, 5, 5)) * 25.4 / 90)


def test_transforms_groups_and_uses_are_applied() -> None:
    body = (
        '<defs><rect id="r" width="4" height="2"/></defs>'
        '<g transform="translate(10 5)"><use href="#r" transform="rotate(90)"/></g>'
        '<g transform="matrix(0 2 -2 0 10 0)"><rect x="1" y="1" width="2" height="1"/></g>'
    )
    used, turned = read_svg(svg(body)).paths
    assert np.allclose(bounds(used), (8, 5, 10, 9))
    assert np.allclose(bounds(turned), (6, 2, 8, 6))


def test_a_circle_stays_one_to_a_thousandth() -> None:
    (path,) = read_svg(svg('<circle cx="10" cy="10" r="9"/>')).paths
    assert path.closed
    assert len(path.curves) == 8
    assert np.abs(np.hypot(*(path.points - 10).T) - 9).max() < 1e-4


def test_a_turned_ellipse_lies_where_it_should() -> None:
    (path,) = read_svg(svg('<ellipse cx="10" cy="10" rx="8" ry="3" transform="rotate(30 10 10)"/>')).paths
    x, y = (path.points - 10).T
    along, across = x * math.cos(math.pi / 6) + y / 2, y * math.cos(math.pi / 6) - x / 2
    assert np.abs(np.hypot(along / 8, across / 3) - 1).max() < 1e-3


def test_curves_are_kept_and_flattened() -> None:
    (path,) = read_svg(svg('<path d="M1 1C1 9 9 9 9 1Q5 -3 1 1z" fill="none" stroke="red"/>')).paths
    assert len(path.curves) == 2
    assert path.closed
    assert len(path.points) > 20


def test_colours_say_what_to_do() -> None:
    body = "".join(
        f'<rect y="{2 * i}" width="{i}" height="1" {paint}/>'
        for i, paint in enumerate(
            [
                'fill="none" stroke="#ff0000"',
                'fill="none" stroke="#ed1c24"',
                'fill="none" stroke="blue"',
                'style="fill:none;stroke:#000"',
                "",
                'fill="#00e000"',
                'fill="white" stroke="red"',
                'fill="black" stroke="red"',
            ],
            1,
        )
    )
    found = [(round(bounds(p)[2]), p.operation) for p in read_svg(svg(body)).paths]
    assert found == [
        (1, Operation.CUT),
        (2, Operation.CUT),
        (3, Operation.SCORE),
        (4, Operation.SCORE),
        (5, Operation.ENGRAVE),
        (6, Operation.FILL),
        (7, Operation.CUT),
        (8, Operation.ENGRAVE),
        (8, Operation.CUT),
    ]


def test_black_lines_alone_are_cut_and_the_convention_can_be_chosen() -> None:
    black = svg('<rect width="3" height="1" fill="none" stroke="black"/>')
    assert read_svg(black).paths[0].operation is Operation.CUT
    score = Convention(lines={"#000000": Operation.SCORE})
    assert read_svg(black, convention=score).paths[0].operation is Operation.SCORE
    assert [p.operation for p in read_svg(svg(SQUARE), operation=Operation.CUT).paths] == [Operation.CUT]


def test_layers_keep_their_names() -> None:
    body = (
        f'<g id="a" inkscape:groupmode="layer" inkscape:label="Lid"><g id="b">{SQUARE}</g></g>'
        f'<g id="c" inkscape:groupmode="layer">{SQUARE}</g>{SQUARE}'
    )
    assert [path.layer for path in read_svg(svg(body)).paths] == ["Lid", "c", ""]


def test_what_is_not_shown_is_left_out() -> None:
    hidden = ['display="none"', 'visibility="hidden"', 'opacity="0"', 'fill="none"', 'style="display:none"']
    body = "".join(f'<rect width="3" height="3" {h}/>' for h in hidden)
    body += f'<defs>{SQUARE}</defs><clipPath id="c">{SQUARE}</clipPath><symbol>{SQUARE}</symbol><marker>{SQUARE}</marker>'
    assert len(read_svg(svg(body + '<rect width="7" height="7" clip-path="url(#c)"/>')).paths) == 1


def test_open_lines_stay_open_and_returning_ones_close() -> None:
    body = '<g fill="none" stroke="red"><path d="M0 0h5v5"/><path d="M0 0h5v5h-5v-5"/><path d="M1 1h2"/></g>'
    paths = read_svg(svg(body)).paths
    assert [path.closed for path in paths] == [False, True, False]
    assert [len(path.points) for path in paths] == [3, 4, 2]


@pytest.mark.parametrize(
    ("turn", "corner", "box"),
    [
        ("", (0, 0), (2, 3, 6, 5)),
        ("rotate(90 10 10)", (0, -1), (15, 2, 17, 6)),
        ("matrix(-1 0 0 1 20 0)", (0, -1), (14, 3, 18, 5)),
        ("matrix(1 0 0 -1 0 20)", (-1, 0), (2, 15, 6, 17)),
    ],
)
def test_pictures_are_placed_and_turned(turn: str, corner: tuple[int, int], box: tuple) -> None:
    pixels = np.full((10, 20), 200, np.uint8)
    pixels[0, 0] = 7
    image = f'<image x="2" y="3" width="4" height="2" xlink:href="{picture(pixels)}"/>'
    (raster,) = read_svg(svg(f'<g transform="{turn}">{image}</g>' if turn else image)).rasters
    assert raster.pixels[corner] == 7
    found = (raster.x, raster.y, raster.x + raster.width_mm, raster.y + raster.height_mm)
    assert np.allclose(found, box)


def test_a_picture_keeps_its_aspect_in_a_larger_frame() -> None:
    image = f'<image width="10" height="10" xlink:href="{picture(np.zeros((10, 20), np.uint8))}"/>'
    (raster,) = read_svg(svg(image)).rasters
    assert np.allclose((raster.x, raster.y, raster.width_mm, raster.height_mm), (0, 2.5, 10, 5))
    assert raster.pixels.dtype == np.bool_


NESTED_USES = (
    "".join(f'<g id="g{i}">' + f'<use href="#g{i + 1}"/>' * 10 + "</g>" for i in range(30))
    + f'<g id="g30">{SQUARE}</g>'
)

HOSTILE = {
    "nothing": b"",
    "no XML": b"\x00\xff\x00",
    "other XML": b"<html/>",
    "cut off": svg(SQUARE)[:-9],
    "compressed": b"\x1f\x8b\x08",
    "unknown encoding": b'<?xml version="1.0" encoding="bogus"?>' + svg(SQUARE),
    "growing entities": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + svg(SQUARE),
    "outside entity": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + svg("&x;"),
    "script": svg("<script>alert(1)</script>" + SQUARE),
    "handler": svg('<rect width="3" height="3" onclick="x()"/>'),
    "outside picture": svg('<image xlink:href="http://127.0.0.1/x.png" width="3" height="3"/>'),
    "file picture": svg('<image href="file:///etc/hostname" width="3" height="3"/>'),
    "no picture": svg('<image href="data:image/png;base64,AAAA" width="3" height="3"/>'),
    "SVG as picture": svg('<image href="data:image/svg+xml;base64,PHN2Zy8+" width="3" height="3"/>'),
    "outside use": svg('<use href="other.svg#a"/>'),
    "use of itself": svg('<g id="a"><use href="#a"/></g>'),
    "exploding uses": svg(NESTED_USES),
    "exploding clips": svg(
        "".join(
            f'<clipPath id="c{i}"><rect width="9" height="9" clip-path="url(#c{i + 1})"/>'
            f'<rect width="8" height="9" clip-path="url(#c{i + 1})"/></clipPath>'
            for i in range(30)
        )
        + '<rect width="9" height="9" clip-path="url(#c0)"/>'
    ),
    "areas without end on each other": svg('<rect width="9" height="9"/>' * 3000),
    "deep": svg("<g>" * 300 + SQUARE + "</g>" * 300),
    "endless path": svg('<path d="M0 0' + "L1 1 2 2" * 300_000 + '"/>'),
    "text": svg("<text>words</text>"),
    "empty": svg(""),
    "one point": svg('<path d="M3 3z"/>'),
    "NaN in a path": svg('<path d="M0 0L nan 5"/>'),
    "infinity in a path": svg('<path d="M0 0L1e400 5 9 9z"/>'),
    "NaN as a size": svg(SQUARE, 'width="nan" height="5mm"'),
    "size 0": svg(SQUARE, 'width="0" height="0"'),
    "negative size": svg(SQUARE, 'width="-5mm" height="5mm"'),
    "ten metres": svg(SQUARE, 'width="10000mm" height="5mm"'),
    "odd unit": svg(SQUARE, 'width="10em" height="5mm"'),
    "flat viewBox": svg(SQUARE, 'viewBox="0 0 0 20"'),
    "path without a move": svg('<path d="L5 5 9 9"/>'),
    "path that breaks off": svg('<path d="M0 0h5v5C1 1"/>'),
    "broken arc": svg('<path d="M0 0A1 1"/>'),
    "odd polygon": svg('<polygon points="0,0 5,0 5"/>'),
    "unknown transform": svg(f'<g transform="bogus(3)">{SQUARE}</g>'),
    "transform in a style": svg('<rect width="3" height="3" style="fill:red; transform : rotate(30deg)"/>'),
    "slow transform": svg(f'<g transform="scale({"1" * 50_000}x)">{SQUARE}</g>'),
    "far away": svg(f'<g transform="translate(1e7)">{SQUARE}</g>'),
    "picture at an angle": svg(
        f'<image transform="rotate(30)" width="3" height="3" href="{picture(np.zeros((2, 2), np.uint8))}"/>'
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_words_and_soon(name: str) -> None:
    began = time.process_time()
    with pytest.raises((InvalidOption, UnsupportedMedia, TooLarge)) as caught:
        read_svg(HOSTILE[name])
    assert caught.value.message.endswith(".")
    assert time.process_time() - began < 5


def test_text_styles_left_on_paths_do_no_harm() -> None:
    style = "text-transform:none;transform:none;-inkscape-stroke:none;fill:#000"
    assert len(read_svg(svg(f'<rect width="3" height="3" style="{style}"/>')).paths) == 1


def test_the_usual_declarations_of_illustrator_pass() -> None:
    head = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" ['
        b'<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'
    )
    assert len(read_svg(head + svg(SQUARE)).paths) == 1


@pytest.mark.parametrize("seed", range(150))
def test_damaged_files_raise_nothing_but_our_errors(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = bytearray(
        svg(f'<g transform="rotate(5)">{SQUARE}<path d="M1 1a2 2 0 0 1 3 3q1 1 2 0t3 3z"/></g>')
    )
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(len(whole)))
        whole[at : at + int(rng.integers(0, 3))] = bytes(
            rng.integers(32, 127, int(rng.integers(0, 3))).tolist()
        )
    drawing = None
    with contextlib.suppress(BottegaError):
        drawing = read_svg(bytes(whole))
    assert drawing is None or all(np.isfinite(path.points).all() for path in drawing.paths)
