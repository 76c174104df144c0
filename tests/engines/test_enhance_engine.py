"""The enhance engine on real files, in this process: pictures by tier, camera moves over stills, clips made better."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from bottega.domain.intent import Intent
from bottega.domain.request import Request, Role
from bottega.domain.task import EngineResult, Task, TaskInput
from bottega.engines.local.camera_moves_work import frame_size
from bottega.engines.local.enhance import OPERATIONS, EnhanceEngine, run_enhance
from bottega.engines.local.enhance_video_work import exact_rate
from bottega.enhance.preview_cache import GAP
from bottega.enhance.video import probe, samples
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging import metrics
from bottega.imaging.clip import inspect_clip, sample_frames
from bottega.imaging.decode import decode, inspect
from bottega.imaging.limits import Limits
from bottega.models import load_catalogue
from bottega.quality.measures import measure
from bottega.workflows.image_to_video import ImageToVideo
from bottega.workflows.protocol import Workflow
from bottega.workflows.video_enhancement import VideoEnhancement


def still(folder: Path, pixels: np.ndarray, name: str = "still.png") -> TaskInput:
    path = folder / name
    cv2.imwrite(str(path), pixels[..., ::-1])
    return TaskInput(role=Role.WORKING, asset_id=name, path=path, media=inspect(path))


def clip(folder: Path, name: str) -> TaskInput:
    path = samples.write(folder, name)
    return TaskInput(role=Role.CLIP, asset_id=name, path=path, media=inspect_clip(path))


def prepared(workflow: Workflow, *given: TaskInput, **options: Any) -> Task:
    intent = Intent(workflow=workflow.work_class, confidence=1.0, reasoning="named", classifier="user")
    return workflow.prepare(Request(prompt=""), intent, workflow.options.model_validate(options), given)


def enhanced_clip(
    folder: Path, given: TaskInput, model: str = "enhance/video-fast", **options: Any
) -> EngineResult:
    scratch = folder / "scratch"
    scratch.mkdir()
    return run_enhance(prepared(VideoEnhancement(), given, **options), model, scratch)


def refusals(workflow: Workflow, result: Path, source: Path, **options: Any) -> list[str]:
    """Why the workflow's rubric refuses a result."""
    rubric = workflow.rubric(workflow.options.model_validate(options))
    names = tuple({criterion.measure for criterion in rubric.criteria})
    found = measure(result, source, names, Limits())
    return [
        criterion.why
        for criterion in rubric.criteria
        if (found[criterion.measure] < criterion.threshold) == (criterion.rule == "at_least")
        and found[criterion.measure] != criterion.threshold
    ]


def test_every_operation_of_its_catalogue_models_is_known() -> None:
    models = [model for model in load_catalogue() if model.engine == EnhanceEngine.name]
    assert {operation for model in models for operation in model.operations} == set(OPERATIONS)
    assert all(model.price is not None and model.price.free for model in models)


def test_another_operation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="cannot do 'juggle'"):
        run_enhance(Task(workflow="image_editing", operation="juggle"), "enhance/best", tmp_path)


# --- pictures ----------------------------------------------------------------------------------------------------------


def test_each_tier_is_nearer_to_the_truth_than_the_one_below_and_takes_more_time(tmp_path: Path) -> None:
    truth = np.ascontiguousarray(data.astronaut()[:256, 100:356])
    given = still(tmp_path, cv2.resize(truth, (128, 128), interpolation=cv2.INTER_AREA))
    wanted = {"width": 256, "height": 256, "sharpen": 0}
    task = Task(workflow="image_enhancement", operation="enhance", inputs=(given,), parameters=wanted)
    close: list[float] = []
    tiers = ("fast", "balanced", "best")
    for model in ("classical/lanczos", "classical/backprojection", *(f"enhance/{tier}" for tier in tiers)):
        result = run_enhance(task, model, tmp_path)
        close.append(metrics.psnr(truth, decode(result.outputs[0].path).as_u8()))
    assert close == sorted(close)
    assert close[2] > close[1] + 0.4
    times = [load_catalogue()[f"enhance/{tier}"].seconds_per_megapixel or 0 for tier in tiers]
    assert times == sorted(times)


def test_the_report_tells_which_network_enlarged_and_what_each_step_took(tmp_path: Path) -> None:
    given = still(tmp_path, data.astronaut()[:96, 150:246])
    wanted = {"width": 192, "height": 192, "sharpen": 0.4}
    task = Task(workflow="image_enhancement", operation="enhance", inputs=(given,), parameters=wanted)
    report = run_enhance(task, "enhance/balanced", tmp_path).report
    assert report["enlargement"]["gate"]["passed"]
    assert [step["step"] for step in report["steps"]] == ["scale", "sharpen", "encode"]
    assert all(step["cpu_seconds"] >= 0 and step["peak_mb"] > 10 for step in report["steps"])


