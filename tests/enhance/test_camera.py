"""Camera moves over stills: where the camera looks, how smooth it goes, what is near and what is far."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from bottega.enhance.camera import DRAW_BACK, MOVES, WITH_DEPTH, Move, Scene, View, eased, views
from bottega.enhance.camera_frames import filled, layered, sampled, shot
from bottega.errors import InvalidOption
from bottega.imaging import metrics

SCENES = st.builds(
    Scene,
    width=st.integers(40, 6000),
    height=st.integers(40, 6000),
    ratio=st.sampled_from([16 / 9, 9 / 16, 1.0, 4 / 3, 21 / 9]),
    seconds=st.floats(1, 60),
    focus=st.none() | st.tuples(st.floats(0, 6000), st.floats(0, 6000)),
    seed=st.integers(0, 99),
)


@settings(max_examples=200)
@given(SCENES, st.sampled_from(MOVES), st.floats(0, 1))
def test_the_camera_never_looks_past_the_picture_and_keeps_its_shape(
    scene: Scene, move: Move, t: float
) -> None:
    slack = 1e-6 * max(scene.width, scene.height)
    for view in views(scene, move, t):
        assert min(view.left, view.top) >= -slack
        assert view.left + view.width <= scene.width + slack
        assert view.top + view.height <= scene.height + slack
        assert view.width / view.height == pytest.approx(scene.ratio)


@given(SCENES, st.sampled_from(MOVES))
def test_a_move_begins_or_ends_with_the_whole_picture(scene: Scene, move: Move) -> None:
    for view in views(scene, move, 1 if move in DRAW_BACK else 0):
        assert view.edges == pytest.approx(scene.whole.edges)


@given(SCENES, st.sampled_from(sorted(set(MOVES) - {"handheld"})))
def test_a_move_begins_and_ends_at_rest(scene: Scene, move: Move) -> None:
    def distance(a: float, b: float) -> float:
        near = zip(views(scene, move, a)[1].edges, views(scene, move, b)[1].edges, strict=True)
        return max(abs(x - y) for x, y in near)

    middle = distance(0.495, 0.505)
    assert distance(0, 0.01) <= 0.2 * middle + 1e-9
    assert distance(0.99, 1) <= 0.2 * middle + 1e-9


@pytest.mark.parametrize(
    ("move", "right", "down"),
    [("pan_left", -1, 0), ("pan_right", 1, 0), ("tilt_up", 0, -1), ("tilt_down", 0, 1)],
)
def test_a_pan_ends_at_the_edge_it_goes_to(move: Move, right: int, down: int) -> None:
    scene = Scene(1000, 1000, 1.0, 5)
    end = views(scene, move, 1)[0]
    middle = end.left + end.width / 2, end.top + end.height / 2
    assert (np.sign(middle[0] - 500), np.sign(middle[1] - 500)) == (right, down)
    touched = (end.left, 1000 - end.left - end.width) if right else (end.top, 1000 - end.top - end.height)
    assert min(touched) == pytest.approx(0, abs=1e-6)


@given(SCENES, st.sampled_from(("dolly_in", "dolly_out")), st.floats(0.1, 0.9))
def test_what_is_near_grows_faster_than_what_is_far(scene: Scene, move: Move, t: float) -> None:
    far, near = views(scene, move, t)
    assert near.width < far.width


def test_another_move_is_refused() -> None:
    with pytest.raises(InvalidOption, match="no camera move 'loop'"):
        views(Scene(10, 10, 1.0, 5), "loop", 0.5)  # type: ignore[arg-type]


def test_easing_is_even_about_its_middle() -> None:
    assert [eased(t) for t in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]
    assert eased(0.2) + eased(0.8) == pytest.approx(1)


# --- sampling ------------------------------------------------------------------------------------------------------------


def waves(width: int, height: int, shift: float) -> np.ndarray:
    """1 x H x W: a smooth pattern, `shift` pixels further left."""
    x, y = np.arange(width) + 0.5 + shift, np.arange(height)[:, None] + 0.5
    return (0.5 + 0.2 * np.sin(x / 3.1) + 0.2 * np.cos(x / 7 + y / 5)).astype(np.float32)[None]


@pytest.mark.parametrize("shift", [0.01, 0.03, 0.25, 0.5, 0.77])
def test_a_view_lies_between_pixels_as_exactly_as_it_is_asked_for(shift: float) -> None:
    seen = sampled(waves(220, 60, 0), View(10 + shift, 0, 200, 60), (200, 60))
    assert np.abs(seen - waves(200, 60, 10 + shift)).max() < 0.002


def test_a_slow_move_goes_by_the_same_distance_at_every_frame() -> None:
    step = 0.02
    frames = [sampled(waves(220, 60, 0), View(5 + step * n, 0, 200, 60), (200, 60)) for n in range(12)]
    changes = np.array([float(np.abs(b - a).mean()) for a, b in pairwise(frames)])
    # Places rounded to a thirty-second of a pixel would give frames that stand still and frames that jump.
    assert np.abs(changes[1:] / changes[:-1] - 1).max() < 0.03


def test_detail_that_is_too_fine_turns_grey_and_does_not_shimmer() -> None:
    fine = np.indices((300, 300)).sum(axis=0) % 2
    planes = fine[None].astype(np.float32)
    for n in range(8):
        seen = sampled(planes, View(3 + n / 8, 3, 290, 290), (100, 100))
        assert np.abs(seen - 0.5).max() < 0.02


def test_the_whole_picture_in_its_own_size_is_the_picture() -> None:
    rgb = np.ascontiguousarray(data.astronaut()[:120, :160])
    made = shot(rgb, "zoom_in", (160, 120), seconds=1, fps=10)
    assert metrics.psnr(rgb, made.frame(0)) > 40


def test_the_same_seed_sways_alike_and_another_one_otherwise() -> None:
    scenes = [Scene(800, 600, 4 / 3, 5, seed=seed) for seed in (3, 3, 4)]
    first, same, other = (views(scene, "handheld", 0.6)[0] for scene in scenes)
    assert first == same != other


# --- depth ---------------------------------------------------------------------------------------------------------------


def disc() -> tuple[np.ndarray, np.ndarray]:
    """A red disc before green and blue stripes, and its mask."""
    y, x = np.indices((120, 160))
    mask = ((x - 80) ** 2 + (y - 60) ** 2 < 30**2).astype(np.float32)
    stripes = np.where(((x // 8) % 2)[..., None] == 0, (20, 180, 60), (20, 60, 180))
    return np.where(mask[..., None] > 0, (230, 30, 30), stripes).astype(np.uint8), mask


def test_nothing_of_the_subject_is_left_in_the_background_behind_it() -> None:
    rgb, mask = disc()
    layers, focus = layered(rgb, mask)
    assert focus == pytest.approx((80.5, 60.5), abs=0.6)
    assert layers.background[0].max() < 30 / 255
    assert np.abs(layers.background[:, :, :20] - rgb[:, :20].transpose(2, 0, 1) / 255).max() < 1e-6


def test_planes_put_together_without_a_move_are_the_picture() -> None:
    rgb, mask = disc()
    layers, _ = layered(rgb, mask)
    assert layers.subject is not None
    together = layers.background * (1 - layers.subject[3:]) + layers.subject[:3]
    away = cv2.dilate(cv2.Canny((mask * 255).astype(np.uint8), 50, 150), np.ones((9, 9), np.uint8)) == 0
    assert np.abs(together * 255 - rgb.transpose(2, 0, 1))[:, away].max() < 1


@pytest.mark.parametrize("share", [None, 0.0, 1.0])
def test_a_picture_without_a_subject_is_one_plane(share: float | None) -> None:
    rgb, mask = disc()
    layers, focus = layered(rgb, None if share is None else np.full_like(mask, share))
    assert (layers.subject, focus) == (None, None)


def test_holes_are_filled_from_what_is_around_them() -> None:
    planes = np.full((1, 40, 60), 0.25, np.float32)
    planes[:, :, 30:] = 0.75
    known = np.ones((40, 60), bool)
    known[10:30, 5:15] = known[10:30, 45:55] = False
    planes[:, ~known] = 9.0
    made = filled(planes, known)
    assert np.abs(made[:, known] - planes[:, known]).max() < 1e-6
    assert made[0, 20, 10] == pytest.approx(0.25, abs=0.05)
    assert made[0, 20, 50] == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize("move", sorted(WITH_DEPTH))
def test_the_background_shifts_behind_the_subject(move: Move) -> None:
    made = shot(np.ascontiguousarray(data.astronaut()[:, 60:460]), move, (160, 200), seconds=2, fps=8)
    assert made.layers.subject is not None
    far, near = views(made.scene, made.move, 0.3)
    assert far != near
    assert made.frame(4).shape == (200, 160, 3)


@pytest.mark.parametrize(
    ("size", "seconds", "fps"), [((8, 90), 5, 25), ((160, 90), 0, 25), ((160, 90), 5, 0)]
)
def test_a_clip_of_nothing_is_refused(size: tuple[int, int], seconds: float, fps: float) -> None:
    with pytest.raises(InvalidOption):
        shot(np.zeros((50, 50, 3), np.uint8), "zoom_in", size, seconds=seconds, fps=fps)
