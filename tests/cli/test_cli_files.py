"""Names of result files: they say what they are and never stand for another file."""

from pathlib import Path

import pytest

from bottega.cli.files import Destination, stem_of, write_outputs
from bottega.cli.work import exit_code
from bottega.domain.asset import Asset, MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.job import Job, JobState
from bottega.domain.plan import Plan
from bottega.domain.request import Request
from bottega.errors import ComputeError, ContentRefused, ResourceError


def _job(state: JobState = JobState.SUCCEEDED, **more: object) -> Job:
    return Job.model_validate(
        {
            "id": "job_1",
            "owner": "local",
            "state": state,
            "request": Request(),
            "intent": Intent(workflow=WorkClass.LASER, confidence=1, reasoning="", classifier="user"),
            "plan": Plan(workflow="reference_styling/virtual_tryon", options={}, candidates=()),
            "created_at": 0.0,
            **more,
        }
    )


def _made(folder: Path, *names: str) -> list[tuple[Asset, Path]]:
    made: list[tuple[Asset, Path]] = []
    for name in names:
        source = folder / f"kept-{name}"
        source.write_text(name)
        media = MediaInfo(media_type="image/png")
        asset = Asset(id=name, owner="local", kind="result", name=name, media=media, size=1, created_at=0.0)
        made.append((asset, source))
    return made


def test_a_workflows_slash_is_no_folder(tmp_path: Path) -> None:
    written = write_outputs(_made(tmp_path, "worn.png"), _job(), Destination(tmp_path, "me"))
    assert [path for path, _ in written] == [str(tmp_path / "me-reference_styling-virtual_tryon.png")]


def test_files_of_one_job_get_the_same_number(tmp_path: Path) -> None:
    taken = tmp_path / "out-engraving.svg"
    taken.write_text("somebody's own")
    destination = Destination.of(str(tmp_path / "out.png"), "photo")
    written = write_outputs(_made(tmp_path, "preview.png", "engraving.svg"), _job(), destination)
    assert [Path(path).name for path, _ in written] == ["out-2.png", "out-engraving-2.svg"]
    assert taken.read_text() == "somebody's own"
    assert not (tmp_path / "out.png").exists()


def test_outputs_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    written = write_outputs(_made(tmp_path, "a.png", "a.png"), _job(), Destination(tmp_path, "x"))
    assert len({path for path, _ in written}) == 2


def test_a_result_that_cannot_be_written_can_still_be_had(tmp_path: Path) -> None:
    with pytest.raises(ResourceError) as raised:
        write_outputs(_made(tmp_path, "a.png"), _job(), Destination(tmp_path / "nowhere", "x"))
    assert "bottega jobs save job_1" in raised.value.hint


@pytest.mark.parametrize(
    ("out", "folder", "file"),
    [
        ("results", "results", None),
        ("results/x.png", "results", "x.png"),
        ("a.b/", "a.b", None),
        ("x.jpg", ".", "x.jpg"),
    ],
)
def test_out_is_a_folder_or_a_file(out: str, folder: str, file: str | None) -> None:
    destination = Destination.of(out, "photo")
    assert destination.folder == Path(folder)
    assert (destination.file.name if destination.file else None) == file


def test_without_a_picture_the_sentence_names_the_file() -> None:
    assert stem_of([], "A red/blue bicycle, in the rain at night!") == "a-red-blue-bicycle-in-the"
    assert stem_of([], "!?") == "result"


@pytest.mark.parametrize(
    ("state", "error", "code"),
    [
        (JobState.SUCCEEDED, None, 0),
        (JobState.REJECTED, None, 4),
        (JobState.CANCELLED, None, 130),
        (JobState.UNKNOWN, None, 1),
        (JobState.QUARANTINED, None, 1),
        (JobState.FAILED, ComputeError("x", attempts=[{"outcome": "failed"}]), 1),
        (JobState.FAILED, ComputeError("x", attempts=[{"outcome": "over budget"}]), 5),
        (JobState.FAILED, ComputeError("x", attempts=[{"outcome": "over budget"}, {"outcome": "failed"}]), 1),
        (JobState.FAILED, ContentRefused("x"), 3),
    ],
)
def test_the_end_of_a_job_is_an_exit_code(state: JobState, error: ComputeError | None, code: int) -> None:
    assert exit_code(_job(state, error=error.as_dict() if error else None)) == code
