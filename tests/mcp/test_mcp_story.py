"""A job's events as progress: one unit for each attempt, never backwards."""

from typing import Any

from bottega.domain.job import Event
from bottega.mcp.waiting import Story

Told = list[tuple[float, float, str]]


async def told_of(*events: tuple[str, dict[str, Any]]) -> Told:
    told: Told = []

    async def report(progress: float, total: float, message: str) -> None:
        told.append((progress, total, message))

    story = Story(report)
    for seq, (kind, data) in enumerate(events, start=1):
        await story.tell(Event(job_id="job_1", seq=seq, kind=kind, data=data, at=0.0))
    return told


async def test_a_second_attempt_goes_on_where_the_first_ended() -> None:
    told = await told_of(
        ("queued", {}),
        ("attempt", {"model_id": "a", "price": "free"}),
        ("progress", {"fraction": 1.0, "message": "Enlarging"}),
        ("left", {"model_id": "a", "outcome": "below threshold", "reason": "It is noisier."}),
        ("attempt", {"model_id": "b", "price": "$0.04"}),
        ("progress", {"fraction": 0.5, "message": "Enlarging"}),
        ("finished", {"state": "succeeded"}),
    )
    reached = [progress for progress, _, _ in told]
    assert reached == sorted(set(reached))
    assert told[1] == (0.9, 1.0, "Enlarging")
    assert told[2][2] == "Left a: below threshold. It is noisier."
    assert told[4] == (1.45, 2.0, "Enlarging")
    assert told[-1] == (2.0, 2.0, "Finished: succeeded")


async def test_progress_that_goes_back_or_stands_still_still_counts_up() -> None:
    told = await told_of(
        *[("progress", {"fraction": fraction, "message": "x"}) for fraction in (0.5, 0.2, 0.2)]
    )
    assert [progress for progress, _, _ in told] == [0.45, 0.451, 0.452]


async def test_a_result_from_the_cache_is_complete_at_once() -> None:
    told = await told_of(("cached", {"model_id": "a"}), ("finished", {"state": "succeeded"}))
    assert [progress for progress, _, _ in told] == [0.001, 1.0]
