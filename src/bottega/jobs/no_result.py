"""The error of a job of which no candidate gave a result: failed, or refused by every engine that was asked."""

from collections.abc import Sequence
from typing import Final

from bottega.domain.job import Attempt
from bottega.errors import BottegaError, ComputeError, InputError, Money

REFUSALS: Final = frozenset({"tryon_refused", "nothing-to-wear", "content-refused"})
"""Codes of errors by which an engine says that it will not, rather than that it failed."""


class EveryEngineRefused(InputError):
    """Nothing broke: what was given is not what the engines can work on. `details["attempts"]` has each one's code."""

    code = "every-engine-refused"
    title = "Refused: these pictures or words cannot be used for this"
    exit_code = 3


def no_result(story: Sequence[Attempt]) -> BottegaError:
    """What to tell of a job whose attempts all ended without a result; `EveryEngineRefused` where all of them refused."""
    spent = sum(attempt.cost for attempt in story)
    money = Money.CHARGED if spent else Money.NOTHING_SPENT
    attempts = [attempt.model_dump(mode="json") for attempt in story]
    said = "; ".join(f"{attempt.model_id}: {attempt.reason}" for attempt in story)
    if story and all(attempt.code in REFUSALS for attempt in story):
        alone = len(story) == 1
        return EveryEngineRefused(
            story[0].reason if alone else f"Every engine that was asked refused. {said}",
            hint="What each sentence asks for mends it; another picture or other words may do.",
            money=money,
            attempts=attempts,
        )
    return ComputeError(f"No candidate of the plan gave a result: {said}", money=money, attempts=attempts)
