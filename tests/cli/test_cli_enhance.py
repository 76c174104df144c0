"""`bottega enhance`: the studio from a terminal, without a server, a database or a job."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import skimage.data
from cli_program import Program
from PIL import Image, ImageCms

from bottega.enhance.superres.resample import imresize_u8
from bottega.enhance.video import probe, samples


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    return np.ascontiguousarray(skimage.data.astronaut()[20:148, 130:274])


@pytest.fixture
def folder(tmp_path: Path, face: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Path:
    Image.fromarray(face).save(tmp_path / "face.png")
    Image.fromarray(face[:100, :120]).save(tmp_path / "a.png")
    Image.fromarray(face[2:102, 6:126]).save(tmp_path / "b.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTTEGA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def bottega(folder: Path) -> Program:
    return Program(folder)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.time or 0) for frame in container.decode(video=0)]


def test_nothing_is_kept_but_the_file_asked_for(folder: Path) -> None:
    bottega = Program(folder)
    before = {path.name for path in bottega.folder.iterdir()}
    ran = bottega.process("enhance", "upscale", "face.png", "large.png")
    assert ran.code == 0, ran.err
    assert {path.name for path in bottega.folder.iterdir()} == before | {"large.png"}


def test_networks_bring_back_more_than_interpolation(bottega: Program, face: np.ndarray) -> None:
    small = imresize_u8(face, (face.shape[1] // 2, face.shape[0] // 2))
    Image.fromarray(small).save(bottega.folder / "small.png")
    found = {}
    for tier in ("fast", "balanced"):
        ran = bottega("enhance", "upscale", "small.png", f"{tier}.png", "--scale", "2", "--tier", tier)
        assert ran.code == 0, ran.err
        ran = bottega("enhance", "measure", f"{tier}.png", "--against", "face.png", "--json")
        found[tier] = ran.document["against"]["psnr"]
    plain = cv2.resize(small, face.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    error = np.square(plain.astype(float) - face).mean()
    assert found["balanced"] > found["fast"] > 10 * np.log10(255**2 / error)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (("--scale", "1.5"), (216, 192)),
        (("--width", "300"), (300, 267)),
        (("--width", "200", "--height", "200"), (200, 200)),
        (("--scale", "3", "--ensemble"), (432, 384)),
    ],
    ids=str,
)
def test_sizes(bottega: Program, options: tuple[str, ...], size: tuple[int, int]) -> None:
    ran = bottega("enhance", "upscale", "face.png", "large.png", *options, "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["after"]["width"], ran.document["after"]["height"]) == size
    assert pixels(bottega.folder / "large.png").shape[1::-1] == size
    assert ran.document["state"] == "done"
    assert ran.document["cpu_seconds"] > 0


def test_sixteen_bits_and_transparency_stay(bottega: Program, face: np.ndarray) -> None:
    deep = face.astype(np.uint16) * 257 + 3
    alpha = np.tile(np.linspace(0, 65535, face.shape[1]).astype(np.uint16), (face.shape[0], 1))
    cv2.imwrite(str(bottega.folder / "deep.png"), np.dstack([deep[..., ::-1], alpha]))
    for command in (("upscale",), ("restore", "--denoise", "0.5"), ("improve", "--for", "archive")):
        ran = bottega("enhance", command[0], "deep.png", "out.png", *command[1:])
        assert ran.code == 0, ran.err
        made = cv2.imread(str(bottega.folder / "out.png"), cv2.IMREAD_UNCHANGED)
        assert made.dtype == np.uint16
        assert made.shape[2] == 4
        assert len(np.unique(made[..., 3])) > 130


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_what_the_camera_wrote_stays_and_the_picture_is_upright(
    bottega: Program, face: np.ndarray, ending: str
) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6
    Image.fromarray(face).save(bottega.folder / "turned.jpg", exif=exif, quality=95)
    ran = bottega("enhance", "upscale", "turned.jpg", f"large.{ending}")
    assert ran.code == 0, ran.err
    with Image.open(bottega.folder / f"large.{ending}") as made:
        assert made.size == (2 * face.shape[0], 2 * face.shape[1])
        assert made.getexif()[0x010F] == "Maker"
        assert made.getexif().get(0x0112, 1) == 1
        made.load()


def test_colours_in_another_profile_keep_their_meaning(bottega: Program, face: np.ndarray) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(face).save(bottega.folder / "tagged.png", icc_profile=profile)
    assert bottega("enhance", "upscale", "tagged.png", "large.png").code == 0
    made = pixels(bottega.folder / "large.png")
    np.testing.assert_allclose(made.mean(axis=(0, 1)), face.mean(axis=(0, 1)), atol=0.5)


def test_the_picture_between_two_pictures_lies_half_way(bottega: Program, face: np.ndarray) -> None:
    ran = bottega("enhance", "between", "a.png", "b.png", "mid.png", "--at", "0.5", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["done"] in ("motion", "mixed")
    made = pixels(bottega.folder / "mid.png").astype(float)
    true = face[1:101, 3:123].astype(float)
    inner = np.s_[12:-12, 12:-12]
    blend = (face[:100, :120].astype(float) + face[2:102, 6:126]) / 2
    error, plain = (np.square((each - true)[inner]).mean() for each in (made, blend))
    assert error < plain / 4


def test_a_clip_at_sixty_frames(bottega: Program) -> None:
    clip = samples.write(bottega.folder, "webm")  # 25 frames at 25 a second
    ran = bottega("enhance", "smooth", clip.name, "smooth.webm", "--fps", "60", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["after"]["frames"] == 60
    assert ran.document["audio"] == "copied"
    assert np.diff(times(bottega.folder / "smooth.webm")) == pytest.approx(1 / 60, abs=0.0011)


def test_slow_motion_is_longer_and_its_sound_too(bottega: Program) -> None:
    clip = samples.write(bottega.folder, "webm")
    ran = bottega("enhance", "smooth", clip.name, "slow.webm", "--slow", "4", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["duration"] == pytest.approx(4, abs=0.01)
    assert ran.document["after"]["frames"] == 100
    assert ran.document["audio"] == "stretched"


@pytest.mark.parametrize(
    ("command", "scale"),
    [
        (("upscale", "--tier", "fast"), 2),
        (("style", "--style", "cartoon"), 1),
        (("restore",), 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_clips_go_through_every_picture_by_picture_work(
    bottega: Program, command: tuple[str, ...], scale: int
) -> None:
    clip = samples.write(bottega.folder, "webm")
    ran = bottega("enhance", command[0], clip.name, "out.webm", *command[1:], "--json")
    assert ran.code == 0, ran.err
    video = probe(bottega.folder / "out.webm").video
    assert (video.width, video.height, video.frames) == (96 * scale, 64 * scale, 25)
    assert ran.document["state"] == "done"
    assert sum(ran.document["engines"].values()) == 25


def test_the_width_of_a_turned_clip_is_the_one_that_is_seen(bottega: Program) -> None:
    clip = samples.write(bottega.folder, "full")  # 96 x 64 as stored, shown upright
    ran = bottega("enhance", "upscale", clip.name, "out.mp4", "--width", "128", "--tier", "fast")
    assert ran.code == 0, ran.err
    video = probe(bottega.folder / "out.mp4").video
    assert (video.width, video.height, video.rotation) == (192, 128, 90)


def test_the_keyboard_stops_a_clip_and_what_is_finished_is_kept(folder: Path) -> None:
    bottega = Program(folder)
    clip = samples.write(folder, "webm")
    begun = bottega.start("enhance", "style", clip.name, "out.webm", "--style", "oil_paint")
    manifest = folder / ".out.webm.work" / "manifest.json"
    for _ in range(30_000):
        if begun.poll() is not None or manifest.exists():
            break
        time.sleep(0.01)
    begun.send_signal(signal.SIGINT)
    out, _ = begun.communicate(timeout=300)
    assert begun.returncode == 130, out
    assert "Traceback" not in out
    assert not (folder / "out.webm").exists()
    assert manifest.exists()


def test_a_killed_clip_is_taken_up_where_it_was(folder: Path) -> None:
    bottega = Program(folder)
    clip = samples.write(bottega.folder, "webm")
    arguments = ("enhance", "style", clip.name, "out.webm", "--style", "oil_paint", "--json")
    whole = bottega(*arguments)
    assert whole.code == 0, whole.err
    wanted = (bottega.folder / "out.webm").read_bytes()
    (bottega.folder / "out.webm").unlink()
    begun = bottega.start(*arguments)
    manifest = bottega.folder / ".out.webm.work" / "manifest.json"
    for _ in range(30_000):
        if begun.poll() is not None or (manifest.exists() and list(manifest.parent.glob("*"))[1:]):
            break
        time.sleep(0.01)
    begun.send_signal(signal.SIGKILL)
    begun.communicate()
    ran = bottega(*arguments, "--resume")
    assert ran.code == 0, ran.err
    assert (bottega.folder / "out.webm").read_bytes() == wanted
    assert not manifest.parent.exists()


def test_a_preview_is_the_crop_of_the_final_run_and_comes_from_the_cache(bottega: Program) -> None:
    crop = ("--preview", "30,20,40,30")
    first = bottega("enhance", "upscale", "face.png", "p.png", *crop, "--compare", "both.png", "--json")
    again = bottega("enhance", "upscale", "face.png", "p.png", *crop, "--json")
    assert (first.document["cached"], again.document["cached"]) == (False, True)
    assert bottega("enhance", "upscale", "face.png", "whole.png").code == 0
    whole = pixels(bottega.folder / "whole.png")
    np.testing.assert_array_equal(pixels(bottega.folder / "p.png"), whole[40:100, 60:140])
    assert pixels(bottega.folder / "both.png").shape == (60, 80 + 8 + 80, 3)


def test_the_preview_of_a_clip_is_its_beginning(bottega: Program) -> None:
    clip = samples.write(bottega.folder, "webm")
    ran = bottega("enhance", "restore", clip.name, "p.webm", "--preview", "0.4s", "--json")
    assert ran.code == 0, ran.err
    assert 10 <= probe(bottega.folder / "p.webm").video.frames <= 12
    assert not list(bottega.folder.glob(".preview*"))


def test_a_folder_with_a_damaged_picture_ends_with_one_and_says_which(bottega: Program) -> None:
    folder = bottega.folder / "in"
    folder.mkdir()
    (bottega.folder / "a.png").rename(folder / "a.png")
    (folder / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    ran = bottega("enhance", "upscale", "in", "out", "--json")
    assert ran.code == 1
    assert (ran.document["done"], ran.document["failed"]) == (1, 1)
    plain = bottega("enhance", "upscale", "in", "out", "--resume")
    assert plain.code == 1
    assert "bad.jpg" in plain.out
    assert "kept from before" in plain.out


def test_an_improvement_says_what_it_did(bottega: Program) -> None:
    ran = bottega("enhance", "improve", "face.png", "print.png", "--for", "print", "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["after"]["width"], ran.document["after"]["height"]) == (576, 512)
    assert any("enlarged" in each for each in ran.document["done"])


def test_noise_is_measured_and_removed(bottega: Program, face: np.ndarray) -> None:
    noisy = face + np.random.default_rng(1).normal(0, 12, face.shape)
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(bottega.folder / "noisy.png")
    assert bottega("enhance", "restore", "noisy.png", "clean.png").code == 0
    found = [
        bottega("enhance", "measure", name, "--against", "face.png", "--json").document["against"]["psnr"]
        for name in ("noisy.png", "clean.png")
    ]
    assert found[1] > found[0] + 2


def test_steps_are_done_where_the_picture_needs_them(bottega: Program, face: np.ndarray) -> None:
    noisy = face + np.random.default_rng(1).normal(0, 12, face.shape)
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(bottega.folder / "noisy.png")
    ran = bottega(
        "enhance", "restore", "noisy.png", "clean.png", "--step", "denoise", "--step", "dehaze", "--json"
    )
    assert ran.code == 0, ran.err
    assert any(each.startswith("denoise") for each in ran.document["done"])
    ran = bottega("enhance", "measure", "clean.png", "--json")
    assert ran.document["own"]["noise"] < 4


def test_an_old_photograph_goes_through_all_its_steps(bottega: Program) -> None:
    ran = bottega("enhance", "restore", "face.png", "out.png", "--old-photo", "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["state"], ran.document["work"]["steps"][0]) == ("done", "scratches")


def test_the_measures_of_a_clip(bottega: Program) -> None:
    clip = samples.write(bottega.folder, "webm")
    ran = bottega("enhance", "measure", clip.name, "--against", clip.name, "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["frames"], ran.document["frame_rate"]) == (25, 25)
    assert ran.document["against"]["equal"] is True
    assert ran.document["against"]["ssim"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("upscale", "none.png", "out.png"),
        ("upscale", "face.png", "out.doc"),
        ("upscale", "face.png", "face.png"),
        ("upscale", "face.png", "out.png", "--scale", "9"),
        ("upscale", "face.png", "out.png", "--scale", "2", "--width", "400"),
        ("upscale", "face.png", "out.png", "--tier", "ultra"),
        ("upscale", "face.png", "out.png", "--weights", "none.pth"),
        ("upscale", "face.png", "out.png", "--preview", "999,0,10,10"),
        ("upscale", "face.png", "out.png", "--quality", "0"),
        ("upscale", "face.png", "out.png", "--time-limit", "0"),
        ("style", "face.png", "out.png", "--style", "unheard-of"),
        ("style", "face.png", "out.png", "--style", "colour-transfer"),
        ("restore", "face.png", "out.png", "--denoise", "much"),
        ("restore", "face.png", "out.png", "--step", "polish"),
        ("improve", "face.png", "out.png", "--for", "fun"),
        ("between", "a.png", "face.png", "out.png"),
        ("between", "a.png", "b.png", "out.png", "--at", "2"),
        ("smooth", "face.png", "out.mp4"),
        ("measure", "a.png", "--against", "face.png"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused_in_words_and_writes_nothing(
    bottega: Program, arguments: tuple[str, ...]
) -> None:
    before = {path.name for path in bottega.folder.iterdir()}
    ran = bottega("enhance", *arguments, "--json")
    assert ran.code == 6, ran.err
    assert ran.document["error"]["message"]
    assert "Traceback" not in ran.err
    assert {path.name for path in bottega.folder.iterdir()} - {"home"} == before


@pytest.mark.parametrize(
    "how", [("--fps", "60", "--factor", "2"), ("--fps", "0"), ("--slow", "x"), ("--tier", "no")], ids=" ".join
)
def test_rates_that_make_no_sense_are_refused(bottega: Program, how: tuple[str, ...]) -> None:
    clip = samples.write(bottega.folder, "webm")
    ran = bottega("enhance", "smooth", clip.name, "out.webm", *how)
    assert ran.code == 6, ran.err
    assert not (bottega.folder / "out.webm").exists()


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, bottega.cli; "
        "print(sorted({'numpy', 'cv2', 'av', 'onnxruntime', 'PIL', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_linear_algebra_starts_no_threads_below_those_of_the_tiles(
    bottega: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert bottega("enhance", "measure", "a.png").code == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