def test_what_a_purpose_needs_is_chosen_by_what_is_measured(tmp_path: Path) -> None:
    clean = np.ascontiguousarray(data.astronaut()[:96, 150:246])
    noise = np.random.default_rng(1).normal(0, 12, clean.shape)
    pictures = {
        "clean": cv2.GaussianBlur(clean, (0, 0), 1.5),
        "noisy": np.clip(clean + noise, 0, 255).astype(np.uint8),
    }
    chosen = {}
    for name, pixels in pictures.items():
        given = still(tmp_path, pixels, f"{name}.png")
        wanted = {"width": 96, "height": 96, "improve": "web"}
        task = Task(workflow="image_enhancement", operation="enhance", inputs=(given,), parameters=wanted)
        chosen[name] = run_enhance(task, "enhance/balanced", tmp_path).report["improvement"]
    assert (chosen["clean"]["denoise"], chosen["noisy"]["denoise"]) == (0.0, 0.5)
    assert chosen["noisy"]["noise_levels"] > 5


@pytest.mark.parametrize("model", ["enhance/fast", "enhance/balanced", "classical/backprojection"])
@pytest.mark.parametrize(
    ("options", "whole"),
    [
        ({"width": 600, "height": 600, "sharpen": 0.4}, False),
        ({"width": 450, "height": 450, "sharpen": 0}, False),
        ({"width": 600, "height": 600, "sharpen": 0.4, "denoise": 0.5, "auto_exposure": True}, True),
        ({"width": 307, "height": 307, "sharpen": 0}, True),
    ],
    ids=["twice", "half as large again", "cleaned", "an odd size"],
)
def test_a_preview_has_the_pixels_of_the_whole_run(
    tmp_path: Path, options: dict[str, Any], whole: bool, model: str
) -> None:
    given = still(tmp_path, np.ascontiguousarray(data.astronaut()[:300, 100:400]))
    box = (97, 61, 44, 53)
    made = {}
    for name, more in {"whole": {}, "part": {"preview": ",".join(map(str, box))}}.items():
        task = Task(
            workflow="image_enhancement", operation="enhance", inputs=(given,), parameters=options | more
        )
        result = run_enhance(task, model, tmp_path)
        made[name] = decode(result.outputs[0].path).as_u8()
    assert result.report["preview"] == {"box": list(box), "whole_picture_made": whole}
    scale = options["width"] / 300
    left, top, right, bottom = (round(side * scale) for side in (97, 61, 97 + 44, 61 + 53))
    assert np.array_equal(made["part"], made["whole"][top:bottom, left:right])


def test_a_preview_comes_with_before_and_after_side_by_side(tmp_path: Path) -> None:
    picture = np.ascontiguousarray(data.astronaut()[:300, 100:400])
    task = Task(
        workflow="image_enhancement",
        operation="enhance",
        inputs=(still(tmp_path, picture),),
        parameters={"width": 600, "height": 600, "scale": 2, "preview": "97,61,44,53"},
    )
    shown, both = run_enhance(task, "enhance/balanced", tmp_path).outputs
    after, sides = decode(shown.path).as_u8(), decode(both.path).as_u8()
    assert (both.media_type, sides.shape) == ("image/png", (106, 2 * 88 + GAP, 3))
    assert np.array_equal(sides[:, -88:], after)
    plain = cv2.resize(picture[61:114, 97:141], (88, 106), interpolation=cv2.INTER_CUBIC)
    assert np.array_equal(sides[:, :88], plain)
    whole = task.model_copy(update={"parameters": {"width": 600, "height": 600, "scale": 2}})
    assert len(run_enhance(whole, "enhance/balanced", tmp_path).outputs) == 1


# --- camera moves --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "camera", ["auto", "zoom_out", "pan_left", "tilt_down", "dolly_in", "orbit", "handheld"]
)
def test_a_camera_move_passes_what_every_clip_is_held_to(tmp_path: Path, camera: str) -> None:
    given = still(tmp_path, data.coffee())
    options = {"camera": camera, "seconds": 4, "resolution": "480p", "aspect": "4:3", "frame_rate": 8}
    task = prepared(ImageToVideo(), given, **options)
    model = load_catalogue()["enhance/camera-moves"]
    assert model.lacks(task) is None
    result = run_enhance(task, model.id, tmp_path)
    media = inspect_clip(result.outputs[0].path)
    assert (media.width, media.height, media.frames) == (640, 480, 32)
    assert refusals(ImageToVideo(), result.outputs[0].path, given.path, **options) == []


def test_a_camera_that_stands_still_over_a_still_is_refused(tmp_path: Path) -> None:
    task = prepared(ImageToVideo(), still(tmp_path, data.coffee()), camera="static")
    with pytest.raises(InvalidOption, match="nothing would move"):
        run_enhance(task, "enhance/camera-moves", tmp_path)


@pytest.mark.parametrize(
    ("aspect", "lines", "size"),
    [
        ("16:9", "720p", (1280, 720)),
        ("9:16", "1080p", (1080, 1920)),
        ("1:1", "480p", (480, 480)),
        ("4:3", "720p", (960, 720)),
    ],
)
def test_the_shorter_side_has_the_lines_that_were_asked_for(
    aspect: str, lines: str, size: tuple[int, int]
) -> None:
    assert frame_size({"aspect": aspect, "resolution": lines}, 100, 100) == size


