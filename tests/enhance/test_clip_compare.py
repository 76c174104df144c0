"""Before and after of clips, side by side as they are seen: upright, and at the same moments."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bottega.enhance.clip_compare import before_after_clip, beside
from bottega.enhance.interpolate import Rate
from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.motion import smooth_clip
from bottega.enhance.preview_cache import GAP
from bottega.enhance.video import probe, samples
from bottega.enhance.works import Style, Upscale
from bottega.errors import InputError, InvalidOption


def read(path: Path) -> tuple[list[np.ndarray], list[float]]:
    with av.open(str(path)) as made:
        found = [(frame.to_ndarray(format="rgb24"), float(frame.time)) for frame in made.decode(video=0)]
    return [pixels for pixels, _ in found], [time - found[0][1] for _, time in found]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, -90])
def test_before_is_on_the_left_of_what_is_seen(rotation: int) -> None:
    before, after = np.full((6, 4, 3), 50, np.uint8), np.full((12, 8, 3), 200, np.uint8)
    seen = np.rot90(beside(before, after, rotation), rotation // 90)
    width = 8 if rotation % 180 == 0 else 12
    assert seen.shape == (20 - width, 2 * width + GAP, 3)
    assert (seen[:, :width] == 50).all()
    assert (seen[:, width:-width] == 255).all()
    assert (seen[:, -width:] == 200).all()


@pytest.mark.parametrize(
    ("rate", "preview", "begin"),
    [
        (Rate(factor=Fraction(2)), None, 0),
        (Rate(fps=Fraction(50)), "0.3-0.7s", 9),
        (Rate(factor=Fraction(3), slow=Fraction(3)), "0.3-0.7s", 9),
    ],
)
def test_each_picture_stands_beside_the_one_seen_at_its_moment(
    tmp_path: Path, rate: Rate, preview: str | None, begin: int
) -> None:
    source, made, both = samples.write(tmp_path, "offset"), tmp_path / "made.mp4", tmp_path / "both.mp4"
    smooth_clip(source, made, rate, tier="fast", how=How(preview=preview, compare=both, quality=95))
    given, times = read(source)
    pictures, moments = read(both)
    assert len(pictures) == len(read(made)[0])
    for picture, moment in zip(pictures, moments, strict=True):
        then = times[begin] + moment / float(rate.slow)
        seen = max(number for number, time in enumerate(times) if time <= then + 0.002)
        left = picture[:, : given[0].shape[1]].astype(int)
        apart = [np.abs(left - other).mean() for other in given]
        assert int(np.argmin(apart)) == seen


def test_it_has_the_sound_and_the_shape_of_the_result(tmp_path: Path) -> None:
    source, made, both = samples.write(tmp_path, "full"), tmp_path / "made.mp4", tmp_path / "both.mp4"
    how = How(preview="0.5-0.9s", compare=both)
    enhance_file(source, made, Upscale(2, tier="fast"), how)
    result, shown = probe(made), probe(both)
    assert shown.video.rotation == result.video.rotation == 90
    assert shown.video.frames == result.video.frames == 12
    assert (shown.video.width, shown.video.height) == (result.video.width, 2 * result.video.height + GAP)
    assert len(shown.of_kind("audio")) == len(result.of_kind("audio")) == 2
    assert not list(tmp_path.glob(".*"))


def test_deep_pictures_stay_deep(tmp_path: Path) -> None:
    source, both = samples.write(tmp_path, "hdr"), tmp_path / "both.mkv"
    before_after_clip(source, source, both)
    left, right = np.hsplit(np.delete(read(both)[0][3], np.s_[128 : 128 + GAP], axis=1), 2)
    assert probe(both).video.bit_depth == 10
    assert probe(both).video.colour == probe(source).video.colour
    assert np.abs(left.astype(int) - right).mean() < 2


@pytest.mark.parametrize(
    ("compare", "error"), [("made.mp4", InputError), ("offset.mp4", InputError), ("both.png", InvalidOption)]
)
def test_a_comparison_that_cannot_be_written_is_refused_before_any_work(
    tmp_path: Path, compare: str, error: type[Exception]
) -> None:
    source, made = samples.write(tmp_path, "offset"), tmp_path / "made.mp4"
    how, there = How(compare=tmp_path / compare), source.read_bytes()
    with pytest.raises(error):
        enhance_file(source, made, Style("cartoon", faces=False), how)
    with pytest.raises(error):
        smooth_clip(source, made, Rate(factor=Fraction(2)), how=how)
    assert not made.exists()
    assert source.read_bytes() == there
