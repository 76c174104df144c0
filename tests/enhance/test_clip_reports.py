"""What is told of a clip: sizes as they are seen, the rate that it plays at, and pictures that could not be read."""

from fractions import Fraction
from pathlib import Path

import pytest

from bottega.enhance.clip_jobs import coded_size
from bottega.enhance.interpolate import Rate
from bottega.enhance.jobs import enhance_file
from bottega.enhance.motion import smooth_clip
from bottega.enhance.video import probe, samples
from bottega.enhance.works import Upscale, Work


@pytest.mark.parametrize(
    ("name", "work", "before", "after"),
    [
        # Coded 96 x 64, of wide pixels (4:3), on its side.
        ("full", Upscale(2, tier="fast"), (64, 128), (128, 256)),
        ("full", Upscale(width=96, tier="fast"), (64, 128), (96, 192)),
        # Coded 96 x 64, of pixels of 16:11.
        ("variable", Upscale(height=96, tier="fast"), (140, 64), (210, 96)),
        ("odd", Upscale(3, tier="fast"), (63, 47), (189, 141)),
    ],
)
def test_sizes_are_those_that_are_seen(
    tmp_path: Path, name: str, work: Work, before: tuple[int, int], after: tuple[int, int]
) -> None:
    source = samples.write(tmp_path, name)
    target = tmp_path / f"made{source.suffix}"
    report = enhance_file(source, target, work)
    assert report["before"] == {"width": before[0], "height": before[1]}
    assert (report["after"]["width"], report["after"]["height"]) == after
    assert probe(target).video.display_size == after


def test_a_clip_keeps_its_turns_and_the_shape_of_its_pixels(tmp_path: Path) -> None:
    video = probe(samples.write(tmp_path, "full")).video
    assert coded_size(video, (640, 1280)) == (960, 640)
    assert coded_size(video, (64, 64)) == (48, 64)


@pytest.mark.parametrize("fps", [Fraction(60), Fraction(25), Fraction(60000, 1001)])
def test_the_rate_that_is_told_is_the_one_asked_for(tmp_path: Path, fps: Fraction) -> None:
    """Also where the last picture is seen for a shorter time than the others."""
    source = samples.write(tmp_path, "full")
    report = smooth_clip(source, tmp_path / "made.mp4", Rate(fps=fps), tier="fast")
    assert report["frame_rate"] == pytest.approx(float(fps), abs=0.001)


def test_pictures_that_could_not_be_read_are_told(tmp_path: Path) -> None:
    whole = samples.write(tmp_path, "full")
    hurt = samples.damaged(whole, tmp_path / "hurt.mp4")
    of_whole, of_hurt = (
        [
            note
            for note in enhance_file(clip, tmp_path / "made.mp4", Upscale(2, tier="fast"))["notes"]
            if "damaged" in note
        ]
        for clip in (whole, hurt)
    )
    assert of_whole == []
    assert len(of_hurt) == 1
    assert of_hurt[0].endswith("pictures are damaged: the one before is shown")
