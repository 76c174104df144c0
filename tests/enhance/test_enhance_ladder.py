"""The way down of an enhancement: whatever fails, and whatever helps, the end is defined, told, and never black."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_onnx

from bottega.enhance.ladder import (
    HELPS,
    Deadline,
    Engine,
    Fallback,
    Fault,
    Policy,
    Samples,
    Setting,
    check_made,
    climb_down,
    fault_of,
)
from bottega.enhance.works import Style, Upscale
from bottega.enhance.works_repair import Improve, Restore
from bottega.errors import (
    BottegaError,
    Cancelled,
    ComputeTimeout,
    InvalidOption,
    NotFound,
    OutputError,
    Severity,
)

Run = Callable[[Setting, Deadline], tuple[Samples, dict[str, Any]]]


@pytest.fixture
def picture() -> np.ndarray:
    ramp = np.linspace(0.1, 0.9, 48, dtype=np.float32)
    return np.stack([np.tile(ramp, (32, 1))] * 3, axis=2)


def waiting() -> tuple[Policy, list[float]]:
    waits: list[float] = []
    return Policy(seconds=3600.0, retries=2, backoff=0.1, sleep=waits.append), waits


def inverted(source: Samples) -> Run:
    return lambda setting, deadline: (1 - source, {"by": str(setting)})


# --- real ways to fail -------------------------------------------------------------------------------------------------


def divides(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
    return np.ones((1, 1, 3), np.float32) * (1 // 0), {}


def exhausts(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
    # More than any machine has: the allocation itself fails.
    return np.empty((1 << 46, 1 << 10, 3), np.float32), {}


def hangs(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
    deadline._up()  # as the timer does, after an hour
    assert deadline.stop.is_set()
    deadline.check()
    raise AssertionError("the deadline never came")


def missing(setting: Setting) -> None:
    np.load("/nowhere/weights.npy")


def blackens(source: Samples) -> Run:
    return lambda setting, deadline: (np.zeros_like(source), {})


def loses_numbers(source: Samples) -> Run:
    return lambda setting, deadline: (np.log(source * 0 - 1), {})


def refuses(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
    raise InvalidOption("The picture is no picture.")


def broken(fault: Fault, source: Samples, **abilities: Any) -> Engine:
    """An engine that fails in that way each time."""
    runs: dict[Fault, Run] = {
        Fault.INFERENCE: divides,
        Fault.RESOURCE: exhausts,
        Fault.OUTPUT: blackens(source),
        Fault.TIMEOUT: hangs,
        Fault.INPUT: refuses,
        Fault.MODEL_LOADING: inverted(source),
    }
    load = missing if fault is Fault.MODEL_LOADING else (lambda setting: None)
    return Engine(f"broken: {fault}", runs[fault], load=load, **abilities)


FAULTS = [fault for fault in Fault if fault is not Fault.INPUT]


def mended_by(way: Fallback, fault: Fault, source: Samples) -> list[Engine]:
    """Engines of which the first fails until that one fallback is taken."""
    bad, good = broken(fault, source), inverted(source)

    def only(right: Callable[[Setting], bool], **abilities: Any) -> list[Engine]:
        def load(setting: Setting) -> None:
            if not right(setting):
                bad.load(setting)

        def run(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
            return good(setting, deadline) if right(setting) else bad.run(setting, deadline)

        return [Engine("fragile", run, load=load, **abilities)]

    match way:
        case Fallback.RETRY:
            calls: list[None] = []

            def third(setting: Setting) -> bool:
                calls.append(None)
                # `load` and `run` both ask: two attempts are four questions at most.
                return len(calls) > (2 if fault is Fault.MODEL_LOADING else 4)

            return only(third)
        case Fallback.SMALLER_TILES:
            return only(lambda setting: (setting.tile or 256) <= 64, tile=256)
        case Fallback.CPU:
            return only(lambda setting: setting.device == "cpu", devices=("cuda", "cpu"))
        case Fallback.PRECISION:
            lower = fault in (Fault.RESOURCE, Fault.TIMEOUT)
            precisions = ("float32", "float16") if lower else ("float16", "float32")
            return only(lambda setting: setting.precision == precisions[1], precisions=precisions)
        case Fallback.LIGHTER_MODEL:
            return [bad, Engine("lighter", good)]
        case Fallback.CLASSICAL:
            return [bad, Engine("old", good, "classical")]
        case Fallback.ORIGINAL:
            return [bad]


@pytest.mark.parametrize(
    ("fault", "way"), [(fault, way) for fault in FAULTS for way in HELPS[fault]], ids=str
)
def test_each_fallback_mends_each_fault_that_it_helps_against(
    picture: np.ndarray, fault: Fault, way: Fallback
) -> None:
    policy, _ = waiting()
    outcome = climb_down(picture, mended_by(way, fault, picture), policy)
    assert [step.fault for step in outcome.steps] == [fault] * len(outcome.steps)
    assert outcome.steps[-1].fallback is way
    wanted = picture if way is Fallback.ORIGINAL else 1 - picture
    np.testing.assert_array_equal(outcome.pixels, wanted)
    assert outcome.state == {
        Fallback.LIGHTER_MODEL: "degraded",
        Fallback.CLASSICAL: "degraded",
        Fallback.ORIGINAL: "original",
    }.get(way, "done")


@pytest.mark.parametrize("first", FAULTS)
@pytest.mark.parametrize("second", FAULTS)
def test_when_everything_fails_the_original_comes_back_untouched_and_labelled(
    picture: np.ndarray, first: Fault, second: Fault
) -> None:
    policy, _ = waiting()
    everything: dict[str, Any] = {
        "tile": 256,
        "devices": ("cuda", "cpu"),
        "precisions": ("float16", "float32"),
    }
    engines = [
        broken(first, picture, **everything),
        broken(second, picture),
        broken(first, picture, kind="classical"),
    ]
    outcome = climb_down(picture, engines, policy)
    assert outcome.pixels is picture
    assert (outcome.state, outcome.engine) == ("original", "none")
    assert outcome.steps[-1].fallback is Fallback.ORIGINAL
    assert outcome.steps[-1].severity is Severity.HIGH
    assert all(step.message for step in outcome.steps)


def test_an_unusable_input_is_the_callers_to_mend(picture: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        climb_down(picture, [broken(Fault.INPUT, picture), Engine("good", inverted(picture))])


def test_waiting_doubles_from_retry_to_retry(picture: np.ndarray) -> None:
    policy, waits = waiting()
    climb_down(picture, [broken(Fault.INFERENCE, picture)], policy)
    assert waits == [0.1, 0.2]


def test_the_fallbacks_come_in_their_order(picture: np.ndarray) -> None:
    policy, _ = waiting()
    engines = [
        broken(Fault.RESOURCE, picture, tile=64, devices=("cuda", "cpu"), precisions=("float32", "float16")),
        broken(Fault.RESOURCE, picture),
        broken(Fault.RESOURCE, picture, kind="classical"),
    ]
    outcome = climb_down(picture, engines, policy)
    assert [step.fallback for step in outcome.steps] == list(Fallback)[1:]


def test_values_that_are_no_numbers_are_never_handed_over(picture: np.ndarray) -> None:
    policy, _ = waiting()
    engines = [Engine("lost", loses_numbers(picture)), Engine("good", inverted(picture), "classical")]
    with np.errstate(invalid="ignore"):
        outcome = climb_down(picture, engines, policy)
    assert outcome.steps[0].fault is Fault.OUTPUT
    assert np.isfinite(outcome.pixels).all()


def test_a_black_picture_may_stay_black() -> None:
    black = np.zeros((16, 16, 3), np.uint8)
    check_made(black, black.copy())


@pytest.mark.parametrize(
    "made",
    [np.ones((4, 4), np.float32), np.ones((4, 4, 4), np.float32), np.ones((4, 4, 3), np.uint8)],
    ids=["grey", "alpha", "bytes"],
)
def test_another_kind_of_picture_is_no_answer(picture: np.ndarray, made: np.ndarray) -> None:
    with pytest.raises(OutputError):
        check_made(picture, made)


@pytest.mark.parametrize(("times", "state"), [(1, "done"), (2, "original")])
def test_the_time_is_extended_once_for_work_that_gets_on(picture: np.ndarray, times: int, state: str) -> None:
    """The test itself says when the time is up, as the timer would: no clock decides what it proves."""

    def slow(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
        deadline.told(0.5)
        for _ in range(times):
            assert not deadline.stop.is_set()
            deadline._up()
        assert deadline.stop.is_set() == (times == 2)
        deadline.told(0.9)
        return 1 - picture, {}

    outcome = climb_down(picture, [Engine("slow", slow)], Policy(seconds=3600))
    assert outcome.state == state
    assert outcome.extended
    assert [step.fault for step in outcome.steps] == [Fault.TIMEOUT] * (times - 1)


@pytest.mark.parametrize("late", [False, True])
def test_what_is_finished_after_the_time_counts_and_is_said_to_be_late(
    picture: np.ndarray, late: bool
) -> None:
    def unheeding(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
        if late:
            deadline._up()
        return 1 - picture, {}

    outcome = climb_down(picture, [Engine("unheeding", unheeding)], Policy(seconds=3600))
    assert outcome.state == "done"
    assert outcome.as_dict()["time_over"] is late


def test_what_is_late_and_no_picture_does_not_make_the_next_one_late(picture: np.ndarray) -> None:
    def black(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
        deadline._up()
        return np.zeros_like(picture), {}

    engines = [Engine("black", black), Engine("sure", inverted(picture), "classical")]
    outcome = climb_down(picture, engines, Policy(seconds=3600))
    assert (outcome.engine, outcome.late) == ("sure", False)


def test_the_timer_ends_the_time_also_of_work_that_gets_on(picture: np.ndarray) -> None:
    def endless(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
        while not deadline.stop.wait(0.001):
            deadline.told(0.5)
        deadline.check()
        raise AssertionError("the time was up")

    outcome = climb_down(picture, [Engine("endless", endless)], Policy(seconds=0.02))
    assert outcome.state == "original"
    assert [step.fault for step in outcome.steps] == [Fault.TIMEOUT]


def test_work_that_does_not_get_on_has_its_time_once() -> None:
    with Deadline(0.05) as deadline:
        assert deadline.stop.wait(60)
        assert not deadline.extended
        with pytest.raises(ComputeTimeout):
            deadline.check()


def test_cancelling_is_no_fault(picture: np.ndarray) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        climb_down(picture, [Engine("any", inverted(picture))], cancelled=cancelled)


def test_offline_nothing_is_asked_of_a_connection(picture: np.ndarray) -> None:
    engines = [Engine("far", divides, online=True), Engine("near", inverted(picture))]
    assert climb_down(picture, engines, Policy(offline=True)).steps == ()
    policy, _ = waiting()
    assert climb_down(picture, engines, Policy(offline=False, sleep=policy.sleep)).steps


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"retries": -1}, {"backoff": -0.1}], ids=str)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        Policy(**wrong)


# --- the works' own engines ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "work", [Upscale(2), Style("oil_paint"), Restore(), Improve("web")], ids=lambda w: w.name
)
@pytest.mark.parametrize("kind", ["uint8", "uint16", "alpha"])
def test_every_work_keeps_the_kind_of_its_picture(work: Any, kind: str) -> None:
    noise = np.random.default_rng(3).integers(60, 180, (40, 56, 4 if kind == "alpha" else 3))
    source = noise.astype(np.uint16) * 257 if kind == "uint16" else noise.astype(np.uint8)
    size = work.size(56, 40)
    outcome = climb_down(source, work.engines(source, size))
    assert outcome.state == "done", outcome.steps
    assert outcome.pixels.shape == (size[1], size[0], source.shape[2])
    assert outcome.pixels.dtype == source.dtype


def test_the_networks_stop_at_the_time_limit_and_the_steps_say_so() -> None:
    source = np.random.default_rng(0).integers(0, 255, (1200, 1200, 3)).astype(np.uint8)
    outcome = climb_down(
        source, Upscale(4, tier="best", threads=1).engines(source, (4800, 4800))[:1], Policy(0.3)
    )
    assert outcome.state == "original"
    assert outcome.steps[0].fault is Fault.TIMEOUT


def test_weights_of_the_users_own_are_used(tmp_path: Path) -> None:
    source = np.random.default_rng(2).integers(90, 160, (48, 48, 3)).astype(np.uint8)
    file = tiny_onnx.convolution(tmp_path / "own.onnx", 2)
    outcome = climb_down(source, Upscale(2, weights=file).engines(source, (96, 96)))
    assert (outcome.state, outcome.engine) == ("done", "own.onnx")


def test_weights_that_give_no_numbers_make_way_and_that_is_said(tmp_path: Path) -> None:
    source = np.random.default_rng(2).integers(90, 160, (48, 48, 3)).astype(np.uint8)
    file = tiny_onnx.dividing_by_zero(tmp_path / "bad.onnx", 2)
    outcome = climb_down(source, Upscale(2, weights=file).engines(source, (96, 96)))
    assert outcome.state == "degraded"
    assert "bad.onnx" in outcome.told["left"][0]
    assert abs(outcome.pixels.mean() - source.mean()) < 0.5


@pytest.mark.parametrize(
    "work",
    [
        Upscale(9),
        Upscale(0),
        Upscale(2, width=100),
        Upscale(tier="huge"),
        Upscale(width=0),
        Style("no such style"),
        Style("oil_paint", 1.5),
        Restore(2.0),
        Restore(sharpen=-1),
        Improve("nothing"),
    ],
    ids=str,
)
def test_parameters_are_validated_before_any_work(work: Any) -> None:
    source = np.full((20, 20, 3), 128, np.uint8)
    with pytest.raises(InvalidOption):
        work.engines(source, work.size(20, 20))


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    source = np.full((20, 20, 3), 128, np.uint8)
    with pytest.raises(NotFound, match="none"):
        Upscale(2, weights=tmp_path / "none.onnx").engines(source, (40, 40))


def test_every_error_for_people_has_a_fault() -> None:
    def all_of(kind: type[BottegaError]) -> list[type[BottegaError]]:
        return [kind, *(deeper for each in kind.__subclasses__() for deeper in all_of(each))]

    def made(kind: type[BottegaError]) -> BottegaError:
        error = kind.__new__(kind)
        BottegaError.__init__(error, "anything")  # whatever else a kind asks for
        return error

    assert {fault_of(made(kind)) for kind in all_of(BottegaError)} >= {Fault.INPUT, Fault.TIMEOUT}


def test_the_engine_that_made_it_is_named_when_others_were_left() -> None:
    """Dots one pixel apart: what any engine makes of them is no longer them when it is shrunk."""
    dots = np.random.default_rng(3).choice(np.array([0, 255], np.uint8), (64, 64, 1)).repeat(3, axis=2)
    outcome = climb_down(dots, Upscale(2, threads=1).engines(dots, (128, 128)))
    made_by = outcome.told["enlargement"]["engine"]
    assert outcome.state == "degraded"
    assert not outcome.told["enlargement"]["gate"]["passed"]
    assert outcome.told["left"][-1].startswith("none agrees with the source")
    assert outcome.told["left"][-1].endswith(f"made by {made_by}")
