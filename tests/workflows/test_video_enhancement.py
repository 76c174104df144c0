"""Enhancing clips: what sentences ask for, what tasks and rubrics come of it, which models can do them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption, MissingInput
from bottega.models import load_catalogue
from bottega.workflows.registry import all_workflows
from bottega.workflows.video_enhancement import VideoEnhancement, VideoEnhancementOptions

WORKFLOW = VideoEnhancement()
INTENT = Intent(workflow=WorkClass.VIDEO_ENHANCEMENT, confidence=1.0, reasoning="named", classifier="user")


def clip(width: int = 640, height: int = 360, role: Role = Role.CLIP) -> TaskInput:
    media = MediaInfo(
        media_type="video/mp4", width=width, height=height, seconds=4, frames=100, frame_rate=25
    )
    return TaskInput(role=role, asset_id="c", path=Path("c"), media=media)


def prepared(*inputs: TaskInput, prompt: str = "", **options: Any) -> Task:
    return WORKFLOW.prepare(
        Request(prompt=prompt), INTENT, VideoEnhancementOptions.model_validate(options), inputs
    )


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Enhance this clip", {}),
        ("Upscale this video to 1080p", {"height": 1080}),
        ("double the resolution", {"scale": 2.0}),
        ("Upscale to 4K and make it 60 fps", {"width": 3840, "height": 3840, "fps": 60.0}),
        ("from 24 fps to 60 fps", {"fps": 60.0}),
        ("convert it to 29.97 fps", {"fps": 29.97}),
        ("2x slow motion at 120 fps", {"slow": 2.0, "fps": 120.0}),
        ("Slow it down four times", {"slow": 4.0}),
        ("make it smoother but not slower", {"factor": 2}),
        ("Remove the noise from this clip", {"restore": 0.5}),
        ("Turn the video into a cartoon, without sound", {"style": "cartoon", "keep_audio": False}),
        ("сделай видео плавнее", {"factor": 2}),
        ("замедли видео в 4 раза", {"slow": 4.0}),
        ("увеличь видео в 2 раза и сделай 60 кадров в секунду", {"scale": 2.0, "fps": 60.0}),
        ("Убери шум и звук", {"restore": 0.5, "keep_audio": False}),
        ("rends la vidéo plus fluide", {"factor": 2}),
        ("ralenti x8", {"slow": 8.0}),
        ("agrandis la vidéo deux fois, 50 images par seconde", {"scale": 2.0, "fps": 50.0}),
        ("haz el vídeo más fluido", {"factor": 2}),
        ("cámara lenta, 3 veces", {"slow": 3.0}),
        ("60 fotogramas por segundo sin sonido", {"fps": 60.0, "keep_audio": False}),
        ("Mach das Video flüssiger", {"factor": 2}),
        ("Zeitlupe, vierfach", {"slow": 4.0}),
        ("Vergrößere das Video auf 1920x1080", {"width": 1920, "height": 1080}),
        ("Entferne das Rauschen aus dem Clip", {"restore": 0.5}),
    ],
)
def test_what_a_sentence_asks_for_is_read(prompt: str, expected: dict[str, Any]) -> None:
    assert WORKFLOW.read_options(prompt) == expected


@given(st.text(max_size=200))
def test_any_sentence_gives_options_that_exist(prompt: str) -> None:
    assert set(WORKFLOW.read_options(prompt)) <= set(VideoEnhancementOptions.model_fields)


def test_the_examples_become_tasks_that_a_model_of_this_machine_can_do() -> None:
    for prompt in WORKFLOW.examples:
        task = prepared(clip(), prompt=prompt, **WORKFLOW.read_options(prompt))
        able = {model.id for model in load_catalogue() if model.lacks(task) is None}
        assert able >= {"enhance/video", "enhance/video-fast"}, prompt


def test_a_clip_of_which_nothing_else_is_asked_is_doubled() -> None:
    task = prepared(clip())
    assert (task.operation, task.features) == ("enhance_video", {"scale:x2"})
    assert (task.parameters["width"], task.parameters["height"]) == (1280, 720)


def test_more_pictures_a_second_leave_the_size() -> None:
    task = prepared(clip(), fps=50)
    assert task.features == {"fps"}
    assert (task.parameters["width"], task.parameters["height"]) == (640, 360)
    assert task.output_megapixels == pytest.approx(200 * 640 * 360 / 1e6, rel=1e-4)


@pytest.mark.parametrize(
    ("size", "options", "result"),
    [
        ((640, 360), {"height": 1080}, (1920, 1080)),
        ((640, 360), {"width": 1920, "height": 1920}, (1920, 1080)),
        ((360, 640), {"width": 1920, "height": 1920}, (1080, 1920)),
        ((641, 359), {"scale": 1.5}, (962, 538)),
        ((1920, 1080), {"height": 720}, (1280, 720)),
    ],
)
def test_sizes_keep_the_proportions_and_are_even(
    size: tuple[int, int], options: dict[str, Any], result: tuple[int, int]
) -> None:
    parameters = prepared(clip(*size), **options).parameters
    assert (parameters["width"], parameters["height"]) == result


def test_a_clip_is_taken_whatever_its_role() -> None:
    (given_clip,) = prepared(clip(role=Role.WORKING)).inputs
    assert given_clip.role is Role.CLIP


@pytest.mark.parametrize(
    ("inputs", "options", "error", "words"),
    [
        ((), {}, MissingInput, "clip to enhance is needed"),
        ((clip(), clip()), {}, InvalidOption, "One clip"),
        ((clip(),), {"height": 2160}, InvalidOption, "6.0 times"),
        ((clip(1920, 1080),), {"scale": 4.0}, InvalidOption, "megapixels"),
        ((clip(),), {"scale": 1.0}, InvalidOption, "nothing to do"),
        ((clip(),), {"style": "cartoon", "strength": 0.0}, InvalidOption, "nothing to do"),
    ],
)
def test_what_cannot_be_done_is_said(
    inputs: tuple[TaskInput, ...], options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        prepared(*inputs, **options)


@pytest.mark.parametrize("prompt", ["stabilize my video", "стабилизируй видео", "estabiliza el vídeo"])
def test_a_clip_is_not_enlarged_when_it_was_to_be_made_steady(prompt: str) -> None:
    with pytest.raises(InvalidOption, match="steady"):
        prepared(clip(), prompt=prompt, **WORKFLOW.read_options(prompt))


def test_two_rates_contradict_each_other() -> None:
    with pytest.raises(ValidationError, match="either"):
        VideoEnhancementOptions(fps=60, factor=2)


def test_the_rubric_holds_a_clip_to_the_rate_that_was_asked_for() -> None:
    bounds = [
        c for c in WORKFLOW.rubric(VideoEnhancementOptions(fps=50)).criteria if c.measure == "clip_frame_rate"
    ]
    assert [(c.rule, c.threshold) for c in bounds] == [("at_least", 47.5), ("at_most", 52.5)]


def test_the_registry_has_it() -> None:
    assert isinstance(all_workflows()["video_enhancement"], VideoEnhancement)


def test_a_clip_in_the_colours_of_a_picture_needs_that_picture() -> None:
    with pytest.raises(MissingInput, match="colours"):
        prepared(clip(), style="colour_transfer")
    picture = TaskInput(
        role=Role.REFERENCE,
        asset_id="p",
        path=Path("p"),
        media=MediaInfo(media_type="image/png", width=64, height=64),
    )
    task = prepared(clip(), picture, style="colour_transfer")
    assert [given.role for given in task.inputs] == [Role.CLIP, Role.REFERENCE]
    assert any(model.lacks(task) is None for model in load_catalogue() if model.engine == "enhance")


def test_a_preview_is_less_work() -> None:
    whole, part = prepared(clip(), scale=2.0), prepared(clip(), scale=2.0, preview="1-2s")
    assert part.output_megapixels == pytest.approx(whole.output_megapixels / 4)


@pytest.mark.parametrize("preview", ["0s", "2-1s", "soon", "0-90s", "1s; rm"])
def test_what_is_no_preview_is_refused(preview: str) -> None:
    with pytest.raises(ValidationError):
        VideoEnhancementOptions(preview=preview)
