"""Experiments and feedback on the command line."""

from pathlib import Path

import pytest
from cli_program import Program, crop


@pytest.fixture
def bottega(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_an_experiment_from_its_start_to_its_end(bottega: Program, photographs: Path) -> None:
    arms = ("--arm", "control:0", "--arm", 'quick:2={"preference": "speed"}')
    begun = bottega("experiments", "start", "brisk", "--workflow", "image_enhancement", *arms, "--json")
    assert begun.code == 0, begun.err
    made = begun.document["experiment"]
    assert [(arm["name"], arm["weight"]) for arm in made["arms"]] == [("control", 0.0), ("quick", 2.0)]
    assert made["arms"][1]["changes"]["preference"] == "speed"
    beside = bottega("experiments", "start", "brisker", "--arm", "a", "--arm", "b")
    assert beside.code == 6
    assert "brisk" in beside.err

    crop(photographs / "chelsea.png", bottega.folder / "cat.png")
    job_id = bottega("run", "sharpen this", "cat.png", "--json").document["job"]["id"]
    job = bottega("jobs", "show", job_id, "--json").document["job"]
    assert job["experiment"] == {"experiment": "brisk", "arm": "quick"}
    kept = bottega("feedback", "give", job["id"], "--stars", "5", "--feature", "edges=4", "--json")
    assert kept.document["feedback"]["features"] == {"edges": 4}
    assert job["id"] in bottega("feedback", "list").out

    shown = bottega("experiments", "results", "brisk")
    assert "100.0 % of 1" in shown.out
    assert "Too early" in shown.out
    assert bottega("feedback", "remove", job["id"]).code == 0
    assert bottega("experiments", "end", "brisk", "--json").document["experiment"]["state"] == "ended"
    assert "ended" in bottega("experiments", "list").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("experiments", "start", "e", "--arm", "only"),
        ("experiments", "start", "e", "--arm", "a", "--arm", "b:heavy"),
        ("experiments", "start", "e", "--arm", "a", "--arm", "b={not json}"),
        ("experiments", "start", "e", "--arm", "a", "--arm", 'b={"colour": "red"}'),
        ("experiments", "results", "nobody"),
        ("feedback", "give", "job_nobody", "--stars", "3"),
        ("feedback", "give", "job_nobody", "--feature", "edges"),
    ],
)
def test_what_cannot_be_used_is_said(bottega: Program, arguments: tuple[str, ...]) -> None:
    answer = bottega(*arguments)
    assert answer.code == 6
    assert "Traceback" not in answer.err
    assert "nothing was spent" in answer.err
