"""Which encoder is chosen: by licence, container, size and depth, and what is said when not all can be kept."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bottega.enhance.video import EncodeSettings, probe, samples, transform
from bottega.enhance.video.contract import check_contract
from bottega.errors import InvalidOption, NoCandidate


def same(pixels: np.ndarray) -> np.ndarray:
    return pixels


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_no_encoder_under_the_gpl_is_used_unasked(tmp_path: Path, suffix: str) -> None:
    source = samples.write(tmp_path, "many keys")
    report = transform(source, tmp_path / f"o{suffix}", same, work_dir=tmp_path / "w")
    assert report.encoder not in ("libx264", "libx265")
    assert probe(report.target).video.frames == 40


def test_hevc_needs_the_word(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")
    with pytest.raises(NoCandidate) as caught:
        transform(source, tmp_path / "o.mp4", same, EncodeSettings(codec="hevc"), work_dir=tmp_path / "w")
    assert "GPL" in caught.value.hint
    report = transform(
        source, tmp_path / "o.mp4", same, EncodeSettings(codec="hevc", gpl=True), work_dir=tmp_path / "w"
    )
    assert report.encoder == "libx265"


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("o.mp4", EncodeSettings(lossless=True)),
        ("o.webm", EncodeSettings(codec="h264")),
        ("o.gif", EncodeSettings()),
        ("o.mkv", EncodeSettings(lossless=True, codec="av1")),
    ],
)
def test_what_a_container_does_not_hold_is_refused(
    tmp_path: Path, name: str, settings: EncodeSettings
) -> None:
    source = samples.write(tmp_path, "many keys")
    with pytest.raises(InvalidOption):
        transform(source, tmp_path / name, same, settings, work_dir=tmp_path / "w")


def test_lossless_keeps_every_pixel(tmp_path: Path) -> None:
    from bottega.enhance.video.colour import to_pixels
    from bottega.enhance.video.reading import index_frames, pictures

    source = samples.write(tmp_path, "many keys")
    made: list[np.ndarray] = []

    def noise(pixels: np.ndarray) -> np.ndarray:
        made.append(np.random.default_rng(len(made)).integers(0, 256, pixels.shape, dtype=np.uint8))
        return made[-1]

    transform(source, tmp_path / "o.mkv", noise, EncodeSettings(lossless=True), work_dir=tmp_path / "w")
    index, colour = index_frames(tmp_path / "o.mkv"), probe(tmp_path / "o.mkv").video.colour
    for number, frame, _ in pictures(tmp_path / "o.mkv", index):
        np.testing.assert_array_equal(to_pixels(frame, colour, "uint8"), made[number])


def test_higher_quality_is_nearer_and_larger(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")
    sizes = [
        transform(
            source, tmp_path / "o.mkv", same, EncodeSettings(quality=q), work_dir=tmp_path / "w"
        ).target_bytes
        for q in (20, 60, 100)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 2


def test_hdr_keeps_its_depth_and_mastering_values(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "hdr")
    settings = EncodeSettings(pixels="float32", quality=90)
    report = transform(source, tmp_path / "o.mp4", same, settings, work_dir=tmp_path / "w")
    assert report.pixel_format == "yuv420p10le"
    assert [check for check in check_contract(source, report.target) if not check.passed] == []


def test_hdr_for_an_encoder_of_eight_bits_becomes_sdr_and_is_said_to(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "hdr")
    settings = EncodeSettings(codec="vp9", pixels="uint16")
    report = transform(source, tmp_path / "o.mp4", same, settings, work_dir=tmp_path / "w")
    video = probe(report.target).video
    assert (video.bit_depth, video.colour.hdr, video.colour.primaries, video.colour.matrix) == (8, "", 1, 1)
    assert any("SDR" in note for note in report.notes)


@pytest.mark.parametrize("codec", ["auto", "vp9", "mpeg4", "h264"])
@pytest.mark.parametrize("size", [(63, 47), (1, 1), (17, 2)])
def test_odd_and_tiny_sizes(tmp_path: Path, codec: str, size: tuple[int, int]) -> None:
    recipe = replace(samples.RECIPES["odd"], size=size, ticks=tuple(range(6)))
    samples.write_recipe(tmp_path / "small.mp4", recipe)
    settings = EncodeSettings(codec=codec, gpl=True)  # type: ignore[arg-type]
    transform(tmp_path / "small.mp4", tmp_path / "o.mp4", same, settings, work_dir=tmp_path / "w")
    video = probe(tmp_path / "o.mp4").video
    assert (video.width, video.height, video.frames) == (*size, 6)


def test_an_encoder_in_hardware_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")
    settings = EncodeSettings(codec="h264", hardware=True, gpl=True)
    report = transform(source, tmp_path / "o.mp4", same, settings, work_dir=tmp_path / "w")
    skipped = any("does not work on this machine" in note for note in report.notes)
    assert skipped == (report.encoder == "libx264")


def test_a_quality_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidOption):
        EncodeSettings(quality=101)


def test_the_same_work_gives_the_same_bytes(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "full")
    for codec in ("av1", "vp9", "mpeg4"):
        made = []
        for run in "ab":
            settings = EncodeSettings(codec=codec, segment_frames=9)
            report = transform(source, tmp_path / f"{run}.mp4", same, settings, work_dir=tmp_path / run)
            made.append(report.target.read_bytes())
        assert made[0] == made[1]
        assert report.duration == Fraction(36 * 1001, 30000)
