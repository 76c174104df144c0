"""Previews: the pixels of the final run, soon, once, and beside what was there before."""

import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import ImageCms

from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.preview_cache import Box, EnhancementCache, before_after, enhanced, preview
from bottega.enhance.works import Style, Upscale, Work
from bottega.enhance.works_repair import Improve, Restore
from bottega.errors import InvalidOption
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.picture import Picture


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    return np.ascontiguousarray(skimage.data.astronaut()[:400, :401])


def part(whole: np.ndarray, box: Box, source: np.ndarray) -> np.ndarray:
    across, down = whole.shape[1] / source.shape[1], whole.shape[0] / source.shape[0]
    left, top = round(box.left * across), round(box.top * down)
    return whole[top : round((box.top + box.height) * down), left : round((box.left + box.width) * across)]


CASES: dict[str, tuple[Work, bool]] = {
    "x2": (Upscale(2, threads=1), False),
    "x3": (Upscale(3, threads=1), False),
    "x4": (Upscale(4, threads=1), False),
    "quick x2": (Upscale(2, tier="fast"), False),
    "classical x2": (Upscale(2, tier="classical"), False),
    "classical x1.5": (Upscale(width=802, height=600, tier="classical"), False),
    "x1.5": (Upscale(width=802, height=600, threads=1), False),
    "an odd size": (Upscale(width=643, threads=1), True),
    "painted": (Style("oil_paint"), True),
    "restored": (Restore(exposure=True), True),
    "improved": (Improve("archive"), True),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("box", [Box(150, 120, 60, 50), Box(0, 0, 40, 40), Box(371, 350, 30, 50)], ids=str)
def test_a_preview_is_what_the_final_run_makes_there(face: np.ndarray, name: str, box: Box) -> None:
    work, whole = CASES[name]
    seen = preview(face, work, box)
    final, _ = enhanced(face, work)
    np.testing.assert_array_equal(seen.outcome.pixels, part(final.pixels, box, face))
    assert seen.whole is whole


def test_a_crop_costs_little_of_the_whole(face: np.ndarray) -> None:
    large = np.tile(face, (5, 5, 1))
    seen = preview(large, Upscale(2, threads=1), Box(700, 700, 160, 160))
    assert not seen.whole
    window = seen.outcome.told["enlargement"]["size"]
    assert window[0] * window[1] < 0.03 * 4 * large.shape[0] * large.shape[1]


def test_the_second_time_it_is_there_already(face: np.ndarray, tmp_path: Path) -> None:
    cache = EnhancementCache(tmp_path / "cache")
    first = preview(face, Upscale(2), Box(10, 10, 50, 50), cache=cache)
    again = preview(face, Upscale(2), Box(10, 10, 50, 50), cache=cache)
    assert (first.cached, again.cached) == (False, True)
    np.testing.assert_array_equal(first.outcome.pixels, again.outcome.pixels)
    told = [json.dumps(each.outcome.as_dict()) for each in (first, again)]
    assert told[0] == told[1]


def test_other_pixels_and_other_parameters_are_other_results(face: np.ndarray, tmp_path: Path) -> None:
    cache = EnhancementCache(tmp_path)
    enhanced(face[:64, :64], Restore(), cache=cache)
    changed = face[:64, :64].copy()
    changed[5, 5, 0] ^= 1
    assert not enhanced(changed, Restore(), cache=cache)[1]
    assert not enhanced(face[:64, :64], Restore(0.9), cache=cache)[1]
    assert not enhanced(face[:64, :64].reshape(32, 128, 3), Restore(), cache=cache)[1]
    assert enhanced(face[:64, :64], Restore(), cache=cache)[1]


def test_a_damaged_entry_is_made_anew(face: np.ndarray, tmp_path: Path) -> None:
    cache = EnhancementCache(tmp_path)
    small = face[:64, :64]
    first, _ = enhanced(small, Restore(), cache=cache)
    (entry,) = tmp_path.glob("*.npz")
    for content in (b"", b"no archive at all", entry.read_bytes()[:200]):
        entry.write_bytes(content)
        again, cached = enhanced(small, Restore(), cache=cache)
        assert not cached
        np.testing.assert_array_equal(first.pixels, again.pixels)


def test_the_cache_stays_within_its_size_and_keeps_the_latest(face: np.ndarray, tmp_path: Path) -> None:
    cache = EnhancementCache(tmp_path, most_bytes=40_000)
    for side in range(60, 68):
        enhanced(face[:side, :side], Restore(), cache=cache)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 40_000
    assert enhanced(face[:67, :67], Restore(), cache=cache)[1]
    assert not enhanced(face[:60, :60], Restore(), cache=cache)[1]


def test_before_and_after_are_of_one_size_with_a_white_gap() -> None:
    before = np.full((10, 20, 3), 50, np.uint8)
    after = np.full((20, 40, 4), 0, np.uint8)  # transparent: white
    both = before_after(before, after)
    assert both.shape == (20, 88, 3)
    assert (both[:, :40] == 50).all()
    assert (both[:, 40:] == 255).all()


@pytest.mark.parametrize("text", ["", "10", "1,2,3", "a,b,c,d", "-1,0,5,5", "0,0,0,5"])
def test_what_is_no_crop_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption):
        Box.parse(text)


def test_a_crop_ends_at_the_border_and_must_begin_before_it() -> None:
    assert Box(90, 90, 50, 50).within(100, 100) == Box(90, 90, 10, 10)
    with pytest.raises(InvalidOption):
        Box(100, 0, 5, 5).within(100, 100)


def red_is_blue() -> bytes:
    """An RGB profile whose red and blue primaries are exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    head, table = profile[:128], profile[128:]
    return head + table.replace(b"rXYZ", b"----", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"----", b"bXYZ", 1)


def test_before_and_after_are_in_the_colours_of_the_source(tmp_path: Path) -> None:
    """16-bit pictures keep their profile, and so must what shows them."""
    red = np.full((20, 20, 3), (200, 40, 40), np.uint8)
    for name, pixels in {"shallow": red, "deep": red.astype(np.uint16) * 257}.items():
        encode(Picture(pixels, icc_profile=red_is_blue()), tmp_path / f"{name}.png", "image/png")
    both = tmp_path / "both.png"
    enhance_file(
        tmp_path / "deep.png", tmp_path / "large.png", Upscale(2, tier="classical"), How(compare=both)
    )
    seen = decode(tmp_path / "shallow.png").as_u8()[0, 0].astype(int)
    assert seen[2] > seen[0] + 100
    shown = decode(both).as_u8()
    assert np.abs(shown[5, 5] - seen).max() <= 1
    assert np.abs(shown[5, -5] - seen).max() <= 1
