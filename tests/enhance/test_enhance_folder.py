"""A folder through an enhancement: every file on its own, failures told, finished work kept."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.enhance.folder import MANIFEST, enhance_folder, items_of
from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.video import probe, samples
from bottega.enhance.works import Upscale
from bottega.enhance.works_repair import Restore
from bottega.errors import Cancelled, InputError, InvalidOption, NotFound, UnsupportedMedia


def draw(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(60, 200, (24, 32, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    draw(folder / "a.png", 1)
    draw(folder / "deeper" / "b.jpg", 2)
    draw(folder / "c.gif", 3)
    draw(folder / ".hidden" / "d.png")
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_every_picture_is_made_where_it_was(pictures: Path, tmp_path: Path) -> None:
    report = enhance_folder(pictures, tmp_path / "out", Upscale(2))
    assert (report["files"], report["done"], report["failed"]) == (3, 3, 0)
    made = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert made == {"a.png", "deeper/b.jpg", "c.png", MANIFEST}
    for name in ("a.png", "deeper/b.jpg", "c.png"):
        with Image.open(tmp_path / "out" / name) as picture:
            assert picture.size == (64, 48)


def test_one_that_fails_stops_no_other(pictures: Path, tmp_path: Path) -> None:
    (pictures / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    report = enhance_folder(pictures, tmp_path / "out", Restore())
    assert (report["done"], report["failed"]) == (3, 1)
    (bad,) = [item for item in report["items"] if item["state"] == "failed"]
    assert bad["source"].endswith("b.png")
    assert bad["error"]["message"]
    assert not (tmp_path / "out" / "b.png").exists()


def test_resuming_keeps_what_is_finished_and_makes_the_rest(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    enhance_folder(pictures, out, Upscale(2))
    (out / "c.png").unlink()
    draw(pictures / "a.png", 9)
    draw(pictures / "new.png", 4)
    before = (out / "deeper" / "b.jpg").stat().st_mtime_ns
    report = enhance_folder(pictures, out, Upscale(2), How(resume=True))
    states = {Path(item["target"]).name: item["state"] for item in report["items"]}
    assert states == {"a.png": "done", "b.jpg": "kept", "c.png": "done", "new.png": "done"}
    assert (out / "deeper" / "b.jpg").stat().st_mtime_ns == before


def test_with_other_work_nothing_is_kept(pictures: Path, tmp_path: Path) -> None:
    enhance_folder(pictures, tmp_path / "out", Upscale(2))
    report = enhance_folder(pictures, tmp_path / "out", Upscale(3), How(resume=True))
    assert (report["kept"], report["done"]) == (0, 3)


def test_a_damaged_manifest_is_none(pictures: Path, tmp_path: Path) -> None:
    enhance_folder(pictures, tmp_path / "out", Restore())
    for content in ("", "[]", '{"files": 3}', '{"files": {"a.png": 1}}', '{"files": {"a.png": {}}}'):
        (tmp_path / "out" / MANIFEST).write_text(content)
        report = enhance_folder(pictures, tmp_path / "out", Restore(), How(resume=True))
        assert (report["kept"], report["done"]) == (0, 3)
        assert len(json.loads((tmp_path / "out" / MANIFEST).read_text())["files"]) == 3


def test_cancelling_between_files_keeps_the_finished_ones(pictures: Path, tmp_path: Path) -> None:
    cancelled = threading.Event()

    def tell(number: int, count: int, item: object, fraction: float) -> None:
        if number == 0 and fraction == 1.0:
            cancelled.set()

    with pytest.raises(Cancelled):
        enhance_folder(pictures, tmp_path / "out", Upscale(2), tell=tell, cancelled=cancelled)
    report = enhance_folder(pictures, tmp_path / "out", Upscale(2), How(resume=True))
    assert (report["kept"], report["done"]) == (1, 2)


def test_names_that_would_meet_are_kept_apart(tmp_path: Path) -> None:
    draw(tmp_path / "in" / "same.gif", 1)
    draw(tmp_path / "in" / "same.png", 2)
    names = {item.target.name for item in items_of(tmp_path / "in", tmp_path / "out")}
    assert names == {"same.png", "same-png.png"}


def test_results_do_not_go_among_the_sources(pictures: Path, tmp_path: Path) -> None:
    for target in (pictures, pictures / "out"):
        with pytest.raises(InputError):
            items_of(pictures, target)
    with pytest.raises(NotFound):
        items_of(tmp_path / "nowhere", tmp_path / "out")


def test_clips_go_through_with_the_pictures(pictures: Path, tmp_path: Path) -> None:
    samples.write(pictures, "webm")
    report = enhance_folder(pictures, tmp_path / "out", Upscale(2, tier="fast"))
    assert (report["done"], report["failed"]) == (4, 0)
    assert probe(tmp_path / "out" / "webm.webm").video.width == 192
    assert not list((tmp_path / "out").glob(".*work"))


def test_a_file_is_not_written_over_itself_nor_as_what_it_is_not(pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        enhance_file(pictures / "a.png", pictures / "a.png", Restore())
    with pytest.raises(UnsupportedMedia):
        enhance_file(pictures / "a.png", tmp_path / "a.mp4", Restore())
    with pytest.raises(UnsupportedMedia):
        enhance_file(samples.write(tmp_path, "webm"), tmp_path / "a.png", Restore())


def test_the_exposure_of_a_clip_is_refused_as_it_would_flicker(tmp_path: Path) -> None:
    clip = samples.write(tmp_path, "webm")
    with pytest.raises(InvalidOption, match="flicker"):
        enhance_file(clip, tmp_path / "out.webm", Restore(exposure=True))
