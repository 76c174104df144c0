"""The vision model's look at pictures that are checked: asked only when the user wants it, and said who spoke."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bottega.cli.fashion_show import say
from bottega.cli.session import Reply, opened
from bottega.domain.principal import LOCAL
from bottega.errors import BottegaError
from bottega.fashion.findings import Check
from bottega.quality.fashion_vision import look_at

if TYPE_CHECKING:
    from bottega.app import Bottega
    from bottega.fashion.style.values import StyleAnalysis


async def looked_at(reply: Reply, checks: Mapping[str, Check], paths: Mapping[str, Path]) -> dict[str, Check]:
    """The checks with what the vision model of the settings saw. Where it cannot be asked, the checks stand as they were
    measured and the reason is said; the budget is that of all paid calls."""
    async with opened() as bottega:
        found: dict[str, Check] = {}
        asked: dict[str, Any] = {}
        for role, check in checks.items():
            try:
                found[role], cost = await _look(bottega, role, check, paths[role])
                asked[role] = {"model_id": bottega.settings.judge_model, "cost_micro_usd": cost}
            except BottegaError as error:
                found[role] = check
                asked[role] = {"reason": error.message}
                say(reply, f"No vision model looked at the {role}: {error.message} {error.hint}".rstrip())
        reply.document["vision"] = asked
        return found


async def _look(bottega: "Bottega", role: str, check: Check, path: Path) -> tuple[Check, int]:
    from bottega.spend.language import LedgerSpending

    return await look_at(
        bottega.language,
        bottega.settings,
        bottega.compute,
        "person" if role == "person" else "garment",
        check,
        path,
        spend=LedgerSpending(bottega.ledger, LOCAL.owner),
    )


async def read_as_well(reply: Reply, analysis: "StyleAnalysis", person: Path, words: str) -> "StyleAnalysis":
    """The style analysis with what the vision model of the settings saw, who spoke for each field among it. Where it
    cannot be asked, what was measured stands and a note says why."""
    from bottega.errors import MissingInput
    from bottega.fashion.style.vision import without_vision
    from bottega.quality.style_vision import read_style
    from bottega.spend.language import LedgerSpending

    async with opened() as bottega:
        spend = LedgerSpending(bottega.ledger, LOCAL.owner)
        try:
            reading = await read_style(
                bottega.language, bottega.settings, bottega.compute, person, words, spend=spend
            )
        except MissingInput as error:
            reply.document["vision"] = {"reason": error.message}
            return without_vision(analysis, f"{error.message} {error.hint}")
    reply.document["vision"] = reading.as_dict()
    return reading.merged(analysis)
