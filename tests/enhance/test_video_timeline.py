"""Work along the time axis: more pictures than there were, other speeds, and what becomes of the sound."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bottega.enhance.video import EncodeSettings, Timeline, Window, probe, samples, transform
from bottega.enhance.video.contract import Promise, check_contract, summary
from bottega.enhance.video.reading import index_frames
from bottega.enhance.video.stretch import tempo_steps
from bottega.errors import ComputeError, InvalidOption

SETTINGS = EncodeSettings(segment_frames=7)
Made = Iterator[tuple[Fraction, np.ndarray]]


def halfway(window: Window) -> Made:
    """Twice the pictures: the mean of two neighbours between them."""
    now, after = window.current, window.next
    yield now.time, now.pixels
    if after is not None:
        between = (now.pixels.astype(np.uint16) + after.pixels) // 2
        yield (now.time + after.time) / 2, between.astype(np.uint8)


def times(path: Path) -> list[Fraction]:
    index = index_frames(path)
    return [pts * index.time_base for pts in index.pts]


def slowed(path: Path, speed: Fraction) -> Timeline:
    start = times(path)[0]

    def work(window: Window) -> Made:
        yield start + (window.current.time - start) / speed, window.current.pixels

    return Timeline(work, after=0, speed=speed)


@pytest.mark.parametrize("name", ["full", "variable", "offset", "webm"])
def test_pictures_between_pictures_lie_exactly_halfway(tmp_path: Path, name: str) -> None:
    source = samples.write(tmp_path, name)
    target = tmp_path / f"made{source.suffix}"
    own = times(source)
    wanted = [t for a, b in pairwise(own) for t in (a, (a + b) / 2)] + own[-1:]
    transform(source, target, Timeline(halfway), SETTINGS, work_dir=tmp_path / "w")
    checks = check_contract(source, target, Promise(times=tuple(wanted), same_pictures=False))
    assert all(check.passed for check in checks), summary(checks)


def test_the_window_slides_over_all_pictures_and_is_shorter_at_the_ends(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")
    seen: list[tuple[int, ...]] = []

    def work(window: Window) -> Made:
        assert window.frames[window.at].index == window.current.index
        seen.append(tuple(frame.index for frame in window.frames))
        yield window.current.time, window.current.pixels

    transform(
        source, tmp_path / "made.mp4", Timeline(work, before=2, after=1), SETTINGS, work_dir=tmp_path / "w"
    )
    assert seen[:4] == [(0, 1), (0, 1, 2), (0, 1, 2, 3), (1, 2, 3, 4)]
    assert seen[-1] == (37, 38, 39)
    assert len(seen) == 40


def test_a_window_across_a_resumed_segment_is_whole(tmp_path: Path) -> None:
    """The bytes of a job that was stopped in the middle are those of one that was not."""
    from bottega.errors import Cancelled

    source = samples.write(tmp_path, "full")
    work = Timeline(halfway, before=2)
    transform(source, tmp_path / "whole.mp4", work, SETTINGS, work_dir=tmp_path / "a")
    left = iter(range(17))
    with pytest.raises(Cancelled):
        transform(
            source, tmp_path / "made.mp4", work, SETTINGS, work_dir=tmp_path / "b",
            cancelled=lambda: next(left, None) is None,
        )  # fmt: skip
    report = transform(source, tmp_path / "made.mp4", work, SETTINGS, work_dir=tmp_path / "b", resume=True)
    assert report.segments_reused == 2
    assert (tmp_path / "made.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


@pytest.mark.parametrize("name", ["full", "webm", "variable"])
def test_slow_motion_stretches_sound_subtitles_and_chapters(tmp_path: Path, name: str) -> None:
    source = samples.write(tmp_path, name)
    target = tmp_path / f"made{source.suffix}"
    speed = Fraction(1, 3)
    settings = EncodeSettings(audio="stretch")
    report = transform(source, target, slowed(source, speed), settings, work_dir=tmp_path / "w")
    before, after = probe(source), probe(target)
    assert report.audio == "stretched"
    assert any("stretched" in note for note in report.notes)
    assert after.video.duration == pytest.approx(before.video.duration / speed, abs=0.002)
    assert [c.start for c in after.chapters] == [c.start * 3 for c in before.chapters]
    assert sound_end(target) == pytest.approx(sound_end(source) * 3, abs=0.15)


def test_slow_motion_keeps_the_pitch(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "variable")
    settings = EncodeSettings(audio="stretch")
    transform(
        source, tmp_path / "made.mkv", slowed(source, Fraction(1, 2)), settings, work_dir=tmp_path / "w"
    )
    assert pitch(tmp_path / "made.mkv") == pytest.approx(pitch(source), rel=0.01)


def test_dropped_sound_is_gone_and_said_to_be(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "full")
    settings = EncodeSettings(audio="drop")
    report = transform(
        source, tmp_path / "o.mp4", slowed(source, Fraction(1, 2)), settings, work_dir=tmp_path / "w"
    )
    assert report.audio == "dropped"
    assert probe(tmp_path / "o.mp4").of_kind("audio") == ()


def test_sound_is_not_copied_out_of_step(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "full")
    with pytest.raises(InvalidOption, match="sound"):
        transform(source, tmp_path / "o.mp4", slowed(source, Fraction(1, 2)), work_dir=tmp_path / "w")


def test_times_that_do_not_rise_are_refused(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")

    def work(window: Window) -> Made:
        yield Fraction(1), window.current.pixels

    with pytest.raises(ComputeError, match="later"):
        transform(source, tmp_path / "o.mp4", Timeline(work), work_dir=tmp_path / "w")


def test_pictures_of_two_sizes_are_refused(tmp_path: Path) -> None:
    source = samples.write(tmp_path, "many keys")

    def work(window: Window) -> Made:
        yield window.current.time, window.current.pixels[: 32 + 16 * (window.current.index % 2)]

    with pytest.raises(ComputeError, match="picture of"):
        transform(source, tmp_path / "o.mp4", Timeline(work), work_dir=tmp_path / "w")


@pytest.mark.parametrize("speed", [Fraction(1, 16), Fraction(1, 3), Fraction(1, 2), Fraction(2), Fraction(7)])
def test_tempo_is_split_into_steps_that_one_filter_can_do(speed: Fraction) -> None:
    steps = tempo_steps(speed)
    product = Fraction(1)
    for step in steps:
        assert Fraction(1, 2) <= step <= 2
        product *= step
    assert product == speed


def sound_end(path: Path) -> float:
    import av

    with av.open(str(path)) as container:
        packets = [p for p in container.demux(container.streams.audio[0]) if p.pts is not None]
    return max(float((p.pts + (p.duration or 0)) * p.time_base) for p in packets)


def pitch(path: Path) -> float:
    """Hertz of the strongest tone of the left channel."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("fltp", "stereo", 48000)
        blocks = [
            part.to_ndarray()[0] for frame in container.decode(stream) for part in resampler.resample(frame)
        ]
    wave = np.concatenate(blocks)[4800:40000]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 18))
    return float(np.argmax(spectrum) * 48000 / (1 << 18))
