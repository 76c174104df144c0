"""The workflows that make clips: what they read, what they ask of engines, what their rubrics let through."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Verdict, VerdictState
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.limits import Limits
from bottega.models import load_catalogue
from bottega.quality import judge
from bottega.simulator.media import Media
from bottega.workflows.clip_options import LENGTHS, ordered_length
from bottega.workflows.clip_reading import read_clip_options, read_sound
from bottega.workflows.clip_wording import FAMILIES
from bottega.workflows.image_to_video import ImageToVideo
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import all_workflows
from bottega.workflows.text_to_video import TextToVideo
from bottega.workflows.video_generation import VideoGeneration

STILL: Workflow = ImageToVideo()
WORDS: Workflow = TextToVideo()
SOUND: Workflow = VideoGeneration()


def picture(role: Role = Role.WORKING, size: tuple[int, int] = (1200, 800), number: int = 0) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=size[0], height=size[1])
    return TaskInput(role=role, asset_id=f"{number:064d}", path=Path(f"/nowhere/{number}"), media=media)


def clip() -> TaskInput:
    media = MediaInfo(media_type="video/mp4", width=640, height=360, seconds=5, frames=120)
    return TaskInput(role=Role.CLIP, asset_id="c" * 64, path=Path("/nowhere/clip"), media=media)


def prepared(workflow: Workflow, prompt: str, *inputs: TaskInput, **options: Any) -> Task:
    intent = Intent(workflow=workflow.work_class, confidence=1.0, reasoning="named", classifier="user")
    return workflow.prepare(Request(prompt=prompt), intent, workflow.options.model_validate(options), inputs)


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a clip of a fox", {}),
        ("an 8-second clip of a fox", {"seconds": 8}),
        ("a vertical video of a fox, 8 seconds", {"seconds": 8, "aspect": "9:16"}),
        ("animate this photo in 1080p for 5 seconds", {"seconds": 5, "resolution": "1080p"}),
        ("a vertical 5-second clip", {"seconds": 5, "aspect": "9:16"}),
        ("a square, eight-second silent clip", {"seconds": 8, "aspect": "1:1"}),
        ("a ten second loop of rain", {"seconds": 10}),
        ("a 2.5 second loop", {"seconds": 3}),
        ("a two-minute movie", {"seconds": 120}),
        ("видео на 10 секунд про кота", {"seconds": 10}),
        ("восьмисекундный вертикальный ролик", {"seconds": 8, "aspect": "9:16"}),
        ("оживи фото, 5 секунд, камера медленно приближается", {"seconds": 5, "camera": "zoom_in"}),
        ("une vidéo verticale de 8 secondes", {"seconds": 8, "aspect": "9:16"}),
        ("un clip de 10 s en 720p, format paysage", {"seconds": 10, "resolution": "720p", "aspect": "16:9"}),
        ("un vídeo cuadrado de 6 segundos", {"seconds": 6, "aspect": "1:1"}),
        ("La cámara gira alrededor del coche, vídeo de 8 segundos", {"seconds": 8, "camera": "orbit"}),
        ("Ein quadratisches Video von 10 Sekunden", {"seconds": 10, "aspect": "1:1"}),
        ("ein achtsekündiger Clip im Hochformat", {"seconds": 8, "aspect": "9:16"}),
        ("1920x1080 video of the sea", {"resolution": "1080p", "aspect": "16:9"}),
        ("1080 x 1920 clip", {"resolution": "1080p", "aspect": "9:16"}),
        ("Full HD, 16:9", {"resolution": "1080p", "aspect": "16:9"}),
        ("a video for TikTok", {"aspect": "9:16"}),
        ("the camera pans slowly to the left, no zoom in", {"camera": "pan_left"}),
        ("a harbour, static camera, seed 42", {"camera": "static", "seed": 42}),
    ],
)
def test_reads_length_shape_resolution_camera_and_seed(prompt: str, expected: dict[str, Any]):
    assert read_clip_options(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "after 3 seconds the dog jumps in the video",
        "a video where a dog waits for 3 seconds, then runs",
        "an 80s music video with neon",
        "clip of vertical stripes moving",
        "a landscape video of mountains",
        "a frying pan left on the stove, video",
        "a train leaves at 9:30 am",
        "cinematic, 4k, ultra detailed",
        "a clock that counts 10 seconds down",
    ],
)
def test_what_belongs_to_the_story_is_no_option(prompt: str):
    assert read_clip_options(prompt) == {}


@pytest.mark.parametrize(
    ("prompt", "sound"),
    [
        ("waves with the sound of the sea", True),
        ("make him say hello", True),
        ("don't mute it", True),
        ("с музыкой", True),
        ("ein Video mit Musik", True),
        ("un vídeo con música", True),
        ("видео без звука", False),
        ("a silent clip of a glacier", False),
        ("une vidéo sans le son", False),
        ("ein Clip ohne Ton", False),
        ("waves at night", None),
    ],
)
def test_reads_whether_sound_is_wanted(prompt: str, sound: bool | None):
    assert read_sound(prompt) is sound
    assert STILL.read_options(prompt) == ({} if sound is None else {"sound": sound})


@given(st.text(max_size=300))
def test_any_sentence_gives_options_that_exist(prompt: str):
    for workflow in (STILL, WORDS, SOUND):
        assert set(workflow.read_options(prompt)) <= set(workflow.options.model_fields)


def test_a_length_over_the_limit_is_refused_and_not_shortened():
    with pytest.raises(ValidationError):
        WORDS.options.model_validate(WORDS.read_options("a two-minute movie"))


@given(st.integers(1, 60))
def test_no_shorter_clip_is_ordered_than_was_asked_for(seconds: int):
    ordered = ordered_length(seconds)
    assert seconds <= ordered <= max(seconds + 1, 1.2 * seconds)
    assert ordered in LENGTHS or ordered == seconds


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_a_silent_clip_from_words():
    task = prepared(WORDS, "a lantern on a river", seconds=8, resolution="1080p", aspect="9:16", seed=7)
    assert (task.operation, task.seed, task.inputs) == ("video", 7, ())
    assert task.features == {"duration:8", "resolution:1080p", "aspect:9:16", "seed"}
    assert task.parameters == {"sound": False, "seconds": 8, "resolution": "1080p", "aspect": "9:16"}
    assert task.prompt == "a lantern on a river"


def test_what_is_left_to_the_model_is_not_ordered():
    task = prepared(WORDS, "a lantern on a river")
    assert task.features == frozenset()
    assert task.parameters == {"sound": False}


def test_sound_is_ordered_and_the_words_for_it_stay_as_they_are():
    said = 'A baker says "Fresh from the oven!", with soft piano music'
    task = prepared(SOUND, said)
    assert (task.operation, task.features, task.parameters) == ("video", {"sound"}, {"sound": True})
    assert all(said in task.prompt_for(family) for family in ("", *FAMILIES))


def test_a_model_that_makes_sound_is_told_of_it_where_the_sentence_does_not_say_which():
    task = prepared(SOUND, "waves at night")
    assert "sound" in task.prompt_for("veo")
    assert "sound" not in prepared(WORDS, "waves at night").prompt_for("veo")


def test_a_clip_with_sound_may_begin_with_a_picture_of_either_role():
    for role in (Role.WORKING, Role.REFERENCE):
        task = prepared(SOUND, "the waves roar", picture(role))
        assert (task.operation, task.features) == ("animate", {"sound"})
        assert [item.role for item in task.inputs] == [Role.WORKING]


def test_a_clip_that_begins_with_one_picture_and_ends_with_another():
    last, first = picture(Role.REFERENCE, number=2), picture(Role.WORKING, number=1)
    task = prepared(STILL, "she turns round", last, first, negative_prompt="blur", frame_rate=24)
    assert task.operation == "animate"
    assert [(item.role, item.asset_id) for item in task.inputs] == [
        (Role.WORKING, first.asset_id),
        (Role.REFERENCE, last.asset_id),
    ]
    assert task.features == {"end_frame", "negative_prompt", "fps:24"}
    assert task.parameters["negative_prompt"] == "blur"


@pytest.mark.parametrize("role", [Role.WORKING, Role.REFERENCE, Role.PERSON])
def test_a_single_picture_is_what_the_clip_begins_with(role: Role):
    task = prepared(STILL, "", picture(role))
    assert [item.role for item in task.inputs] == [Role.WORKING]
    assert "moves gently" in task.prompt


@pytest.mark.parametrize(
    ("size", "aspect"),
    [((3000, 2000), "16:9"), ((2000, 3000), "9:16"), ((1000, 1000), "1:1"), ((1000, 900), "1:1")],
)
def test_the_shape_follows_the_picture_and_no_model_has_to_offer_it(size: tuple[int, int], aspect: str):
    task = prepared(STILL, "she smiles", picture(size=size))
    assert task.parameters["aspect"] == aspect
    assert not any(feature.startswith("aspect") for feature in task.features)
    chosen = prepared(STILL, "she smiles", picture(size=size), aspect="21:9")
    assert chosen.parameters["aspect"] == "21:9"
    assert "aspect:21:9" in chosen.features


@pytest.mark.parametrize(
    "prompt",
    [
        "Animate this photo",
        "Animate this photo, 5 seconds",
        "Make this picture move for 8 seconds",
        "Оживи это фото!",
        "Anime cette photo.",
        "dale vida a esta foto",
        "Animiere dieses Bild",
    ],
)
def test_an_order_that_does_not_say_what_moves_is_completed(prompt: str):
    task = prepared(STILL, prompt, picture())
    assert task.prompt.startswith(prompt)
    assert "moves gently" in task.prompt
    assert prepared(STILL, f"{prompt}: the waves roll in", picture()).prompt == f"{prompt}: the waves roll in"


def test_a_camera_move_is_said_once_and_in_the_way_of_the_family():
    chosen = prepared(WORDS, "a street at night", camera="dolly_in")
    assert chosen.prompt == "a street at night. The camera moves slowly towards the subject."
    assert chosen.prompt_for("hailuo") == "a street at night. [Push in]"
    assert chosen.parameters["camera"] == "dolly_in"
    said = "a street at night, dolly in"
    assert prepared(WORDS, said, camera="dolly_in").prompt_for("hailuo") == said


@pytest.mark.parametrize("workflow", [WORDS, SOUND])
def test_without_words_there_is_nothing_to_make(workflow: Workflow):
    with pytest.raises(InvalidOption, match="no description"):
        prepared(workflow, "  ")


def test_pictures_are_refused_where_none_is_used_and_the_hint_names_the_workflow_that_uses_them():
    with pytest.raises(InvalidOption) as told:
        prepared(WORDS, "waves", picture())
    assert "image_to_video" in told.value.hint
    with pytest.raises(MissingInput):
        prepared(STILL, "animate this")
    with pytest.raises(InvalidOption):
        prepared(STILL, "animate this", picture(), picture(number=1), picture(number=2))
    with pytest.raises(InvalidOption):
        prepared(SOUND, "waves", picture(), picture(number=1))
    for workflow in (STILL, SOUND):
        with pytest.raises(InvalidOption):
            prepared(workflow, "waves", clip())


def test_the_catalogue_has_models_for_the_usual_orders():
    models = list(load_catalogue())
    orders = [
        prepared(WORDS, "waves", seconds=5),
        prepared(WORDS, "waves", seconds=8, resolution="720p", aspect="9:16"),
        prepared(SOUND, "waves with music", seconds=5, resolution="1080p"),
        prepared(STILL, "she smiles", picture(), seconds=5),
        prepared(STILL, "she smiles", picture(), picture(Role.REFERENCE, number=1)),
        prepared(STILL, "she says hello", picture(), sound=True),
    ]
    for order in orders:
        assert [model.id for model in models if model.lacks(order) is None], order.features


def test_every_family_of_clips_in_the_catalogue_has_its_words():
    families = {m.family for m in load_catalogue() if m.output == "clip" and m.engine == "replicate"}
    assert families <= set(FAMILIES)


def test_the_three_are_registered_under_their_classes():
    found = all_workflows()
    for work_class in (WorkClass.IMAGE_TO_VIDEO, WorkClass.TEXT_TO_VIDEO, WorkClass.VIDEO_GENERATION):
        assert found[work_class.value].work_class is work_class
        assert found[work_class.value].examples


# --- rubrics ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def compute() -> AsyncIterator[ComputePool]:
    pool = ComputePool(1)
    yield pool
    await pool.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> Path:
    """Five seconds of a photograph that moves, 854 x 480, with sound."""
    path = tmp_path_factory.mktemp("clips") / "made.mp4"
    still = (photographs / "coffee.png").read_bytes()
    path.write_bytes(Media(1).clip(854, 480, 5, {}, [still], fps=8, audio=True))
    return path


async def verdict(
    compute: ComputePool, workflow: Workflow, result: Path, source: Path | None = None, **options: Any
) -> Verdict:
    rubric = workflow.rubric(workflow.options.model_validate(options))
    return await judge(compute, rubric, result, source, {}, Limits())


@pytest.mark.parametrize(
    ("workflow", "options"),
    [
        (WORDS, {}),
        (WORDS, {"seconds": 5, "resolution": "480p", "aspect": "16:9", "frame_rate": 8}),
        (WORDS, {"seconds": 6}),  # within a second
        (SOUND, {"seconds": 5}),
        (STILL, {"seconds": 5, "sound": True}),
    ],
)
async def test_a_clip_as_it_was_ordered_is_accepted(
    compute: ComputePool, made: Path, photographs: Path, workflow: Workflow, options: dict[str, Any]
):
    found = await verdict(compute, workflow, made, photographs / "coffee.png", **options)
    assert (found.state, found.reason) == (VerdictState.ACCEPTED, "")


@pytest.mark.parametrize(
    ("workflow", "options", "reason"),
    [
        (WORDS, {"seconds": 8}, "The clip is shorter than ordered."),
        (WORDS, {"seconds": 2}, "The clip is longer than ordered."),
        (WORDS, {"resolution": "720p"}, "The clip has a lower resolution than 720p."),
        (WORDS, {"aspect": "9:16"}, "The clip is wider than ordered."),
        (WORDS, {"aspect": "21:9"}, "The clip is narrower than ordered."),
        (WORDS, {"frame_rate": 24}, "The clip has fewer pictures a second than asked for."),
    ],
)
async def test_a_clip_that_is_not_what_was_ordered_is_rejected_in_plain_words(
    compute: ComputePool, made: Path, workflow: Workflow, options: dict[str, Any], reason: str
):
    found = await verdict(compute, workflow, made, **options)
    assert (found.state, found.reason) == (VerdictState.REJECTED, reason)


async def test_a_clip_of_another_picture_is_rejected(compute: ComputePool, made: Path, photographs: Path):
    found = await verdict(compute, STILL, made, photographs / "astronaut.png")
    assert (found.state, found.reason) == (VerdictState.REJECTED, "The clip does not begin with the picture.")


async def test_a_silent_clip_is_rejected_only_where_sound_was_ordered(
    compute: ComputePool, tmp_path: Path, photographs: Path
):
    path = tmp_path / "silent.mp4"
    path.write_bytes(Media(1).clip(320, 180, 2, {}, fps=8))
    assert (await verdict(compute, WORDS, path)).accepted
    found = await verdict(compute, SOUND, path)
    assert found.reason == "The clip has no sound track. Nothing can be heard."


async def test_a_picture_in_the_place_of_a_clip_is_not_accepted(compute: ComputePool, photographs: Path):
    found = await verdict(compute, WORDS, photographs / "coffee.png")
    assert found.state is VerdictState.NOT_JUDGED
    assert "not a clip" in found.reason
