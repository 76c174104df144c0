"""Jobs that cannot be, from the terminal: one sentence that says why, exit code 2 or 3, and no file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from bottega.cli import application

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{0}mm" viewBox="0 0 {0} {0}">
<rect x="0" y="0" width="{0}" height="{0}" fill="none" stroke="#ff0000"/></svg>"""


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("huge") / "huge.png"
    Image.new("1", (10_000, 10_001), 1).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, huge: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTTEGA_HOME", str(tmp_path / "home"))
    shade = np.tile(np.linspace(0, 255, 120), (80, 1)).astype(np.uint8)
    Image.fromarray(shade).save("shade.png")
    Image.new("L", (60, 60), 128).save("plain.png")
    Image.new("L", (1, 1), 0).save("pixel.png")
    Path("huge.png").hardlink_to(huge)
    Path("empty.png").write_bytes(b"")
    Path("empty.svg").write_bytes(b"")
    Path("blank.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="50mm"/>')
    Path("part.svg").write_text(SVG.format(50))
    Path("hangar.svg").write_text(SVG.format(10_000))
    return tmp_path


CASES = [
    *(("engrave", each, "out.gcode") for each in ("empty.png", "plain.png", "pixel.png", "huge.png")),
    *(("trace", each, "out.svg") for each in ("empty.png", "plain.png", "pixel.png", "huge.png")),
    *(("cut", each, "out.gcode") for each in ("empty.svg", "blank.svg", "hangar.svg")),
    *(
        ("engrave", "shade.png", "out.gcode", *options)
        for options in (
            ("--power-percent", "nan"),
            ("--power-percent", "0"),
            ("--speed-mm-min", "0"),
            ("--speed-mm-min", "inf"),
            ("--width-mm", "0"),
            ("--width-mm", "10000"),
            ("--height-mm", "nan"),
            ("--interval-mm", "0"),
            ("--beam-mm", "nan"),
            ("--passes", "0"),
            ("--bed-width-mm", "20"),
            ("--material", "pvc"),
        )
    ),
    *(
        ("trace", "shade.png", "out.svg", *options)
        for options in (("--width-mm", "0"), ("--width-mm", "10000"), ("--level", "nan"), ("--speck-px", "-1"), ("--levels", "99"))
    ),
    *(
        ("cut", "part.svg", "out.gcode", *options)
        for options in (
            ("--power-percent", "nan"),
            ("--speed-mm-min", "0"),
            ("--kerf-mm", "nan"),
            ("--kerf-mm", "-1"),
            ("--passes", "0"),
            ("--tabs", "-1"),
            ("--bridges-mm", "nan"),
            ("--lead-mm", "1000"),
            ("--bed-height-mm", "20"),
            ("--price-per-hour", "nan"),
            ("--dialect", "g-code"),
        )
    ),
    *(
        ("box", "closed", "out.svg", *options)
        for options in (
            ("--x", "0"),
            ("--x", "10000"),
            ("--y", "nan"),
            ("--thickness", "0"),
            ("--finger", "nan"),
            ("--play", "-1"),
            ("--kerf-mm", "nan"),
            ("--columns", "0"),
            ("--sheet-width-mm", "30"),
            ("--picture", "plain.png"),
        )
    ),
    ("box", "no-such-box", "out.svg"),
    ("engrave", "part.svg", "out.gcode"),
    ("cut", "shade.png", "out.gcode"),
    *(
        ("testgrid", "out.gcode", *options)
        for options in (
            ("--powers", "nan"),
            ("--powers", "0"),
            ("--speeds", "0"),
            ("--speeds", "x"),
            ("--cell-mm", "0"),
            ("--cell-mm", "10000"),
            ("--bed-width-mm", "20"),
            ("--kind", "interval", "--intervals", "0"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("arguments", CASES, ids=lambda each: " ".join(each))
def test_what_cannot_be_is_refused_in_words_and_leaves_no_file(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    before = sorted(path.name for path in folder.iterdir())
    ran = CliRunner().invoke(application, ["laser", *arguments])
    assert ran.exit_code not in (0, 1), ran.output
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    said = " ".join((ran.output or "").split())
    assert "Traceback" not in said
    assert len(said) > 20
    assert sorted(path.name for path in folder.iterdir() if path.name != "home") == before


def test_a_grid_with_more_patches_than_lightburn_has_layers_is_refused_but_drawn(folder: Path) -> None:
    many = ("--powers", "10,20,30,40,50,60", "--speeds", "500,1000,1500,2000,2500,3000")
    refused = CliRunner().invoke(application, ["laser", "testgrid", "out.lbrn2", *many])
    assert refused.exit_code not in (0, 1)
    assert "30 layers" in " ".join(refused.output.split())
    assert not (folder / "out.lbrn2").exists()
    assert (
        CliRunner().invoke(application, ["laser", "testgrid", "out.svg", "out.gcode", *many]).exit_code == 0
    )


def test_a_box_without_a_kerf_is_cut_on_the_material_s(folder: Path) -> None:
    for name, options in (("usual", ()), ("asked", ("--kerf-mm", "0.14")), ("none", ("--kerf-mm", "0"))):
        ran = CliRunner().invoke(application, ["laser", "box", "closed", f"{name}.svg", "--json", *options])
        assert ran.exit_code == 0, ran.output
    assert Path("usual.svg").read_bytes() == Path("asked.svg").read_bytes() != Path("none.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("engrave", "part.svg", "out.gcode"), "is a drawing, not a picture"),
        (("cut", "shade.png", "out.gcode"), "is a picture, not an SVG drawing"),
    ],
)
def test_a_file_of_the_other_kind_is_called_what_it_is(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = CliRunner().invoke(application, ["laser", *arguments])
    assert said in " ".join((ran.output or "").split())
