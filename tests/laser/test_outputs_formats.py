"""What each file says besides its geometry: sizes, layers, colours, settings; the same bytes each time; no file for nonsense."""

import base64
import io
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from bottega.errors import BottegaError, InvalidOption, ResourceError
from bottega.laser.dxf import write_dxf
from bottega.laser.geometry import Drawing, Operation, Path, RasterImage
from bottega.laser.layers import COLOURS, PALETTE, BurnSettings, layers_of
from bottega.laser.lightburn import write_lbrn2
from bottega.laser.pdf import write_pdf
from bottega.laser.raster_png import coverage_of, write_png
from bottega.laser.svg import write_svg
from bottega.laser.svg_in import read_svg

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
BURN = {
    "engrave": BurnSettings(30, 3000, interval_mm=0.1),
    "fill": BurnSettings(35, 2400, interval_mm=0.2),
    "score": BurnSettings(12.5, 1500),
    "cut": BurnSettings(90, 300, passes=3),
}
DOTS = np.eye(40, 60, dtype=bool)
GREYS = np.linspace(0, 255, 600).reshape(20, 30).astype(np.uint8)


def square(x: float, y: float, side: float, operation: Operation = Operation.CUT, **more) -> Path:
    corners = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    return Path(np.array(corners), True, operation, **more)


def sheet() -> Drawing:
    paths = (
        square(1, 1, 60),
        square(5, 5, 10, Operation.ENGRAVE),
        square(7, 7, 3, Operation.ENGRAVE),
        square(20, 5, 10, Operation.FILL),
        square(40, 5, 10, Operation.SCORE, layer="Fold <here>"),
    )
    rasters = (RasterImage(DOTS, 5, 25, 6, 4), RasterImage(GREYS, 20, 25, 15, 10, layer="Photo"))
    return Drawing(paths, 80, 70, rasters)


