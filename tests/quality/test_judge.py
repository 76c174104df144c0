"""Verdicts on real files, measured in a real compute process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pytest

from bottega.compute import ComputePool
from bottega.domain.verdict import Criterion, Rubric, VerdictState
from bottega.errors import InvalidOption, MissingInput, TooLarge, UnsupportedMedia
from bottega.imaging.decode import Limits, decode
from bottega.imaging.encode import encode
from bottega.imaging.picture import Picture
from bottega.quality import ALONE, COMPARED, judge, measure

LIMITS = Limits()
Rule = Literal["at_least", "at_most"]


@pytest.fixture
async def compute() -> AsyncIterator[ComputePool]:
    pool = ComputePool(1)
    yield pool
    await pool.close()


@pytest.fixture
def source(photographs: Path) -> Path:
    return photographs / "astronaut.png"


def changed(source: Path, target: Path, how: Any) -> Path:
    encode(Picture(how(decode(source).as_u8())), target, "image/png")
    return target


def rubric(*criteria: tuple[str, Rule, float]) -> Rubric:
    return Rubric(
        name="test",
        criteria=tuple(
            Criterion(measure=name, rule=rule, threshold=threshold, why=f"Bad {name}.")
            for name, rule, threshold in criteria
        ),
    )


def test_every_measure_of_a_picture_against_itself(source: Path) -> None:
    values = measure(source, source, tuple(ALONE | COMPARED), LIMITS)
    assert set(values) == ALONE | COMPARED
    same = {name: values[name] for name in COMPARED}
    assert same == pytest.approx(
        {
            "sharpness_ratio": 1,
            "noise_ratio": 1,
            "clipping_added": 0,
            "ssim_to_source": 1,
            "size_ratio": 1,
            "change": 0,
            "likeness": 1,
            "shape_ratio": 1,
        }
    )
    assert all(values[name] > 0 for name in ALONE)


def test_blur_noise_and_overexposure_show_in_their_measures(tmp_path: Path, source: Path) -> None:
    names = ("sharpness_ratio", "noise_ratio", "clipping_added", "ssim_to_source")
    grain = np.random.default_rng(1).normal(0, 15, (512, 512, 1))
    blurred = changed(source, tmp_path / "a", lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 2))
    noisy = changed(source, tmp_path / "b", lambda rgb: np.clip(rgb + grain, 0, 255).astype(np.uint8))
    bright = changed(source, tmp_path / "c", lambda rgb: cv2.convertScaleAbs(rgb, alpha=2))
    first, second, third = (measure(path, source, names, LIMITS) for path in (blurred, noisy, bright))
    assert first["sharpness_ratio"] < 0.4
    assert second["noise_ratio"] > 5
    assert third["clipping_added"] > 0.2
    for values in (first, second, third):
        assert values["ssim_to_source"] < 0.95


def test_a_source_of_another_size_is_brought_to_the_result(tmp_path: Path, source: Path) -> None:
    """Plain enlargement is the baseline of the comparison: likeness and sharpness stay where they are."""
    names = ("size_ratio", "ssim_to_source", "sharpness_ratio")
    for scale in (2.0, 0.5):
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        path = changed(
            source,
            tmp_path / "x",
            lambda rgb, m=method, s=scale: cv2.resize(rgb, None, fx=s, fy=s, interpolation=m),
        )
        values = measure(path, source, names, LIMITS)
        assert values["size_ratio"] == pytest.approx(scale)
        assert values["ssim_to_source"] > 0.99
        assert values["sharpness_ratio"] == pytest.approx(1, abs=0.05)


def test_other_proportions_cannot_be_laid_over_each_other(tmp_path: Path, source: Path) -> None:
    path = changed(source, tmp_path / "x", lambda rgb: rgb[:300])
    with pytest.raises(InvalidOption, match="proportions"):
        measure(path, source, ("ssim_to_source",), LIMITS)
    assert measure(path, source, ("size_ratio",), LIMITS)["size_ratio"] == pytest.approx((300 / 512) ** 0.5)


def test_transparency_is_seen_over_white(tmp_path: Path) -> None:
    hidden = np.random.default_rng(2).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    encode(Picture(hidden, np.zeros((64, 64), np.uint8)), tmp_path / "x", "image/png")
    assert measure(tmp_path / "x", None, ("contrast", "clipping"), LIMITS) == {"contrast": 0, "clipping": 1}


def test_what_measure_refuses(tmp_path: Path, source: Path) -> None:
    with pytest.raises(InvalidOption, match="beauty"):
        measure(source, None, ("noise", "beauty"), LIMITS)
    with pytest.raises(MissingInput, match="noise_ratio"):
        measure(source, None, ("noise", "noise_ratio"), LIMITS)
    (tmp_path / "x.svg").write_text("<svg/>")
    with pytest.raises(UnsupportedMedia):
        measure(tmp_path / "x.svg", None, ("noise",), LIMITS)
    with pytest.raises(TooLarge):
        measure(source, None, ("noise",), Limits(max_side=100))


async def test_all_criteria_met_is_accepted(compute: ComputePool, source: Path) -> None:
    wanted = rubric(
        ("size_ratio", "at_least", 1.0), ("clipping_added", "at_most", 0.0), ("report.holes", "at_most", 3)
    )
    verdict = await judge(compute, wanted, source, source, {"holes": 3}, LIMITS)
    assert verdict.state is VerdictState.ACCEPTED
    assert verdict.score == 1
    assert verdict.reason == ""
    assert [item.name for item in verdict.measures] == ["size_ratio", "clipping_added", "report.holes"]
    assert verdict.measures[2].value == 3


async def test_one_missed_is_rejected_in_its_own_words(compute: ComputePool, source: Path) -> None:
    wanted = rubric(
        ("size_ratio", "at_least", 1.9),
        ("clipping", "at_most", 1),
        ("contrast", "at_least", 0.6),
        ("noise", "at_most", 99),
    )
    verdict = await judge(compute, wanted, source, source, {}, LIMITS)
    assert verdict.state is VerdictState.REJECTED
    assert verdict.score == pytest.approx(0.5)
    assert verdict.reason == "Bad size_ratio. Bad contrast."
    assert [item.passed for item in verdict.measures] == [False, True, False, True]


async def test_a_report_alone_is_enough_for_what_is_no_picture(compute: ComputePool, tmp_path: Path) -> None:
    (tmp_path / "cut.svg").write_text("<svg/>")
    wanted = rubric(("report.cut.closed", "at_least", 1), ("report.cut.seconds", "at_most", 60))
    report = {"cut": {"closed": True, "seconds": 12.5}}
    verdict = await judge(compute, wanted, tmp_path / "cut.svg", None, report, LIMITS)
    assert verdict.state is VerdictState.ACCEPTED


@pytest.mark.parametrize("value", [None, "3", float("nan"), float("inf"), [3], {"deeper": 3}])
async def test_a_report_without_the_number_is_not_judged(
    compute: ComputePool, source: Path, value: object
) -> None:
    wanted = rubric(("report.holes", "at_most", 3), ("contrast", "at_least", 0.1))
    verdict = await judge(compute, wanted, source, None, {"holes": value}, LIMITS)
    assert verdict.state is VerdictState.NOT_JUDGED
    assert verdict.score is None
    assert "holes" in verdict.reason
    assert [item.name for item in verdict.measures] == ["contrast"]


async def test_what_cannot_be_measured_is_not_judged(
    compute: ComputePool, tmp_path: Path, source: Path
) -> None:
    (tmp_path / "x.svg").write_text("<svg/>")
    cases = [
        (tmp_path / "x.svg", source, "noise", "SVG"),
        (source, None, "noise_ratio", "no source"),
        (source, source, "beauty", "beauty"),
        (tmp_path / "missing.png", source, "noise", "cannot be opened"),
    ]
    for result, compared, name, word in cases:
        verdict = await judge(compute, rubric((name, "at_least", 0)), result, compared, {}, LIMITS)
        assert verdict.state is VerdictState.NOT_JUDGED
        assert word in verdict.reason
        assert (verdict.score, verdict.measures) == (None, ())


async def test_a_judge_that_takes_too_long_is_said_to_be_missing(compute: ComputePool, source: Path) -> None:
    verdict = await judge(compute, rubric(("noise", "at_most", 9)), source, None, {}, LIMITS, timeout_s=0.001)
    assert verdict.state is VerdictState.NOT_JUDGED
    assert "did not finish" in verdict.reason


async def test_a_rubric_without_criteria_is_not_judged(compute: ComputePool, source: Path) -> None:
    verdict = await judge(compute, rubric(), source, None, {}, LIMITS)
    assert (verdict.state, verdict.score, verdict.reason) == (VerdictState.NOT_JUDGED, None, "no criteria")
