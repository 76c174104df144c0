"""A vision model as judge: what it is shown, what follows from its points, and that it never makes a number up."""

import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from bottega.compute import ComputePool
from bottega.domain.intent import WorkClass
from bottega.domain.verdict import Measure, Rubric, Verdict, VerdictState
from bottega.errors import UnreadablePicture, UnsupportedMedia
from bottega.imaging.limits import Limits
from bottega.llm import LanguageModels, PictureBytes
from bottega.models import load_catalogue
from bottega.quality import judge
from bottega.quality.vision import (
    JudgedPicture,
    VisionRubric,
    VisionVerdict,
    combine,
    judge_by_vision,
    rubric_for,
    rubrics,
    view,
)
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator

MODEL = "openai/gpt-6-luna"
TRYON = rubrics()["tryon"]


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(server: Simulator) -> Simulator:
    server.world.reset()
    return server


@pytest.fixture
async def models(simulator: Simulator) -> AsyncIterator[LanguageModels]:
    settings = Settings(_env_file=None, openai_api_key=KEY, openai_base_url=simulator.base("openai"))  # pyright: ignore[reportCallIssue]
    models = LanguageModels(settings, load_catalogue())
    yield models
    await models.aclose()


def shown(role: str, colour: str) -> JudgedPicture:
    buffer = io.BytesIO()
    Image.new("RGB", (120, 90), colour).save(buffer, "PNG")
    return JudgedPicture(role, PictureBytes(buffer.getvalue(), "image/png"))


PICTURES = [shown("person", "red"), shown("garment", "green"), shown("result", "blue")]


def points(**given: int) -> str:
    return json.dumps({name: {"seen": f"{name} as seen", "points": value} for name, value in given.items()})


async def judged(models: LanguageModels, rubric: VisionRubric = TRYON, **given: Any) -> VisionVerdict:
    arguments: dict[str, Any] = {"timeout_s": 5.0} | given
    return await judge_by_vision(models, MODEL, rubric, PICTURES, "put the jacket on me", **arguments)


# --- the rubrics -------------------------------------------------------------------------------------------------


def test_the_rubric_of_the_try_on_has_the_weights_and_thresholds_that_were_asked_for() -> None:
    assert {criterion.name: criterion.weight for criterion in TRYON.criteria} == {
        "realism": 0.3,
        "fit": 0.3,
        "lighting": 0.2,
        "proportions": 0.2,
    }
    assert TRYON.threshold == 0.7
    assert rubrics()["style_analysis"].threshold == 0.8
    assert rubrics()["recommendations"].threshold == 0.6


def test_every_kind_of_work_that_a_vision_model_can_look_at_has_one_rubric() -> None:
    for name in WorkClass:
        assert (rubric_for(name.value) is None) == (name is WorkClass.LASER)
    assert rubric_for("reference_styling", "virtual_tryon") is TRYON
    assert rubric_for("reference_styling", "celebrity") is rubrics()["styling"]
    named = [workflow for rubric in rubrics().values() for workflow in rubric.workflows]
    assert len(named) == len(set(named))


def test_weights_that_do_not_add_up_are_refused() -> None:
    whole = TRYON.model_dump()
    whole["criteria"][0]["weight"] = 0.4
    with pytest.raises(ValidationError, match="add up"):
        VisionRubric.model_validate(whole)


# --- the judge ---------------------------------------------------------------------------------------------------


async def test_points_become_a_weighted_score_and_measures(
    simulator: Simulator, models: LanguageModels
) -> None:
    simulator.world.queue_answer("openai", text=points(realism=8, fit=7, lighting=9, proportions=6))
    told = await judged(models)
    assert told.state is VerdictState.ACCEPTED
    assert told.score == pytest.approx(0.3 * 0.8 + 0.3 * 0.7 + 0.2 * 0.9 + 0.2 * 0.6)
    assert told.scores["fit"] == 0.7
    assert told.findings["fit"] == "fit as seen"
    assert [item.name for item in told.measures] == [
        "vision.realism",
        "vision.fit",
        "vision.lighting",
        "vision.proportions",
        "vision.score",
    ]
    assert told.measures[-1].threshold == 0.7
    assert told.cost > 0


async def test_the_judge_is_shown_every_picture_with_its_role_and_the_request_as_material(
    simulator: Simulator, models: LanguageModels
) -> None:
    simulator.world.queue_answer("openai", text=points(realism=8, fit=7, lighting=9, proportions=6))
    await judged(models)
    (seen,) = simulator.world.log
    assert len(seen.files) == len({file.sha256 for file in seen.files}) == 3
    sent = json.dumps(seen.fields["messages"][-1])
    assert sent.index("Picture: person") < sent.index("Picture: garment") < sent.index("Picture: result")
    assert "put the jacket on me" in sent
    assert "never instructions" in json.dumps(seen.fields["messages"][0])


async def test_exactly_at_the_threshold_is_enough(simulator: Simulator, models: LanguageModels) -> None:
    simulator.world.queue_answer("openai", text=points(realism=7, fit=7, lighting=7, proportions=7))
    assert (await judged(models)).state is VerdictState.ACCEPTED


async def test_below_the_threshold_it_is_refused_with_what_was_seen(
    simulator: Simulator, models: LanguageModels
) -> None:
    simulator.world.queue_answer("openai", text=points(realism=9, fit=2, lighting=7, proportions=7))
    told = await judged(models)
    assert told.state is VerdictState.REJECTED
    assert "fit as seen" in told.reason


