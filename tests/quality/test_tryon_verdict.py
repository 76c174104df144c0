"""The gates of a try-on as a verdict on any engine's result, and the safety check of its pictures."""

import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Verdict, VerdictState
from bottega.fashion.findings import Check, Finding, Grave
from bottega.fashion.tryon.engine import try_on
from bottega.imaging.limits import Limits
from bottega.quality.fashion_vision import FORMS, GarmentSeen, merged
from bottega.quality.tryon import (
    UnsafeTryOn,
    check_inputs,
    judge_gates,
    measure_gates,
    refuse_unsafe,
    with_gates,
)

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_garments
import drawn_people

LIMITS = Limits(max_bytes=2**26, max_pixels=2**26, max_side=2**14, max_frames=1)
FIGURE = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)


def given(folder: Path, name: str, pixels: np.ndarray, role: Role) -> TaskInput:
    Image.fromarray(pixels).save(folder / name)
    media = MediaInfo(media_type="image/png", width=pixels.shape[1], height=pixels.shape[0])
    return TaskInput(role=role, asset_id=name, path=folder / name, media=media)


def task_of(*inputs: TaskInput) -> Task:
    return Task(workflow="w", operation="tryon", features=frozenset({"garment:other"}), inputs=inputs)


@pytest.fixture
def person() -> np.ndarray:
    return drawn_people.draw(FIGURE).rgb


@pytest.fixture
def garment() -> np.ndarray:
    return drawn_garments.draw("tshirt", 3, pattern="plain").rgb


async def verdict_on(folder: Path, person: np.ndarray, garment: np.ndarray, result: np.ndarray) -> Verdict:
    task = task_of(given(folder, "p.png", person, Role.PERSON), given(folder, "g.png", garment, Role.GARMENT))
    Image.fromarray(result).save(folder / "r.png")
    compute = ComputePool(1)
    try:
        return await judge_gates(compute, task, folder / "r.png", LIMITS)
    finally:
        await compute.close()


async def test_a_good_tryon_passes_every_gate(
    tmp_path: Path, person: np.ndarray, garment: np.ndarray
) -> None:
    verdict = await verdict_on(tmp_path, person, garment, try_on(person, garment).rgb)
    assert verdict.state is VerdictState.ACCEPTED
    names = {measure.name for measure in verdict.measures}
    assert {"tryon.identity", "tryon.outside_unchanged", "tryon.garment_colours", "tryon.score"} <= names


async def test_another_face_is_refused_by_name(
    tmp_path: Path, person: np.ndarray, garment: np.ndarray
) -> None:
    result = try_on(person, garment).rgb.copy()
    figure = drawn_people.draw(FIGURE)
    face = figure.regions["face"] > 0.5
    result[face] = result[face][:, ::-1] // 2
    verdict = await verdict_on(tmp_path, person, garment, result)
    assert verdict.state is VerdictState.REJECTED
    assert "tryon.identity" in {measure.name for measure in verdict.measures if not measure.passed}
    assert "face" in verdict.reason


async def test_another_garment_is_refused(tmp_path: Path, person: np.ndarray, garment: np.ndarray) -> None:
    other = drawn_garments.draw("tshirt", 8, pattern="plain").rgb
    verdict = await verdict_on(tmp_path, person, garment, try_on(person, other).rgb)
    assert verdict.state is VerdictState.REJECTED
    assert "tryon.garment_colours" in {m.name for m in verdict.measures if not m.passed}


async def test_a_result_of_another_shape_is_not_judged(
    tmp_path: Path, person: np.ndarray, garment: np.ndarray
) -> None:
    verdict = await verdict_on(tmp_path, person, garment, np.zeros((512, 512, 3), np.uint8))
    assert verdict.state is VerdictState.NOT_JUDGED
    assert verdict.score is None
    assert "proportions" in verdict.reason


