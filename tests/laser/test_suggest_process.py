"""What is done with a picture when nobody says it: the kind of picture decides, words go before, doubt engraves."""

import numpy as np
import pytest
from test_detect_kinds import pictures

from bottega.errors import InvalidOption
from bottega.laser.detect import PROCESS, Kind
from bottega.laser.studio import suggest

skimage_data = pytest.importorskip("skimage.data")


def rgb(picture: np.ndarray) -> np.ndarray:
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)


def disc(inside: int, outside: int) -> np.ndarray:
    y, x = np.mgrid[:300, :300]
    return rgb(np.where(np.hypot(x - 150, y - 150) < 100, inside, outside).astype(np.uint8))


@pytest.mark.parametrize("name", ["astronaut", "coffee", "camera"])
def test_a_photograph_is_engraved_with_its_tones(name: str) -> None:
    found = suggest(rgb(getattr(skimage_data, name)()))
    assert (found.kind, found.process) == (Kind.PHOTO, "engrave")
    assert "dither" not in found.settings


def test_nine_of_ten_drawings_get_the_process_of_their_kind_and_none_in_doubt_is_cut() -> None:
    right = number = 0
    for name, kind, picture in pictures():
        if not name.endswith(("0", "1", "2", "5")):
            continue
        found = suggest(rgb(picture))
        number += 1
        right += found.process == PROCESS[kind].value
        if found.process in ("cut", "score"):
            assert found.confidence >= 0.4
    assert number >= 20
    assert right >= 0.9 * number, f"{right} of {number}"


def test_words_go_before_the_picture() -> None:
    photo = rgb(skimage_data.camera())
    assert suggest(photo, words="Cut it out of plywood").process == "cut"
    assert suggest(photo, words="вырежи и выгравируй").process == "engrave_and_cut"
    assert suggest(disc(0, 255), words="graviere das bitte").process == "engrave"
    assert suggest(photo, words="engrave it, do not cut it").process == "engrave"
    assert suggest(photo, words="engrave").confidence == 1


def test_a_stencil_is_cut_with_bridges() -> None:
    found = suggest(disc(0, 255), words="make a stencil")
    assert (found.process, found.settings["bridges_mm"]) == ("cut", 1.0)


def test_a_silhouette_is_cut_whether_it_is_drawn_or_cut_out() -> None:
    alpha = (disc(1, 0)[:, :, 0]).astype(np.float32)
    assert suggest(disc(0, 255)).process == "cut"
    assert suggest(np.zeros((300, 300, 3), np.uint8), alpha).process == "cut"


def test_a_photograph_that_was_cut_out_is_engraved() -> None:
    photo = np.asarray(skimage_data.astronaut())
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    alpha = (np.hypot(x - 230, y - 200) < 200).astype(np.float32)
    assert suggest(photo, alpha).process == "engrave"


def test_light_lines_on_a_dark_ground_are_inverted_and_ink_is_not_dithered() -> None:
    assert suggest(disc(255, 0)).settings.get("invert") is True
    assert "invert" not in suggest(disc(0, 255)).settings
    assert suggest(disc(0, 255), words="engrave").settings["dither"] == "threshold"


def test_a_flat_photograph_gets_contrast() -> None:
    flat = (rgb(skimage_data.camera()).astype(np.float32) * 0.3 + 90).astype(np.uint8)
    assert suggest(flat, words="engrave").settings.get("contrast", 0) > 0


def test_every_suggestion_says_why() -> None:
    found = suggest(rgb(skimage_data.camera()))
    assert "photograph" in found.why[0]
    assert len(found.why) > 1


@pytest.mark.parametrize("picture", [np.full((50, 50, 3), 9, np.uint8), np.zeros((50, 50), np.uint8)])
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        suggest(picture)