WRITERS = {
    "svg": lambda drawing: write_svg(drawing, settings=BURN, title="a <b>"),
    "dxf": lambda drawing: write_dxf(drawing, settings=BURN),
    "dxf-r12": lambda drawing: write_dxf(drawing, version="R12", settings=BURN),
    "pdf": lambda drawing: write_pdf(drawing, settings=BURN, title="Ж"),
    "lbrn2": lambda drawing: write_lbrn2(drawing, settings=BURN, notes="birch\n3 mm"),
    "png": lambda drawing: write_png(drawing, interval_mm=0.1),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_drawing_gives_the_same_bytes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind.startswith("dxf"):
        document = pytest.importorskip("ezdxf.document")
        first = WRITERS[kind](sheet())
        monkeypatch.setattr(document, "guid", lambda: "{11111111-2222-3333-4444-555555555555}")
        monkeypatch.setattr(document, "juliandate", lambda moment: 2_999_999.5)
        assert WRITERS[kind](sheet()) == first
    else:
        assert WRITERS[kind](sheet()) == WRITERS[kind](sheet())


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(
    "drawing",
    [
        Drawing((), 10, 10),
        Drawing((Path(np.array([[1.0, 2.0]]), False),), 10, 10),
        Drawing((square(1, 1, 5),), 0, 10),
        Drawing((square(1, 1, 5),), 10, math.nan),
        Drawing((square(1, 1, 5),), 10_000, 10),
        Drawing((square(1e7, 1, 5),), 10, 10),
        Drawing((square(1, 1, 5, colour="red"),), 10, 10),
    ],
    ids=["empty", "a dot", "size 0", "size NaN", "ten metres", "far off", "no colour"],
)
def test_nonsense_gives_no_file(kind: str, drawing: Drawing) -> None:
    if kind.startswith("dxf"):
        pytest.importorskip("ezdxf")
    if kind == "png" and any(path.colour for path in drawing.paths):
        assert write_png(drawing)  # which has no colours
        return
    with pytest.raises(BottegaError):
        WRITERS[kind](drawing)


# --- Layers --------------------------------------------------------------------------------------------------


def test_operations_burn_in_order_and_in_exact_palette_colours() -> None:
    layers = layers_of(sheet(), BURN).all
    assert [(layer.operation.value, layer.colour, layer.name, layer.picture) for layer in layers] == [
        ("engrave", "#000000", "Engrave", True),
        ("engrave", "#000000", "Photo", True),
        ("engrave", "#000000", "Engrave", False),
        ("fill", "#00e000", "Fill", False),
        ("score", "#0000ff", "Fold <here>", False),
        ("cut", "#ff0000", "Cut", False),
    ]
    assert all(layer.colour == PALETTE[layer.index] for layer in layers)
    assert set(COLOURS.values()) <= set(PALETTE)


def test_layers_with_other_settings_get_other_colours() -> None:
    paths = tuple(square(5 * i, 5, 4, Operation.FILL, layer=f"cell {i}") for i in range(30))
    settings = {f"cell {i}": BurnSettings(i + 1, 1000) for i in range(30)}
    layers = layers_of(Drawing(paths, 200, 20), settings).all
    assert len({layer.colour for layer in layers}) == 30
    assert layers[0].colour == COLOURS[Operation.FILL]
    alike = layers_of(Drawing(paths, 200, 20), BURN).all
    assert {layer.index for layer in alike} == {layers[0].index}
    more = (*paths, square(0, 12, 4, Operation.FILL))
    with pytest.raises(InvalidOption, match="30"):
        layers_of(Drawing(more, 200, 20), {**settings, **BURN})


def test_own_colours_move_to_the_palette_unless_told_not_to() -> None:
    drawing = Drawing(
        (square(0, 0, 4, colour="#FE0102"), square(5, 0, 4, Operation.SCORE, colour="#ff0000")), 10, 10
    )
    score, cut = layers_of(drawing).all
    assert score.colour == "#ff0000"
    assert cut.colour in PALETTE
    assert cut.colour != score.colour
    assert layers_of(drawing, exact_colours=True).all[1].colour == "#fe0102"


@pytest.mark.parametrize(
    "bad", [(-1, 100), (101, 100), (math.nan, 100), (50, 0), (50, math.nan), (50, 100, 0), (50, 100, 1, 0)]
)
def test_settings_that_no_laser_has_are_refused(bad: tuple) -> None:
    with pytest.raises(InvalidOption):
        BurnSettings(*bad)


# --- SVG -----------------------------------------------------------------------------------------------------


def test_svg_is_in_millimetres_with_lines_fills_and_named_layers() -> None:
    root = ET.fromstring(write_svg(sheet(), title="a <b>"))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("80mm", "70mm", "0 0 80 70")
    assert root.findtext(f"{SVG}title") == "a <b>"
    groups = root.findall(f"{SVG}g")
    assert {g.get(f"{INKSCAPE}label") for g in groups} == {"Engrave", "Photo", "Fill", "Fold <here>", "Cut"}
    by_kind = {(g.get("id") or "").split("-")[0]: g for g in groups}
    for kind in ("score", "cut"):
        assert by_kind[kind].get("fill") == "none"
        assert by_kind[kind].get("stroke") == COLOURS[Operation(kind)]
    assert by_kind["fill"].get("stroke") == "none"
    assert by_kind["fill"].get("fill") == "#00e000"
    # A hole is a hole because it is in one path with what surrounds it.
    engraved = by_kind["engrave"].findall(f"{SVG}path")
    assert by_kind["engrave"].get("fill-rule") == "evenodd"
    assert [(path.get("d") or "").count("M") for path in engraved] == [2]


def test_svg_gives_its_pictures_back_bit_for_bit() -> None:
    pytest.importorskip("svgelements")
    dots, greys = read_svg(write_svg(sheet())).rasters
    assert np.array_equal(dots.pixels, DOTS)
    assert np.array_equal(greys.pixels, GREYS)
    assert np.allclose((dots.x, dots.y, dots.width_mm, dots.height_mm), (5, 25, 6, 4))
    assert greys.layer == "Photo"


def test_titles_hold_no_characters_that_xml_forbids() -> None:
    data = write_svg(sheet(), title="a\x00\x1b\ufffeb")
    assert ET.fromstring(data).findtext(f"{SVG}title") == "ab"


# --- DXF -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "code", "names"),
    [
        ("R2000", "AC1015", ["Engrave", "Fill", "Fold _here_", "Cut"]),
        ("R12", "AC1009", ["ENGRAVE", "FILL", "FOLD_HERE", "CUT"]),
    ],
)
def test_dxf_has_its_unit_and_named_coloured_layers(version, code: str, names: list[str]) -> None:
    ezdxf = pytest.importorskip("ezdxf")
    document = ezdxf.read(io.StringIO(write_dxf(sheet(), version=version).decode("cp1252")))
    assert document.dxfversion == code
    if version == "R2000":
        assert document.header["$MEASUREMENT"] == 1
        assert document.header["$INSUNITS"] == 4
        assert {entity.dxftype() for entity in document.modelspace()} == {"LWPOLYLINE"}
    layers = [layer for layer in document.layers if layer.dxf.name not in ("0", "Defpoints")]
    assert [(layer.dxf.name, layer.color) for layer in layers] == list(zip(names, (7, 3, 5, 1), strict=True))
    low = min(point[1] for entity in document.modelspace() for point in _points(entity))
    assert math.isclose(low, 70 - 61)


