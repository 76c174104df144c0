"""A clip whose job is killed, starved or changed under its hands: the same bytes in the end, or an error with a name."""

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import video_worker

from bottega.enhance.video import EncodeSettings, samples, transform
from bottega.errors import Cancelled, ComputeError, Conflict, NotFound, ResourceError

WORKER = str(Path(video_worker.__file__))
PICTURES, SEGMENT = 36, 6
"""Of the clip, and of one of its segments."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.write(tmp_path_factory.mktemp("clip"), "full")


@pytest.fixture(scope="module")
def uninterrupted(clip: Path) -> bytes:
    target = clip.with_name("whole.mp4")
    transform(
        clip,
        target,
        video_worker.slow_work,
        video_worker.settings(keep=False),
        work_dir=clip.parent / "whole",
    )
    return target.read_bytes()


def start(
    clip: Path, target: Path, folder: Path, *, keep: bool, pictures: int | None
) -> "subprocess.Popen[str]":
    """A life that makes so many pictures at most and then waits; None: all."""
    command = [sys.executable, WORKER, str(clip), str(target), str(folder), str(int(keep))]
    given = subprocess.DEVNULL if pictures is None else subprocess.PIPE
    with target.with_name("worker.err").open("a") as errors:
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=errors, text=True)
    if pictures is not None:
        assert process.stdin is not None
        process.stdin.write("\n" * (pictures - 1))
        process.stdin.flush()
    return process


def kill_after(clip: Path, target: Path, folder: Path, lines: int, *, keep: bool) -> tuple[int, int]:
    """Kills a life once it has said so many lines, at work on the next picture or done with it; how many it had said in
    the end, and how it ended."""
    process = start(clip, target, folder, keep=keep, pictures=lines + 1)
    assert process.stdout is not None
    for _ in range(lines):
        if not process.stdout.readline():
            break
    process.kill()
    rest = process.stdout.read().splitlines()
    # It was killed, or had finished by then; a life that broke off by itself is a fault.
    assert process.wait() in (0, -signal.SIGKILL), target.with_name("worker.err").read_text()
    assert process.stdin is not None
    process.stdin.close()
    return lines + len(rest), process.returncode


def resumed(clip: Path, folder: Path, *, keep: bool) -> tuple[bytes, list[str]]:
    """To the end; the clip, and what was said."""
    target = folder / "out.mp4"
    process = start(clip, target, folder / "work", keep=keep, pictures=None)
    said = process.communicate()[0].splitlines()
    assert process.returncode == 0, (folder / "worker.err").read_text()
    return target.read_bytes(), said


@pytest.mark.parametrize("keep", [False, True])
def test_five_kills_leave_the_same_bytes(
    clip: Path, uninterrupted: bytes, tmp_path: Path, keep: bool
) -> None:
    """The first life is killed after its first segment; all five together are too short for the whole clip."""
    chance = random.Random(5)
    recorded = 0
    for lines in [chance.randint(7, 9), *(chance.randint(1, 5) for _ in range(4))]:
        _, ended = kill_after(clip, tmp_path / "out.mp4", tmp_path / "work", lines, keep=keep)
        assert ended == -signal.SIGKILL
        before, recorded = recorded, segments_recorded(tmp_path / "work")
        assert recorded >= max(1, before)
    data, said = resumed(clip, tmp_path, keep=keep)
    assert data == uninterrupted
    reused = int(said[-1].removeprefix("finished ").split()[0])
    assert reused == recorded
    assert len(said) - 1 == PICTURES - reused * SEGMENT


def segments_recorded(folder: Path) -> int:
    return len(json.loads((folder / "manifest.json").read_text())["segments"])


@pytest.mark.slow
def test_fifty_kills_leave_the_same_bytes(clip: Path, uninterrupted: bytes, tmp_path: Path) -> None:
    chance = random.Random(50)
    for job in range(10):
        folder = tmp_path / str(job)
        folder.mkdir()
        keep = job % 2 == 0
        for _ in range(5):
            kill_after(clip, folder / "out.mp4", folder / "work", chance.randint(0, 12), keep=keep)
        data, _ = resumed(clip, folder, keep=keep)
        assert data == uninterrupted


def test_slow_pictures_are_kept_one_by_one(clip: Path, tmp_path: Path) -> None:
    made, _ = kill_after(clip, tmp_path / "out.mp4", tmp_path / "work", 4, keep=True)
    target = tmp_path / "out.mp4"
    report = transform(
        clip, target, video_worker.slow_work, video_worker.settings(keep=True), work_dir=tmp_path / "work",
        identity="slow work", resume=True,
    )  # fmt: skip
    assert report.segments_reused * SEGMENT + report.frames_reused >= made


def test_a_damaged_clip_resumes_to_the_same_bytes(clip: Path, tmp_path: Path) -> None:
    broken = samples.damaged(clip, tmp_path / "broken.mp4", at=0.3, length=1200)
    settings = EncodeSettings(segment_frames=5)
    transform(broken, tmp_path / "whole.mp4", _same, settings, work_dir=tmp_path / "a")
    for stop in (7, 8, 9):
        with pytest.raises(Cancelled):
            transform(
                broken,
                tmp_path / "out.mp4",
                _same,
                settings,
                work_dir=tmp_path / "b",
                resume=True,
                cancelled=_after(stop),
            )
    transform(broken, tmp_path / "out.mp4", _same, settings, work_dir=tmp_path / "b", resume=True)
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_a_cancelled_job_keeps_what_is_finished(clip: Path, tmp_path: Path) -> None:
    settings = EncodeSettings(segment_frames=6)
    with pytest.raises(Cancelled):
        transform(clip, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w", cancelled=_after(20))
    assert not (tmp_path / "o.mp4").exists()
    report = transform(clip, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w", resume=True)
    assert report.segments_reused == 3


def test_an_altered_segment_is_made_again(clip: Path, tmp_path: Path) -> None:
    settings = EncodeSettings(segment_frames=6)
    transform(clip, tmp_path / "whole.mp4", _same, settings, work_dir=tmp_path / "a")
    with pytest.raises(Cancelled):
        transform(clip, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w", cancelled=_after(20))
    segment = tmp_path / "w" / "000001.segment"
    segment.write_bytes(segment.read_bytes()[:-1] + b"\0")
    report = transform(clip, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w", resume=True)
    assert report.segments_reused == 1
    assert (tmp_path / "o.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


@pytest.mark.parametrize("what", ["settings", "source", "work"])
def test_resuming_with_something_else_is_refused_by_name(clip: Path, tmp_path: Path, what: str) -> None:
    mine = tmp_path / "mine.mp4"
    shutil.copy(clip, mine)
    settings = EncodeSettings(segment_frames=6)
    with pytest.raises(Cancelled):
        transform(mine, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w", cancelled=_after(8))
    if what == "source":
        mine = samples.write(tmp_path, "offset")
    changed = EncodeSettings(segment_frames=6, quality=20) if what == "settings" else settings
    identity = "another" if what == "work" else ""
    with pytest.raises(Conflict, match=what):
        transform(
            mine, tmp_path / "o.mp4", _same, changed, work_dir=tmp_path / "w", resume=True, identity=identity
        )


def test_a_source_that_is_deleted_while_it_is_worked_on_is_missed(clip: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.mp4"
    shutil.copy(clip, mine)

    def work(pixels: np.ndarray) -> np.ndarray:
        mine.unlink(missing_ok=True)
        return pixels

    with pytest.raises(NotFound):
        transform(mine, tmp_path / "o.mp4", work, work_dir=tmp_path / "w")


def test_a_source_that_changes_while_it_is_worked_on_is_noticed(clip: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.mp4"
    shutil.copy(clip, mine)

    def work(pixels: np.ndarray) -> np.ndarray:
        with mine.open("ab") as file:
            file.write(b"more")
        return pixels

    with pytest.raises(Conflict):
        transform(mine, tmp_path / "o.mp4", work, EncodeSettings(segment_frames=6), work_dir=tmp_path / "w")


def test_a_full_disk_has_a_name_and_what_is_finished_stays(clip: Path, tmp_path: Path) -> None:
    """A limit on the size of a file is what a full disk looks like to the writer."""
    settings = EncodeSettings(segment_frames=6, codec="mpeg4", quality=100)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        with pytest.raises(ResourceError, match="full"):
            transform(clip, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.glob("*.mp4")) == []
    report = transform(clip, tmp_path / "o.mp4", _same, settings, work_dir=tmp_path / "w", resume=True)
    assert report.segments_reused >= 1


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_disk_that_is_full_at_the_very_end_has_the_same_name(
    clip: Path, tmp_path: Path, suffix: str
) -> None:
    """Every segment fits, the whole does not."""
    settings = EncodeSettings(segment_frames=6, codec="mpeg4", quality=95)
    whole = transform(clip, tmp_path / f"a{suffix}", _same, settings, work_dir=tmp_path / "a")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (whole.target_bytes // 2, hard))
    try:
        with pytest.raises(ResourceError, match="full"):
            transform(clip, tmp_path / f"o{suffix}", _same, settings, work_dir=tmp_path / "w")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / f"o{suffix}").exists()
    report = transform(clip, tmp_path / f"o{suffix}", _same, settings, work_dir=tmp_path / "w", resume=True)
    assert report.segments_reused == report.segments == 6


def test_temporary_files_are_no_larger_than_the_result_and_go_away(clip: Path, tmp_path: Path) -> None:
    report = transform(clip, tmp_path / "o.mp4", _same, EncodeSettings(quality=90), work_dir=tmp_path / "w")
    assert report.peak_temporary_bytes <= 1.2 * report.target_bytes
    assert list((tmp_path / "w").iterdir()) == []


@pytest.mark.parametrize(
    "bad",
    [
        lambda p: None,
        lambda p: p[..., 0],
        lambda p: np.full(p.shape, np.nan, np.float32),
        lambda p: p.astype(np.int32),
    ],
)
def test_work_that_gives_no_picture_is_an_error(clip: Path, tmp_path: Path, bad: object) -> None:
    with pytest.raises(ComputeError):
        transform(clip, tmp_path / "o.mp4", bad, work_dir=tmp_path / "w")  # type: ignore[arg-type]
    assert not (tmp_path / "o.mp4").exists()


def _same(pixels: np.ndarray) -> np.ndarray:
    return pixels


def _after(pictures: int) -> Callable[[], bool]:
    """Says stop after so many questions."""
    asked = iter(range(pictures + 1))
    return lambda: next(asked, None) is None
