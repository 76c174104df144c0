"""Files as they come: damaged, tiny, deep, moving, oddly named. A result, or an error with a name and nothing left behind."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from bottega.enhance.jobs import How, enhance_file
from bottega.enhance.video import samples
from bottega.enhance.works import Upscale
from bottega.errors import BottegaError, InputError
from bottega.imaging.limits import Limits

FACE = np.ascontiguousarray(data.astronaut()[20:84, 130:202])
FAST = Upscale(tier="fast")


def saved(**options: object) -> Callable[[Path], None]:
    return lambda path: Image.fromarray(FACE).save(path, **options)


def moving(path: Path) -> None:
    frames = [Image.fromarray(np.roll(FACE, 4 * number, axis=1)) for number in range(5)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80)


def deep(path: Path) -> None:
    alpha = np.tile(np.linspace(0, 65535, FACE.shape[1]).astype(np.uint16), (FACE.shape[0], 1))
    cv2.imwrite(str(path), np.dstack([FACE[..., ::-1].astype(np.uint16) * 257, alpha]))


def cut_off(path: Path) -> None:
    saved()(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def flipped_bits(path: Path) -> None:
    saved()(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def sound_alone(path: Path) -> None:
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=48_000)
        for number in range(10):
            frame = av.AudioFrame.from_ndarray(
                np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
            )
            frame.rate, frame.pts = 48_000, number * 1024
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def clip(name: str) -> Callable[[Path], None]:
    return lambda path: samples.write_recipe(path, samples.RECIPES[name])


USABLE: dict[str, Callable[[Path], None]] = {
    "one.png": lambda path: Image.fromarray(FACE[:1, :1]).save(path),
    "row.jpg": lambda path: Image.fromarray(FACE[:1]).save(path),
    "odd.png": lambda path: Image.fromarray(FACE[:37, :53]).save(path),
    "deep.png": deep,
    "cmyk.jpg": lambda path: Image.fromarray(FACE).convert("CMYK").save(path),
    "palette.png": lambda path: Image.fromarray(FACE).quantize(16).save(path, transparency=0),
    "bilevel.png": lambda path: Image.fromarray(FACE).convert("1").save(path),
    "Schön – 写真 😀.png": saved(),
    "-dash.png": saved(),
    "moving.gif": moving,
    "moving.webp": moving,
    "moving.png": moving,
    "hdr.mp4": clip("hdr"),
    "odd.mp4": clip("odd"),
    "one frame.mp4": clip("one frame"),
    "quicktime.mov": clip("quicktime"),
    "клип 🎬.mp4": clip("one frame"),
}
UNUSABLE: dict[str, Callable[[Path], None]] = {
    "cut.jpg": cut_off,
    "cut.png": cut_off,
    "flipped.png": flipped_bits,
    "empty.png": lambda path: path.write_bytes(b""),
    "text.png": lambda path: path.write_text("hello"),
    "empty.mp4": lambda path: path.write_bytes(b""),
    "text.mp4": lambda path: path.write_text("hello"),
    "sound.mp4": sound_alone,
}


def target_of(source: Path) -> Path:
    return source.parent / "out" / ("out.mp4" if source.suffix in (".mp4", ".mov") else "out.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", USABLE)
def test_what_can_be_read_is_enlarged(folder: Path, name: str) -> None:
    source = folder / name
    USABLE[name](source)
    report = enhance_file(source, target_of(source), FAST, How(limits=Limits()))
    assert [path.name for path in (folder / "out").iterdir()] == [target_of(source).name]
    assert report["after"]["width"] >= 2
    moves = name.startswith("moving")
    assert any("only the first of its 5 pictures" in note for note in report["notes"]) == moves


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_read_has_a_name_and_leaves_nothing(folder: Path, name: str) -> None:
    source = folder / name
    UNUSABLE[name](source)
    with pytest.raises(InputError) as caught:
        enhance_file(source, target_of(source), FAST)
    assert caught.value.hint
    assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["same.png", "link.png"])
def test_a_picture_is_never_written_over_itself(folder: Path, name: str) -> None:
    source = folder / "same.png"
    saved()(source)
    (folder / "link.png").symlink_to(source)
    before = source.read_bytes()
    with pytest.raises(InputError, match="over itself"):
        enhance_file(source, folder / name, FAST)
    assert source.read_bytes() == before


def test_a_place_that_cannot_be_written_has_a_name(folder: Path) -> None:
    saved()(folder / "face.png")
    with pytest.raises(BottegaError, match="cannot be written"):
        enhance_file(folder / "face.png", folder / "missing" / "out.png", FAST)