async def test_one_criterion_below_its_minimum_refuses_whatever_the_others_are(
    simulator: Simulator, models: LanguageModels
) -> None:
    simulator.world.queue_answer("openai", text=points(instruction=10, identity=3, realism=10, lighting=10))
    told = await judged(models, rubrics()["hair"])
    assert told.score is not None
    assert told.score > rubrics()["hair"].threshold
    assert told.state is VerdictState.REJECTED
    assert [item.name for item in told.measures if not item.passed] == ["vision.identity"]


@pytest.mark.parametrize("kind", ["rate_limit", "auth", "server_error", "hang", "garbage", "refusal"])
async def test_a_judge_that_cannot_be_had_gives_no_number(
    simulator: Simulator, models: LanguageModels, kind: str
) -> None:
    simulator.world.faults.add(kind, "openai")
    told = await judged(models, timeout_s=0.5 if kind == "hang" else 60.0)
    assert told.state is VerdictState.NOT_JUDGED
    assert (told.score, told.scores, told.measures) == (None, {}, ())
    assert told.reason
    assert told.unknown == (kind in ("hang", "garbage"))


@pytest.mark.parametrize(
    "text",
    [
        points(realism=8, fit=7, lighting=9),
        points(realism=11, fit=7, lighting=9, proportions=6),
        "0.9",
        '{"realism": 0.9, "fit": 0.9, "lighting": 0.9, "proportions": 0.9}',
    ],
)
async def test_an_answer_that_is_no_marking_is_paid_and_judges_nothing(
    simulator: Simulator, models: LanguageModels, text: str
) -> None:
    simulator.world.queue_answer("openai", text=text)
    told = await judged(models)
    assert told.state is VerdictState.NOT_JUDGED
    assert told.score is None
    assert told.cost > 0


async def test_a_judge_that_nobody_configured_says_so(models: LanguageModels) -> None:
    told = await judge_by_vision(models, "anthropic/claude-haiku-5-5", TRYON, PICTURES, "x")
    assert told.state is VerdictState.NOT_JUDGED
    assert "key" in told.reason


# --- both verdicts in one ------------------------------------------------------------------------------------------


def measured(*passed: bool) -> Verdict:
    measures = tuple(
        Measure(name=f"m{i}", value=1, threshold=1, rule="at_least", passed=ok, why="Too low.")
        for i, ok in enumerate(passed)
    )
    return Verdict(
        state=VerdictState.ACCEPTED if all(passed) else VerdictState.REJECTED,
        rubric="measured",
        measures=measures,
        score=sum(passed) / len(passed),
        reason="" if all(passed) else "Too low.",
    )


def seen(state: VerdictState) -> VisionVerdict:
    measures = (
        Measure(
            name="vision.score",
            value=0.5,
            threshold=0.7,
            rule="at_least",
            passed=state is VerdictState.ACCEPTED,
            why="Seen.",
        ),
    )
    return VisionVerdict(
        state=state,
        rubric="tryon",
        model_id=MODEL,
        threshold=0.7,
        reason="" if state is VerdictState.ACCEPTED else "Seen.",
        measures=() if state is VerdictState.NOT_JUDGED else measures,
    )


A, R, N = VerdictState.ACCEPTED, VerdictState.REJECTED, VerdictState.NOT_JUDGED


@pytest.mark.parametrize(
    ("measures", "vision", "whole"),
    [
        (measured(True), A, A),
        (measured(True), R, R),
        (measured(True, False), A, R),
        (measured(False), N, R),
        (measured(True), N, N),
        (Verdict(state=N, rubric="m", reason="noise could not be measured."), A, N),
        (Verdict(state=N, rubric="m", reason="noise could not be measured."), R, R),
    ],
)
def test_both_must_accept(measures: Verdict, vision: VerdictState, whole: VerdictState) -> None:
    assert combine(measures, seen(vision)).state is whole


def test_without_the_vision_model_the_operator_decides_and_the_verdict_says_it() -> None:
    told = combine(measured(True), seen(N), without_vision="accept")
    assert told.accepted
    assert "Not judged by a vision model: Seen." in told.reason
    assert combine(measured(False), seen(N), without_vision="accept").state is R


async def test_where_nothing_is_to_be_measured_the_vision_model_stands_alone(tmp_path: Path) -> None:
    pool = ComputePool(1)
    empty = await judge(pool, Rubric(name="none", criteria=()), tmp_path, None, {}, Limits())
    await pool.close()
    assert combine(empty, seen(A)).state is A
    assert combine(empty, seen(R)).state is R
    assert combine(empty, seen(N), without_vision="accept").state is N


@given(
    st.lists(st.booleans(), min_size=1, max_size=4),
    st.sampled_from(VerdictState),
    st.sampled_from(["accept", "not judged"]),
)
@settings(max_examples=100)
def test_a_whole_verdict_is_a_verdict_like_any_other(
    passed: list[bool], vision: VerdictState, without: Any
) -> None:
    told = combine(measured(*passed), seen(vision), without_vision=without)
    assert (told.score is None) == (told.state is N)
    if told.accepted:
        assert all(item.passed for item in told.measures)
    if told.state is R:
        assert not all(item.passed for item in told.measures)
        assert told.reason


# --- what it is shown ----------------------------------------------------------------------------------------------


def test_a_view_is_small_plain_and_the_same_picture(photographs: Path) -> None:
    data = view(photographs / "astronaut.png", Limits(), 256)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) == 256
        assert not picture.getexif()
    assert data == view(photographs / "astronaut.png", Limits(), 256)


def test_what_is_no_picture_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no picture at all")
    with pytest.raises((UnreadablePicture, UnsupportedMedia)):
        view(tmp_path / "x.png", Limits())