def _points(entity) -> list:
    return list(entity.get_points("xy")) if entity.dxftype() == "LWPOLYLINE" else list(entity.points())


def test_dxf_layers_that_differ_only_in_case_stay_apart() -> None:
    ezdxf = pytest.importorskip("ezdxf")
    drawing = Drawing(
        tuple(square(i, 0, 1, layer=name) for i, name in enumerate(["lid", "LID", "0"])), 10, 10
    )
    document = ezdxf.read(io.StringIO(write_dxf(drawing).decode("cp1252")))
    used = [entity.dxf.layer for entity in document.modelspace()]
    assert len({name.casefold() for name in used} | {"0"}) == 4


def test_dxf_of_pictures_alone_is_refused() -> None:
    with pytest.raises(InvalidOption, match="pictures"):
        write_dxf(Drawing((), 10, 10, (RasterImage(DOTS, 0, 0, 10, 10),)))


def test_a_missing_package_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ezdxf.document", None)
    with pytest.raises(ResourceError) as caught:
        write_dxf(sheet())
    assert "bottega[laser]" in caught.value.hint


# --- PDF -----------------------------------------------------------------------------------------------------


def test_pdf_is_of_true_size_with_layers_and_pictures() -> None:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(sheet(), title="Ж")), strict=True)
    page = reader.pages[0]
    assert math.isclose(float(page.mediabox.width), 80 * 72 / 25.4, abs_tol=1e-4)
    assert math.isclose(float(page.mediabox.height), 70 * 72 / 25.4, abs_tol=1e-4)
    assert reader.metadata.title == "Ж"
    groups = reader.trailer["/Root"]["/OCProperties"]["/OCGs"]
    assert [group.get_object()["/Name"] for group in groups] == [
        "Engrave",
        "Photo",
        "Engrave",
        "Fill",
        "Fold <here>",
        "Cut",
    ]
    dots, greys = (np.asarray(image.image.convert("L")) for image in page.images)
    assert np.array_equal(dots == 0, DOTS)
    assert np.array_equal(greys, GREYS)


# --- LightBurn -----------------------------------------------------------------------------------------------