def test_without_an_order_the_clip_has_the_shape_of_the_still() -> None:
    assert frame_size({}, 3000, 2000) == (1080, 720)


# --- clips -----------------------------------------------------------------------------------------------------------------


def test_a_turned_clip_with_oblong_pixels_is_enlarged_as_it_is_shown(tmp_path: Path) -> None:
    given = clip(tmp_path, "full")
    before = probe(given.path)
    result = enhanced_clip(tmp_path, given, scale=2.0)
    after = probe(result.outputs[0].path)
    shown = [
        round(side / own, 1)
        for side, own in zip(after.video.display_size, before.video.display_size, strict=True)
    ]
    assert shown == [2.0, 2.0]
    assert (after.video.rotation, after.video.frames) == (before.video.rotation, before.video.frames)
    assert len(after.of_kind("audio")) == len(before.of_kind("audio")) == 2
    assert result.report["audio"] == "copied"
    assert refusals(VideoEnhancement(), result.outputs[0].path, given.path, scale=2.0) == []


def test_more_pictures_a_second_last_as_long(tmp_path: Path) -> None:
    given = clip(tmp_path, "offset")
    result = enhanced_clip(tmp_path, given, fps=60)
    before, after = given.media, inspect_clip(result.outputs[0].path)
    assert after.frame_rate == pytest.approx(60, rel=0.03)
    assert after.seconds == pytest.approx(before.seconds, abs=0.05)
    assert sum(result.report["motion"]["made"].values()) == after.frames
    assert refusals(VideoEnhancement(), result.outputs[0].path, given.path, fps=60) == []


def test_slow_motion_without_sound_and_larger_is_one_order(tmp_path: Path) -> None:
    given = clip(tmp_path, "offset")
    result = enhanced_clip(tmp_path, given, slow=2, scale=2.0, keep_audio=False)
    after = inspect_clip(result.outputs[0].path)
    assert after.seconds == pytest.approx(2 * (given.media.seconds or 0), rel=0.05)
    assert (after.width, after.has_audio) == (2 * (given.media.width or 0), False)
    assert [step["step"] for step in result.report["steps"]] == ["motion", "pictures"]
    assert result.report["audio"] == "dropped"


def test_a_webm_stays_a_webm_and_a_drawn_one_has_other_pictures(tmp_path: Path) -> None:
    given = clip(tmp_path, "webm")
    result = enhanced_clip(tmp_path, given, style="pencil_sketch")
    assert result.outputs[0].media_type == "video/webm" == inspect_clip(result.outputs[0].path).media_type
    drawn, original = (sample_frames(path, 1)[0] for path in (result.outputs[0].path, given.path))
    assert metrics.psnr(drawn, original) < 20


def test_networks_enlarge_a_clip_where_the_model_is_the_better_one(tmp_path: Path) -> None:
    result = enhanced_clip(tmp_path, clip(tmp_path, "one frame"), "enhance/video", scale=2.0)
    assert result.report["pictures"]["engines"] == {"networks": 1}
    assert result.report["pictures"]["faults"] == {}


def test_a_preview_is_a_part_of_the_clip_after_all_its_steps(tmp_path: Path) -> None:
    given = clip(tmp_path, "offset")
    result = enhanced_clip(tmp_path, given, style="cartoon", factor=2, preview="0.4-0.7s")
    after = inspect_clip(result.outputs[0].path)
    shown, both = (inspect_clip(output.path) for output in result.outputs)
    assert result.outputs[1].label == "Before and after, side by side"
    assert (both.frames, both.seconds) == (shown.frames, pytest.approx(shown.seconds, abs=0.02))
    assert (both.width, both.height) == (2 * shown.width + GAP, shown.height)
    assert result.report["preview"] == {"from": 0.4, "to": 0.7}
    assert after.seconds == pytest.approx(0.3, abs=0.05)
    assert after.frame_rate == pytest.approx(60, rel=0.08)


def test_a_clip_takes_over_the_colours_of_a_picture(tmp_path: Path) -> None:
    dots = np.random.default_rng(1).normal((190, 60, 40), 20, (64, 64, 3)).clip(0, 255).astype(np.uint8)
    like = still(tmp_path, dots).model_copy(update={"role": Role.REFERENCE})
    task = prepared(VideoEnhancement(), clip(tmp_path, "webm"), like, style="colour_transfer")
    result = run_enhance(task, "enhance/video-fast", tmp_path)
    red, green, blue = sample_frames(result.outputs[0].path, 1)[0].reshape(-1, 3).mean(axis=0)
    assert red > green + 60 > blue


def test_a_task_without_a_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        run_enhance(Task(workflow="video_enhancement", operation="enhance_video"), "enhance/video", tmp_path)


@pytest.mark.parametrize(
    ("fps", "exact"),
    [(29.97, "30000/1001"), (23.976, "24000/1001"), (59.94, "60000/1001"), (60, "60"), (12.5, "25/2")],
)
def test_rates_of_television_are_taken_exactly(fps: float, exact: str) -> None:
    assert str(exact_rate(fps)) == exact
