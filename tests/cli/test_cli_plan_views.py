"""How a plan, what was ruled out and an event read on a terminal."""

from io import StringIO
from typing import Any

from rich.console import Console, RenderableType

from bottega.cli.show import event_line, intent_view, plan_view, ruled_out_view
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.job import Event
from bottega.domain.money import Price
from bottega.domain.plan import Candidate, Plan, TimeEstimate
from bottega.domain.request import Request


def words(*parts: RenderableType) -> str:
    console = Console(width=100, record=True, file=StringIO())
    for part in parts:
        console.print(part)
    return console.export_text()


def candidate(number: int, engine: str = "replicate", *, away: bool = True, cost: int = 40_000) -> Candidate:
    return Candidate(
        model_id=f"{engine}/model-{number}",
        engine=engine,
        score=0.5,
        price=Price(low=cost, likely=cost, high=cost),
        time=TimeEstimate(seconds=12.0, basis="prior"),
        quality=0.8,
        reasons=(),
        leaves_machine=away,
    )


def plan(*candidates: Candidate, **options: Any) -> Plan:
    return Plan(workflow="image_generation", options=options, candidates=candidates)


def test_all_candidates_are_shown_unless_fewer_are_asked_for() -> None:
    many = plan(*(candidate(number, cost=10_000 * number) for number in range(1, 9)))
    whole, short = words(plan_view(many)), words(plan_view(many, most=3))
    assert "model-8" in whole
    assert "more" not in whole
    assert "model-3" in short
    assert "model-4" not in short
    assert "and 5 more, $0.04 to $0.08" in short


def test_who_gets_what_is_said_by_vendor() -> None:
    several = plan(candidate(1, "gemini"), candidate(2), candidate(3, "openai"), candidate(4))
    asked = Request(prompt="a red bicycle")
    assert (
        "Your sentence would be sent to Gemini, and to Replicate or OpenAI if later candidates are tried."
        in " ".join(words(plan_view(several, asked)).split())
    )


def test_a_local_candidate_first_keeps_everything_here_unless_it_fails() -> None:
    mixed = plan(candidate(1, "classical", away=False, cost=0), candidate(2, "openai"))
    said = " ".join(words(plan_view(mixed)).split())
    assert "Nothing leaves this machine unless the first candidate fails" in said
    assert "would be sent to OpenAI." in said


def test_a_figure_of_the_catalogue_is_marked_and_empty_defaults_are_left_out() -> None:
    said = words(plan_view(plan(candidate(1), negative_prompt="", n=1)))
    assert "~ 12 s" in said
    assert "~ the catalogue's figure" in said
    assert "negative_prompt" not in said
    assert "n 1" in said


def test_notes_are_shown() -> None:
    assert "Note: Given and not used: garment." in words(
        plan_view(plan(candidate(1)), notes=["Given and not used: garment."])
    )


def test_models_too_dear_stand_together_with_their_range() -> None:
    ruled = [
        {
            "model_id": f"openai/m{number}",
            "engine": "openai",
            "reason": f"may cost ${cost}, the cap is $0.001",
        }
        for number, cost in enumerate(("0.9", "0.04", "0.25"))
    ]
    said = words(ruled_out_view([*ruled, {"model_id": "x/y", "engine": "x", "reason": "has no price"}]))
    assert "3 models of openai" in said
    assert "may cost $0.04 to $0.9, the cap is $0.001" in said
    assert "x/y" in said


def test_waiting_for_a_vendor_is_a_sentence() -> None:
    line = event_line(
        Event(job_id="job_1", seq=1, at=0.0, kind="waiting", data={"seconds": 1.03, "reason": "It is busy."})
    )
    assert line is not None
    assert line.plain == "Waiting 1.03 s: It is busy."


def test_what_is_out_of_scope_has_no_class_and_no_confidence() -> None:
    out = Intent(
        workflow=WorkClass.STYLE_ADVICE,
        confidence=0.004,
        reasoning="This does not ask for pictures or clips.",
        classifier="embedded",
        out_of_scope=True,
    )
    said = words(intent_view(out))
    assert "This does not ask for pictures or clips." in said
    assert "style_advice" not in said
    assert "%" not in said
