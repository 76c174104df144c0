"""A result that was finished after the time limit counts, and every report says that it was late."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image

from bottega.enhance.folder import enhance_folder
from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.ladder import Deadline, Engine, Policy, Samples, Setting
from bottega.enhance.preview_cache import EnhancementCache
from bottega.enhance.video import samples
from bottega.enhance.works import Work


@dataclass(frozen=True)
class Unheeding:
    """Inverts pictures, and does not look at the time, which is up before it is done where `late`."""

    late: bool = True
    name: str = "invert"
    local: bool = False

    def identity(self) -> dict[str, Any]:
        return {"name": self.name}

    def for_clip(self) -> Work:
        return self

    def size(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def engines(self, source: Samples, size: tuple[int, int]) -> list[Engine]:
        def run(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
            if self.late:
                deadline._up()  # as the timer does, after an hour
            return 255 - source, {}

        return [Engine("unheeding", run, "classical")]


HOUR = Policy(seconds=3600)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    Image.fromarray(skimage.data.astronaut()[:40, :60]).save(tmp_path / "photos" / "photo.png")
    return tmp_path / "photos" / "photo.png"


@pytest.mark.parametrize("late", [True, False])
def test_of_a_still(photo: Path, tmp_path: Path, late: bool) -> None:
    report = enhance_file(photo, tmp_path / "made.png", Unheeding(late), How(policy=HOUR))
    assert (report["state"], report["time_over"]) == ("done", late)
    assert report["notes"] == (["it was finished after the time limit"] if late else [])


def test_in_a_folder(photo: Path, tmp_path: Path) -> None:
    report = enhance_folder(photo.parent, tmp_path / "made", Unheeding(), How(policy=HOUR))
    assert report["done"] == 1
    assert report["items"][0]["time_over"]


@pytest.mark.parametrize("late", [True, False])
def test_of_the_pictures_of_a_clip(tmp_path: Path, late: bool) -> None:
    clip = samples.write(tmp_path, "full")
    report = enhance_file(clip, tmp_path / "made.mp4", Unheeding(late), How(policy=HOUR))
    assert (report["state"], report["time_over"]) == ("done", late)
    words = [note for note in report["notes"] if "time limit" in note]
    assert words == ([f"{report['frames_in']} pictures were finished after the time limit"] if late else [])


@pytest.mark.parametrize("kind", ["still", "clip"])
def test_what_comes_from_the_cache_is_not_late(photo: Path, tmp_path: Path, kind: str) -> None:
    source, ending, seen = (photo, "png", "0,0,20,20") if kind == "still" else (
        samples.write(tmp_path, "full"), "mp4", "0.2s")  # fmt: skip
    how = How(preview=seen, policy=HOUR, cache=EnhancementCache(tmp_path / "cache"))
    first, again = (
        enhance_file(source, tmp_path / f"{name}.{ending}", Unheeding(), how) for name in ("first", "again")
    )
    assert (first["cached"], first["time_over"]) == (False, True)
    assert (again["cached"], again["time_over"]) == (True, False)
    assert not [note for note in again["notes"] if "time limit" in note]