def test_the_promise_of_a_mask_is_counted_in_full_size(
    tmp_path: Path, person: np.ndarray, garment: np.ndarray
) -> None:
    """The gates look at smaller pictures; one changed pixel of a large one must not get lost there, nor be made up."""
    photo = np.repeat(np.repeat(person, 2, axis=0), 2, axis=1)
    mask = np.zeros(photo.shape[:2], bool)
    mask[700:1201, 401:1100] = True
    made = np.where(mask[..., None], photo // 2, photo).astype(np.uint8)
    pictures = {
        "p": photo,
        "g": garment,
        "r": made,
        "m": np.repeat(mask[..., None] * np.uint8(255), 3, axis=2),
    }
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")

    def outside() -> float:
        paths = [tmp_path / f"{name}.png" for name in "pgr"]
        verdict = measure_gates(*paths, {}, LIMITS, tmp_path / "m.png")
        return next(
            measure.value for measure in verdict.measures if measure.name == "tryon.outside_unchanged"
        )

    assert outside() == 0
    made[3, 5, 1] ^= 1
    Image.fromarray(made).save(tmp_path / "r.png")
    assert outside() == 1


def test_both_verdicts_count() -> None:
    good = Verdict(state=VerdictState.ACCEPTED, rubric="tryon", score=1.0)
    bad = Verdict(state=VerdictState.REJECTED, rubric="tryon-gates", reason="The face is another.")
    unknown = Verdict(state=VerdictState.NOT_JUDGED, rubric="tryon-gates", reason="No face.")
    assert with_gates(good, bad).state is VerdictState.REJECTED
    assert with_gates(good, unknown).state is VerdictState.NOT_JUDGED
    assert with_gates(good, good).state is VerdictState.ACCEPTED
    assert "face" in with_gates(good, bad).reason


async def test_what_is_no_garment_stops_every_engine(tmp_path: Path, person: np.ndarray) -> None:
    task = task_of(
        given(tmp_path, "p.png", person, Role.PERSON),
        given(tmp_path, "g.png", skimage.data.coffee(), Role.GARMENT),
    )
    compute = ComputePool(1)
    try:
        with pytest.raises(UnsafeTryOn, match="not_a_garment"):
            await check_inputs(compute, task, LIMITS)
    finally:
        await compute.close()


async def test_what_only_the_preview_cannot_do_stops_nobody_else(tmp_path: Path, garment: np.ndarray) -> None:
    task = task_of(
        given(tmp_path, "p.png", skimage.data.astronaut(), Role.PERSON),
        given(tmp_path, "g.png", garment, Role.GARMENT),
    )
    compute = ComputePool(1)
    try:
        found = await check_inputs(compute, task, LIMITS)
    finally:
        await compute.close()
    assert not found["p.png"].usable
    assert found["g.png"].usable


async def test_a_vision_model_may_add_a_reason_of_safety(
    tmp_path: Path, person: np.ndarray, garment: np.ndarray
) -> None:
    task = task_of(
        given(tmp_path, "p.png", person, Role.PERSON), given(tmp_path, "g.png", garment, Role.GARMENT)
    )

    async def look(subject: str, check: Check, path: Path) -> Check:
        answer = {"findings": [{"code": "possible_child", "confidence": 0.9}]}
        return merged("person", check, answer) if subject == "person" else check

    compute = ComputePool(1)
    try:
        with pytest.raises(UnsafeTryOn, match="possible_child") as stopped:
            await check_inputs(compute, task, LIMITS, look)
    finally:
        await compute.close()
    assert stopped.value.details["reasons"][0]["judge"] == "vision_model"


def test_findings_of_quality_are_no_matter_of_safety() -> None:
    dark = Finding(code="too_dark", grave=Grave.STOPS, message="It is dark.", confidence=0.99)
    assert Check(findings=(dark,)).refused == ()


def test_only_a_clear_case_of_no_garment_stops_every_engine() -> None:
    def found(confidence: float) -> Check:
        return Check(
            findings=(
                Finding(
                    code="not_a_garment", grave=Grave.STOPS, message="A cup is seen.", confidence=confidence
                ),
            )
        )

    refuse_unsafe(found(0.5).refused)
    with pytest.raises(UnsafeTryOn, match="not_a_garment"):
        refuse_unsafe(found(0.9).refused)


def test_a_merged_check_names_both_judges() -> None:
    answer = GarmentSeen(
        is_garment=False,
        kind="unknown",
        colours=[],
        pattern="unknown",
        worn=False,
        isolated=True,
        count=1,
        confidence=0.95,
    )
    check = merged("garment", Check(), answer.model_dump())
    assert check.judges == ("classical", "vision_model")
    assert [finding.judge for finding in check.with_codes("not_a_garment")] == ["vision_model"]


def test_the_forms_ask_for_what_the_schemas_say() -> None:
    from bottega.fashion.garment.vision import SCHEMA as GARMENT
    from bottega.fashion.person.vision import CODES

    assert set(FORMS["garment"].model_fields) == set(GARMENT["properties"])
    seen = FORMS["person"].model_json_schema()["$defs"]["Seen"]["properties"]["code"]["enum"]
    assert tuple(seen) == CODES
