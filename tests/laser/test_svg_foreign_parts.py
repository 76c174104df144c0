"""What drawing programs write beside plain shapes: style sheets, drawings in drawings, symbols, percentages."""

import pytest

from bottega.errors import InvalidOption, TooLarge, UnsupportedMedia
from bottega.laser.geometry import Drawing, Operation, bounds
from bottega.laser.svg_in import open_svg, read_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" '
SHEET = HEAD + 'width="100mm" height="60mm" viewBox="0 0 100 60">'
BOX = '<rect x="10" y="10" width="50" height="30" '
LINE = 'fill="none" stroke="red"'


def drawn(body: str, head: str = SHEET) -> Drawing:
    return read_svg((head + body + "</svg>").encode())


def notes(body: str, head: str = SHEET) -> tuple[str, ...]:
    return open_svg((head + body + "</svg>").encode()).notes


@pytest.mark.parametrize(
    ("rules", "element"),
    [
        (".c{fill:none;stroke:red}", BOX + 'class="c"/>'),
        (".a.b{fill:none;stroke:red}", BOX + 'class="b a"/>'),
        (".a,.b{fill:none} .b{stroke:red}", BOX + 'class="b"/>'),
        ("g rect{fill:none;stroke:red}", f"<g>{BOX}/></g>"),
        ("svg .k rect{fill:none;stroke:red}", f'<g class="k"><g>{BOX}/></g></g>'),
        (".k > rect{fill:none;stroke:red}", f'<g class="k">{BOX}/></g>'),
        (".k > rect{stroke:blue} rect{stroke:red;fill:none}", f'<g class="k"><g>{BOX}/></g></g>'),
        ("#i{stroke:red} .b{stroke:blue;fill:none} rect{stroke:lime}", BOX + 'id="i" class="b"/>'),
        ("rect{stroke:red !important;fill:none}", BOX + 'style="stroke:blue"/>'),
        (".b{stroke:blue;fill:none}", BOX + 'class="b" style="stroke:red"/>'),
        (".b{stroke:red;fill:none}", BOX + 'class="b" stroke="blue"/>'),
        ("rect{stroke:blue} rect{stroke:red;fill:none}", BOX + "/>"),
        ("/* rect{stroke:blue} */ rect{/* x */stroke:red;fill:none}", BOX + "/>"),
        ("@charset 'utf-8'; @media screen{rect{stroke:red;fill:none}}", BOX + "/>"),
        ("rect{stroke:red;fill:none} @media print{rect{display:none}}", BOX + "/>"),
        ("rect:hover{stroke:blue} rect{stroke:red;fill:none}", BOX + "/>"),
        ("*{stroke:red;fill:none", BOX + "/>"),
    ],
)
def test_style_sheets_say_what_is_a_red_line(rules: str, element: str) -> None:
    for body in (f"<style>{rules}</style>{element}", f"{element}<style><![CDATA[{rules}]]></style>"):
        (path,) = drawn(body).paths
        assert (path.operation, path.colour) == (Operation.CUT, "#ff0000")
        assert notes(body) == ()


def test_what_a_style_sheet_hides_is_not_cut() -> None:
    body = f'<style>.n{{display:none}}</style>{BOX}{LINE}/><rect class="n" width="99" height="59" {LINE}/>'
    assert len(drawn(body).paths) == 1


@pytest.mark.parametrize(
    "rule",
    ["rect:nth-child(2){stroke:red}", "a + rect{stroke:red}", "@media (width > 5px){rect{stroke:red}}"],
)
def test_rules_that_are_not_understood_are_told(rule: str) -> None:
    assert any("not understood" in note for note in notes(f"<style>{rule}</style>{BOX}{LINE}/>"))


def test_an_imported_sheet_is_not_fetched_and_told() -> None:
    (note,) = notes(f"<style>@import url(http://127.0.0.1/a.css);</style>{BOX}{LINE}/>")
    assert "not fetched" in note


def test_a_transform_from_a_style_sheet_is_refused_not_left_out() -> None:
    with pytest.raises(InvalidOption, match="transform"):
        drawn(f"<style>rect{{transform:scale(2)}}</style>{BOX}{LINE}/>")


def test_a_sheet_that_would_take_minutes_is_refused() -> None:
    rules = "".join(f"g rect.a{i % 9}{{stroke:red}}" for i in range(9000))
    with pytest.raises(TooLarge):
        drawn(f"<style>{rules}</style>" + '<rect class="a1 a2 a3" width="1" height="1"/>' * 3000)


INSIDE = f'viewBox="0 0 500 300"><rect width="500" height="300" {LINE}/>'
SHIFTED = f'viewBox="-100 -100 500 300"><rect x="-100" y="-100" width="500" height="300" {LINE}/>'


