"""Previews of clips: the pixels of the whole run, its times from zero, with the sound of those seconds, kept on disk."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bottega.enhance.clip_works import ClipWorks
from bottega.enhance.interpolate import Rate
from bottega.enhance.jobs import How, enhance_file, part_of
from bottega.enhance.motion import smooth_clip
from bottega.enhance.preview_cache import EnhancementCache
from bottega.enhance.video import EncodeSettings, probe, samples, transform
from bottega.enhance.works import Style, Upscale
from bottega.errors import InvalidOption

LOSSLESS = EncodeSettings(lossless=True)
DRAWN = Style("cartoon", faces=False)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 pictures at 30000/1001 a second, with sound."""
    return samples.write(tmp_path_factory.mktemp("clip"), "full")


def read(path: Path) -> tuple[list[np.ndarray], list[float]]:
    with av.open(str(path)) as made:
        found = [(frame.to_ndarray(format="rgb24"), float(frame.time)) for frame in made.decode(video=0)]
    return [pixels for pixels, _ in found], [time for _, time in found]


@pytest.mark.parametrize(("part", "first", "count"), [("0.5s", 0, 15), ("0.5-0.8s", 15, 9)])
def test_a_part_has_the_pixels_of_the_whole_run(
    clip: Path, tmp_path: Path, part: str, first: int, count: int
) -> None:
    made = []
    for name, span in (("whole.mkv", None), ("part.mkv", part_of(part))):
        work = ClipWorks([DRAWN, Upscale(scale=2, tier="fast")]).for_transform()
        transform(clip, tmp_path / name, work, LOSSLESS, work_dir=tmp_path / name[:4], part=span)
        made.append(read(tmp_path / name)[0])
    whole, previewed = made
    assert len(previewed) == count
    for number, pixels in enumerate(previewed):
        assert np.array_equal(pixels, whole[first + number])


def test_a_part_begins_at_zero_and_has_its_own_sound(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "part.mp4"
    report = enhance_file(clip, target, Upscale(scale=2, tier="fast"), How(preview="0.5-0.9s"))
    _, times = read(target)
    assert report["preview"] == {"from": 0.5, "to": 0.9}
    assert report["frames_in"] == len(times) == 12
    assert times[0] == pytest.approx(0, abs=0.001)
    assert times[-1] == pytest.approx(11 * 1001 / 30000, abs=0.002)
    info = probe(target)
    assert len(info.of_kind("audio")) == len(probe(clip).of_kind("audio"))
    with av.open(str(target)) as made:
        sound = [packet for packet in made.demux(made.streams.audio[0]) if packet.size]
    seconds = [float(packet.pts * packet.time_base) for packet in sound]
    assert seconds[0] == pytest.approx(0, abs=0.05)
    assert seconds[-1] == pytest.approx(0.4, abs=0.06)
    assert probe(target).video.rotation == probe(clip).video.rotation


@pytest.mark.parametrize(
    "rate", [Rate(fps=Fraction(60)), Rate(factor=Fraction(2)), Rate(factor=Fraction(2), slow=Fraction(2))]
)
def test_frames_between_are_those_of_the_whole_run(clip: Path, tmp_path: Path, rate: Rate) -> None:
    whole, part = tmp_path / "whole.mkv", tmp_path / "part.mkv"
    smooth_clip(clip, whole, rate, tier="fast", how=How(quality=98))
    smooth_clip(clip, part, rate, tier="fast", how=How(quality=98, preview="0.5-0.8s"))
    (all_pixels, all_times), (pixels, times) = read(whole), read(part)
    begin = 15 * 1001 / 30000 * float(rate.slow)
    assert len(pixels) >= 17
    for picture, time in zip(pixels, times, strict=True):
        # Copied sound that begins before zero moves everything in a Matroska file.
        same = int(np.argmin([abs(other - all_times[0] - time - begin) for other in all_times]))
        assert all_times[same] - all_times[0] - time == pytest.approx(begin, abs=0.002)
        # Encoded in other company: not to the last bit.
        apart = [
            np.abs(picture.astype(int) - other).mean() for other in all_pixels[max(0, same - 2) : same + 3]
        ]
        assert apart[min(2, same)] < 2
        assert min(apart) == apart[min(2, same)]


def test_a_preview_is_kept_for_the_next_time(clip: Path, tmp_path: Path) -> None:
    how = How(preview="0.2s", cache=EnhancementCache(tmp_path / "kept"))
    first = enhance_file(clip, tmp_path / "first.mp4", DRAWN, how)
    again = enhance_file(clip, tmp_path / "again.mp4", DRAWN, how)
    other = enhance_file(clip, tmp_path / "other.mp4", Style("cartoon", 0.5, faces=False), how)
    assert (first["cached"], again["cached"], other["cached"]) == (False, True, False)
    assert (tmp_path / "first.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()
    assert again["after"] == first["after"]
    (tmp_path / "kept").joinpath(next(tmp_path.glob("kept/*.clip")).name).write_bytes(b"damaged")
    assert {
        enhance_file(clip, tmp_path / "new.mp4", work, how)["cached"]
        for work in (DRAWN, Style("cartoon", 0.5, faces=False))
    } == {False, True}


@pytest.mark.parametrize("text", ["", "0s", "two", "3-2s", "-1s", "1/0", "0-4000s"])
def test_what_is_no_part_of_a_clip_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption):
        part_of(text)


def test_a_part_behind_the_end_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="lasts"):
        enhance_file(clip, tmp_path / "part.mp4", DRAWN, How(preview="5-6s"))
