"""Thumbnails: upright, small, clean, whole."""

from pathlib import Path

import foreign_files as files
import numpy as np
import pytest
from PIL import Image

from bottega.errors import InvalidOption, TooLarge, UnsupportedMedia
from bottega.imaging.decode import Limits, decode
from bottega.imaging.thumbnail import make_thumbnail

LIMITS = Limits()


def test_a_photograph_becomes_small(tmp_path: Path, photographs: Path) -> None:
    make_thumbnail(photographs / "astronaut.png", tmp_path / "small", 128, LIMITS)
    with Image.open(tmp_path / "small") as small, Image.open(photographs / "astronaut.png") as full:
        assert small.format == "WEBP"
        assert small.size == (128, 128)
        reference = np.asarray(full.convert("RGB").resize((128, 128), Image.Resampling.BOX)).astype(int)
        assert np.abs(np.asarray(small.convert("RGB")).astype(int) - reference).mean() < 6
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


@pytest.mark.parametrize("kind", files.every_format())
def test_every_format_has_an_upright_thumbnail_without_metadata(tmp_path: Path, kind: str) -> None:
    (tmp_path / "source").write_bytes(files.every_format()[kind])
    make_thumbnail(tmp_path / "source", tmp_path / "small", 24, LIMITS)
    source, small = decode(tmp_path / "source"), decode(tmp_path / "small")
    assert max(small.width, small.height) == 24
    assert (small.width < small.height) == (source.width < source.height)
    assert (small.exif, small.icc_profile) == (None, None)


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(files.every_format()["bmp"])
    make_thumbnail(tmp_path / "source", tmp_path / "small", 300, LIMITS)
    assert (decode(tmp_path / "small").width, decode(tmp_path / "small").height) == (48, 32)


def test_a_thin_line_keeps_one_pixel(tmp_path: Path) -> None:
    Image.new("RGB", (4000, 2)).save(tmp_path / "source", "PNG")
    make_thumbnail(tmp_path / "source", tmp_path / "small", 100, LIMITS)
    assert (decode(tmp_path / "small").width, decode(tmp_path / "small").height) == (100, 1)


def test_hidden_colours_do_not_tint_the_edge(tmp_path: Path) -> None:
    """A red disc on transparent green: no green may come in where the edge is averaged."""
    y, x = np.mgrid[0:256, 0:256]
    inside = (x - 128) ** 2 + (y - 128) ** 2 < 100**2
    rgba = np.where(inside[:, :, None], (255, 0, 0, 255), (0, 255, 0, 0)).astype(np.uint8)
    Image.fromarray(rgba).save(tmp_path / "source", "PNG")
    make_thumbnail(tmp_path / "source", tmp_path / "small", 50, LIMITS)
    small = decode(tmp_path / "small")
    assert small.alpha is not None
    assert {int(small.alpha[0, 0]), int(small.alpha[25, 25])} == {0, 255}
    assert int(small.rgb[:, :, 1][small.alpha > 100].max()) < 60


def test_a_refused_source_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"%PDF-1.7")
    with pytest.raises(UnsupportedMedia):
        make_thumbnail(tmp_path / "source", tmp_path / "small", 50, LIMITS)
    (tmp_path / "source").write_bytes(files.every_format()["bmp"])
    with pytest.raises(TooLarge):
        make_thumbnail(tmp_path / "source", tmp_path / "small", 50, Limits(max_side=20))
    with pytest.raises(InvalidOption):
        make_thumbnail(tmp_path / "source", tmp_path / "small", 0, LIMITS)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