@pytest.mark.parametrize(
    "body",
    [
        f'<svg x="10" y="10" width="50" height="30" {INSIDE}</svg>',
        f'<svg x="10" y="10" width="50" height="30" {SHIFTED}</svg>',
        f'<svg x="10%" y="10" width="50%" height="50%" {INSIDE}</svg>',
        f'<svg x="10" y="10" width="50" height="30"><rect width="100%" height="100%" {LINE}/></svg>',
        f'<g transform="scale(2)"><svg x="5" y="5" width="25" height="15" {INSIDE}</svg></g>',
        f'<svg viewBox="0 0 1000 600"><rect x="10%" y="100" width="500" height="50%" {LINE}/></svg>',
        f'<svg x="10" y="10" width="50" height="30" viewBox="0 0 9 9" preserveAspectRatio="none"><rect width="9" height="9" {LINE}/></svg>',
        f'<svg x="10" y="10" width="90" height="30" preserveAspectRatio="xMinYMid" {INSIDE}</svg>',
        f'<svg x="10" y="0" width="50" height="40" preserveAspectRatio="xMidYMax" {INSIDE}</svg>',
        f'<symbol id="s" {INSIDE}</symbol><use href="#s" x="10" y="10" width="50" height="30"/>',
        f'<defs><symbol id="s" {SHIFTED}</symbol></defs><use href="#s" x="10" y="10" width="50" height="30"/>',
        f'<symbol id="s" width="25" height="15" {INSIDE}</symbol><use href="#s" transform="translate(10 10) scale(2)"/>',
        f'<symbol id="s"><rect width="50" height="30" {LINE}/></symbol><use href="#s" x="10%" y="10"/>',
        f'<defs><svg id="s" width="50" height="30" {INSIDE}</svg></defs><use href="#s" x="10" y="10"/>',
    ],
)  # fmt: skip
def test_drawings_in_drawings_and_symbols_lie_where_the_file_says(body: str) -> None:
    assert bounds(drawn(body)) == pytest.approx((10, 10, 60, 40), abs=1e-6)


def test_a_percentage_of_nothing_known_is_refused() -> None:
    with pytest.raises(InvalidOption, match="not of what"):
        drawn(f'<rect width="50%" height="9" {LINE}/>', HEAD + ">")


def test_a_symbol_of_no_viewbox_needs_no_size_of_the_sheet() -> None:
    body = f'<symbol id="s"><rect width="50" height="30" {LINE}/></symbol><use href="#s"/>'
    assert bounds(drawn(body, HEAD + ">"))[2:] == pytest.approx((50 * 25.4 / 96, 30 * 25.4 / 96))


@pytest.mark.parametrize("size", ["", 'width="378" height="227"', 'width="378px"', 'width="100%"'])
def test_a_size_that_rests_on_pixels_is_told(size: str) -> None:
    assert any(
        "as an inch" in note for note in notes(BOX + LINE + "/>", f'{HEAD}{size} viewBox="0 0 100 60">')
    )
    assert notes(BOX + LINE + "/>") == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f'{BOX}{LINE} stroke-dasharray="4 2"/>', "dashed"),
        (f'{BOX}{LINE} stroke-width="8"/>', "8 mm wide"),
        (f'<g transform="scale(4)"><rect width="9" height="9" {LINE} stroke-width="2"/></g>', "8 mm wide"),
        (f'<linearGradient id="g"/>{BOX}fill="url(#g)"/>', "one tone"),
        (f'{BOX}{LINE} mask="url(#m)"/>', "mask"),
    ],
)
def test_what_comes_out_otherwise_than_it_looks_is_told(body: str, said: str) -> None:
    (note,) = notes(body)
    assert said in note


@pytest.mark.parametrize(
    ("before", "named", "width", "writer"),
    [
        ("<!-- Generator: Adobe Illustrator 27.0, SVG Export Plug-In -->", "", 25.4, "Adobe Illustrator"),
        ("", 'i:version="0.91 r13725"', 25.4 * 72 / 90, "Inkscape 0.91"),
        ("", 'i:version="0.92.4"', 25.4 * 72 / 96, ""),
        ("", 'i:version="1.2.2"', 25.4 * 72 / 96, ""),
    ],
)
def test_pixels_are_those_of_the_program_that_wrote_the_file(
    before: str, named: str, width: float, writer: str
) -> None:
    space = 'xmlns:i="http://www.inkscape.org/namespaces/inkscape"'
    svg = f'{before}{HEAD}{space} {named} viewBox="0 0 72 36">{BOX}{LINE}/></svg>'
    file = open_svg(svg.encode())
    assert file.drawing.width_mm == pytest.approx(width)
    assert file.notes[0].count("means them") == bool(writer)
    assert writer in file.notes[0]
    assert read_svg(svg.encode(), dpi=96).width_mm == pytest.approx(25.4 * 72 / 96)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n...", "is a picture"),
        (b"\xff\xd8\xff\xe0...", "is a picture"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "is a DXF"),
    ],
)
def test_other_files_are_called_what_they_are(data: bytes, said: str) -> None:
    with pytest.raises(UnsupportedMedia, match=said):
        read_svg(data)