def test_lightburn_gets_speed_power_passes_and_mode() -> None:
    root = ET.fromstring(write_lbrn2(sheet(), settings=BURN, notes="birch\n3 mm"))
    found = {
        (setting.get("type"), values["name"]): values
        for setting in root
        if setting.tag.startswith("CutSetting")
        for values in [{child.tag: child.get("Value") for child in setting}]
    }
    assert set(found) == {
        ("Image", "Engrave, Photo"),
        ("Scan", "Engrave"),
        ("Scan", "Fill"),
        ("Cut", "Fold <here>"),
        ("Cut", "Cut"),
    }
    cut = found["Cut", "Cut"]
    assert (cut["index"], cut["maxPower"], cut["minPower"], cut["numPasses"]) == ("2", "90", "90", "3")
    assert math.isclose(float(cut["speed"] or 0), 5)
    assert found["Scan", "Fill"]["interval"] == "0.2"
    priorities = [int(values["priority"] or 0) for values in found.values()]
    assert priorities == sorted(priorities)
    assert root.find("Notes").get("Notes") == "birch\n3 mm"  # pyright: ignore[reportOptionalMemberAccess]


def test_lightburn_pictures_lie_by_their_centre_and_dots_pass_through() -> None:
    drawing = Drawing((), 80, 70, (RasterImage(DOTS, 5, 25, 6, 4),))
    root = ET.fromstring(write_lbrn2(drawing, settings=BURN))
    shape = root.find("Shape")
    assert shape is not None
    assert (shape.get("W"), shape.get("H"), shape.findtext("XForm")) == ("6", "4", "1 0 0 1 8 43")
    values = {child.tag: child.get("Value") for child in root.find("CutSetting_Img") or ()}
    assert (values["passThrough"], values["interval"], values["dpi"]) == ("1", "0.1", "254")
    picture = Image.open(io.BytesIO(base64.b64decode(shape.get("Data") or "")))
    assert np.array_equal(np.asarray(picture) == 0, DOTS)


def test_lightburn_without_settings_for_a_layer_is_refused() -> None:
    with pytest.raises(InvalidOption, match="Fold"):
        write_lbrn2(sheet(), settings={key: value for key, value in BURN.items() if key != "score"})


# --- PNG -----------------------------------------------------------------------------------------------------


def test_png_has_its_true_size_and_the_drawing_in_place() -> None:
    picture = Image.open(io.BytesIO(write_png(sheet(), interval_mm=0.1)))
    assert picture.size == (800, 700)
    assert np.allclose(np.array(picture.info["dpi"]) / 25.4, 10, atol=1e-3)
    pixels = np.asarray(picture)
    assert (pixels[50:70, 50:150] == 0).all()  # the engraved square above its hole
    assert (pixels[70:100, 70:100] == 255).all()
    assert np.array_equal(pixels[250:290, 50:110] == 0, DOTS)
    assert pixels[350, 10] < 128  # the cut line at x = 1 mm
    assert pixels[350, 30] == 255


def test_a_single_picture_comes_out_pixel_for_pixel() -> None:
    drawing = Drawing((), 6, 4, (RasterImage(DOTS, 0, 0, 6, 4),))
    picture = Image.open(io.BytesIO(write_png(drawing, interval_mm=0.5)))
    assert picture.mode == "1"
    assert np.array_equal(np.asarray(picture), ~DOTS)
    assert math.isclose(picture.info["dpi"][0], 254, rel_tol=1e-4)


def test_coverage_is_the_area_that_paths_enclose() -> None:
    rng = np.random.default_rng(5)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 40))
    radii = rng.uniform(5, 9, 40)
    star = Path(10 + np.column_stack((np.cos(angles), np.sin(angles))) * radii[:, None], True)
    hole = square(9, 9, 2.5)
    x, y = star.points.T
    area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2 - 2.5**2
    assert math.isclose(coverage_of([star, hole], 400, 400, 20).sum() / 400, area, rel_tol=1e-3)
    assert coverage_of([square(-5, -5, 40)], 20, 10, 1).min() == 1


def test_a_finer_png_than_memory_allows_is_refused() -> None:
    with pytest.raises(BottegaError, match="dots"):
        write_png(Drawing((square(1, 1, 5),), 2000, 2000), interval_mm=0.05)
    with pytest.raises(InvalidOption):
        write_png(sheet(), interval_mm=0)
