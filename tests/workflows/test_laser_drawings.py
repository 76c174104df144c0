"""SVG drawings as laser work: let in safely, cut, scored and engraved at their own size or the one asked for."""

import json
from pathlib import Path

import numpy as np
import pytest
from laser_jobs import burnt, ran, report_of

from bottega.app import Bottega, InputFile
from bottega.errors import InvalidOption, MissingInput, UnsupportedMedia
from bottega.settings import Settings

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="60mm" viewBox="0 0 80 60">
<g fill="none" stroke="{colour}"><rect x="10" y="10" width="60" height="40"/>{more}</g></svg>"""
CIRCLE = '<circle cx="30" cy="30" r="8"/>'


def drawing(path: Path, colour: str = "#000000", more: str = CIRCLE) -> Path:
    path.write_text(SVG.format(colour=colour, more=more))
    return path


async def test_a_drawing_is_cut_with_its_inner_lines_first(tmp_path: Path) -> None:
    finished, files = await ran(tmp_path, "cut this, kerf 0.2 mm", drawing(tmp_path / "part.svg"))
    report = report_of(finished)
    assert (report["paths"], report["nesting_errors"]) == (2, 0)
    assert np.ptp(burnt(files)[:, [0, 2]]) == pytest.approx(60.2, abs=0.01)


@pytest.mark.parametrize(
    ("sentence", "colour", "operation"),
    [
        ("cut this", "#ff0000", "cut"),
        ("cut this", "#0000ff", "cut"),
        ("score this", "#ff0000", "score"),
    ],
)
async def test_the_sentence_wins_over_the_colours_of_a_drawing(
    tmp_path: Path, sentence: str, colour: str, operation: str
) -> None:
    _, files = await ran(tmp_path, sentence, drawing(tmp_path / "part.svg", colour))
    assert {path["operation"] for path in json.loads(files["toolpath.json"])["paths"]} == {operation}


async def test_score_lines_of_a_drawing_that_names_its_cuts_stay_score_lines(tmp_path: Path) -> None:
    more = '<circle cx="30" cy="30" r="8" stroke="#0000ff"/>'
    _, files = await ran(tmp_path, "cut this", drawing(tmp_path / "part.svg", "#ff0000", more))
    paths = json.loads(files["toolpath.json"])["paths"]
    assert [path["operation"] for path in paths] == ["score", "cut"]


async def test_a_drawing_is_engraved_where_it_is_drawn_on_slate_too(tmp_path: Path) -> None:
    finished, files = await ran(tmp_path, "engrave this on slate, 40 mm wide", drawing(tmp_path / "part.svg"))
    report = report_of(finished)
    assert (report["width_mm"], report["height_mm"]) == (40, 30)
    assert report["burnt_share"] < 0.1
    burns = burnt(files)
    assert np.ptp(burns[burns[:, 4] > 0][:, [0, 2]]) == pytest.approx(30, abs=0.5)


async def test_a_drawing_keeps_its_own_size_unless_another_is_asked_for(tmp_path: Path) -> None:
    own, _ = await ran(tmp_path / "a", "cut this", drawing(tmp_path / "part.svg"))
    asked, _ = await ran(tmp_path / "b", "cut this, 40 mm wide", drawing(tmp_path / "part.svg"))
    assert (report_of(own)["width_mm"], report_of(asked)["width_mm"]) == (80, 40)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', UnsupportedMedia),
        ('<svg xmlns="http://www.w3.org/2000/svg"><use href="http://a/b.svg#c"/></svg>', UnsupportedMedia),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', UnsupportedMedia),
        ('<svg xmlns="http://www.w3.org/2000/svg"><text>Anna</text></svg>', InvalidOption),
        ('<svg xmlns="http://www.w3.org/2000/svg"><rect', UnsupportedMedia),
        ("<?xml version='1.0'?><rss><channel/></rss>", UnsupportedMedia),
    ],
)
async def test_an_unsafe_drawing_is_never_stored(tmp_path: Path, content: str, kind: type[Exception]) -> None:
    async with Bottega(Settings(home=tmp_path / "home", compute_workers=1)) as bottega:
        with pytest.raises(kind):
            await bottega.add_asset(content.encode(), name="part.svg")
    assert not [path for path in (tmp_path / "home" / "assets").rglob("*") if path.is_file()]


async def test_a_drawing_is_no_picture_for_other_work(tmp_path: Path) -> None:
    async with Bottega(Settings(home=tmp_path / "home", compute_workers=1)) as bottega:
        asset = await bottega.add_asset(drawing(tmp_path / "part.svg"), name="part.svg")
        assert (asset.media.media_type, asset.media.is_picture) == ("image/svg+xml", False)
        with pytest.raises(MissingInput):
            await bottega.run("make it sharper", images=[InputFile(tmp_path / "part.svg")])
